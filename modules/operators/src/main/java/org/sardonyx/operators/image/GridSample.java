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

  /** Neighbours of points that are found for all channels at once. */
  private static final int BLOCK = 1 << 10;

  /** Elements of a channel for each point, up to which it is worth a copy. */
  private static final int FEW = 4;

  /** Neighbours of a point, up to which those of all points have room. */
  private static final int MOST_TAPS = 64;

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
    int taps = points.count();
    // A copy of a channel with a 0 behind it saves looking for what is outside.
    boolean copies = single && taps <= MOST_TAPS && plane <= FEW * (long) count;
    float[] channel = new float[copies ? plane + 1 : 0];
    int most = Math.clamp(copies ? Math.max(BLOCK, plane) : BLOCK, 1, count);
    int[] at = new int[Math.multiplyExact(most, taps)];
    double[] weights = new double[at.length];
    for (int n = 0; n < shape[0]; n++) {
      for (int p = 0; p < count; p += most) {
        int m = Math.min(most, count - p);
        for (int i = 0; i < m; i++) {
          points.set(grid, n * count + p + i);
          points.copy(at, weights, i * taps, plane);
        }
        for (int c = 0; c < channels; c++) {
          int row = n * channels + c;
          in.checkpoint((long) m * taps);
          if (copies) {
            System.arraycopy(floats, row * plane, channel, 0, plane);
            sums(channel, m, taps, at, weights, y.floats(), row * count + p);
            continue;
          }
          for (int i = 0; i < m; i++) {
            double sum = 0;
            for (int k = i * taps; k < (i + 1) * taps; k++) {
              if (at[k] < plane) {
                int from = row * plane + at[k];
                sum += weights[k] * (single ? floats[from] : doubles[from]);
              }
            }
            y.setDouble(row * count + p + i, sum);
          }
        }
      }
    }
  }

  /** Sums for n points, where what is outside lies in x, too: a 0. */
  private static void sums(
      float[] x, int n, int taps, int[] at, double[] weights, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      if (taps == 4) {
        int k = 4 * i;
        double sum = weights[k] * x[at[k]] + weights[k + 1] * x[at[k + 1]];
        double more = weights[k + 2] * x[at[k + 2]] + weights[k + 3] * x[at[k + 3]];
        y[yOffset + i] = (float) (sum + more);
        continue;
      }
      double sum = 0;
      for (int k = i * taps; k < (i + 1) * taps; k++) {
        sum += weights[k] * x[at[k]];
      }
      y[yOffset + i] = (float) sum;
    }
  }
}
