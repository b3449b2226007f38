package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Join;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Order;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Infers graphs, one node after the other; used for one model and then forgotten. */
public final class Engine {

  /** Constants up to this many elements are followed. */
  static final int MAX_CONSTANT = 4096;

  /** Visits of nodes that are granted: a base, and more for each node of the model. */
  private static final long BASE_VISITS = 200_000;

  private static final long VISITS_PER_NODE = 50;
  private static final int MAX_DIM_SIZE = 40;

  private final Model model;
  private final boolean trusting;
  private final Functions functions;
  private final NodeVisit visit;
  private final Memory memory;
  private final DimNames names;
  private final Budget budget;
  private final IdentityHashMap<Function, Map<String, @Nullable Type>> functionTypes =
      new IdentityHashMap<>();

  /**
   * @param trusting whether shapes that are declared for values of the main graph are believed
   *     where nothing proves them
   * @param memory what was found of the model that this one was made of; takes up what is found
   */
  public Engine(Operators operators, Model model, boolean trusting, Memory memory) {
    this.model = model;
    this.trusting = trusting;
    this.functions = Functions.of(model);
    this.memory = memory;
    this.names = memory.names;
    this.visit = new NodeVisit(this, operators, functions, memory);
    long nodes = declareNames(model.graph(), 0);
    for (Function function : model.functions()) {
      nodes += function.nodes().size();
    }
    this.budget = new Budget(BASE_VISITS + VISITS_PER_NODE * nodes);
  }

  /** Infers the main graph and what it calls. */
  public GraphResult run() {
    Context context =
        new Context(Where.MODEL, Opsets.of(model), true, trusting, false, false, false);
    return graph(model.graph(), new Scope(null), null, context);
  }

  /** Returns what holds of the values of each function that is called, whoever calls it. */
  public IdentityHashMap<Function, Map<String, @Nullable Type>> functionTypes() {
    return functionTypes;
  }

