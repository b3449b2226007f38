package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Convolutions, pools, and other sizes of images. */
final class Windows {

  private Windows() {}

  static void register(Map<String, Op> ops) {
    for (int d = 1; d <= 3; d++) {
      int axes = d;
      ops.put(
          "conv" + d + "d",
          (e, a) ->
              conv(
                  e,
                  a.ten(0, "input"),
                  a.ten(1, "weight"),
                  a.optional(2, "bias"),
                  a.integers(3, "stride", axes, 1),
                  a.text(4, "padding") == null ? a.integers(4, "padding", axes, 0) : null,
                  a.text(4, "padding"),
                  a.integers(5, "dilation", axes, 1),
                  a.integer(6, "groups", 1)));
      ops.put(
          "conv_transpose" + d + "d",
          (e, a) ->
              transposed(
                  e,
                  a.ten(0, "input"),
                  a.ten(1, "weight"),
                  a.optional(2, "bias"),
                  a.integers(3, "stride", axes, 1),
                  a.integers(4, "padding", axes, 0),
                  a.integers(5, "output_padding", axes, 0),
                  a.integer(6, "groups", 1),
                  a.integers(7, "dilation", axes, 1)));
      ops.put("max_pool" + d + "d", (e, a) -> maxPool(e, a, axes, false));
      ops.put("max_pool" + d + "d_with_indices", (e, a) -> maxPool(e, a, axes, true));
      ops.put("avg_pool" + d + "d", (e, a) -> averagePool(e, a, axes));
    }
    for (String name : List.of("_convolution", "convolution")) {
      ops.put(
          name,
          (e, a) -> {
            Ten weight = a.ten(1, "weight");
            int axes = e.rank(weight) - 2;
            long[] stride = a.integers(3, "stride", axes, 1);
            long[] padding = a.integers(4, "padding", axes, 0);
            long[] dilation = a.integers(5, "dilation", axes, 1);
            return a.flag(6, "transposed", false)
                ? transposed(
                    e,
                    a.ten(0, "input"),
                    weight,
                    a.optional(2, "bias"),
                    stride,
                    padding,
                    a.integers(7, "output_padding", axes, 0),
                    a.integer(8, "groups", 1),
                    dilation)
                : conv(
                    e,
                    a.ten(0, "input"),
                    weight,
                    a.optional(2, "bias"),
                    stride,
                    padding,
                    null,
                    dilation,
                    a.integer(8, "groups", 1));
          });
    }
    ops.put(
        "_convolution_mode",
        (e, a) -> {
          int axes = e.rank(a.ten(1, "weight")) - 2;
          return conv(
              e,
              a.ten(0, "input"),
              a.ten(1, "weight"),
              a.optional(2, "bias"),
              a.integers(3, "stride", axes, 1),
              null,
              a.text(4, "padding"),
              a.integers(5, "dilation", axes, 1),
              a.integer(6, "groups", 1));
        });
  }

  private static long[] twice(long[] pads) {
    long[] both = Arrays.copyOf(pads, 2 * pads.length);
    System.arraycopy(pads, 0, both, pads.length, pads.length);
    return both;
  }

  /** Gives a tensor without a batch one, and takes it away again. */
  interface Batched {
    Ten apply(Ten x);
  }

  static Ten batched(Emit e, Ten x, int axes, String op, Batched then) {
    int rank = e.rank(x, axes + 2, axes + 1);
    if (rank == axes + 1) {
      e.choices().unlikely("a tensor of rank " + rank + " without an axis for the batch");
    }
    if (rank == axes + 2) {
      return then.apply(x);
    }
    if (rank != axes + 1) {
      throw new Emit.Mismatch(op + " of " + axes + " axes of a tensor of rank " + rank);
    }
    Ten result = then.apply(Shaping.unsqueeze(e, x, 0));
    List<Dim> dims = e.dims(result);
    return e.ten(
        e.node("Squeeze", e.ref(result), e.int1(0)), e.type(result), dims.subList(1, dims.size()));
  }

  private static Dim out(
      Emit e, Dim in, long pads, long kernel, long stride, long dilation, boolean ceil) {
    if (in instanceof Dim.Unknown) {
      return e.freshDim();
    }
    Dim room = in.plus(pads - dilation * (kernel - 1) - 1);
    if (room instanceof Dim.Known(long n) && n < 0) {
      throw new Emit.Mismatch("a window of " + kernel + " over " + in);
    }
    Dim count = stride == 1 ? room : (ceil ? room.plus(stride - 1) : room).dividedBy(stride);
    return count.plus(1);
  }

