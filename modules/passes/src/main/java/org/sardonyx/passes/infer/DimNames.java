package org.sardonyx.passes.infer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.sardonyx.type.Dim;

/**
 * The names of dimensions: those that the model declares, and new ones for sizes only a run knows.
 */
final class DimNames {

  private static final String PREFIX = "_d";

  private final Set<String> declared = new HashSet<>();
  private final Map<String, Integer> made = new HashMap<>();
  private int next;

  void declare(Dim dim) {
    switch (dim) {
      case Dim.Named(String name) -> declared.add(name);
      case Dim.Computed(Dim.Op _, Dim left, Dim right) -> {
        declare(left);
        declare(right);
      }
      case Dim.Known _, Dim.Unknown _ -> {}
    }
  }

  Dim fresh() {
    while (declared.contains(PREFIX + next)) {
      next++;
    }
    String name = PREFIX + next;
    made.put(name, next);
    next++;
    return Dim.named(name);
  }

  /** Returns a mark to tell names made before from those made after. */
  int mark() {
    return next;
  }

  /** Whether the dimension is a name that was made after {@code mark} was taken. */
  boolean isNewerThan(Dim dim, int mark) {
    if (!(dim instanceof Dim.Named(String name))) {
      return false;
    }
    Integer number = made.get(name);
    return number != null && number >= mark;
  }
}
