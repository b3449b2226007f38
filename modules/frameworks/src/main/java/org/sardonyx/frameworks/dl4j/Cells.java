package org.sardonyx.frameworks.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Cell;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Pointwise;
import org.sardonyx.layers.Rnn;
import org.sardonyx.layers.StepCell;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.Tensor;

/** The cells of recurrent layers: of ONNX, or loops where ONNX does not have the activation. */
final class Cells {

  private static final Set<String> IN_ONNX =
      Set.of(
          "Sigmoid",
          "Tanh",
          "Relu",
          "Softsign",
          "Softplus",
          "HardSigmoid",
          "LeakyRelu",
          "Elu",
          "ThresholdedRelu",
          "Identity");

  private Cells() {}

  /** Makes the cell of one direction, which takes W, RW and b. */
  static Cell of(LayerConf.Recurrent layer, Parameters parameters) {
    return of(layer, parameters, inOnnx(layer.activation()) && inOnnx(layer.gate()));
  }

  /**
   * Makes a cell whose last feature is 1 or 0, by which output and states are multiplied after each
   * step.
   */
  static Cell zeroed(LayerConf.Recurrent layer, Parameters parameters) {
    return new Zeroed((StepCell) of(layer, parameters, false));
  }

  private static Cell of(LayerConf.Recurrent layer, Parameters parameters, boolean known) {
    int hidden = layer.out();
    boolean simple = layer.kind() == LayerConf.Recurrent.Kind.SIMPLE;
    int rows = simple ? hidden : Math.multiplyExact(4, hidden);
    int peepholes = layer.kind() == LayerConf.Recurrent.Kind.GRAVES ? 3 : 0;
    Tensor w = parameters.matrix("W", layer.in(), rows);
    Tensor rw = parameters.matrix("RW", hidden, rows + peepholes);
    Tensor b = parameters.vector("b", rows);
    if (simple) {
      return known
          ? Rnn.of(WeightFormat.DL4J, w, rw, b).withActivation((Activation) layer.activation())
          : new FreeRnn(layer.activation(), w, rw, b);
    }
    if (!known) {
      return new FreeLstm(layer.gate(), layer.activation(), w, rw, b);
    }
    Activation act = (Activation) layer.activation();
    return Lstm.of(WeightFormat.DL4J, w, rw, b)
        .withActivations((Activation) layer.gate(), act, act);
  }

  private static boolean inOnnx(Pointwise function) {
    return function instanceof Activation activation && IN_ONNX.contains(activation.name());
  }

  private record Zeroed(StepCell cell) implements StepCell {

    @Override
    public String kind() {
      return cell.kind() + "_zeroed";
    }

    @Override
    public int inputSize() {
      return cell.inputSize() + 1;
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public String conversion() {
      return cell.conversion();
    }

    @Override
    public Map<String, Tensor> weights() {
      return cell.weights();
    }

    @Override
    public List<Carried> states() {
      return cell.states();
    }

    @Override
    public List<Ref> before(Formula f, Ref x, StepCell.Parameters weights) {
      int size = cell.inputSize();
      Ref features = f.node("Slice", x, f.integers(0), f.integers(size), f.integers(2));
      Ref counts = f.node("Slice", x, f.integers(size), f.integers(size + 1L), f.integers(2));
      List<Ref> all = new ArrayList<>(cell.before(f, features, weights));
      all.add(counts);
      return all;
    }

    @Override
    public Result step(Formula f, List<Ref> x, List<Ref> states, StepCell.Parameters weights) {
      Result result = cell.step(f, x.subList(0, x.size() - 1), states, weights);
      List<Ref> after =
          result.states().stream().map(state -> f.multiply(state, x.getLast())).toList();
      return new Result(f.multiply(result.output(), x.getLast()), after);
    }
  }

  /** h_t = f(x_t W + h_(t-1) R + b). */
  private record FreeRnn(Pointwise activation, Tensor w, Tensor r, Tensor b) implements StepCell {

    @Override
    public String kind() {
      return "Rnn_" + activation.kind();
    }

    @Override
    public int inputSize() {
      return w.dim(0);
    }

    @Override
    public int outputSize() {
      return w.dim(1);
    }

    @Override
    public String conversion() {
      return "DL4J, as it is";
    }

