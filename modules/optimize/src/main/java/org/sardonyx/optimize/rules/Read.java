package org.sardonyx.optimize.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What nodes say, in whichever version of their operator. */
final class Read {

  private Read() {}

  static Shape shape(Site site, String value) {
    return site.type(value) instanceof Type.OfTensor(var _, Shape shape) ? shape : Shape.UNKNOWN;
  }

  /** Returns integers that are an attribute in older versions and an input in newer ones. */
  static long @Nullable [] ints(Site site, Node node, String attribute, int input) {
    Attribute found = node.attribute(attribute);
    if (found != null) {
      return found.value() instanceof Attribute.OfInts(List<Long> values)
          ? values.stream().mapToLong(Long::longValue).toArray()
          : null;
    }
    Tensor tensor =
        input < node.inputs().size() && !node.inputs().get(input).isEmpty()
            ? site.constant(node.inputs().get(input))
            : null;
    return tensor == null || !tensor.dataType().isInteger() ? null : tensor.toLongs();
  }

  /** Returns the permutation of a Transpose; null where it is not stated. */
  static long @Nullable [] perm(Node node) {
    Attribute perm = node.attribute("perm");
    return perm != null && perm.value() instanceof Attribute.OfInts(List<Long> values)
        ? values.stream().mapToLong(Long::longValue).toArray()
        : null;
  }

  /** Whether two values surely have the same shape. */
  static boolean sameShape(Site site, String a, String b) {
    Shape one = shape(site, a);
    Shape two = shape(site, b);
    if (!one.hasRank() || !two.hasRank() || one.rank() != two.rank()) {
      return false;
    }
    for (int i = 0; i < one.rank(); i++) {
      if (!one.dim(i).sameAs(two.dim(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether what is broadcast to a size has it: a part of a buffer too, which is long enough. */
  static boolean isOfSize(Dim dim, Dim size) {
    return dim.sameAs(size)
        || (dim instanceof Dim.Computed(Dim.Op op, Dim a, Dim b)
            && op == Dim.Op.MIN
            && (a.sameAs(size) ? b : b.sameAs(size) ? a : Dim.of(0)) instanceof Dim.Known(long most)
            && most > 1);
  }

  /**
   * A slice along one axis.
   *
   * @param axis not negative
   * @param to not included
   * @param step positive
   * @param size of the whole
   */
  record Slice(int axis, long from, long to, long step, long size) {}

  /** Returns what a Slice in steps of 1 takes; null where it is none, or of no known size. */
  static @Nullable Slice slice(Site site, Node node) {
    Slice slice = stepped(site, node);
    return slice == null || slice.step() != 1 ? null : slice;
  }

  /**
   * Returns what a Slice takes; null where it goes back, along several axes, or of no known size.
   */
  static @Nullable Slice stepped(Site site, Node node) {
    if (!node.isOnnx("Slice") || node.inputs().isEmpty()) {
      return null;
    }
    long[] starts = ints(site, node, "starts", 1);
    long[] ends = ints(site, node, "ends", 2);
    boolean named =
        node.attribute("axes") != null
            || (node.inputs().size() > 3 && !node.inputs().get(3).isEmpty());
    long[] axes = named ? ints(site, node, "axes", 3) : new long[] {0};
    boolean stepped = node.inputs().size() > 4 && !node.inputs().get(4).isEmpty();
    long[] steps = stepped ? ints(site, node, "steps", 4) : new long[] {1};
    Shape shape = shape(site, node.inputs().getFirst());
    if (starts == null
        || ends == null
        || axes == null
        || steps == null
        || starts.length != 1
        || ends.length != 1
        || axes.length != 1
        || steps.length != 1
        || steps[0] < 1
        || !shape.hasRank()) {
      return null;
    }
    long axis = axes[0] < 0 ? axes[0] + shape.rank() : axes[0];
    if (axis < 0
        || axis >= shape.rank()
        || !(shape.dim((int) axis) instanceof Dim.Known(long size))) {
      return null;
    }
    long from = Math.clamp(starts[0] < 0 ? starts[0] + size : starts[0], 0, size);
    long to = Math.clamp(ends[0] < 0 ? ends[0] + size : ends[0], 0, size);
    return new Slice((int) axis, from, to, steps[0], size);
  }

  static long axis(Node node, long otherwise) {
    return Wiring.attribute(node, "axis", otherwise);
  }
}
