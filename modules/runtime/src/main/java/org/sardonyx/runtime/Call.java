package org.sardonyx.runtime;

import java.util.Arrays;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Runs steps, one after the other, on the slots of one run of one graph. */
final class Call implements Invocation {

  private final Run run;
  private final @Nullable Value[] frame;

  /** Bytes of the values that steps of this graph have put into slots and that are still there. */
  private final long[] held;

  private @Nullable Step current;
  private boolean[] read = {};

  /** Bytes that the operator says it keeps beside its outputs. */
  private long kept;

  Call(Run run, @Nullable Value[] frame) {
    this.run = run;
    this.frame = frame;
    this.held = new long[frame.length];
  }

  void execute(Step step) {
    current = step;
    try {
      run.node();
      step.formals().check(frame, step.in());
      if (run.options().strictInputs()) {
        read = step.read().clone();
      }
      if (step.timer() == null) {
        step.operator().run(this);
      } else {
        time(step, step.timer());
      }
      finish(step);
    } catch (ModelException e) {
      throw locate(e, step);
    } catch (OperatorBug e) {
      step.path().forEach(e::within);
      throw e;
    } catch (OutOfMemoryError e) {
      throw locate(new LimitExceeded("heap", "the memory of the process is used up"), step);
    } catch (RuntimeException e) {
      if (run.stoppedBy(e)) {
        throw e;
      }
      OperatorBug bug = new OperatorBug(e).within(step.label() + " of " + inputTypes(step));
      step.calls().reversed().forEach(bug::within);
      throw bug;
    }
    for (int slot : step.release()) {
      frame[slot] = null;
      run.release(held[slot]);
      held[slot] = 0;
    }
  }

  /** Gives back what this graph's values held; what it gives to others they count themselves. */
  void end() {
    long sum = 0;
    for (long bytes : held) {
      sum += bytes;
    }
    run.release(sum);
  }

  private void time(Step step, Profiler.Timer timer) {
    long before = run.inner();
    long start = System.nanoTime();
    step.operator().run(this);
    long nanos = System.nanoTime() - start;
    timer.add(nanos, nanos - (run.inner() - before));
    run.inner(before + nanos);
  }

  private void finish(Step step) {
    run.release(kept);
    kept = 0;
    for (int i = 0; i < step.out().length; i++) {
      if (step.out()[i] >= 0 && frame[step.out()[i]] == null) {
        throw new OperatorBug("output " + i + " was not given");
      }
    }
    if (run.options().strictInputs()) {
      step.formals().checkOutputs(frame, step.in(), step.out());
      for (int i = 0; i < step.in().length; i++) {
        if (step.in()[i] >= 0 && !read[i]) {
          throw new OperatorBug("input " + i + " is given and was never read");
        }
      }
    }
  }

  private ModelException locate(ModelException e, Step step) {
    boolean innermost = e.location().path().isEmpty();
    e.within(innermost ? step.label() + " of " + inputTypes(step) : step.label());
    step.calls().reversed().forEach(e::within);
    return e;
  }

  private String inputTypes(Step step) {
    StringJoiner types = new StringJoiner(", ", "(", ")");
    for (int slot : step.in()) {
      Value value = slot < 0 ? null : frame[slot];
      types.add(slot < 0 ? "-" : value == null ? "packed" : value.type().toString());
    }
    return types.toString();
  }

  private Step step() {
    return Objects.requireNonNull(current);
  }

  @Override
  public int inputs() {
    return step().in().length;
  }

  @Override
  public boolean has(int input) {
    return input < step().in().length && step().in()[input] >= 0;
  }

  @Override
  public Value value(int input) {
    if (!has(input)) {
      throw new InvalidModel("input " + input + " is missing");
    }
    if (read.length > input) {
      read[input] = true;
    }
    return Objects.requireNonNull(frame[step().in()[input]]);
  }

  @Override
  public Tensor tensor(int input) {
    if (value(input) instanceof Tensor tensor) {
      return tensor;
    }
    throw new InvalidModel("input " + input + " is " + value(input).type().spec() + ", no tensor");
  }

  @Override
  public int outputs() {
    return step().out().length;
  }

  @Override
  public boolean wants(int output) {
    return output < step().out().length && step().out()[output] >= 0;
  }

  @Override
  public Tensor output(int output, DataType type, int... shape) {
    Tensor tensor = zeros(output, type, shape);
    if (run.options().poison()) {
      switch (tensor.array()) {
        case float[] a -> Arrays.fill(a, Float.NaN);
        case double[] a -> Arrays.fill(a, Double.NaN);
        case int[] a -> Arrays.fill(a, 0x5a5a5a5a);
        case long[] a -> Arrays.fill(a, 0x5a5a5a5a5a5a5a5aL);
        case short[] a -> Arrays.fill(a, (short) 0x7e5a);
        case byte[] a -> Arrays.fill(a, (byte) 0x5a);
        case String[] a -> Arrays.fill(a, "\u0000unwritten");
        default -> throw new IllegalStateException();
      }
    }
    return tensor;
  }

  @Override
  public Tensor zeros(int output, DataType type, int... shape) {
    run.require(Sizes.of(type, shape));
    Tensor tensor = Tensor.zeros(type, shape);
    set(output, tensor);
    return tensor;
  }

  @Override
  public void set(int output, Value value) {
    if (!wants(output)) {
      return;
    }
    int slot = step().out()[output];
    frame[slot] = value;
    run.release(held[slot]);
    held[slot] = Sizes.of(value);
    run.hold(held[slot]);
  }

  @Override
  public Body body(String attribute) {
    Plan plan = step().bodies().get(attribute);
    if (plan == null) {
      throw new IllegalStateException("no graph in attribute " + attribute);
    }
    return new PlanBody(attribute, plan, run, frame);
  }

  @Override
  public Kernels kernels() {
    return run.kernels();
  }

  @Override
  public RandomGenerator random() {
    return run.random(step());
  }

  @Override
  public void keep(long bytes) {
    kept += bytes;
    run.hold(bytes);
  }

  @Override
  public void checkpoint() {
    run.checkpoint();
  }
}
