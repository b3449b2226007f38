package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Patches of images as columns and back, and images that are sampled along a grid. */
final class Patches {

  private Patches() {}

  static void register(Map<String, Op> ops) {
    ops.put("im2col", Patches::columns);
    ops.put("col2im", Patches::image);
    ops.put("grid_sampler", Patches::sample);
    ops.put("grid_sampler_2d", Patches::sample);
    ops.put("grid_sampler_3d", Patches::sample);
    ops.put(
        "affine_grid_generator",
        (e, a) -> {
          List<Object> size = a.numbers(1, "size");
          if (e.rank(a.ten(0, "theta"), 3) != 3 || size.size() < 4) {
            throw new Emit.Mismatch(a.op() + " of " + size.size() + " sizes");
          }
          List<Dim> dims = new ArrayList<>(List.of(e.dims(a.ten(0, "theta")).getFirst()));
          size.subList(2, size.size()).forEach(n -> dims.add(e.sizeOf(n)));
          dims.add(Dim.of(size.size() - 2L));
          Ref ref =
              e.call("AffineGrid", e.ref(a.ten(0, "theta")), e.vector(size))
                  .with("align_corners", a.flag(2, "align_corners", false) ? 1 : 0)
                  .output();
          return e.ten(ref, e.type(a.ten(0, "theta")), dims);
        });
    ops.put(
        "max_unpool2d",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          List<Object> size = a.numbers(2, "output_size");
          int rank = e.rank(x, 4);
          if (rank < 3 || size.size() != 2) {
            throw new Emit.Mismatch(a.op() + " of rank " + rank + " to " + size.size() + " sizes");
          }
          Object plane = new Scalars(e).binary("mul", size.get(0), size.get(1));
          List<Object> flat = new ArrayList<>(Shaping.sizes(e, x).subList(0, rank - 2));
          List<Object> whole = new ArrayList<>(flat);
          whole.addAll(size);
          flat.add(plane);
          Ten zeros = Elementwise.full(e, flat, 0L, e.type(x));
          Object written =
              call(
                  e,
                  "scatter",
                  zeros,
                  -1L,
                  Shaping.flatten(e, a.ten(1, "indices"), -2, -1),
                  Shaping.flatten(e, x, -2, -1));
          return Shaping.reshape(e, (Ten) written, whole);
        });
  }

  /** (x, kernel_size, dilation, padding, stride): [n, c, h, w] to [n, c kernel, places]. */
  private static Object columns(Emit e, Args a) {
    long[] kernel = a.integers(1, "kernel_size", 2, 1);
    long[] dilation = a.integers(2, "dilation", 2, 1);
    long[] padding = a.integers(3, "padding", 2, 0);
    long[] stride = a.integers(4, "stride", 2, 1);
    return Windows.batched(
        e,
        a.ten(0, "self"),
        2,
        "im2col",
        image -> {
          Ten x =
              padding[0] == 0 && padding[1] == 0
                  ? image
                  : (Ten)
                      call(
                          e,
                          "constant_pad_nd",
                          image,
                          ints(e, padding[1], padding[1], padding[0], padding[0]),
                          0L);
          // [n, c, h, w] to [n, c, kh, lh, w] to [n, c, kh, lh, kw, lw].
          List<Dim> dims = e.dims(x);
          Ref[] index = new Ref[2];
          Object[] places = new Object[2];
          Scalars s = new Scalars(e);
          for (int i = 0; i < 2; i++) {
            Object room = s.binary("sub", e.size(x, i + 2), dilation[i] * (kernel[i] - 1) + 1);
            places[i] = s.binary("add", s.binary("floordiv", room, stride[i]), 1L);
            Object starts = call(e, "mul", call(e, "arange", places[i]), stride[i]);
            Object offsets = call(e, "mul", call(e, "arange", kernel[i]), dilation[i]);
            index[i] = e.ref((Ten) call(e, "add", call(e, "unsqueeze", offsets, 1L), starts));
          }
          Ref rows = e.call("Gather", e.ref(x), index[0]).with("axis", 2).output();
          Ref both = e.call("Gather", rows, index[1]).with("axis", 4).output();
          Ref turned = e.call("Transpose", both).withInts("perm", 0, 1, 2, 4, 3, 5).output();
          Object channels = s.binary("mul", e.size(x, 1), kernel[0] * kernel[1]);
          Object count = s.binary("mul", places[0], places[1]);
          Ref ref = e.node("Reshape", turned, e.vector(List.of(0L, channels, -1L)));
          return e.ten(
              ref, e.type(x), List.of(dims.getFirst(), e.sizeOf(channels), e.sizeOf(count)));
        });
  }

  /** (x, output_size, kernel_size, dilation, padding, stride): what overlaps is added. */
  private static Object image(Emit e, Args a) {
    Ten x = a.ten(0, "self");
    if (e.rank(x, 3) != 3) {
      throw new UnsupportedModel("col2im of a tensor of rank " + e.rank(x) + ": a batch is wanted");
    }
    List<Object> size = a.numbers(1, "output_size");
    if (size.size() != 2) {
      throw new Emit.Mismatch("col2im to " + size.size() + " sizes");
    }
    long[] kernel = a.integers(2, "kernel_size", 2, 1);
    long[] padding = a.integers(4, "padding", 2, 0);
    Ref ref =
        e.call("Col2Im", e.ref(x), e.vector(size), e.ints(kernel))
            .withInts("dilations", a.integers(3, "dilation", 2, 1))
            .withInts("pads", padding[0], padding[1], padding[0], padding[1])
            .withInts("strides", a.integers(5, "stride", 2, 1))
            .output();
    List<Dim> dims = e.dims(x);
    return e.ten(
        ref,
        e.type(x),
        Arrays.asList(
            dims.get(0),
            dims.get(1).dividedBy(kernel[0] * kernel[1]),
            e.sizeOf(size.get(0)),
            e.sizeOf(size.get(1))));
  }

  private static Object sample(Emit e, Args a) {
    Ten x = a.ten(0, "input");
    Ten grid = a.ten(1, "grid");
    int rank = e.rank(x, 4);
    long mode = a.integer(2, "interpolation_mode", 0);
    long padding = a.integer(3, "padding_mode", 0);
    if (rank < 3 || mode < 0 || mode > 2 || padding < 0 || padding > 2) {
      throw new Emit.Mismatch(
          a.op() + " of rank " + rank + " by mode " + mode + " with padding " + padding);
    }
    List<String> modes = List.of("linear", "nearest", "cubic");
    List<String> paddings = List.of("zeros", "border", "reflection");
    List<Dim> dims = new ArrayList<>(e.dims(x).subList(0, 2));
    dims.addAll(e.dims(grid, rank).subList(1, rank - 1));
    DataType type = e.type(x);
    Ref ref =
        e.call("GridSample", e.ref(x), e.cast(grid, type))
            .with("mode", modes.get((int) mode))
            .with("padding_mode", paddings.get((int) padding))
            .with("align_corners", a.flag(4, "align_corners", false) ? 1 : 0)
            .output();
    return e.ten(ref, type, dims);
  }
}
