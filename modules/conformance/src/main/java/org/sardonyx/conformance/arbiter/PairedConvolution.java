package org.sardonyx.conformance.arbiter;

import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Convolutions of uint8 and int8 with their products added in {@link Pairs}. Which are neighbours
 * depends on how ONNX Runtime lays them out: QLinearConv goes through the channels of each cell of
 * the kernel, ConvInteger through the cells of each channel. A cell in the padding holds the zero
 * point.
 */
final class PairedConvolution {

  private PairedConvolution() {}

  /** QLinearConv: x is unsigned; a convolution of each channel alone has a kernel of its own. */
  static Plain.Equations quantized(Attributes attributes, Operator standard) {
    Convolution convolution = new Convolution(attributes);
    return in -> {
      Tensor x = in.tensor(0);
      Tensor w = in.tensor(3);
      boolean depthwise = w.dim(1) == 1 && w.dim(0) == convolution.group;
      if (depthwise || x.dataType() != DataType.UINT8 || w.dataType() != DataType.INT8) {
        standard.run(in);
        return;
      }
      Convolution.Placed placed = convolution.at(x, w);
      long[] sums = sums(in, convolution, placed, in.optional(2), w, in.optional(5), true);
      Tensor wScale = in.tensor(4);
      Tensor yZero = in.tensor(7);
      Tensor bias = in.optional(8);
      for (int i = 0; i < sums.length; i++) {
        int m = i / placed.places() % w.dim(0);
        float scale = (float) wScale.getDouble(wScale.size() == 1 ? 0 : m);
        float factor =
            (float) in.tensor(1).getDouble(0) * scale / (float) in.tensor(6).getDouble(0);
        sums[i] =
            Pairs.requantized(
                sums[i] + (bias == null ? 0 : bias.getLong(m)),
                factor,
                yZero.getLong(0),
                yZero.dataType());
      }
      in.set(0, Tensor.fromLongs(yZero.dataType(), sums, placed.shape()));
    };
  }

  /** ConvInteger: w is unsigned. */
  static Plain.Equations integers(Attributes attributes, Operator standard) {
    Convolution convolution = new Convolution(attributes);
    return in -> {
      Tensor x = in.tensor(0);
      Tensor w = in.tensor(1);
      if (x.dataType() != DataType.INT8 || w.dataType() != DataType.UINT8) {
        standard.run(in);
        return;
      }
      Convolution.Placed placed = convolution.at(x, w);
      long[] sums = sums(in, convolution, placed, in.optional(2), w, in.optional(3), false);
      in.set(0, Tensor.fromLongs(DataType.INT32, sums, placed.shape()));
    };
  }

  private static long[] sums(
      Invocation in,
      Convolution convolution,
      Convolution.Placed placed,
      @Nullable Tensor xZero,
      Tensor w,
      @Nullable Tensor wZero,
      boolean channelsInner) {
    Tensor x = in.tensor(0);
    int channels = w.dim(1);
    int cells = placed.cells();
    int area = placed.area();
    int features = w.dim(0);
    long zero = xZero == null ? 0 : xZero.getLong(0);
    long[] sums = new long[Tensor.checkedSize(placed.shape())];
    for (int i = 0; i < sums.length; i++) {
      int place = i % placed.places();
      int m = i / placed.places() % features;
      int n = i / placed.places() / features;
      int first = n * x.dim(1) + m / (features / convolution.group) * channels;
      sums[i] =
          Pairs.sum(
              channels * cells,
              k -> {
                int cell = channelsInner ? k / channels : k % cells;
                int at = convolution.input(placed, place, cell);
                int channel = channelsInner ? k % channels : k / cells;
                return at < 0 ? zero : x.getLong((first + channel) * area + at);
              },
              zero,
              k -> {
                int cell = channelsInner ? k / channels : k % cells;
                int channel = channelsInner ? k % channels : k / cells;
                return w.getLong((m * channels + channel) * cells + cell);
              },
              wZero == null ? 0 : wZero.getLong(wZero.size() == 1 ? 0 : m));
      if (i % 1024 == 0) {
        in.checkpoint();
      }
    }
    return sums;
  }
}
