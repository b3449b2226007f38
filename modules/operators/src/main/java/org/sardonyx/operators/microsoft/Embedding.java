package org.sardonyx.operators.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/**
 * Sums of what embeddings hold for each id.
 *
 * @param ids word ids [N, S]
 * @param words word embedding [V, hidden]
 * @param positions position embedding [P, hidden]
 */
record Embedding(Tensor ids, Tensor words, Tensor positions) {

  Embedding {
    if (ids.rank() != 2 || words.rank() != 2) {
      throw new InvalidInput("input_ids " + ids + " and word_embedding " + words);
    }
  }

  int width() {
    return words.dim(1);
  }

  int[] shape() {
    return new int[] {ids.dim(0), ids.dim(1), width()};
  }

  /**
   * Returns the sums, [N, S, hidden].
   *
   * @param positionIds [N, S] or [1, S]; null for 0, 1, 2, ...
   */
  float[] sum(
      @Nullable Tensor positionIds, @Nullable Tensor segments, @Nullable Tensor segmentEmbedding) {
    float[] sum = new float[Tensor.checkedSize(shape())];
    add(sum, words, ids.ints(), "input_ids");
    add(sum, positions, places(positionIds), "position_ids");
    if ((segments == null) != (segmentEmbedding == null)) {
      throw new InvalidInput("segment_ids and segment_embedding go together");
    }
    if (segments != null && segmentEmbedding != null) {
      expect("segment_ids", segments);
      add(sum, segmentEmbedding, segments.ints(), "segment_ids");
    }
    return sum;
  }

  /** Gives the number of ones in each row of the mask, where that is wanted; 0 without one. */
  void maskIndex(Invocation in, @Nullable Tensor mask, int output) {
    if (mask != null) {
      expect("mask", mask);
    }
    if (in.outputs() <= output || !in.wants(output)) {
      return;
    }
    int[] ones = new int[ids.dim(0)];
    for (int i = 0; mask != null && i < mask.size(); i++) {
      ones[i / ids.dim(1)] += mask.ints()[i] == 1 ? 1 : 0;
    }
    in.set(output, Tensor.of(ones, ones.length));
  }

  private int[] places(@Nullable Tensor given) {
    int rows = ids.dim(1);
    int[] places = new int[ids.size()];
    if (given != null && !given.hasShape(1, rows)) {
      expect("position_ids", given);
    }
    for (int i = 0; i < places.length; i++) {
      places[i] = given == null ? i % rows : given.ints()[i % given.size()];
    }
    return places;
  }

  private void add(float[] sum, Tensor embedding, int[] which, String name) {
    int width = width();
    if (embedding.rank() != 2 || embedding.dim(1) != width) {
      throw new InvalidInput(
          "embedding " + embedding + " of " + name + " is not " + width + " wide");
    }
    float[] values = embedding.toFloats();
    for (int i = 0; i < which.length; i++) {
      if (which[i] < 0 || which[i] >= embedding.dim(0)) {
        throw new InvalidInput(name + " must lie in [0, " + (embedding.dim(0) - 1) + "]");
      }
      for (int j = 0; j < width; j++) {
        sum[i * width + j] += values[which[i] * width + j];
      }
    }
  }

  private void expect(String name, Tensor tensor) {
    if (!tensor.hasShape(ids.dim(0), ids.dim(1))) {
      throw new InvalidInput(
          name + " must have shape [" + ids.dim(0) + ", " + ids.dim(1) + "], got " + tensor);
    }
  }
}
