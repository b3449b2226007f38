package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.optimize.rules.Steps.Call;
import org.sardonyx.optimize.rules.Steps.Role;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/** Writes steps as a Scan. */
final class Roll {

  private final Graph graph;
  private final Site site;
  private final Steps steps;
  private final int count;
  private final Set<Node> removed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();

  /** Names in the body, by the value in the second step. */
  private final Map<String, String> inner = new HashMap<>();

  private final List<Node> after = new ArrayList<>();
  private final List<TensorData> constants = new ArrayList<>();
  private final IdentityHashMap<Node, Node> joined = new IdentityHashMap<>();

  Roll(Graph graph, Site site, Steps steps) {
    this.graph = graph;
    this.site = site;
    this.steps = steps;
    this.count = steps.count();
    for (Call call : steps.calls()) {
      for (Node node : call.nodes()) {
        if (node != null) {
          removed.add(node);
        }
      }
    }
    for (Node node : graph.nodes()) {
      for (String read : Graphs.reads(node)) {
        readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(node);
      }
    }
    graph.outputs().forEach(output -> outputs.add(output.name()));
  }

  /** Returns the graph with a Scan in the place of the steps; null where there cannot be one. */
  @Nullable Graph scan() {
    List<Role.Slice> slices = steps.slices();
    if (slices.isEmpty() || removed.size() != count * steps.calls().size()) {
      return null;
    }
    boolean reverse = slices.getFirst().by() < 0;
    for (Role.Slice slice : slices) {
      if (!isWhole(slice) || (slice.by() < 0) != reverse) {
        return null;
      }
    }
    List<String> inputs = new ArrayList<>();
    List<ValueInfo> bodyInputs = new ArrayList<>();
    List<ValueInfo> bodyOutputs = new ArrayList<>();
    List<String> results = new ArrayList<>();
    for (Role.State state : steps.states().keySet()) {
      inputs.add(String.valueOf(state.values()[0]));
      bodyInputs.add(new ValueInfo(name(state), null));
    }
    for (Role.Slice slice : slices) {
      inputs.add(slice.whole());
      bodyInputs.add(new ValueInfo(name(slice), null));
    }
    List<Node> body = new ArrayList<>();
    Map<Role, String> finals = new LinkedHashMap<>();
    for (Call call : steps.calls()) {
      body.add(node(call));
    }
    for (Role next : steps.states().values()) {
      bodyOutputs.add(new ValueInfo(name(next), null));
      String end = String.valueOf(next.values()[count - 1]);
      finals.put(next, end);
      results.add(site.names().fresh(end + "/end"));
    }
    collect(finals, results, bodyOutputs, reverse);
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(
        new Attribute(
            "body",
            new Attribute.OfGraph(new Graph("step", body, bodyInputs, bodyOutputs, List.of()))));
    attributes.add(Attribute.of("num_scan_inputs", (long) slices.size()));
    attributes.add(
        Attribute.of("scan_input_axes", slices.stream().mapToLong(Role.Slice::axis).toArray()));
    if (reverse) {
      long[] back = new long[slices.size()];
      java.util.Arrays.fill(back, 1);
      attributes.add(Attribute.of("scan_input_directions", back));
      long[] collected = new long[results.size() - steps.states().size()];
      java.util.Arrays.fill(collected, 1);
      attributes.add(Attribute.of("scan_output_directions", collected));
    }
    return placed(new Node("", "Scan", inputs, results, attributes), inputs);
  }

  private boolean isWhole(Role.Slice slice) {
    Shape shape = Read.shape(site, slice.whole());
    long axis = slice.axis() < 0 ? slice.axis() + shape.rank() : slice.axis();
    return shape.hasRank()
        && axis >= 0
        && axis < shape.rank()
        && shape.dim((int) axis).is(count)
        && slice.first() == (slice.by() > 0 ? 0 : count - 1);
  }

  private String name(Role role) {
    return role instanceof Role.Shared
        ? String.valueOf(role.values()[0])
        : inner.computeIfAbsent(
            String.valueOf(role.values()[1]), value -> site.names().fresh(value + "/step"));
  }

  private Node node(Call call) {
    Node second = call.nodes()[1];
    if (second == null) {
      throw new IllegalStateException("a step without a node");
    }
    List<String> inputs = new ArrayList<>();
    for (Role input : call.inputs()) {
      inputs.add(input == null ? "" : name(input));
    }
    List<String> made = new ArrayList<>();
    for (String output : second.outputs()) {
      made.add(
          output.isEmpty()
              ? ""
              : inner.computeIfAbsent(output, value -> site.names().fresh(value + "/step")));
    }
    return second.withInputs(inputs).withOutputs(made);
  }

