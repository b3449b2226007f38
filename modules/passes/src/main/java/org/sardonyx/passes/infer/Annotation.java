package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Writes inferred types into a graph.
 *
 * @param hidden names that mean nothing outside one run of the graph; they become unknown
 */
record Annotation(Predicate<Dim> hidden) {

  /**
   * @param interfaceStands whether the declared dimensions of the outputs are kept: those of the
   *     main graph are what its users know
   */
  Graph annotate(Graph graph, Map<String, Facts> facts, boolean interfaceStands) {
    Set<String> done = new HashSet<>();
    List<ValueInfo> inputs = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      done.add(input.name());
      inputs.add(input.type() != null && interfaceStands ? input : with(input, facts));
    }
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      done.add(output.name());
      outputs.add(interfaceStands ? filled(output, facts) : with(output, facts));
    }
    for (TensorData initializer : graph.initializers()) {
      done.add(initializer.name());
    }
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      done.add(initializer.name());
    }
    List<ValueInfo> values = new ArrayList<>();
    for (ValueInfo value : graph.valueInfo()) {
      if (done.add(value.name()) || facts.get(value.name()) == null) {
        values.add(with(value, facts));
      }
    }
    for (Node node : graph.nodes()) {
      for (String name : node.outputs()) {
        Type type = name.isEmpty() ? null : type(name, facts);
        if (type != null && done.add(name)) {
          values.add(new ValueInfo(name, type));
        }
      }
    }
    return graph.withInputs(inputs).withOutputs(outputs).withValueInfo(values);
  }

  /** Keeps what is declared and not refuted. */
  private ValueInfo filled(ValueInfo value, Map<String, Facts> facts) {
    if (value.type() == null) {
      return with(value, facts);
    }
    Joins.Merged merged = Joins.merge(value.type(), type(value.name(), facts), true);
    return merged.contradiction() ? with(value, facts) : value.withType(merged.type());
  }

  private ValueInfo with(ValueInfo value, Map<String, Facts> facts) {
    Type type = type(value.name(), facts);
    return type == null ? value : value.withType(type);
  }

  private @Nullable Type type(String name, Map<String, Facts> facts) {
    Facts known = facts.get(name);
    return known == null || known.type() == null
        ? null
        : Joins.mapDims(known.type(), dim -> mentionsHidden(dim) ? Dim.UNKNOWN : dim);
  }

  private boolean mentionsHidden(Dim dim) {
    return dim instanceof Dim.Computed(Dim.Op _, Dim a, Dim b)
        ? mentionsHidden(a) || mentionsHidden(b)
        : hidden.test(dim);
  }
}
