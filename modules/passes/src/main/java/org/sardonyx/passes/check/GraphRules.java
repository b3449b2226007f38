package org.sardonyx.passes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Cycles;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Order;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** The rules of one graph: names, single assignment, order, what is produced. */
final class GraphRules {

  /** What lies around the nodes of a graph or function. */
  record Surroundings(Where where, Opsets opsets, @Nullable Function function, boolean main) {}

  private final Facets facets;
  private final NodeRules nodeRules;
  private final SparseRules sparseRules;
  private final NameStyle style;
  private final Report report;

  GraphRules(Facets facets, NodeRules nodeRules, NameStyle style, Report report) {
    this.facets = facets;
    this.nodeRules = nodeRules;
    this.sparseRules = new SparseRules(report);
    this.style = style;
    this.report = report;
  }

  /** The names that a graph sees: what is defined before, and what is defined only later. */
  static final class Visible {
    private final @Nullable Visible outer;
    private final Set<String> own = new HashSet<>();
    private final Set<String> all = new HashSet<>();

    Visible(@Nullable Visible outer) {
      this.outer = outer;
    }

    boolean has(String name) {
      return own.contains(name) || (outer != null && outer.has(name));
    }

    boolean later(String name) {
      return all.contains(name) || (outer != null && outer.later(name));
    }

    boolean aroundHas(String name) {
      return outer != null && outer.has(name);
    }

    void define(String name) {
      own.add(name);
    }
  }

  void graph(Graph graph, @Nullable Visible outer, Surroundings in) {
    Where where = in.where();
    if (ModelRules.tooDeep(where, report)) {
      return;
    }
    if (graph.name().isEmpty()) {
      report.error("graph-name", where, "a graph must have a name");
    }
    facets.metadata(graph.metadata(), where);
    Visible visible = new Visible(outer);
    visible.all.addAll(Graphs.defined(graph));
    inputs(graph, visible, in);
    initializers(graph, visible, in);
    nodes(graph.nodes(), visible, in);
    outputs(graph, visible, in);
    Set<String> values = new HashSet<>();
    for (ValueInfo value : graph.valueInfo()) {
      facets.metadata(value.metadata(), where);
      if (!values.add(value.name())) {
        report.warning("value-info", where, Report.quote(value.name()) + " has value_info twice");
      }
      if (value.type() != null) {
        facets.type(value.type(), where);
      }
    }
  }

  private void inputs(Graph graph, Visible visible, Surroundings in) {
    for (ValueInfo input : graph.inputs()) {
      declared(input, "input", in);
      if (visible.own.contains(input.name())) {
        report.error("ssa", in.where(), "input " + Report.quote(input.name()) + " is there twice");
      }
      shadows(input.name(), "input", visible, in.where());
      define(input.name(), visible);
    }
  }

  private void declared(ValueInfo value, String what, Surroundings in) {
    if (value.name().isEmpty()) {
      report.error("name", in.where(), "an " + what + " of the graph has no name");
    }
    facets.metadata(value.metadata(), in.where());
    Type type = value.type();
    if (type != null) {
      facets.type(type, in.where());
    }
    if (!in.main()) {
      return;
    }
    Shape shape =
        switch (type) {
          case Type.OfTensor(var _, Shape s) -> s;
          case Type.OfSparseTensor(var _, Shape s) -> s;
          case null, default -> null;
        };
    String shown = what + " " + Report.quote(value.name());
    if (type == null) {
      report.error("interface-type", in.where(), shown + " of the main graph has no type");
    } else if (shape != null && !shape.hasRank()) {
      report.error(
          "interface-type", in.where(), shown + " of the main graph has no shape, not even a rank");
    } else if (shape != null
        && shape.dims().stream().anyMatch(d -> d.isKnown() && d.sizeOrMinusOne() < 0)) {
      report.warning(
          "negative-dimension",
          in.where(),
          shown + " has a negative dimension in " + shape + "; leave it out where it is not known");
    }
  }

