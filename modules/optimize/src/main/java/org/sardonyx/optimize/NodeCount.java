package org.sardonyx.optimize;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * How large a model is: nodes of the main graph, of the graphs in its nodes however deep, and of
 * the model's functions, each once and Constant nodes included; bytes of all tensors, those of
 * Constant nodes included.
 *
 * @param operators nodes by operator
 * @param weightBytes bytes of initializers and of tensors in attributes
 */
public record NodeCount(Map<String, Integer> operators, long weightBytes) {

  public NodeCount {
    operators = Collections.unmodifiableMap(new TreeMap<>(operators));
  }

  /** Counts a model. */
  public static NodeCount of(Model model) {
    Counting counting = new Counting();
    counting.add(model.graph());
    for (Function function : model.functions()) {
      function.nodes().forEach(counting::add);
    }
    return new NodeCount(counting.operators, counting.bytes);
  }

  /** Returns how many nodes there are. */
  public int nodes() {
    return operators.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static final class Counting {
    private final Map<String, Integer> operators = new TreeMap<>();
    private long bytes;

    void add(Graph graph) {
      graph.nodes().forEach(this::add);
      graph.initializers().forEach(this::add);
    }

    void add(Node node) {
      operators.merge(node.opType(), 1, Integer::sum);
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfTensor(TensorData tensor)) {
          add(tensor);
        }
      }
      Graphs.bodies(node).forEach(this::add);
    }

    private void add(TensorData tensor) {
      if (tensor.shape().elements() instanceof Dim.Known(long size)) {
        bytes += tensor.dataType().byteSize(size);
      }
    }
  }
}
