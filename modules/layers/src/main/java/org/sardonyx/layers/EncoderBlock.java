package org.sardonyx.layers;

/**
 * A block of a transformer's encoder: attention and two dense layers, each added to what went in.
 * Normalized after the sum, as in the first transformer and PyTorch's default, or before each part.
 */
public final class EncoderBlock implements Layer<Series, Series> {

  private final MultiHeadAttention attention;
  private final LayerNorm first;
  private final FeedForward forward;
  private final LayerNorm second;
  private final boolean before;

  private EncoderBlock(
      MultiHeadAttention attention,
      LayerNorm first,
      FeedForward forward,
      LayerNorm second,
      boolean before) {
    this.attention = attention;
    this.first = first;
    this.forward = forward;
    this.second = second;
    this.before = before;
  }

  /** Two dense layers with an activation between them. */
  public record FeedForward(Dense up, Activation activation, Dense down) {
    Series on(Series x) {
      return x.then(up).then(activation).then(down);
    }
  }

  /**
   * Makes one.
   *
   * @param first of the attention
   * @param second of the dense layers
   */
  public static EncoderBlock of(
      MultiHeadAttention attention, LayerNorm first, FeedForward forward, LayerNorm second) {
    return new EncoderBlock(attention, first, forward, second, false);
  }

  /** Returns the form that normalizes before each part. */
  public EncoderBlock normalizedBefore() {
    return new EncoderBlock(attention, first, forward, second, true);
  }

  @Override
  public Series on(Series x) {
    return x.network()
        .within(
            "encoder",
            () -> {
              if (before) {
                Series seen = x.plus(x.then(first).then(attention));
                return seen.plus(forward.on(seen.then(second)));
              }
              Series seen = x.plus(x.then(attention)).then(first);
              return seen.plus(forward.on(seen)).then(second);
            });
  }
}
