package org.sardonyx.layers;

import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** y = (x - mean) / sqrt(variance + epsilon) . scale + bias, over the features of each vector. */
public final class LayerNorm implements Pointwise {

  private final Tensor scale;
  private final Tensor bias;
  private final float epsilon;

  private LayerNorm(Tensor scale, Tensor bias, float epsilon) {
    this.scale = scale;
    this.bias = bias;
    this.epsilon = epsilon;
  }

  /**
   * Makes one.
   *
   * @param scale [features]
   * @param bias [features]
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static LayerNorm of(Tensor scale, Tensor bias, float epsilon) {
    Tensor first = Weights.require("layer norm: scale", scale, 1, "[features]");
    Tensor second =
        Weights.require("layer norm: bias", bias, "the scale is " + scale, scale.shape());
    return new LayerNorm(first, second, epsilon);
  }

  @Override
  public String kind() {
    return "layer_norm";
  }

  @Override
  public int size(int features) {
    Weights.requireInput("layer norm", scale.size(), features);
    return features;
  }

  @Override
  public Ref on(Formula f, Ref x, int features) {
    size(features);
    return f.layerNormalization(x, f.weight("scale", scale), f.weight("bias", bias), epsilon);
  }
}