  private void initializers(Graph graph, Visible visible, Surroundings in) {
    Map<String, ValueInfo> inputs = new HashMap<>();
    graph.inputs().forEach(input -> inputs.put(input.name(), input));
    Set<String> seen = new HashSet<>();
    for (TensorData data : graph.initializers()) {
      initializer(data, inputs.get(data.name()), seen, visible, in);
    }
    for (SparseTensorData data : graph.sparseInitializers()) {
      facets.since(6, "a sparse constant", in.where());
      initializer(data.values(), inputs.get(data.name()), seen, visible, in);
      sparseRules.check(data, in.where().part("initializer " + Report.quote(data.name())));
    }
  }

  private void initializer(
      TensorData data,
      @Nullable ValueInfo input,
      Set<String> seen,
      Visible visible,
      Surroundings in) {
    String shown = "initializer " + Report.quote(data.name());
    if (data.name().isEmpty()) {
      report.error("name", in.where(), "an initializer has no name");
      return;
    }
    if (!seen.add(data.name())) {
      report.error("ssa", in.where(), shown + " is there twice");
    }
    facets.type(data.dataType(), in.where().part(shown));
    if (input == null) {
      shadows(data.name(), "initializer", visible, in.where());
      if (facets.irVersion() > 0 && facets.irVersion() < 4) {
        report.error(
            "initializer-input",
            in.where(),
            shown + " is not among the inputs; before IR version 4 it must be");
      }
    } else if (in.where().depth() > 0 && facets.irVersion() >= 4) {
      report.error(
          "initializer-input", in.where(), shown + " of a nested graph is also an input of it");
    } else if (input.type() instanceof Type.OfTensor(var element, Shape _)
        && element != data.dataType()) {
      report.error(
          "type",
          in.where(),
          shown + " is " + data.type() + ", the input of that name " + input.type());
    }
    define(data.name(), visible);
  }

