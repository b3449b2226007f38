package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Attention: of queries, keys and values, of whole layers, and by the names of fused kernels. */
final class Attention {

  private Attention() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "_native_multi_head_attention",
        (e, a) -> {
          if (a.ten(0, "query") != a.ten(1, "key") || a.ten(1, "key") != a.ten(2, "value")) {
            throw new UnsupportedModel("_native_multi_head_attention of several tensors");
          }
          Ten[] weights = new Ten[1];
          Ten result =
              selfAttention(
                  e,
                  a.ten(0, "query"),
                  a.integer(4, "num_head", 1),
                  a.ten(5, "qkv_weight"),
                  a.ten(6, "qkv_bias"),
                  a.ten(7, "proj_weight"),
                  a.ten(8, "proj_bias"),
                  a.optional(9, "mask"),
                  a.get(12, "mask_type"),
                  weights);
          boolean average = a.flag(11, "average_attn_weights", true);
          Ten shown =
              average
                  ? Reducing.reduce(e, "ReduceMean", weights[0], null, new long[] {1}, false)
                  : weights[0];
          return Several.of(result, shown);
        });
    ops.put(
        "_scaled_dot_product_flash_attention_for_cpu",
        (e, a) ->
            Several.of(
                whole(e, a, a.optional(5, "attn_mask"), a.flag(4, "is_causal", false)), null));
    ops.put(
        "_scaled_dot_product_flash_attention",
        (e, a) -> {
          Object result = whole(e, a, null, a.flag(4, "is_causal", false));
          return Several.of(result, null, null, null, null, null, null, null, null);
        });
    ops.put(
        "_scaled_dot_product_efficient_attention",
        (e, a) ->
            Several.of(
                whole(e, a, a.optional(3, "attn_bias"), a.flag(6, "is_causal", false)),
                null,
                null,
                null));
    ops.put(
        "_scaled_dot_product_attention_math",
        (e, a) ->
            Several.of(
                whole(e, a, a.optional(3, "attn_mask"), a.flag(5, "is_causal", false)), null));
    ops.put(
        "_scaled_dot_product_attention",
        (e, a) -> {
          // Of PyTorch 1.13: need_attn_weights stands before is_causal, and weights are given.
          Ten[] weights = new Ten[1];
          boolean causal = a.flag(6, "is_causal", false);
          List<@Nullable Object> given = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            given.add(a.get(i, List.of("query", "key", "value", "attn_mask").get(i)));
          }
          given.add(0.0);
          given.add(causal);
          Object result = attention(e, new Args(a.op(), given, Map.of()), weights);
          return Several.of(result, weights[0]);
        });
    ops.put("scaled_dot_product_attention", (e, a) -> attention(e, a, new Ten[1]));
    ops.put("_transformer_encoder_layer_fwd", Attention::encoderLayer);
  }

  private static Object attention(Emit e, Args a, Ten[] weights) {
    Ten q = a.ten(0, "query");
    Ten k = a.ten(1, "key");
    Ten v = a.ten(2, "value");
    Ten mask = a.optional(3, "attn_mask");
    boolean causal = a.flag(5, "is_causal", false);
    DataType type = e.type(q);
    List<Dim> dims = e.dims(q, 4);
    if (a.flag(7, "enable_gqa", false)) {
      long groups =
          dims.get(dims.size() - 3).dividedBy(e.dims(k).get(dims.size() - 3)).sizeOrMinusOne();
      if (groups < 1) {
        throw new UnsupportedModel("grouped attention with a number of heads that is not known");
      }
      k = grouped(e, k, groups);
      v = grouped(e, v, groups);
    }
    Object given = a.get(6, "scale");
    Object size = e.size(q, dims.size() - 1);
    Ref scale =
        given == null && size instanceof Sym sym
            ? e.node("Reciprocal", e.node("Sqrt", e.cast(sym.ref(), DataType.INT64, type)))
            : e.scalar(
                given == null
                    ? (Object) (1 / Math.sqrt((Long) size))
                    : (Object) a.number(6, "scale", 1),
                type);
    Ten scaled = e.like(q, e.node("Mul", e.ref(q), scale), type);
    Ten scores = Products.matmul(e, scaled, Shaping.swap(e, k, -2, -1));
    if (causal) {
      Object rows = e.size(scores, e.rank(scores) - 2);
      Object columns = e.size(scores, e.rank(scores) - 1);
      Ten ones = Elementwise.full(e, List.of(rows, columns), 1L, DataType.INT32);
      Ref low = e.call("Trilu", e.ref(ones)).with("upper", 0).output();
      Ten keep = e.ten(e.cast(low, DataType.INT32, DataType.BOOL), DataType.BOOL, e.dims(ones));
      scores = Elementwise.where(e, keep, scores, Double.NEGATIVE_INFINITY);
    }
    if (mask != null) {
      scores =
          e.type(mask, DataType.BOOL) == DataType.BOOL
              ? Elementwise.where(e, mask, scores, Double.NEGATIVE_INFINITY)
              : Pairs.binary(e, "Add", type, scores, mask);
    }
    weights[0] = Reducing.soft(e, scores, "Softmax", -1);
    return Products.matmul(e, weights[0], v);
  }

  private static Ten grouped(Emit e, Ten x, long groups) {
    int rank = e.rank(x);
    Ten wide = Shaping.unsqueeze(e, x, rank - 2);
    List<Object> sizes =
        new ArrayList<>(java.util.Collections.nCopies(rank + 1, (Object) Long.valueOf(-1)));
    sizes.set(rank - 2, groups);
    return Shaping.flatten(e, Shaping.expand(e, wide, sizes), rank - 3, rank - 2);
  }

  /** Self-attention of [batch, time, features] in the order of PyTorch's fused operators. */
  private static Ten selfAttention(
      Emit e,
      Ten x,
      long heads,
      Ten weight,
      Ten bias,
      Ten outWeight,
      Ten outBias,
      @Nullable Ten mask,
      @Nullable Object kind,
      Ten[] weights) {
    List<Dim> dims = e.dims(x, 3);
    if (dims.size() != 3) {
      throw new Emit.Mismatch("attention of a tensor of rank " + dims.size());
    }
    DataType type = e.type(x);
    Ten projected = Products.linear(e, x, weight, bias);
    long width = e.dims(projected).getLast().sizeOrMinusOne() / 3;
    Object batch = e.size(x, 0);
    Object time = e.size(x, 1);
    List<Ref> parts =
        e.call("Split", e.ref(projected)).with("axis", -1).with("num_outputs", 3).outputs(3);
    Ten[] qkv = new Ten[3];
    for (int i = 0; i < 3; i++) {
      Ten part = e.ten(parts.get(i), type, List.of(dims.get(0), dims.get(1), Dim.of(width)));
      qkv[i] =
          Shaping.swap(
              e, Shaping.reshape(e, part, List.of(batch, time, heads, width / heads)), 1, 2);
    }
    Ten q = Elementwise.scaled(e, qkv[0], 1 / Math.sqrt((double) width / heads));
    Ten scores = Products.matmul(e, q, Shaping.swap(e, qkv[1], -2, -1));
    if (mask != null) {
      Ten shaped = mask;
      if (e.rank(mask) == 2) {
        // [batch, time] says which keys do not count, [time, time] which pairs.
        boolean keys =
            kind == null
                ? e.dims(mask).getFirst().equals(dims.get(0)) && !dims.get(0).equals(dims.get(1))
                : kind.equals(1L);
        shaped = keys ? Shaping.unsqueeze(e, Shaping.unsqueeze(e, mask, 1), 1) : mask;
      }
      scores =
          e.type(mask, DataType.BOOL) == DataType.BOOL
              ? Elementwise.where(e, shaped, Double.NEGATIVE_INFINITY, scores)
              : Pairs.binary(e, "Add", type, scores, shaped);
    }
    weights[0] = Reducing.soft(e, scores, "Softmax", -1);
    Ten joined = Shaping.swap(e, Products.matmul(e, weights[0], qkv[2]), 1, 2);
    return Products.linear(
        e, Shaping.reshape(e, joined, List.of(batch, time, width)), outWeight, outBias);
  }

  private static List<Object> width(Emit e, Ten x) {
    return List.of(e.size(x, e.rank(x) - 1));
  }

  private static Object encoderLayer(Emit e, Args a) {
    if (a.get(0, "src") instanceof Nesting.Nested(Ten padded, Ten keep)) {
      List<@Nullable Object> given = new ArrayList<>(a.given());
      while (given.size() < 20) {
        given.add(null);
      }
      given.set(0, padded);
      given.set(18, Composed.call(e, "logical_not", keep));
      given.set(19, 1L);
      return new Nesting.Nested((Ten) encoderLayer(e, new Args(a.op(), given, a.named())), keep);
    }
    Ten x = a.ten(0, "src");
    boolean gelu = a.flag(7, "use_gelu", false);
    boolean first = a.flag(8, "norm_first", false);
    double eps = a.number(9, "eps", 1e-5);
    DataType type = e.type(x);
    Ten in =
        first
            ? Norms.layerNorm(
                e, x, width(e, x), a.ten(10, "norm_weight_1"), a.ten(11, "norm_bias_1"), eps)
            : x;
    Ten attended =
        selfAttention(
            e,
            in,
            a.integer(2, "num_heads", 1),
            a.ten(3, "qkv_weight"),
            a.ten(4, "qkv_bias"),
            a.ten(5, "proj_weight"),
            a.ten(6, "proj_bias"),
            a.optional(18, "mask"),
            a.get(19, "mask_type"),
            new Ten[1]);
    Ten y = Pairs.binary(e, "Add", type, x, attended);
    if (!first) {
      y =
          Norms.layerNorm(
              e, y, width(e, y), a.ten(10, "norm_weight_1"), a.ten(11, "norm_bias_1"), eps);
    }
    Ten z =
        first
            ? Norms.layerNorm(
                e, y, width(e, y), a.ten(12, "norm_weight_2"), a.ten(13, "norm_bias_2"), eps)
            : y;
    Ten inner = Products.linear(e, z, a.ten(14, "ffn_weight_1"), a.ten(15, "ffn_bias_1"));
    Ten active = Elementwise.after(e, inner, gelu ? "Gelu" : "Relu");
    Ten outer = Products.linear(e, active, a.ten(16, "ffn_weight_2"), a.ten(17, "ffn_bias_2"));
    Ten result = Pairs.binary(e, "Add", type, y, outer);
    return first
        ? result
        : Norms.layerNorm(
            e, result, width(e, result), a.ten(12, "norm_weight_2"), a.ten(13, "norm_bias_2"), eps);
  }

  private static Object whole(Emit e, Args a, @Nullable Ten mask, boolean causal) {
    return Composed.call(
        e,
        "scaled_dot_product_attention",
        a.ten(0, "query"),
        a.ten(1, "key"),
        a.ten(2, "value"),
        mask,
        0.0,
        causal,
        a.named().get("scale"));
  }
}
