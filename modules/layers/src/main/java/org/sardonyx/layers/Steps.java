package org.sardonyx.layers;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Which steps of a series count, and for whom: as lengths or as a mask, as layers want it. */
public final class Steps {

  private final @Nullable Lengths lengths;
  private final Network network;
  private final @Nullable Ref timed;
  private final int timeAxis;
  private @Nullable Ref mask;

  private Steps(
      Network network,
      @Nullable Lengths lengths,
      @Nullable Ref timed,
      int timeAxis,
      @Nullable Ref mask) {
    this.network = network;
    this.lengths = lengths;
    this.timed = timed;
    this.timeAxis = timeAxis;
    this.mask = mask;
  }

  static Steps of(Series series, Lengths lengths) {
    return new Steps(series.network(), lengths, series.ref(), series.layout().time(), null);
  }

  static Steps of(Tokens tokens, Lengths lengths) {
    return new Steps(tokens.network(), lengths, tokens.ref(), 1, null);
  }

  static Steps of(Mask mask) {
    return new Steps(mask.network(), null, null, 0, mask.ref());
  }

  /**
   * Returns the lengths.
   *
   * @throws UnsupportedModel where only a mask is known, which need not begin at the first step
   */
  Ref lengths(String layer) {
    if (lengths == null) {
      throw new UnsupportedModel(
          layer
              + " obeys lengths, not a mask; use withLengths(mask.lengths()) if it holds from the"
              + " first step on and then no more");
    }
    return lengths.ref();
  }

  boolean hasLengths() {
    return lengths != null;
  }

  /** Returns the mask, bool [batch, time]. */
  Ref mask() {
    if (mask == null) {
      if (lengths == null || timed == null) {
        throw new IllegalStateException();
      }
      Formula f = network.formula();
      Ref time = f.squeeze(f.sizeOf(timed, timeAxis), 0);
      Ref range = f.node("Range", f.scalar(0L), time, f.scalar(1L));
      Ref each = f.unsqueeze(f.cast(lengths.ref(), DataType.INT64), 1);
      mask = f.node("Less", range, each);
    }
    return mask;
  }

  /** Returns the mask as 1 or 0: float [batch, time, 1]. */
  Ref weights() {
    Formula f = network.formula();
    return f.unsqueeze(f.cast(mask(), DataType.FLOAT), 2);
  }

  /** Returns the values of a [batch, time, features] where steps count, and elsewhere {@code x}. */
  Ref elsewhere(Ref values, float x) {
    Formula f = network.formula();
    return f.node("Where", f.unsqueeze(mask(), 2), values, f.constant(Tensor.scalar(x)));
  }
}
