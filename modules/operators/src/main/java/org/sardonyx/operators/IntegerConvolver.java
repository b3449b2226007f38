package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.IntegerConvolution;
import org.sardonyx.kernels.IntegerConvolutionWeights;
import org.sardonyx.kernels.IntegerProduct;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * A convolution of 8-bit integers with its weights less their zero points, which keeps what it
 * worked out for the last shape of its input. Any number of threads may use one.
 */
public final class IntegerConvolver {

  private final SpatialConvolution convolution;
  private final int[] shape;
  private final IntegerConvolutionWeights weights;
  private volatile @Nullable Placed last;

  /** The convolution over one shape of input. */
  private static final class Placed {
    private final int[] x;
    private final int[] y;
    private final IntegerConvolution convolution;

    Placed(int[] x, int[] y, IntegerConvolution convolution) {
      this.x = x;
      this.y = y;
      this.convolution = convolution;
    }
  }

  /**
   * Takes weights [M, C / group, k1, ..., kn].
   *
   * @param zero one zero point for all, or one for each output channel; null for 0
   */
  public IntegerConvolver(SpatialConvolution convolution, Tensor w, @Nullable Tensor zero) {
    int features = w.rank() == 0 ? 1 : w.dim(0);
    if (zero != null && zero.size() != 1 && zero.size() != features) {
      throw new OperatorFailed("zero point " + zero + " does not fit weights " + w);
    }
    float[] values = new float[w.size()];
    int row = features == 0 ? 0 : w.size() / features;
    for (int m = 0; m < features; m++) {
      int z = zero == null ? 0 : (int) zero.getLong(zero.size() == 1 ? 0 : m);
      IntegerProduct.widen(
          w.bytes(), m * row, w.dataType() == DataType.INT8, z, values, m * row, row);
    }
    this.convolution = convolution;
    this.shape = w.shape();
    this.weights =
        new IntegerConvolutionWeights(
            values,
            Math.toIntExact(convolution.group()),
            features,
            Axes.product(shape, 2, shape.length));
  }

  /**
   * Keeps the weights that are input {@code w}, less their zero points, input {@code zero}; returns
   * null where they change from run to run.
   */
  public static @Nullable IntegerConvolver of(
      SpatialConvolution convolution, Constants constants, int w, int zero) {
    Tensor weights = constants.tensor(w);
    Tensor zeros = constants.tensor(zero);
    return weights == null || weights.rank() < 3 || (constants.has(zero) && zeros == null)
        ? null
        : new IntegerConvolver(convolution, weights, zeros);
  }

  /** Returns the number of output channels. */
  public int features() {
    return shape[0];
  }

  /** Returns the shape of the output. */
  public int[] shape(Tensor x) {
    return place(x).y.clone();
  }

  /** Computes sums of {@code (x - zero) * w}, which wrap. */
  public void run(Invocation in, Tensor x, @Nullable Tensor zero, int[] y) {
    IntegerConvolution placed = place(x).convolution;
    placed.run(
        in.kernels(),
        x.dim(0),
        x.bytes(),
        x.dataType() == DataType.INT8,
        zeroPoint(zero),
        y,
        in.scratch(placed.scratch()));
  }

  /** Returns the one zero point of a tensor; 0 where it is absent. */
  public static int zeroPoint(@Nullable Tensor zero) {
    if (zero == null) {
      return 0;
    }
    if (zero.size() != 1) {
      throw new OperatorFailed("zero point " + zero + " must have one element");
    }
    return (int) zero.getLong(0);
  }

  private Placed place(Tensor x) {
    Placed placed = last;
    if (placed == null || !x.hasShape(placed.x)) {
      int[] xShape = x.shape();
      var at = convolution.at(xShape, shape);
      placed =
          new Placed(
              xShape, SpatialConvolution.shape(xShape[0], at), new IntegerConvolution(at, weights));
      last = placed;
    }
    return placed;
  }

  @Override
  public String toString() {
    return "convolution of integers with " + shape[0] + " features";
  }
}
