package org.sardonyx.layers;

import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** y = x W + b. */
public final class Dense implements Pointwise {

  private final TensorData weight;
  private final @Nullable Tensor bias;

  private Dense(TensorData weight, @Nullable Tensor bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * Makes one without a bias.
   *
   * @param weight [output, input] or [input, output], as the format has it
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static Dense of(WeightFormat format, Tensor weight) {
    return of(format, TensorData.of("", weight));
  }

  /** As {@link #of(WeightFormat, Tensor)}; the weights are loaded when they are written. */
  public static Dense of(WeightFormat format, TensorData weight) {
    boolean columns = format.dense() == WeightFormat.Side.COLUMNS;
    TensorData given =
        Weights.require(
            "dense (" + format.name() + "): weights",
            weight,
            2,
            columns ? "[input,output]" : "[output,input]");
    return new Dense(columns ? given : Weights.transposed(given), null);
  }

  /**
   * Makes one.
   *
   * @param weight [output, input] or [input, output], as the format has it
   * @param bias [output]
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static Dense of(WeightFormat format, Tensor weight, Tensor bias) {
    return of(format, TensorData.of("", weight), bias);
  }

  /** As {@link #of(WeightFormat, Tensor, Tensor)}; the weights are loaded when they are written. */
  public static Dense of(WeightFormat format, TensorData weight, Tensor bias) {
    Dense plain = of(format, weight);
    Tensor fits =
        Weights.require(
            "dense (" + format.name() + "): bias",
            bias,
            "the weights are " + weight.type(),
            Weights.dim(plain.weight, 1));
    return new Dense(plain.weight, fits);
  }

  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public int size(int features) {
    Weights.requireInput("dense", Weights.dim(weight, 0), features);
    return Weights.dim(weight, 1);
  }

  @Override
  public Ref on(Formula f, Ref x, int features) {
    size(features);
    Ref product = f.product(x, f.weight("weight", weight));
    return bias == null ? product : f.add(product, f.weight("bias", bias));
  }
}
