package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.type.Dim;

/** Images made larger or smaller. */
final class Resizing {

  private Resizing() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "upsample_linear1d",
        (e, a) -> resize(e, a, 1, "linear", a.flag(2, "align_corners", false), 3));
    ops.put(
        "upsample_bilinear2d",
        (e, a) -> resize(e, a, 2, "linear", a.flag(2, "align_corners", false), 3));
    ops.put(
        "upsample_trilinear3d",
        (e, a) -> resize(e, a, 3, "linear", a.flag(2, "align_corners", false), 3));
    ops.put(
        "upsample_bicubic2d",
        (e, a) -> resize(e, a, 2, "cubic", a.flag(2, "align_corners", false), 3));
    ops.put(
        "_upsample_bilinear2d_aa",
        (e, a) -> resize(e, a, 2, "linear-antialias", a.flag(2, "align_corners", false), 3));
    ops.put(
        "_upsample_bicubic2d_aa",
        (e, a) -> resize(e, a, 2, "cubic-antialias", a.flag(2, "align_corners", false), 3));
    for (int d = 1; d <= 3; d++) {
      int axes = d;
      ops.put("upsample_nearest" + d + "d", (e, a) -> resize(e, a, axes, "nearest", false, 2));
      ops.put(
          "_upsample_nearest_exact" + d + "d",
          (e, a) -> resize(e, a, axes, "nearest-exact", false, 2));
    }
  }

  /** upsample(x, output_size, [align_corners,] scale_factors). */
  private static Object resize(
      Emit e, Args a, int axes, String mode, boolean corners, int scalesAt) {
    Ten x = a.ten(0, "self");
    List<Dim> dims = e.dims(x, axes + 2);
    List<Dim> result = new ArrayList<>(dims.subList(0, 2));
    String transform =
        corners ? "align_corners" : mode.equals("nearest") ? "asymmetric" : "half_pixel";
    Object sizes = a.get(1, "output_size");
    Ref[] inputs;
    if (sizes != null) {
      List<Object> wanted = new ArrayList<>();
      for (Object size : a.numbers(1, "output_size")) {
        wanted.add(size);
        result.add(Emit.dimOf(size));
      }
      long[] at = java.util.stream.LongStream.range(2, 2L + axes).toArray();
      GraphBuilder.Call call =
          e.call("Resize", e.ref(x), Ref.ABSENT, Ref.ABSENT, e.vector(wanted)).withInts("axes", at);
      return e.ten(resized(call, mode, transform), e.type(x), result);
    }
    List<@Nullable Object> factors = new ArrayList<>();
    Object given = a.get(scalesAt, "scale_factors");
    if (given instanceof Items || given instanceof Several) {
      factors.addAll(Scalars.items(given));
    } else {
      for (int i = 0; i < axes; i++) {
        factors.add(a.get(scalesAt + i, "scales"));
      }
    }
    float[] scales = new float[axes + 2];
    Arrays.fill(scales, 1f);
    for (int i = 0; i < axes; i++) {
      if (!(factors.get(i) instanceof Number factor)) {
        throw new UnsupportedModel(a.op() + " by a factor that is not known");
      }
      scales[i + 2] = factor.floatValue();
      result.add(
          factor.doubleValue() == Math.rint(factor.doubleValue())
              ? dims.get(i + 2).times(factor.longValue())
              : e.freshDim());
    }
    Ref factor = e.ref(e.constant(org.sardonyx.tensor.Tensor.of(scales, axes + 2)));
    inputs = new Ref[] {e.ref(x), Ref.ABSENT, factor};
    return e.ten(resized(e.call("Resize", inputs), mode, transform), e.type(x), result);
  }

  private static Ref resized(GraphBuilder.Call call, String mode, String transform) {
    boolean smooth = mode.endsWith("-antialias");
    return call.with("mode", mode.contains("-") ? mode.substring(0, mode.indexOf('-')) : mode)
        .with("coordinate_transformation_mode", transform)
        .with("nearest_mode", mode.equals("nearest-exact") ? "round_prefer_ceil" : "floor")
        .with("cubic_coeff_a", smooth ? -0.5f : -0.75f)
        .with("antialias", smooth ? 1 : 0)
        .with("exclude_outside", smooth ? 1 : 0)
        .output();
  }
}
