package org.sardonyx.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * An LSTM with layer normalization inside (Ba, Kiros, Hinton 2016, equations 20 to 22): i, f, o, g
 * come of LN(W x_t; s_x) + LN(R h_(t-1); s_h) + b, normalized over all gates together; C_t =
 * sigma(f) . C_(t-1) + sigma(i) . tanh(g); h_t = sigma(o) . tanh(LN(C_t; s_c, b_c)).
 */
public final class NormalizedLstm implements StepCell {

  private final GateWeights weights;
  private final Tensor inputScale;
  private final Tensor recurrentScale;
  private final Tensor cellScale;
  private final Tensor cellBias;
  private final float epsilon;

  private NormalizedLstm(
      GateWeights weights,
      Tensor inputScale,
      Tensor recurrentScale,
      Tensor cellScale,
      Tensor cellBias,
      float epsilon) {
    this.weights = weights;
    this.inputScale = inputScale;
    this.recurrentScale = recurrentScale;
    this.cellScale = cellScale;
    this.cellBias = cellBias;
    this.epsilon = epsilon;
  }

  /**
   * The scales and shifts of the normalizations.
   *
   * @param input [4 * hidden], of the product with the input, in the order of the gates
   * @param recurrent [4 * hidden], of the product with the state, in the order of the gates
   * @param cell [hidden]
   * @param cellBias [hidden]
   */
  public record Scales(Tensor input, Tensor recurrent, Tensor cell, Tensor cellBias) {}

  /**
   * Makes one from weights in a format. The shifts of the gates' normalizations are biases.
   *
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static NormalizedLstm of(
      WeightFormat format,
      Tensor input,
      Tensor recurrent,
      Scales scales,
      float epsilon,
      Tensor... biases) {
    GateWeights weights =
        GateWeights.of("LayerNormalizedLSTM", Gate.LSTM, format, -1, input, recurrent, biases);
    int hidden = weights.hidden();
    String what = "LayerNormalizedLSTM (" + format.name() + "): ";
    String because = "the input weights are " + input;
    List<Gate> order = format.order("LayerNormalizedLSTM", Gate.LSTM);
    Tensor x = Weights.require(what + "scale of the input", scales.input(), because, 4 * hidden);
    Tensor h = Weights.require(what + "recurrent scale", scales.recurrent(), because, 4 * hidden);
    return new NormalizedLstm(
        weights,
        GateWeights.ordered(x, order, Gate.LSTM, hidden),
        GateWeights.ordered(h, order, Gate.LSTM, hidden),
        Weights.require(what + "scale of the cell", scales.cell(), because, hidden),
        Weights.require(what + "bias of the cell", scales.cellBias(), because, hidden),
        epsilon);
  }

  @Override
  public Map<String, Tensor> weights() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("W", Weights.transposed(weights.w()));
    all.put("R", Weights.transposed(weights.r()));
    all.put("B", weights.bias());
    all.put("scale_x", inputScale);
    all.put("scale_h", recurrentScale);
    all.put("scale_C", cellScale);
    all.put("bias_C", cellBias);
    return all;
  }

  @Override
  public List<Carried> states() {
    return List.of(new Carried("h", weights.hidden()), new Carried("C", weights.hidden()));
  }

  @Override
  public List<Ref> before(Formula f, Ref x, Parameters all) {
    Ref product = f.product(x, all.get("W"));
    return List.of(f.layerNormalization(product, all.get("scale_x"), all.get("B"), epsilon));
  }

  @Override
  public Result step(Formula f, List<Ref> x, List<Ref> states, Parameters all) {
    Ref product = f.product(states.getFirst(), all.get("R"));
    Ref normal = f.layerNormalization(product, all.get("scale_h"), Ref.ABSENT, epsilon);
    List<Ref> iofc = f.split(f.add(x.getFirst(), normal), 4, 1);
    Ref i = f.sigmoid(iofc.get(0));
    Ref o = f.sigmoid(iofc.get(1));
    Ref forget = f.sigmoid(iofc.get(2));
    Ref c = f.add(f.multiply(forget, states.get(1)), f.multiply(i, f.tanh(iofc.get(3))));
    Ref shown = f.layerNormalization(c, all.get("scale_C"), all.get("bias_C"), epsilon);
    Ref h = f.multiply(o, f.tanh(shown));
    return new Result(h, List.of(h, c));
  }

  @Override
  public String kind() {
    return "LayerNormalizedLSTM";
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