    @Override
    public Map<String, Tensor> weights() {
      Map<String, Tensor> all = new LinkedHashMap<>();
      all.put("W", w);
      all.put("R", r);
      all.put("b", b);
      return all;
    }

    @Override
    public List<Carried> states() {
      return List.of(new Carried("h", outputSize()));
    }

    @Override
    public List<Ref> before(Formula f, Ref x, StepCell.Parameters weights) {
      return List.of(f.add(f.product(x, weights.get("W")), weights.get("b")));
    }

    @Override
    public Result step(Formula f, List<Ref> x, List<Ref> states, StepCell.Parameters weights) {
      Ref sum = f.add(x.getFirst(), f.product(states.getFirst(), weights.get("R")));
      Ref h = activation.on(f, sum, outputSize());
      return new Result(h, List.of(h));
    }
  }

  /**
   * c, f, o, i are the blocks of x_t W + h_(t-1) R + b; f and i see C_(t-1) and o sees C_t through
   * the last three columns of R, where there are more; C_t = g(f) C_(t-1) + g(i) a(c); h_t = g(o)
   * a(C_t).
   */
  private record FreeLstm(Pointwise gate, Pointwise activation, Tensor w, Tensor r, Tensor b)
      implements StepCell {

    @Override
    public String kind() {
      return (peepholes() ? "GravesLstm_" : "Lstm_") + gate.kind() + "_" + activation.kind();
    }

    private boolean peepholes() {
      return r.dim(1) > w.dim(1);
    }

    @Override
    public int inputSize() {
      return w.dim(0);
    }

    @Override
    public int outputSize() {
      return w.dim(1) / 4;
    }

    @Override
    public String conversion() {
      return "DL4J, as it is";
    }

    @Override
    public Map<String, Tensor> weights() {
      int hidden = outputSize();
      int width = r.dim(1);
      float[] recurrent = new float[hidden * 4 * hidden];
      float[][] peep = new float[3][hidden];
      for (int i = 0; i < hidden; i++) {
        System.arraycopy(r.floats(), i * width, recurrent, i * 4 * hidden, 4 * hidden);
        for (int p = 0; peepholes() && p < 3; p++) {
          peep[p][i] = r.floats()[i * width + 4 * hidden + p];
        }
      }
      Map<String, Tensor> all = new LinkedHashMap<>();
      all.put("W", w);
      all.put("R", Tensor.of(recurrent, hidden, 4 * hidden));
      all.put("b", b);
      if (peepholes()) {
        all.put("P_f", Tensor.of(peep[0], hidden));
        all.put("P_o", Tensor.of(peep[1], hidden));
        all.put("P_i", Tensor.of(peep[2], hidden));
      }
      return all;
    }

    @Override
    public List<Carried> states() {
      return List.of(new Carried("h", outputSize()), new Carried("C", outputSize()));
    }

    @Override
    public List<Ref> before(Formula f, Ref x, StepCell.Parameters weights) {
      return List.of(f.add(f.product(x, weights.get("W")), weights.get("b")));
    }

    @Override
    public Result step(Formula f, List<Ref> x, List<Ref> states, StepCell.Parameters weights) {
      Ref cell = states.get(1);
      Ref sum = f.add(x.getFirst(), f.product(states.get(0), weights.get("R")));
      List<Ref> blocks = f.split(sum, 4, 1);
      Ref forget = gate(f, seen(f, blocks.get(1), cell, "P_f", weights));
      Ref input = gate(f, seen(f, blocks.get(3), cell, "P_i", weights));
      Ref candidate = activation.on(f, blocks.get(0), outputSize());
      Ref next = f.add(f.multiply(forget, cell), f.multiply(input, candidate));
      Ref output = gate(f, seen(f, blocks.get(2), next, "P_o", weights));
      Ref h = f.multiply(output, activation.on(f, next, outputSize()));
      return new Result(h, List.of(h, next));
    }

    private Ref gate(Formula f, Ref x) {
      return gate.on(f, x, outputSize());
    }

    private Ref seen(Formula f, Ref block, Ref cell, String peephole, StepCell.Parameters weights) {
      return peepholes() ? f.add(block, f.multiply(cell, weights.get(peephole))) : block;
    }
  }
}