  static Ten conv(
      Emit e,
      Ten input,
      Ten weight,
      @Nullable Ten bias,
      long[] stride,
      long @Nullable [] padding,
      @Nullable String mode,
      long[] dilation,
      long groups) {
    List<Dim> w = e.dims(weight);
    int axes = w.size() - 2;
    if (stride.length != axes) {
      throw new Emit.Mismatch("conv" + axes + "d with " + stride.length + " strides");
    }
    return batched(
        e,
        input,
        axes,
        "conv",
        x -> {
          DataType type = e.typeBy(x, weight, "conv");
          if (!type.isFloat()) {
            throw new Emit.Mismatch("a convolution of " + type.specName());
          }
          List<Dim> dims = e.dims(x);
          e.same(dims.get(1), w.get(1).times(groups), "conv");
          List<Dim> result = new ArrayList<>(List.of(dims.get(0), w.get(0)));
          long[] pads = new long[2 * axes];
          for (int i = 0; i < axes; i++) {
            long kernel = w.get(i + 2).sizeOrMinusOne();
            if (padding != null) {
              pads[i] = padding[i];
              pads[axes + i] = padding[i];
            } else if ("same".equals(mode)) {
              long total = dilation[i] * (kernel - 1);
              pads[i] = total / 2;
              pads[axes + i] = total - total / 2;
            }
            result.add(
                out(
                    e,
                    dims.get(i + 2),
                    pads[i] + pads[axes + i],
                    kernel,
                    stride[i],
                    dilation[i],
                    false));
          }
          GraphBuilder.Call call =
              bias == null
                  ? e.call("Conv", e.ref(x), e.ref(weight))
                  : e.call("Conv", e.ref(x), e.ref(weight), e.ref(bias));
          long[] kernel = w.subList(2, w.size()).stream().mapToLong(Dim::sizeOrMinusOne).toArray();
          Ref ref =
              call.withInts("kernel_shape", kernel)
                  .withInts("strides", stride)
                  .withInts("pads", pads)
                  .withInts("dilations", dilation)
                  .with("group", groups)
                  .output();
          return e.ten(ref, type, result);
        });
  }

  private static Ten transposed(
      Emit e,
      Ten input,
      Ten weight,
      @Nullable Ten bias,
      long[] stride,
      long[] padding,
      long[] more,
      long groups,
      long[] dilation) {
    List<Dim> w = e.dims(weight);
    int axes = w.size() - 2;
    return batched(
        e,
        input,
        axes,
        "conv_transpose",
        x -> {
          e.typeBy(x, weight, "conv_transpose");
          List<Dim> dims = e.dims(x);
          e.same(dims.get(1), w.get(0), "conv_transpose");
          List<Dim> result = new ArrayList<>(List.of(dims.get(0), w.get(1).times(groups)));
          for (int i = 0; i < axes; i++) {
            long kernel = w.get(i + 2).sizeOrMinusOne();
            Dim size =
                dims.get(i + 2)
                    .minus(Dim.of(1))
                    .times(stride[i])
                    .plus(dilation[i] * (kernel - 1) + 1 + more[i] - 2 * padding[i]);
            result.add(size instanceof Dim.Unknown ? e.freshDim() : size);
          }
          GraphBuilder.Call call =
              bias == null
                  ? e.call("ConvTranspose", e.ref(x), e.ref(weight))
                  : e.call("ConvTranspose", e.ref(x), e.ref(weight), e.ref(bias));
          long[] kernel = w.subList(2, w.size()).stream().mapToLong(Dim::sizeOrMinusOne).toArray();
          Ref ref =
              call.withInts("kernel_shape", kernel)
                  .withInts("strides", stride)
                  .withInts("pads", twice(padding))
                  .withInts("dilations", dilation)
                  .withInts("output_padding", more)
                  .with("group", groups)
                  .output();
          return e.ten(ref, e.type(x), result);
        });
  }

  private static List<Dim> pooled(
      Emit e,
      Ten x,
      int axes,
      long[] kernel,
      long[] stride,
      long[] padding,
      long[] dilation,
      boolean ceil) {
    List<Dim> result = new ArrayList<>(e.dims(x).subList(0, 2));
    for (int i = 0; i < axes; i++) {
      result.add(
          out(e, e.dims(x).get(i + 2), 2 * padding[i], kernel[i], stride[i], dilation[i], ceil));
    }
    return result;
  }

