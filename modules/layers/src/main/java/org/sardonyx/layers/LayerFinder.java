package org.sardonyx.layers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.Inferred;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Recognizes layers among the nodes of one graph. */
final class LayerFinder {

  /** Operators that move elements and compute nothing: what is between layers and states. */
  private static final Set<String> MOVES =
      Set.of(
          "Transpose",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Slice",
          "Gather",
          "Identity",
          "Concat",
          "Split",
          "Expand",
          "Cast",
          "Dropout",
          "Flatten");

  private static final Set<String> MERGES = Set.of("ReduceSum", "ReduceMean", "ReduceProd");

  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  private final Graph graph;
  private final Inferred inferred;
  private final Map<String, Node> makers = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Set<String> constants = new HashSet<>();
  private final Set<String> inputs = new HashSet<>();

  LayerFinder(Graph graph, Inferred inferred) {
    this.graph = graph;
    this.inferred = inferred;
    graph.initializers().forEach(data -> constants.add(data.name()));
    graph.inputs().stream()
        .map(ValueInfo::name)
        .filter(name -> !constants.contains(name))
        .forEach(inputs::add);
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
      node.inputs()
          .forEach(input -> readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node));
      if (node.isOnnx("Constant")) {
        constants.addAll(node.outputs());
      }
    }
  }

  @Nullable LayerView view(Node node) {
    Map<String, String> details = new LinkedHashMap<>();
    String kind = node.isOnnx() ? onnx(node, details) : function(node, details);
    if (kind == null) {
      return null;
    }
    String name = node.name().isEmpty() ? node.outputs().getFirst() : node.name();
    return new LayerView(name, kind, details);
  }

  private @Nullable String onnx(Node node, Map<String, String> details) {
    if (RECURRENT.contains(node.opType())) {
      recurrent(node, details);
      return node.opType();
    }
    return switch (node.opType()) {
      case "MatMul" -> constant(node, 1) ? dense(node, 0, 1, details) : null;
      case "Gemm" -> {
        boolean transposed = integer(node, "transB", 0) == 1;
        yield constant(node, 1)
            ? dense(node, transposed ? 1 : 0, transposed ? 0 : 1, details)
            : null;
      }
      case "Gather" -> {
        Shape table = shape(input(node, 0));
        if (!constant(node, 0) || table == null || table.rank() != 2) {
          yield null;
        }
        details.put("tokens", table.dim(0).toString());
        details.put("features", table.dim(1).toString());
        yield "embedding";
      }
      case "Conv" -> {
        Shape weights = shape(input(node, 1));
        if (weights != null) {
          details.put("input", weights.dim(1).times(integer(node, "group", 1)).toString());
          details.put("output", weights.dim(0).toString());
          details.put("kernel", weights.dims().subList(2, weights.rank()).toString());
        }
        yield "convolution";
      }
      case "BatchNormalization" -> "batch norm";
      case "LayerNormalization" -> "layer norm";
      case "Dropout" -> "dropout";
      case "Softmax", "LogSoftmax" -> node.opType().equals("Softmax") ? "softmax" : "log softmax";
      case "Attention" -> "attention";
      default -> null;
    };
  }

  private @Nullable String dense(Node node, int in, int out, Map<String, String> details) {
    Shape weights = shape(input(node, 1));
    if (weights == null || weights.rank() != 2) {
      return null;
    }
    details.put("input", weights.dim(in).toString());
    details.put("output", weights.dim(out).toString());
    boolean bias =
        node.inputs().size() > 2
            || next(node.outputs().getFirst()).stream()
                .anyMatch(
                    n -> n.isOnnx("Add") && n.inputs().stream().anyMatch(constants::contains));
    details.put("bias", bias ? "yes" : "no");
    return "dense";
  }

  private @Nullable String function(Node node, Map<String, String> details) {
    if (!node.domain().equals(Network.DOMAIN)) {
      return null;
    }
    for (Attribute attribute : node.attributes()) {
      switch (attribute.value()) {
        case Attribute.OfInt(long value) ->
            details.put(key(attribute.name()), String.valueOf(value));
        case Attribute.OfString text -> details.put(key(attribute.name()), text.text());
        default -> {}
      }
    }
    boolean masked = node.opType().contains("Masked");
    details.put("steps", masked ? "those that count" : "all");
    below(input(node, 0), details);
    String kind = node.opType().replaceAll("_[0-9]+$", "");
    return kind.replaceAll("(Reverse|Causal|Masked|Unrolled)+$", "");
  }

  private static String key(String attribute) {
    return attribute.equals("hidden_size") ? "hidden" : attribute;
  }

  private void recurrent(Node node, Map<String, String> details) {
    String direction = text(node, "direction", "forward");
    details.put("direction", direction);
    Shape w = shape(input(node, 1));
    Shape r = shape(input(node, 2));
    if (w != null && w.rank() == 3) {
      details.put("input", w.dim(2).toString());
    }
    long hidden = integer(node, "hidden_size", -1);
    details.put(
        "hidden",
        hidden >= 0
            ? String.valueOf(hidden)
            : r != null && r.rank() == 3 ? r.dim(2).toString() : "?");
    switch (node.opType()) {
      case "LSTM" -> details.put("gates", Gate.LSTM.toString());
      case "GRU" -> {
        details.put("gates", Gate.GRU.toString());
        boolean after = integer(node, "linear_before_reset", 0) == 1;
        details.put("reset", after ? "after the product" : "before the product");
      }
      default -> {}
    }
    if (value(node, "activations") instanceof Attribute.OfStrings names) {
      details.put("activations", names.texts().toString());
    }
    if (!input(node, 7).isEmpty()) {
      details.put("peepholes", Gate.PEEPHOLES.toString());
    }
    if (integer(node, "input_forget", 0) == 1) {
      details.put("coupled", "f = 1 - i");
    }
    if (value(node, "clip") instanceof Attribute.OfFloat(float limit)) {
      details.put("clip", String.valueOf(limit));
    }
    if (!input(node, 4).isEmpty()) {
      details.put("lengths", source(input(node, 4)));
    }
    states(node, details);
    if (direction.equals("bidirectional")) {
      details.put("merge", merge(node.outputs().getFirst()));
    }
    below(input(node, 0), details);
  }

  private void states(Node node, Map<String, String> details) {
    String[] names = node.opType().equals("LSTM") ? new String[] {"h", "C"} : new String[] {"h"};
    for (int i = 0; i < names.length; i++) {
      String in = input(node, 5 + i);
      String out = node.outputs().size() > 1 + i ? node.outputs().get(1 + i) : "";
      String to = out.isEmpty() ? null : sink(out);
      details.put(
          "state " + names[i],
          (in.isEmpty() ? "zeros" : source(in)) + (to == null ? "" : " -> " + to));
    }
  }

  /** Where a value comes from: an input, a constant, or another layer. */
  private String source(String value) {
    Deque<String> open = new ArrayDeque<>(List.of(value));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.removeFirst();
      if (name.isEmpty() || !seen.add(name)) {
        continue;
      }
      if (inputs.contains(name)) {
        return "input " + name;
      }
      Node maker = makers.get(name);
      if (constants.contains(name) || (maker != null && maker.isOnnx("ConstantOfShape"))) {
        return "constant";
      }
      if (maker == null) {
        return name;
      }
      if (!maker.isOnnx() || !MOVES.contains(maker.opType())) {
        return maker.opType() + (maker.name().isEmpty() ? "" : " " + maker.name());
      }
      open.addFirst(maker.inputs().getFirst());
    }
    return value;
  }

  /** Which output a value goes to, moved or side by side with others; null where to none. */
  private @Nullable String sink(String value) {
    Deque<String> open = new ArrayDeque<>(List.of(value));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.removeFirst();
      if (!seen.add(name)) {
        continue;
      }
      if (graph.outputs().stream().anyMatch(output -> output.name().equals(name))) {
        return "output " + name;
      }
      for (Node reader : next(name)) {
        if (reader.isOnnx() && MOVES.contains(reader.opType())) {
          open.addAll(reader.outputs());
        }
      }
    }
    return null;
  }

  private String merge(String y) {
    for (Node reader : next(y)) {
      if (reader.isOnnx() && MERGES.contains(reader.opType())) {
        return switch (reader.opType()) {
          case "ReduceSum" -> "sum";
          case "ReduceMean" -> "average";
          default -> "product";
        };
      }
      if (reader.isOnnx("Transpose")
          && next(reader.outputs().getFirst()).stream().anyMatch(n -> n.isOnnx("Reshape"))) {
        return "concat";
      }
    }
    return "none";
  }

  /** Notes the recurrent layer whose output a value is, with nothing computed between. */
  private void below(String value, Map<String, String> details) {
    String name = value;
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node maker = makers.get(name);
      if (maker == null || maker.inputs().isEmpty()) {
        return;
      }
      boolean layer =
          maker.domain().equals(Network.DOMAIN)
              || (maker.isOnnx() && RECURRENT.contains(maker.opType()));
      if (layer) {
        details.put(
            "on top of", maker.name().isEmpty() ? maker.outputs().getFirst() : maker.name());
        return;
      }
      if (!maker.isOnnx()
          || (!MOVES.contains(maker.opType()) && !MERGES.contains(maker.opType()))) {
        return;
      }
      name = maker.inputs().getFirst();
    }
  }

  private List<Node> next(String value) {
    return readers.getOrDefault(value, List.of());
  }

  private boolean constant(Node node, int index) {
    return constants.contains(input(node, index));
  }

  private static String input(Node node, int index) {
    return index < node.inputs().size() ? node.inputs().get(index) : "";
  }

  private @Nullable Shape shape(String value) {
    return inferred.type(graph, value) instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && shape.dims().stream().noneMatch(Dim.Unknown.class::isInstance)
        ? shape
        : null;
  }

  private static Attribute.@Nullable Value value(Node node, String name) {
    Attribute attribute = node.attribute(name);
    return attribute == null ? null : attribute.value();
  }

  private static long integer(Node node, String name, long otherwise) {
    return value(node, name) instanceof Attribute.OfInt(long value) ? value : otherwise;
  }

  private static String text(Node node, String name, String otherwise) {
    return value(node, name) instanceof Attribute.OfString text ? text.text() : otherwise;
  }
}
