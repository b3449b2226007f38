package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.Simplify;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.TensorData;

/** A model cut to what its runs give and ask for, and simplified under that. */
final class Reduced {

  /** From here on a model says of which versions its operators are. */
  private static final long OPSET_IMPORTS = 3;

  /** From here on an initializer need not be an input too. */
  private static final long FREE_INITIALIZERS = 4;

  private static final String MICROSOFT = "com.microsoft";

  private Reduced() {}

  /**
   * Returns the model made smaller; itself where it is of another age or beyond the limits.
   *
   * @param inputs the inputs that runs give; initializers of others become constants
   * @param outputs what runs ask for
   */
  static Model of(
      Model model, List<String> inputs, List<String> outputs, Operators operators, Limits limits) {
    Graph graph = model.graph();
    if (model.irVersion() < OPSET_IMPORTS
        || nodes(graph, limits.most(Limit.NODES)) > limits.most(Limit.NODES)
        || !isWellFormed(graph, Opsets.of(model), operators)
        || !isSingle(graph, new HashSet<>())) {
      return model;
    }
    for (Function function : model.functions()) {
      if (!isSingle(function)) {
        return model;
      }
    }
    Set<String> given = Set.copyOf(inputs);
    Set<String> wanted = Set.copyOf(outputs);
    List<TensorData> constants = new ArrayList<>(graph.initializers().size());
    for (TensorData initializer : graph.initializers()) {
      if (!given.contains(initializer.name())) {
        constants.add(initializer);
      }
    }
    Graph cut =
        graph
            .withInputs(kept(graph.inputs(), given))
            .withOutputs(kept(graph.outputs(), wanted))
            .withInitializers(constants);
    Model free =
        fusing(model.withIrVersion(Math.max(model.irVersion(), FREE_INITIALIZERS)), operators);
    try {
      return Simplify.forRuns(
              operators, limits.most(Limit.FOLDED_NODE_BYTES), limits.most(Limit.FOLDED_BYTES))
          .apply(free.withGraph(cut))
          .model();
    } catch (LimitExceeded e) {
      // Too deep to be looked through; the compiler has limits of its own.
      return model;
    }
  }

  /**
   * Returns the model with the operators of ONNX Runtime, by which rules may name what they find.
   */
  private static Model fusing(Model model, Operators operators) {
    boolean imported = false;
    for (OpsetImport known : model.opsetImports()) {
      imported |= known.domain().equals(MICROSOFT);
    }
    if (imported || usesMicrosoft(model.graph()) || operators.find(MICROSOFT, "Gelu") == null) {
      return model;
    }
    List<OpsetImport> imports = new ArrayList<>(model.opsetImports());
    imports.add(new OpsetImport(MICROSOFT, 1));
    return model.withOpsetImports(imports);
  }

  /**
   * Whether every node has as many inputs and outputs as its operator, and no attribute twice; the
   * rules rely on it.
   */
  private static boolean isWellFormed(Graph graph, Opsets opsets, Operators operators) {
    for (Node node : graph.nodes()) {
      OperatorDef def = operators.find(node.domain(), node.opType());
      Signature signature = def == null ? null : def.signature(opsets.version(node.domain()));
      if (signature != null
          && (node.inputs().size() < signature.minInputs()
              || node.inputs().size() > signature.maxInputs()
              || node.outputs().size() < signature.minOutputs()
              || node.outputs().size() > signature.maxOutputs())) {
        return false;
      }
      Set<String> attributes = new HashSet<>();
      for (Attribute attribute : node.attributes()) {
        if (!attributes.add(attribute.name())) {
          return false;
        }
      }
      for (Graph body : Graphs.bodies(node)) {
        if (!isWellFormed(body, opsets, operators)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether every name is given once, before it is read: what is not so may make a rule go round in
   * circles, and the compiler says what is wrong with it.
   *
   * @param seen names given around the graph; as before afterwards
   */
  private static boolean isSingle(Graph graph, Set<String> seen) {
    List<String> given = new ArrayList<>();
    for (TensorData initializer : graph.initializers()) {
      given.add(initializer.name());
    }
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      given.add(initializer.name());
    }
    // An initializer may be the default of an input.
    Set<String> defaults = new HashSet<>(given);
    for (ValueInfo input : graph.inputs()) {
      if (!defaults.contains(input.name())) {
        given.add(input.name());
      }
    }
    boolean single = true;
    for (String name : given) {
      single &= seen.add(name);
    }
    single &= isSingle(graph.nodes(), seen, given);
    for (String name : given) {
      seen.remove(name);
    }
    return single;
  }

  private static boolean isSingle(Function function) {
    return isSingle(function.nodes(), new HashSet<>(function.inputs()), new ArrayList<>());
  }

  private static boolean isSingle(List<Node> nodes, Set<String> seen, List<String> given) {
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !seen.contains(input)) {
          return false;
        }
      }
      for (Graph body : Graphs.bodies(node)) {
        if (!isSingle(body, seen)) {
          return false;
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          if (!seen.add(output)) {
            return false;
          }
          given.add(output);
        }
      }
    }
    return true;
  }

  /** Whether a node is one that only a model with the operators of ONNX Runtime may hold. */
  private static boolean usesMicrosoft(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.domain().equals(MICROSOFT) || node.isOnnx("LayerNormalization")) {
        return true;
      }
      for (Graph body : Graphs.bodies(node)) {
        if (usesMicrosoft(body)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns the number of nodes, graphs in nodes included; some number above {@code most}. */
  private static long nodes(Graph graph, long most) {
    long count = graph.nodes().size();
    for (Node node : graph.nodes()) {
      for (Graph body : Graphs.bodies(node)) {
        count += count > most ? 0 : nodes(body, most - count);
      }
    }
    return count;
  }

  private static List<ValueInfo> kept(List<ValueInfo> values, Set<String> names) {
    List<ValueInfo> kept = new ArrayList<>(values.size());
    for (ValueInfo value : values) {
      if (names.contains(value.name())) {
        kept.add(value);
      }
    }
    return kept;
  }
}
