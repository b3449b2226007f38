package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Renaming;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Type;

/** The nodes that one Gradient stands for. */
public final class Derivative {

  private static final String DOMAIN = "ai.onnx.preview.training";

  private final Graph graph;
  private final int place;
  private final Node gradient;
  private final List<String> xs;
  private final String y;
  private final Tape tape;
  private final Forms forms;
  private final Map<String, String> found = new HashMap<>();
  private final UnaryOperator<String> fresh;

  /**
   * Prepares one.
   *
   * @param graph the graph it stands in
   * @param place which node it is
   * @param operators the operators that there are
   * @param version the model's version of ai.onnx
   * @param types the types of the graph's values, null where they are not known
   * @param fresh makes new names
   */
  public Derivative(
      Graph graph,
      int place,
      Operators operators,
      long version,
      Function<String, @Nullable Type> types,
      UnaryOperator<String> fresh) {
    this.graph = graph;
    this.place = place;
    this.fresh = fresh;
    gradient = graph.nodes().get(place);
    xs = strings("xs");
    Attribute target = gradient.attribute("y");
    if (xs.isEmpty()
        || target == null
        || !(target.value() instanceof Attribute.OfString text)
        || gradient.outputs().size() > xs.size()) {
      throw new InvalidModel("Gradient needs y, and as many xs as it has outputs at least");
    }
    y = text.text();
    tape = new Tape(operators, version, types, fresh);
    forms = new Forms(tape, version);
  }

  /** Whether a node is one of these. */
  public static boolean isGradient(Node node) {
    return node.domain().equals(DOMAIN) && node.opType().equals("Gradient");
  }

  /** Returns the nodes to put in place of the Gradient. */
  public List<Node> nodes() {
    List<String> independent = new ArrayList<>(xs);
    independent.addAll(strings("zs"));
    if (gradient.inputs().size() != independent.size()) {
      throw new InvalidModel(
          "Gradient has "
              + gradient.inputs().size()
              + " inputs for "
              + independent.size()
              + " names in xs and zs");
    }
    List<Node> forward = between(new HashSet<>(independent));
    String target = y;
    List<String> sources = xs;
    if (!gradient.inputs().equals(independent) || standsBehind(forward)) {
      Map<String, String> names = new HashMap<>();
      for (int i = 0; i < independent.size(); i++) {
        names.put(independent.get(i), gradient.inputs().get(i));
        tape.copyType(independent.get(i), gradient.inputs().get(i));
      }
      forward = copied(forward, names);
      target = names.getOrDefault(y, y);
      sources = gradient.inputs().subList(0, xs.size());
    }
    back(forward, target, sources);
    for (int i = 0; i < gradient.outputs().size(); i++) {
      String output = gradient.outputs().get(i);
      if (!output.isEmpty()) {
        String source = sources.get(i);
        String value = found.get(source);
        tape.add(
            new Node(
                "",
                "Identity",
                List.of(value == null ? forms.filled(source, 0) : value),
                List.of(output),
                List.of()));
      }
    }
    return tape.nodes();
  }

  private List<String> strings(String name) {
    Attribute attribute = gradient.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfStrings texts
        ? texts.texts()
        : List.of();
  }

  /** Returns the nodes that y needs and that do not lie before independent values. */
  private List<Node> between(Set<String> independent) {
    Map<String, Node> makers = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
    }
    Set<String> known = Graphs.defined(graph);
    List<String> open = new ArrayList<>(List.of(y));
    for (String name : independent) {
      if (!known.contains(name)) {
        throw new InvalidModel("Gradient names " + Text.escape(name) + ", which the graph lacks");
      }
    }
    if (!known.contains(y)) {
      throw new InvalidModel("Gradient names " + Text.escape(y) + ", which the graph lacks");
    }
    Set<String> seen = new HashSet<>(independent);
    Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!open.isEmpty()) {
      String name = open.removeLast();
      Node maker = seen.add(name) ? makers.get(name) : null;
      if (maker != null && needed.add(maker)) {
        if (isGradient(maker)) {
          throw new InvalidModel("Gradient depends on one that stands behind it, or on itself");
        }
        open.addAll(Graphs.reads(maker));
      }
    }
    return graph.nodes().stream().filter(needed::contains).toList();
  }

  private boolean standsBehind(List<Node> forward) {
    Set<Node> before = new HashSet<>(graph.nodes().subList(0, place));
    return !before.containsAll(forward);
  }

  /** Writes the nodes anew over other inputs; {@code names} learns the new names. */
  private List<Node> copied(List<Node> forward, Map<String, String> names) {
    List<Node> copies = new ArrayList<>();
    for (Node node : forward) {
      for (String output : node.outputs()) {
        if (!output.isEmpty() && !names.containsKey(output)) {
          String copy = fresh.apply(output + "_copy");
          tape.copyType(output, copy);
          names.put(output, copy);
        }
      }
      Node copy = Renaming.deep(names, name -> fresh.apply(name + "_copy")).apply(node);
      tape.add(copy);
      copies.add(copy);
    }
    return copies;
  }

  private void back(List<Node> forward, String target, List<String> sources) {
    Set<String> active = new HashSet<>(sources);
    List<Node> way = new ArrayList<>();
    for (Node node : forward) {
      if (Rules.isFlat(node) || Graphs.reads(node).stream().noneMatch(active::contains)) {
        continue;
      }
      boolean any = false;
      for (String output : node.outputs()) {
        DataType type = tape.elementType(output);
        if (!output.isEmpty() && (type == null || type.isFloat()) && !active.contains(output)) {
          active.add(output);
          any = true;
        }
      }
      if (any) {
        way.add(node);
      }
    }
    if (!active.contains(target)) {
      return;
    }
    found.put(target, forms.filled(target, 1));
    for (Node node : way.reversed()) {
      if (node.outputs().stream().anyMatch(found::containsKey)) {
        Rule rule = Rules.find(node);
        tape.begin("the derivative of " + node.label());
        if (rule == null) {
          throw new UnsupportedModel("the derivative of " + node.label() + " is not implemented");
        }
        rule.write(new Step(node, tape, forms, found, active));
      }
    }
  }
}
