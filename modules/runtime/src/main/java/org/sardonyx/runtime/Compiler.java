package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * Makes plans of graphs: names become slots, functions are inlined, what nobody needs is left out.
 */
final class Compiler {

  private static final long NEWEST_IR = 14;

  private final Model model;
  private final Functions functions;
  private final Opsets opsets;
  private final List<Function> calls = new ArrayList<>();
  private final Set<String> replaced = new HashSet<>();
  private final Limits limits;
  private final StepCompiler steps;
  private final @Nullable Fusion fusion;
  private long nodes;

  Compiler(Model model, Operators operators, SessionOptions options) {
    if (model.irVersion() > NEWEST_IR) {
      throw new UnsupportedModel(
          "IR version "
              + model.irVersion()
              + " is newer than "
              + NEWEST_IR
              + ", the newest that is known here");
    }
    this.model = model;
    this.functions = Functions.of(model);
    this.opsets = Opsets.of(model);
    for (OperatorDef def : options.operators()) {
      replaced.add(def.domain() + ":" + def.name());
    }
    this.limits = options.limits();
    this.steps = new StepCompiler(operators, options);
    // What looks at each node alone sees each node run.
    boolean strict = options.strictInputs() || options.poison();
    this.fusion = options.simplify() && !strict ? new Fusion(options.observer() != null) : null;
  }

  /**
   * Compiles the graph of the model.
   *
   * @param inputs the inputs that runs will give; those that have initializers and are not among
   *     these are constants
   * @param outputs the outputs that runs will ask for
   */
  Plan compile(List<String> inputs, Collection<String> outputs) {
    Graph graph = model.graph();
    Draft draft = new Draft();
    Scope scope = new Scope(draft, null, opsets);
    for (ValueInfo input : graph.inputs()) {
      scope.declare(input.name());
    }
    int[] slots = new int[inputs.size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = draft.slot();
      scope.bind(inputs.get(i), slots[i]);
    }
    constants(graph, scope);
    nodes(scope, graph.nodes(), outputs, List.of(), 0);
    steps.finish();
    return finish(draft, scope, graph, slots, outputs);
  }

  /** Compiles the graph in an attribute of a node in {@code around}. */
  private Plan body(Graph graph, Scope around, int depth) {
    Draft draft = new Draft();
    Scope scope = new Scope(draft, around, around.opsets);
    int[] slots = new int[graph.inputs().size()];
    for (int i = 0; i < slots.length; i++) {
      String name = graph.inputs().get(i).name();
      scope.declare(name);
      slots[i] = draft.slot();
      scope.bind(name, slots[i]);
    }
    constants(graph, scope);
    List<String> outputs = graph.outputs().stream().map(ValueInfo::name).toList();
    nodes(scope, graph.nodes(), outputs, List.of(), depth);
    return finish(draft, scope, graph, slots, outputs);
  }

