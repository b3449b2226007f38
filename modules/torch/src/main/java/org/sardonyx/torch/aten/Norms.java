package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Normalizations, activations with constants, and what does nothing outside training. */
final class Norms {

  private Norms() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "layer_norm",
        (e, a) ->
            layerNorm(
                e,
                a.ten(0, "input"),
                a.numbers(1, "normalized_shape"),
                a.optional(2, "weight"),
                a.optional(3, "bias"),
                a.number(4, "eps", 1e-5)));
    ops.put(
        "native_layer_norm",
        (e, a) ->
            Several.of(
                layerNorm(
                    e,
                    a.ten(0, "input"),
                    a.numbers(1, "normalized_shape"),
                    a.optional(2, "weight"),
                    a.optional(3, "bias"),
                    a.number(4, "eps", 1e-5)),
                null,
                null));
    ops.put(
        "rms_norm",
        (e, a) -> {
          Ten x = a.ten(0, "input");
          DataType type = e.type(x);
          int count = a.numbers(1, "normalized_shape").size();
          long[] axes = java.util.stream.LongStream.range(-count, 0).toArray();
          Ref square = e.node("Mul", e.ref(x), e.ref(x));
          Ten mean = Reducing.reduce(e, "ReduceMean", e.like(x, square, type), null, axes, true);
          double eps = a.get(3, "eps") == null ? Math.ulp(1f) : a.number(3, "eps", 0);
          Ref root = e.node("Sqrt", e.node("Add", e.ref(mean), e.scalar(eps, type)));
          Ten result = e.like(x, e.node("Div", e.ref(x), root), type);
          Ten weight = a.optional(2, "weight");
          return weight == null ? result : Pairs.binary(e, "Mul", type, result, weight);
        });
    ops.put("batch_norm", (e, a) -> batchNorm(e, a));
    ops.put(
        "_native_batch_norm_legit_no_training",
        (e, a) ->
            Several.of(
                batchNorm(
                    e,
                    a.ten(0, "input"),
                    a.optional(1, "weight"),
                    a.optional(2, "bias"),
                    a.ten(3, "mean"),
                    a.ten(4, "var"),
                    a.number(6, "eps", 1e-5)),
                null,
                null));
    ops.put(
        "group_norm",
        (e, a) ->
            groupNorm(
                e,
                a.ten(0, "input"),
                a.integer(1, "num_groups", 1),
                a.optional(2, "weight"),
                a.optional(3, "bias"),
                a.number(4, "eps", 1e-5)));
    ops.put(
        "instance_norm",
        (e, a) -> {
          Ten x = a.ten(0, "input");
          if (!a.flag(5, "use_input_stats", true)) {
            return batchNorm(
                e,
                x,
                a.optional(1, "weight"),
                a.optional(2, "bias"),
                a.ten(3, "running_mean"),
                a.ten(4, "running_var"),
                a.number(7, "eps", 1e-5));
          }
          Dim channels = e.dims(x, 3).get(1);
          Ten scale = a.optional(1, "weight");
          if (scale != null) {
            e.same(channels, e.dims(scale).getFirst(), "instance_norm");
            channels = e.dims(scale).getFirst();
          }
          if (!channels.isKnown()) {
            // Over all axes behind the channels.
            long[] axes = java.util.stream.LongStream.range(2, e.rank(x)).toArray();
            Ten mean = Reducing.reduce(e, "ReduceMean", x, null, axes, true);
            Ten off = Pairs.binary(e, "Sub", e.type(x), x, mean);
            Ten square = e.like(x, e.node("Mul", e.ref(off), e.ref(off)), e.type(x));
            Ten spread = Reducing.reduce(e, "ReduceMean", square, null, axes, true);
            Ref root =
                e.node(
                    "Sqrt",
                    e.node("Add", e.ref(spread), e.scalar(a.number(7, "eps", 1e-5), e.type(x))));
            return e.like(x, e.node("Div", e.ref(off), root), e.type(x));
          }
          return groupNorm(
              e,
              x,
              channels.sizeOrMinusOne(),
              a.optional(1, "weight"),
              a.optional(2, "bias"),
              a.number(7, "eps", 1e-5));
        });
    for (String name :
        List.of(
            "dropout",
            "feature_dropout",
            "alpha_dropout",
            "feature_alpha_dropout",
            "native_dropout")) {
      ops.put(
          name,
          (e, a) -> {
            if (a.flag(2, "train", false) && a.number(1, "p", 0) > 0) {
              throw new UnsupportedModel(name + " in training: save the model after model.eval()");
            }
            return name.equals("native_dropout")
                ? Several.of(a.ten(0, "input"), null)
                : a.ten(0, "input");
          });
    }
    ops.put(
        "gelu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          String how = a.text(1, "approximate");
          return e.like(
              x,
              e.call("Gelu", e.ref(x)).with("approximate", how == null ? "none" : how).output(),
              e.type(x));
        });
    ops.put(
        "silu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.like(x, e.node("Mul", e.ref(x), e.node("Sigmoid", e.ref(x))), e.type(x));
        });
    ops.put("mish", (e, a) -> Elementwise.after(e, a.ten(0, "self"), "Mish"));
    ops.put("hardswish", (e, a) -> Elementwise.after(e, a.ten(0, "self"), "HardSwish"));
    ops.put("selu", (e, a) -> Elementwise.after(e, a.ten(0, "self"), "Selu"));
    ops.put(
        "log_sigmoid",
        (e, a) ->
            Elementwise.after(
                e,
                Elementwise.after(
                    e,
                    Elementwise.after(e, Elementwise.after(e, a.ten(0, "self"), "Neg"), "Softplus"),
                    "Neg"),
                "Identity"));
    ops.put("relu6", (e, a) -> clip(e, a.ten(0, "self"), 0, 6));
    ops.put(
        "hardtanh",
        (e, a) -> clip(e, a.ten(0, "self"), a.number(1, "min_val", -1), a.number(2, "max_val", 1)));
    ops.put(
        "hardsigmoid",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.like(
              x,
              e.call("HardSigmoid", e.ref(x)).with("alpha", 1f / 6).with("beta", 0.5f).output(),
              e.type(x));
        });
    ops.put(
        "elu",
        (e, a) -> {
          double scale = a.number(2, "scale", 1);
          double inner = a.number(3, "input_scale", 1);
          if (scale == 1 && inner == 1) {
            return alpha(e, a, "Elu", 1);
          }
          Ten x = a.ten(0, "self");
          double below = scale * a.number(1, "alpha", 1);
          Ten grown = (Ten) Composed.call(e, "expm1", Elementwise.scaled(e, x, inner));
          Ten above = (Ten) Composed.call(e, "gt", x, 0L);
          return Elementwise.where(
              e, above, Elementwise.scaled(e, x, scale), Elementwise.scaled(e, grown, below));
        });
    ops.put("celu", (e, a) -> alpha(e, a, "Celu", 1));
    ops.put("leaky_relu", (e, a) -> alpha(e, a, "LeakyRelu", 0.01));
    ops.put(
        "rrelu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          double slope = (a.number(1, "lower", 1.0 / 8) + a.number(2, "upper", 1.0 / 3)) / 2;
          return e.like(
              x, e.call("LeakyRelu", e.ref(x)).with("alpha", (float) slope).output(), e.type(x));
        });
    ops.put(
        "prelu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten slope = a.ten(1, "weight");
          List<Dim> dims = e.dims(x);
          boolean channels =
              !e.dims(slope).isEmpty() && !e.dims(slope).getFirst().is(1) && dims.size() > 2;
          Ten shaped = slope;
          for (int i = 2; channels && i < dims.size(); i++) {
            shaped = Shaping.unsqueeze(e, shaped, -1);
          }
          return e.like(x, e.node("PRelu", e.ref(x), e.ref(shaped)), e.type(x));
        });
    ops.put(
        "softplus",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          double beta = a.number(1, "beta", 1);
          double threshold = a.number(2, "threshold", 20);
          Ten scaled = beta == 1 ? x : Elementwise.scaled(e, x, beta);
          Ten soft = Elementwise.after(e, scaled, "Softplus");
          Ten result = beta == 1 ? soft : Elementwise.scaled(e, soft, 1 / beta);
          DataType type = e.type(x);
          Ten over =
              e.like(x, e.node("Greater", e.ref(scaled), e.scalar(threshold, type)), DataType.BOOL);
          return Elementwise.where(e, over, x, result);
        });
    ops.put(
        "threshold",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten over =
              e.like(
                  x,
                  e.node("Greater", e.ref(x), e.scalar(a.number(1, "threshold", 0), e.type(x))),
                  DataType.BOOL);
          return Elementwise.where(e, over, x, a.need(2, "value"));
        });
    ops.put(
        "hardshrink",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          float lambd = (float) a.number(1, "lambd", 0.5);
          return e.like(
              x,
              e.call("Shrink", e.ref(x)).with("lambd", lambd).with("bias", 0f).output(),
              e.type(x));
        });
    ops.put(
        "softshrink",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          float lambd = (float) a.number(1, "lambd", 0.5);
          return e.like(
              x,
              e.call("Shrink", e.ref(x)).with("lambd", lambd).with("bias", lambd).output(),
              e.type(x));
        });
    ops.put(
        "tanhshrink",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return e.like(x, e.node("Sub", e.ref(x), e.node("Tanh", e.ref(x))), e.type(x));
        });
    ops.put(
        "glu",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          int axis = e.axis(a.integer(1, "dim", -1), e.rank(x));
          List<Dim> dims = new ArrayList<>(e.dims(x));
          List<Ref> halves =
              e.call("Split", e.ref(x)).with("axis", axis).with("num_outputs", 2).outputs(2);
          Dim half = dims.get(axis).dividedBy(2);
          dims.set(axis, half);
          return e.ten(
              e.node("Mul", halves.get(0), e.node("Sigmoid", halves.get(1))), e.type(x), dims);
        });
  }

  private static Ten clip(Emit e, Ten x, double low, double high) {
    DataType type = e.type(x);
    return e.like(x, e.node("Clip", e.ref(x), e.scalar(low, type), e.scalar(high, type)), type);
  }

  private static Ten alpha(Emit e, Args a, String op, double otherwise) {
    Ten x = a.ten(0, "self");
    float alpha = (float) a.number(1, "alpha", otherwise);
    return e.like(x, e.call(op, e.ref(x)).with("alpha", alpha).output(), e.type(x));
  }

  static Ten layerNorm(
      Emit e, Ten x, List<Object> shape, @Nullable Ten weight, @Nullable Ten bias, double eps) {
    DataType type = weight == null ? e.type(x) : e.typeBy(x, weight, "layer_norm");
    int count = shape.size();
    List<Dim> sizes = e.dims(x, Math.max(3, count));
    if (sizes.size() < count) {
      throw new Emit.Mismatch("layer_norm of a tensor of rank " + sizes.size());
    }
    for (int i = 0; i < count; i++) {
      e.same(sizes.get(sizes.size() - count + i), Emit.dimOf(shape.get(i)), "layer_norm");
    }
    Ref scale;
    if (weight != null) {
      scale = e.ref(weight);
    } else {
      // A scale is wanted; one of ones stands for none.
      scale = e.ref(e.constant(ones(e, x, count, type)));
    }
    var call =
        bias == null
            ? e.call("LayerNormalization", e.ref(x), scale)
            : e.call("LayerNormalization", e.ref(x), scale, e.ref(bias));
    return e.like(x, call.with("axis", -count).with("epsilon", (float) eps).output(), type);
  }

  private static Tensor ones(Emit e, Ten x, int count, DataType type) {
    List<Dim> dims = e.dims(x);
    int[] shape = new int[count];
    for (int i = 0; i < count; i++) {
      long size = dims.get(dims.size() - count + i).sizeOrMinusOne();
      if (size < 0) {
        throw new UnsupportedModel("layer_norm without weights over sizes that are not known");
      }
      shape[i] = (int) size;
    }
    Tensor ones = Tensor.zeros(type, shape);
    Emit.fill(ones, 1.0);
    return ones;
  }

  /** By the mean and the variance of the batch itself. */
  private static Ten ofBatch(Emit e, Args a) {
    e.note("batch_norm in training: by the batch at hand; running statistics stay as they are");
    Ten x = a.ten(0, "input");
    DataType type = e.type(x);
    int rank = e.rank(x, 3, 4);
    long[] axes = java.util.stream.LongStream.range(0, rank).filter(axis -> axis != 1).toArray();
    Ten mean = Reducing.reduce(e, "ReduceMean", x, null, axes, true);
    Ten off = Pairs.binary(e, "Sub", type, x, mean);
    Ten square = e.like(x, e.node("Mul", e.ref(off), e.ref(off)), type);
    Ten spread = Reducing.reduce(e, "ReduceMean", square, null, axes, true);
    Ref eps = e.scalar(a.number(7, "eps", 1e-5), type);
    Ref root = e.node("Sqrt", e.node("Add", e.ref(spread), eps));
    Ten normal = e.like(x, e.node("Div", e.ref(off), root), type);
    return scaled(e, normal, a.optional(1, "weight"), a.optional(2, "bias"));
  }

  /** Scale and shift of each channel. */
  private static Ten scaled(Emit e, Ten normal, @Nullable Ten weight, @Nullable Ten bias) {
    Ten result = normal;
    Ten[] pair = {weight, bias};
    for (int p = 0; p < 2; p++) {
      Ten factor = pair[p];
      if (factor == null) {
        continue;
      }
      Ten shaped = factor;
      for (int i = 2; i < e.rank(normal); i++) {
        shaped = Shaping.unsqueeze(e, shaped, -1);
      }
      result = Pairs.binary(e, p == 0 ? "Mul" : "Add", e.type(normal), result, shaped);
    }
    return result;
  }

  private static Ten batchNorm(Emit e, Args a) {
    if (a.flag(5, "training", false) || a.get(3, "running_mean") == null) {
      return ofBatch(e, a);
    }
    return batchNorm(
        e,
        a.ten(0, "input"),
        a.optional(1, "weight"),
        a.optional(2, "bias"),
        a.ten(3, "running_mean"),
        a.ten(4, "running_var"),
        a.number(7, "eps", 1e-5));
  }

  private static Ten batchNorm(
      Emit e, Ten x, @Nullable Ten weight, @Nullable Ten bias, Ten mean, Ten variance, double eps) {
    DataType type = e.typeBy(x, mean, "batch_norm");
    List<Dim> channels = e.dims(mean);
    if (e.hasRank(x)) {
      if (e.rank(x) < 2) {
        throw new Emit.Mismatch("batch_norm of a tensor of rank " + e.rank(x));
      }
      e.same(e.dims(x).get(1), channels.getFirst(), "batch_norm");
    }
    int count = (int) channels.getFirst().sizeOrMinusOne();
    Ref scale = weight == null ? e.ref(e.constant(filled(type, count, 1.0))) : e.ref(weight);
    Ref shift = bias == null ? e.ref(e.constant(filled(type, count, 0.0))) : e.ref(bias);
    Ref ref =
        e.call("BatchNormalization", e.ref(x), scale, shift, e.ref(mean), e.ref(variance))
            .with("epsilon", (float) eps)
            .output();
    return e.like(x, ref, type);
  }

  private static Tensor filled(DataType type, int count, double value) {
    Tensor tensor = Tensor.zeros(type, count);
    Emit.fill(tensor, value);
    return tensor;
  }

  /** Groups become the channels of an instance normalization; scale and shift come after it. */
  private static Ten groupNorm(
      Emit e, Ten x, long groups, @Nullable Ten weight, @Nullable Ten bias, double eps) {
    DataType type = e.type(x);
    List<Dim> dims = e.dims(x, 3, 4);
    if (dims.size() < 2) {
      throw new Emit.Mismatch("group_norm of a tensor of rank " + dims.size());
    }
    if (weight != null) {
      e.same(dims.get(1), e.dims(weight).getFirst(), "group_norm");
    }
    Ref wide = e.node("Reshape", e.ref(x), e.ints(0, groups, -1));
    Ref one = e.ref(e.constant(filled(type, (int) groups, 1.0)));
    Ref zero = e.ref(e.constant(filled(type, (int) groups, 0.0)));
    Ref normal =
        e.call("InstanceNormalization", wide, one, zero).with("epsilon", (float) eps).output();
    return scaled(e, e.like(x, e.node("Reshape", normal, e.shapeOf(x)), type), weight, bias);
  }
}
