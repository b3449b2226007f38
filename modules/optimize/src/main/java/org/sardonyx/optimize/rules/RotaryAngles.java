package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Contents;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/**
 * Cosines and sines as RotaryEmbedding takes them: each angle once, and no axis of heads. What
 * computes them is written again for half of the columns, down to where the columns were doubled.
 */
final class RotaryAngles {

  private static final int DEPTH = 16;

  private final RotaryPairs pairs;
  private final Wiring wiring;
  private final Site site;
  private final Edit edit;

  /** What was written, before the node that reads it. */
  private final List<Node> nodes = new ArrayList<>();

  RotaryAngles(RotaryPairs pairs, Wiring wiring, Site site, Edit edit) {
    this.pairs = pairs;
    this.wiring = wiring;
    this.site = site;
    this.edit = edit;
  }

  /**
   * Angles of which each is there once.
   *
   * @param full as they were
   * @param dropped whether the axis of heads was left out, of four
   */
  record Once(String full, String name, boolean dropped) {}

  List<Node> nodes() {
    return nodes;
  }

  /**
   * Returns a value with each angle once; null where it cannot be shown to say each one twice.
   *
   * @param doubled whether it does; else it is returned as it is
   * @param heads the axis of heads, counted from the last, which is left out if that costs nothing
   */
  @Nullable Once once(String value, boolean interleaved, boolean doubled, int heads) {
    Halving halving = new Halving(interleaved, doubled, wiring.rank(value) - heads);
    String name = halving.of(value, true, DEPTH);
    return name == null ? null : new Once(value, name, halving.dropped);
  }

  private final class Halving {
    private final boolean interleaved;
    private final boolean doubled;
    private final int heads;
    private boolean dropped;

    Halving(boolean interleaved, boolean doubled, int heads) {
      this.interleaved = interleaved;
      this.doubled = doubled;
      this.heads = heads;
    }

    /**
     * @param plain whether nothing above says what its axes are
     */
    @Nullable String of(String value, boolean plain, int depth) {
      TensorData constant = site.initializer(value);
      Tensor tensor =
          constant == null ? site.constant(value) : doubled ? Contents.load(constant) : null;
      if (tensor != null) {
        return doubled ? constant(value, tensor) : value;
      }
      Node node = wiring.maker(value);
      if (constant != null || node == null || !node.isOnnx() || depth == 0) {
        return doubled ? null : value;
      }
      String x = node.inputs().getFirst();
      return switch (node.opType()) {
        case "Cos", "Sin", "Neg", "Cast", "Identity" -> again(node, of(x, plain, depth - 1));
        case "Mul", "Div" -> scaled(node, plain, depth);
        case "Unsqueeze" -> unsqueezed(node, plain, depth);
        case "Gather" ->
            Read.axis(node, 0) == 0 && wiring.rank(x) > 1
                ? again(node, inner(x, depth))
                : end(value, plain);
        case "Slice", "Squeeze" ->
            keepsLast(node) ? again(node, inner(x, depth)) : end(value, plain);
        case "Concat", "Reshape" -> end(value, plain);
        default -> doubled ? null : value;
      };
    }

    private @Nullable String inner(String value, int depth) {
      return of(value, false, depth - 1);
    }

    private @Nullable String scaled(Node node, boolean plain, int depth) {
      String x = node.inputs().get(0);
      String y = node.inputs().get(1);
      if (!Double.isNaN(wiring.number(y))) {
        return again(node, of(x, plain, depth - 1));
      }
      if (node.isOnnx("Mul") && !Double.isNaN(wiring.number(x))) {
        String half = of(y, plain, depth - 1);
        return half == null ? null : again(node.withInputs(List.of(y, x)), half);
      }
      return doubled ? null : node.outputs().getFirst();
    }

    private @Nullable String unsqueezed(Node node, boolean plain, int depth) {
      long[] axes = Read.ints(site, node, "axes", 1);
      String value = node.outputs().getFirst();
      int rank = wiring.rank(value);
      if (axes == null || axes.length != 1 || rank < 1 || pairs.addsLast(node)) {
        return end(value, plain);
      }
      String x = node.inputs().getFirst();
      long axis = axes[0] < 0 ? axes[0] + rank : axes[0];
      if (plain && axis == heads && rank == 4) {
        dropped = true;
        return inner(x, depth);
      }
      return again(node, inner(x, depth));
    }

    /** Returns a node's output for half of the columns of its first input. */
    private @Nullable String again(Node node, @Nullable String half) {
      String value = node.outputs().getFirst();
      if (half == null || half.equals(node.inputs().getFirst())) {
        return half == null ? null : value;
      }
      if (node.opType().equals("Identity")) {
        return half;
      }
      List<String> inputs = new ArrayList<>(node.inputs());
      inputs.set(0, half);
      String made = site.names().fresh(value + "/angles");
      nodes.add(node.withName("").withInputs(inputs).withOutputs(List.of(made)));
      return made;
    }

