package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.Summing;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * An Add and the normalization of what it gives as one step, whose rows are gone through once. The
 * sum is given too where others read it.
 *
 * @param whole what computes it
 * @param parts the two nodes
 */
record FusedSum(Operator whole, List<Step> parts) implements Fused {

  /**
   * Returns the steps with those fused that add two tensors and normalize them.
   *
   * @param constants by slot: what every run finds there
   * @param kept slots that are read from outside
   */
  static List<Step> fuse(
      List<Step> all, List<@Nullable Value> constants, int[] kept, boolean observed) {
    boolean any = false;
    for (Step step : all) {
      any |= step.operator() instanceof Summing;
    }
    if (!any) {
      return all;
    }
    StepWiring wiring = new StepWiring(all, constants.size(), kept);
    Set<Integer> taken = new HashSet<>();
    List<@Nullable Step> steps = new ArrayList<>(all);
    for (int i = 0; i < all.size(); i++) {
      Step norm = all.get(i);
      int made = norm.in().length < 2 ? -1 : wiring.maker(norm.in()[0], "Add");
      if (made < 0 || !(norm.operator() instanceof Summing summing)) {
        continue;
      }
      Step add = all.get(made);
      int sum = add.out()[0];
      boolean fits = norm.out()[0] >= 0 && Fusion.isAddition(add);
      for (int k = 1; k < norm.out().length; k++) {
        fits &= norm.out()[k] < 0;
      }
      List<Integer> inputs = new ArrayList<>();
      for (int slot : add.in()) {
        fits &= constants.get(slot) == null;
        inputs.add(slot);
      }
      for (int k = 1; k < norm.in().length; k++) {
        fits &= norm.in()[k] >= 0 && constants.get(norm.in()[k]) != null;
        inputs.add(norm.in()[k]);
      }
      // What is there twice would be one input.
      if (fits && new HashSet<>(inputs).size() == inputs.size() && taken.add(made)) {
        boolean alone = wiring.readers(sum) == 1;
        List<Step> parts = List.of(add, norm);
        FusedSum fused = new FusedSum(summing.ofSum(), Fusion.releasing(parts, alone ? -1 : sum));
        int[] out = {norm.out()[0], alone ? -1 : sum};
        // Where others read the sum it is there as early as before.
        steps.set(alone ? made : i, null);
        steps.set(alone ? i : made, Fusion.joined(parts, fused, inputs, out, observed));
      }
    }
    return Fusion.left(steps);
  }

  @Override
  public boolean fits(@Nullable Value[] frame, int[] in) {
    for (int slot : in) {
      if (!(frame[slot] instanceof Tensor tensor) || tensor.dataType() != DataType.FLOAT) {
        return false;
      }
    }
    return frame[in[0]] instanceof Tensor a
        && frame[in[1]] instanceof Tensor b
        && a.rank() > 0
        && a.sameShape(b);
  }

  @Override
  public void infer(Inference in) {
    whole.infer(in);
  }

  @Override
  public void run(Invocation in) {
    whole.run(in);
  }

  @Override
  public String how() {
    return whole.how();
  }
}
