package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A Loop or Scan that surely goes through all slices of what it reads, one trip for each.
 *
 * @param counter the number of the trip in the body; empty for a Scan
 * @param trips how many; null for a Scan, whose inputs say it
 */
record Iteration(
    Node node,
    Graph body,
    Site site,
    Site inside,
    List<State> states,
    List<Slices> slices,
    List<Collected> collected,
    String counter,
    @Nullable Dim trips) {

  /**
   * A value that goes from trip to trip.
   *
   * @param before its name in the body, at the begin of a trip
   * @param after the same at the end
   * @param first what it is at first, around the body
   * @param last what it is in the end; empty where nobody asks
   */
  record State(String before, String after, String first, String last) {}

  /** What a Scan goes through: {@code inner} is a slice of {@code outer}. */
  record Slices(String inner, String outer, long axis, boolean reverse) {}

  /** What is collected of each trip. */
  record Collected(String inner, String outer, long axis, boolean reverse) {}

  /** Returns the view of a node; null where it is none that is understood. */
  static @Nullable Iteration of(Node node, Site site) {
    Attribute attribute = node.attribute("body");
    if (!(node.isOnnx("Loop") || node.isOnnx("Scan"))
        || attribute == null
        || !(attribute.value() instanceof Attribute.OfGraph(Graph body))
        || !site.knows(body)
        || !body.sparseInitializers().isEmpty()) {
      return null;
    }
    return node.isOnnx("Loop")
        ? loop(node, body, site)
        : site.opsets().version("") < 9 ? null : scan(node, body, site);
  }

  private static @Nullable Iteration loop(Node node, Graph body, Site site) {
    Site inside = site.nested(body);
    List<Dim> trips =
        node.inputs().getFirst().isEmpty() ? null : site.elements(node.inputs().getFirst());
    int carried = node.inputs().size() - 2;
    if (trips == null
        || trips.size() != 1
        || carried < 0
        || body.inputs().size() != carried + 2
        || body.outputs().size() < carried + 1
        || !goesOn(node.inputs().get(1), body, site, inside)) {
      return null;
    }
    List<State> states = new ArrayList<>();
    List<Collected> collected = new ArrayList<>();
    for (int i = 0; i < body.outputs().size() - 1; i++) {
      String after = body.outputs().get(1 + i).name();
      String outer = i < node.outputs().size() ? node.outputs().get(i) : "";
      if (i < carried) {
        states.add(
            new State(body.inputs().get(2 + i).name(), after, node.inputs().get(2 + i), outer));
      } else {
        collected.add(new Collected(after, outer, 0, false));
      }
    }
    return new Iteration(
        node,
        body,
        site,
        inside,
        states,
        List.of(),
        collected,
        body.inputs().getFirst().name(),
        trips.getFirst());
  }

  /** Whether the condition of a loop is never false. */
  private static boolean goesOn(String cond, Graph body, Site site, Site inside) {
    String next = body.outputs().getFirst().name();
    return cond.isEmpty()
        || (isTrue(site.constant(cond))
            && (isTrue(inside.constant(next))
                || body.nodes().stream()
                    .anyMatch(node ->
                        node.isOnnx("Identity")
                            && node.outputs().getFirst().equals(next)
                            && (node.inputs().getFirst().equals(body.inputs().get(1).name())
                                || isTrue(inside.constant(node.inputs().getFirst()))))));
  }

  private static boolean isTrue(@Nullable Tensor tensor) {
    return tensor != null
        && tensor.dataType() == DataType.BOOL
        && tensor.size() == 1
        && tensor.getBoolean(0);
  }

  private static @Nullable Iteration scan(Node node, Graph body, Site site) {
    int scanned = (int) Wiring.attribute(node, "num_scan_inputs", 0);
    int states = node.inputs().size() - scanned;
    if (scanned < 1
        || states < 0
        || body.inputs().size() != states + scanned
        || body.outputs().size() < states) {
      return null;
    }
    List<State> carried = new ArrayList<>();
    List<Slices> slices = new ArrayList<>();
    List<Collected> collected = new ArrayList<>();
    for (int i = 0; i < body.inputs().size(); i++) {
      String inner = body.inputs().get(i).name();
      String outer = node.inputs().get(i);
      int k = i - states;
      if (k < 0) {
        carried.add(new State(inner, body.outputs().get(i).name(), outer, output(node, i)));
      } else {
        slices.add(
            new Slices(
                inner,
                outer,
                element(node, "scan_input_axes", k),
                element(node, "scan_input_directions", k) == 1));
      }
    }
    for (int i = states; i < body.outputs().size(); i++) {
      int k = i - states;
      collected.add(
          new Collected(
              body.outputs().get(i).name(),
              output(node, i),
              element(node, "scan_output_axes", k),
              element(node, "scan_output_directions", k) == 1));
    }
    return new Iteration(node, body, site, site.nested(body), carried, slices, collected, "", null);
  }

  private static String output(Node node, int index) {
    return index < node.outputs().size() ? node.outputs().get(index) : "";
  }

  private static long element(Node node, String attribute, int index) {
    Attribute found = node.attribute(attribute);
    return found != null
            && found.value() instanceof Attribute.OfInts(List<Long> values)
            && index < values.size()
        ? values.get(index)
        : 0;
  }

  /** Returns the columns of a state that surely is a matrix of floats; -1 where it is none. */
  int width(State state) {
    return site.type(state.first()) instanceof Type.OfTensor(DataType type, Shape shape)
            && type == DataType.FLOAT
            && shape.hasRank()
            && shape.rank() == 2
            && shape.dim(1) instanceof Dim.Known(long size)
            && size > 0
            && size <= 1 << 16
        ? (int) size
        : -1;
  }

  /** Whether a value of the body surely has as many rows as a state has at first. */
  boolean hasRowsOf(State state, String inner) {
    return site.type(state.first()) instanceof Type.OfTensor(var _, Shape a)
        && inside.type(inner) instanceof Type.OfTensor(DataType type, Shape b)
        && type == DataType.FLOAT
        && a.hasRank()
        && b.hasRank()
        && a.rank() == 2
        && b.rank() == 2
        && a.dim(0).sameAs(b.dim(0));
  }
}
