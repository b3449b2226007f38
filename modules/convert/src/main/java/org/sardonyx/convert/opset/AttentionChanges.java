package org.sardonyx.convert.opset;

import org.sardonyx.graph.Node;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Attention and what goes with it. */
final class AttentionChanges {

  private static final int KEYS = 1;
  private static final int MASK = 3;
  private static final int PAST = 4;

  private AttentionChanges() {}

  static void add(Changes all) {
    all.since("Attention", 23, AttentionBodies::attention);
    all.since("RotaryEmbedding", 23, AttentionBodies::rotary);
    all.change("Attention", 24, AttentionChanges::maskUp, AttentionChanges::maskDown);
    all.change("Attention", 25, AttentionChanges::headsUp, Adapter.KEEP);
    all.begins(27, "CausalConvWithState", "LinearAttention");
  }

  /**
   * Version 23 lays a mask of one column over all keys; from then on it hides all but the first.
   */
  private static void maskUp(Rewrite rewrite) {
    Dim columns = last(rewrite.shape(MASK));
    Dim keys = keys(rewrite);
    if (rewrite.has(MASK) && columns.is(1) && !keys.is(1)) {
      throw rewrite.refuse("attn_mask has one column, which would hide the other keys");
    }
    rewrite.keep();
  }

  private static void maskDown(Rewrite rewrite) {
    Dim columns = last(rewrite.shape(MASK));
    Dim keys = keys(rewrite);
    boolean shorter =
        columns instanceof Dim.Known(long some)
            && keys instanceof Dim.Known(long all)
            && some < all;
    if (rewrite.has(MASK) && (shorter || (columns.is(1) && !keys.is(1)))) {
      throw rewrite.refuse("attn_mask has fewer columns than there are keys, which hid the rest");
    }
    rewrite.keep();
  }

  private static Dim last(Shape shape) {
    return shape.hasRank() && shape.rank() > 0 ? shape.dim(shape.rank() - 1) : Dim.UNKNOWN;
  }

  private static Dim keys(Rewrite rewrite) {
    Shape keys = rewrite.shape(KEYS);
    if (!keys.hasRank() || keys.rank() < 2) {
      return Dim.UNKNOWN;
    }
    Dim own = keys.dim(keys.rank() == 4 ? 2 : 1);
    if (!rewrite.has(PAST)) {
      return own;
    }
    Shape past = rewrite.shape(PAST);
    return past.hasRank() && past.rank() == 4 ? own.plus(past.dim(2)) : Dim.UNKNOWN;
  }

  /** From version 25 on numbers of heads are for inputs of three dimensions alone. */
  private static void headsUp(Rewrite rewrite) {
    Node node = rewrite.node();
    Shape query = rewrite.shape(0);
    if (!query.hasRank() && (rewrite.gives("q_num_heads") || rewrite.gives("kv_num_heads"))) {
      rewrite.rank(0);
    }
    rewrite.keep(
        query.hasRank() && query.rank() == 4
            ? rewrite.without("q_num_heads", "kv_num_heads")
            : node);
  }
}
