package org.sardonyx.operators.attention.microsoft;

import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.ATTENTION_BIAS;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.COS_CACHE;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.HEAD_SINK;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.KEY;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.OUTPUT;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.OUTPUT_QK;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.PAST_KEY;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.PAST_VALUE;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.POSITION_IDS;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.PRESENT_KEY;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.PRESENT_VALUE;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.QUERY;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.SEQLENS_K;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.SIN_CACHE;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.TOTAL_SEQUENCE_LENGTH;
import static org.sardonyx.operators.attention.microsoft.GroupQueryAttention.VALUE;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.DotProductAttention;
import org.sardonyx.operators.attention.Heads;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Mask;
import org.sardonyx.operators.attention.Rotation;
import org.sardonyx.operators.attention.Scoring;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** One call of {@link GroupQueryAttention}. */
final class GroupQueryCall {

  private final GroupQueryAttention operator;
  private final Invocation in;
  private final Tensor query;
  private final boolean packed;
  private final int batch;
  private final int rows;
  private final int size;
  private final int total;
  private final int room;

  /** The keys of each row of the batch, and how many of them are from before. */
  private final int[] lengths;

  private final int[] before;

  GroupQueryCall(GroupQueryAttention operator, Invocation in) {
    this.operator = operator;
    this.in = in;
    query = in.tensor(QUERY);
    packed = !in.has(KEY);
    int parts = operator.heads() + (packed ? 2 * operator.keyHeads() : 0);
    if (query.rank() != 3 || query.dim(2) % parts != 0 || in.has(VALUE) == packed) {
      throw new InvalidInput(
          "query "
              + query
              + " does not split into "
              + parts
              + " heads, or key and value do not"
              + " come together");
    }
    batch = query.dim(0);
    rows = query.dim(1);
    size = query.dim(2) / parts;
    if (!packed) {
      expect("key", in.tensor(KEY), batch, rows, operator.keyHeads() * size);
      expect("value", in.tensor(VALUE), batch, rows, operator.keyHeads() * size);
    }
    Tensor totalLength = in.tensor(TOTAL_SEQUENCE_LENGTH);
    if (totalLength.size() != 1 || totalLength.ints()[0] < rows) {
      throw new InvalidInput(
          "total_sequence_length must be one number that is not less than sequence_length " + rows);
    }
    total = totalLength.ints()[0];
    int past = checkPast();
    room = Math.max(total, past);
    lengths = new int[batch];
    before = new int[batch];
    expect("seqlens_k", in.tensor(SEQLENS_K), batch);
    for (int n = 0; n < batch; n++) {
      long length = in.tensor(SEQLENS_K).ints()[n] + 1L;
      boolean isPrompt = rows == total;
      long old = isPrompt ? 0 : length - rows;
      if (length < 0 || length > total || old < 0 || old > past) {
        throw new InvalidInput(
            "seqlens_k, one less than the keys of each row, does not fit total_sequence_length "
                + total
                + ", sequence_length "
                + rows
                + " and a past of "
                + past);
      }
      lengths[n] = (int) length;
      before[n] = (int) old;
    }
  }

  private int checkPast() {
    Tensor key = in.optional(PAST_KEY);
    Tensor value = in.optional(PAST_VALUE);
    if (key == null && value == null) {
      return 0;
    }
    if (key == null || value == null || key.rank() != 4) {
      throw new InvalidInput(
          "past_key " + key + " and past_value " + value + " do not go together");
    }
    if (key.dataType() != query.dataType() || value.dataType() != query.dataType()) {
      throw new UnsupportedModel("a cache of another type than the query is not implemented");
    }
    expect("past_key", key, batch, operator.keyHeads(), key.dim(2), size);
    expect("past_value", value, batch, operator.keyHeads(), key.dim(2), size);
    return key.dim(2);
  }

