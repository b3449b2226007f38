package org.sardonyx.operators.microsoft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * SimplifiedLayerNormalization: {@code x / sqrt(mean(x^2) + epsilon) * scale} over the dimensions
 * from an axis on. ONNX Runtime has it in the domain ai.onnx, which knows nothing of it.
 *
 * @param axis the first dimension to normalize, negative from the end
 * @param epsilon added to the mean square
 */
public record SimplifiedLayerNormalization(long axis, float epsilon) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SimplifiedLayerNormalization")
          .version(1)
          .input("X", "T")
          .input("scale", "V")
          .output("Y", "V")
          .optionalOutput("inv_std_var", "U")
          .attribute("axis", -1)
          .attribute("epsilon", 1e-5f)
          .attribute("stash_type", 1)
          .type("T", Types.FLOATS_BF16)
          .type("U", DataType.FLOAT, DataType.DOUBLE)
          .type("V", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(SimplifiedLayerNormalization::of);

  static SimplifiedLayerNormalization of(Attributes attributes) {
    if (attributes.getInt("stash_type") != DataType.FLOAT.code()) {
      throw new UnsupportedModel("stash_type other than 1 is not implemented");
    }
    return new SimplifiedLayerNormalization(
        attributes.getInt("axis"), attributes.getFloat("epsilon"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.shape(0, x);
    if (in.outputs() > 1) {
      Shape statistics = Shape.UNKNOWN;
      if (x.hasRank() && axis >= -x.rank() && axis < x.rank()) {
        List<Dim> dims = new ArrayList<>(x.dims());
        for (int a = Axes.normalize(axis, x.rank()); a < x.rank(); a++) {
          dims.set(a, Dim.of(1));
        }
        statistics = Shape.of(dims);
      }
      in.output(1, DataType.FLOAT, statistics);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor scale = in.tensor(1);
    int[] shape = x.shape();
    int first = Axes.normalize(axis, shape.length);
    int width = Axes.product(shape, first, shape.length);
    if (scale.size() != width) {
      throw new InvalidInput("scale " + scale + " does not fit X " + x + " from axis " + first);
    }
    if (x.dataType() == DataType.DOUBLE || scale.dataType() == DataType.DOUBLE) {
      runDouble(in, x.toDoubles(), scale, width, shape, first);
      return;
    }
    boolean plain = x.dataType() == DataType.FLOAT && scale.dataType() == DataType.FLOAT;
    float[] from = x.toFloats();
    float[] y = plain ? in.outputLike(0, DataType.FLOAT, x).floats() : new float[from.length];
    System.arraycopy(from, 0, y, 0, y.length);
    RowNorm.Statistics statistics =
        new RowNorm(scale.toFloats(), null, epsilon, true).apply(in.kernels(), y, in.wants(1));
    if (in.outputs() > 1 && in.wants(1)) {
      Arrays.fill(shape, first, shape.length, 1);
      in.set(1, Tensor.of(width == 0 ? ofNothing(shape) : statistics.inverses(), shape));
    }
    if (!plain) {
      in.set(0, Tensor.fromFloats(scale.dataType(), y, x.shape()));
    }
  }

  /** What 1 / sqrt(0 / 0) is, for each row. */
  private static float[] ofNothing(int[] statistics) {
    float[] all = new float[Tensor.checkedSize(statistics)];
    Arrays.fill(all, Float.NaN);
    return all;
  }

  private void runDouble(
      Invocation in, double[] x, Tensor scale, int width, int[] shape, int first) {
    double[] scales = scale.toDoubles();
    double[] y = new double[x.length];
    int rows = Axes.product(shape, 0, first);
    float[] inverses = new float[rows];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += x[r * width + i] * x[r * width + i];
      }
      double inverse = 1 / Math.sqrt(sum / width + epsilon);
      inverses[r] = (float) inverse;
      for (int i = 0; i < width; i++) {
        y[r * width + i] = x[r * width + i] * inverse * scales[i];
      }
    }
    in.set(0, Tensor.fromDoubles(scale.dataType(), y, shape));
    if (in.outputs() > 1 && in.wants(1)) {
      int[] statistics = shape.clone();
      Arrays.fill(statistics, first, shape.length, 1);
      in.set(1, Tensor.of(inverses, statistics));
    }
  }
}