  private Plan finish(
      Draft draft, Scope scope, Graph graph, int[] inputs, Collection<String> outputs) {
    Map<String, @Nullable Type> types = new HashMap<>();
    for (ValueInfo output : graph.outputs()) {
      types.put(output.name(), output.type());
    }
    int[] slots = new int[outputs.size()];
    List<@Nullable Type> outputTypes = new ArrayList<>();
    int i = 0;
    for (String output : outputs) {
      requireOwn(scope, output);
      slots[i] = scope.resolve(output);
      if (slots[i] == Scope.ABSENT) {
        throw new InvalidModel("output \"" + Text.escape(output) + "\" has no value");
      }
      outputTypes.add(types.get(output));
      i++;
    }
    List<@Nullable Type> inputTypes = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      inputTypes.add(input.type());
    }
    return draft.finish(inputs, slots, inputTypes, outputTypes, fusion);
  }

  private static void requireOwn(Scope scope, String output) {
    if (!scope.isOwn(output)) {
      throw new InvalidModel(
          "output \""
              + Text.escape(output)
              + "\" is not given by a node, input or initializer"
              + " of this graph"
              + (scope.sees(output) ? "; pass it through Identity" : ""));
    }
  }

  /** Binds the initializers; an input of the same name that is bound already goes before. */
  private static void constants(Graph graph, Scope scope) {
    for (TensorData data : graph.initializers()) {
      constant(data.name(), data::load, scope);
    }
    for (SparseTensorData data : graph.sparseInitializers()) {
      constant(data.name(), () -> data.load().toDense(), scope);
    }
  }

  private static void constant(String name, Scope.Loader loader, Scope scope) {
    if (!scope.isOwn(name)) {
      scope.declare(name);
    }
    if (!scope.binds(name)) {
      scope.bind(name, loader);
    }
  }

  private void nodes(
      Scope scope, List<Node> list, Collection<String> wanted, List<String> path, int depth) {
    limits.check(Limit.DEPTH, depth, "graphs or functions nested in one another");
    for (Node node : list) {
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          try {
            scope.declareOutput(output);
          } catch (ModelException e) {
            throw e.within(node.label());
          }
        }
      }
    }
    Set<String> needed = Liveness.needed(list, wanted);
    for (Node node : list) {
      if (Liveness.isNeeded(node, needed)) {
        try {
          node(scope, node, needed, path, depth);
        } catch (ModelException e) {
          throw e.within(node.label());
        } catch (OperatorBug e) {
          throw e.within(node.label());
        } catch (RuntimeException e) {
          if (e instanceof ArithmeticException arithmetic && Call.isOverflow(arithmetic)) {
            throw Call.overflow().within(node.label());
          }
          throw new OperatorBug(e).within(node.label());
        }
      }
    }
  }

  private void node(Scope scope, Node node, Set<String> needed, List<String> path, int depth) {
    limits.check(Limit.NODES, ++nodes, "nodes of the model");
    Set<String> attributes = new HashSet<>();
    for (Attribute attribute : node.attributes()) {
      if (!attributes.add(attribute.name())) {
        throw new InvalidModel(
            "attribute \"" + Text.escape(attribute.name()) + "\" is given twice");
      }
      if (attribute.value() instanceof Attribute.Reference(String name, Attribute.Kind _)) {
        throw new InvalidModel(
            "attribute \""
                + Text.escape(attribute.name())
                + "\" refers to \""
                + Text.escape(name)
                + "\", which only a function can have");
      }
    }
    Function function = isReplaced(node) ? null : functions.find(node);
    Tensor cond = node.isOnnx("If") && !isReplaced(node) ? cond(scope, node) : null;
    if (function != null) {
      inline(scope, node, function, needed, path, depth);
    } else if (cond != null) {
      take(scope, node, cond.getBoolean(0), needed, path, depth);
    } else {
      Map<String, Plan> bodies = new LinkedHashMap<>();
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph graph)) {
          try {
            bodies.put(attribute.name(), body(graph, scope, depth + 1));
          } catch (ModelException e) {
            throw e.within(attribute.name());
          }
        }
      }
      steps.compile(scope, node, bodies, needed, path);
    }
  }

  /** Whether the user brought an operator of this name. */
  private boolean isReplaced(Node node) {
    return replaced.contains(Opsets.domain(node.domain()) + ":" + node.opType());
  }

  /** Returns the condition of an If where it is the same in every run, else null. */
  private static @Nullable Tensor cond(Scope scope, Node node) {
    if (node.inputs().size() != 1 || node.inputs().getFirst().isEmpty()) {
      return null;
    }
    int slot = scope.resolve(node.inputs().getFirst());
    return slot != Scope.ABSENT
            && scope.draft.constantIn(slot) instanceof Tensor tensor
            && tensor.dataType() == DataType.BOOL
            && tensor.size() == 1
        ? tensor
        : null;
  }

  /** Puts one branch of an If in its place. */
  private void take(
      Scope scope, Node node, boolean cond, Set<String> needed, List<String> path, int depth) {
    String name = cond ? "then_branch" : "else_branch";
    Attribute branch = node.attribute(name);
    if (branch == null
        || !(branch.value() instanceof Attribute.OfGraph(Graph graph))
        || graph.outputs().size() != node.outputs().size()) {
      throw new InvalidModel(name + " is not a graph of " + node.outputs().size() + " outputs");
    }
    Scope inner = new Scope(scope.draft, scope, scope.opsets);
    constants(graph, inner);
    List<String> outputs = graph.outputs().stream().map(ValueInfo::name).toList();
    List<String> deeper = new ArrayList<>(path);
    deeper.add(node.label());
    deeper.add(name);
    try {
      nodes(inner, graph.nodes(), wanted(node, outputs, needed), deeper, depth + 1);
      for (int i = 0; i < outputs.size(); i++) {
        if (needed.contains(node.outputs().get(i))) {
          requireOwn(inner, outputs.get(i));
          scope.bind(node.outputs().get(i), inner.resolve(outputs.get(i)));
        }
      }
    } catch (ModelException e) {
      throw e.within(name);
    }
  }

  private void inline(
      Scope scope, Node node, Function function, Set<String> needed, List<String> path, int depth) {
    if (calls.contains(function)) {
      throw new InvalidModel("the function calls itself");
    }
    if (node.inputs().size() > function.inputs().size()
        || node.outputs().size() > function.outputs().size()) {
      throw new InvalidModel(
          "the function takes "
              + function.inputs().size()
              + " inputs and gives "
              + function.outputs().size()
              + " outputs");
    }
    for (Attribute attribute : node.attributes()) {
      if (!function.attributes().contains(attribute.name())
          && function.attributeDefaults().stream()
              .noneMatch(known -> known.name().equals(attribute.name()))) {
        throw new InvalidModel(
            "the function has no attribute \"" + Text.escape(attribute.name()) + "\"");
      }
    }
    Scope inner = new Scope(scope.draft, null, Opsets.of(function, opsets));
    for (int i = 0; i < function.inputs().size(); i++) {
      String input = function.inputs().get(i);
      inner.declare(input);
      boolean given = i < node.inputs().size() && !node.inputs().get(i).isEmpty();
      inner.bind(input, given ? scope.resolve(node.inputs().get(i)) : Scope.ABSENT);
    }
    List<String> deeper = new ArrayList<>(path);
    deeper.add(node.label());
    calls.add(function);
    nodes(
        inner,
        Functions.bind(function, node),
        wanted(node, function.outputs(), needed),
        deeper,
        depth + 1);
    calls.removeLast();
    for (int i = 0; i < node.outputs().size(); i++) {
      if (needed.contains(node.outputs().get(i))) {
        scope.bind(node.outputs().get(i), inner.resolve(function.outputs().get(i)));
      }
    }
  }

  /** Returns those of {@code outputs} that stand for outputs of the node that somebody needs. */
  private static List<String> wanted(Node node, List<String> outputs, Set<String> needed) {
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      if (needed.contains(node.outputs().get(i))) {
        wanted.add(outputs.get(i));
      }
    }
    return wanted;
  }
}