  /** Gives what is read around the steps: ends of states, and what each step made. */
  private void collect(
      Map<Role, String> finals,
      List<String> results,
      List<ValueInfo> bodyOutputs,
      boolean reverse) {
    List<Role> ends = new ArrayList<>(finals.keySet());
    for (Call call : steps.calls()) {
      Node second = call.nodes()[1];
      for (int k = 0; second != null && k < second.outputs().size(); k++) {
        String[] values = new String[count];
        for (int t = 0; t < count; t++) {
          Node node = call.nodes()[t];
          values[t] = node == null ? "" : node.outputs().get(k);
        }
        Node join = join(values, reverse);
        boolean[] read = new boolean[count];
        int reads = 0;
        for (int t = 0; t < count; t++) {
          read[t] =
              outputs.contains(values[t])
                  || outside(values[t]).stream().anyMatch(reader -> !isOf(join, reader));
          reads += read[t] ? 1 : 0;
        }
        int end = -1;
        for (int i = 0; i < ends.size(); i++) {
          end = values[count - 1].equals(finals.get(ends.get(i))) ? i : end;
        }
        // A layer that reads every step is found by where it takes them from.
        if (reads < count && read[count - 1] && end >= 0) {
          results.set(end, values[count - 1]);
          read[count - 1] = false;
          reads--;
        }
        if (join != null || reads > 0) {
          String all = site.names().fresh(values[1] + "/all");
          results.add(all);
          bodyOutputs.add(new ValueInfo(String.valueOf(inner.get(values[1])), null));
          if (join != null) {
            joined.put(join, turned(join, all));
          }
          give(values, read, all, reverse);
        }
      }
    }
  }

  /** Returns what reads a value and is no part of the steps. */
  private List<Node> outside(String value) {
    return readers.getOrDefault(value, List.of()).stream()
        .filter(reader -> !removed.contains(reader))
        .toList();
  }

  /** Whether a node is an Unsqueeze that a join alone reads. */
  private static boolean isOf(@Nullable Node join, Node node) {
    return join != null
        && node.isOnnx("Unsqueeze")
        && join.inputs().contains(node.outputs().getFirst());
  }

  /** Returns what takes the place of a join. */
  private Node turned(Node join, String all) {
    int axis = (int) Read.axis(join, 0);
    int rank = Read.shape(site, join.outputs().getFirst()).rank();
    axis = axis < 0 ? axis + rank : axis;
    long[] perm = new long[rank];
    for (int i = 0; i < rank; i++) {
      perm[i] = i < axis ? i + 1L : i == axis ? 0 : i;
    }
    return new Node(
        join.name(),
        "Transpose",
        List.of(all),
        join.outputs(),
        List.of(Attribute.of("perm", perm)));
  }

  private void give(String[] values, boolean[] read, String all, boolean reverse) {
    for (int t = 0; t < count; t++) {
      if (read[t]) {
        String index = site.names().fresh(values[t] + "/at");
        constants.add(TensorData.of(index, Tensor.scalar(reverse ? count - 1L - t : (long) t)));
        after.add(
            new Node(
                "",
                "Gather",
                List.of(all, index),
                List.of(values[t]),
                List.of(Attribute.of("axis", 0L))));
      }
    }
  }

  /** Returns the Concat that joins all steps along an axis of their own. */
  private @Nullable Node join(String[] values, boolean reverse) {
    for (Node first : outside(values[0])) {
      Node concat = first.isOnnx("Unsqueeze") ? onlyReader(first.outputs().getFirst()) : null;
      if (concat == null || !concat.isOnnx("Concat") || concat.inputs().size() != count) {
        continue;
      }
      boolean whole = true;
      for (int t = 0; whole && t < count; t++) {
        String wide = concat.inputs().get(reverse ? count - 1 - t : t);
        whole =
            outside(values[t]).stream()
                .anyMatch(reader ->
                    reader.isOnnx("Unsqueeze")
                        && reader.outputs().getFirst().equals(wide)
                        && concat.equals(onlyReader(wide))
                        && isSameAxis(Read.ints(site, reader, "axes", 1), concat));
      }
      if (whole) {
        return concat;
      }
    }
    return null;
  }

  private @Nullable Node onlyReader(String value) {
    List<Node> all = readers.getOrDefault(value, List.of());
    return all.size() == 1 && !outputs.contains(value) ? all.getFirst() : null;
  }

  private boolean isSameAxis(long @Nullable [] axes, Node concat) {
    if (axes == null || axes.length != 1) {
      return false;
    }
    long axis = axes[0];
    Shape shape = Read.shape(site, concat.outputs().getFirst());
    long other = Read.axis(concat, 0);
    return shape.hasRank()
        && (axis < 0 ? axis + shape.rank() : axis) == (other < 0 ? other + shape.rank() : other);
  }

  /** Puts the Scan after what it reads and before what reads of it. */
  private @Nullable Graph placed(Node scan, List<String> inputs) {
    Set<String> made = new HashSet<>();
    removed.forEach(node -> made.addAll(node.outputs()));
    Set<String> needed = new HashSet<>(inputs);
    needed.addAll(Graphs.reads(scan));
    if (needed.stream().anyMatch(made::contains)) {
      return null;
    }
    List<Node> nodes = new ArrayList<>();
    boolean placed = false;
    for (Node node : graph.nodes()) {
      if (removed.contains(node)) {
        continue;
      }
      boolean reads = Graphs.reads(node).stream().anyMatch(made::contains);
      if (reads && !placed) {
        nodes.add(scan);
        nodes.addAll(after);
        placed = true;
      }
      if (placed && node.outputs().stream().anyMatch(needed::contains)) {
        return null;
      }
      // An Unsqueeze of a step that only a join read is left without its input, and goes.
      boolean loose =
          joined.keySet().stream()
              .anyMatch(join -> join.inputs().contains(node.outputs().getFirst()));
      if (!loose) {
        nodes.add(joined.getOrDefault(node, node));
      }
    }
    if (!placed) {
      nodes.add(scan);
      nodes.addAll(after);
    }
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    initializers.addAll(constants);
    return graph.withNodes(nodes).withInitializers(initializers);
  }
}
