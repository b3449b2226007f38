package org.sardonyx.optimize.rules;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rewiring;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Order;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Leaves a batch in its order that was sorted by lengths, went through recurrent layers and was put
 * back in order: sequence_lens needs none. That everything on the way treats each row of the batch
 * by itself is shown node by node.
 */
public final class Unsort implements Rule {

  /** Operators that treat each element by itself. */
  private static final Set<String> OF_EACH =
      Set.of(
          "Identity",
          "Cast",
          "Dropout",
          "Tanh",
          "Relu",
          "Sigmoid",
          "LeakyRelu",
          "Elu",
          "Neg",
          "Gelu",
          "Clip",
          "Exp",
          "Abs",
          "HardSwish",
          "Mish",
          "Softplus");

  private static final int LENGTHS = 4;

  @Override
  public String name() {
    return "sorted-lengths";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Order.isSorted(graph.nodes())) {
      return graph;
    }
    Rewiring rewiring = new Rewiring(graph);
    Wiring wiring = new Wiring(graph, site);
    for (Node node : graph.nodes()) {
      if (node.isOnnx("TopK") && node.outputs().size() == 2 && takesAll(node, site)) {
        Sorted sorted = new Sorted(graph, site, wiring, node);
        if (sorted.isPutBack() && sorted.undo(rewiring)) {
          site.changed();
          return rewiring.apply();
        }
      }
    }
    return graph;
  }

  /** Whether a TopK gives all of a vector. */
  private static boolean takesAll(Node top, Site site) {
    Shape lengths = Read.shape(site, top.inputs().getFirst());
    if (!lengths.hasRank() || lengths.rank() != 1) {
      return false;
    }
    List<Dim> k =
        top.inputs().size() > 1
            ? site.elements(top.inputs().get(1))
            : List.of(Dim.of(Wiring.attribute(top, "k", 0)));
    return k != null && k.size() == 1 && k.getFirst().sameAs(lengths.dim(0));
  }

  /** What is in the order of lengths, and how it comes to that and back. */
  private static final class Sorted {
    private final Graph graph;
    private final Site site;
    private final Wiring wiring;
    private final Node top;
    private final String order;

    /** The axis of the batch, by value. */
    private final Map<String, Integer> axes = new HashMap<>();

    private final Map<Node, String> entries = new HashMap<>();
    private final Map<Node, String> exits = new HashMap<>();

    Sorted(Graph graph, Site site, Wiring wiring, Node top) {
      this.graph = graph;
      this.site = site;
      this.wiring = wiring;
      this.top = top;
      this.order = top.outputs().get(1);
      axes.put(top.outputs().getFirst(), 0);
    }

    /** Whether all that is sorted is put back in order, and something is. */
    boolean isPutBack() {
      for (Node node : graph.nodes()) {
        for (String read : new HashSet<>(Graphs.reads(node))) {
          if (axes.containsKey(read) && (Graphs.hasBodies(node) || !node.isOnnx())) {
            return false;
          }
        }
        boolean reads = node.inputs().stream().anyMatch(axes::containsKey);
        if (isGather(node, order)) {
          String x = node.inputs().getFirst();
          int rank = wiring.rank(x);
          if (reads || rank < 1) {
            return false;
          }
          entries.put(node, x);
          axes.put(node.outputs().getFirst(), Math.floorMod(Read.axis(node, 0), rank));
        } else if (reads && !passes(node)) {
          return false;
        }
      }
      return !exits.isEmpty()
          && graph.outputs().stream().noneMatch(output -> axes.containsKey(output.name()));
    }

    boolean undo(Rewiring rewiring) {
      boolean done = rewiring.replaceValue(top.outputs().getFirst(), top.inputs().getFirst());
      for (Map<Node, String> gathers : List.of(entries, exits)) {
        for (Map.Entry<Node, String> gather : gathers.entrySet()) {
          Node node = gather.getKey();
          done &= rewiring.replace(node, node.outputs().getFirst(), gather.getValue());
        }
      }
      return done;
    }

    private static boolean isGather(Node node, String indices) {
      return node.isOnnx("Gather") && node.inputs().get(1).equals(indices);
    }

    /** Follows a node that reads something sorted; false where it does more than to keep that. */
    private boolean passes(Node node) {
      String x = node.inputs().getFirst();
      int axis = axes.getOrDefault(x, -1);
      String y = node.outputs().getFirst();
      int rank = wiring.rank(x);
      if (OF_EACH.contains(node.opType()) && axis >= 0) {
        return gives(y, axis) && node.outputs().size() == 1;
      }
      return switch (node.opType()) {
        case "LSTM", "GRU", "RNN" -> layer(node);
        case "Shape", "Size" -> true;
        case "ReduceMax" -> rank == 1 && Wiring.attribute(node, "keepdims", 1) == 0;
        case "Transpose" -> {
          long[] perm = Read.perm(node);
          yield perm != null && gives(y, indexOf(perm, axis));
        }
        case "Squeeze" -> {
          long[] gone = Read.ints(site, node, "axes", 1);
          yield gone != null && rank > 0 && gives(y, without(axis, gone, rank));
        }
        case "Unsqueeze" -> {
          long[] added = Read.ints(site, node, "axes", 1);
          yield added != null && gives(y, with(axis, added, wiring.rank(y)));
        }
        case "Reshape" -> axis >= 0 && gives(y, reshaped(x, y, axis));
        case "Gather" -> gathered(node, axis, rank);
        case "Slice" -> {
          Read.Slice slice = Read.stepped(site, node);
          yield axis >= 0 && slice != null && slice.axis() != axis && gives(y, axis);
        }
        case "Split" ->
            axis >= 0
                && Math.floorMod(Read.axis(node, 0), rank) != axis
                && node.outputs().stream().allMatch(output -> gives(output, axis));
        case "Concat" ->
            axis >= 0
                && Math.floorMod(Read.axis(node, 0), rank) != axis
                && node.inputs().stream().allMatch(input -> isSorted(input, axis))
                && gives(y, axis);
        default -> false;
      };
    }

    private boolean isSorted(String value, int axis) {
      return axes.getOrDefault(value, -1) == axis;
    }

    private boolean gives(String value, int axis) {
      axes.put(value, axis);
      return axis >= 0;
    }

    private boolean layer(Node node) {
      if (Wiring.attribute(node, "layout", 0) != 0 || !isSorted(node.inputs().getFirst(), 1)) {
        return false;
      }
      for (int i = 1; i < node.inputs().size(); i++) {
        String input = node.inputs().get(i);
        boolean ofBatch = i >= LENGTHS && i < LENGTHS + 3 && !input.isEmpty();
        if (ofBatch ? !isSorted(input, i == LENGTHS ? 0 : 1) : axes.containsKey(input)) {
          return false;
        }
      }
      for (int i = 0; i < node.outputs().size(); i++) {
        if (!node.outputs().get(i).isEmpty()) {
          axes.put(node.outputs().get(i), i == 0 ? 2 : 1);
        }
      }
      return true;
    }

    /** Notes a Gather that puts back in order, or follows one along another axis. */
    private boolean gathered(Node node, int axis, int rank) {
      if (axis < 0 || rank < 1) {
        return false;
      }
      int along = Math.floorMod(Read.axis(node, 0), rank);
      String y = node.outputs().getFirst();
      if (along == axis) {
        exits.put(node, node.inputs().getFirst());
        return isInverse(node.inputs().get(1));
      }
      Tensor index = site.constant(node.inputs().get(1));
      return index != null && gives(y, along < axis ? axis - 1 + index.rank() : axis);
    }

    /** Whether a value is the permutation that undoes the order. */
    private boolean isInverse(String value) {
      Node node = wiring.maker(value);
      if (node == null || !node.isOnnx()) {
        return false;
      }
      return switch (node.opType()) {
        case "Identity", "Cast" -> isInverse(node.inputs().getFirst());
        case "ScatterElements", "Scatter" ->
            node.inputs().get(1).equals(order)
                && node.attribute("reduction") == null
                && isCounting(node.inputs().get(2));
        case "TopK" ->
            node.inputs().getFirst().equals(order)
                && takesAll(node, site)
                && Wiring.attribute(node, "largest", 1) == 0
                && node.outputs().indexOf(value) == 1;
        default -> false;
      };
    }

    private boolean isCounting(String value) {
      Node range = wiring.maker(value, "Range");
      Tensor start = range == null ? null : site.constant(range.inputs().getFirst());
      Tensor step = range == null ? null : site.constant(range.inputs().get(2));
      Tensor constant = site.constant(value);
      boolean counts = constant != null && constant.rank() == 1;
      for (int i = 0; counts && constant != null && i < constant.size(); i++) {
        counts = constant.getLong(i) == i;
      }
      return counts
          || (start != null && step != null && start.getDouble(0) == 0 && step.getDouble(0) == 1);
    }

    private int reshaped(String x, String y, int axis) {
      Shape from = Read.shape(site, x);
      Shape to = Read.shape(site, y);
      if (!from.hasRank() || !to.hasRank()) {
        return -1;
      }
      Dim before = Dim.of(1);
      for (int i = 0; i < axis; i++) {
        before = before.times(from.dim(i));
      }
      Dim here = Dim.of(1);
      for (int i = 0; i < to.rank(); i++) {
        if (here.sameAs(before) && to.dim(i).sameAs(from.dim(axis))) {
          return i;
        }
        here = here.times(to.dim(i));
      }
      return -1;
    }

    private static int indexOf(long[] values, int wanted) {
      for (int i = 0; i < values.length; i++) {
        if (values[i] == wanted) {
          return i;
        }
      }
      return -1;
    }

    private static int without(int axis, long[] gone, int rank) {
      int less = 0;
      for (long each : gone) {
        int at = Math.floorMod(each, rank);
        if (at == axis) {
          return -1;
        }
        less += at < axis ? 1 : 0;
      }
      return axis - less;
    }

    private static int with(int axis, long[] added, int rank) {
      Set<Integer> taken = new HashSet<>();
      for (long each : added) {
        taken.add(Math.floorMod(each, Math.max(rank, 1)));
      }
      int at = 0;
      for (int seen = 0; at < rank; at++) {
        if (!taken.contains(at) && seen++ == axis) {
          return at;
        }
      }
      return -1;
    }
  }
}
