package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Collects what each trip of a Loop makes as Loop itself does: in the place of a sequence to which
 * each trip adds, which is stacked in the end, or of a tensor that each trip copies and makes
 * longer by one.
 */
public final class CollectSteps implements Rule {

  private static final int COUNT_AND_CONDITION = 2;

  @Override
  public String name() {
    return "collected-steps";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site)) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      Attribute attribute = node.isOnnx("Loop") ? node.attribute("body") : null;
      if (attribute != null
          && attribute.value() instanceof Attribute.OfGraph(Graph body)
          && site.knows(body)
          && node.inputs().size() > COUNT_AND_CONDITION) {
        new Collecting(graph, site, wiring, edit, node, body).apply();
      }
    }
    return edit.apply();
  }

  /**
   * What takes the place of a value that grows.
   *
   * @param node what makes it longer in each trip
   * @param inner what is collected of each trip
   * @param axis along which it stands in the result
   * @param rank of the result
   * @param ends the nodes that make the result of what was collected; empty for the loop itself
   */
  private record Growth(Node node, String inner, int axis, int rank, List<Node> ends) {}

  private static final class Collecting {
    private final Graph graph;
    private final Site site;
    private final Wiring wiring;
    private final Edit edit;
    private final Node loop;
    private final Graph body;
    private final Site inside;
    private final Wiring within;
    private final List<Node> added = new ArrayList<>();

    Collecting(Graph graph, Site site, Wiring wiring, Edit edit, Node loop, Graph body) {
      this.graph = graph;
      this.site = site;
      this.wiring = wiring;
      this.edit = edit;
      this.loop = loop;
      this.body = body;
      this.inside = site.nested(body);
      this.within = new Wiring(body, inside);
    }

    void apply() {
      int carried = loop.inputs().size() - COUNT_AND_CONDITION;
      List<String> inputs = new ArrayList<>(loop.inputs().subList(0, COUNT_AND_CONDITION));
      List<String> outputs = new ArrayList<>();
      List<ValueInfo> bodyInputs = new ArrayList<>(body.inputs().subList(0, COUNT_AND_CONDITION));
      List<ValueInfo> bodyOutputs = new ArrayList<>(body.outputs().subList(0, 1));
      List<Growth> growths = new ArrayList<>();
      List<String> results = new ArrayList<>();
      for (int i = 0; i < carried; i++) {
        Growth growth = growth(i);
        if (growth != null) {
          growths.add(growth);
          results.add(output(i));
        } else {
          inputs.add(loop.inputs().get(COUNT_AND_CONDITION + i));
          bodyInputs.add(body.inputs().get(COUNT_AND_CONDITION + i));
          bodyOutputs.add(body.outputs().get(1 + i));
          outputs.add(output(i));
        }
      }
      if (growths.isEmpty()) {
        return;
      }
      for (int i = carried; i < body.outputs().size() - 1; i++) {
        bodyOutputs.add(body.outputs().get(1 + i));
        outputs.add(output(i));
      }
      List<Node> bodyNodes = new ArrayList<>(body.nodes());
      growths.forEach(growth -> bodyNodes.remove(growth.node()));
      bodyNodes.addAll(added);
      List<Node> after = new ArrayList<>();
      for (int i = 0; i < growths.size(); i++) {
        Growth growth = growths.get(i);
        // An output of a graph has a name of its own.
        String step = site.names().fresh(growth.inner() + "/step");
        bodyNodes.add(new Node("", "Identity", List.of(growth.inner()), List.of(step), List.of()));
        bodyOutputs.add(new ValueInfo(step, null));
        String all = site.names().fresh(growth.inner() + "/all");
        outputs.add(all);
        for (Node end : growth.ends()) {
          edit.replace(end, moved(all, end.outputs().getFirst(), growth));
        }
        if (growth.ends().isEmpty()) {
          after.add(moved(all, results.get(i), growth));
        }
      }
      Graph steps = body.withNodes(bodyNodes).withInputs(bodyInputs).withOutputs(bodyOutputs);
      List<Attribute> attributes = new ArrayList<>(loop.attributes());
      attributes.replaceAll(attribute ->
          attribute.name().equals("body")
              ? new Attribute("body", new Attribute.OfGraph(steps))
              : attribute);
      after.addFirst(loop.withInputs(inputs).withOutputs(outputs).withAttributes(attributes));
      edit.replace(loop, after);
    }

    private String output(int i) {
      return i < loop.outputs().size() ? loop.outputs().get(i) : "";
    }

    /** Returns the node that puts the axis of trips where the result has it. */
    private static Node moved(String all, String result, Growth growth) {
      if (growth.axis() == 0) {
        return new Node("", "Identity", List.of(all), List.of(result), List.of());
      }
      long[] perm = new long[growth.rank()];
      for (int i = 0; i < perm.length; i++) {
        perm[i] = i < growth.axis() ? i + 1L : i == growth.axis() ? 0 : i;
      }
      return new Node(
          "", "Transpose", List.of(all), List.of(result), List.of(Attribute.of("perm", perm)));
    }

    private @Nullable Growth growth(int i) {
      String before = body.inputs().get(COUNT_AND_CONDITION + i).name();
      String after = body.outputs().get(1 + i).name();
      long given = body.outputs().stream().filter(out -> out.name().equals(after)).count();
      boolean read = body.nodes().stream().anyMatch(node -> Graphs.reads(node).contains(after));
      if (given != 1 || read || output(i).isEmpty() || !within.hasOneReader(before)) {
        return null;
      }
      Node insert = within.maker(after, "SequenceInsert");
      if (insert != null) {
        return insert.inputs().size() == 2 && insert.inputs().getFirst().equals(before)
            ? sequence(i, insert)
            : null;
      }
      Node concat = within.maker(after, "Concat");
      return concat != null
              && concat.inputs().size() == 2
              && concat.inputs().getFirst().equals(before)
          ? longer(i, concat)
          : null;
    }

    /** A sequence that is empty at first, and read by nothing but what stacks it. */
    private @Nullable Growth sequence(int i, Node insert) {
      String inner = insert.inputs().get(1);
      String first = loop.inputs().get(COUNT_AND_CONDITION + i);
      Shape each = Read.shape(inside, inner);
      if (!isEmpty(first) || !each.hasRank()) {
        return null;
      }
      List<Node> ends = new ArrayList<>();
      int axis = -1;
      for (Node node : graph.nodes()) {
        if (!Graphs.reads(node).contains(output(i))) {
          continue;
        }
        int at = Math.floorMod(Read.axis(node, 0), each.rank() + 1);
        if (!node.isOnnx("ConcatFromSequence")
            || Wiring.attribute(node, "new_axis", 0) != 1
            || edit.has(node)
            || (axis >= 0 && axis != at)) {
          return null;
        }
        axis = at;
        ends.add(node);
      }
      boolean given = graph.outputs().stream().anyMatch(out -> out.name().equals(output(i)));
      return given || ends.isEmpty()
          ? null
          : new Growth(insert, inner, axis, each.rank() + 1, ends);
    }

    private boolean isEmpty(String value) {
      Node node = wiring.maker(value);
      return node != null && node.isOnnx("SequenceEmpty");
    }

    /**
     * A tensor that is empty along an axis at first, and one longer after each trip, of which there
     * is one: of none, nothing would be said of the other sizes.
     */
    private @Nullable Growth longer(int i, Node concat) {
      String inner = concat.inputs().get(1);
      Shape first = Read.shape(site, loop.inputs().get(COUNT_AND_CONDITION + i));
      Shape each = Read.shape(inside, inner);
      if (!first.hasRank() || !each.hasRank() || each.rank() != first.rank() || !isRun()) {
        return null;
      }
      int axis = Math.floorMod(Read.axis(concat, 0), each.rank());
      if (!first.dim(axis).is(0) || !each.dim(axis).is(1)) {
        return null;
      }
      Node unsqueeze = within.maker(inner, "Unsqueeze");
      long[] axes = unsqueeze == null ? null : Read.ints(inside, unsqueeze, "axes", 1);
      String narrow;
      if (unsqueeze != null
          && axes != null
          && axes.length == 1
          && Math.floorMod(axes[0], each.rank()) == axis) {
        narrow = unsqueeze.inputs().getFirst();
      } else {
        narrow = site.names().fresh(inner + "/narrow");
        added.add(edit.axes("", "Squeeze", inner, narrow, axis));
      }
      return new Growth(concat, narrow, axis, each.rank(), List.of());
    }

    /** Whether there is a first trip, free dimensions being at least 1. */
    private boolean isRun() {
      String count = loop.inputs().get(0);
      String condition = loop.inputs().get(1);
      Tensor held = condition.isEmpty() ? null : site.constant(condition);
      List<Dim> trips = count.isEmpty() ? null : site.elements(count);
      return (condition.isEmpty() || (held != null && held.getBoolean(0)))
          && (count.isEmpty()
              || (trips != null
                  && trips.size() == 1
                  && (trips.getFirst() instanceof Dim.Known(long size)
                      ? size > 0
                      : trips.getFirst() instanceof Dim.Named)));
    }
  }
}
