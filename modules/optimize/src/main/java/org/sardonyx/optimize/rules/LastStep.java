package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.Tensor;

/**
 * Takes the last step of a layer that goes forward through whole sequences from Y_h, where it
 * stands already, so that the sequence need not be moved or even kept.
 */
public final class LastStep implements Rule {

  @Override
  public String name() {
    return "last-step";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (!Edit.isPossible(site) || site.opsets().version("") < 7) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      boolean drops = node.isOnnx("Gather");
      long axis = drops ? gathered(node, site) : sliced(node, site);
      Node layer = axis < 0 ? null : layer(node.inputs().getFirst(), axis, wiring, site);
      if (layer == null || edit.has(layer)) {
        continue;
      }
      Node named = named(layer, site);
      String last = named.outputs().get(1);
      if (!named.equals(layer)) {
        edit.replace(layer, named);
      }
      String output = node.outputs().getFirst();
      edit.replace(
          node,
          drops
              ? edit.axes(node.name(), "Squeeze", last, output, 0)
              : axis == 0
                  ? new Node(node.name(), "Identity", List.of(last), List.of(output), List.of())
                  : new Node(
                      node.name(),
                      "Transpose",
                      List.of(last),
                      List.of(output),
                      List.of(Attribute.of("perm", 1, 0, 2))));
    }
    return edit.apply();
  }

  /** Returns the axis of a Gather of the last element, -1 where it is none. */
  private static long gathered(Node node, Site site) {
    Tensor index = node.inputs().size() == 2 ? site.constant(node.inputs().get(1)) : null;
    return index != null && index.rank() == 0 && index.getLong(0) == -1
        ? axis(Read.axis(node, 0))
        : -1;
  }

  private static long sliced(Node node, Site site) {
    if (!node.isOnnx("Slice")) {
      return -1;
    }
    long[] starts = Read.ints(site, node, "starts", 1);
    long[] ends = Read.ints(site, node, "ends", 2);
    long[] axes = Read.ints(site, node, "axes", 3);
    boolean stepped = node.inputs().size() > 4 && !node.inputs().get(4).isEmpty();
    long[] steps = stepped ? Read.ints(site, node, "steps", 4) : new long[] {1};
    return starts != null
            && ends != null
            && axes != null
            && steps != null
            && axes.length == 1
            && starts.length == 1
            && starts[0] == -1
            && ends[0] >= Integer.MAX_VALUE
            && steps[0] == 1
        ? axis(axes[0])
        : -1;
  }

  /** Returns an axis of a value of rank 3 counted from the front. */
  private static long axis(long axis) {
    return axis < 0 ? axis + 3 : axis;
  }

  /** Returns the layer whose steps lie along an axis of a value of rank 3, where there is one. */
  private static @Nullable Node layer(String value, long axis, Wiring wiring, Site site) {
    Node maker = wiring.maker(value);
    if (axis == 1 && maker != null && maker.isOnnx("Transpose")) {
      long[] perm = Read.perm(maker);
      return perm != null && perm.length == 3 && perm[0] == 1 && perm[1] == 0
          ? layer(maker.inputs().getFirst(), 0, wiring, site)
          : null;
    }
    if (axis != 0 || maker == null || !maker.isOnnx("Squeeze")) {
      return null;
    }
    long[] axes = Read.ints(site, maker, "axes", 1);
    Node layer = wiring.maker(maker.inputs().getFirst());
    return axes != null
            && axes.length == 1
            && axes[0] == 1
            && layer != null
            && layer.outputs().getFirst().equals(maker.inputs().getFirst())
            && isForward(layer)
        ? layer
        : null;
  }

  private static boolean isForward(Node node) {
    boolean recurrent = node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
    boolean lengths = node.inputs().size() > 4 && !node.inputs().get(4).isEmpty();
    Attribute direction = node.attribute("direction");
    return recurrent
        && !lengths
        && Wiring.attribute(node, "layout", 0) == 0
        && (direction == null
            || (direction.value() instanceof Attribute.OfString text
                && text.text().equals("forward")));
  }

  /** Returns the layer with a name for Y_h. */
  private static Node named(Node layer, Site site) {
    List<String> outputs = new ArrayList<>(layer.outputs());
    if (outputs.size() > 1 && !outputs.get(1).isEmpty()) {
      return layer;
    }
    String name = site.names().fresh(outputs.getFirst() + "/last");
    if (outputs.size() > 1) {
      outputs.set(1, name);
    } else {
      outputs.add(name);
    }
    return layer.withOutputs(outputs);
  }
}
