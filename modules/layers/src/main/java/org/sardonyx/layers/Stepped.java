package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Writes the steps of a cell for which ONNX has an operator, for loops that do more in a step. */
record Stepped(Cell cell) implements StepCell {

  static StepCell of(Cell cell) {
    return switch (cell) {
      case StepCell step -> step;
      case Lstm lstm -> {
        boolean plain = lstm.peepholes() == null && lstm.clip() == 0 && !lstm.isCoupled();
        if (!plain) {
          throw new UnsupportedModel(
              "an attention decoder takes an LSTM without peepholes, clip and coupled gates");
        }
        yield new Stepped(lstm);
      }
      case Gru gru -> new Stepped(gru);
      case Rnn rnn -> new Stepped(rnn);
    };
  }

  private GateWeights gates() {
    return switch (cell) {
      case Lstm lstm -> lstm.weights();
      case Gru gru -> gru.weights();
      case Rnn rnn -> rnn.weights();
      case StepCell _ -> throw new IllegalArgumentException();
    };
  }

  @Override
  public Map<String, Tensor> weights() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    GateWeights gates = gates();
    int hidden = gates.hidden();
    all.put("W", Weights.transposed(gates.w()));
    if (cell instanceof Gru) {
      all.put("B", gates.wb());
      all.put("R_zr", Weights.transposed(Weights.rows(gates.r(), 0, 2 * hidden)));
      all.put("R_h", Weights.transposed(Weights.rows(gates.r(), 2 * hidden, hidden)));
      all.put("Rb_zr", Weights.rows(gates.rb(), 0, 2 * hidden));
      all.put("Rb_h", Weights.rows(gates.rb(), 2 * hidden, hidden));
    } else {
      all.put("R", Weights.transposed(gates.r()));
      all.put("B", gates.bias());
    }
    return all;
  }

  @Override
  public List<Carried> states() {
    List<Carried> states = new ArrayList<>();
    states.add(new Carried("h", outputSize()));
    if (cell instanceof Lstm) {
      states.add(new Carried("C", outputSize()));
    }
    return states;
  }

  @Override
  public List<Ref> before(Formula f, Ref x, Parameters all) {
    return List.of(f.add(f.product(x, all.get("W")), all.get("B")));
  }

  @Override
  public Result step(Formula f, List<Ref> x, List<Ref> states, Parameters all) {
    Ref h = states.getFirst();
    return switch (cell) {
      case Rnn rnn -> {
        Ref next = rnn.activation().on(f, f.add(x.getFirst(), f.product(h, all.get("R"))));
        yield new Result(next, List.of(next));
      }
      case Lstm lstm -> {
        List<Ref> iofc = f.split(f.add(x.getFirst(), f.product(h, all.get("R"))), 4, 1);
        Activation gate = lstm.activations().get(0);
        Ref g = lstm.activations().get(1).on(f, iofc.get(3));
        Ref kept = f.multiply(gate.on(f, iofc.get(2)), states.get(1));
        Ref c = f.add(kept, f.multiply(gate.on(f, iofc.get(0)), g));
        Ref shown = lstm.activations().get(2).on(f, c);
        Ref next = f.multiply(gate.on(f, iofc.get(1)), shown);
        yield new Result(next, List.of(next, c));
      }
      case Gru gru -> gru(f, gru, x.getFirst(), h, all);
      case StepCell _ -> throw new IllegalArgumentException();
    };
  }

  private static Result gru(Formula f, Gru gru, Ref x, Ref h, Parameters all) {
    List<Ref> zrh = f.split(x, 3, 1);
    List<Ref> back = f.split(f.add(f.product(h, all.get("R_zr")), all.get("Rb_zr")), 2, 1);
    Activation gate = gru.activations().get(0);
    Ref z = gate.on(f, f.add(zrh.get(0), back.get(0)));
    Ref r = gate.on(f, f.add(zrh.get(1), back.get(1)));
    Ref seen =
        gru.isResetAfter()
            ? f.multiply(r, f.add(f.product(h, all.get("R_h")), all.get("Rb_h")))
            : f.add(f.product(f.multiply(r, h), all.get("R_h")), all.get("Rb_h"));
    Ref n = gru.activations().get(1).on(f, f.add(zrh.get(2), seen));
    Ref next = f.add(f.multiply(f.subtract(f.scalar(1f), z), n), f.multiply(z, h));
    return new Result(next, List.of(next));
  }

  @Override
  public String kind() {
    return cell.kind();
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public String conversion() {
    return cell.conversion();
  }
}
