package org.sardonyx.layers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * i, f = sigma(W x_t + R h_(t-1) + p . C_(t-1) + b); g = tanh(W_c x_t + R_c h_(t-1) + b_c); C_t = f
 * . C_(t-1) + i . g; o = sigma(W_o x_t + R_o h_(t-1) + p_o . C_t + b_o); h_t = o . tanh(C_t). The
 * peepholes p are optional; the gates may be coupled, f = 1 - i.
 */
public final class Lstm implements Cell {

  private final GateWeights weights;
  private final @Nullable Tensor peepholes;
  private final float clip;
  private final boolean coupled;
  private final List<Activation> activations;

  private Lstm(
      GateWeights weights,
      @Nullable Tensor peepholes,
      float clip,
      boolean coupled,
      List<Activation> activations) {
    this.weights = weights;
    this.peepholes = peepholes;
    this.clip = clip;
    this.coupled = coupled;
    this.activations = activations;
  }

  /**
   * Makes one from weights in a format. The recurrent weights of DL4J may have three more columns,
   * which are the peepholes.
   *
   * @param input of the input
   * @param recurrent of the state
   * @param biases none, one, or that of the input and that of the state
   * @throws InvalidInput where types or shapes do not fit
   */
  public static Lstm of(WeightFormat format, Tensor input, Tensor recurrent, Tensor... biases) {
    if (format.equals(WeightFormat.DL4J)
        && input.rank() == 2
        && recurrent.rank() == 2
        && recurrent.dim(1) == input.dim(1) + 3) {
      Tensor columns = Weights.transposed(recurrent);
      int rows = input.dim(1);
      return of(format, input, Weights.transposed(Weights.rows(columns, 0, rows)), biases)
          .withPeepholes(format, Weights.rows(columns, rows, 3).reshaped(3 * recurrent.dim(0)));
    }
    return new Lstm(
        GateWeights.of("LSTM", Gate.LSTM, format, -1, input, recurrent, biases),
        null,
        0,
        false,
        List.of(Activation.SIGMOID, Activation.TANH, Activation.TANH));
  }

  /**
   * Returns the same with weights with which the gates see the cell.
   *
   * @param given [3 * hidden], in the order of the format
   */
  public Lstm withPeepholes(WeightFormat format, Tensor given) {
    String what = "LSTM (" + format.name() + "): peepholes";
    Tensor fits =
        Weights.require(
            what, given, "the input weights are float" + inputShape(), 3 * weights.hidden());
    Tensor ordered =
        GateWeights.ordered(
            fits, format.order("LSTM", Gate.PEEPHOLES), Gate.PEEPHOLES, weights.hidden());
    return new Lstm(weights, ordered, clip, coupled, activations);
  }

  private Shape inputShape() {
    return Shape.of(weights.w().shape());
  }

  /**
   * Returns the same with what goes into activations cut to [-limit, limit].
   *
   * <p>ONNX Runtime does not cut what goes into the activation of the cell, as the text of ONNX
   * wants it: where a cell exceeds the limit, the two differ.
   */
  public Lstm withClip(float limit) {
    if (!(limit > 0)) {
      throw new InvalidInput("LSTM: clip is more than 0");
    }
    return new Lstm(weights, peepholes, limit, coupled, activations);
  }

  /** Returns the same with f = 1 - i ({@code input_forget}); the weights of f have no effect. */
  public Lstm coupled() {
    return new Lstm(weights, peepholes, clip, true, activations);
  }

  /**
   * Returns the same with other activations.
   *
   * @param f of the gates
   * @param g of the candidate
   * @param h of the cell
   */
  public Lstm withActivations(Activation f, Activation g, Activation h) {
    List<Activation> three = List.of(f.inside("LSTM"), g.inside("LSTM"), h.inside("LSTM"));
    return new Lstm(weights, peepholes, clip, coupled, three);
  }

  GateWeights weights() {
    return weights;
  }

  @Nullable Tensor peepholes() {
    return peepholes;
  }

  float clip() {
    return clip;
  }

  boolean isCoupled() {
    return coupled;
  }

  List<Activation> activations() {
    return activations;
  }

  @Override
  public String kind() {
    return "LSTM";
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
