package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Window;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * The attributes of operators that slide a window over the spatial axes of [N, C, D1, ..., Dn]:
 * auto_pad, kernel_shape, strides, dilations, pads, ceil_mode.
 *
 * <p>Output size along an axis: {@code floor((in + begin + end - ((kernel - 1) * dilation + 1)) /
 * stride) + 1}; with ceil_mode rounded up, but no window starts behind the input and its padding in
 * front; for SAME_UPPER and SAME_LOWER {@code ceil(in / stride)}. auto_pad other than NOTSET goes
 * before pads.
 *
 * @param autoPad how to pad
 * @param kernelShape kernel_shape, or null where the weights tell
 * @param strides strides, or null for ones
 * @param dilations dilations, or null for ones
 * @param pads pads, all beginnings before all ends, or null for zeros
 * @param ceilMode whether sizes round up
 */
public record Spatial(
    AutoPad autoPad,
    long @Nullable [] kernelShape,
    long @Nullable [] strides,
    long @Nullable [] dilations,
    long @Nullable [] pads,
    boolean ceilMode) {

  private static final int MOST_SAMPLES = 1 << 28;

  /** The values of auto_pad. */
  public enum AutoPad {
    NOTSET,
    SAME_UPPER,
    SAME_LOWER,
    VALID
  }

  /** Reads whichever of the attributes are declared. */
  public static Spatial of(Attributes attributes) {
    String autoPad = attributes.getString("auto_pad", "NOTSET");
    return new Spatial(
        switch (autoPad) {
          case "NOTSET", "" -> AutoPad.NOTSET;
          case "SAME_UPPER" -> AutoPad.SAME_UPPER;
          case "SAME_LOWER" -> AutoPad.SAME_LOWER;
          case "VALID" -> AutoPad.VALID;
          default ->
              throw new InvalidModel("auto_pad is none of NOTSET, SAME_UPPER, SAME_LOWER, VALID");
        },
        checked(attributes, "kernel_shape", 1),
        checked(attributes, "strides", 1),
        checked(attributes, "dilations", 1),
        checked(attributes, "pads", 0),
        attributes.getFlagOrFalse("ceil_mode"));
  }

  private static long @Nullable [] checked(Attributes attributes, String name, long least) {
    long[] values = attributes.getIntsOrNull(name);
    if (values == null || values.length == 0) {
      return null;
    }
    for (long value : values) {
      if (value < least || value > Integer.MAX_VALUE) {
        throw new InvalidModel(name + " " + Arrays.toString(values) + " has a value out of range");
      }
    }
    return values;
  }

  public Spatial withPads(long[] newPads) {
    return new Spatial(autoPad, kernelShape, strides, dilations, newPads, ceilMode);
  }

  /**
   * Returns the kernel: kernel_shape, which must agree with the weights' where those are given.
   *
   * @param weights the shape of the weights, two dimensions and then the kernel; null for pooling
   */
  public int[] kernel(int rank, int @Nullable [] weights) {
    if (weights == null) {
      if (kernelShape == null || kernelShape.length != rank) {
        throw new InvalidModel(
            "kernel_shape " + Arrays.toString(kernelShape) + " does not fit " + rank + " axes");
      }
      return ints(kernelShape);
    }
    int[] kernel = Arrays.copyOfRange(weights, 2, weights.length);
    if (kernelShape != null && !Arrays.equals(ints(kernelShape), kernel)) {
      throw new InvalidModel(
          "kernel_shape "
              + Arrays.toString(kernelShape)
              + " does not fit weights of shape "
              + Arrays.toString(weights));
    }
    return kernel;
  }

  /**
   * Places the windows over an input.
   *
   * @param shape the whole shape of the input, [N, C, D1, ..., Dn]
   * @param kernel the taps along each spatial axis
   * @throws OperatorFailed where the window is larger than the padded input
   */
  public Window window(int[] shape, int[] kernel) {
    int rank = shape.length - 2;
    int[] in = Arrays.copyOfRange(shape, 2, shape.length);
    int[] stride = perAxis("strides", strides, rank);
    int[] dilation = perAxis("dilations", dilations, rank);
    int[] begin = new int[rank];
    int[] end = new int[rank];
    int[] out = new int[rank];
    for (int a = 0; a < rank; a++) {
      long extent = extent(kernel[a], dilation[a]);
      if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
        out[a] = (int) (((long) in[a] + stride[a] - 1) / stride[a]);
        long total = Math.max(0, (out[a] - 1L) * stride[a] + extent - in[a]);
        requirePlaces(a, in[a] + total + stride[a]);
        long small = total / 2;
        begin[a] = (int) (autoPad == AutoPad.SAME_UPPER ? small : total - small);
        end[a] = (int) (total - begin[a]);
        continue;
      }
      begin[a] = (int) pad(a, rank);
      end[a] = (int) pad(a + rank, rank);
      requirePlaces(a, (long) in[a] + begin[a] + end[a] + stride[a]);
      long room = (long) in[a] + begin[a] + end[a] - extent;
      long size = Math.floorDiv(ceilMode ? room + stride[a] - 1 : room, stride[a]) + 1;
      if (ceilMode && (size - 1) * stride[a] >= (long) in[a] + begin[a]) {
        size--;
      }
      if (size < (in[a] == 0 ? 0 : 1)) {
        throw new OperatorFailed(
            "a window of "
                + extent
                + " does not fit axis "
                + (a + 2)
                + " of shape "
                + Arrays.toString(shape)
                + " with padding "
                + (begin[a] + (long) end[a]));
      }
      out[a] = (int) size;
    }
    return new Window(in, out, kernel, stride, dilation, begin, end);
  }

  /**
   * Places the windows of a pooling, whose kernel is a number in the file and no tensor.
   *
   * @throws LimitExceeded where a window, or what is noted of the rows of all, is larger than any
   *     that has a use
   */
  public Window pool(int[] shape) {
    Window window = window(shape, kernel(shape.length - 2, (int[]) null));
    int last = window.rank() - 1;
    double taps = 1;
    double rows = 1;
    for (int a = 0; a <= last; a++) {
      taps *= window.kernel()[a];
      rows *= a == last ? 1 : (double) window.kernel()[a] * window.out()[a];
    }
    if (taps > MOST_SAMPLES || rows > MOST_SAMPLES) {
      throw new LimitExceeded("samples", "windows of more than " + MOST_SAMPLES + " samples");
    }
    return window;
  }

  /** Refuses an axis that has more places, padding and a step included, than an int counts. */
  static void requirePlaces(int axis, long places) {
    if (places > Integer.MAX_VALUE) {
      throw new OperatorFailed(
          "axis " + (axis + 2) + " would have " + places + " places with its padding");
    }
  }

  /** Returns the spatial sizes of the output, as {@link #window} will find them. */
  public List<Dim> output(Shape shape, List<Dim> kernel) {
    int rank = shape.rank() - 2;
    int[] stride = perAxis("strides", strides, rank);
    int[] dilation = perAxis("dilations", dilations, rank);
    List<Dim> out = new ArrayList<>();
    for (int a = 0; a < rank; a++) {
      Dim in = shape.dim(a + 2);
      if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
        out.add(in.plus(stride[a] - 1).dividedBy(stride[a]));
        continue;
      }
      if (!(kernel.get(a) instanceof Dim.Known(long taps))) {
        out.add(Dim.UNKNOWN);
        continue;
      }
      long begin = pad(a, rank);
      Dim room = in.plus(begin + pad(a + rank, rank) - extent(taps, dilation[a]));
      Dim size = room.plus(ceilMode ? stride[a] - 1 : 0).dividedBy(stride[a]).plus(1);
      if (size instanceof Dim.Known(long known) && known < (in.is(0) ? 0 : 1)) {
        throw new InvalidModel(
            "a window of " + extent(taps, dilation[a]) + " does not fit shape " + shape);
      }
      out.add(
          ceilMode && stride[a] > 1
              ? size.min(in.plus(begin - 1).dividedBy(stride[a]).plus(1))
              : size);
    }
    return out;
  }

  /** Returns the kernel as far as it is known; see {@link #kernel}. */
  public List<Dim> kernel(int rank, @Nullable Shape weights) {
    List<Dim> kernel = new ArrayList<>();
    for (int a = 0; a < rank; a++) {
      kernel.add(
          kernelShape != null && kernelShape.length == rank
              ? Dim.of(kernelShape[a])
              : weights != null && weights.hasRank() && weights.rank() == rank + 2
                  ? weights.dim(a + 2)
                  : Dim.UNKNOWN);
    }
    return kernel;
  }

  /** Returns how far a kernel reaches: {@code (taps - 1) * dilation + 1}. */
  public static long extent(long taps, long dilation) {
    return (taps - 1) * dilation + 1;
  }

  /** Returns one value an axis: the attribute's, or ones. */
  public static int[] perAxis(String name, long @Nullable [] values, int rank) {
    if (values == null) {
      int[] ones = new int[rank];
      Arrays.fill(ones, 1);
      return ones;
    }
    if (values.length != rank) {
      throw new InvalidModel(
          String.format(
              Locale.ROOT,
              "%s %s does not fit %d spatial axes",
              name,
              Arrays.toString(values),
              rank));
    }
    return ints(values);
  }

  long pad(int i, int rank) {
    if (pads == null || autoPad != AutoPad.NOTSET) {
      return 0;
    }
    if (pads.length != 2 * rank) {
      throw new InvalidModel(
          "pads " + Arrays.toString(pads) + " does not fit " + rank + " spatial axes");
    }
    return pads[i];
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }
}