  /** A window whose size is computed: that of its axis, which is then reduced. */
  private static @Nullable Object whole(Emit e, Args a, int axes, String op) {
    List<Object> sizes = a.numbers(1, "kernel_size");
    if (sizes.stream().noneMatch(n -> n instanceof Sym)) {
      return null;
    }
    return batched(
        e,
        a.ten(0, "self"),
        axes,
        a.op(),
        x -> {
          List<Long> reduced = new ArrayList<>();
          for (int i = 0; i < axes; i++) {
            Object size = sizes.get(sizes.size() == 1 ? 0 : i);
            Dim dim = e.dims(x).get(i + 2);
            if (size instanceof Sym sym && e.resolve(sym.dim()).equals(dim)) {
              reduced.add(i + 2L);
            } else if (!size.equals(1L)) {
              throw new UnsupportedModel(
                  a.op()
                      + " by a window whose size is computed and is not that of its axis "
                      + dim);
            }
          }
          return Reducing.reduce(
              e, op, x, null, reduced.stream().mapToLong(Long::longValue).toArray(), true);
        });
  }

  private static Object maxPool(Emit e, Args a, int axes, boolean indices) {
    Object all = indices ? null : whole(e, a, axes, "ReduceMax");
    if (all != null) {
      return all;
    }
    long[] kernel = a.integers(1, "kernel_size", axes, 1);
    long[] stride = strides(a, kernel, axes);
    long[] padding = a.integers(3, "padding", axes, 0);
    long[] dilation = a.integers(4, "dilation", axes, 1);
    boolean ceil = a.flag(5, "ceil_mode", false);
    List<Ten> places = new ArrayList<>();
    Ten pool =
        batched(
            e,
            a.ten(0, "self"),
            axes,
            "max_pool",
            x -> {
              List<Ref> both =
                  e.call("MaxPool", e.ref(x))
                      .withInts("kernel_shape", kernel)
                      .withInts("strides", stride)
                      .withInts("pads", twice(padding))
                      .withInts("dilations", dilation)
                      .with("ceil_mode", ceil ? 1 : 0)
                      .outputs(indices ? 2 : 1);
              List<Dim> dims = pooled(e, x, axes, kernel, stride, padding, dilation, ceil);
              if (indices) {
                // PyTorch's indices count within a plane, ONNX's in the whole.
                Object plane = 1L;
                for (int i = 0; i < axes; i++) {
                  plane = new Scalars(e).binary("mul", plane, e.size(x, i + 2));
                }
                Ref within = e.node("Mod", both.get(1), e.scalar(plane, DataType.INT64));
                places.add(e.ten(within, DataType.INT64, dims));
              }
              return e.ten(both.getFirst(), e.type(x), dims);
            });
    if (!indices) {
      return pool;
    }
    Ten where = places.getFirst();
    return Several.of(pool, e.rank(pool) < e.rank(where) ? Parts.select(e, where, 0, 0L) : where);
  }

  private static long[] strides(Args a, long[] kernel, int axes) {
    Object given = a.get(2, "stride");
    boolean none = given == null || (given instanceof Items list && list.items().isEmpty());
    return none ? kernel : a.integers(2, "stride", axes, 1);
  }

  private static Object averagePool(Emit e, Args a, int axes) {
    Object mean = whole(e, a, axes, "ReduceMean");
    if (mean != null) {
      return mean;
    }
    long[] kernel = a.integers(1, "kernel_size", axes, 1);
    long[] stride = strides(a, kernel, axes);
    long[] padding = a.integers(3, "padding", axes, 0);
    boolean ceil = a.flag(4, "ceil_mode", false);
    boolean all = a.flag(5, "count_include_pad", true);
    if (a.get(6, "divisor_override") != null) {
      // The sum, by a divisor of its own: padding counts as zeros, so that the mean tells the sum.
      long count = Arrays.stream(kernel).reduce(1, (x, y) -> x * y);
      if (ceil) {
        throw new UnsupportedModel("avg_pool with a divisor of its own and ceil_mode");
      }
      List<@Nullable Object> given = new ArrayList<>(a.given());
      given.set(5, true);
      given.set(6, null);
      Ten average = (Ten) averagePool(e, new Args(a.op(), given, a.named()), axes);
      double factor = (double) count / a.number(6, "divisor_override", 1);
      return Elementwise.scaled(e, average, factor);
    }
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    return batched(
        e,
        a.ten(0, "self"),
        axes,
        "avg_pool",
        x -> {
          Ref ref =
              e.call("AveragePool", e.ref(x))
                  .withInts("kernel_shape", kernel)
                  .withInts("strides", stride)
                  .withInts("pads", twice(padding))
                  .with("ceil_mode", ceil ? 1 : 0)
                  .with("count_include_pad", all ? 1 : 0)
                  .output();
          return e.ten(ref, e.type(x), pooled(e, x, axes, kernel, stride, padding, ones, ceil));
        });
  }
}
