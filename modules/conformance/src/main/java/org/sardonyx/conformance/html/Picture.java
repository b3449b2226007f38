package org.sardonyx.conformance.html;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.html.NodeErrors.Measured;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** The graphs of a model as maps and lists: boxes and wires with their places. */
final class Picture {

  private static final double WIDTH = 184;
  private static final double HEIGHT = 84;
  private static final int MOST_NODES = 20_000;
  private static final int MOST_BODIES = 40;

  private final Inferred inferred;
  private final Map<String, Measured> errors;
  private final Map<Integer, Double> times;
  private final List<Map<String, Object>> graphs = new ArrayList<>();

  private Picture(Inferred inferred, Map<String, Measured> errors, Map<Integer, Double> times) {
    this.inferred = inferred;
    this.errors = errors;
    this.times = times;
  }

  /**
   * Returns the main graph and those in its nodes.
   *
   * @param errors by value of the main graph
   * @param times by index of a node of the main graph
   */
  static List<Map<String, Object>> of(
      Model model, Map<String, Measured> errors, Map<Integer, Double> times) {
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    Picture picture = new Picture(inferred, errors, times);
    picture.graph("main graph", inferred.model().graph(), true);
    return picture.graphs;
  }

  private void graph(String title, Graph graph, boolean main) {
    if (graph.nodes().size() > MOST_NODES || graphs.size() > MOST_BODIES) {
      return;
    }
    List<Map<String, Object>> boxes = new ArrayList<>();
    Map<String, Integer> makers = new HashMap<>();
    List<Layering.Edge> edges = new ArrayList<>();
    List<String> carried = new ArrayList<>();
    Map<String, TensorData> constants = new HashMap<>();
    graph.initializers().forEach(data -> constants.put(data.name(), data));
    for (ValueInfo input : graph.inputs()) {
      if (!constants.containsKey(input.name())) {
        makers.put(input.name(), boxes.size());
        boxes.add(box("input", input.name(), "", spec(input.type())));
      }
    }
    List<Node> inner = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      int number = boxes.size();
      for (String input : node.inputs()) {
        Integer maker = makers.get(input);
        if (maker != null) {
          edges.add(new Layering.Edge(maker, number));
          carried.add(input);
        }
      }
      if (node.isOnnx("Constant")) {
        continue;
      }
      node.outputs().forEach(output -> makers.put(output, number));
      boxes.add(node(node, graph, constants, main ? times.get(i) : null));
      if (!Graphs.bodies(node).isEmpty()) {
        inner.add(node);
      }
    }
    for (ValueInfo output : graph.outputs()) {
      Integer maker = makers.get(output.name());
      if (maker != null) {
        edges.add(new Layering.Edge(maker, boxes.size()));
        carried.add(output.name());
        boxes.add(box("output", output.name(), "", spec(output.type())));
      }
    }
    place(title, boxes, edges, carried);
    for (Node node : inner) {
      for (Graph body : Graphs.bodies(node)) {
        graph(title + " > " + node.label() + " > " + body.name(), body, false);
      }
    }
  }

  private void place(
      String title,
      List<Map<String, Object>> boxes,
      List<Layering.Edge> edges,
      List<String> carried) {
    Layering.Placed placed = Layering.place(boxes.size(), edges);
    for (int i = 0; i < boxes.size(); i++) {
      boxes.get(i).put("x", x(placed.x()[i]));
      boxes.get(i).put("y", y(placed.layer()[i]));
    }
    List<Object> wires = new ArrayList<>();
    for (int i = 0; i < edges.size(); i++) {
      List<Object> wire = new ArrayList<>();
      wire.add(edges.get(i).from());
      wire.add(edges.get(i).to());
      wire.add(carried.get(i));
      for (Layering.Bend bend : placed.bends().get(i)) {
        wire.add(x(bend.x()));
        wire.add(y(bend.layer()));
      }
      wires.add(wire);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("title", title);
    json.put("boxes", boxes);
    json.put("wires", wires);
    graphs.add(json);
  }

  private static long x(double units) {
    return Math.round(units * WIDTH);
  }

  private static long y(int layer) {
    return Math.round(layer * HEIGHT);
  }

  private static Map<String, Object> box(String kind, String label, String name, String type) {
    Map<String, Object> box = new LinkedHashMap<>();
    box.put("kind", kind);
    box.put("label", label);
    box.put("name", name);
    box.put("type", type);
    return box;
  }

  private Map<String, Object> node(
      Node node, Graph graph, Map<String, TensorData> constants, @Nullable Double nanos) {
    String first = node.outputs().isEmpty() ? "" : node.outputs().getFirst();
    Map<String, Object> box =
        box(
            "node",
            node.isOnnx() ? node.opType() : node.domain() + "." + node.opType(),
            node.name(),
            spec(inferred.type(graph, first)));
    box.put("inputs", node.inputs());
    box.put("outputs", node.outputs());
    List<String> weights = new ArrayList<>();
    for (String input : node.inputs()) {
      TensorData data = constants.get(input);
      if (data != null) {
        weights.add(data.name() + " " + data.shape());
      }
    }
    if (!weights.isEmpty()) {
      box.put("weights", weights);
    }
    Measured worst = null;
    for (String output : node.outputs()) {
      Measured measured = errors.get(output);
      if (measured != null && (worst == null || measured.relative() > worst.relative())) {
        worst = measured;
      }
    }
    if (worst != null) {
      box.put("relative", worst.relative());
      box.put("maxAbs", worst.maxAbs());
      box.put("maxUlp", worst.maxUlp());
      box.put("agrees", worst.agrees());
    }
    if (nanos != null) {
      box.put("nanos", Math.round(nanos));
    }
    return box;
  }

  private static String spec(@Nullable Type type) {
    return type == null ? "" : type.toString();
  }
}
