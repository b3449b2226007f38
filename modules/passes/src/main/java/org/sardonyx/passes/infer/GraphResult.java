package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.graph.Graph;
import org.sardonyx.type.Type;

/**
 * A graph that was inferred.
 *
 * @param source the graph as it was
 * @param graph the graph, with the types of its values
 * @param outputs what is known of its outputs, fit to be used around it
 * @param values what is known of every value it defines
 * @param findings what contradicts itself
 * @param nested the graphs in it
 */
public record GraphResult(
    Graph source,
    Graph graph,
    List<Facts> outputs,
    Map<String, Facts> values,
    List<Diagnostic> findings,
    List<GraphResult> nested) {

  List<@Nullable Type> outputTypes() {
    List<@Nullable Type> types = new ArrayList<>(outputs.size());
    for (Facts facts : outputs) {
      types.add(facts.type());
    }
    return types;
  }
}
