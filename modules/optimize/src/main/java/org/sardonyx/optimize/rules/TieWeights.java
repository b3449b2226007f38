package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Contents;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Uses;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * Makes a matrix that is another one transposed of it: exporters fold the Transpose in front of a
 * language model's last product, and so store the embedding twice. Engines fold it again.
 */
public final class TieWeights implements Rule {

  /** Below it a node costs more than it saves. */
  private static final long LEAST_BYTES = 1024;

  @Override
  public String name() {
    return "tied-weights";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    List<TensorData> kept = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    Set<String> used = Uses.of(graph);
    for (TensorData weight : graph.initializers()) {
      TensorData other =
          isMatrix(weight, site) && used.contains(weight.name())
              ? transposed(weight, kept, site)
              : null;
      if (other == null) {
        kept.add(weight);
        continue;
      }
      nodes.add(
          new Node(
              "",
              "Transpose",
              List.of(other.name()),
              List.of(weight.name()),
              List.of(Attribute.of("perm", 1, 0))));
      site.changed();
    }
    if (nodes.isEmpty()) {
      return graph;
    }
    nodes.addAll(graph.nodes());
    return graph.withNodes(nodes).withInitializers(kept);
  }

  private static boolean isMatrix(TensorData data, Site site) {
    return data.dataType() == DataType.FLOAT
        && !site.isOverridable(data.name())
        && data.shape().hasRank()
        && data.shape().rank() == 2
        && data.shape().elements() instanceof Dim.Known(long size)
        && size * Float.BYTES >= LEAST_BYTES;
  }

  private static @org.jspecify.annotations.Nullable TensorData transposed(
      TensorData weight, List<TensorData> kept, Site site) {
    for (TensorData other : kept) {
      if (isMatrix(other, site)
          && other.shape().dim(0).sameAs(weight.shape().dim(1))
          && other.shape().dim(1).sameAs(weight.shape().dim(0))) {
        Tensor a = Contents.load(weight);
        Tensor b = Contents.load(other);
        if (a != null && b != null && areTransposed(a, b)) {
          return other;
        }
      }
    }
    return null;
  }

  private static boolean areTransposed(Tensor a, Tensor b) {
    float[] x = a.floats();
    float[] y = b.floats();
    int rows = a.dim(0);
    int columns = a.dim(1);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        if (Float.floatToRawIntBits(x[i * columns + j])
            != Float.floatToRawIntBits(y[j * rows + i])) {
          return false;
        }
      }
    }
    return true;
  }
}
