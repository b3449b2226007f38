package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Writes a Loop or Scan whose body is a step of LSTM, GRU or RNN as that operator, and what the
 * body makes of the step's result as nodes that do it for all steps at once. That the cell is one
 * is proved by what its body computes, not by the nodes that it stands in.
 */
public final class FuseRecurrentLoop implements Rule {

  /** From here on the operators have the inputs and outputs that are written here. */
  private static final int SINCE = 7;

  @Override
  public String name() {
    return "recurrent-loops";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE || !site.hasFreeInitializers()) {
      return graph;
    }
    IdentityHashMap<Node, List<Node>> replaced = new IdentityHashMap<>();
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    Set<String> used = null;
    for (Node node : graph.nodes()) {
      Iteration iteration = Graphs.hasBodies(node) ? Iteration.of(node, site) : null;
      if (iteration != null) {
        used = used == null ? Uses.of(graph) : used;
        Unrolling unrolling = new Unrolling(graph, iteration, used);
        if (unrolling.succeeds()) {
          replaced.put(node, unrolling.stacking.nodes());
          replaced.putAll(unrolling.readers);
          initializers.addAll(unrolling.stacking.constants());
          site.changed();
        }
      }
    }
    if (replaced.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    graph.nodes().forEach(node -> nodes.addAll(replaced.getOrDefault(node, List.of(node))));
    return graph.withNodes(nodes).withInitializers(initializers);
  }

  private static final class Unrolling {

    private final Graph graph;
    private final Iteration iteration;
    private final Stacking stacking;
    private final List<Iteration.State> open;
    private final Map<String, Integer> given = new HashMap<>();
    private final Set<String> used;

    /** Nodes around the loop that read its sequences, and what takes their place. */
    private final IdentityHashMap<Node, List<Node>> readers = new IdentityHashMap<>();

    Unrolling(Graph graph, Iteration iteration, Set<String> used) {
      this.graph = graph;
      this.iteration = iteration;
      this.stacking = new Stacking(iteration);
      this.open = new ArrayList<>(iteration.states());
      this.used = used;
    }

    boolean succeeds() {
      boolean found = false;
      while (takesCell()) {
        found = true;
      }
      return found
          && open.stream().allMatch(this::takesState)
          && iteration.collected().stream().allMatch(this::takesCollected);
    }

    private boolean isUsed(String name) {
      return !name.isEmpty() && used.contains(name);
    }

    /** Finds a cell among the states that are left, and puts its operator in its place. */
    private boolean takesCell() {
      Map<String, Integer> widths = new HashMap<>();
      open.forEach(state -> widths.put(state.before(), iteration.width(state)));
      BodyAlgebra algebra = new BodyAlgebra(iteration.body(), iteration.inside(), widths, given);
      for (Iteration.State h : open) {
        int width = iteration.width(h);
        Columns after = width < 1 ? null : algebra.of(h.after());
        if (width < 1) {
          continue;
        }
        for (Iteration.State c : open) {
          if (!c.equals(h) && iteration.width(c) == width) {
            Columns cell = after == null ? null : algebra.of(c.after());
            RecurrentCell lstm =
                after == null || cell == null
                    ? StandingCell.of(algebra, stacking, h, c)
                    : RecurrentCell.lstm(after, cell, h.before(), c.before(), width);
            if (lstm != null && puts(lstm, width, h, c)) {
              return true;
            }
          }
        }
        RecurrentCell single =
            after == null
                ? StandingCell.of(algebra, stacking, h, null)
                : RecurrentCell.gru(after, h.before(), width);
        if (single == null && after != null) {
          single = RecurrentCell.rnn(after, h.before(), width);
        }
        if (single != null && puts(single, width, h, null)) {
          return true;
        }
      }
      return false;
    }

