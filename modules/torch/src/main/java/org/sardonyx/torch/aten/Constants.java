package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Weights and numbers of a graph: each is there once, and weights only where they are used. */
final class Constants {

  private final GraphBuilder root;
  private final List<String> inputNames;
  private final IdentityHashMap<TensorData, Ref> known = new IdentityHashMap<>();
  private final Map<String, Ref> numbers = new HashMap<>();
  private final List<TensorData> weights = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /**
   * @param inputNames of the inputs that there are by now, which weights must not be called
   */
  Constants(GraphBuilder root, List<String> inputNames) {
    this.root = root;
    this.inputNames = inputNames;
  }

  List<TensorData> weights() {
    return weights;
  }

  void add(TensorData weight) {
    weights.add(weight);
  }

  /** Returns a constant in the graph, which it becomes when it is first asked for. */
  Ref ref(TensorData data) {
    return known.computeIfAbsent(data, this::make);
  }

  private Ref make(TensorData data) {
    if (data.name().isEmpty()) {
      Tensor tensor = data.load();
      return tensor.size() == 1
          ? numbers.computeIfAbsent(tensor + " " + bits(tensor), _ -> root.constant(tensor))
          : root.constant(tensor);
    }
    Ref ref = new Ref(free(data.name()));
    weights.add(data.named(ref.name()));
    return ref;
  }

  private static String bits(Tensor tensor) {
    return tensor.dataType().isFloat()
        ? Long.toHexString(Double.doubleToRawLongBits(tensor.getDouble(0)))
        : String.valueOf(tensor.getLong(0));
  }

  private String free(String name) {
    String free = name;
    for (int i = 2; !names.add(free) || inputNames.contains(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }
}
