package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/**
 * AffineGrid: the points of an image, evenly spaced over [-1, 1], transformed by matrices [N, r, r
 * + 1]: [N, D1..., r]. The only point along a dimension of 1 is 0 where corners are aligned.
 *
 * @param alignCorners whether -1 and 1 are the centers of the outermost elements, else their edges
 */
public record AffineGrid(boolean alignCorners) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("AffineGrid")
          .version(20)
          .input("theta", "T1")
          .input("size", "T2")
          .output("grid", "T1")
          .attribute("align_corners", 0)
          .type("T1", Types.FLOATS_BF16)
          .type("T2", DataType.INT64)
          .accuracy(Accuracy.ROUNDED)
          .create(AffineGrid::of);

  static AffineGrid of(Attributes attributes) {
    return new AffineGrid(attributes.getFlag("align_corners"));
  }

  @Override
  public void infer(Inference in) {
    List<Dim> size = in.dims(1);
    if (size == null || size.size() < 3) {
      return;
    }
    List<Dim> result = new ArrayList<>();
    result.add(size.getFirst());
    result.addAll(size.subList(2, size.size()));
    result.add(Dim.of(size.size() - 2));
    in.shape(0, Sizes.shape(result, in));
  }

  @Override
  public void run(Invocation in) {
    Tensor theta = in.tensor(0);
    long[] size = in.tensor(1).toLongs();
    int r = size.length - 2;
    if (r < 2 || r > 3 || !theta.hasShape(Axes.size(size[0]), r, r + 1)) {
      throw new OperatorFailed("matrices " + theta + " for " + size.length + " sizes");
    }
    int[] shape = new int[r + 2];
    shape[0] = theta.dim(0);
    shape[r + 1] = r;
    for (int i = 0; i < r; i++) {
      shape[i + 1] = Axes.size(size[i + 2]);
    }
    int count = Axes.product(shape, 1, r + 1);
    int[] index = new int[r];
    double[] point = new double[r];
    double[] matrix = theta.toDoubles();
    Tensor y = in.output(0, theta.dataType(), shape);
    for (int p = 0; p < shape[0] * count; p++) {
      in.checkpoint(16);
      int rest = p % count;
      for (int d = r - 1; d >= 0; d--) {
        index[d] = rest % shape[d + 1];
        rest /= shape[d + 1];
        // The matrix takes the last dimension first.
        point[r - 1 - d] = place(index[d], shape[d + 1]);
      }
      int row = p / count * r * (r + 1);
      for (int i = 0; i < r; i++) {
        double sum = matrix[row + i * (r + 1) + r];
        for (int k = 0; k < r; k++) {
          sum += matrix[row + i * (r + 1) + k] * point[k];
        }
        y.setDouble(p * r + i, sum);
      }
    }
  }

  private double place(int i, int size) {
    if (alignCorners) {
      return size == 1 ? 0 : 2.0 * i / (size - 1) - 1;
    }
    return (2.0 * i + 1) / size - 1;
  }
}
