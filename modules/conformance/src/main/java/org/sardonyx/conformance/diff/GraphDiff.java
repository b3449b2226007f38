package org.sardonyx.conformance.diff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.diff.Difference.Kind;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.TensorData;

/** Compares two graphs, and the graphs inside their nodes. */
final class GraphDiff {

  /** Above this product of sizes nodes that remain are paired in order of their operators alone. */
  private static final long MOST_CELLS = 16_000_000;

  private final String place;
  private final Graph before;
  private final Graph after;
  private final @Nullable GraphDiff outer;
  private final List<Difference> differences;
  private final Origins origins;
  private final Origins newOrigins;
  private final Digests digests;
  private final Digests newDigests;
  private final IdentityHashMap<Node, Node> pairs = new IdentityHashMap<>();
  private final Set<TensorData> compared;

  GraphDiff(
      String place,
      Graph before,
      Graph after,
      @Nullable GraphDiff outer,
      List<Difference> differences) {
    this.place = place;
    this.before = before;
    this.after = after;
    this.outer = outer;
    this.differences = differences;
    this.origins = new Origins(before, outer == null ? null : outer.origins);
    this.newOrigins = new Origins(after, outer == null ? null : outer.newOrigins);
    this.digests = new Digests(origins);
    this.newDigests = new Digests(newOrigins);
    this.compared =
        outer == null ? Collections.newSetFromMap(new IdentityHashMap<>()) : outer.compared;
  }

  /** Returns the inputs of a graph that a caller gives: those that no constant stands for. */
  static List<ValueInfo> given(Graph graph) {
    Set<String> constants = new HashSet<>();
    graph.initializers().forEach(tensor -> constants.add(tensor.name()));
    return graph.inputs().stream().filter(input -> !constants.contains(input.name())).toList();
  }

  static String operator(Node node) {
    String domain =
        node.domain().isEmpty() || node.domain().equals("ai.onnx") ? "" : node.domain() + ".";
    return domain + node.opType() + (node.overload().isEmpty() ? "" : ":" + node.overload());
  }

  void compare() {
    List<Node> old = new ArrayList<>();
    List<Node> young = new ArrayList<>();
    pairEqual(old, young);
    align(old, young);
    boolean named = false;
    for (Node node : before.nodes()) {
      Node other = pairs.get(node);
      if (other == null) {
        add(Kind.REMOVED, "", label(node), "");
      } else {
        compare(node, other);
        named |= !node.name().equals(other.name()) || !node.outputs().equals(other.outputs());
      }
    }
    Set<Node> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(pairs.values());
    for (Node node : after.nodes()) {
      if (!known.contains(node)) {
        add(Kind.ADDED, "", "", label(node));
      }
    }
    outputs();
    if (named || !inOrder()) {
      add(Kind.NAMES, "", "names of nodes or values, or the order of nodes", "");
    }
  }

  /** Pairs nodes that compute the same, and gathers the others. */
  private void pairEqual(List<Node> old, List<Node> young) {
    Map<String, Deque<Node>> byDigest = new HashMap<>();
    for (Node node : after.nodes()) {
      byDigest.computeIfAbsent(newDigests.whole(node), _ -> new ArrayDeque<>()).add(node);
    }
    for (Node node : before.nodes()) {
      Deque<Node> equal = byDigest.get(digests.whole(node));
      if (equal == null || equal.isEmpty()) {
        old.add(node);
      } else {
        pairs.put(node, equal.poll());
      }
    }
    Set<Node> paired = Collections.newSetFromMap(new IdentityHashMap<>());
    paired.addAll(pairs.values());
    after.nodes().stream().filter(node -> !paired.contains(node)).forEach(young::add);
  }

