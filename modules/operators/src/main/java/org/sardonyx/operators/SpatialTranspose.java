package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.TransposedConvolution;
import org.sardonyx.kernels.Window;
import org.sardonyx.operators.Spatial.AutoPad;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * What transposed convolutions share: x [N, C, D1, ..., Dn] with weights [C, M / group, k1, ...,
 * kn] gives [N, M, O1, ..., On].
 *
 * <p>Along an axis {@code full = stride * (in - 1) + output_padding + (kernel - 1) * dilation + 1};
 * the output is {@code full - begin - end}. Where output_shape gives the output, or SAME_UPPER or
 * SAME_LOWER makes it {@code min(full, in * stride)}, the padding {@code max(0, full - out)} is
 * split in half, the odd element at the end for SAME_UPPER and at the beginning otherwise (the
 * formula of versions 11 and up, which version 1 has the other way round against its own text).
 * Outputs that no tap reaches are the bias.
 *
 * @param spatial where the windows lie
 * @param group the number of groups
 * @param outputPadding output_padding, or null for zeros
 * @param outputShape output_shape, or null where the padding tells
 */
public record SpatialTranspose(
    Spatial spatial, long group, long @Nullable [] outputPadding, long @Nullable [] outputShape) {

  public SpatialTranspose {
    if (group < 1 || group > Integer.MAX_VALUE) {
      throw new InvalidModel("group " + group + " must be from 1 to 2147483647");
    }
    requireSizes("output_padding", outputPadding);
    requireSizes("output_shape", outputShape);
  }

  private static void requireSizes(String name, long @Nullable [] sizes) {
    if (sizes != null && Arrays.stream(sizes).anyMatch(p -> p < 0 || p > Integer.MAX_VALUE)) {
      throw new InvalidModel(
          name + " " + Arrays.toString(sizes) + " must not be negative nor above 2147483647");
    }
  }

  /** Reads the attributes of ConvTranspose. */
  public static SpatialTranspose of(Attributes attributes) {
    long[] padding = attributes.getIntsOrNull("output_padding");
    long[] shape = attributes.getIntsOrNull("output_shape");
    return new SpatialTranspose(
        Spatial.of(attributes),
        attributes.getInt("group"),
        padding == null || padding.length == 0 ? null : padding,
        shape == null || shape.length == 0 ? null : shape);
  }

  public SpatialTranspose withPads(long[] pads) {
    return new SpatialTranspose(spatial.withPads(pads), group, outputPadding, outputShape);
  }

  /** Returns the shape of the output. */
  public Shape infer(Shape x, Shape w) {
    if (!x.hasRank()) {
      return w.hasRank() ? Shape.ofRank(w.rank()) : Shape.UNKNOWN;
    }
    if (x.rank() < 3 || (w.hasRank() && w.rank() != x.rank())) {
      throw new InvalidModel("input " + x + " does not fit weights " + w);
    }
    if (w.hasRank()
        && x.dim(1) instanceof Dim.Known(long channels)
        && ((w.dim(0) instanceof Dim.Known(long depth) && channels != depth)
            || channels % group != 0)) {
      throw new InvalidModel(
          "input " + x + " does not fit weights " + w + " in " + group + " groups");
    }
    int rank = x.rank() - 2;
    List<Dim> kernel = spatial.kernel(rank, w);
    int[] stride = Spatial.perAxis("strides", spatial.strides(), rank);
    int[] dilation = Spatial.perAxis("dilations", spatial.dilations(), rank);
    List<Dim> dims = new ArrayList<>();
    dims.add(x.dim(0));
    dims.add(w.hasRank() ? w.dim(1).times(group) : Dim.UNKNOWN);
    for (int a = 0; a < rank; a++) {
      if (outputShape != null) {
        dims.add(Dim.of(outputSize(a, rank)));
      } else if (kernel.get(a) instanceof Dim.Known(long taps)) {
        long excess = Spatial.extent(taps, dilation[a]) + padding(a, rank) - stride[a];
        long pads = isSame() ? Math.max(0, excess) : pad(a, rank) + pad(a + rank, rank);
        dims.add(x.dim(a + 2).times(stride[a]).plus(excess - pads));
      } else {
        dims.add(Dim.UNKNOWN);
      }
    }
    return Shape.of(dims);
  }

  /** Places the convolution that is transposed: its inputs are our outputs. */
  Convolution at(Tensor x, Tensor w) {
    if (x.rank() < 3 || w.rank() != x.rank() || w.dim(0) != x.dim(1) || x.dim(1) % group != 0) {
      throw new OperatorFailed(
          "input " + x + " does not fit weights " + w + " in " + group + " groups");
    }
    int features = Math.toIntExact(w.dim(1) * group);
    return new Convolution(window(x.shape(), w.shape()), (int) group, x.dim(1), features);
  }

  /** Returns the shape of the output. */
  static int[] shape(Tensor x, Convolution convolution) {
    int[] shape = x.shape();
    shape[1] = convolution.features();
    System.arraycopy(convolution.window().in(), 0, shape, 2, shape.length - 2);
    return shape;
  }

  /** Transposes the convolution of tensors of a floating-point type to output 0. */
  public void run(Invocation in, Tensor x, Tensor w, @Nullable Tensor bias) {
    Convolution convolution = at(x, w);
    SpatialConvolution.checkBias(bias, convolution.features());
    int[] shape = shape(x, convolution);
    DataType type = x.dataType();
    if (type == DataType.DOUBLE) {
      convolution.transposed(
          x.dim(0),
          x.doubles(),
          w.doubles(),
          bias == null ? null : bias.doubles(),
          in.output(0, type, shape).doubles());
      return;
    }
    float[] y =
        type == DataType.FLOAT
            ? in.output(0, type, shape).floats()
            : new float[Tensor.checkedSize(shape)];
    float[] b = bias == null ? null : bias.toFloats();
    if (TransposedConvolution.suits(convolution)) {
      TransposedConvolution transposed = new TransposedConvolution(convolution, w.toFloats());
      float[] scratch = in.scratch(transposed.scratch());
      transposed.run(in.kernels(), x.dim(0), x.toFloats(), b, y, scratch);
    } else {
      convolution.transposed(in.kernels(), x.dim(0), x.toFloats(), w.toFloats(), b, y);
    }
    if (type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, y, shape));
    }
  }

  /** Places the windows of the convolution that is transposed: its inputs are our outputs. */
  private Window window(int[] x, int[] w) {
    int rank = x.length - 2;
    int[] kernel = spatial.kernel(rank, w);
    int[] stride = Spatial.perAxis("strides", spatial.strides(), rank);
    int[] dilation = Spatial.perAxis("dilations", spatial.dilations(), rank);
    int[] in = new int[rank];
    int[] begin = new int[rank];
    int[] end = new int[rank];
    for (int a = 0; a < rank; a++) {
      long full =
          stride[a] * (x[a + 2] - 1L) + padding(a, rank) + Spatial.extent(kernel[a], dilation[a]);
      Spatial.requirePlaces(a, full + stride[a]);
      if (outputShape == null && !isSame()) {
        begin[a] = (int) pad(a, rank);
        end[a] = (int) pad(a + rank, rank);
        long out = full - begin[a] - end[a];
        if (out < 0 || x[a + 2] == 0) {
          throw new OperatorFailed(
              "axis " + (a + 2) + " of shape " + Arrays.toString(x) + " gives no output");
        }
        in[a] = (int) out;
        continue;
      }
      long size =
          outputShape != null
              ? outputSize(a, rank)
              : Math.max(0, Math.min(full, x[a + 2] * (long) stride[a]));
      Spatial.requirePlaces(a, size);
      in[a] = (int) size;
      int total = (int) Math.max(0, full - size);
      begin[a] = spatial.autoPad() == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
      end[a] = total - begin[a];
    }
    return new Window(in, Arrays.copyOfRange(x, 2, x.length), kernel, stride, dilation, begin, end);
  }

  private boolean isSame() {
    return spatial.autoPad() == AutoPad.SAME_UPPER || spatial.autoPad() == AutoPad.SAME_LOWER;
  }

  private long outputSize(int a, int rank) {
    long[] sizes = outputShape;
    if (sizes == null || (sizes.length != rank && sizes.length != rank + 2)) {
      throw new InvalidModel(
          "output_shape " + Arrays.toString(sizes) + " does not fit " + rank + " spatial axes");
    }
    return sizes[a + sizes.length - rank];
  }

  private long padding(int a, int rank) {
    if (outputPadding == null) {
      return 0;
    }
    if (outputPadding.length != rank) {
      throw new InvalidModel(
          "output_padding "
              + Arrays.toString(outputPadding)
              + " does not fit "
              + rank
              + " spatial axes");
    }
    return outputPadding[a];
  }

  private long pad(int i, int rank) {
    return spatial.pad(i, rank);
  }
}
