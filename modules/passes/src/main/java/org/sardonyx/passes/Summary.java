package org.sardonyx.passes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * What a model is, at a glance.
 *
 * @param inputs what a caller gives; inputs that have defaults among them
 * @param outputs what it gives back, with inferred shapes where none are declared
 * @param symbols every name of a dimension, and where it gets its size
 * @param operators the operators it uses, nested graphs and functions included
 * @param opsets the operator sets it imports
 * @param minimumOpset the oldest ai.onnx operator set under which its operators mean the same; 0
 *     where it uses none
 * @param parameters elements of its initializers and constants, by element type
 * @param parameterBytes the bytes those take
 * @param nodes number of nodes, nested graphs included, functions not
 * @param graphs number of graphs, the main one included
 * @param functions number of functions
 */
public record Summary(
    List<Port> inputs,
    List<Port> outputs,
    List<Symbol> symbols,
    List<Usage> operators,
    Map<String, Long> opsets,
    long minimumOpset,
    Map<String, Long> parameters,
    long parameterBytes,
    int nodes,
    int graphs,
    int functions) {

  /**
   * An input or output.
   *
   * @param name its name
   * @param type its type, null where nothing is known
   * @param hasDefault whether an initializer gives its value where the caller does not
   */
  public record Port(String name, @Nullable Type type, boolean hasDefault) {}

  /**
   * A named dimension.
   *
   * @param name the name
   * @param places the inputs that give it a size, as {@code input[axis]}; empty where only the run
   *     knows it
   */
  public record Symbol(String name, List<String> places) {}

  /**
   * An operator that is used.
   *
   * @param domain its domain, empty for ai.onnx
   * @param operator its name
   * @param version the version of the definition that holds, 0 where it is not known
   * @param count how many nodes
   * @param known whether it is implemented, or a function of the model
   */
  public record Usage(String domain, String operator, int version, int count, boolean known) {}

  /** Sums up an inferred model. */
  public static Summary of(Inferred inferred, Operators operators) {
    return new Collector(inferred, operators).collect();
  }

  private static final class Collector {

    private final Model model;
    private final Inferred inferred;
    private final Operators operators;
    private final Functions functions;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Usage> usages = new LinkedHashMap<>();
    private final Map<String, Long> parameters = new TreeMap<>();
    private long bytes;
    private int nodes;
    private int graphs;
    private long minimum;

    Collector(Inferred inferred, Operators operators) {
      this.inferred = inferred;
      this.model = inferred.model();
      this.operators = operators;
      this.functions = Functions.of(model);
    }

    Summary collect() {
      Opsets opsets = Opsets.of(model);
      graph(model.graph(), opsets);
      int own = nodes;
      for (Function function : model.functions()) {
        function.nodes().forEach(node -> node(node, Opsets.of(function, opsets)));
      }
      List<Usage> used = new ArrayList<>();
      counts.forEach((key, count) -> {
        Usage usage = java.util.Objects.requireNonNull(usages.get(key));
        used.add(new Usage(usage.domain, usage.operator, usage.version, count, usage.known));
      });
      return new Summary(
          ports(model.graph().inputs()),
          ports(model.graph().outputs()),
          symbols(),
          used,
          opsets.versions(),
          minimum,
          parameters,
          bytes,
          own,
          graphs,
          model.functions().size());
    }

    private List<Port> ports(List<ValueInfo> values) {
      Set<String> defaults = new HashSet<>();
      model.graph().initializers().forEach(initializer -> defaults.add(initializer.name()));
      List<Port> ports = new ArrayList<>();
      for (ValueInfo value : values) {
        Type type =
            value.type() != null ? value.type() : inferred.type(model.graph(), value.name());
        ports.add(new Port(value.name(), type, defaults.contains(value.name())));
      }
      return ports;
    }

    private List<Symbol> symbols() {
      Map<String, List<String>> places = new LinkedHashMap<>();
      for (ValueInfo input : model.graph().inputs()) {
        if (input.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
          for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis) instanceof Dim.Named(String name)) {
              places
                  .computeIfAbsent(name, _ -> new ArrayList<>())
                  .add(input.name() + "[" + axis + "]");
            }
          }
        }
      }
      for (ValueInfo output : model.graph().outputs()) {
        if (output.type() instanceof Type.OfTensor(var _, Shape shape) && shape.hasRank()) {
          shape.dims().forEach(dim -> names(dim, places));
        }
      }
      List<Symbol> symbols = new ArrayList<>();
      places.forEach((name, where) -> symbols.add(new Symbol(name, List.copyOf(where))));
      return symbols;
    }

    private static void names(Dim dim, Map<String, List<String>> places) {
      switch (dim) {
        case Dim.Named(String name) -> places.computeIfAbsent(name, _ -> new ArrayList<>());
        case Dim.Computed(Dim.Op _, Dim left, Dim right) -> {
          names(left, places);
          names(right, places);
        }
        case Dim.Known _, Dim.Unknown _ -> {}
      }
    }

    private void graph(Graph graph, Opsets opsets) {
      graphs++;
      graph.initializers().forEach(this::parameter);
      graph.sparseInitializers().forEach(initializer -> parameter(initializer.values()));
      graph.nodes().forEach(node -> node(node, opsets));
    }

    private void node(Node node, Opsets opsets) {
      nodes++;
      String domain = Opsets.domain(node.domain());
      String key = domain + ":" + node.opType();
      counts.merge(key, 1, Integer::sum);
      if (!usages.containsKey(key)) {
        OperatorDef def = operators.find(domain, node.opType());
        Signature signature = def == null ? null : def.signature(opsets.version(domain));
        int version = signature == null ? 0 : signature.sinceVersion();
        boolean known = signature != null || functions.find(node) != null;
        usages.put(key, new Usage(domain, node.opType(), version, 0, known));
        if (domain.isEmpty()) {
          minimum = Math.max(minimum, version);
        }
      }
      for (var attribute : node.attributes()) {
        if (attribute.value() instanceof org.sardonyx.graph.Attribute.OfTensor(TensorData data)) {
          parameter(data);
        }
      }
      Graphs.bodies(node).forEach(body -> graph(body, opsets));
    }

    private void parameter(TensorData data) {
      if (data.shape().elements() instanceof Dim.Known(long elements)) {
        parameters.merge(data.dataType().specName(), elements, Long::sum);
        bytes += data.dataType().byteSize(elements);
      }
    }
  }
}
