package org.sardonyx.frameworks.djl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.layers.Pointwise;

/**
 * A block of DJL, as a specification says it; its class says how its parameters lie in the file.
 */
sealed interface Block {

  record Sequential(List<Block> blocks) implements Block {
    public Sequential {
      blocks = List.copyOf(blocks);
    }
  }

  /** The same for all; what comes out is put together. */
  record Parallel(List<Block> blocks, Join join) implements Block {
    enum Join {
      /** Side by side along the last axis. */
      CONCAT,
      ADD
    }

    public Parallel {
      blocks = List.copyOf(blocks);
    }
  }

  /** LSTM, GRU or RNN. */
  record Recurrent(
      Kind kind,
      int stateSize,
      int numLayers,
      boolean bidirectional,
      boolean hasBiases,
      boolean batchFirst,
      boolean returnState,
      @Nullable Pointwise activation)
      implements Block {
    enum Kind {
      LSTM,
      GRU,
      RNN
    }
  }

  record Linear(int units, boolean bias) implements Block {}

  /** Normalization over some axes, or, where there are none, over all but the first. */
  record LayerNorm(List<Integer> axes, float epsilon) implements Block {
    public LayerNorm {
      axes = List.copyOf(axes);
    }
  }

  record BatchNorm(int axis, float epsilon) implements Block {}

  record Dropout() implements Block {}

  /** A table, looked up; {@code id} for IdEmbedding, which is kept in another way. */
  record Embedding(boolean id) implements Block {}

  record Conv1d(
      int kernel, int filters, int stride, int padding, int dilation, int groups, boolean bias)
      implements Block {}

  record Attention(int embeddingSize, int headCount) implements Block {}

  record Encoder(int embeddingSize, int headCount, int hiddenSize, Pointwise activation)
      implements Block {}

  record FeedForward(List<Integer> hiddenSizes, int outputSize, Pointwise activation)
      implements Block {
    public FeedForward {
      hiddenSizes = List.copyOf(hiddenSizes);
    }
  }

  /** A function without parameters, which DJL calls a LambdaBlock. */
  sealed interface Lambda extends Block {

    record Each(Pointwise function) implements Lambda {}

    /** The last step, of [batch, time, features]. */
    record LastStep() implements Lambda {}

    /** The mean over time. */
    record MeanOverTime() implements Lambda {}

    /** [batch, all the rest]. */
    record BatchFlatten() implements Lambda {}
  }
}
