package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import org.sardonyx.graph.Attribute;

/** Axes counted from the end, which most operators take since version 11. */
final class Axes {

  private Axes() {}

  /** Writes a negative axis in {@code name}, a number or a list of them, as what it counts. */
  static Adapter counted(String name) {
    return rewrite -> counted(rewrite, name, 0);
  }

  private static void counted(Rewrite rewrite, String name, int more) {
    Attribute.Value value = rewrite.attribute(name);
    if (value instanceof Attribute.OfInt(long axis) && axis < 0) {
      long counted = axis + rewrite.rank(0) + more;
      rewrite.keep(with(rewrite.node(), Attribute.of(name, counted)));
    } else if (value instanceof Attribute.OfInts(var axes)
        && axes.stream().anyMatch(axis -> axis < 0)) {
      int rank = rewrite.rank(0) + more;
      long[] counted = axes.stream().mapToLong(axis -> axis < 0 ? axis + rank : axis).toArray();
      rewrite.keep(with(rewrite.node(), Attribute.of(name, counted)));
    } else {
      rewrite.keep();
    }
  }

  /** As {@link #counted(String)}, for axes of an output of more dimensions than the input. */
  static Adapter countedInOutput(String name) {
    return rewrite -> {
      int more = rewrite.attribute(name) instanceof Attribute.OfInts(var axes) ? axes.size() : 1;
      counted(rewrite, name, more);
    };
  }

  /** Returns an axis of an input counted from the first dimension. */
  static long normal(Rewrite rewrite, long axis) {
    return axis < 0 ? axis + rewrite.rank(0) : axis;
  }

  static long[] normal(Rewrite rewrite, long[] axes) {
    return java.util.Arrays.stream(axes).map(axis -> normal(rewrite, axis)).toArray();
  }
}
