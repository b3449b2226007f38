package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.Value;

/** Why what a step gave in one run may serve in the next. */
enum Reuse {
  /** It may not. */
  NEVER,

  /** It may not; each element is computed of the one at its place, which may be written over. */
  OVER,

  /** It depends on the shape of the input, not on what that holds. */
  SHAPE,

  /** It depends on constants and on what is reused itself. */
  SAME,

  /** It is its first input under another shape: while that lies where it lay, so does this. */
  VIEW,

  /** Elements of its first input, moved as the shape says. */
  MOVES,

  /** Elements of all inputs, moved as the shapes say. */
  MOVES_ALL;

  private static final Set<String> OF_SHAPES = Set.of("Shape", "Size");

  private static final Set<String> VIEWS =
      Set.of("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private static final Set<String> MOVING =
      Set.of("Expand", "Gather", "Pad", "Slice", "Split", "Tile", "Transpose");

  private static final Set<String> ELEMENTWISE = Set.of("Relu", "Sigmoid", "Tanh");

  /** Whether elements of input {@code i} are moved. */
  boolean isMoved(int i) {
    return this == MOVES_ALL || (this == MOVES && i == 0);
  }

  /** Whether what a step gave in one run, not only how, may serve in the next. */
  boolean isKept() {
    return this == SHAPE || this == SAME || this == VIEW;
  }

  /**
   * Returns the steps with what holds of each.
   *
   * @param constants by slot: what every run finds there
   */
  static List<Step> mark(List<Step> steps, List<@Nullable Value> constants) {
    boolean[] fixed = new boolean[constants.size()];
    for (int slot = 0; slot < fixed.length; slot++) {
      fixed[slot] = constants.get(slot) != null;
    }
    List<Step> marked = new ArrayList<>(steps.size());
    for (Step step : steps) {
      Reuse reuse = of(step, fixed);
      if (reuse == SHAPE || reuse == SAME) {
        fixed[step.out()[0]] = true;
      }
      marked.add(reuse == NEVER ? step : step.withReuse(reuse));
    }
    return marked;
  }

  private static Reuse of(Step step, boolean[] fixed) {
    OperatorDef def = step.def();
    if (step.in().length == 0
        || step.in()[0] < 0
        || !step.bodies().isEmpty()
        || def.accuracy() == Accuracy.RANDOM
        || !def.equals(Operators.standard().find(def.domain(), def.name()))) {
      return NEVER;
    }
    boolean rest = true;
    for (int i = 1; i < step.in().length; i++) {
      rest &= step.in()[i] < 0 || fixed[step.in()[i]];
    }
    boolean one = step.out().length == 1 && step.out()[0] >= 0;
    if (one && rest && fixed[step.in()[0]]) {
      return SAME;
    }
    if (!def.domain().isEmpty()) {
      return NEVER;
    }
    if (def.name().equals("Concat")) {
      return MOVES_ALL;
    }
    if (rest && MOVING.contains(def.name())) {
      return MOVES;
    }
    if (!one || !rest) {
      return NEVER;
    }
    if (ELEMENTWISE.contains(def.name())) {
      return OVER;
    }
    return OF_SHAPES.contains(def.name()) ? SHAPE : VIEWS.contains(def.name()) ? VIEW : NEVER;
  }
}
