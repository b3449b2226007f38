package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;

/** The same nodes in every one of several steps, and what goes from step to step. */
final class Steps {

  /** What a value of the body is, by its name in each step; the last may not be known. */
  sealed interface Role {

    @Nullable String[] values();

    /** The same value in every step, made around them. */
    record Shared(@Nullable String[] values) implements Role {}

    /** What the step before made; the first is made before the steps. */
    record State(@Nullable String[] values) implements Role {}

    /** A part of a value, a further one in each step. */
    record Slice(@Nullable String[] values, String whole, long axis, long first, long by)
        implements Role {}

    /** An output of the same node in every step. */
    record Made(@Nullable String[] values, Call call, int output) implements Role {}
  }

  /**
   * A node in every step.
   *
   * @param nodes by step; the last may not be known
   * @param inputs null for one that is left out
   */
  record Call(@Nullable Node[] nodes, List<@Nullable Role> inputs) {}

  private final Graph graph;
  private final Site site;
  private final int count;
  private final Map<String, Node> makers = new HashMap<>();

  /** By the value in the second step, since the first may read what no other does. */
  private final Map<String, Role> roles = new LinkedHashMap<>();

  /** In the order in which they can be computed. */
  private final List<Call> calls = new ArrayList<>();

  private final Map<String, Call> callOf = new HashMap<>();
  private final Map<Role.State, Role> next = new LinkedHashMap<>();

  private Steps(Graph graph, Site site, int count) {
    this.graph = graph;
    this.site = site;
    this.count = count;
    graph.nodes().forEach(node -> node.outputs().forEach(output -> makers.put(output, node)));
  }

  /** Returns the steps around products that stand in each of them, where there are any. */
  static Optional<Steps> of(Graph graph, Site site, List<Node> anchors) {
    Steps steps = new Steps(graph, site, anchors.size());
    @Nullable String[] values =
        anchors.stream().map(anchor -> anchor.outputs().getFirst()).toArray(String[]::new);
    return steps.role(values) != null && !steps.next.isEmpty() && steps.completes()
        ? Optional.of(steps)
        : Optional.empty();
  }

  int count() {
    return count;
  }

  List<Call> calls() {
    return calls;
  }

  /** Returns the states, with what each step makes of them. */
  Map<Role.State, Role> states() {
    return next;
  }

  /** Returns the slices that are read, each once. */
  List<Role.Slice> slices() {
    List<Role.Slice> found = new ArrayList<>();
    for (Role role : roles.values()) {
      if (role instanceof Role.Slice slice) {
        found.add(slice);
      }
    }
    return found;
  }

  private @Nullable Role role(@Nullable String[] values) {
    String second = values[1];
    if (second == null) {
      return null;
    }
    if (isShared(values)) {
      return new Role.Shared(values);
    }
    Role known = roles.get(second);
    if (known != null) {
      return agrees(known.values(), values) ? known : null;
    }
    for (Role made : List.copyOf(roles.values())) {
      if (made instanceof Role.Made && isShifted(values, made.values())) {
        return state(values, made);
      }
    }
    Node first = makers.get(values[0]);
    Node node = makers.get(second);
    if (node == null || Graphs.hasBodies(node)) {
      return null;
    }
    Role.Slice slice = slice(values);
    if (slice != null) {
      roles.put(second, slice);
      return slice;
    }
    if (first != null && isLike(first, node)) {
      return made(values, node);
    }
    // The first is made otherwise: what the others are is made by the step before each.
    Role.State state = new Role.State(values);
    roles.put(second, state);
    @Nullable String[] before = Arrays.copyOfRange(values, 1, count + 1);
    Role role = role(before);
    if (role == null) {
      return null;
    }
    next.put(state, role);
    return state;
  }

  private Role state(@Nullable String[] values, Role made) {
    Role.State state = new Role.State(values);
    roles.put(String.valueOf(values[1]), state);
    next.put(state, made);
    return state;
  }

  private static boolean isShared(@Nullable String[] values) {
    for (String value : values) {
      if (value != null && !value.equals(values[0])) {
        return false;
      }
    }
    return true;
  }

