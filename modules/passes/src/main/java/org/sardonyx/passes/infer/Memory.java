package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.TensorData;

/**
 * What was found of the nodes of a model, for models that are made of it by rewriting: of a node
 * that is still there and whose inputs are what they were, nothing has to be found again.
 */
public final class Memory {

  final DimNames names = new DimNames();
  final Evaluator.Time time = new Evaluator.Time();

  /** Operators of nodes. */
  final IdentityHashMap<Node, Made> made = new IdentityHashMap<>();

  final IdentityHashMap<TensorData, Facts> constants = new IdentityHashMap<>();
  final IdentityHashMap<ValueInfo, Facts> inputs = new IdentityHashMap<>();
  private final IdentityHashMap<Node, Found> found = new IdentityHashMap<>();

  /** The operator of a node, or why there is none. */
  record Made(@Nullable Operator operator, @Nullable ModelException failure) {}

  private record Found(List<Facts> inputs, List<Facts> outputs) {}

  /** Takes note of a node about which there was nothing to report. */
  void put(Node node, Scope scope) {
    List<Facts> outputs = new ArrayList<>(node.outputs().size());
    for (String name : node.outputs()) {
      outputs.add(scope.get(name));
    }
    found.put(node, new Found(inputs(node, scope), outputs));
  }

  /** Returns what was found of the outputs of a node, or null. */
  @Nullable List<Facts> get(Node node, Scope scope) {
    Found known = found.get(node);
    return known != null && same(known.inputs(), inputs(node, scope)) ? known.outputs() : null;
  }

  private static List<Facts> inputs(Node node, Scope scope) {
    List<Facts> inputs = new ArrayList<>(node.inputs().size());
    for (String name : node.inputs()) {
      inputs.add(scope.get(name));
    }
    return inputs;
  }

  @SuppressWarnings("ReferenceEquality") // what is kept is the same object
  private static boolean same(List<Facts> a, List<Facts> b) {
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i) != b.get(i)) {
        return false;
      }
    }
    return true;
  }
}
