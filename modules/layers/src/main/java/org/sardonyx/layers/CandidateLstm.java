package org.sardonyx.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * An LSTM in which what comes back to every gate is the candidate g, not h: i_t, f_t = sigma(W x_t
 * + R g_(t-1) + b); g_t = tanh(W_c x_t + R_c g_(t-1) + b_c); C_t = f_t . C_(t-1) + i_t . g_t; o_t =
 * sigma(W_o x_t + R_o g_t + b_o); h_t = o_t . tanh(C_t).
 */
public final class CandidateLstm implements StepCell {

  private final GateWeights weights;

  private CandidateLstm(GateWeights weights) {
    this.weights = weights;
  }

  /**
   * Makes one from weights in a format, laid out as those of {@link Lstm}.
   *
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static CandidateLstm of(
      WeightFormat format, Tensor input, Tensor recurrent, Tensor... biases) {
    return new CandidateLstm(
        GateWeights.of("CandidateRecurrentLSTM", Gate.LSTM, format, -1, input, recurrent, biases));
  }

  /** Gates are kept as i, f, c, o: the first three see the candidate before, o the new one. */
  @Override
  public Map<String, Tensor> weights() {
    int hidden = weights.hidden();
    List<Gate> order = List.of(Gate.INPUT, Gate.FORGET, Gate.CELL, Gate.OUTPUT);
    Tensor r = GateWeights.ordered(weights.r(), Gate.LSTM, order, hidden);
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("W", Weights.transposed(GateWeights.ordered(weights.w(), Gate.LSTM, order, hidden)));
    all.put("R_ifc", Weights.transposed(Weights.rows(r, 0, 3 * hidden)));
    all.put("R_o", Weights.transposed(Weights.rows(r, 3 * hidden, hidden)));
    all.put("B", GateWeights.ordered(weights.bias(), Gate.LSTM, order, hidden));
    return all;
  }

  @Override
  public List<Carried> states() {
    return List.of(new Carried("g", weights.hidden()), new Carried("C", weights.hidden()));
  }

  @Override
  public List<Ref> before(Formula f, Ref x, Parameters all) {
    return f.split(f.add(f.product(x, all.get("W")), all.get("B")), 4, -1);
  }

  @Override
  public Result step(Formula f, List<Ref> x, List<Ref> states, Parameters all) {
    List<Ref> r = f.split(f.product(states.get(0), all.get("R_ifc")), 3, 1);
    Ref i = f.sigmoid(f.add(x.get(0), r.get(0)));
    Ref forget = f.sigmoid(f.add(x.get(1), r.get(1)));
    Ref g = f.tanh(f.add(x.get(2), r.get(2)));
    Ref c = f.add(f.multiply(forget, states.get(1)), f.multiply(i, g));
    Ref o = f.sigmoid(f.add(x.get(3), f.product(g, all.get("R_o"))));
    return new Result(f.multiply(o, f.tanh(c)), List.of(g, c));
  }

  @Override
  public String kind() {
    return "CandidateRecurrentLSTM";
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
