package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Finishing;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Gives products what is done to them alone: a constant row that is added, and a function of each
 * element, while the rows are near. Their second input, the weights, must be constant.
 */
final class Epilogue {

  private final List<@Nullable Step> steps;
  private final List<@Nullable Value> constants;

  private final StepWiring wiring;

  private Epilogue(List<Step> steps, List<@Nullable Value> constants, int[] kept) {
    this.steps = new ArrayList<>(steps);
    this.constants = constants;
    this.wiring = new StepWiring(steps, constants.size(), kept);
  }

  /**
   * Returns the steps with those gone that others took over.
   *
   * @param constants by slot: what every run finds there
   * @param kept slots that are read from outside
   */
  static List<Step> fuse(List<Step> steps, List<@Nullable Value> constants, int[] kept) {
    Epilogue epilogue = new Epilogue(steps, constants, kept);
    for (int i = 0; i < steps.size(); i++) {
      epilogue.fuse(i);
    }
    return Fusion.left(epilogue.steps);
  }

  private void fuse(int i) {
    Step product = steps.get(i);
    if (product == null
        || !(product.operator() instanceof Finishing finishing)
        || product.out().length != 1
        || !isFloat(constants.get(product.in()[1]))) {
      return;
    }
    int out = product.out()[0];
    Step next = onlyReader(out);
    Tensor row = next == null ? null : row(next, out);
    if (row != null && next != null && finishing.finishing(row, null) instanceof Finishing more) {
      finishing = take(i, more, out, next);
      out = next.out()[0];
      next = onlyReader(out);
    }
    Unary f = next == null ? null : Fusion.function(next);
    Operator finished = f == null ? null : finishing.finishing(null, f);
    if (finished != null && next != null) {
      take(i, finished, out, next);
    }
  }

  /** Puts an operator in place of step i that also does what the only reader of its output did. */
  private <T extends Operator> T take(int i, T operator, int out, Step next) {
    Step step = steps.get(i);
    if (step != null) {
      Step whole = step.withOperator(operator, step.read()).withSlots(step.in(), next.out());
      steps.set(i, whole.place() == null ? whole : whole.withPlace(whole.place().of(operator)));
    }
    steps.set(wiring.onlyReader(out), null);
    return operator;
  }

  private @Nullable Step onlyReader(int slot) {
    int reader = slot < 0 ? -1 : wiring.onlyReader(slot);
    Step step = reader < 0 ? null : steps.get(reader);
    return step != null && step.out().length == 1 && step.out()[0] >= 0 ? step : null;
  }

  /** Returns the constant row that a step adds to {@code slot}; null where it is none. */
  private @Nullable Tensor row(Step step, int slot) {
    if (!Fusion.isAddition(step)) {
      return null;
    }
    int other = step.in()[step.in()[0] == slot ? 1 : 0];
    Value row = other < 0 ? null : constants.get(other);
    return isFloat(row) && row instanceof Tensor tensor && tensor.rank() == 1 ? tensor : null;
  }

  private static boolean isFloat(@Nullable Value value) {
    return value instanceof Tensor tensor && tensor.dataType() == DataType.FLOAT;
  }
}
