package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** A plan in the making. */
final class Draft {

  private final List<@Nullable Value> slots = new ArrayList<>();
  private final List<Step> drafted = new ArrayList<>();
  private final List<Integer> capturedFrom = new ArrayList<>();
  private final List<Integer> captured = new ArrayList<>();

  int slot() {
    slots.add(null);
    return slots.size() - 1;
  }

  int constant(Value value) {
    slots.add(value);
    return slots.size() - 1;
  }

  /** Returns the value of a slot that every run finds the same, else null. */
  @Nullable Value constantIn(int slot) {
    return slots.get(slot);
  }

  /** Makes {@code slot}, for which a step was planned, a constant. */
  void fold(int slot, Value value) {
    slots.set(slot, value);
  }

  int capture(int outer, Draft around) {
    Value constant = around.constantIn(outer);
    if (constant != null) {
      return constant(constant);
    }
    int inner = slot();
    capturedFrom.add(outer);
    captured.add(inner);
    return inner;
  }

  void add(Step step) {
    drafted.add(step);
  }

  /**
   * Returns the plan.
   *
   * @param fusion what finds steps that are computed together; null where each is to be seen to run
   */
  Plan finish(
      int[] inputs,
      int[] outputs,
      List<@Nullable Type> inputTypes,
      List<@Nullable Type> outputTypes,
      @Nullable Fusion fusion) {
    List<Step> needed = needed(outputs);
    List<Step> fused =
        fusion == null ? needed : Reuse.mark(fusion.fuse(needed, slots, outputs), slots);
    List<Step> steps = releasing(fused, outputs);
    @Nullable Value[] constants = constants(steps, outputs);
    return new Plan(
        steps,
        constants,
        arrays(steps, constants),
        inputs,
        outputs,
        direct(steps, outputs),
        inputTypes,
        outputTypes,
        ints(capturedFrom),
        ints(captured),
        new Calls());
  }

  /** Returns the steps that an output needs; of some, folding has made nothing depend any more. */
  private List<Step> needed(int[] outputs) {
    boolean[] needed = new boolean[slots.size()];
    for (int slot : outputs) {
      needed[slot] = true;
    }
    List<Step> steps = new ArrayList<>();
    for (Step step : drafted.reversed()) {
      boolean wanted = false;
      for (int slot : step.out()) {
        wanted |= slot >= 0 && needed[slot];
      }
      if (!wanted) {
        continue;
      }
      steps.add(step);
      for (int slot : step.in()) {
        if (slot >= 0) {
          needed[slot] = true;
        }
      }
      for (Plan body : step.bodies().values()) {
        for (int slot : body.capturedFrom()) {
          needed[slot] = true;
        }
      }
    }
    return steps.reversed();
  }

  /**
   * Returns the outputs that a step may write where the caller wants them: those that are computed
   * in every run, go out under one name, and are not seen as a view, which is kept from run to run
   * while its input lies where it lay.
   */
  private int[] direct(List<Step> steps, int[] outputs) {
    int[] times = new int[slots.size()];
    boolean[] fits = new boolean[times.length];
    for (int slot : outputs) {
      times[slot]++;
    }
    for (Step step : steps) {
      for (int slot : step.out()) {
        if (slot >= 0) {
          fits[slot] = !step.reuse().isKept();
        }
      }
      if (step.reuse() == Reuse.VIEW) {
        fits[step.in()[0]] = false;
      }
    }
    int[] direct = new int[outputs.length];
    for (int i = 0; i < direct.length; i++) {
      direct[i] = fits[outputs[i]] && times[outputs[i]] == 1 ? outputs[i] : -1;
    }
    return direct;
  }

  /** Returns the arrays that belong to constants, of graphs in nodes too. */
  private static Set<Object> arrays(List<Step> steps, @Nullable Value[] constants) {
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Value value : constants) {
      Sharing.collect(value, arrays);
    }
    for (Step step : steps) {
      for (Plan body : step.bodies().values()) {
        arrays.addAll(body.constantArrays());
      }
    }
    return arrays;
  }

  /** Returns the constants in their slots, but for those that no run asks for. */
  private @Nullable Value[] constants(List<Step> steps, int[] outputs) {
    boolean[] read = new boolean[slots.size()];
    for (int slot : outputs) {
      read[slot] = true;
    }
    for (Step step : steps) {
      for (int i = 0; i < step.in().length; i++) {
        if (step.in()[i] >= 0) {
          read[step.in()[i]] |= step.operator().reads(i);
        }
      }
    }
    @Nullable Value[] constants = new @Nullable Value[read.length];
    for (int i = 0; i < read.length; i++) {
      constants[i] = read[i] ? slots.get(i) : null;
    }
    return constants;
  }

  /** Returns the steps with what each may drop: what it is the last to read, or gives in vain. */
  private List<Step> releasing(List<Step> steps, int[] outputs) {
    boolean[] needed = new boolean[slots.size()];
    for (int slot : outputs) {
      needed[slot] = true;
    }
    Step[] result = new Step[steps.size()];
    for (int i = result.length - 1; i >= 0; i--) {
      Step step = steps.get(i);
      List<Integer> release = new ArrayList<>();
      for (int slot : step.out()) {
        drop(slot, needed, release);
      }
      for (int slot : step.in()) {
        drop(slot, needed, release);
      }
      for (Plan body : step.bodies().values()) {
        for (int slot : body.capturedFrom()) {
          drop(slot, needed, release);
        }
      }
      result[i] = step.withRelease(ints(release));
    }
    return Arrays.asList(result);
  }

  private static void drop(int slot, boolean[] needed, List<Integer> release) {
    if (slot >= 0 && !needed[slot]) {
      needed[slot] = true;
      release.add(slot);
    }
  }

  static int[] ints(Collection<Integer> slots) {
    int[] array = new int[slots.size()];
    int i = 0;
    for (int slot : slots) {
      array[i++] = slot;
    }
    return array;
  }
}
