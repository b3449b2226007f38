package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;

/** Matrix products and convolutions. */
final class Products {

  private Products() {}

  static Live product(Draft d) {
    return switch (d.between(0, 5)) {
      case 0, 1 -> dense(d, d.pick(2, 4), d.size());
      case 2, 3 -> gemm(d);
      case 4 -> squared(d);
      default -> einsum(d);
    };
  }

  /** Returns a value times weights, with a bias and an activation sometimes. */
  static Live dense(Draft d, Live x, int to) {
    int from = x.dim(-1);
    Ref y = d.node("MatMul", x.ref(), d.weights(d.numbers(1 / Math.sqrt(from), from, to)));
    if (d.flip()) {
      Ref bias = d.weights(d.numbers(0.3, to));
      y = d.flip() ? d.node("Add", y, bias) : d.node("Add", bias, y);
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, to);
    Live product = d.add(y, shape, 2.5 * x.bound());
    return d.flip() ? product : Elementwise.unary(d, product);
  }

  private static Live gemm(Draft d) {
    Live x = d.pick(2);
    boolean turned = d.flip();
    int inner = x.dim(turned ? 0 : 1);
    int rows = x.dim(turned ? 1 : 0);
    int columns = d.size();
    boolean turnedB = d.flip();
    int[] sizes = turnedB ? new int[] {columns, inner} : new int[] {inner, columns};
    List<Ref> refs =
        new ArrayList<>(List.of(x.ref(), d.weights(d.numbers(1 / Math.sqrt(inner), sizes))));
    boolean hasBias = d.flip();
    if (hasBias) {
      int[] bias =
          d.any(new int[] {columns}, new int[] {1, columns}, new int[] {rows, 1}, new int[] {});
      refs.add(d.weights(d.numbers(0.5, bias)));
    }
    Call call = d.call("Gemm", refs.toArray(Ref[]::new));
    if (turned) {
      call.with("transA", 1);
    }
    if (turnedB) {
      call.with("transB", 1);
    }
    if (d.oneIn(3)) {
      call.with("alpha", d.real(0.3, 1.5));
    }
    if (hasBias && d.oneIn(3)) {
      call.with("beta", d.real(-1, 1));
    }
    return d.add(call.output(), List.of(rows, columns), 3 * x.bound() + 1);
  }

  /** Returns the products of the rows of a value with each other. */
  private static Live squared(Draft d) {
    Live x = d.pick(2, 4);
    int[] order = new int[x.rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    order[x.rank() - 2] = x.rank() - 1;
    order[x.rank() - 1] = x.rank() - 2;
    long[] perm = Arrays.stream(order).asLongStream().toArray();
    Ref turned = d.call("Transpose", x.ref()).withInts("perm", perm).output();
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, x.dim(-2));
    return d.add(
        d.node("MatMul", x.ref(), turned), shape, x.bound() * x.bound() * Math.sqrt(x.dim(-1)));
  }

  private static Live einsum(Draft d) {
    Live x = d.pick(3);
    int to = d.size();
    Ref weights = d.weights(d.numbers(1 / Math.sqrt(x.dim(2)), x.dim(2), to));
    String equation = d.any("bij,jk->bik", "bij,jk->ibk", "bij,jk->kbi");
    Ref out = d.call("Einsum", x.ref(), weights).with("equation", equation).output();
    List<Integer> shape =
        switch (equation) {
          case "bij,jk->bik" -> List.of(x.dim(0), x.dim(1), to);
          case "bij,jk->ibk" -> List.of(x.dim(1), x.dim(0), to);
          default -> List.of(to, x.dim(0), x.dim(1));
        };
    return d.add(out, shape, 2.5 * x.bound());
  }

  static Live convolution(Draft d) {
    Live x = d.pick(3, 4);
    return switch (d.between(0, 4)) {
      case 0, 1 -> conv(d, x);
      case 2 -> transposed(d, x);
      default -> pool(d, x);
    };
  }

