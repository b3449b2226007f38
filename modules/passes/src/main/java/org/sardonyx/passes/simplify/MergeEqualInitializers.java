package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/** Keeps one of several constants of a graph that are the same bit for bit. */
public final class MergeEqualInitializers implements Rule {

  private final long most;

  /**
   * @param most bytes of the largest constant that is looked at
   */
  public MergeEqualInitializers(long most) {
    this.most = most;
  }

  @Override
  public String name() {
    return "equal-initializers";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Map<Type, List<TensorData>> byType = new HashMap<>();
    for (TensorData initializer : graph.initializers()) {
      if (!site.isOverridable(initializer.name()) && bytes(initializer) <= most) {
        list(byType, initializer.type()).add(initializer);
      }
    }
    Rewiring rewiring = new Rewiring(graph);
    boolean changed = false;
    for (List<TensorData> candidates : byType.values()) {
      Map<Integer, List<TensorData>> byHash = new HashMap<>();
      if (candidates.size() < 2) {
        continue;
      }
      for (TensorData candidate : candidates) {
        List<TensorData> alike = list(byHash, Contents.hash(candidate));
        TensorData same = find(alike, candidate);
        if (same == null) {
          alike.add(candidate);
        } else if (rewiring.replaceValue(candidate.name(), same.name())) {
          site.changed();
          changed = true;
        }
      }
    }
    return changed ? rewiring.apply() : graph;
  }

  private static <K> List<TensorData> list(Map<K, List<TensorData>> lists, K key) {
    List<TensorData> list = lists.get(key);
    if (list == null) {
      list = new ArrayList<>();
      lists.put(key, list);
    }
    return list;
  }

  private static long bytes(TensorData data) {
    return data.shape().elements() instanceof Dim.Known(long size)
        ? data.dataType().byteSize(size)
        : Long.MAX_VALUE;
  }

  private static @org.jspecify.annotations.Nullable TensorData find(
      List<TensorData> alike, TensorData candidate) {
    try {
      for (TensorData other : alike) {
        if (other.load().equals(candidate.load())) {
          return other;
        }
      }
    } catch (ModelException _) {
      return null; // data that is not there
    }
    return null;
  }
}
