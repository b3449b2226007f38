package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.DotProductAttention;
import org.sardonyx.operators.attention.Heads;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Mask;
import org.sardonyx.operators.attention.Scoring.Stage;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** One call of {@link DecoderMaskedMultiHeadAttention}. */
final class DecoderMaskedCall {

  private final Settings settings;
  private final boolean shared;
  private final Invocation in;
  private final Tensor query;
  private final @Nullable Tensor key;
  private final @Nullable Tensor value;
  private final @Nullable Tensor pastKey;
  private final @Nullable Tensor pastValue;
  private final int batch;
  private final int size;
  private final int valueSize;

  DecoderMaskedCall(Settings settings, boolean shared, Invocation in) {
    this.settings = settings;
    this.shared = shared;
    this.in = in;
    query = in.tensor(DecoderMaskedMultiHeadAttention.QUERY);
    key = in.optional(DecoderMaskedMultiHeadAttention.KEY);
    value = in.optional(DecoderMaskedMultiHeadAttention.VALUE);
    pastKey = in.optional(DecoderMaskedMultiHeadAttention.PAST_KEY);
    pastValue = in.optional(DecoderMaskedMultiHeadAttention.PAST_VALUE);
    int h = settings.heads();
    batch = query.rank() == 3 ? query.dim(0) : 0;
    int parts = key == null ? 3 : 1;
    if (query.rank() != 3
        || query.dim(1) != 1
        || query.dim(2) % (h * parts) != 0
        || (key == null) != (value == null)) {
      throw mismatch();
    }
    size = query.dim(2) / (h * parts);
    valueSize =
        value == null
            ? size
            : value.rank() == 4 ? value.dim(3) : value.rank() == 3 ? value.dim(2) / h : 0;
  }

  private boolean isCross() {
    return key != null && key.rank() == 4;
  }

  void run() {
    int h = settings.heads();
    int hidden = h * size;
    Tensor bias = in.optional(DecoderMaskedMultiHeadAttention.BIAS);
    if (bias != null && !bias.hasShape(2 * hidden + h * valueSize)) {
      throw new InvalidInput("bias " + bias + " does not fit query " + query);
    }
    float[] q = row(query, hidden, 0, bias, 0);
    float[] k;
    float[] v;
    int keys;
    if (isCross() && key != null && value != null) {
      keys = key.dim(2);
      if (!key.hasShape(batch, h, keys, size)
          || !value.hasShape(batch, h, keys, valueSize)
          || pastKey != null
          || pastValue != null) {
        throw mismatch();
      }
      k = key.toFloats();
      v = value.toFloats();
    } else {
      if (key != null
          && value != null
          && (!key.hasShape(batch, 1, hidden) || !value.hasShape(batch, 1, h * valueSize))) {
        throw mismatch();
      }
      Tensor keyOrAll = key == null ? query : key;
      Tensor valueOrAll = value == null ? query : value;
      float[] newKey = row(keyOrAll, hidden, key == null ? hidden : 0, bias, hidden);
      float[] newValue =
          row(valueOrAll, h * valueSize, value == null ? 2 * hidden : 0, bias, 2 * hidden);
      k = joined(pastKey, newKey, size, DecoderMaskedMultiHeadAttention.PRESENT_KEY);
      v = joined(pastValue, newValue, valueSize, DecoderMaskedMultiHeadAttention.PRESENT_VALUE);
      keys = filled() + 1;
    }
    attend(new Heads(batch, h, h, 1, keys, size, valueSize), q, k, v);
  }

