package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.DotProductAttention;
import org.sardonyx.operators.attention.Heads;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Mask;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * What {@link Attention} and {@link QAttention} do once Q, K and V are projected.
 *
 * @param qkv [N * S, 2 * hidden + vHidden]: Q, K and V of each row side by side
 * @param batch N
 * @param rows S
 * @param hidden columns of Q, and of K
 * @param vHidden columns of V
 */
record Projected(float[] qkv, int batch, int rows, int hidden, int vHidden) {

  private static final int OUTPUT = 0;
  private static final int PRESENT = 1;

  /** Computes output and present. */
  void attend(
      Invocation in,
      Settings settings,
      DataType type,
      @Nullable Tensor maskIndex,
      @Nullable Tensor past,
      @Nullable Tensor attentionBias) {
    int h = settings.heads();
    if (hidden % h != 0 || vHidden % h != 0) {
      throw new InvalidInput(
          "num_heads = " + h + " does not divide hidden sizes " + hidden + " and " + vHidden);
    }
    int size = hidden / h;
    int valueSize = vHidden / h;
    int before = past == null || past.rank() != 5 ? 0 : past.dim(3);
    if (past != null && (size != valueSize || !past.hasShape(2, batch, h, before, size))) {
      throw new InvalidInput(
          "past must have shape [2, "
              + batch
              + ", "
              + h
              + ", past_sequence_length, "
              + size
              + "], got "
              + past);
    }
    Heads heads = new Heads(batch, h, h, rows, before + rows, size, valueSize);
    Layout q = layout(0, size);
    Layout k = layout(hidden, size);
    Layout v = layout(2 * hidden, valueSize);
    float[] keys = qkv;
    float[] values = qkv;
    boolean wantsPresent = in.outputs() > PRESENT && in.wants(PRESENT);
    if (past != null || wantsPresent) {
      if (size != valueSize) {
        throw new InvalidInput("present needs one head size of Q, K and V");
      }
      int half = Tensor.checkedSize(new int[] {batch, h, heads.keys(), size});
      float[] joined = new float[Math.multiplyExact(2, half)];
      float[] old = past == null ? new float[0] : past.toFloats();
      join(old, 0, k, joined, 0, heads, before);
      join(old, old.length / 2, v, joined, half, heads, before);
      keys = joined;
      values = joined;
      k = Layout.headFirst(h, heads.keys(), size);
      v = new Layout(half, k.batch(), k.head(), k.row());
      if (wantsPresent) {
        in.set(PRESENT, Tensor.fromFloats(type, joined, 2, batch, h, heads.keys(), size));
      }
    }
    Mask mask = new Mask(heads);
    if (settings.unidirectional() && rows > 1) {
      mask.window(new int[] {before}, -1, 0);
    }
    if (maskIndex != null) {
      MaskIndex.add(mask, "mask_index", maskIndex, heads, settings.filter());
    }
    if (attentionBias != null) {
      mask.tensor("attention_bias", attentionBias, false);
    }
    float[] y = new float[Tensor.checkedSize(new int[] {batch, rows, vHidden})];
    new DotProductAttention(heads, settings.scoring(size), mask, null)
        .run(in, qkv, q, keys, k, values, v, y, Layout.rowFirst(h, rows, valueSize), new float[0]);
    in.set(OUTPUT, Tensor.fromFloats(type, y, batch, rows, vHidden));
  }

  private Layout layout(int offset, int size) {
    int width = 2 * hidden + vHidden;
    return new Layout(offset, rows * width, size, width);
  }

  private void join(
      float[] old, int from, Layout now, float[] joined, int to, Heads heads, int before) {
    int size = heads.size();
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < heads.queryHeads(); h++) {
        int matrix = n * heads.queryHeads() + h;
        int at = to + matrix * heads.keys() * size;
        System.arraycopy(old, from + matrix * before * size, joined, at, before * size);
        for (int i = 0; i < rows; i++) {
          System.arraycopy(qkv, now.at(n, h, i), joined, at + (before + i) * size, size);
        }
      }
    }
  }
}