  void run() {
    int h = operator.heads();
    int hk = operator.keyHeads();
    float[] q = query.toFloats();
    float[] k = packed ? q : in.tensor(KEY).toFloats();
    float[] v = packed ? q : in.tensor(VALUE).toFloats();
    Layout ql = layout(0, h);
    Layout kl = packed ? layout(h * size, hk) : layout(0, hk);
    Layout vl = packed ? layout((h + hk) * size, hk) : layout(0, hk);
    float[] keys = joined(in.optional(PAST_KEY), k, kl);
    float[] values = joined(in.optional(PAST_VALUE), v, vl);
    Layout cache = Layout.headFirst(hk, room, size);
    if (operator.doRotary()) {
      q = q.clone();
      rotate(q, ql, keys, cache);
    }
    give(PRESENT_KEY, keys);
    give(PRESENT_VALUE, values);
    Heads heads = new Heads(batch, h, hk, rows, total, size, size);
    Mask mask =
        new Mask(heads)
            .ends(lengths)
            .window(
                before,
                operator.window() > 0 ? operator.window() - 1 : -1,
                operator.causal() ? 0 : -1);
    Tensor bias = in.optional(ATTENTION_BIAS);
    if (bias != null) {
      mask.tensor("attention_bias", bias, false);
    }
    double scale = operator.scale() == 0 ? 1 / Math.sqrt(size) : operator.scale();
    Scoring scoring = new Scoring(scale, operator.softcap(), null, sinks());
    int[] shape = {batch, rows, h * size};
    float[] y = new float[Tensor.checkedSize(shape)];
    boolean shown = in.outputs() > OUTPUT_QK && in.wants(OUTPUT_QK);
    if (shown && operator.shown() == null) {
      throw new InvalidInput("output_qk needs a qk_output of 1 or 2");
    }
    int[] qkShape = {batch, h, rows, total};
    float[] scores = new float[shown ? Tensor.checkedSize(qkShape) : 0];
    new DotProductAttention(heads, scoring, mask, shown ? operator.shown() : null)
        .run(in, q, ql, keys, cache, values, cache, y, Layout.rowFirst(h, rows, size), scores);
    in.set(OUTPUT, Tensor.fromFloats(query.dataType(), y, shape));
    if (shown) {
      hide(scores);
      in.set(OUTPUT_QK, Tensor.fromFloats(query.dataType(), scores, qkShape));
    }
  }

  /** Scores of keys that a query does not see are shown as 0. */
  private static void hide(float[] scores) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scores[i] == Float.NEGATIVE_INFINITY ? 0 : scores[i];
    }
  }

  private Layout layout(int offset, int heads) {
    int width = (packed ? operator.heads() + 2 * operator.keyHeads() : heads) * size;
    return new Layout(offset, rows * width, size, width);
  }

  private void give(int output, float[] values) {
    if (output < in.outputs() && in.wants(output)) {
      DataType type = query.dataType();
      in.set(output, Tensor.fromFloats(type, values, batch, operator.keyHeads(), room, size));
    }
  }

  /** Returns [N, heads, room, size]: what the past holds of each row, then the new rows, then 0. */
  private float[] joined(@Nullable Tensor past, float[] now, Layout from) {
    int hk = operator.keyHeads();
    float[] all = new float[Tensor.checkedSize(new int[] {batch, hk, room, size})];
    float[] old = past == null ? new float[0] : past.toFloats();
    int oldRoom = past == null ? 0 : past.dim(2);
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < hk; h++) {
        int to = (n * hk + h) * room * size;
        System.arraycopy(old, (n * hk + h) * oldRoom * size, all, to, before[n] * size);
        for (int i = 0; i < rows; i++) {
          System.arraycopy(now, from.at(n, h, i), all, to + (before[n] + i) * size, size);
        }
      }
    }
    return all;
  }

  private void rotate(float[] q, Layout ql, float[] keys, Layout cache) {
    Tensor cos = in.optional(COS_CACHE);
    Tensor sin = in.optional(SIN_CACHE);
    if (cos == null
        || sin == null
        || cos.rank() != 2
        || !cos.sameShape(sin)
        || 2 * cos.dim(1) > size) {
      throw new InvalidInput(
          "do_rotary needs cos_cache and sin_cache of one shape [positions, at most "
              + size / 2
              + "], got "
              + cos
              + " and "
              + sin);
    }
    Tensor ids = in.optional(POSITION_IDS);
    boolean isPrompt = rows == total;
    if (ids != null && (isPrompt ? ids.size() == 0 : !ids.hasShape(batch, rows))) {
      throw new InvalidInput(
          "position_ids must have shape [" + batch + ", " + rows + "], got " + ids);
    }
    Rotation rotation =
        new Rotation(cos.toFloats(), sin.toFloats(), 2 * cos.dim(1), operator.interleaved());
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < rows; i++) {
        // A prompt counts from the first of the ids.
        long at =
            ids == null ? before[n] + i : isPrompt ? ids.longs()[0] + i : ids.longs()[n * rows + i];
        if (at < 0 || at >= cos.dim(0)) {
          throw new InvalidInput("positions must lie in [0, " + (cos.dim(0) - 1) + "]");
        }
        for (int h = 0; h < operator.heads(); h++) {
          rotation.apply(q, ql.at(n, h, i), (int) at);
        }
        for (int h = 0; h < operator.keyHeads(); h++) {
          rotation.apply(keys, cache.at(n, h, before[n] + i), (int) at);
        }
      }
    }
  }

  private float @Nullable [] sinks() {
    Tensor sink = in.optional(HEAD_SINK);
    if (sink == null) {
      return operator.smooth() ? new float[operator.heads()] : null;
    }
    expect("head_sink", sink, operator.heads());
    return sink.toFloats();
  }

  private static void expect(String name, Tensor tensor, int... shape) {
    if (!tensor.hasShape(shape)) {
      throw new InvalidInput(
          name + " must have shape " + Arrays.toString(shape) + ", got " + tensor);
    }
  }
}
