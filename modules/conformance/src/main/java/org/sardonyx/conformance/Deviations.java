package org.sardonyx.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The register of known deviations of an engine. */
public final class Deviations {

  private final List<Deviation> all;

  private Deviations(List<Deviation> all) {
    this.all = List.copyOf(all);
  }

  /** Returns a register without entries. */
  public static Deviations none() {
    return new Deviations(List.of());
  }

  /** Returns what is known of ONNX Runtime's CPU kernels. */
  public static Deviations onnxRuntime() {
    try (InputStream in = Deviations.class.getResourceAsStream("onnxruntime-deviations.json")) {
      if (in == null) {
        throw new IllegalStateException("the register of deviations is not on the class path");
      }
      return read(JsonMapper.shared().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Deviations read(JsonNode root) {
    List<Deviation> all = new ArrayList<>();
    String engine = root.required("engine").asString();
    for (JsonNode entry : root.required("deviations")) {
      List<String> operators = new ArrayList<>();
      entry.required("operators").forEach(operator -> operators.add(operator.asString()));
      all.add(
          new Deviation(
              entry.required("id").asString(),
              operators,
              entry.required("condition").asString(),
              entry.required("key").asString(),
              Deviation.Kind.valueOf(entry.required("kind").asString().toUpperCase(Locale.ROOT)),
              engine,
              entry.required("effect").asString(),
              entry.required("reason").asString(),
              entry.path("reference").asString(""),
              entry.path("modelled").asBoolean(false),
              entry.path("limit").asDouble(0),
              entry.path("since").asString(""),
              entry.path("until").asString(""),
              entry.path("machine").asString("")));
    }
    return new Deviations(all);
  }

  /** Returns every entry, in the order of the register. */
  public List<Deviation> all() {
    return all;
  }

  /** Returns the entries that hold of an engine of this name and version. */
  public Deviations of(String engine) {
    return new Deviations(all.stream().filter(deviation -> deviation.isOf(engine)).toList());
  }

  /**
   * Returns the entries that can show in {@code model} on these inputs: whose operator it has,
   * under the conditions of the entry as far as they can be seen from outside.
   */
  public List<Deviation> matching(Model model, Map<String, ? extends Value> inputs) {
    Map<String, Value> known = new HashMap<>();
    for (TensorData data : model.graph().initializers()) {
      known.put(data.name(), data.load());
    }
    known.putAll(inputs);
    List<Condition.Site> sites = sites(model, inputs, known);
    return all.stream()
        .filter(deviation -> Machine.mayBe(deviation.machine()))
        .filter(deviation -> sites.stream().anyMatch(site -> matches(deviation, site)))
        .toList();
  }

  /** Returns every node; of those in bodies and functions nothing is known but themselves. */
  private static List<Condition.Site> sites(
      Model model, Map<String, ? extends Value> inputs, Map<String, Value> known) {
    Map<String, Type> declared = new HashMap<>();
    Map<String, Type> given = new HashMap<>();
    Infer infer = Infer.of(Operators.standard());
    Graph graph = model.graph();
    List<ValueInfo> filled = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      Value value = inputs.get(input.name());
      filled.add(value == null ? input : input.withType(value.type()));
    }
    declared.putAll(infer.infer(model).types(graph));
    Model full = model.withGraph(graph.withInputs(filled));
    given.putAll(infer.infer(full).types(full.graph()));
    List<Condition.Site> sites = new ArrayList<>();
    List<Node> nested = new ArrayList<>();
    for (Node node : graph.nodes()) {
      sites.add(new Condition.Site(node, model, known, declared::get, given::get));
      collect(node, nested);
    }
    for (Function function : model.functions()) {
      nested.addAll(function.nodes());
      function.nodes().forEach(node -> collect(node, nested));
    }
    nested.forEach(
        node -> sites.add(new Condition.Site(node, model, Map.of(), _ -> null, _ -> null)));
    return sites;
  }

  private static boolean matches(Deviation deviation, Condition.Site site) {
    Node node = site.node();
    String name = node.isOnnx() ? node.opType() : node.domain() + "." + node.opType();
    return (deviation.operators().contains(name) || deviation.operators().contains("*"))
        && Condition.of(deviation.key()).holds(site);
  }

  private static void collect(Node node, List<Node> to) {
    for (Attribute attribute : node.attributes()) {
      if (attribute.value() instanceof Attribute.OfGraph(Graph graph)) {
        for (Node inner : graph.nodes()) {
          to.add(inner);
          collect(inner, to);
        }
      }
    }
  }
}
