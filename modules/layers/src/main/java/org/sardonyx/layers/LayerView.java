package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;

/**
 * A layer as it is found in a model, whoever wrote it: recurrent operators with their gates,
 * directions and states, the functions of {@link Network}, and what surrounds them.
 *
 * @param name the node, or its first output where it has no name
 * @param kind what it is: {@code LSTM}, {@code dense}, {@code CandidateRecurrentLSTM}
 * @param details what is known of it, by what it is: {@code direction}, {@code gates}, {@code
 *     hidden}, {@code states}
 */
public record LayerView(String name, String kind, Map<String, String> details) {

  public LayerView {
    details = new LinkedHashMap<>(details);
  }

  /** Finds the layers of a model, nested graphs included, in the order of the nodes. */
  public static List<LayerView> of(Model model) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    List<LayerView> all = new ArrayList<>();
    add(inferred.model().graph(), inferred, all);
    return List.copyOf(all);
  }

  private static void add(Graph graph, Inferred inferred, List<LayerView> all) {
    LayerFinder finder = new LayerFinder(graph, inferred);
    for (Node node : graph.nodes()) {
      LayerView view = finder.view(node);
      if (view != null) {
        all.add(view);
      }
      Graphs.bodies(node).forEach(body -> add(body, inferred, all));
    }
  }
}
