package org.sardonyx.runtime;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * A graph made ready to run: steps over numbered slots. A run takes a copy of {@code initial}, in
 * which constants lie in their slots, puts in its inputs, and goes through the steps. Immutable.
 *
 * @param steps in the order of execution
 * @param initial the slots before a run; null where a step, input or capture fills in
 * @param constantArrays the arrays of the constants, by identity, those of nested graphs included
 * @param inputs slots of the inputs
 * @param outputs slots of the outputs
 * @param direct by output: its slot, where a step may write it into a tensor from outside; else -1
 * @param inputTypes what is declared of the inputs
 * @param outputTypes what is declared of the outputs
 * @param capturedFrom slots of the graph around this one that are seen in here
 * @param captured the slots that show them, one for each of {@code capturedFrom}
 * @param calls what runs of the plan left for others
 */
record Plan(
    List<Step> steps,
    @Nullable Value[] initial,
    Set<Object> constantArrays,
    int[] inputs,
    int[] outputs,
    int[] direct,
    List<@Nullable Type> inputTypes,
    List<@Nullable Type> outputTypes,
    int[] capturedFrom,
    int[] captured,
    Calls calls) {

  /** Runs the steps on a call that has begun and whose inputs are in their slots. */
  void execute(Call call) {
    for (int i = 0; i < steps.size(); i++) {
      call.execute(steps.get(i));
    }
  }
}
