package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.List;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;

/** Which steps make and read the slots of a graph. */
final class StepWiring {

  private static final int MANY = 1 << 16;

  private final List<Step> steps;
  private final int[] makers;
  private final int[] reader;
  private final int[] readers;

  /**
   * Looks through steps.
   *
   * @param slots how many slots there are
   * @param kept slots that are read from outside
   */
  StepWiring(List<Step> steps, int slots, int[] kept) {
    this.steps = steps;
    this.makers = new int[slots];
    this.reader = new int[slots];
    this.readers = new int[slots];
    Arrays.fill(makers, -1);
    for (int slot : kept) {
      readers[slot] = MANY;
    }
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      for (int slot : step.in()) {
        if (slot >= 0) {
          readers[slot]++;
          reader[slot] = i;
        }
      }
      for (int[] captured : step.captured()) {
        for (int slot : captured) {
          readers[slot] += MANY;
        }
      }
      if (step.out().length == 1 && step.out()[0] >= 0) {
        makers[step.out()[0]] = i;
      }
    }
  }

  /** Returns how often a slot is read; many times where it is read from outside. */
  int readers(int slot) {
    return readers[slot];
  }

  /** Returns the number of the step of ai.onnx and this name that makes a slot alone, else -1. */
  int maker(int slot, String name) {
    int maker = slot < 0 ? -1 : makers[slot];
    return maker >= 0 && is(steps.get(maker), name) ? maker : -1;
  }

  /** As {@link #maker}, of a slot that is read once. */
  int onlyMaker(int slot, String name) {
    return slot >= 0 && readers[slot] == 1 ? maker(slot, name) : -1;
  }

  /** Returns the number of the step that alone reads a slot, and once, else -1. */
  int onlyReader(int slot) {
    return readers[slot] == 1 ? reader[slot] : -1;
  }

  /** Whether any step is that of an operator of ai.onnx; see {@link #is}. */
  static boolean any(List<Step> steps, String name) {
    for (Step step : steps) {
      if (is(step, name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a step is that of an operator of ai.onnx, and of no other that the user brought. */
  static boolean is(Step step, String name) {
    OperatorDef def = step.def();
    return def.name().equals(name)
        && def.domain().isEmpty()
        && step.out().length == 1
        && step.out()[0] >= 0
        && def.equals(Operators.standard().find("", name));
  }
}
