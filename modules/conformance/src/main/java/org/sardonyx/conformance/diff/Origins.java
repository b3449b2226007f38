package org.sardonyx.conformance.diff;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;

/** Where the values of a graph come from, those of the graphs around it included. */
final class Origins {

  /** Where a value comes from. */
  sealed interface Origin {}

  /** Input {@code index} of a graph that is {@code depth} graphs from the outermost. */
  record Given(int depth, int index) implements Origin {}

  /** Output {@code index} of a node; nodes are told apart by identity. */
  record Made(Node node, int index) implements Origin {}

  /** A constant. */
  record Constant(TensorData tensor) implements Origin {}

  /** A sparse constant. */
  record Sparse(SparseTensorData tensor) implements Origin {}

  /** A name that nothing makes; an optional input that is not there has the name "". */
  record Nothing(String name) implements Origin {}

  private final @Nullable Origins outer;
  private final Map<String, Origin> origins = new HashMap<>();
  private final int depth;

  Origins(Graph graph, @Nullable Origins outer) {
    this.outer = outer;
    this.depth = outer == null ? 0 : outer.depth + 1;
    List<ValueInfo> given = GraphDiff.given(graph);
    for (int i = 0; i < given.size(); i++) {
      origins.put(given.get(i).name(), new Given(depth, i));
    }
    for (TensorData tensor : graph.initializers()) {
      origins.put(tensor.name(), new Constant(tensor));
    }
    for (SparseTensorData tensor : graph.sparseInitializers()) {
      origins.put(tensor.name(), new Sparse(tensor));
    }
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.outputs().size(); i++) {
        if (!node.outputs().get(i).isEmpty()) {
          origins.put(node.outputs().get(i), new Made(node, i));
        }
      }
    }
  }

  Origin of(String name) {
    Origin origin = name.isEmpty() ? null : origins.get(name);
    if (origin != null) {
      return origin;
    }
    return outer == null || name.isEmpty() ? new Nothing(name) : outer.of(name);
  }
}