  private void nodes(List<Node> nodes, Visible visible, Surroundings in) {
    Map<String, Integer> producer = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty() && !visible.own.contains(output)) {
          producer.putIfAbsent(output, i);
        }
      }
    }
    int[] cycle = cycles(nodes, producer, in);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      Where at = in.where().node(node);
      if (!node.name().isEmpty() && !names.add(node.name())) {
        report.warning("node-name", at, "another node of the graph has this name");
      }
      facets.metadata(node.metadata(), at);
      for (String input : new HashSet<>(node.inputs())) {
        Integer from = producer.get(input);
        boolean reported = from != null && cycle[i] >= 0 && cycle[i] == cycle[from];
        if (!input.isEmpty() && !visible.has(input) && !reported) {
          read(input, visible, at);
        }
      }
      nodeRules.check(node, at, in);
      for (Attribute attribute : node.attributes()) {
        attribute(attribute, visible, at, in);
      }
      for (String output : node.outputs()) {
        if (output.isEmpty()) {
          continue;
        }
        if (visible.own.contains(output)) {
          report.error(
              "ssa",
              at,
              Report.quote(output) + " is the output of another node, an input or an initializer");
        }
        shadows(output, "output", visible, at);
        define(output, visible);
      }
    }
  }

  /** Reports each cycle once; returns for each node the number of its cycle, or -1. */
  private int[] cycles(List<Node> nodes, Map<String, Integer> producer, Surroundings in) {
    int[] cycle = new int[nodes.size()];
    java.util.Arrays.fill(cycle, -1);
    if (Order.isSorted(nodes)) {
      return cycle;
    }
    List<List<Integer>> before = new ArrayList<>();
    for (Node node : nodes) {
      List<Integer> from = new ArrayList<>();
      for (String read : Graphs.reads(node)) {
        Integer made = producer.get(read);
        if (made != null) {
          from.add(made);
        }
      }
      before.add(from);
    }
    List<List<Integer>> found = Cycles.of(before);
    for (int c = 0; c < found.size(); c++) {
      List<Integer> members = found.get(c);
      for (int member : members) {
        cycle[member] = c;
      }
      String shown =
          String.join(", ", members.stream().limit(8).map(m -> nodes.get(m).label()).toList());
      report.error(
          "cycle",
          in.where().node(nodes.get(members.getFirst())),
          members.size() == 1
              ? "the node reads its own output"
              : members.size() + " nodes need one another's outputs: " + shown);
    }
    return cycle;
  }

  private void read(String name, Visible visible, Where at) {
    if (visible.later(name)) {
      report.error(
          "order",
          at,
          Report.quote(name) + " is read before it is made; nodes must be sorted topologically");
    } else {
      report.error("undefined", at, Report.quote(name) + " is read and nothing makes it");
    }
  }

  private void attribute(Attribute attribute, Visible visible, Where at, Surroundings in) {
    switch (attribute.value()) {
      case Attribute.OfGraph(Graph graph) ->
          graph(graph, visible, body(at.body(attribute.name()), in));
      case Attribute.OfGraphs(List<Graph> graphs) -> {
        for (int i = 0; i < graphs.size(); i++) {
          graph(graphs.get(i), visible, body(at.body(attribute.name() + "[" + i + "]"), in));
        }
      }
      case Attribute.OfTensor(TensorData data) -> facets.type(data.dataType(), at);
      case Attribute.OfTensors(List<TensorData> list) ->
          list.forEach(data -> facets.type(data.dataType(), at));
      case Attribute.OfSparseTensor(SparseTensorData data) -> sparseRules.check(data, at);
      case Attribute.OfSparseTensors(List<SparseTensorData> list) ->
          list.forEach(data -> sparseRules.check(data, at));
      case Attribute.OfType(Type type) -> facets.type(type, at);
      default -> {}
    }
  }

  private static Surroundings body(Where where, Surroundings in) {
    return new Surroundings(where, in.opsets(), in.function(), false);
  }

  private void outputs(Graph graph, Visible visible, Surroundings in) {
    Set<String> seen = new HashSet<>();
    for (ValueInfo output : graph.outputs()) {
      declared(output, "output", in);
      String name = output.name();
      if (name.isEmpty()) {
        continue;
      }
      if (!seen.add(name)) {
        report.warning(
            "duplicate-output", in.where(), "output " + Report.quote(name) + " is listed twice");
      }
      if (visible.own.contains(name)) {
        continue;
      }
      if (visible.aroundHas(name)) {
        report.error(
            "outer-output",
            in.where(),
            "output "
                + Report.quote(name)
                + " is a value from around the graph; hand it through an Identity");
      } else {
        report.error(
            "undefined", in.where(), "output " + Report.quote(name) + " is made by nothing");
      }
    }
  }

  private void shadows(String name, String what, Visible visible, Where where) {
    if (!name.isEmpty() && visible.aroundHas(name)) {
      report.error(
          "shadowing",
          where,
          what + " " + Report.quote(name) + " has the name of a value from around the graph");
    }
  }

  private void define(String name, Visible visible) {
    if (!name.isEmpty()) {
      style.value(name);
      visible.define(name);
    }
  }

  /** Checks the body of a function, which sees its inputs only. */
  void function(Function function, Surroundings in) {
    Visible visible = new Visible(null);
    for (String input : function.inputs()) {
      if (visible.own.contains(input)) {
        report.error("ssa", in.where(), "input " + Report.quote(input) + " is there twice");
      }
      define(input, visible);
    }
    for (Node node : function.nodes()) {
      visible.all.addAll(node.outputs());
    }
    nodes(function.nodes(), visible, in);
    Set<String> seen = new HashSet<>();
    for (String output : function.outputs()) {
      if (!seen.add(output)) {
        report.error(
            "duplicate-output", in.where(), "output " + Report.quote(output) + " is listed twice");
      }
      if (!visible.own.contains(output)) {
        report.error(
            "undefined", in.where(), "output " + Report.quote(output) + " is made by nothing");
      }
    }
  }
}