    private boolean puts(
        RecurrentCell cell, int hidden, Iteration.State h, Iteration.@Nullable State c) {
      Stacking.Stack x = stacking.of(cell.x());
      if (x == null
          || x.rank() != 2
          || !iteration.hasRowsOf(h, cell.x())
          || (c != null && !iteration.hasRowsOf(c, cell.x()))) {
        return false;
      }
      String name = h.after();
      List<String> inputs = new ArrayList<>();
      inputs.add(x.name());
      inputs.add(stacking.constant(name + "/W", cell.w()));
      inputs.add(stacking.constant(name + "/R", cell.r()));
      inputs.add(cell.b() == null ? "" : stacking.constant(name + "/B", cell.b()));
      inputs.add("");
      inputs.add(stacking.unsqueezed(h.first(), 0, name + "/initial_h"));
      if (c != null) {
        inputs.add(stacking.unsqueezed(c.first(), 0, name + "/initial_c"));
        if (cell.p() != null) {
          inputs.add(stacking.constant(name + "/P", cell.p()));
        }
      }
      List<Attribute> attributes = new ArrayList<>(cell.attributes());
      if (stacking.isReverse()) {
        attributes.removeIf(attribute -> attribute.name().equals("direction"));
        attributes.add(Attribute.of("direction", "reverse"));
      }
      Site site = iteration.site();
      String y = site.names().fresh(name + "/Y");
      String last = isUsed(h.last()) ? site.names().fresh(name + "/Y_h") : "";
      String lastC = c != null && isUsed(c.last()) ? site.names().fresh(name + "/Y_c") : "";
      List<String> outputs = new ArrayList<>(List.of(y, last));
      if (c != null) {
        outputs.add(lastC);
      }
      stacking
          .nodes()
          .add(new Node(iteration.node().name(), cell.operator(), inputs, outputs, attributes));
      if (!last.isEmpty()) {
        stacking.name(stacking.squeezed(last, 0, h.last()), h.last());
      }
      if (c != null && !lastC.isEmpty()) {
        stacking.name(stacking.squeezed(lastC, 0, c.last()), c.last());
      }
      stacking.give(name, new Stacking.Stack(stacking.squeezed(y, 1, name), 2));
      given.put(name, hidden);
      open.remove(h);
      open.remove(c);
      return true;
    }

    /** Gives the end of a state that is no cell's: what is joined trip by trip. */
    private boolean takesState(Iteration.State state) {
      if (!isUsed(state.last())) {
        return true;
      }
      Node maker = stacking.maker(state.after());
      if (maker == null || !stacking.agrees(false) || maker.inputs().size() != 2) {
        return false;
      }
      boolean grows = maker.inputs().getFirst().equals(state.before());
      String added = maker.inputs().getLast();
      return grows
          && ((maker.isOnnx("Concat") && joins(state, added, Wiring.attribute(maker, "axis", 0)))
              || (maker.isOnnx("SequenceInsert") && collects(state, added)));
    }

    private boolean joins(Iteration.State state, String added, long axis) {
      Node unsqueeze = stacking.maker(added);
      long[] axes =
          unsqueeze != null && unsqueeze.isOnnx("Unsqueeze") ? stacking.axes(unsqueeze) : null;
      Stacking.Stack each =
          axes == null || unsqueeze == null ? null : stacking.of(unsqueeze.inputs().getFirst());
      if (each == null || axes == null || axes.length != 1) {
        return false;
      }
      int rank = each.rank() + 1;
      int at = (int) (axis < 0 ? axis + rank : axis);
      if ((axes[0] < 0 ? axes[0] + rank : axes[0]) != at) {
        return false;
      }
      String all =
          at == 0
              ? each.name()
              : stacking.add(
                  "Transpose",
                  List.of(each.name()),
                  state.last(),
                  Attribute.of("perm", Stacking.back(at, rank)));
      boolean empty =
          iteration.site().type(state.first()) instanceof Type.OfTensor(var _, Shape shape)
              && shape.hasRank()
              && shape.rank() == rank
              && shape.dim(at).is(0);
      stacking.name(
          empty
              ? all
              : stacking.add(
                  "Concat", List.of(state.first(), all), state.last(), Attribute.of("axis", at)),
          state.last());
      return true;
    }

