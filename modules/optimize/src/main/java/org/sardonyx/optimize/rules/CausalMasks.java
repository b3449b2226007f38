package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.optimize.rules.Pattern.Diagonal;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Says is_causal in the place of a mask that lets each query see its own key and those before, of
 * as many queries as keys.
 */
public final class CausalMasks implements Rule {

  private static final int MASK = 3;

  /** What is added to scores so that nothing of them is left. */
  private static final double HIDDEN = -10_000;

  @Override
  public String name() {
    return "causal";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Wiring wiring = new Wiring(graph, site);
    Patterns patterns = new Patterns(wiring, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      if (!node.isOnnx("Attention")
          || node.inputs().size() != MASK + 1
          || node.attribute("is_causal") != null
          || !isSquare(node, site)
          || !isCausal(node.inputs().get(MASK), patterns, site)) {
        continue;
      }
      List<Attribute> attributes = new ArrayList<>(node.attributes());
      attributes.add(Attribute.of("is_causal", 1L));
      edit.replace(
          node, node.withInputs(node.inputs().subList(0, MASK)).withAttributes(attributes));
    }
    return edit.apply();
  }

  /** Whether there are as many queries as keys, and the mask speaks of each. */
  private static boolean isSquare(Node node, Site site) {
    Shape q = Read.shape(site, node.inputs().get(0));
    Shape k = Read.shape(site, node.inputs().get(1));
    Shape mask = Read.shape(site, node.inputs().get(MASK));
    return q.hasRank()
        && k.hasRank()
        && mask.hasRank()
        && q.rank() == k.rank()
        && q.rank() >= 3
        && mask.rank() >= 2
        && q.dim(q.rank() - 2).sameAs(k.dim(k.rank() - 2))
        && Read.isOfSize(mask.dim(mask.rank() - 2), q.dim(q.rank() - 2))
        && Read.isOfSize(mask.dim(mask.rank() - 1), q.dim(q.rank() - 2));
  }

  private static boolean isCausal(String mask, Patterns patterns, Site site) {
    Diagonal found = patterns.diagonal(mask);
    boolean truth =
        site.type(mask) instanceof Type.OfTensor(DataType type, var _) && type == DataType.BOOL;
    return found != null
        && found.last().is(0)
        && (truth
            ? found.below() == 1 && found.above() == 0
            : found.below() == 0 && found.above() <= HIDDEN);
  }
}
