package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Gives a Reshape a constant shape where what it computes says no more than that: sizes that are
 * known, sizes that the input has at the same place (0), and at most one that the others leave
 * (-1). The nodes that computed it are then dead.
 */
public final class ConstantShapes implements Rule {

  /** Before it the shape is an attribute. */
  private static final int SINCE = 5;

  @Override
  public String name() {
    return "shapes";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE || !site.hasFreeInitializers()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    for (Node node : graph.nodes()) {
      long[] shape = node.isOnnx("Reshape") && node.inputs().size() == 2 ? shape(node, site) : null;
      if (shape == null) {
        nodes.add(node);
        continue;
      }
      String name = site.names().fresh(node.inputs().get(1) + "_stated");
      initializers.add(TensorData.of(name, Tensor.vector(shape)));
      nodes.add(node.withInputs(List.of(node.inputs().getFirst(), name)));
      site.changed();
    }
    return initializers.size() == graph.initializers().size()
        ? graph
        : graph.withNodes(nodes).withInitializers(initializers);
  }

  /** Returns the shape to state; null where it is constant already or not known well enough. */
  private static long @Nullable [] shape(Node node, Site site) {
    String stated = node.inputs().get(1);
    List<Dim> dims = site.elements(stated);
    if (dims == null
        || site.constant(stated) != null
        || site.initializer(stated) != null
        || Wiring.attribute(node, "allowzero", 0) != 0
        || !(site.type(node.inputs().getFirst()) instanceof Type.OfTensor(var _, Shape from))
        || !from.hasRank()) {
      return null;
    }
    long[] shape = new long[dims.size()];
    int open = 0;
    int copied = 0;
    int left = 0;
    for (int i = 0; i < shape.length; i++) {
      Dim dim = dims.get(i);
      if (dim instanceof Dim.Known(long size)) {
        if (size < -1 || size == 0) {
          return null;
        }
        shape[i] = size;
        open += size == -1 ? 1 : 0;
      } else if (!(dim instanceof Dim.Unknown) && i < from.rank() && from.dim(i).sameAs(dim)) {
        copied++;
      } else if (dim instanceof Dim.Named) {
        shape[i] = -1;
        left++;
      } else {
        return null;
      }
    }
    // Beside a size that may be 0 nothing can stand for -1, unless the model says so itself.
    return open + left <= 1 && (left == 0 || copied == 0) ? shape : null;
  }
}