    /** Returns what was doubled to make a value. */
    private @Nullable String end(String value, boolean plain) {
      if (!doubled) {
        return value;
      }
      List<String> two = interleaved ? pairs.stacked(value) : pairs.joined(value);
      if (!two.isEmpty()) {
        return two.get(0).equals(two.get(1)) && isHalf(two.get(0), value, plain)
            ? two.get(0)
            : null;
      }
      Node reshape = interleaved ? wiring.maker(value, "Reshape") : null;
      Node repeat = reshape == null ? null : wiring.maker(reshape.inputs().getFirst());
      Node wide =
          repeat == null || !(repeat.isOnnx("Expand") || repeat.isOnnx("Tile"))
              ? null
              : wiring.maker(repeat.inputs().getFirst(), "Unsqueeze");
      String half = wide == null || !pairs.addsLast(wide) ? null : wide.inputs().getFirst();
      return half != null && isHalf(half, value, plain) ? half : null;
    }

    /** Whether a value has the shape of another of half the width, an axis of heads aside. */
    private boolean isHalf(String half, String value, boolean plain) {
      Shape once = Read.shape(site, half);
      Shape twice = Read.shape(site, value);
      if (!once.hasRank() || !twice.hasRank() || 2 * wiring.width(half) != wiring.width(value)) {
        return false;
      }
      boolean drops = plain && twice.rank() == 4 && once.rank() == 3 && twice.dim(heads).is(1);
      for (int i = 0; i < once.rank() - 1; i++) {
        if (!once.dim(i).sameAs(twice.dim(drops && i >= heads ? i + 1 : i))) {
          return false;
        }
      }
      dropped |= drops;
      return drops || once.rank() == twice.rank();
    }

    private @Nullable String constant(String value, Tensor tensor) {
      int width = tensor.rank() == 0 ? 0 : tensor.dim(tensor.rank() - 1);
      if (width == 0 || width % 2 != 0 || !tensor.dataType().isFloat()) {
        return null;
      }
      float[] all = tensor.toFloats();
      int half = width / 2;
      float[] once = new float[all.length / 2];
      for (int i = 0; i < once.length; i++) {
        int row = i / half * width;
        int column = i % half;
        int first = row + (interleaved ? 2 * column : column);
        int second = interleaved ? first + 1 : first + half;
        if (Float.floatToRawIntBits(all[first]) != Float.floatToRawIntBits(all[second])) {
          return null;
        }
        once[i] = all[first];
      }
      int[] shape = tensor.shape().clone();
      shape[shape.length - 1] = half;
      return edit.constant(value + "/angles", Tensor.fromFloats(tensor.dataType(), once, shape));
    }
  }

  /** Whether a Slice or Squeeze leaves the last axis as it is. */
  private boolean keepsLast(Node node) {
    long[] axes = Read.ints(site, node, "axes", node.isOnnx("Slice") ? 3 : 1);
    int rank = wiring.rank(node.inputs().getFirst());
    if (axes == null || rank < 1) {
      return false;
    }
    for (long axis : axes) {
      if (RotaryPairs.isLast(axis, rank)) {
        return false;
      }
    }
    return true;
  }

  /** Returns angles [batch, time, width] of those that are broadcast to X. */
  String ofEachRow(Once once, String x, long width) {
    String full = once.full();
    Shape shape = Read.shape(site, full);
    boolean batched = shape.rank() == 4 && !shape.dim(0).is(1);
    String rows = once.name();
    if (!once.dropped()) {
      rows = site.names().fresh(full + "/rows");
      String stated = edit.constant(rows + "/shape", batched ? 0 : 1, -1, width);
      nodes.add(new Node("", "Reshape", List.of(once.name(), stated), List.of(rows), List.of()));
    }
    if (batched || Read.shape(site, x).dim(0).is(1)) {
      return rows;
    }
    // For a batch of any size the same is said of each.
    String batch = site.names().fresh(full + "/batch");
    String sizes = site.names().fresh(full + "/sizes");
    String all = site.names().fresh(full + "/all");
    nodes.add(
        new Node(
            "",
            "Shape",
            List.of(x),
            List.of(batch),
            List.of(Attribute.of("start", 0L), Attribute.of("end", 1L))));
    nodes.add(
        new Node(
            "",
            "Concat",
            List.of(batch, edit.constant(full + "/ones", 1, 1)),
            List.of(sizes),
            List.of(Attribute.of("axis", 0L))));
    nodes.add(new Node("", "Expand", List.of(rows, sizes), List.of(all), List.of()));
    return all;
  }
}
