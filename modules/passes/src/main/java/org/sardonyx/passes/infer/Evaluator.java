package org.sardonyx.passes.infer;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Runs one operator on constants while a model is rewritten; refuses what is random or too large.
 */
public final class Evaluator {

  /** What takes longer is left to the run. */
  private static final long MOST_NANOS = 2_000_000_000L;

  /** As many steps take too little time to look at the clock. */
  private static final long OFTEN = 1 << 18;

  /** How long all operators together may take, in every round of rewriting. */
  public static final class Time {
    private long leftNanos = 3 * MOST_NANOS;
  }

  private final Time all;
  private final long maxElements;

  /**
   * @param all what is left for all; far more than honest models need
   * @param maxElements the largest output that is computed, in elements, and in characters
   */
  public Evaluator(Time all, long maxElements) {
    this.all = all;
    this.maxElements = maxElements;
  }

  /**
   * Returns the outputs, or null where the operator cannot be run on these inputs alone.
   *
   * @param inputs null where absent
   */
  public @Nullable List<@Nullable Value> run(
      Operator operator, List<? extends @Nullable Value> inputs, int outputs) {
    Call call = new Call(inputs, outputs);
    try {
      operator.run(call);
    } catch (ModelException | ArithmeticException _) {
      return null;
    } finally {
      all.leftNanos -= System.nanoTime() - call.start;
    }
    for (Value result : call.results) {
      if (isTooLong(result)) {
        return null;
      }
    }
    return Arrays.asList(call.results);
  }

  /** Whether there are too many characters in a tensor of strings, however few they are. */
  private boolean isTooLong(@Nullable Value value) {
    if (!(value instanceof Tensor tensor) || tensor.dataType() != DataType.STRING) {
      return false;
    }
    long left = maxElements;
    for (String string : tensor.strings()) {
      left -= string.length();
    }
    return left < 0;
  }

  private final class Call implements Invocation {

    private final List<? extends @Nullable Value> inputs;
    private final @Nullable Value[] results;
    private final long start = System.nanoTime();
    private final long mostNanos = Math.min(MOST_NANOS, all.leftNanos);
    private long steps;

    Call(List<? extends @Nullable Value> inputs, int outputs) {
      this.inputs = inputs;
      this.results = new Value[outputs];
    }

    @Override
    public int inputs() {
      return inputs.size();
    }

    @Override
    public boolean has(int input) {
      return input < inputs.size() && inputs.get(input) != null;
    }

    @Override
    public Tensor tensor(int input) {
      if (value(input) instanceof Tensor tensor) {
        return tensor;
      }
      throw new UnsupportedModel("input " + input + " is no tensor");
    }

    @Override
    public Value value(int input) {
      Value value = input < inputs.size() ? inputs.get(input) : null;
      if (value == null) {
        throw new UnsupportedModel("input " + input + " is absent");
      }
      return value;
    }

    @Override
    public int outputs() {
      return results.length;
    }

    @Override
    public boolean wants(int output) {
      return output < results.length;
    }

    @Override
    public Tensor output(int output, DataType type, int... shape) {
      return zeros(output, type, shape);
    }

    @Override
    public Tensor zeros(int output, DataType type, int... shape) {
      if (Tensor.checkedSize(shape) > maxElements) {
        throw new LimitExceeded(
            "constant-folding", "an output of " + Tensor.checkedSize(shape) + " elements");
      }
      checkpoint(Tensor.checkedSize(shape));
      Tensor tensor = Tensor.zeros(type, shape);
      set(output, tensor);
      return tensor;
    }

    @Override
    public void set(int output, Value value) {
      if (output < results.length) {
        results[output] = value;
      }
    }

    @Override
    public Body body(String attribute) {
      throw new UnsupportedModel("graphs are not run here");
    }

    @Override
    public Kernels kernels() {
      return Kernels.best().watched(this::checkpoint);
    }

    @Override
    public RandomGenerator random() {
      throw new UnsupportedModel("a random result is no constant");
    }

    @Override
    public void checkpoint() {
      if (System.nanoTime() - start > mostNanos) {
        throw new LimitExceeded("constant-folding", "operators that take long");
      }
    }

    @Override
    public void checkpoint(long taken) {
      steps += taken;
      if (steps > OFTEN) {
        steps = 0;
        checkpoint();
      }
    }
  }
}
