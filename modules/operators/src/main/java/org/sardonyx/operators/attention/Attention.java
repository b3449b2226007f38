package org.sardonyx.operators.attention;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Attention of ai.onnx: {@code Y = softmax(cap(scale Q K^T) + bias) V} for every head, with caches
 * of keys and values.
 *
 * <p>The text of versions 23 and 24 was corrected after they came out; this is the corrected one:
 * the cap comes before the mask, the causal mask counts from the cached keys, and a query that may
 * see no key gives zeros. Versions 24 and 25 read a mask whose last dimension is shorter than the
 * keys as one that hides the rest, also where it is 1; version 23 broadcasts it.
 *
 * @param causal whether a query sees no key after its own position
 * @param qNumHeads heads of Q where it has rank 3; 0 where not given
 * @param kvNumHeads heads of K and V where they have rank 3; 0 where not given
 * @param stage what qk_matmul_output shows
 * @param scale factor of the product; NaN for {@code 1 / sqrt(head_size)}
 * @param softcap bound of the scores; 0 for none
 * @param softmaxPrecision the type in which the softmax is computed, or null for that of Q
 * @param left keys before its own position that a query sees; -1 for all
 * @param right keys after its own position that a query sees; -1 for all
 * @param padsMask whether a short mask hides the rest
 * @param countsHeadsOfRank3Only whether numbers of heads must not be given for inputs of rank 4
 */
