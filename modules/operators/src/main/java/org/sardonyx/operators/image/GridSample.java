package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * GridSample: X [N, C, D1...] at points [N, E1..., r], whose coordinates, the last dimension's
 * first, are -1 and 1 at the borders: [N, C, E1...].
 *
 * @param mode how neighbours are weighted
 * @param padding what lies beyond the border
 * @param alignCorners whether -1 and 1 are the centers of the outermost elements, else their edges
 */
public record GridSample(Sampler.Mode mode, Padding padding, boolean alignCorners)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GridSample")
          .version(16)
          .input("X", "T1")
          .input("grid", "T2")
          .output("Y", "T1")
          .attribute("align_corners", 0)
          .attribute("mode", "bilinear")
          .attribute("padding_mode", "zeros")
          .type("T1", Types.ALL)
          .type("T2", Types.FLOATS)
          .version(20)
          .attribute("mode", "linear")
          .version(22)
          .type("T1", Types.ALL_IR4)
          .type("T2", Types.FLOATS_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(GridSample::of);

  /** What lies beyond the border. */
  enum Padding {
    ZEROS,
    BORDER,
    REFLECTION
  }

  public static GridSample of(Attributes attributes) {
    String mode = attributes.getString("mode");
    if (attributes.version() < 20 && mode.startsWith("bi")) {
      mode = mode.substring(2);
    }
    return new GridSample(
        Resize.choice(Sampler.Mode.class, "mode", mode),
        Resize.choice(Padding.class, "padding_mode", attributes.getString("padding_mode")),
        attributes.getFlag("align_corners"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Shape grid = in.shape(1);
    if (!x.hasRank() && !grid.hasRank()) {
      return;
    }
    int rank = x.hasRank() ? x.rank() : grid.rank();
    if (rank < 3 || (grid.hasRank() && grid.rank() != rank)) {
      throw in.invalid("GridSample of " + x + " at " + grid);
    }
    List<Dim> result = new ArrayList<>();
    result.add(x.hasRank() ? x.dim(0) : grid.dim(0));
    result.add(x.hasRank() ? x.dim(1) : Dim.UNKNOWN);
    for (int i = 1; i < rank - 1; i++) {
      result.add(grid.hasRank() ? grid.dim(i) : Dim.UNKNOWN);
    }
    in.shape(0, Sizes.shape(result, in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor grid = in.tensor(1);
    int r = x.rank() - 2;
    if (r < 1 || grid.rank() != x.rank() || grid.dim(-1) != r || grid.dim(0) != x.dim(0)) {
      throw new OperatorFailed("GridSample of " + x + " at " + grid);
    }
    int[] shape = new int[x.rank()];
    shape[0] = x.dim(0);
    shape[1] = x.dim(1);
    System.arraycopy(grid.shape(), 1, shape, 2, r);
    int[] dims = Arrays.copyOfRange(x.shape(), 2, x.rank());
    if (Tensor.checkedSize(shape) == 0 || x.size() == 0) {
      in.zeros(0, x.dataType(), shape);
      return;
    }
    GridPoints points = new GridPoints(this, dims);
    if (mode == Sampler.Mode.NEAREST) {
      nearest(in, x, grid, shape, points);
    } else {
      weighted(in, x, grid, shape, points);
    }
  }

  private static void nearest(
      Invocation in, Tensor x, Tensor grid, int[] shape, GridPoints points) {
    int channels = shape[1];
    int plane = Axes.product(x.shape(), 2, x.rank());
    int count = Axes.product(shape, 2, shape.length);
    Tensor y = in.zeros(0, x.dataType(), shape);
    int[] sources = new int[y.size()];
    for (int n = 0; n < shape[0]; n++) {
      for (int p = 0; p < count; p++) {
        points.set(grid, n * count + p);
        int at = points.offset(0);
        for (int c = 0; c < channels; c++) {
          int row = n * channels + c;
          sources[row * count + p] = at < 0 ? -1 : row * plane + at;
        }
      }
    }
    Moves moves = Moves.of(in, x, y);
    moves.pick(sources, 0);
    moves.done();
  }

  private static void weighted(
      Invocation in, Tensor x, Tensor grid, int[] shape, GridPoints points) {
    DataType type = x.dataType();
    if (!type.isFloat() && !type.isInteger()) {
      throw new UnsupportedModel("GridSample between elements of type " + type.specName());
    }
    int channels = shape[1];
    int plane = Axes.product(x.shape(), 2, x.rank());
    int count = Axes.product(shape, 2, shape.length);
    boolean single = type == DataType.FLOAT;
    float[] floats = single ? x.floats() : new float[0];
    double[] doubles = single ? new double[0] : x.toDoubles();
    Tensor y = in.output(0, type, shape);
    for (int n = 0; n < shape[0]; n++) {
      for (int p = 0; p < count; p++) {
        points.set(grid, n * count + p);
        for (int c = 0; c < channels; c++) {
          int row = n * channels + c;
          double sum = 0;
          for (int k = 0; k < points.count(); k++) {
            int at = points.offset(k);
            if (at >= 0) {
              double value = single ? floats[row * plane + at] : doubles[row * plane + at];
              sum += points.weight(k) * value;
            }
          }
          y.setDouble(row * count + p, sum);
        }
      }
      in.checkpoint();
    }
  }
}
