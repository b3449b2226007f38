package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** One call of {@link Attention}: checks the inputs, joins the caches, computes. */
final class AttentionCall {

  private final Attention attention;
  private final Invocation in;
  private final Tensor q;
  private final Tensor k;
  private final Tensor v;
  private final @Nullable Tensor pastKey;
  private final @Nullable Tensor pastValue;
  private final boolean flat;
  private final int pastLength;
  private final Heads heads;

  AttentionCall(Attention attention, Invocation in) {
    this.attention = attention;
    this.in = in;
    q = in.tensor(Attention.Q);
    k = in.tensor(Attention.K);
    v = in.tensor(Attention.V);
    pastKey = in.optional(Attention.PAST_KEY);
    pastValue = in.optional(Attention.PAST_VALUE);
    if ((q.rank() != 3 && q.rank() != 4) || k.rank() != q.rank() || v.rank() != q.rank()) {
      throw mismatch("Q, K and V must all have rank 3 or rank 4");
    }
    attention.checkHeads(q.rank());
    flat = q.rank() == 3;
    pastLength = pastKey == null || pastKey.rank() != 4 ? 0 : pastKey.dim(2);
    heads = heads();
    checkPast();
  }

  private Heads heads() {
    int queryHeads = flat ? (int) attention.qNumHeads() : q.dim(1);
    int keyHeads = flat ? (int) attention.kvNumHeads() : k.dim(1);
    if (keyHeads == 0 || queryHeads % keyHeads != 0) {
      throw mismatch(
          "the heads of Q, "
              + queryHeads
              + ", must be a multiple of the heads of K and V, "
              + keyHeads
              + ":");
    }
    if (flat
        && (q.dim(2) % queryHeads != 0 || k.dim(2) % keyHeads != 0 || v.dim(2) % keyHeads != 0)) {
      throw mismatch(
          "the last dimensions must be multiples of q_num_heads = "
              + queryHeads
              + " and kv_num_heads = "
              + keyHeads
              + ":");
    }
    int length = flat ? k.dim(1) : k.dim(2);
    int size = flat ? q.dim(2) / queryHeads : q.dim(3);
    int valueSize = flat ? v.dim(2) / keyHeads : v.dim(3);
    int n = q.dim(0);
    boolean fits =
        flat
            ? k.hasShape(n, length, keyHeads * size) && v.hasShape(n, length, keyHeads * valueSize)
            : k.hasShape(n, keyHeads, length, size) && v.hasShape(n, keyHeads, length, valueSize);
    if (!fits) {
      throw mismatch("batch, lengths of K and V, and head sizes of Q and K must agree:");
    }
    return new Heads(
        n,
        queryHeads,
        keyHeads,
        flat ? q.dim(1) : q.dim(2),
        Math.addExact(pastLength, length),
        size,
        valueSize);
  }

  private void checkPast() {
    if ((pastKey == null) != (pastValue == null)) {
      throw new InvalidInput("past_key and past_value go together");
    }
    int n = heads.batch();
    int h = heads.keyHeads();
    expect("past_key", pastKey, n, h, pastLength, heads.size());
    expect("past_value", pastValue, n, h, pastLength, heads.valueSize());
    expect("nonpad_kv_seqlen", in.optional(Attention.NONPAD), n);
    boolean caches =
        pastKey != null || wants(Attention.PRESENT_KEY) || wants(Attention.PRESENT_VALUE);
    if (caches && in.has(Attention.NONPAD)) {
      throw new InvalidInput("nonpad_kv_seqlen does not go together with past_key or present_key");
    }
  }

  void run() {
    int h = heads.keyHeads();
    Tensor keys = joined(Attention.PRESENT_KEY, pastKey, k, heads.size());
    Tensor values = joined(Attention.PRESENT_VALUE, pastValue, v, heads.valueSize());
    Layout ql = layout(q, heads.queryHeads(), heads.queries(), heads.size());
    Layout kl = layout(keys, h, heads.keys(), heads.size());
    Layout vl = layout(values, h, heads.keys(), heads.valueSize());
    int[] yShape =
        flat
            ? new int[] {heads.batch(), heads.queries(), heads.queryHeads() * heads.valueSize()}
            : new int[] {heads.batch(), heads.queryHeads(), heads.queries(), heads.valueSize()};
    Layout yl =
        flat
            ? Layout.rowFirst(heads.queryHeads(), heads.queries(), heads.valueSize())
            : Layout.headFirst(heads.queryHeads(), heads.queries(), heads.valueSize());
    boolean wantsQk = wants(Attention.QK);
    int[] qkShape =
        wantsQk
            ? new int[] {heads.batch(), heads.queryHeads(), heads.queries(), heads.keys()}
            : new int[] {0};
    DotProductAttention core =
        new DotProductAttention(heads, scoring(), mask(), wantsQk ? attention.stage() : null);
    if (q.dataType() == DataType.DOUBLE || v.dataType() == DataType.DOUBLE) {
      double[] y = doubles(Attention.Y, true, yShape);
      double[] qk = doubles(Attention.QK, wantsQk, qkShape);
      core.run(in, q.toDoubles(), ql, keys.toDoubles(), kl, values.toDoubles(), vl, y, yl, qk);
      give(Attention.Y, true, y, yShape);
      give(Attention.QK, wantsQk, qk, qkShape);
    } else {
      float[] y = floats(Attention.Y, true, yShape);
      float[] qk = floats(Attention.QK, wantsQk, qkShape);
      core.run(in, q.toFloats(), ql, keys.toFloats(), kl, values.toFloats(), vl, y, yl, qk);
      give(Attention.Y, true, y, yShape);
      give(Attention.QK, wantsQk, qk, qkShape);
    }
  }