public record Attention(
    boolean causal,
    long qNumHeads,
    long kvNumHeads,
    Scoring.Stage stage,
    float scale,
    float softcap,
    @Nullable DataType softmaxPrecision,
    long left,
    long right,
    boolean padsMask,
    boolean countsHeadsOfRank3Only)
    implements Operator {

  static final int Q = 0;
  static final int K = 1;
  static final int V = 2;
  static final int MASK = 3;
  static final int PAST_KEY = 4;
  static final int PAST_VALUE = 5;
  static final int NONPAD = 6;
  static final int Y = 0;
  static final int PRESENT_KEY = 1;
  static final int PRESENT_VALUE = 2;
  static final int QK = 3;

  public static final OperatorDef DEF =
      OperatorDef.named("Attention")
          .version(23)
          .input("Q", "T1")
          .input("K", "T1")
          .input("V", "T2")
          .optionalInput("attn_mask", "U")
          .optionalInput("past_key", "T1")
          .optionalInput("past_value", "T2")
          .output("Y", "T1")
          .optionalOutput("present_key", "T1")
          .optionalOutput("present_value", "T2")
          .optionalOutput("qk_matmul_output", "T1")
          .attribute("is_causal", 0)
          .optional("kv_num_heads", Kind.INT)
          .optional("q_num_heads", Kind.INT)
          .attribute("qk_matmul_output_mode", 0)
          .optional("scale", Kind.FLOAT)
          .attribute("softcap", 0f)
          .optional("softmax_precision", Kind.INT)
          .type("T1", Types.FLOATS_BF16)
          .type("T2", Types.FLOATS_BF16)
          .type("U", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL)))
          .version(24)
          .optionalInput("nonpad_kv_seqlen", "tensor(int64)")
          .version(25)
          .attribute("left_window_size", -1)
          .attribute("right_window_size", -1)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Attention::of);

  static Attention of(Attributes attributes) {
    float scale = attributes.getFloat("scale", Float.NaN);
    float softcap = attributes.getFloat("softcap");
    if (scale < 0 || !(softcap >= 0)) {
      throw new InvalidModel("scale and softcap must not be negative");
    }
    long left = attributes.getInt("left_window_size", -1);
    long right = attributes.getInt("right_window_size", -1);
    if (left < -1 || right < -1) {
      throw new InvalidModel("left_window_size and right_window_size must be -1 or more");
    }
    return new Attention(
        attributes.getInt("is_causal") != 0,
        heads(attributes, "q_num_heads"),
        heads(attributes, "kv_num_heads"),
        stage(attributes.getInt("qk_matmul_output_mode")),
        scale,
        softcap,
        precision(attributes),
        left,
        right,
        attributes.version() >= 24,
        attributes.version() >= 25);
  }

  private static Scoring.Stage stage(long mode) {
    if (mode == 0) {
      return Scoring.Stage.PRODUCT;
    }
    if (mode == 1) {
      return Scoring.Stage.CAPPED;
    }
    if (mode == 2) {
      return Scoring.Stage.MASKED;
    }
    if (mode == 3) {
      return Scoring.Stage.SOFTMAX;
    }
    throw new InvalidModel("qk_matmul_output_mode is " + mode + ", must be 0, 1, 2 or 3");
  }

  private static long heads(Attributes attributes, String name) {
    long heads = attributes.getInt(name, 0);
    if (heads < 0 || heads > Integer.MAX_VALUE || (heads == 0 && attributes.has(name))) {
      throw new InvalidModel(name + " is " + heads + ", must be greater than 0");
    }
    return heads;
  }

  /** Returns the attribute softmax_precision, or null where it is not given. */
  static @Nullable DataType precision(Attributes attributes) {
    if (!attributes.has("softmax_precision")) {
      return null;
    }
    long code = attributes.getInt("softmax_precision");
    DataType type = DataType.isKnown(code) ? DataType.of(code) : DataType.STRING;
    return switch (type) {
      case FLOAT, FLOAT16, DOUBLE, BFLOAT16 -> type;
      default ->
          throw new InvalidModel("softmax_precision is " + code + ", must be 1, 10, 11 or 16");
    };
  }

  /** Returns the bound on the right that the window and the causal mask give together. */
  long rightBound() {
    return causal ? 0 : right;
  }

  @Override
  public void infer(Inference in) {
    Shape q = in.shape(Q);
    Shape k = in.shape(K);
    Shape v = in.shape(V);
    if (!q.hasRank()) {
      return;
    }
    if (q.rank() != 3 && q.rank() != 4) {
      throw in.invalid("Q must have rank 3 or 4, got " + q);
    }
    for (Shape other : new Shape[] {k, v}) {
      if (other.hasRank() && other.rank() != q.rank()) {
        throw in.invalid("Q, K and V must have one rank, got " + q + ", " + k + " and " + v);
      }
    }
    checkHeads(q.rank());
    if (in.has(PAST_KEY) != in.has(PAST_VALUE)) {
      throw in.invalid("past_key and past_value go together");
    }
    if (in.has(PAST_KEY) && in.has(NONPAD)) {
      throw in.invalid("nonpad_kv_seqlen does not go together with past_key");
    }
    boolean flat = q.rank() == 3;
    Dim batch = q.dim(0);
    Dim queries = q.dim(flat ? 1 : 2);
    Dim queryHeads = flat ? Dim.of(qNumHeads) : q.dim(1);
    Dim keyHeads = flat ? Dim.of(kvNumHeads) : k.hasRank() ? k.dim(1) : Dim.UNKNOWN;
    Dim keys = k.hasRank() ? k.dim(flat ? 1 : 2) : Dim.UNKNOWN;
    Dim size = flat ? q.dim(2).dividedBy(qNumHeads) : q.dim(3);
    Dim valueSize = !v.hasRank() ? Dim.UNKNOWN : flat ? v.dim(2).dividedBy(kvNumHeads) : v.dim(3);
    if (in.has(PAST_KEY)) {
      Shape past = in.shape(PAST_KEY);
      keys = past.hasRank() && past.rank() == 4 ? past.dim(2).plus(keys) : Dim.UNKNOWN;
    }
    in.shape(
        Y,
        flat
            ? Shape.of(batch, queries, valueSize.times(qNumHeads))
            : Shape.of(batch, queryHeads, queries, valueSize));
    if (in.outputs() > PRESENT_KEY) {
      in.shape(PRESENT_KEY, Shape.of(batch, keyHeads, keys, size));
    }
    if (in.outputs() > PRESENT_VALUE) {
      in.shape(PRESENT_VALUE, Shape.of(batch, keyHeads, keys, valueSize));
    }
    if (in.outputs() > QK) {
      in.shape(QK, Shape.of(batch, queryHeads, queries, keys));
    }
  }

  /** Refuses numbers of heads that do not go with the rank of the inputs. */
  void checkHeads(int rank) {
    if (rank == 3 && (qNumHeads == 0 || kvNumHeads == 0)) {
      throw new InvalidModel("inputs of rank 3 need q_num_heads and kv_num_heads");
    }
    if (rank == 4 && countsHeadsOfRank3Only && (qNumHeads != 0 || kvNumHeads != 0)) {
      throw new InvalidModel("q_num_heads and kv_num_heads must not be given for inputs of rank 4");
    }
  }

  @Override
  public void run(Invocation in) {
    new AttentionCall(this, in).run();
  }
}
