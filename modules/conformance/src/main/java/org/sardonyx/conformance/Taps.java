package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.type.Type;

/** Models that give what lies within them, too. */
public final class Taps {

  private Taps() {}

  /** Returns the model with values of its graph as outputs beside its own. */
  public static Model with(Model model, Collection<String> names) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Graph graph = model.graph();
    List<ValueInfo> all = new ArrayList<>(graph.outputs());
    Set<String> there = new LinkedHashSet<>();
    all.forEach(output -> there.add(output.name()));
    for (String name : names) {
      if (there.add(name)) {
        all.add(new ValueInfo(name, open(inferred.type(graph, name))));
      }
    }
    return model.withGraph(
        graph
            .withOutputs(all)
            .withValueInfo(
                graph.valueInfo().stream().filter(v -> !there.contains(v.name())).toList()));
  }

  /** Sizes that were inferred from names are left to the engine. */
  private static @Nullable Type open(@Nullable Type type) {
    return type instanceof Type.OfTensor(var element, var _) ? Type.tensor(element) : type;
  }
}
