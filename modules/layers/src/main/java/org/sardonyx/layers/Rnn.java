package org.sardonyx.layers;

import java.util.List;
import org.sardonyx.tensor.Tensor;

/** h_t = f(W x_t + R h_(t-1) + b), with f = tanh unless another is given. */
public final class Rnn implements Cell {

  private final GateWeights weights;
  private final Activation activation;

  private Rnn(GateWeights weights, Activation activation) {
    this.weights = weights;
    this.activation = activation;
  }

  /**
   * Makes one from weights in a format.
   *
   * @param input of the input
   * @param recurrent of the state
   * @param biases none, one, or that of the input and that of the state
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static Rnn of(WeightFormat format, Tensor input, Tensor recurrent, Tensor... biases) {
    return new Rnn(
        GateWeights.of("RNN", List.of(), format, -1, input, recurrent, biases), Activation.TANH);
  }

  public Rnn withActivation(Activation f) {
    return new Rnn(weights, f.inside("RNN"));
  }

  GateWeights weights() {
    return weights;
  }

  Activation activation() {
    return activation;
  }

  @Override
  public String kind() {
    return "RNN";
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
