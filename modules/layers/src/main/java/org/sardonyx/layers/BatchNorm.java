package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * y = (x - mean) / sqrt(variance + epsilon) . scale + bias, with the mean and variance of every
 * feature that training left.
 */
public final class BatchNorm implements Layer<Series, Series> {

  private final Tensor scale;
  private final Tensor bias;
  private final Tensor mean;
  private final Tensor variance;
  private final float epsilon;

  private BatchNorm(Tensor scale, Tensor bias, Tensor mean, Tensor variance, float epsilon) {
    this.scale = scale;
    this.bias = bias;
    this.mean = mean;
    this.variance = variance;
    this.epsilon = epsilon;
  }

  /**
   * Makes one; all tensors are [features].
   *
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static BatchNorm of(
      Tensor scale, Tensor bias, Tensor mean, Tensor variance, float epsilon) {
    Tensor first = Weights.require("batch norm: scale", scale, 1, "[features]");
    String because = "the scale is " + scale;
    int[] shape = scale.shape();
    return new BatchNorm(
        first,
        Weights.require("batch norm: bias", bias, because, shape),
        Weights.require("batch norm: mean", mean, because, shape),
        Weights.require("batch norm: variance", variance, because, shape),
        epsilon);
  }

  @Override
  public Series on(Series input) {
    Series x = input.in(Layout.BATCH_FEATURES_TIME);
    return x.with(write(x.network(), x.ref(), x.size()), x.size());
  }

  /** Returns the layer for vectors without time. */
  public Layer<Features, Features> onFeatures() {
    return x -> new Features(x.network(), write(x.network(), x.ref(), x.size()), x.size());
  }

  private Ref write(Network network, Ref x, int features) {
    Weights.requireInput("batch norm", scale.size(), features);
    network.begin("batch_norm");
    Formula f = network.formula();
    return f.call(
            "BatchNormalization",
            x,
            f.weight("scale", scale),
            f.weight("bias", bias),
            f.weight("mean", mean),
            f.weight("variance", variance))
        .with("epsilon", epsilon)
        .output();
  }
}
