package org.sardonyx.layers;

import java.util.List;
import org.sardonyx.tensor.Tensor;

/**
 * z, r = sigma(W x_t + R h_(t-1) + b); h_t = (1 - z) . n_t + z . h_(t-1), where n_t = tanh(W_h x_t
 * + R_h (r . h_(t-1)) + b_h) with the reset before the product, and tanh(W_h x_t + b_h + r . (R_h
 * h_(t-1) + c_h)) with the reset after it.
 */
public final class Gru implements Cell {

  private final GateWeights weights;
  private final boolean resetAfter;
  private final List<Activation> activations;

  private Gru(GateWeights weights, boolean resetAfter, List<Activation> activations) {
    this.weights = weights;
    this.resetAfter = resetAfter;
    this.activations = activations;
  }

  /**
   * Makes one from weights in a format, which also says whether the reset comes after the product.
   *
   * @param input of the input
   * @param recurrent of the state
   * @param biases none, one, or that of the input and that of the state
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static Gru of(WeightFormat format, Tensor input, Tensor recurrent, Tensor... biases) {
    return new Gru(
        GateWeights.of("GRU", Gate.GRU, format, -1, input, recurrent, biases),
        format.resetAfter(),
        List.of(Activation.SIGMOID, Activation.TANH));
  }

  /** Returns the form whose reset comes before the product, as in Keras with reset_after=False. */
  public Gru resetBefore() {
    return new Gru(weights, false, activations);
  }

  /** Returns the form whose reset comes after the product. */
  public Gru resetAfter() {
    return new Gru(weights, true, activations);
  }

  /**
   * Returns the same with other activations.
   *
   * @param f of the gates
   * @param g of the candidate
   */
  public Gru withActivations(Activation f, Activation g) {
    return new Gru(weights, resetAfter, List.of(f.inside("GRU"), g.inside("GRU")));
  }

  GateWeights weights() {
    return weights;
  }

  boolean isResetAfter() {
    return resetAfter;
  }

  List<Activation> activations() {
    return activations;
  }

  @Override
  public String kind() {
    return "GRU";
  }

  @Override
  public int inputSize() {
    return weights.input();
  }

  @Override
  public int outputSize() {
    return weights.hidden();
  }

  @Override
  public String conversion() {
    return weights.conversion();
  }
}
