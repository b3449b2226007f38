package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.optimize.rules.RotaryAngles.Once;
import org.sardonyx.optimize.rules.RotaryPairs.Turn;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Writes columns of queries and keys that are turned by the angle of their position as
 * RotaryEmbedding: of values [batch, heads, time, size] and [batch, time, heads, size], of all
 * columns or the first ones.
 */
public final class FuseRotary implements Rule {

  private static final int SINCE = 23;

  @Override
  public String name() {
    return "rotary";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE || !Edit.isPossible(site)) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    RotaryPairs pairs = new RotaryPairs(wiring, site);
    for (Node node : graph.nodes()) {
      List<Node> nodes = firstColumns(node, wiring, site);
      Turn turn = nodes == null ? pairs.end(node) : null;
      if (turn != null) {
        nodes = nodes(node, turn, wiring, site, edit, new RotaryAngles(pairs, wiring, site, edit));
      }
      if (nodes != null) {
        edit.replace(node, nodes);
      }
    }
    return edit.apply();
  }

  private static @Nullable List<Node> nodes(
      Node end, Turn turn, Wiring wiring, Site site, Edit edit, RotaryAngles angles) {
    Shape x = Read.shape(site, turn.x());
    boolean fits =
        wiring.isFloat(turn.x())
            && wiring.isFloat(turn.cos())
            && wiring.isFloat(turn.sin())
            && x.hasRank()
            && x.rank() == 4
            && x.dim(3).isKnown()
            && wiring.width(turn.cos()) == (turn.doubled() ? 1 : 0.5) * wiring.width(turn.x());
    int time = !fits ? -1 : areRows(site, turn, x, 2) ? 2 : areRows(site, turn, x, 1) ? 1 : -1;
    // Of [batch, time, heads, size] the operator wants heads and size as one.
    if (time < 0 || (time == 1 && !x.dim(2).isKnown())) {
      return null;
    }
    int heads = time == 2 ? 3 : 2;
    Once cos = angles.once(turn.cos(), turn.interleaved(), turn.doubled(), heads);
    Once sin = angles.once(turn.sin(), turn.interleaved(), turn.doubled(), heads);
    if (cos == null || sin == null) {
      return null;
    }
    long half = x.dim(3).sizeOrMinusOne() / 2;
    List<String> caches = taken(cos, sin, x, angles.nodes(), site);
    if (caches == null) {
      caches =
          List.of(angles.ofEachRow(cos, turn.x(), half), angles.ofEachRow(sin, turn.x(), half));
    }
    List<Node> nodes = new ArrayList<>(angles.nodes());
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("interleaved", turn.interleaved() ? 1L : 0L));
    List<String> inputs = new ArrayList<>(List.of(turn.x()));
    inputs.addAll(caches);
    if (time == 2) {
      nodes.add(new Node(end.name(), "RotaryEmbedding", inputs, end.outputs(), attributes));
      return nodes;
    }
    long size = x.dim(2).sizeOrMinusOne();
    String flat = site.names().fresh(turn.x() + "/flat");
    String turned = site.names().fresh(turn.x() + "/turned");
    String joined = edit.constant(flat + "/shape", 0, 0, size * 2 * half);
    String parted = edit.constant(turned + "/shape", 0, 0, size, 2 * half);
    inputs.set(0, flat);
    attributes.add(Attribute.of("num_heads", size));
    nodes.add(new Node("", "Reshape", List.of(turn.x(), joined), List.of(flat), List.of()));
    nodes.add(new Node(end.name(), "RotaryEmbedding", inputs, List.of(turned), attributes));
    nodes.add(new Node("", "Reshape", List.of(turned, parted), end.outputs(), List.of()));
    return nodes;
  }

  /** Whether both are the same for all heads, and of each step of time, of each batch or all. */
  private static boolean areRows(Site site, Turn turn, Shape x, int time) {
    for (String angles : List.of(turn.cos(), turn.sin())) {
      Shape shape = Read.shape(site, angles);
      if (!shape.hasRank() || shape.rank() < 2 || shape.rank() > 4) {
        return false;
      }
      for (int i = 0; i < 3; i++) {
        int at = i - 4 + shape.rank();
        boolean one = at < 0 || shape.dim(at).is(1);
        boolean same = at >= 0 && shape.dim(at).sameAs(x.dim(i));
        if (i == time ? !same : i == 0 ? !one && !same : !one) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns tables with the positions that both are taken at; null where they are not. */
  private static @Nullable List<String> taken(
      Once cos, Once sin, Shape x, List<Node> nodes, Site site) {
    Node first = maker(cos.name(), nodes);
    Node second = maker(sin.name(), nodes);
    if (!cos.dropped() || !sin.dropped() || first == null || second == null) {
      return null;
    }
    String at = first.inputs().get(1);
    String table = first.inputs().getFirst();
    if (!at.equals(second.inputs().get(1))
        || !(site.type(at) instanceof Type.OfTensor(DataType type, Shape shape))
        || type != DataType.INT64
        || !shape.hasRank()
        || shape.rank() != 2
        || !shape.dim(0).sameAs(x.dim(0))) {
      return null;
    }
    nodes.remove(first);
    nodes.remove(second);
    return List.of(table, second.inputs().getFirst(), at);
  }

  private static @Nullable Node maker(String value, List<Node> nodes) {
    for (Node node : nodes) {
      if (node.outputs().contains(value)) {
        return node.isOnnx("Gather") && Read.axis(node, 0) == 0 ? node : null;
      }
    }
    return null;
  }

  /** Returns what turns the first columns of a value in the place of a part that is turned. */
  private static @Nullable List<Node> firstColumns(Node concat, Wiring wiring, Site site) {
    int rank = concat.isOnnx("Concat") ? wiring.rank(concat.outputs().getFirst()) : -1;
    Node turn =
        rank == 4 && concat.inputs().size() == 2 && RotaryPairs.isLast(Read.axis(concat, 0), rank)
            ? wiring.onlyMaker(concat.inputs().getFirst(), "RotaryEmbedding")
            : null;
    if (turn == null || turn.attribute("rotary_embedding_dim") != null) {
      return null;
    }
    String first = turn.inputs().getFirst();
    String x = whole(first, concat.inputs().get(1), wiring, site);
    if (x == null) {
      return null;
    }
    List<String> inputs = new ArrayList<>(turn.inputs());
    inputs.set(0, x);
    List<Attribute> attributes = new ArrayList<>(turn.attributes());
    attributes.add(Attribute.of("rotary_embedding_dim", wiring.width(first)));
    return List.of(
        turn.withInputs(inputs).withOutputs(concat.outputs()).withAttributes(attributes));
  }

  /** Returns what two values are the parts of, along the last axis; null where there is nothing. */
  private static @Nullable String whole(String first, String second, Wiring wiring, Site site) {
    Node one = wiring.maker(first);
    Node two = wiring.maker(second);
    if (one == null || two == null) {
      return null;
    }
    String x = one.inputs().getFirst();
    if (one.isOnnx("Split") && one.equals(two)) {
      return one.outputs().equals(List.of(first, second))
              && RotaryPairs.isLast(Read.axis(one, 0), wiring.rank(x))
          ? x
          : null;
    }
    Read.Slice from = Read.slice(site, one);
    Read.Slice to = Read.slice(site, two);
    return from != null
            && to != null
            && two.inputs().getFirst().equals(x)
            && from.axis() == wiring.rank(x) - 1
            && to.axis() == from.axis()
            && from.from() == 0
            && to.from() == from.to()
            && to.to() == to.size()
        ? x
        : null;
  }
}
