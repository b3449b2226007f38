package org.sardonyx.optimize.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Shapes as a Reshape can have them as a constant. */
final class Stated {

  private Stated() {}

  /**
   * Returns the second input of a Reshape from one shape to another: sizes that are known, 0 for
   * those that the input has at the same place, and -1 for at most one other; null where that does
   * not say it. Sizes are taken to be at least 1.
   *
   * @param to dimensions; -1 and 0 among those that are known mean what they mean to a Reshape
   */
  static long @Nullable [] of(Shape from, List<Dim> to) {
    if (!from.hasRank()) {
      return null;
    }
    long[] stated = new long[to.size()];
    int open = 0;
    for (int i = 0; i < stated.length; i++) {
      Dim dim = to.get(i);
      if (dim instanceof Dim.Known(long size)) {
        if (size < -1 || (size == 0 && i >= from.rank())) {
          return null;
        }
        stated[i] = size;
        open += size == -1 ? 1 : 0;
      } else if (dim instanceof Dim.Unknown || !dim.isNeverNegative()) {
        return null;
      } else if (i < from.rank() && from.dim(i).sameAs(dim)) {
        stated[i] = 0;
      } else {
        stated[i] = -1;
        open++;
      }
    }
    return open <= 1 ? stated : null;
  }
}
