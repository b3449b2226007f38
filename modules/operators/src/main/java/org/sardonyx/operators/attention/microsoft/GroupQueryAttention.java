package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.attention.Scoring.Stage;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * GroupQueryAttention of com.microsoft: causal attention of more heads of Q than of K and V, with a
 * cache that each row of the batch has filled to a length of its own, and rotary positions inside.
 *
 * <p>What the cache holds beyond the length of a row is not read; what present holds there is 0.
 * Quantized and sliding caches and norms of Q and K are refused.
 *
 * @param heads heads of Q
 * @param keyHeads heads of K and V
 * @param scale factor of the product; 0 for {@code 1 / sqrt(head_size)}
 * @param softcap bound of the scores; 0 for none
 * @param doRotary whether Q and K are turned by their positions
 * @param interleaved whether neighbours are turned together
 * @param window keys that a query sees, itself included; -1 for all
 * @param smooth whether a score of 0 without a value takes part in the softmax
 * @param causal whether a query sees no later keys
 * @param shown which scores output_qk has, with 0 for keys that a query does not see; null for none
 */
public record GroupQueryAttention(
    int heads,
    int keyHeads,
    float scale,
    float softcap,
    boolean doRotary,
    boolean interleaved,
    long window,
    boolean smooth,
    boolean causal,
    @Nullable Stage shown)
    implements Operator {

  static final int QUERY = 0;
  static final int KEY = 1;
  static final int VALUE = 2;
  static final int PAST_KEY = 3;
  static final int PAST_VALUE = 4;
  static final int SEQLENS_K = 5;
  static final int TOTAL_SEQUENCE_LENGTH = 6;
  static final int COS_CACHE = 7;
  static final int SIN_CACHE = 8;
  static final int POSITION_IDS = 9;
  static final int ATTENTION_BIAS = 10;
  static final int HEAD_SINK = 11;
  private static final int K_SCALE = 12;
  private static final int LAST = 15;
  static final int OUTPUT = 0;
  static final int PRESENT_KEY = 1;
  static final int PRESENT_VALUE = 2;
  static final int OUTPUT_QK = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("GroupQueryAttention")
          .domain("com.microsoft")
          .version(1)
          .input("query", "T")
          .optionalInput("key", "T")
          .optionalInput("value", "T")
          .optionalInput("past_key", "T_CACHE")
          .optionalInput("past_value", "T_CACHE")
          .input("seqlens_k", "M")
          .input("total_sequence_length", "M")
          .optionalInput("cos_cache", "T")
          .optionalInput("sin_cache", "T")
          .optionalInput("position_ids", "tensor(int64)")
          .optionalInput("attention_bias", "T")
          .optionalInput("head_sink", "T")
          .optionalInput("k_scale", "T_KV_SCALE")
          .optionalInput("v_scale", "T_KV_SCALE")
          .optionalInput("q_norm_weight", "T")
          .optionalInput("k_norm_weight", "T")
          .output("output", "T")
          .optionalOutput("present_key", "T_CACHE")
          .optionalOutput("present_value", "T_CACHE")
          .optionalOutput("output_qk", "T")
          .attribute("causal", 1)
          .attribute("do_rotary", 0)
          .attribute("k_quant_type", "NONE")
          .optional("kv_cache_bit_width", Kind.INT)
          .required("kv_num_heads", Kind.INT)
          .attribute("local_window_size", -1)
          .required("num_heads", Kind.INT)
          .optional("qk_norm_epsilon", Kind.FLOAT)
          .attribute("qk_output", 0)
          .attribute("rotary_interleaved", 0)
          .optional("scale", Kind.FLOAT)
          .attribute("sliding_window_cache", 0)
          .attribute("smooth_softmax", -1)
          .optional("softcap", Kind.FLOAT)
          .attribute("v_quant_type", "NONE")
          .type("T", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type(
              "T_CACHE",
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.BFLOAT16,
              DataType.UINT8,
              DataType.INT8,
              DataType.FLOAT8E4M3FN)
          .type("T_KV_SCALE", DataType.FLOAT)
          .type("M", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(GroupQueryAttention::of);

  static GroupQueryAttention of(Attributes attributes) {
    Settings.refuse(attributes, "sliding_window_cache", 0);
    for (String name : new String[] {"k_quant_type", "v_quant_type"}) {
      if (!attributes.getString(name).equals("NONE")) {
        throw new UnsupportedModel(
            name + " = " + attributes.getString(name) + " is not implemented");
      }
    }
    attributes.ignore("kv_cache_bit_width", "there is no quantized cache");
    attributes.ignore("qk_norm_epsilon", "there is no norm of Q and K");
    int heads = Settings.heads(attributes, "num_heads");
    int keyHeads = Settings.heads(attributes, "kv_num_heads");
    if (heads % keyHeads != 0) {
      throw new InvalidModel(
          "num_heads = " + heads + " is not a multiple of kv_num_heads = " + keyHeads);
    }
    long shown = attributes.getInt("qk_output");
    if (shown < 0 || shown > 2) {
      throw new InvalidModel("qk_output " + shown + " must be 0, 1 or 2");
    }
    boolean causal = attributes.getInt("causal") != 0;
    long window = attributes.getInt("local_window_size");
    if (window != -1 && (window <= 0 || !causal)) {
      throw new InvalidModel("local_window_size " + window + " does not go with causal " + causal);
    }
    return new GroupQueryAttention(
        heads,
        keyHeads,
        attributes.getFloat("scale", 0),
        attributes.getFloat("softcap", 0),
        attributes.getFlag("do_rotary"),
        attributes.getFlag("rotary_interleaved"),
        window,
        attributes.getInt("smooth_softmax") == 1,
        causal,
        shown == 0 ? null : shown == 1 ? Stage.MASKED : Stage.SOFTMAX);
  }

  @Override
  public void infer(Inference in) {
    Shape q = in.shape(QUERY);
    if (!q.hasRank()) {
      return;
    }
    if (q.rank() != 3) {
      throw in.invalid("query must have rank 3, got " + q);
    }
    Dim size = in.has(KEY) ? q.dim(2).dividedBy(heads) : q.dim(2).dividedBy(heads + 2L * keyHeads);
    in.shape(OUTPUT, Shape.of(q.dim(0), q.dim(1), size.times(heads)));
    Dim length = Dim.UNKNOWN;
    Shape past = in.shape(PAST_KEY);
    Dim total = Sizes.only(in, TOTAL_SEQUENCE_LENGTH);
    if (!in.has(PAST_KEY)) {
      length = total;
    } else if (past.hasRank() && past.rank() == 4) {
      length = past.dim(2).max(total);
    }
    DataType scores = in.elementType(QUERY);
    if (in.outputs() > OUTPUT_QK && scores != null) {
      in.output(OUTPUT_QK, scores, Shape.of(q.dim(0), Dim.of(heads), q.dim(1), total));
    }
    for (int i = PRESENT_KEY; i <= PRESENT_VALUE && i < in.outputs(); i++) {
      Shape present = Shape.of(q.dim(0), Dim.of(keyHeads), length, size);
      DataType type = in.elementType(QUERY);
      if (type == null) {
        in.shape(i, present);
      } else {
        in.output(i, type, present);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    for (int i = K_SCALE; i <= LAST; i++) {
      if (in.has(i)) {
        throw new UnsupportedModel(
            "scales of a quantized cache and norms of Q and K are not implemented");
      }
    }
    new GroupQueryCall(this, in).run();
  }
}