  /** A window over the spatial axes. */
  private record Window(
      long[] kernel, long[] strides, long[] dilations, long[] pads, List<Integer> sizes) {

    static Window of(Draft d, Live x, boolean dilated) {
      int axes = x.rank() - 2;
      long[] kernel = new long[axes];
      long[] strides = new long[axes];
      long[] dilations = new long[axes];
      long[] pads = new long[2 * axes];
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < axes; i++) {
        int size = x.dim(i + 2);
        kernel[i] = d.between(1, Math.min(4, size));
        strides[i] = d.any(1, 1, 2, 3);
        dilations[i] = dilated && kernel[i] > 1 && (kernel[i] - 1) * 2 < size && d.oneIn(3) ? 2 : 1;
        int reach = (int) ((kernel[i] - 1) * dilations[i]);
        // A window never lies in the padding alone.
        pads[i] = d.between(0, (int) (kernel[i] - 1) / 2);
        pads[i + axes] = d.between(0, (int) (kernel[i] - 1) / 2);
        sizes.add((int) ((size + pads[i] + pads[i + axes] - reach - 1) / strides[i] + 1));
      }
      return new Window(kernel, strides, dilations, pads, sizes);
    }

    Call on(Call call) {
      return call.withInts("strides", strides)
          .withInts("dilations", dilations)
          .withInts("pads", pads)
          .withInts("kernel_shape", kernel);
    }

    int area() {
      return (int) Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }
  }

  private static int[] with(int first, int second, long[] kernel) {
    int[] shape = new int[2 + kernel.length];
    shape[0] = first;
    shape[1] = second;
    for (int i = 0; i < kernel.length; i++) {
      shape[i + 2] = (int) kernel[i];
    }
    return shape;
  }

  private static List<Integer> shape(int batch, int channels, List<Integer> sizes) {
    List<Integer> shape = new ArrayList<>(List.of(batch, channels));
    shape.addAll(sizes);
    return shape;
  }

  private static Live conv(Draft d, Live x) {
    Window window = Window.of(d, x, true);
    int channels = x.dim(1);
    int groups = d.flip() ? 1 : channels % 2 == 0 && d.flip() ? 2 : channels;
    int to = groups * d.between(1, Math.max(1, 12 / groups));
    int each = channels / groups;
    double deviation = 1 / Math.sqrt(each * window.area());
    List<Ref> refs =
        new ArrayList<>(
            List.of(x.ref(), d.weights(d.numbers(deviation, with(to, each, window.kernel())))));
    if (d.flip()) {
      refs.add(d.weights(d.numbers(0.3, to)));
    }
    Call call = window.on(d.call("Conv", refs.toArray(Ref[]::new)));
    if (groups > 1 || d.flip()) {
      call.with("group", groups);
    }
    Live y = d.add(call.output(), shape(x.dim(0), to, window.sizes()), 2.5 * x.bound());
    return d.flip() ? y : Elementwise.unary(d, y);
  }

  private static Live transposed(Draft d, Live x) {
    int to = d.between(1, 6);
    int kernel = d.between(1, 3);
    int stride = d.between(1, 2);
    long[] kernels = new long[x.rank() - 2];
    long[] strides = new long[x.rank() - 2];
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = kernel;
      strides[i] = stride;
      sizes.add((x.dim(i + 2) - 1) * stride + kernel);
    }
    if (Shaping.product(sizes) * to * x.dim(0) > Draft.MOST) {
      return conv(d, x);
    }
    Ref weights = d.weights(d.numbers(1 / Math.sqrt(x.dim(1)), with(x.dim(1), to, kernels)));
    Ref out = d.call("ConvTranspose", x.ref(), weights).withInts("strides", strides).output();
    return d.add(out, shape(x.dim(0), to, sizes), 2.5 * kernel * kernel * x.bound());
  }

  private static Live pool(Draft d, Live x) {
    if (d.oneIn(3)) {
      List<Integer> ones = x.shape().subList(2, x.rank()).stream().map(_ -> 1).toList();
      Ref out = d.node(d.any("GlobalAveragePool", "GlobalMaxPool"), x.ref());
      return d.add(out, shape(x.dim(0), x.dim(1), ones), x.bound());
    }
    boolean max = d.flip();
    Window window = Window.of(d, x, max);
    Call call =
        d.call(max ? "MaxPool" : "AveragePool", x.ref())
            .withInts("kernel_shape", window.kernel())
            .withInts("strides", window.strides())
            .withInts("pads", window.pads());
    if (max) {
      call.withInts("dilations", window.dilations());
    } else if (d.flip()) {
      call.with("count_include_pad", 1);
    }
    return d.add(call.output(), shape(x.dim(0), x.dim(1), window.sizes()), x.bound());
  }
}
