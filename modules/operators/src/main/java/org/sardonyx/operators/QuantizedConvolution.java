package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QLinearConv: {@code y = saturate(round(sum * (x_scale * w_scale / y_scale)) + y_zero_point)}, the
 * sum in int32 of (x - x_zero_point) * (w - w_zero_point) and the bias; scale and zero point of w
 * are one for all or one for each output channel.
 *
 * @param convolution the attributes
 * @param channelsLast whether x and y are [N, D1, ..., Dn, C]
 * @param packed the convolution with its weights where they are constant, else null
 */
public record QuantizedConvolution(
    SpatialConvolution convolution, boolean channelsLast, @Nullable IntegerConvolver packed) {

  /** Reads the attributes. */
  public static QuantizedConvolution of(Attributes attributes) {
    return new QuantizedConvolution(
        SpatialConvolution.of(attributes), attributes.getFlagOrFalse("channels_last"), null);
  }

  /** States the output's shape; its type is that of y_zero_point. */
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (channelsLast && x.hasRank() && x.rank() > 2) {
      x = ChannelsLast.toFirst(x);
    }
    Shape y = convolution.infer(x, in.shape(3));
    in.shape(0, channelsLast && y.hasRank() ? ChannelsLast.toLast(y) : y);
    Shape w = in.shape(3);
    for (int i : new int[] {4, 5}) {
      Shape given = in.shape(i);
      if (w.hasRank()
          && given.hasRank()
          && given.rank() == 1
          && given.dim(0) instanceof Dim.Known(long size)
          && w.dim(0) instanceof Dim.Known(long features)
          && size != 1
          && size != features) {
        throw in.invalid("input " + i + " " + given + " does not fit weights " + w);
      }
    }
  }

  /** Returns the same with constant weights packed. */
  public QuantizedConvolution prepare(Constants constants) {
    IntegerConvolver convolver = IntegerConvolver.of(convolution, constants, 3, 5);
    return convolver == null
        ? this
        : new QuantizedConvolution(convolution, channelsLast, convolver);
  }

  /** Whether {@link #run} may ask for an input: the weights no more where they are kept. */
  public boolean reads(int input) {
    return packed == null || (input != 3 && input != 5);
  }

  /** Computes output 0. */
  public void run(Invocation in) {
    Tensor given = in.tensor(0);
    Tensor x = channelsLast ? ChannelsLast.toFirst(given) : given;
    IntegerConvolver convolver =
        packed != null ? packed : new IntegerConvolver(convolution, in.tensor(3), in.optional(5));
    int features = convolver.features();
    float xScale = one(in.tensor(1));
    float[] wScale = in.tensor(4).toFloats();
    float yScale = one(in.tensor(6));
    Tensor yZero = in.optional(7);
    Tensor bias = in.optional(8);
    SpatialConvolution.checkBias(bias, features);
    if (wScale.length != 1 && wScale.length != features) {
      throw new OperatorFailed("scale " + in.tensor(4) + " does not fit " + features + " channels");
    }
    int[] outShape = convolver.shape(x);
    int[] sums = new int[Tensor.checkedSize(outShape)];
    convolver.run(in, x, in.optional(2), sums);
    DataType type = yZero == null ? given.dataType() : yZero.dataType();
    byte[] y = new byte[sums.length];
    int rows = x.dim(0) * features;
    int plane = rows == 0 ? 0 : sums.length / rows;
    int zero = IntegerConvolver.zeroPoint(yZero);
    int low = LinearQuantization.low(type);
    float[] room = new float[plane];
    for (int i = 0; i < rows; i++) {
      int m = i % features;
      float factor = xScale * wScale[wScale.length == 1 ? 0 : m] / yScale;
      scale(sums, i * plane, plane, bias == null ? 0 : bias.ints()[m], factor, room);
      in.kernels().quantize(room, 0, 1, zero, low, y, i * plane, plane);
    }
    Tensor result = Tensor.of(type, y, outShape);
    in.set(0, channelsLast ? ChannelsLast.toLast(result) : result);
  }

  /** Computes {@code y = (sum + bias) * factor}. */
  private static void scale(int[] sums, int offset, int n, int bias, float factor, float[] y) {
    for (int i = 0; i < n; i++) {
      y[i] = (sums[offset + i] + bias) * factor;
    }
  }

  private static float one(Tensor scale) {
    if (scale.size() != 1) {
      throw new OperatorFailed("scale " + scale + " must have one element");
    }
    return scale.floats()[0];
  }
}
