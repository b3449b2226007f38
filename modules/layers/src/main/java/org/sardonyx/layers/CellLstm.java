package org.sardonyx.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * An LSTM in which what comes back to every gate is the cell: i, f, o = sigma(W x_t + R C_(t-1) +
 * b); C_t = f . C_(t-1) + i . tanh(W_c x_t + R_c C_(t-1) + b_c); h_t = o . tanh(C_t).
 */
public final class CellLstm implements StepCell {

  private final GateWeights weights;

  private CellLstm(GateWeights weights) {
    this.weights = weights;
  }

  /**
   * Makes one from weights in a format, laid out as those of {@link Lstm}; the recurrent ones are
   * for the cell.
   *
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static CellLstm of(WeightFormat format, Tensor input, Tensor recurrent, Tensor... biases) {
    return new CellLstm(
        GateWeights.of("CellRecurrentLSTM", Gate.LSTM, format, -1, input, recurrent, biases));
  }

  @Override
  public Map<String, Tensor> weights() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("W", Weights.transposed(weights.w()));
    all.put("R", Weights.transposed(weights.r()));
    all.put("B", weights.bias());
    return all;
  }

  @Override
  public List<Carried> states() {
    return List.of(new Carried("C", weights.hidden()));
  }

  @Override
  public List<Ref> before(Formula f, Ref x, Parameters all) {
    return List.of(f.add(f.product(x, all.get("W")), all.get("B")));
  }

  @Override
  public Result step(Formula f, List<Ref> x, List<Ref> states, Parameters all) {
    List<Ref> iofc = f.split(f.add(x.getFirst(), f.product(states.getFirst(), all.get("R"))), 4, 1);
    Ref i = f.sigmoid(iofc.get(0));
    Ref o = f.sigmoid(iofc.get(1));
    Ref forget = f.sigmoid(iofc.get(2));
    Ref c = f.add(f.multiply(forget, states.getFirst()), f.multiply(i, f.tanh(iofc.get(3))));
    return new Result(f.multiply(o, f.tanh(c)), List.of(c));
  }

  @Override
  public String kind() {
    return "CellRecurrentLSTM";
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
