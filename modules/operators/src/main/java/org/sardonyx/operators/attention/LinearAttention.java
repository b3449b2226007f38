package org.sardonyx.operators.attention;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * LinearAttention: a matrix S for each head of keys, updated at every step and read by the queries.
 *
 * <pre>
 * gated, gated_delta:  S = exp(g) S(t-1)            else  S = S(t-1)
 * delta, gated_delta:  w = beta (v - S^T k)         else  w = v
 * S(t) = S + k w^T
 * o = scale q^T S(t)
 * </pre>
 *
 * <p>Computed in float throughout. present_state has the type of past_state, without one that of
 * query.
 *
 * @param rule the update
 * @param queryHeads heads of query
 * @param keyHeads heads of key and value; each serves neighbouring heads of query
 * @param scale factor of the output; 0 for {@code 1 / sqrt(d_k)}
 */
public record LinearAttention(UpdateRule rule, int queryHeads, int keyHeads, float scale)
    implements Operator {

  /** How the state moves on. */
  enum UpdateRule {
    LINEAR,
    GATED,
    DELTA,
    GATED_DELTA;

    boolean decays() {
      return this == GATED || this == GATED_DELTA;
    }

    boolean corrects() {
      return this == DELTA || this == GATED_DELTA;
    }
  }

  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int PAST_STATE = 3;
  private static final int DECAY = 4;
  private static final int BETA = 5;

  public static final OperatorDef DEF =
      OperatorDef.named("LinearAttention")
          .version(27)
          .input("query", "T")
          .input("key", "T")
          .input("value", "T")
          .optionalInput("past_state", "S")
          .optionalInput("decay", "T")
          .optionalInput("beta", "T")
          .output("output", "T")
          .output("present_state", "S")
          .attribute("chunk_size", 64)
          .required("kv_num_heads", Kind.INT)
          .required("q_num_heads", Kind.INT)
          .attribute("scale", 0f)
          .attribute("update_rule", "gated_delta")
          .type("T", DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT)
          .type("S", DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LinearAttention::of);

  static LinearAttention of(Attributes attributes) {
    attributes.ignore("chunk_size", "a hint for parallel prefill, without effect on the result");
    long queryHeads = attributes.getInt("q_num_heads");
    long keyHeads = attributes.getInt("kv_num_heads");
    if (queryHeads <= 0
        || keyHeads <= 0
        || queryHeads > Integer.MAX_VALUE
        || queryHeads % keyHeads != 0) {
      throw new InvalidModel(
          "q_num_heads = "
              + queryHeads
              + " must be a positive multiple of kv_num_heads = "
              + keyHeads);
    }
    String rule = attributes.getString("update_rule");
    for (UpdateRule known : UpdateRule.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(rule)) {
        return new LinearAttention(
            known, (int) queryHeads, (int) keyHeads, attributes.getFloat("scale"));
      }
    }
    throw new InvalidModel(
        "update_rule is \"" + rule + "\", must be linear, gated, delta or gated_delta");
  }

  @Override
  public void infer(Inference in) {
    checkGiven(in.has(DECAY), in.has(BETA));
    Shape q = in.shape(QUERY);
    Shape v = in.shape(VALUE);
    if ((q.hasRank() && q.rank() != 3) || (v.hasRank() && v.rank() != 3)) {
      throw in.invalid("query and value must have rank 3, got " + q + " and " + v);
    }
    Dim batch = q.hasRank() ? q.dim(0) : Dim.UNKNOWN;
    Dim steps = q.hasRank() ? q.dim(1) : Dim.UNKNOWN;
    Dim size = q.hasRank() ? q.dim(2).dividedBy(queryHeads) : Dim.UNKNOWN;
    Dim valueSize = v.hasRank() ? v.dim(2).dividedBy(keyHeads) : Dim.UNKNOWN;
    in.shape(0, Shape.of(batch, steps, valueSize.times(queryHeads)));
    if (in.outputs() > 1) {
      Shape state = Shape.of(batch, Dim.of(keyHeads), size, valueSize);
      DataType type = in.elementType(in.has(PAST_STATE) ? PAST_STATE : QUERY);
      if (type == null) {
        in.shape(1, state);
      } else {
        in.output(1, type, state);
      }
    }
  }

  private void checkGiven(boolean hasDecay, boolean hasBeta) {
    if (hasDecay != rule.decays() || hasBeta != rule.corrects()) {
      throw new InvalidModel(
          "update_rule "
              + rule.name().toLowerCase(Locale.ROOT)
              + (rule.decays() ? " needs decay" : " takes no decay")
              + (rule.corrects() ? " and needs beta" : " and takes no beta"));
    }
  }

  @Override
  public void run(Invocation in) {
    checkGiven(in.has(DECAY), in.has(BETA));
    Tensor q = in.tensor(QUERY);
    Tensor k = in.tensor(KEY);
    Tensor v = in.tensor(VALUE);
    Heads heads = heads(q, k, v);
    Tensor past = in.optional(PAST_STATE);
    int[] stateShape = {heads.batch(), keyHeads, heads.size(), heads.valueSize()};
    if (past != null && !past.hasShape(stateShape)) {
      throw new InvalidInput("past_state " + past + " does not fit query " + q + " and value " + v);
    }
    float[] state =
        past == null ? new float[Tensor.checkedSize(stateShape)] : past.toFloats().clone();
    int[] shape = {heads.batch(), heads.queries(), queryHeads * heads.valueSize()};
    float[] y = new float[Tensor.checkedSize(shape)];
    Steps run =
        new Steps(
            in,
            heads,
            state,
            y,
            q.toFloats(),
            k.toFloats(),
            v.toFloats(),
            gate(in.optional(DECAY), "decay", heads, keyHeads * heads.size()),
            gate(in.optional(BETA), "beta", heads, 1));
    for (int n = 0; n < heads.batch(); n++) {
      for (int h = 0; h < keyHeads; h++) {
        for (int t = 0; t < heads.queries(); t++) {
          run.step(n, h, t);
        }
      }
      in.checkpoint();
    }
    in.set(0, Tensor.fromFloats(q.dataType(), y, shape));
    if (in.outputs() > 1 && in.wants(1)) {
      DataType type = past == null ? q.dataType() : past.dataType();
      in.set(1, Tensor.fromFloats(type, state, stateShape));
    }
  }

  private Heads heads(Tensor q, Tensor k, Tensor v) {
    boolean fits =
        q.rank() == 3
            && v.rank() == 3
            && q.dim(2) % queryHeads == 0
            && v.dim(2) % keyHeads == 0
            && k.hasShape(q.dim(0), q.dim(1), q.dim(2) / queryHeads * keyHeads)
            && v.hasShape(q.dim(0), q.dim(1), v.dim(2));
    if (!fits) {
      throw new InvalidInput(
          "query "
              + q
              + ", key "
              + k
              + " and value "
              + v
              + " do not fit q_num_heads = "
              + queryHeads
              + " and kv_num_heads = "
              + keyHeads);
    }
    return new Heads(
        q.dim(0),
        queryHeads,
        keyHeads,
        q.dim(1),
        q.dim(1),
        q.dim(2) / queryHeads,
        v.dim(2) / keyHeads);
  }

  /**
   * One of decay and beta.
   *
   * @param values [N, T, width]
   * @param width numbers of a step: one for each head, or as many as a key has, or one
   */
  private record Gate(float[] values, int width) {}

  private @Nullable Gate gate(@Nullable Tensor tensor, String name, Heads heads, int other) {
    if (tensor == null) {
      return null;
    }
    int width = tensor.rank() == 3 ? tensor.dim(2) : -1;
    if ((width != keyHeads && width != other)
        || !tensor.hasShape(heads.batch(), heads.queries(), width)) {
      throw new InvalidInput(
          name
              + " must have shape ["
              + heads.batch()
              + ", "
              + heads.queries()
              + ", "
              + keyHeads
              + " or "
              + other
              + "], got "
              + tensor);
    }
    return new Gate(tensor.toFloats(), width);
  }

  /** The arrays of one call. */
  private final class Steps {

    private final Invocation in;
    private final Heads heads;
    private final float[] state;
    private final float[] y;
    private final float[] q;
    private final float[] k;
    private final float[] v;
    private final @Nullable Gate decay;
    private final @Nullable Gate beta;
    private final Layout queries;
    private final Layout keys;
    private final Layout values;
    private final Layout outputs;
    private final float[] written;
    private final float factor;

    Steps(
        Invocation in,
        Heads heads,
        float[] state,
        float[] y,
        float[] q,
        float[] k,
        float[] v,
        @Nullable Gate decay,
        @Nullable Gate beta) {
      this.in = in;
      this.heads = heads;
      this.state = state;
      this.y = y;
      this.q = q;
      this.k = k;
      this.v = v;
      this.decay = decay;
      this.beta = beta;
      int steps = heads.queries();
      queries = Layout.rowFirst(queryHeads, steps, heads.size());
      keys = Layout.rowFirst(keyHeads, steps, heads.size());
      values = Layout.rowFirst(keyHeads, steps, heads.valueSize());
      outputs = Layout.rowFirst(queryHeads, steps, heads.valueSize());
      written = new float[heads.valueSize()];
      factor = scale == 0 ? (float) (1 / Math.sqrt(heads.size())) : scale;
    }

    void step(int n, int h, int t) {
      int size = heads.size();
      int width = heads.valueSize();
      int s = (n * keyHeads + h) * size * width;
      int step = n * heads.queries() + t;
      if (decay != null) {
        forget(decay, step, h, s);
      }
      System.arraycopy(v, values.at(n, h, t), written, 0, width);
      int key = keys.at(n, h, t);
      if (beta != null) {
        for (int e = 0; e < size; e++) {
          in.kernels().axpy(-k[key + e], state, s + e * width, written, 0, width);
        }
        float rate = beta.values()[step * beta.width() + (beta.width() == 1 ? 0 : h)];
        for (int j = 0; j < width; j++) {
          written[j] *= rate;
        }
      }
      for (int e = 0; e < size; e++) {
        in.kernels().axpy(k[key + e], written, 0, state, s + e * width, width);
      }
      int group = queryHeads / keyHeads;
      for (int g = h * group; g < (h + 1) * group; g++) {
        int query = queries.at(n, g, t);
        int to = outputs.at(n, g, t);
        for (int e = 0; e < size; e++) {
          in.kernels().axpy(factor * q[query + e], state, s + e * width, y, to, width);
        }
      }
    }

    private void forget(Gate gate, int step, int h, int s) {
      int width = heads.valueSize();
      boolean perHead = gate.width() == keyHeads;
      for (int e = 0; e < heads.size(); e++) {
        int at = step * gate.width() + (perHead ? h : h * heads.size() + e);
        float kept = (float) StrictMath.exp(gate.values()[at]);
        for (int j = 0; j < width; j++) {
          state[s + e * width + j] *= kept;
        }
      }
    }
  }
}
