package org.sardonyx.layers;

/**
 * A block of a transformer's decoder: attention to itself, in which no step sees a later one,
 * attention to what an encoder gave, and two dense layers, each added to what went in. Normalized
 * after the sum, as in the first transformer and PyTorch's default, or before each part.
 */
public final class DecoderBlock {

  private final MultiHeadAttention self;
  private final LayerNorm first;
  private final MultiHeadAttention cross;
  private final LayerNorm second;
  private final EncoderBlock.FeedForward forward;
  private final LayerNorm third;
  private final boolean before;

  private DecoderBlock(
      MultiHeadAttention self,
      LayerNorm first,
      MultiHeadAttention cross,
      LayerNorm second,
      EncoderBlock.FeedForward forward,
      LayerNorm third,
      boolean before) {
    this.self = self.causal();
    this.first = first;
    this.cross = cross;
    this.second = second;
    this.forward = forward;
    this.third = third;
    this.before = before;
  }

  /**
   * Makes one.
   *
   * @param first of the attention to itself
   * @param second of the attention to the memory
   * @param third of the dense layers
   */
  public static DecoderBlock of(
      MultiHeadAttention self,
      LayerNorm first,
      MultiHeadAttention cross,
      LayerNorm second,
      EncoderBlock.FeedForward forward,
      LayerNorm third) {
    return new DecoderBlock(self, first, cross, second, forward, third, false);
  }

  /** Returns the form that normalizes before each part. */
  public DecoderBlock normalizedBefore() {
    return new DecoderBlock(self, first, cross, second, forward, third, true);
  }

  /** Returns the layer that looks at what an encoder gave. */
  public Layer<Series, Series> over(Series memory) {
    return x ->
        x.network()
            .within(
                "decoder",
                () -> {
                  if (before) {
                    Series a = x.plus(x.then(first).then(self));
                    Series b = a.plus(cross.between(a.then(second), memory));
                    return b.plus(forward.on(b.then(third)));
                  }
                  Series a = x.plus(x.then(self)).then(first);
                  Series b = a.plus(cross.between(a, memory)).then(second);
                  return b.plus(forward.on(b)).then(third);
                });
  }
}