    private boolean collects(Iteration.State state, String added) {
      Stacking.Stack each = stacking.of(added);
      boolean empty =
          graph.nodes().stream()
              .anyMatch(node ->
                  node.isOnnx("SequenceEmpty") && node.outputs().getFirst().equals(state.first()));
      if (each == null
          || !empty
          || graph.outputs().stream().anyMatch(output -> output.name().equals(state.last()))) {
        return false;
      }
      for (Node node : graph.nodes()) {
        if (!Graphs.reads(node).contains(state.last())) {
          continue;
        }
        int rank = each.rank() + 1;
        long axis = Wiring.attribute(node, "axis", 0);
        axis = axis < 0 ? axis + rank : axis;
        if (!node.isOnnx("ConcatFromSequence")
            || Wiring.attribute(node, "new_axis", 0) != 1
            || axis < 0
            || axis >= rank) {
          return false;
        }
        readers.put(
            node,
            List.of(
                new Node(
                    node.name(),
                    "Transpose",
                    List.of(each.name()),
                    node.outputs(),
                    List.of(Attribute.of("perm", Stacking.back((int) axis, rank))))));
      }
      return true;
    }

    private boolean takesCollected(Iteration.Collected collected) {
      if (!isUsed(collected.outer())) {
        return true;
      }
      Stacking.Stack each = stacking.of(collected.inner());
      if (each == null || !stacking.agrees(collected.reverse())) {
        return false;
      }
      int rank = each.rank() + 1;
      long axis = collected.axis() < 0 ? collected.axis() + rank : collected.axis();
      if (axis < 0 || axis >= rank) {
        return false;
      }
      stacking.name(
          axis == 0
              ? each.name()
              : stacking.add(
                  "Transpose",
                  List.of(each.name()),
                  collected.outer(),
                  Attribute.of("perm", Stacking.back((int) axis, rank))),
          collected.outer());
      return true;
    }
  }

  /** Operators of one step within a body, as a scripted cell becomes one. */
  private static final class StandingCell {

    private StandingCell() {}

    static @Nullable RecurrentCell of(
        BodyAlgebra algebra, Stacking stacking, Iteration.State h, Iteration.@Nullable State c) {
      String result = inner(h.after(), "Squeeze", stacking);
      Node node = result == null ? null : stacking.maker(result);
      if (node == null
          || !node.isOnnx(c == null ? node.opType() : "LSTM")
          || (c == null && !node.isOnnx("GRU") && !node.isOnnx("RNN"))
          || node.outputs().indexOf(result) != 1
          || !isForward(node)
          || !h.before().equals(inner(input(node, 5), "Unsqueeze", stacking))
          || !input(node, 4).isEmpty()) {
        return null;
      }
      if (c != null
          && (!c.before().equals(inner(input(node, 6), "Unsqueeze", stacking))
              || node.outputs().size() < 3
              || !node.outputs().get(2).equals(inner(c.after(), "Squeeze", stacking)))) {
        return null;
      }
      String x = inner(input(node, 0), "Unsqueeze", stacking);
      Tensor w = algebra.constant(input(node, 1));
      Tensor r = algebra.constant(input(node, 2));
      Tensor b = input(node, 3).isEmpty() ? null : algebra.constant(input(node, 3));
      Tensor p = input(node, 7).isEmpty() ? null : algebra.constant(input(node, 7));
      boolean whole =
          (b != null || input(node, 3).isEmpty()) && (p != null || input(node, 7).isEmpty());
      return x == null || w == null || r == null || !whole || algebra.dependsOnStates(x)
          ? null
          : new RecurrentCell(node.opType(), x, w, r, b, p, node.attributes());
    }

    private static boolean isForward(Node node) {
      Attribute direction = node.attribute("direction");
      return Wiring.attribute(node, "layout", 0) == 0
          && (direction == null
              || (direction.value() instanceof Attribute.OfString text
                  && text.text().equals("forward")));
    }

    private static String input(Node node, int index) {
      return index < node.inputs().size() ? node.inputs().get(index) : "";
    }

    /** Returns what a value is with a first dimension of 1 more, or less. */
    private static @Nullable String inner(String value, String operator, Stacking stacking) {
      Node node = stacking.maker(value);
      long[] axes = node != null && node.isOnnx(operator) ? stacking.axes(node) : null;
      return node == null || axes == null || axes.length != 1 || axes[0] != 0
          ? null
          : node.inputs().getFirst();
    }
  }
}
