package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Windows that move over images: convolutions and pools. */
final class PoolingRecipes {

  private PoolingRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(PoolingRecipes::conv, "Conv", "com.microsoft.FusedConv");
    recipes.put(PoolingRecipes::convInteger, "ConvInteger");
    recipes.put(
        PoolingRecipes::convTranspose,
        "ConvTranspose",
        "com.microsoft.ConvTransposeWithDynamicPads");
    recipes.put(PoolingRecipes::deformConv, "DeformConv");
    recipes.put(
        d -> {
          Window w = new Window(d);
          w.decide(true);
          d.attr("storage_order", 0L, 0L, 1L);
          d.in(Numbers.of(d, d.type(), w.input(2, 2)));
        },
        "MaxPool");
    recipes.put(
        d -> {
          Window w = new Window(d);
          w.decide(true);
          d.attr("count_include_pad", 0L, 0L, 1L);
          d.in(Numbers.of(d, d.type(), w.input(2, 2)));
        },
        "AveragePool");
    recipes.put(
        d -> {
          Window w = new Window(d);
          w.decide(true);
          power(d);
          d.in(Numbers.of(d, d.type(), w.input(2, 2)));
        },
        "LpPool");
    recipes.put(
        d -> {
          Window w = new Window(d);
          w.decide(true);
          int[] shape = w.input(2, 3);
          int[] last = shape.clone();
          System.arraycopy(shape, 2, last, 1, shape.length - 2);
          last[shape.length - 1] = 3;
          d.in(Numbers.of(d, d.type(), last));
        },
        "com.microsoft.NhwcMaxPool");
    recipes.put(
        d -> {
          Window w = new Window(d);
          w.decide(true);
          d.attr("storage_order", 0L, 0L, 1L);
          int[] shape = w.input(2, 2);
          d.in(Numbers.of(d, d.type(), shape));
          int[] mask = shape.clone();
          if (!d.flag("mask of each plane")) {
            mask[0] = 1;
            mask[1] = 1;
          }
          d.in(Numbers.integers(d, DataType.INT32, 0, d.pick("mask", 4, 1), mask));
        },
        "com.microsoft.MaxpoolWithMask");
    recipes.put(
        d -> d.in(Numbers.of(d, d.type(), spatial(d))), "GlobalAveragePool", "GlobalMaxPool");
    recipes.put(
        d -> {
          power(d);
          d.in(Numbers.of(d, d.type(), spatial(d)));
        },
        "GlobalLpPool");
    recipes.put(PoolingRecipes::maxUnpool, "MaxUnpool");
  }

  private static void power(Draw d) {
    if (d.version() < 2) {
      d.attr("p", 2f, 1f, 2f, 3f);
    } else {
      d.attr("p", 2L, 1L, 2L, 3L);
    }
  }

  private static int[] spatial(Draw d) {
    return d.pick(
        "shape",
        new int[] {1, 2, 3},
        new int[] {2, 3, 4, 5},
        new int[] {1, 2, 2, 3, 2},
        new int[] {0, 2, 3});
  }

  /** The attributes of a window and the image that it fits. */
  private static final class Window {
    private final Draw d;
    private int spatial;
    private long[] kernel = {};

    Window(Draw d) {
      this.d = d;
    }

    void decide(boolean named) {
      spatial = d.pick("spatial", 1, 2, 3);
      kernel = of(d.pick("kernel", 2L, 3L, 1L));
      if (kernel.length > 1) {
        kernel[1] = 2;
      }
      if (named) {
        d.set("kernel_shape", kernel);
      } else if (d.flag("kernel_shape")) {
        d.set("kernel_shape", kernel);
      }
      long stride = d.pick("strides", 0L, 1L, 2L, 3L);
      if (stride > 0) {
        d.set("strides", of(stride));
      }
      String auto = d.attr("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
      if (auto.equals("NOTSET")) {
        pads();
      }
      if (d.declares("dilations")) {
        long dilation = d.pick("dilations", 0L, 1L, 2L);
        if (dilation > 0) {
          d.set("dilations", of(dilation));
        }
      }
      if (d.declares("ceil_mode")) {
        d.attr("ceil_mode", 0L, 0L, 1L);
      }
    }

    private void pads() {
      String pads =
          d.declares("pads") ? d.pick("pads", "absent", "none", "all", "begin") : "absent";
      if (pads.equals("absent")) {
        return;
      }
      long[] values = new long[2 * spatial];
      for (int i = 0; i < values.length; i++) {
        boolean padded = pads.equals("all") || (pads.equals("begin") && i < spatial);
        // A window that lies in the padding entirely is nowhere defined.
        values[i] = padded ? Math.min(1, kernel[i % spatial] - 1) : 0;
      }
      d.set("pads", values);
    }

    private long[] of(long value) {
      long[] all = new long[spatial];
      java.util.Arrays.fill(all, value);
      return all;
    }

    int[] input(int batch, int channels) {
      int[] sizes = {7, 6, 5};
      int[] shape = new int[2 + spatial];
      shape[0] = d.flag("no rows") ? 0 : batch;
      shape[1] = channels;
      System.arraycopy(sizes, 0, shape, 2, spatial);
      return shape;
    }

    int[] weights(int out, int in) {
      int[] shape = new int[2 + spatial];
      shape[0] = out;
      shape[1] = in;
      for (int i = 0; i < spatial; i++) {
        shape[2 + i] = (int) kernel[i];
      }
      return shape;
    }
  }

  private static void conv(Draw d) {
    DataType type = d.type();
    Window w = new Window(d);
    w.decide(false);
    int group = (int) (long) d.attr("group", 1L, 1L, 2L, 4L);
    String activation =
        d.attr("activation", "", "Relu", "Tanh", "Sigmoid", "LeakyRelu", "Clip", "HardSigmoid");
    switch (activation) {
      case "LeakyRelu" -> d.set("activation_params", new float[] {0.25f});
      case "Clip" -> d.set("activation_params", new float[] {-1, 2});
      case "HardSigmoid" -> d.set("activation_params", new float[] {0.25f, 0.5f});
      default -> {}
    }
    d.in(Numbers.of(d, type, w.input(2, 4))).param(Numbers.of(d, type, w.weights(8, 4 / group)));
    d.optionalParam("B", () -> Numbers.of(d, type, 8));
  }

  private static void convInteger(Draw d) {
    DataType x = d.type("T1");
    DataType weight = d.type("T2");
    Window w = new Window(d);
    w.decide(false);
    int group = (int) (long) d.attr("group", 1L, 1L, 2L);
    d.in(Numbers.any(d, x, w.input(1, 4))).param(Numbers.any(d, weight, w.weights(6, 4 / group)));
    d.optionalParam("x_zero_point", () -> Numbers.of(d, x));
    boolean each = d.flag("zero for each channel");
    d.optionalParam("w_zero_point", () -> each ? Numbers.of(d, weight, 6) : Numbers.of(d, weight));
  }

  private static void convTranspose(Draw d) {
    DataType type = d.type();
    int spatial = d.pick("spatial", 1, 2, 3);
    int group = (int) (long) d.attr("group", 1L, 1L, 2L);
    long stride = d.pick("strides", 0L, 1L, 2L);
    if (stride > 0) {
      d.set("strides", filled(spatial, stride));
    }
    String auto = d.attr("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
    long dilation = d.pick("dilations", 0L, 1L, 2L);
    if (dilation > 0) {
      d.set("dilations", filled(spatial, dilation));
    }
    boolean extra = stride == 2 && d.flag("output_padding");
    if (extra) {
      d.set("output_padding", filled(spatial, 1));
    }
    boolean dynamic = d.hasInput("Pads");
    boolean padded = auto.equals("NOTSET") && d.flag("pads");
    if (padded && !dynamic) {
      d.set("pads", filled(2 * spatial, 1));
    }
    if (d.flag("kernel_shape")) {
      d.set("kernel_shape", filled(spatial, 3));
    }
    if (d.declares("output_shape") && !extra && !padded && d.flag("output_shape")) {
      d.set("output_shape", filled(spatial, 4 * Math.max(1, stride)));
    }
    int[] x = new int[2 + spatial];
    int[] w = new int[2 + spatial];
    java.util.Arrays.fill(x, 4);
    java.util.Arrays.fill(w, 3);
    x[0] = d.flag("no rows") ? 0 : 2;
    w[0] = 4;
    w[1] = 6 / group;
    d.in(Numbers.of(d, type, x)).param(Numbers.of(d, type, w));
    if (dynamic) {
      if (padded) {
        d.param(Tensor.vector(filled(2 * spatial, 1)));
      } else {
        d.none();
      }
    }
    d.optionalParam("B", () -> Numbers.of(d, type, 6));
  }

  private static long[] filled(int count, long value) {
    long[] all = new long[count];
    java.util.Arrays.fill(all, value);
    return all;
  }

  private static void deformConv(Draw d) {
    DataType type = d.type();
    int group = (int) (long) d.attr("group", 1L, 1L, 2L);
    int offsets = (int) (long) d.attr("offset_group", 1L, 1L, 2L);
    long stride = d.pick("strides", 0L, 1L, 2L);
    if (stride > 0) {
      d.set("strides", filled(2, stride));
    }
    long dilation = d.pick("dilations", 0L, 1L, 2L);
    if (dilation > 0) {
      d.set("dilations", filled(2, dilation));
    }
    boolean padded = d.flag("pads");
    if (padded) {
      d.set("pads", filled(4, 1));
    }
    if (d.flag("kernel_shape")) {
      d.set("kernel_shape", new long[] {2, 2});
    }
    int reach = (int) Math.max(1, dilation) + 1;
    int size = (6 + (padded ? 2 : 0) - reach) / (int) Math.max(1, stride) + 1;
    d.in(Numbers.of(d, type, 1, 4, 6, 6)).param(Numbers.of(d, type, 4, 4 / group, 2, 2));
    d.in(Numbers.between(d, type, -1.2, 1.2, 1, offsets * 2 * 4, size, size));
    d.optionalParam("B", () -> Numbers.of(d, type, 4));
    d.optional("mask", () -> Numbers.between(d, type, 0, 1, 1, offsets * 4, size, size));
  }

  private static void maxUnpool(Draw d) {
    DataType type = d.type();
    d.set("kernel_shape", new long[] {2, 2});
    boolean strided = d.flag("strides");
    if (strided) {
      d.set("strides", new long[] {2, 2});
    }
    if (d.flag("pads")) {
      d.set("pads", filled(4, 0));
    }
    int out = strided ? 4 : 3;
    d.in(Numbers.of(d, type, 1, 1, 2, 2));
    d.param(Tensor.of(new long[] {0, 2, out * 2L, out * 2L + 2}, 1, 1, 2, 2));
    boolean larger = d.flag("larger");
    d.optionalParam(
        "output_shape",
        () -> larger ? Tensor.vector(1, 1, out + 1, out + 1) : Tensor.vector(1, 1, out, out));
  }
}