  /** Returns zeros to compute an output in: the output itself where it has the type. */
  private float[] floats(int output, boolean wanted, int[] shape) {
    return wanted && q.dataType() == DataType.FLOAT
        ? in.zeros(output, DataType.FLOAT, shape).floats()
        : new float[Tensor.checkedSize(shape)];
  }

  private double[] doubles(int output, boolean wanted, int[] shape) {
    return wanted && q.dataType() == DataType.DOUBLE
        ? in.zeros(output, DataType.DOUBLE, shape).doubles()
        : new double[Tensor.checkedSize(shape)];
  }

  private void give(int output, boolean wanted, float[] values, int[] shape) {
    if (wanted && q.dataType() != DataType.FLOAT) {
      in.set(output, Tensor.fromFloats(q.dataType(), values, shape));
    }
  }

  private void give(int output, boolean wanted, double[] values, int[] shape) {
    if (wanted && q.dataType() != DataType.DOUBLE) {
      in.set(output, Tensor.fromDoubles(q.dataType(), values, shape));
    }
  }

  private Scoring scoring() {
    // Q and K are each scaled by the root of it, which for scale >= 0 is the same as this.
    double scale = Float.isNaN(attention.scale()) ? 1 / Math.sqrt(heads.size()) : attention.scale();
    DataType precision = attention.softmaxPrecision();
    DataType type = q.dataType();
    // Floats of 16 bits are widened all the way, so that float is what they have already.
    boolean same = precision == type || (precision == DataType.FLOAT && type != DataType.DOUBLE);
    return new Scoring(scale, attention.softcap(), same ? null : precision, null);
  }

  private Mask mask() {
    Mask mask = new Mask(heads);
    int[] offsets = {pastLength};
    Tensor nonpad = in.optional(Attention.NONPAD);
    if (nonpad != null) {
      int[] ends = new int[heads.batch()];
      offsets = new int[heads.batch()];
      for (int n = 0; n < ends.length; n++) {
        long end = nonpad.longs()[n];
        if (end < 0 || end > heads.keys()) {
          throw new InvalidInput("nonpad_kv_seqlen must lie in [0, " + heads.keys() + "]");
        }
        ends[n] = (int) end;
        offsets[n] = ends[n] - heads.queries();
      }
      mask.ends(ends);
    }
    mask.window(offsets, attention.left(), attention.rightBound());
    Tensor tensor = in.optional(Attention.MASK);
    return tensor == null ? mask : mask.tensor("attn_mask", tensor, attention.padsMask());
  }

  private boolean wants(int output) {
    return output < in.outputs() && in.wants(output);
  }

  private static Layout layout(Tensor tensor, int heads, int rows, int size) {
    return tensor.rank() == 3
        ? Layout.rowFirst(heads, rows, size)
        : Layout.headFirst(heads, rows, size);
  }

  /**
   * Returns the past rows and then the new ones, and gives them as an output where it is wanted.
   * Rows that nothing joins and nobody wants stay where they are.
   */
  private Tensor joined(int output, @Nullable Tensor past, Tensor now, int size) {
    boolean wanted = wants(output);
    if (past == null && (!wanted || !flat)) {
      if (wanted) {
        in.set(output, now);
      }
      return now;
    }
    int[] shape = {heads.batch(), heads.keyHeads(), heads.keys(), size};
    Tensor all =
        wanted ? in.output(output, now.dataType(), shape) : Tensor.zeros(now.dataType(), shape);
    Caches.join(past, now, all);
    return all;
  }

  private static void expect(String name, @Nullable Tensor tensor, int... shape) {
    if (tensor != null && !tensor.hasShape(shape)) {
      throw new InvalidInput(
          name
              + " must have shape "
              + Arrays.toString(shape)
              + ", got "
              + Arrays.toString(tensor.shape()));
    }
  }

  private InvalidInput mismatch(String rule) {
    return new InvalidInput(rule + " Q is " + q + ", K " + k + ", V " + v);
  }
}
