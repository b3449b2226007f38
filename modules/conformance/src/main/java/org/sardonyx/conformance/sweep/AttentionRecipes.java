package org.sardonyx.conformance.sweep;

import java.util.List;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Attention of ai.onnx and its relatives; Attention is drawn more widely by AttentionCases. */
final class AttentionRecipes {

  private AttentionRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(AttentionRecipes::attention, "Attention");
    recipes.put(AttentionRecipes::rotary, "RotaryEmbedding");
    recipes.put(AttentionRecipes::linear, "LinearAttention");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("activation", "none", "none", "silu", "swish");
          int steps = d.pick("steps", 3, 1, 5);
          d.in(normal(d, type, 2, 4, steps)).param(normal(d, type, 4, 1, 3));
          d.optionalParam("bias", () -> normal(d, type, 4));
          d.optional("past_state", () -> normal(d, type, 2, 4, 2));
        },
        "CausalConvWithState");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("scale", 0f, 0.5f);
          // The graphs work on scores of the type that softmax_precision says.
          DataType scores = type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
          if (d.flag("score_mod")) {
            d.set("score_mod", modifier(scores, "Abs"));
          }
          if (d.flag("prob_mod")) {
            d.set("prob_mod", modifier(scores, "Neg"));
          }
          int heads = d.pick("heads", 1, 2);
          d.in(normal(d, type, 2, heads, 3, 4)).in(normal(d, type, 2, heads, 5, 4));
          d.in(normal(d, type, 2, heads, 5, 2));
        },
        "ai.onnx.preview.FlexAttention");
  }

  private static Graph modifier(DataType type, String operator) {
    ValueInfo in = new ValueInfo("m_in", Type.tensor(type, Shape.ofRank(4)));
    ValueInfo out = new ValueInfo("m_out", Type.tensor(type, Shape.ofRank(4)));
    Node node = new Node("", "", operator, List.of("m_in"), List.of("m_out"), List.of());
    return new Graph("modifier", List.of(node), List.of(in), List.of(out), List.of());
  }

  static Tensor normal(Draw d, DataType type, int... shape) {
    return Tensors.normal(d.random, type, 0.8, shape);
  }

  private static void attention(Draw d) {
    DataType type = d.type("T1");
    d.bind("T2", type);
    boolean flat = d.flag("rank 3");
    int batch = d.pick("batch", 1, 2);
    int kvHeads = 2;
    int heads = d.pick("heads", 2, 4);
    int queries = d.pick("queries", 3, 1);
    int keys = d.pick("keys", 3, 5);
    int size = 4;
    d.attr("is_causal", 0L, 0L, 1L);
    d.attr("qk_matmul_output_mode", 0L, 0L, 1L, 2L, 3L);
    d.attr("scale", 0f, 0.5f);
    d.attr("softcap", 0f, 2f);
    if (type != DataType.DOUBLE) {
      d.attr("softmax_precision", 1L, 1L);
    }
    d.attr("left_window_size", -1L, 1L);
    d.attr("right_window_size", -1L, 1L);
    if (flat) {
      d.set("q_num_heads", (long) heads).set("kv_num_heads", (long) kvHeads);
    }
    d.in(heads(d, type, flat, batch, heads, queries, size));
    d.in(heads(d, type, flat, batch, kvHeads, keys, size));
    d.in(heads(d, type, flat, batch, kvHeads, keys, size));
    boolean past = d.flag("past");
    int before = past ? 2 : 0;
    String mask = d.pick("attn_mask", "absent", "bool", "number", "broadcast");
    switch (mask) {
      case "bool" -> d.in(mask(d, queries, keys + before));
      case "number" -> d.in(normal(d, type, batch, heads, queries, keys + before));
      case "broadcast" -> d.in(normal(d, type, 1, 1, queries, keys + before));
      default -> d.none();
    }
    if (past) {
      d.in(normal(d, type, batch, kvHeads, before, size));
      d.in(normal(d, type, batch, kvHeads, before, size));
    } else {
      d.none().none();
      if (d.hasInput("nonpad_kv_seqlen") && d.flag("nonpad_kv_seqlen")) {
        d.in(batch == 1 ? Tensor.vector(keys - 1) : Tensor.vector(keys - 1, keys));
      }
    }
    d.give(type);
    if (past) {
      d.give(type).give(type);
    }
    if (d.flag("qk_matmul_output")) {
      if (!past) {
        d.giveNone().giveNone();
      }
      d.give(type);
    }
  }

  /** Every query sees the first key. */
  private static Tensor mask(Draw d, int queries, int keys) {
    Tensor mask = Numbers.of(d, DataType.BOOL, queries, keys);
    for (int i = 0; i < queries; i++) {
      mask.setLong(i * keys, 1);
    }
    return mask;
  }

  private static Tensor heads(
      Draw d, DataType type, boolean flat, int batch, int heads, int length, int size) {
    return flat
        ? normal(d, type, batch, length, heads * size)
        : normal(d, type, batch, heads, length, size);
  }

  private static void rotary(Draw d) {
    DataType type = d.type();
    boolean flat = d.flag("rank 3");
    d.attr("interleaved", 0L, 0L, 1L);
    int rotated = (int) (long) d.attr("rotary_embedding_dim", 0L, 0L, 4L);
    int size = 8;
    int half = (rotated == 0 ? size : rotated) / 2;
    if (flat) {
      d.set("num_heads", 2L);
    }
    d.in(heads(d, type, flat, 2, 2, 3, size));
    boolean ids = d.flag("position_ids");
    int[] cache = ids ? new int[] {9, half} : new int[] {2, 3, half};
    d.param(Numbers.between(d, type, -1, 1, cache)).param(Numbers.between(d, type, -1, 1, cache));
    if (ids) {
      d.in(Numbers.integers(d, DataType.INT64, 0, 9, 2, 3));
    }
  }

  private static void linear(Draw d) {
    DataType type = d.type("T");
    String rule = d.attr("update_rule", "gated_delta", "linear", "gated", "delta", "gated_delta");
    int kvHeads = 2;
    int heads = d.pick("heads", 2, 4);
    d.set("q_num_heads", (long) heads).set("kv_num_heads", (long) kvHeads);
    d.attr("scale", 0f, 0.5f);
    d.attr("chunk_size", 64L, 2L);
    int steps = d.pick("steps", 3, 1);
    d.in(normal(d, type, 2, steps, heads * 4)).in(normal(d, type, 2, steps, kvHeads * 4));
    d.in(normal(d, type, 2, steps, kvHeads * 3));
    DataType state = type;
    if (d.flag("past_state")) {
      state = d.type("S");
      d.in(normal(d, state, 2, kvHeads, 4, 3));
    } else {
      d.none();
    }
    if (rule.startsWith("gated")) {
      int width = d.flag("decay for each") ? kvHeads * 4 : kvHeads;
      d.in(Numbers.between(d, type, -1, -0.1, 2, steps, width));
    } else {
      d.none();
    }
    if (rule.endsWith("delta")) {
      d.in(Numbers.between(d, type, 0.1, 0.9, 2, steps, kvHeads));
    } else {
      d.none();
    }
    d.give(type).give(state);
  }
}
