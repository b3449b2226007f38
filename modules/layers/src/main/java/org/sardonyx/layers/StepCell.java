package org.sardonyx.layers;

import java.util.List;
import java.util.Map;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * A cell for which ONNX has no operator; its steps are written in operators that it has. Implement
 * it for cells of your own.
 */
public non-sealed interface StepCell extends Cell {

  /** What goes from step to step. */
  record Carried(String name, int size) {}

  /** Returns the weights by name, in an order that does not change. */
  Map<String, Tensor> weights();

  /** Returns what goes from step to step; the first is the state that most users want to see. */
  List<Carried> states();

  /**
   * Writes what can be computed for all steps at once, before the loop.
   *
   * @param x [time, batch, input]
   * @return what the steps see of it, [time, batch, ...] each
   */
  default List<Ref> before(Formula f, Ref x, Parameters weights) {
    return List.of(x);
  }

  /**
   * Writes a step.
   *
   * @param x this step's part of what {@link #before} gave
   * @param states [batch, size] each
   * @return the output [batch, output] and the new states
   */
  Result step(Formula f, List<Ref> x, List<Ref> states, Parameters weights);

  /** What a step gives. */
  record Result(Ref output, List<Ref> states) {
    public Result {
      states = List.copyOf(states);
    }
  }

  /** The weights in the graph. */
  record Parameters(Map<String, Ref> all) {

    public Parameters {
      all = Map.copyOf(all);
    }

    public Ref get(String name) {
      Ref ref = all.get(name);
      if (ref == null) {
        throw new IllegalArgumentException("no weights \"" + name + "\"");
      }
      return ref;
    }
  }
}
