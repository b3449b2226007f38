package org.sardonyx.passes.infer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * The names of dimensions: those that the model declares, and new ones for sizes only a run knows.
 */
final class DimNames {

  private static final String PREFIX = "_d";

  private final Set<String> declared = new HashSet<>();
  private final Map<String, Integer> made = new HashMap<>();
  private int next;

  /** Takes note of every name in a type. */
  void declare(Type type) {
    Joins.mapDims(type, this::declared);
  }

  private Dim declared(Dim dim) {
    if (dim instanceof Dim.Named(String name)) {
      declared.add(name);
    } else if (dim instanceof Dim.Computed(Dim.Op _, Dim left, Dim right)) {
      declared(left);
      declared(right);
    }
    return dim;
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
