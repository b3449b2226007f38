package org.sardonyx.convert;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.convert.gradient.Derivative;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.Inline;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;

/**
 * Writes every node Gradient of ai.onnx.preview.training in operators of ai.onnx: the derivative of
 * the sum of the elements of y, in reverse mode, over the nodes between xs and y. A gradient of a
 * gradient is written likewise.
 *
 * <p>What is written is in the model's own version of ai.onnx, from {@value #OLDEST} on; what that
 * version cannot say is refused, with the version that can. The model's functions are written out.
 */
public final class Differentiate {

  /** From here on operators broadcast as they do today. */
  private static final int OLDEST = 7;

  private final Operators operators;

  private Differentiate(Operators operators) {
    this.operators = operators;
  }

  public static Differentiate of(Operators operators) {
    return new Differentiate(operators);
  }

  /**
   * Returns the model without Gradient; the model itself where it has none.
   *
   * @throws UnsupportedModel where an operator on the way cannot be differentiated here, by name
   * @throws org.sardonyx.error.InvalidModel where attributes name no values of the graph
   */
  public Model apply(Model model) {
    if (!has(model.graph())) {
      return model;
    }
    Model current = Inline.of(operators).apply(model);
    long version = Opsets.of(current).version("");
    if (version < OLDEST) {
      throw new UnsupportedModel(
          "Gradient in a model of ai.onnx "
              + version
              + " is not implemented; convert the model to "
              + OLDEST
              + " or newer first (convert --opset)");
    }
    Names names = Names.of(current);
    for (int at = next(current.graph()); at >= 0; at = next(current.graph())) {
      Inferred inferred = Infer.of(operators).infer(current);
      Graph graph = current.graph();
      List<Node> nodes = new ArrayList<>(graph.nodes().subList(0, at));
      nodes.addAll(
          new Derivative(
                  graph, at, operators, version, value -> inferred.type(graph, value), names::fresh)
              .nodes());
      nodes.addAll(graph.nodes().subList(at + 1, graph.nodes().size()));
      current = current.withGraph(graph.withNodes(nodes));
    }
    return current;
  }

  private static boolean has(Graph graph) {
    for (Node node : graph.nodes()) {
      if (Derivative.isGradient(node)) {
        return true;
      }
      for (Graph body : Graphs.bodies(node)) {
        if (has(body)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int next(Graph graph) {
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      if (Derivative.isGradient(node)) {
        return i;
      }
      if (Graphs.bodies(node).stream().anyMatch(Differentiate::has)) {
        throw new UnsupportedModel(
            "Gradient in a graph inside " + node.label() + " is not implemented");
      }
    }
    return -1;
  }
}
