package org.sardonyx.passes.simplify;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/**
 * Removes nodes that give back their first input: Identity, Cast to the type it has, Transpose that
 * keeps the order, Dropout outside of training, Concat, Sum, Max, Min or Mean of one.
 */
public final class RemoveIdentities implements Rule {

  @Override
  public String name() {
    return "identities";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Rewiring rewiring = new Rewiring(graph);
    Set<String> read = null;
    for (Node node : graph.nodes()) {
      if (!node.isOnnx()
          || node.inputs().isEmpty()
          || node.inputs().getFirst().isEmpty()
          || !isIdentity(node, site)) {
        continue;
      }
      if (node.outputs().size() > 1 && read == null) {
        read = Uses.of(graph);
      }
      if (onlyFirstWanted(node, read)
          && rewiring.replace(node, node.outputs().getFirst(), node.inputs().getFirst())) {
        site.changed();
      }
    }
    return rewiring.apply();
  }

  private static boolean onlyFirstWanted(Node node, @Nullable Set<String> read) {
    if (node.outputs().isEmpty() || node.outputs().getFirst().isEmpty()) {
      return false;
    }
    for (int i = 1; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      if (read == null || read.contains(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIdentity(Node node, Site site) {
    return switch (node.opType()) {
      case "Identity" -> true;
      case "Concat", "Sum", "Max", "Min", "Mean" -> node.inputs().size() == 1;
      case "Cast" -> castsToSame(node, site);
      case "Transpose" -> keepsOrder(node);
      case "Dropout" -> isInference(node, site);
      default -> false;
    };
  }

  private static boolean castsToSame(Node node, Site site) {
    Attribute to = node.attribute("to");
    return to != null
        && to.value() instanceof Attribute.OfInt(long code)
        && site.type(node.inputs().getFirst()) instanceof Type.OfTensor tensor
        && DataType.isKnown(code)
        && tensor.elementType() == DataType.of(code);
  }

  private static boolean keepsOrder(Node node) {
    Attribute perm = node.attribute("perm");
    if (perm == null || !(perm.value() instanceof Attribute.OfInts(var order))) {
      return false;
    }
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i) {
        return false;
      }
    }
    return true;
  }

  /**
   * Before version 7 an attribute says whether this is a test, from 12 on an input whether it is
   * training; between the two it never is.
   */
  private static boolean isInference(Node node, Site site) {
    long version = site.opsets().version("");
    if (version < 7) {
      Attribute test = node.attribute("is_test");
      return test != null && test.value() instanceof Attribute.OfInt(long flag) && flag != 0;
    }
    if (version < 12 || node.inputs().size() < 3 || node.inputs().get(2).isEmpty()) {
      return true;
    }
    @Nullable Tensor training = site.constant(node.inputs().get(2));
    return training != null && training.size() == 1 && training.getLong(0) == 0;
  }
}