  /**
   * Infers a graph.
   *
   * @param inputs the types of its inputs as the node gives them; null for the main graph
   */
  GraphResult graph(
      Graph graph, Scope outer, @Nullable List<@Nullable Type> inputs, Context context) {
    refuseDepth(context);
    Scope scope = new Scope(outer);
    List<Diagnostic> findings = new ArrayList<>();
    int mark = names.mark();
    Map<String, Type> declared = new HashMap<>();
    for (ValueInfo value : graph.valueInfo()) {
      declare(declared, value);
    }
    for (ValueInfo value : graph.outputs()) {
      declare(declared, value);
    }
    constants(graph, scope);
    inputs(graph, inputs, scope);
    List<GraphResult> nested = new ArrayList<>();
    List<Node> nodes = nodes(graph.nodes(), scope, declared, context, findings, nested);
    List<Facts> outputs = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      outputs.add(scope.get(output.name()));
    }
    if (context.repeated()) {
      renameEscaped(outputs, mark, context.varying());
    }
    Graph annotated =
        new Annotation(dim -> context.repeated() && names.isNewerThan(dim, mark))
            .annotate(graph.withNodes(nodes), scope.own(), context.main());
    return new GraphResult(graph, annotated, outputs, scope.own(), findings, nested);
  }

  /** Infers a call of a function of the model. */
  List<Facts> function(
      Function function, Node call, List<Facts> inputs, Context outer, List<Diagnostic> findings) {
    Where where = outer.where().function(function.domain(), function.name());
    Context context = outer.function(where, Opsets.of(function, outer.opsets()));
    refuseDepth(context);
    Scope scope = new Scope(null);
    for (int i = 0; i < function.inputs().size(); i++) {
      scope.put(function.inputs().get(i), i < inputs.size() ? inputs.get(i) : Facts.NONE);
    }
    Map<String, Type> declared = new HashMap<>();
    for (ValueInfo value : function.valueInfo()) {
      declare(declared, value);
    }
    List<Node> body = Functions.bind(function, call);
    nodes(body, scope, declared, context, findings, new ArrayList<>());
    Map<String, @Nullable Type> types =
        functionTypes.computeIfAbsent(function, _ -> new LinkedHashMap<>());
    scope
        .own()
        .forEach((name, facts) ->
            types.put(
                name,
                types.containsKey(name) ? Join.of(types.get(name), facts.type()) : facts.type()));
    List<Facts> outputs = new ArrayList<>();
    for (String output : function.outputs()) {
      outputs.add(scope.get(output));
    }
    return outputs;
  }

  private List<Node> nodes(
      List<Node> nodes,
      Scope scope,
      Map<String, Type> declared,
      Context context,
      List<Diagnostic> findings,
      List<GraphResult> nested) {
    boolean sorted = Order.isSorted(nodes);
    List<Node> order = sorted ? nodes : Order.of(nodes).nodes();
    IdentityHashMap<Node, Node> annotated = new IdentityHashMap<>();
    for (Node node : order) {
      budget.visit();
      List<Facts> known = context.repeated() ? null : memory.get(node, scope);
      if (known != null) {
        for (int i = 0; i < known.size(); i++) {
          if (!node.outputs().get(i).isEmpty()) {
            scope.put(node.outputs().get(i), known.get(i));
          }
        }
        continue;
      }
      int findingsBefore = findings.size();
      Context at = context.at(context.where().node(node));
      NodeVisit.Outcome outcome = visit.visit(node, scope, at, findings);
      for (int i = 0; i < node.outputs().size(); i++) {
        String name = node.outputs().get(i);
        if (!name.isEmpty()) {
          Facts facts = tamed(outcome.outputs().get(i));
          scope.put(name, named(merged(name, facts, declared.get(name), at, findings)));
        }
      }
      nested.addAll(outcome.bodies());
      annotated.put(node, outcome.node());
      // What is made in a body that runs again has names that hold inside only.
      if (findings.size() == findingsBefore
          && !context.repeated()
          && !Graphs.hasBodies(node)
          && functions.find(node) == null) {
        memory.put(node, scope);
      }
    }
    List<Node> result = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      result.add(annotated.getOrDefault(node, node));
    }
    return result;
  }

  private void constants(Graph graph, Scope scope) {
    Set<String> overridable = new HashSet<>();
    if (model.irVersion() >= 4) {
      for (ValueInfo input : graph.inputs()) {
        overridable.add(input.name());
      }
    }
    for (TensorData initializer : graph.initializers()) {
      scope.put(
          initializer.name(),
          overridable.contains(initializer.name())
              ? Facts.of(initializer.type())
              : constant(initializer));
    }
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      // Operators take it as the dense tensor that it stands for.
      scope.put(
          initializer.name(),
          Facts.of(Type.tensor(initializer.values().dataType(), initializer.shape())));
    }
  }

  /** Returns what is known of a constant: the same object each time. */
  private Facts constant(TensorData data) {
    Facts known = memory.constants.get(data);
    if (known == null) {
      known = read(data);
      memory.constants.put(data, known);
    }
    return known;
  }

  /** Whether the elements of a constant are read to infer from. */
  static boolean isSmall(TensorData data) {
    return data.shape().elements() instanceof Dim.Known(long size) && size <= MAX_CONSTANT;
  }

  private static Facts read(TensorData data) {
    if (isSmall(data)) {
      try {
        return Facts.of(data.load());
      } catch (ModelException _) {
        return Facts.of(data.type()); // data that is not there: the shape is known all the same
      }
    }
    return Facts.of(data.type());
  }

  private void inputs(Graph graph, @Nullable List<@Nullable Type> given, Scope scope) {
    for (int i = 0; i < graph.inputs().size(); i++) {
      ValueInfo input = graph.inputs().get(i);
      Facts initial = scope.own().get(input.name());
      Type type = input.type() == null ? null : sane(input.type());
      if (given == null) {
        if (initial == null || (initial.constant() == null && type != null)) {
          scope.put(input.name(), type == null && initial != null ? initial : input(input, type));
        }
      } else if (initial == null || i < given.size()) {
        Type actual = i < given.size() ? given.get(i) : null;
        Type known = actual != null ? actual : type == null ? null : Specs.withoutShapes(type);
        scope.put(input.name(), named(Facts.of(known)));
      }
    }
  }

  /** Returns what is known of an input of the main graph: the same object each time. */
  private Facts input(ValueInfo input, @Nullable Type type) {
    Facts known = memory.inputs.get(input);
    if (known == null) {
      known = named(Facts.of(type));
      memory.inputs.put(input, known);
    }
    return known;
  }

  private static void declare(Map<String, Type> declared, ValueInfo value) {
    if (value.type() != null) {
      declared.put(value.name(), sane(value.type()));
    }
  }

  /**
   * Some exporters write -1 for a dimension they do not know; and names within sequences, which the
   * specification keeps for sizes that all elements share, are used for sizes that differ.
   */
  private static Type sane(Type type) {
    if (type instanceof Type.OfSequence(Type element)) {
      return new Type.OfSequence(
          Joins.mapDims(sane(element), dim -> dim.isKnown() ? dim : Dim.UNKNOWN));
    }
    if (type instanceof Type.OfOptional(Type element)) {
      return new Type.OfOptional(sane(element));
    }
    return Joins.mapDims(
        type, dim -> dim instanceof Dim.Known(long size) && size < 0 ? Dim.UNKNOWN : dim);
  }

  private static Facts merged(
      String name,
      Facts facts,
      @Nullable Type declared,
      Context context,
      List<Diagnostic> findings) {
    Joins.Merged merged = Joins.merge(facts.type(), declared, context.trusted());
    if (merged.contradiction() && context.main()) {
      findings.add(
          new Diagnostic(
              Diagnostic.Severity.WARNING,
              "declared-type",
              context.where().location(),
              "\""
                  + Text.escape(name)
                  + "\" is declared as "
                  + declared
                  + " and computed as "
                  + facts.type()));
    }
    return new Facts(merged.type(), facts.constant(), facts.elements());
  }

  /**
   * Gives a name to every dimension of a tensor that has none: whatever its size, values that are
   * made of this one may share it.
   */
  private Facts named(Facts facts) {
    return facts.type() instanceof Type.OfTensor(DataType element, Shape shape)
            && shape.hasRank()
            && shape.dims().contains(Dim.UNKNOWN)
        ? new Facts(
            Joins.mapDims(
                Type.tensor(element, shape),
                dim -> dim instanceof Dim.Unknown ? names.fresh() : dim),
            facts.constant(),
            facts.elements())
        : facts;
  }

  /** Keeps dimensions from growing without bound, and from being negative. */
  private Facts tamed(Facts facts) {
    Type type =
        facts.type() == null
            ? null
            : Joins.mapDims(
                facts.type(),
                dim ->
                    dim instanceof Dim.Known(long size) && size < 0
                        ? Dim.UNKNOWN
                        : isLong(dim) ? names.fresh() : dim);
    List<Dim> elements = facts.elements();
    for (int i = 0; elements != null && i < elements.size(); i++) {
      if (isLong(elements.get(i))) {
        elements = new ArrayList<>(elements);
        elements.set(i, Dim.UNKNOWN);
      }
    }
    return new Facts(type, facts.constant(), elements);
  }

  private static boolean isLong(Dim dim) {
    return dim instanceof Dim.Computed && size(dim, MAX_DIM_SIZE) < 0;
  }

  /** Returns what is left of {@code budget} after one for each part, negative where it is spent. */
  private static int size(Dim dim, int budget) {
    int left = budget - 1;
    return dim instanceof Dim.Computed(Dim.Op _, Dim a, Dim b) && left >= 0
        ? size(b, size(a, left))
        : left;
  }

  /**
   * Gives sizes that were named inside a body that runs more than once new names outside, or none
   * where they may differ from one time to the next.
   */
  private void renameEscaped(List<Facts> outputs, int mark, boolean varying) {
    Map<Dim, Dim> renamed = new HashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      Type type = outputs.get(i).type();
      if (type != null) {
        Type outside =
            Joins.mapDims(
                type,
                dim ->
                    Joins.mapNames(
                        dim,
                        name ->
                            names.isNewerThan(name, mark)
                                ? renamed.computeIfAbsent(
                                    name, _ -> varying ? Dim.UNKNOWN : names.fresh())
                                : name));
        outputs.set(i, Facts.of(outside));
      }
    }
  }

  /** Takes note of every name of a dimension; returns the number of nodes. */
  private long declareNames(Graph graph, int depth) {
    long nodes = graph.nodes().size();
    if (depth > Graphs.MAX_DEPTH) {
      return nodes;
    }
    for (List<ValueInfo> values : List.of(graph.inputs(), graph.outputs(), graph.valueInfo())) {
      for (ValueInfo value : values) {
        if (value.type() != null) {
          names.declare(value.type());
        }
      }
    }
    for (Node node : graph.nodes()) {
      for (Graph body : Graphs.bodies(node)) {
        nodes += declareNames(body, depth + 1);
      }
    }
    return nodes;
  }

  private static void refuseDepth(Context context) {
    if (context.where().depth() > Graphs.MAX_DEPTH) {
      throw new LimitExceeded(
          "nesting",
          "graphs and functions within one another more than " + Graphs.MAX_DEPTH + " deep");
    }
  }
}
