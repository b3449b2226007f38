package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.ConvolutionWeights;
import org.sardonyx.kernels.FloatConvolution;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * A convolution with constant weights of a floating-point type other than double, which keeps what
 * it worked out for the last shape of its input. Any number of threads may use one.
 */
public final class PackedConvolution {

  private final SpatialConvolution convolution;
  private final int[] shape;
  private final ConvolutionWeights weights;
  private volatile @Nullable Placed last;

  /** The convolution over one shape of input. */
  private static final class Placed {
    private final int[] x;
    private final int[] y;
    private final FloatConvolution convolution;

    Placed(int[] x, Convolution shape) {
      this.x = x;
      this.y = SpatialConvolution.shape(x[0], shape);
      this.convolution = new FloatConvolution(shape);
    }
  }

  private PackedConvolution(SpatialConvolution convolution, Tensor w) {
    this.convolution = convolution;
    this.shape = w.shape();
    int features = w.dim(0);
    this.weights =
        new ConvolutionWeights(
            w.toFloats(),
            Math.toIntExact(convolution.group()),
            features,
            features == 0 ? 0 : w.size() / features);
  }

  /**
   * Keeps the weights that are input {@code w}; returns null where they change from run to run, or
   * are double.
   */
  public static @Nullable PackedConvolution of(
      SpatialConvolution convolution, Constants constants, int w) {
    Tensor weights = constants.tensor(w);
    return weights == null
            || weights.rank() < 3
            || weights.dataType() == DataType.DOUBLE
            || convolution.group() > weights.dim(0)
        ? null
        : new PackedConvolution(convolution, weights);
  }

  /** Convolves to output 0. */
  public void run(Invocation in, Tensor x, @Nullable Tensor bias) {
    SpatialConvolution.round(in, widely(in, x, bias), x.dataType());
  }

  /** Convolves, and returns the result as it is before it is rounded. */
  public Tensor widely(Invocation in, Tensor x, @Nullable Tensor bias) {
    SpatialConvolution.checkBias(bias, shape[0]);
    Placed placed = place(x);
    Tensor y =
        x.dataType() == DataType.FLOAT
            ? in.output(0, DataType.FLOAT, placed.y)
            : Tensor.zeros(DataType.FLOAT, placed.y);
    placed.convolution.run(
        in.kernels(),
        x.dim(0),
        x.toFloats(),
        0,
        weights,
        bias == null ? null : bias.toFloats(),
        y.floats(),
        0,
        in.scratch(placed.convolution.scratch()));
    return y;
  }

  /** Returns how the last input was convolved. */
  public String how() {
    Placed placed = last;
    return placed == null ? "packed weights" : placed.convolution.how();
  }

  private Placed place(Tensor x) {
    Placed placed = last;
    if (placed == null || !x.hasShape(placed.x)) {
      int[] xShape = x.shape();
      placed = new Placed(xShape, convolution.at(xShape, shape));
      last = placed;
    }
    return placed;
  }
}
