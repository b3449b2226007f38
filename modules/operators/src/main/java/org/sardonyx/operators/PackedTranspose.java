package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.TransposedConvolution;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * The transpose of a convolution with constant float weights, which keeps what it worked out for
 * the last shape of its input. Any number of threads may use one.
 */
public final class PackedTranspose {

  private final SpatialTranspose transpose;
  private final Tensor w;
  private volatile @Nullable Placed last;

  /** The transpose over one shape of input, or none where that shape takes another way. */
  private static final class Placed {
    private final int[] x;
    private final int[] y;
    private final @Nullable TransposedConvolution convolution;

    Placed(int[] x, int[] y, @Nullable TransposedConvolution convolution) {
      this.x = x;
      this.y = y;
      this.convolution = convolution;
    }
  }

  private PackedTranspose(SpatialTranspose transpose, Tensor w) {
    this.transpose = transpose;
    this.w = w;
  }

  /** Keeps the weights that are input {@code w}; returns null where they are no constant floats. */
  public static @Nullable PackedTranspose of(
      SpatialTranspose transpose, Constants constants, int w) {
    Tensor weights = constants.tensor(w);
    return weights == null || weights.dataType() != DataType.FLOAT
        ? null
        : new PackedTranspose(transpose, weights);
  }

  /** Transposes the convolution to output 0. */
  public void run(Invocation in, Tensor x, @Nullable Tensor bias) {
    Placed placed = place(x);
    TransposedConvolution convolution = placed.convolution;
    if (convolution == null) {
      transpose.run(in, x, w, bias);
      return;
    }
    SpatialConvolution.checkBias(bias, placed.y[1]);
    convolution.run(
        in.kernels(),
        x.dim(0),
        x.floats(),
        bias == null ? null : bias.floats(),
        in.output(0, DataType.FLOAT, placed.y).floats(),
        in.scratch(convolution.scratch()));
  }

  private Placed place(Tensor x) {
    Placed placed = last;
    if (placed == null || !x.hasShape(placed.x)) {
      Convolution at = transpose.at(x, w);
      placed =
          new Placed(
              x.shape(),
              SpatialTranspose.shape(x, at),
              TransposedConvolution.suits(at) ? new TransposedConvolution(at, w.floats()) : null);
      last = placed;
    }
    return placed;
  }
}
