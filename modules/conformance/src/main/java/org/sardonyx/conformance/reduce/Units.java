package org.sardonyx.conformance.reduce;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.detail.Slices;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * Recurrent operators with fewer hidden units: of every gate the first rows and columns are left,
 * in W [D, G * H, I], R [D, G * H, H], B [D, 2 * G * H], P [D, 3 * H] and the initial states [..,
 * H].
 */
final class Units {

  private static final Map<String, Integer> GATES = Map.of("LSTM", 4, "GRU", 3, "RNN", 1);

  private Units() {}

  /** Each recurrent node with one unit, half of them, and one less. */
  static List<Specimen> fewer(Specimen from) {
    List<Specimen> smaller = new ArrayList<>();
    Graph graph = from.model().graph();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      Integer gates = node.isOnnx() ? GATES.get(node.opType()) : null;
      Tensor recurrence = gates == null || node.inputs().size() < 3 ? null : tensor(from, node, 2);
      if (gates == null || recurrence == null || recurrence.rank() != 3) {
        continue;
      }
      int hidden = recurrence.dim(2);
      for (int to : new TreeSet<>(List.of(1, Math.max(1, hidden / 2), Math.max(1, hidden - 1)))) {
        if (to < hidden) {
          smaller.add(with(from, i, gates, hidden, to));
        }
      }
    }
    return smaller;
  }

  private static Specimen with(Specimen from, int at, int gates, int hidden, int to) {
    Graph graph = from.model().graph();
    Node node = graph.nodes().get(at);
    Map<String, Tensor> cut = new HashMap<>();
    for (int input = 1; input < node.inputs().size(); input++) {
      Tensor tensor = tensor(from, node, input);
      if (tensor != null && tensor.rank() > 1) {
        Tensor less =
            switch (input) {
              case 1 -> blocks(tensor, gates, hidden, to);
              case 2 -> Slices.range(blocks(tensor, gates, hidden, to), 2, 0, to);
              case 3 -> blocks(tensor, 2 * gates, hidden, to);
              case 7 -> blocks(tensor, 3, hidden, to);
              case 5, 6 -> Slices.range(tensor, tensor.rank() - 1, 0, to);
              default -> tensor;
            };
        cut.put(node.inputs().get(input), less);
      }
    }
    List<Attribute> attributes = new ArrayList<>(node.attributes());
    attributes.replaceAll(
        a -> a.name().equals("hidden_size") ? Attribute.of("hidden_size", to) : a);
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.set(at, node.withAttributes(attributes));
    Map<String, Value> given = new LinkedHashMap<>();
    from.inputs()
        .forEach((name, value) -> {
          Tensor less = cut.get(name);
          given.put(name, less == null ? value : less);
        });
    List<TensorData> all =
        graph.initializers().stream()
            .map(data -> {
              Tensor less = cut.get(data.name());
              return less == null ? data : TensorData.of(data.name(), less);
            })
            .toList();
    return new Specimen(from.model().withGraph(graph.withNodes(nodes).withInitializers(all)), given)
        .tidy();
  }

  private static @Nullable Tensor tensor(Specimen from, Node node, int input) {
    String name = node.inputs().get(input);
    if (from.inputs().get(name) instanceof Tensor tensor) {
      return tensor;
    }
    return from.model().graph().initializers().stream()
        .filter(data -> data.name().equals(name))
        .findFirst()
        .map(TensorData::load)
        .orElse(null);
  }

  /**
   * Returns the first rows of each block along axis 1; the tensor itself where it has no blocks.
   */
  private static Tensor blocks(Tensor tensor, int count, int size, int to) {
    if (tensor.dim(1) != count * size) {
      return tensor;
    }
    int[] shape = tensor.shape();
    int inner = shape.length > 2 ? shape[2] : 1;
    shape[1] = count * to;
    Tensor cut = Tensor.zeros(tensor.dataType(), shape);
    int next = 0;
    for (int i = 0; i < tensor.size(); i++) {
      if (i / inner % size < to) {
        cut.setDouble(next++, tensor.getDouble(i));
      }
    }
    return cut;
  }
}
