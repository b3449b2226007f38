package org.sardonyx.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;

/**
 * The values of a model that depend on random numbers, so that nobody can give what is expected.
 */
public final class Drawn {

  private final Model model;

  private Drawn(Model model) {
    this.model = model;
  }

  /** Returns their names in the main graph. */
  public static Set<String> of(Model model) {
    Drawn drawn = new Drawn(model);
    Set<String> names = new HashSet<>();
    int before;
    do { // nodes out of order are another's business
      before = names.size();
      for (Node node : model.graph().nodes()) {
        if (drawn.draws(node, 0) || Graphs.reads(node).stream().anyMatch(names::contains)) {
          names.addAll(node.outputs());
        }
      }
    } while (names.size() > before);
    names.remove("");
    return names;
  }

  private boolean draws(List<Node> nodes, int depth) {
    return nodes.stream().anyMatch(node -> draws(node, depth));
  }

  private boolean draws(Node node, int depth) {
    if (depth > Graphs.MAX_DEPTH) {
      return false;
    }
    if (node.isOnnx("Dropout")) {
      return drops(node);
    }
    OperatorDef def = Operators.standard().find(node.domain(), node.opType());
    if (def != null && def.accuracy() == Accuracy.RANDOM) {
      return true;
    }
    for (Graph body : Graphs.bodies(node)) {
      if (draws(body.nodes(), depth + 1)) {
        return true;
      }
    }
    for (Function function : model.functions()) {
      if (function.name().equals(node.opType())
          && function.domain().equals(node.domain())
          && draws(function.nodes(), depth + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Dropout copies but where it trains: by is_test before version 7, by an input since 12. */
  private boolean drops(Node node) {
    if (node.inputs().size() > 2 && !node.inputs().get(2).isEmpty()) {
      return !isZero(node.inputs().get(1)) && !isZero(node.inputs().get(2));
    }
    Attribute isTest = node.attribute("is_test");
    boolean old =
        model.opsetImports().stream()
            .anyMatch(o -> o.domain().isEmpty() && o.version() > 0 && o.version() < 7);
    return old && !(isTest != null && isTest.value().equals(new Attribute.OfInt(1)));
  }

  private boolean isZero(String name) {
    for (TensorData constant : model.graph().initializers()) {
      if (constant.name().equals(name)) {
        return isZero(constant);
      }
    }
    for (Node node : model.graph().nodes()) {
      Attribute value = node.isOnnx("Constant") ? node.attribute("value") : null;
      if (value != null
          && node.outputs().contains(name)
          && value.value() instanceof Attribute.OfTensor(TensorData constant)) {
        return isZero(constant);
      }
    }
    return false;
  }

  private static boolean isZero(TensorData constant) {
    return constant.type().shape().rank() == 0 && constant.load().getDouble(0) == 0;
  }
}