  private void attend(Heads heads, float[] q, float[] k, float[] v) {
    int h = settings.heads();
    Mask mask = new Mask(heads);
    Tensor index = in.optional(DecoderMaskedMultiHeadAttention.MASK_INDEX);
    if (index != null) {
      if (!index.hasShape(batch, heads.keys())) {
        throw new InvalidInput(
            "mask_index must have shape [" + batch + ", " + heads.keys() + "], got " + index);
      }
      MaskIndex.add(mask, "mask_index", index, heads, settings.filter());
    }
    Tensor bias = in.optional(DecoderMaskedMultiHeadAttention.ATTENTION_BIAS);
    if (bias != null) {
      mask.tensor("attention_bias", bias, false);
    }
    boolean shown =
        in.outputs() > DecoderMaskedMultiHeadAttention.QK
            && in.wants(DecoderMaskedMultiHeadAttention.QK);
    int[] shape = {batch, 1, h * valueSize};
    int[] qkShape = {batch, h, 1, heads.keys()};
    float[] y = new float[Tensor.checkedSize(shape)];
    float[] scores = new float[shown ? Tensor.checkedSize(qkShape) : 0];
    new DotProductAttention(heads, settings.scoring(size), mask, shown ? Stage.MASKED : null)
        .run(
            in,
            q,
            Layout.headFirst(h, 1, size),
            k,
            Layout.headFirst(h, heads.keys(), size),
            v,
            Layout.headFirst(h, heads.keys(), valueSize),
            y,
            Layout.headFirst(h, 1, valueSize),
            scores);
    DataType type = query.dataType();
    in.set(DecoderMaskedMultiHeadAttention.OUTPUT, Tensor.fromFloats(type, y, shape));
    if (shown) {
      in.set(DecoderMaskedMultiHeadAttention.QK, Tensor.fromFloats(type, scores, qkShape));
    }
  }

  /** Returns a part of each row, {@code [N, heads, 1, size]}, with its bias. */
  private float[] row(Tensor from, int width, int at, @Nullable Tensor bias, int biasAt) {
    float[] values = from.toFloats();
    float[] added = bias == null ? new float[0] : bias.toFloats();
    int stride = from.dim(2);
    float[] y = new float[batch * width];
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < width; i++) {
        y[n * width + i] = values[n * stride + at + i] + (bias == null ? 0 : added[biasAt + i]);
      }
    }
    return y;
  }

  /** Returns how many rows of the past count. */
  private int filled() {
    Tensor length = in.optional(DecoderMaskedMultiHeadAttention.PAST_SEQUENCE_LENGTH);
    if (!shared || pastKey == null) {
      return pastKey == null ? 0 : pastKey.dim(2);
    }
    if (length == null || length.size() != 1) {
      throw new InvalidInput(
          "past_sequence_length must have one element where past and present share a buffer");
    }
    return (int) length.getLong(0);
  }

  private float[] joined(@Nullable Tensor past, float[] now, int rowSize, int output) {
    int h = settings.heads();
    if ((pastKey == null) != (pastValue == null)
        || (past != null && (past.rank() != 4 || !past.hasShape(batch, h, past.dim(2), rowSize)))
        || (pastKey != null && pastValue != null && pastKey.dim(2) != pastValue.dim(2))) {
      throw new InvalidInput(
          "past_key " + pastKey + " and past_value " + pastValue + " do not fit query " + query);
    }
    Tensor before = past == null ? Tensor.zeros(query.dataType(), batch, h, 0, rowSize) : past;
    Tensor width = in.optional(DecoderMaskedMultiHeadAttention.BEAM_WIDTH);
    Tensor beams = in.optional(DecoderMaskedMultiHeadAttention.CACHE_INDIRECTION);
    int beamWidth =
        width == null ? 1 : (int) in.one(DecoderMaskedMultiHeadAttention.BEAM_WIDTH).getLong(0);
    if (beamWidth > 1 && beams == null) {
      throw new InvalidInput("beam_width " + beamWidth + " needs cache_indirection");
    }
    Cache cache = new Cache(before, filled(), beams, beamWidth);
    float[] all = cache.joined(now, 1);
    boolean wanted = output < in.outputs() && in.wants(output);
    if (wanted && shared && past != null) {
      in.set(output, cache.with(now, 1));
    } else if (wanted) {
      Cache plain = new Cache(before, before.dim(2), null, 1);
      in.set(
          output,
          Tensor.fromFloats(
              query.dataType(), plain.joined(now, 1), batch, h, before.dim(2) + 1, rowSize));
    }
    return all;
  }

  private InvalidInput mismatch() {
    return new InvalidInput(
        "query "
            + query
            + ", key "
            + key
            + " and value "
            + value
            + " do not fit each other, num_heads = "
            + settings.heads()
            + " and past");
  }
}