  private static boolean agrees(@Nullable String[] a, @Nullable String[] b) {
    for (int i = 0; i < a.length; i++) {
      String one = a[i];
      if (one != null && b[i] != null && !one.equals(b[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether each step reads what the one before made. */
  private static boolean isShifted(@Nullable String[] values, @Nullable String[] made) {
    for (int i = 1; i < values.length; i++) {
      String value = values[i];
      if (value != null && !value.equals(made[i - 1])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLike(Node a, Node b) {
    return a.opType().equals(b.opType())
        && a.domain().equals(b.domain())
        && a.attributes().equals(b.attributes())
        && a.inputs().size() == b.inputs().size()
        && a.outputs().size() == b.outputs().size();
  }

  private @Nullable Role made(@Nullable String[] values, Node second) {
    int output = second.outputs().indexOf(values[1]);
    @Nullable Node[] nodes = new Node[count];
    for (int i = 0; i < count; i++) {
      String value = values[i];
      Node node = value == null ? null : makers.get(value);
      if (value != null
          && (node == null || !isLike(node, second) || node.outputs().indexOf(value) != output)) {
        return null;
      }
      nodes[i] = node;
    }
    Call before = callOf.get(second.outputs().getFirst());
    if (before != null) {
      Role.Made role = new Role.Made(values, before, output);
      roles.put(String.valueOf(values[1]), role);
      return Arrays.equals(before.nodes(), nodes) ? role : null;
    }
    List<@Nullable Role> inputs = new ArrayList<>();
    Call call = new Call(nodes, inputs);
    callOf.put(second.outputs().getFirst(), call);
    Role.Made role = new Role.Made(values, call, output);
    roles.put(String.valueOf(values[1]), role);
    for (int k = 0; k < second.inputs().size(); k++) {
      if (second.inputs().get(k).isEmpty()) {
        inputs.add(null);
        continue;
      }
      @Nullable String[] each = new String[count];
      for (int i = 0; i < count; i++) {
        Node node = nodes[i];
        each[i] = node == null ? null : node.inputs().get(k);
      }
      Role input = role(each);
      if (input == null) {
        return null;
      }
      inputs.add(input);
    }
    calls.add(call);
    return role;
  }

  private Role.@Nullable Slice slice(@Nullable String[] values) {
    @Nullable String whole = null;
    long axis = 0;
    long[] indices = new long[2];
    for (int i = 0; i < count; i++) {
      String value = values[i];
      if (value == null) {
        continue;
      }
      Node node = makers.get(value);
      Tensor index =
          node != null && node.isOnnx("Gather") ? site.constant(node.inputs().get(1)) : null;
      if (node == null || index == null || index.rank() != 0) {
        return null;
      }
      long at = index.getLong(0);
      if (i == 0) {
        whole = node.inputs().getFirst();
        axis = Read.axis(node, 0);
      }
      if (i < 2) {
        indices[i] = at;
      }
      if (at < 0
          || !node.inputs().getFirst().equals(whole)
          || Read.axis(node, 0) != axis
          || at != indices[0] + i * (indices[1] - indices[0])) {
        return null;
      }
    }
    long by = indices[1] - indices[0];
    return whole == null || Math.abs(by) != 1
        ? null
        : new Role.Slice(values, whole, axis, indices[0], by);
  }

  /** Finds the nodes of the last step that were not seen from the others. */
  private boolean completes() {
    record Key(String operator, List<Attribute> attributes, List<String> inputs) {}
    Map<Key, Node> byInputs = new HashMap<>();
    for (Node node : graph.nodes()) {
      byInputs.putIfAbsent(new Key(node.opType(), node.attributes(), node.inputs()), node);
    }
    int last = count - 1;
    for (Role role : roles.values()) {
      if (role instanceof Role.Slice slice && slice.values()[last] == null) {
        slice.values()[last] = lastSlice(slice);
      }
    }
    for (Call call : calls) {
      if (call.nodes()[last] == null) {
        List<String> inputs = new ArrayList<>();
        for (Role input : call.inputs()) {
          inputs.add(input == null ? "" : String.valueOf(lastOf(input)));
        }
        Node second = call.nodes()[1];
        Node found =
            second == null
                ? null
                : byInputs.get(new Key(second.opType(), second.attributes(), inputs));
        if (found == null) {
          return false;
        }
        call.nodes()[last] = found;
      }
      Node node = call.nodes()[last];
      for (Role role : roles.values()) {
        if (node != null && role instanceof Role.Made made && made.call().equals(call)) {
          made.values()[last] = node.outputs().get(made.output());
        }
      }
    }
    return true;
  }

  private @Nullable String lastOf(Role role) {
    return switch (role) {
      case Role.Shared shared -> shared.values()[0];
      case Role.State state -> {
        Role made = next.get(state);
        yield made == null ? null : made.values()[count - 2];
      }
      case Role.Slice slice -> slice.values()[count - 1];
      case Role.Made made -> made.values()[count - 1];
    };
  }

  private @Nullable String lastSlice(Role.Slice slice) {
    for (Node node : graph.nodes()) {
      if (node.isOnnx("Gather")
          && node.inputs().getFirst().equals(slice.whole())
          && Read.axis(node, 0) == slice.axis()) {
        Tensor index = site.constant(node.inputs().get(1));
        if (index != null
            && index.rank() == 0
            && index.getLong(0) == slice.first() + (count - 1) * slice.by()) {
          return node.outputs().getFirst();
        }
      }
    }
    return null;
  }
}