  /** Pairs nodes of one operator in order, such that as much as possible is alike. */
  private void align(List<Node> old, List<Node> young) {
    int rows = old.size();
    int columns = young.size();
    if ((long) rows * columns > MOST_CELLS) {
      Map<String, Deque<Node>> byOperator = new HashMap<>();
      young.forEach(
          node -> byOperator.computeIfAbsent(operator(node), _ -> new ArrayDeque<>()).add(node));
      for (Node node : old) {
        Deque<Node> same = byOperator.get(operator(node));
        if (same != null && !same.isEmpty()) {
          pairs.put(node, same.poll());
        }
      }
      return;
    }
    List<Likeness> a = old.stream().map(node -> new Likeness(node, digests)).toList();
    List<Likeness> b = young.stream().map(node -> new Likeness(node, newDigests)).toList();
    int[][] best = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        int skip = Math.max(best[i + 1][j], best[i][j + 1]);
        int score = a.get(i).score(b.get(j));
        best[i][j] = score > 0 ? Math.max(skip, score + best[i + 1][j + 1]) : skip;
      }
    }
    for (int i = 0, j = 0; i < rows && j < columns; ) {
      int score = a.get(i).score(b.get(j));
      if (score > 0 && best[i][j] == score + best[i + 1][j + 1]) {
        pairs.put(old.get(i++), young.get(j++));
      } else if (best[i][j] == best[i + 1][j]) {
        i++;
      } else {
        j++;
      }
    }
  }

  /** What two nodes of different models are recognised by. */
  private record Likeness(
      String operator, String alone, List<String> outputs, List<String> constants) {

    Likeness(Node node, Digests digests) {
      this(
          GraphDiff.operator(node),
          digests.alone(node),
          node.outputs(),
          node.inputs().stream().map(digests::value).filter(text -> !text.contains("#")).toList());
    }

    int score(Likeness other) {
      if (!operator.equals(other.operator)) {
        return 0;
      }
      return 2
          + (alone.equals(other.alone) ? 2 : 0)
          + (outputs.equals(other.outputs) ? 2 : 0)
          + (constants.equals(other.constants) ? 2 : 0);
    }
  }

  private void compare(Node node, Node other) {
    String label = label(node);
    Map<String, Attribute.Value> old = attributes(node);
    Map<String, Attribute.Value> young = attributes(other);
    Set<String> names = new TreeSet<>(old.keySet());
    names.addAll(young.keySet());
    for (String name : names) {
      Attribute.Value a = old.get(name);
      Attribute.Value b = young.get(name);
      String where = label + ", attribute " + Text.escape(name);
      switch (a) {
        case Attribute.OfGraph(Graph first) when b instanceof Attribute.OfGraph(Graph second) ->
            inner(where, first, second);
        case Attribute.OfGraphs(List<Graph> first)
            when b instanceof Attribute.OfGraphs(List<Graph> second)
                && first.size() == second.size() -> {
          for (int i = 0; i < first.size(); i++) {
            inner(where + " " + i, first.get(i), second.get(i));
          }
        }
        case Attribute.OfTensor(TensorData first)
            when b instanceof Attribute.OfTensor(TensorData second) ->
            weights(where, first, second);
        case null, default -> {
          String from = shown(a);
          String to = shown(b);
          if (a == null || b == null || !a.equals(b)) {
            add(Kind.ATTRIBUTE, where, from, to);
          }
        }
      }
    }
    for (int i = 0; i < Math.max(node.inputs().size(), other.inputs().size()); i++) {
      same(
          label + ", input " + i,
          i < node.inputs().size() ? node.inputs().get(i) : "",
          i < other.inputs().size() ? other.inputs().get(i) : "");
    }
  }

  private void inner(String where, Graph first, Graph second) {
    new GraphDiff(in(where), first, second, this, differences).compare();
    if (first.outputs().size() != second.outputs().size()
        || given(first).size() != given(second).size()) {
      add(Kind.SIGNATURE, where, "has one signature", "has another");
    }
  }

  private void outputs() {
    for (int i = 0; i < Math.min(before.outputs().size(), after.outputs().size()); i++) {
      same("output " + i, before.outputs().get(i).name(), after.outputs().get(i).name());
    }
  }

  /** Says where two values differ: in where they come from, or in the values of a constant. */
  @SuppressWarnings("ReferenceEquality") // nodes are told apart by identity
  private void same(String where, String name, String otherName) {
    Origins.Origin origin = origins.of(name);
    Origins.Origin other = newOrigins.of(otherName);
    boolean same =
        switch (origin) {
          case Origins.Made(Node node, int index) ->
              other instanceof Origins.Made(Node found, int at)
                  && index == at
                  && partner(node) == found;
          case Origins.Given given -> given.equals(other);
          case Origins.Nothing nothing -> nothing.equals(other);
          case Origins.Sparse _ -> digests.value(name).equals(newDigests.value(otherName));
          case Origins.Constant(TensorData tensor) -> {
            if (other instanceof Origins.Constant(TensorData found)) {
              weights(where, tensor, found);
              yield true;
            }
            yield false;
          }
        };
    if (!same) {
      add(Kind.INPUT, where, shown(name, origin), shown(otherName, other));
    }
  }

  private @Nullable Node partner(Node node) {
    Node partner = pairs.get(node);
    return partner != null || outer == null ? partner : outer.partner(node);
  }

  private void weights(String where, TensorData tensor, TensorData other) {
    if (!tensor.name().isEmpty() && !compared.add(tensor)) {
      return;
    }
    String name = tensor.name().isEmpty() ? "" : ", " + Text.escape(tensor.name());
    if (!tensor.type().equals(other.type())) {
      add(Kind.WEIGHT, where + name, tensor.type().toString(), other.type().toString());
      return;
    }
    Comparison comparison = Comparison.of(tensor.load(), other.load(), Tolerance.EXACT);
    if (!comparison.agrees()) {
      add(
          Kind.WEIGHT,
          where + name,
          tensor.type().toString(),
          "%d of %d elements differ, by up to %.3g (%.3g units in the last place)"
              .formatted(
                  comparison.outside(),
                  comparison.elements(),
                  comparison.maxAbs(),
                  comparison.maxUlp()));
    }
  }

  private boolean inOrder() {
    List<Node> paired = before.nodes().stream().map(pairs::get).filter(Objects::nonNull).toList();
    int last = -1;
    IdentityHashMap<Node, Integer> positions = new IdentityHashMap<>();
    after.nodes().forEach(node -> positions.put(node, positions.size()));
    for (Node node : paired) {
      int position = positions.getOrDefault(node, -1);
      if (position < last) {
        return false;
      }
      last = position;
    }
    return true;
  }

  private static Map<String, Attribute.Value> attributes(Node node) {
    Map<String, Attribute.Value> attributes = new LinkedHashMap<>();
    node.attributes().forEach(attribute -> attributes.put(attribute.name(), attribute.value()));
    return attributes;
  }

  private static String shown(Attribute.@Nullable Value value) {
    return switch (value) {
      case null -> "";
      case Attribute.OfInt(long number) -> Long.toString(number);
      case Attribute.OfFloat(float number) -> Float.toString(number);
      case Attribute.OfString text -> '"' + text.text() + '"';
      case Attribute.OfInts(List<Long> numbers) -> numbers.toString();
      case Attribute.OfFloats(List<Float> numbers) -> numbers.toString();
      case Attribute.OfStrings texts -> texts.texts().toString();
      case Attribute.OfType(var type) -> type.toString();
      case Attribute.Reference(String name, Attribute.Kind _) -> "@" + name;
      default -> value.kind().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String shown(String name, Origins.Origin origin) {
    return switch (origin) {
      case Origins.Made(Node node, int _) -> name + " (" + operator(node) + ")";
      case Origins.Given _ -> name + " (input)";
      case Origins.Constant _, Origins.Sparse _ -> name + " (constant)";
      case Origins.Nothing _ -> name.isEmpty() ? "nothing" : name + " (nothing)";
    };
  }

  private static String label(Node node) {
    String outputs = node.outputs().stream().map(Text::escape).collect(Collectors.joining(", "));
    return node.label() + " of " + outputs;
  }

  private String in(String where) {
    return place.isEmpty() ? where : place + " > " + where;
  }

  private void add(Kind kind, String where, String from, String to) {
    String whole = where.isEmpty() ? place : in(where);
    differences.add(new Difference(kind, whole, Text.escape(from), Text.escape(to)));
  }
}
