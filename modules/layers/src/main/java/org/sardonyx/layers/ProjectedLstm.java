package org.sardonyx.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * An LSTM whose state is projected to fewer features, as PyTorch's with {@code proj_size}: h_t = P
 * (o_t . tanh(C_t)), all else as {@link Lstm}.
 */
public final class ProjectedLstm implements StepCell {

  private final GateWeights weights;
  private final Tensor projection;

  private ProjectedLstm(GateWeights weights, Tensor projection) {
    this.weights = weights;
    this.projection = projection;
  }

  /**
   * Makes one from weights in a format.
   *
   * @param recurrent for the projected state: [4 * hidden, projected] or transposed
   * @param projection [projected, hidden], PyTorch's {@code weight_hr}, or transposed
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static ProjectedLstm of(
      WeightFormat format, Tensor input, Tensor recurrent, Tensor projection, Tensor... biases) {
    boolean columns = format.recurrent() == WeightFormat.Side.COLUMNS;
    String what = "ProjectedLSTM (" + format.name() + "): projection";
    Tensor given =
        Weights.require(what, projection, 2, columns ? "[hidden,projected]" : "[projected,hidden]");
    int projected = given.dim(columns ? 1 : 0);
    GateWeights weights =
        GateWeights.of("ProjectedLSTM", Gate.LSTM, format, projected, input, recurrent, biases);
    Tensor fits =
        Weights.require(
            what,
            given,
            "the input weights are " + input,
            columns
                ? new int[] {weights.hidden(), projected}
                : new int[] {projected, weights.hidden()});
    return new ProjectedLstm(weights, columns ? fits : Weights.transposed(fits));
  }

  @Override
  public Map<String, Tensor> weights() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("W", Weights.transposed(weights.w()));
    all.put("R", Weights.transposed(weights.r()));
    all.put("B", weights.bias());
    all.put("P", projection);
    return all;
  }

  @Override
  public List<Carried> states() {
    return List.of(new Carried("h", weights.recurrentSize()), new Carried("C", weights.hidden()));
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
    Ref c = f.add(f.multiply(forget, states.get(1)), f.multiply(i, f.tanh(iofc.get(3))));
    Ref h = f.product(f.multiply(o, f.tanh(c)), all.get("P"));
    return new Result(h, List.of(h, c));
  }

  @Override
  public String kind() {
    return "ProjectedLSTM";
  }

  @Override
  public int inputSize() {
    return weights.input();
  }

  @Override
  public int outputSize() {
    return weights.recurrentSize();
  }

  @Override
  public String conversion() {
    return weights.conversion();
  }
}
