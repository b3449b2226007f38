package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Text;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.Value;

/**
 * The names that are visible at one place of a model and the slots they have there. A nested graph
 * has a scope with a parent and slots of its own, unless it is part of what is around it in any
 * case; the body of a function has a scope without a parent that shares the slots of its caller.
 */
final class Scope {

  /** The slot of an input that the caller of a function left out. */
  static final int ABSENT = -1;

  final Draft draft;
  final Opsets opsets;
  private final @Nullable Scope parent;
  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<String, Loader> constants = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /** Gives a constant when it is first used. */
  interface Loader {
    Value load();
  }

  Scope(Draft draft, @Nullable Scope parent, Opsets opsets) {
    this.draft = draft;
    this.parent = parent;
    this.opsets = opsets;
  }

  /** Notes that {@code name} is given here, which may happen once. */
  void declare(String name) {
    if (!names.add(name)) {
      throw new InvalidModel("\"" + Text.escape(name) + "\" is given twice");
    }
  }

  /** As {@link #declare}, by a node, which may not hide what is given around here. */
  void declareOutput(String name) {
    declare(name);
    if (parent != null && parent.isBound(name)) {
      throw new InvalidModel(
          "\"" + Text.escape(name) + "\" is given here and in a graph around this one");
    }
  }

  /** Whether {@code name} is given here or around here. */
  boolean sees(String name) {
    return names.contains(name) || (parent != null && parent.sees(name));
  }

  void bind(String name, int slot) {
    slots.put(name, slot);
  }

  void bind(String name, Loader constant) {
    constants.put(name, constant);
  }

  /** Whether {@code name} has been given here or around here by now. */
  boolean isBound(String name) {
    return binds(name) || (parent != null && parent.isBound(name));
  }

  /** Whether {@code name} has been given here by now. */
  boolean binds(String name) {
    return slots.containsKey(name) || constants.containsKey(name);
  }

  /** Whether {@code name} is given by this graph, not one around it. */
  boolean isOwn(String name) {
    return names.contains(name);
  }

  /** Returns the slot of {@code name}; {@link #ABSENT} where a caller left it out. */
  int resolve(String name) {
    Integer slot = slots.get(name);
    if (slot != null) {
      return slot;
    }
    Loader constant = constants.get(name);
    if (constant != null) {
      int loaded = draft.constant(constant.load());
      slots.put(name, loaded);
      return loaded;
    }
    if (names.contains(name) || parent == null || !parent.isBound(name)) {
      throw new InvalidModel(
          sees(name)
              ? "\"" + Text.escape(name) + "\" is read before it is given"
              : "nothing gives \"" + Text.escape(name) + "\"");
    }
    int outer = parent.resolve(name);
    int inner =
        outer == ABSENT || draft == parent.draft ? outer : draft.capture(outer, parent.draft);
    slots.put(name, inner);
    return inner;
  }
}
