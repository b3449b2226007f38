package org.sardonyx.frameworks.dl4j;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.layers.Merge;
import org.sardonyx.layers.Pointwise;

/** A layer of a network of DL4J, as its configuration says it. */
sealed interface LayerConf {

  /** Returns what it is called in names of nodes. */
  String name();

  /** Returns how many features it takes; 0 where it takes any number. */
  default int in() {
    return 0;
  }

  /** What a series is kept as: [batch, features, time] or [batch, time, features]. */
  enum Format {
    NCW,
    NWC
  }

  /** A recurrent layer in one direction. */
  record Recurrent(
      String name, Kind kind, int in, int out, Pointwise activation, Pointwise gate, Format format)
      implements LayerConf {

    enum Kind {
      LSTM,
      /** LSTM with peepholes. */
      GRAVES,
      SIMPLE
    }
  }

  /**
   * A recurrent layer in both directions.
   *
   * @param masked whether it obeys a mask even if the layer in one direction does not
   */
  record Both(String name, Recurrent layer, Merge merge, boolean masked) implements LayerConf {
    @Override
    public int in() {
      return layer.in();
    }
  }

  /** A recurrent layer that is masked where all features have a value. */
  record MaskZero(String name, LayerConf layer, float zero) implements LayerConf {
    @Override
    public int in() {
      return layer.in();
    }
  }

  record LastStep(String name, LayerConf layer) implements LayerConf {
    @Override
    public int in() {
      return layer.in();
    }
  }

  /**
   * y = f(x W + b).
   *
   * @param norm whether x W is normalised
   * @param visible whether there are weights of the way back, which training needs, and how many
   * @param series the format where the layer takes a series; null where it takes vectors
   */
  record Dense(
      String name,
      int in,
      int out,
      Pointwise activation,
      boolean bias,
      boolean norm,
      int visible,
      @Nullable Format series)
      implements LayerConf {}

  /**
   * An activation alone.
   *
   * @param overFeatures whether a softmax goes over the features also of a series, or over its last
   *     axis
   * @param series the format where the layer takes a series only
   */
  record Act(String name, Pointwise activation, boolean overFeatures, @Nullable Format series)
      implements LayerConf {}

  /** Does nothing to what passes through. */
  record Nothing(String name) implements LayerConf {}

  record Masking(String name) implements LayerConf {}

  /**
   * The rows of a table.
   *
   * @param sequence the format of the series that it makes; null for one vector
   */
  record Embedding(
      String name, int in, int out, Pointwise activation, boolean bias, @Nullable Format sequence)
      implements LayerConf {}

  /** How a window moves along time. */
  record Window(int kernel, int stride, int padding, int dilation, Mode mode) {
    enum Mode {
      STRICT,
      TRUNCATE,
      SAME,
      CAUSAL
    }
  }

  record Convolution(
      String name,
      int in,
      int out,
      Pointwise activation,
      boolean bias,
      Window window,
      Format format)
      implements LayerConf {}

  record Subsampling(String name, boolean max, Window window, boolean countPadding)
      implements LayerConf {}

  /** Zeros before and after. */
  record Padding(String name, int before, int after) implements LayerConf {}

  /** Steps taken away before and after. */
  record Cropping(String name, int before, int after) implements LayerConf {}

  record Upsampling(String name, int times) implements LayerConf {}

  /**
   * Batch normalization.
   *
   * @param logStd whether log10 of the deviation is kept, not the variance
   * @param locked whether gamma and beta are no parameters but the same for all features
   */
  record BatchNorm(
      String name, int in, float epsilon, boolean logStd, boolean locked, float gamma, float beta)
      implements LayerConf {}

  record GlobalPool(String name, Type type, int norm, boolean collapse, List<Integer> axes)
      implements LayerConf {
    enum Type {
      MAX,
      AVG,
      SUM,
      PNORM
    }
  }

  record SelfAttention(String name, int in, int out, int heads, int headSize, boolean project)
      implements LayerConf {}

  /** max(0, x) + alpha min(0, x). */
  record PRelu(String name, int in) implements LayerConf {}

  /** f(x . w + b). */
  record ElementWise(String name, int in, Pointwise activation) implements LayerConf {}

  record Repeat(String name, int times, Format format) implements LayerConf {}

  /** A layer of vectors for every step of a series. */
  record EachStep(String name, LayerConf layer, Format format) implements LayerConf {
    @Override
    public int in() {
      return layer.in();
    }
  }
}
