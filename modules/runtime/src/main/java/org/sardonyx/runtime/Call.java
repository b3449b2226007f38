package org.sardonyx.runtime;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.ModelException;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.MovePlan;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What a plan runs on: its slots, and the arrays that its steps fill. One run has it at a time; the
 * next one finds it as it was left, see {@link Calls}.
 */
final class Call implements Invocation {

  /** Steps of operators that take some milliseconds. */
  private static final long OFTEN = 1 << 22;

  private final @Nullable Value[] frame;

  /** The slots before a run; a nested graph has what it sees of the graph around it in here. */
  private final @Nullable Value[] start;

  /** Bytes of the values that steps of this graph have put into slots and that are still there. */
  private final long[] held;

  /** Null for a step that runs at compile time. */
  private final @Nullable Buffers buffers;

  private final @Nullable Repeats repeats;

  /**
   * By slot: where a step is to write what it gives, if it fits; null where that is all the same.
   */
  private final @Nullable Tensor[] targets;

  /** By the first slot that a step fills: how it moves elements. */
  private final @Nullable Moved[] moved;

  /** Of the step that runs, where what it moves is looked at. */
  private @Nullable Moved moving;

  private final List<PlanBody> bodies = new ArrayList<>();
  private final SoftReference<Call> reference = new SoftReference<>(this);
  private Run run;
  private @Nullable Step current;
  private boolean[] read = {};

  /** What operators compute in, one after the other. */
  private float[] scratch = {};

  /** Steps of operators since the last look at whether the run is to go on. */
  private long worked;

  /** Bytes that the operator says it keeps beside its outputs. */
  private long kept;

  Call(Plan plan, Run run) {
    this.start = plan.initial().clone();
    this.frame = start.clone();
    this.held = new long[frame.length];
    this.targets = new @Nullable Tensor[frame.length];
    this.moved = new @Nullable Moved[frame.length];
    this.buffers = new Buffers(frame.length);
    this.repeats = new Repeats(frame.length, buffers);
    this.run = run;
  }

  private Call(Run run, @Nullable Value[] frame) {
    this.start = frame;
    this.frame = frame;
    this.held = new long[frame.length];
    this.targets = new @Nullable Tensor[frame.length];
    this.moved = new @Nullable Moved[frame.length];
    this.buffers = null;
    this.repeats = null;
    this.run = run;
  }

  /** Runs one step on {@code frame} at compile time. */
  static void once(Run run, @Nullable Value[] frame, Step step) {
    new Call(run, frame).execute(step);
  }

  @Nullable Value[] frame() {
    return frame;
  }

  @Nullable Value[] start() {
    return start;
  }

  /** Has the step that fills {@code slot} write into {@code tensor} in the next run. */
  void target(int slot, Tensor tensor) {
    targets[slot] = tensor;
  }

  Run run() {
    return run;
  }

  SoftReference<Call> reference() {
    return reference;
  }

  /** Begins a run; then the inputs are put into the frame. */
  void begin(Run newRun) {
    run = newRun;
    System.arraycopy(start, 0, frame, 0, frame.length);
    if (buffers != null) {
      buffers.begin();
    }
  }

  /** Whether a size was found to be too large by {@code Math.multiplyExact} or its like. */
  static boolean isOverflow(ArithmeticException e) {
    return String.valueOf(e.getMessage()).endsWith(" overflow");
  }

  static LimitExceeded overflow() {
    return new LimitExceeded("sizes", "one is more than can be counted");
  }

  void execute(Step step) {
    if (step.operator() instanceof Fused fused && !fused.fits(frame, step.in())) {
      for (Step part : fused.parts()) {
        execute(part);
      }
    } else if (!step.reuse().isKept() || !repeats(step)) {
      compute(step);
    }
    for (int slot : step.release()) {
      frame[slot] = null;
      if (held[slot] != 0) {
        run.release(held[slot]);
        held[slot] = 0;
      }
      if (buffers != null) {
        buffers.drop(slot);
      }
    }
  }

  /** Puts what a step gave before into its slot, where it would give that again. */
  private boolean repeats(Step step) {
    Tensor before = repeats == null ? null : repeats.find(step, frame);
    if (before == null || buffers == null || repeats == null) {
      return false;
    }
    int slot = step.out()[0];
    if (step.reuse() == Reuse.VIEW) {
      buffers.share(slot, before, step);
    } else {
      buffers.showAgain(slot, repeats.pinned(step));
    }
    put(slot, before, Sizes.of(before));
    return true;
  }

  private void compute(Step step) {
    current = step;
    try {
      run.node();
      step.formals().check(frame, step.in());
      if (run.options().strictInputs()) {
        read = step.read().clone();
      }
      if (buffers != null) {
        if (run.mayWriteOver()
            && (step.reuse() == Reuse.OVER || step.operator() instanceof FusedChain)) {
          buffers.ending(step.release());
        } else {
          buffers.noneEnding();
        }
      }
      if (step.place() == null) {
        if (step.reuse().isMoved(0) && buffers != null) {
          move(step);
        } else {
          step.operator().run(this);
        }
      } else {
        observe(step, step.place());
      }
      finish(step);
      if (step.reuse().isKept() && repeats != null) {
        repeats.keep(step, frame, start);
      }
    } catch (ModelException e) {
      throw locate(e, step);
    } catch (OperatorBug e) {
      step.path().forEach(e::within);
      throw e;
    } catch (OutOfMemoryError e) {
      throw locate(LimitExceeded.heap(), step);
    } catch (RuntimeException e) {
      if (run.stoppedBy(e)) {
        throw e;
      }
      if (e instanceof ArithmeticException arithmetic && isOverflow(arithmetic)) {
        throw locate(overflow(), step);
      }
      OperatorBug bug = new OperatorBug(e).within(step.label() + " of " + inputTypes(step));
      step.calls().reversed().forEach(bug::within);
      throw bug;
    }
  }

  private static int firstOf(int[] slots) {
    for (int slot : slots) {
      if (slot >= 0) {
        return slot;
      }
    }
    throw new IllegalStateException("a step that nobody wants");
  }

  /** Runs a step that only moves elements. */
  private void move(Step step) {
    int place = firstOf(step.out());
    Moved before = moved[place];
    if (before != null && before.fits(step, frame)) {
      before.run(this);
      return;
    }
    moved[place] = null;
    // Where shapes change all the time there is nothing to learn from them.
    moving = before == null && restIsFixed(step) ? Moved.begin(step, frame) : null;
    step.operator().run(this);
    Moved now = moving;
    moving = null;
    if (now != null && now.end()) {
      moved[place] = now;
    }
  }

  /** Whether all inputs whose elements are not moved stay the same until their tensor changes. */
  private boolean restIsFixed(Step step) {
    int[] in = step.in();
    for (int i = 0; i < in.length; i++) {
      if (in[i] >= 0
          && !step.reuse().isMoved(i)
          && (repeats == null || !repeats.isFixed(in[i], frame, start))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends a run that went well: what is left in the slots of the outputs belongs to the caller now.
   * What this graph's values held is given back; what it gave to others they count themselves.
   */
  void end(Plan plan) {
    if (buffers != null) {
      buffers.give(plan.outputs());
    }
    end();
  }

  /**
   * As {@link #end(Plan)}, but nobody has what is in the slots of the outputs; what belongs to the
   * caller is let go.
   */
  void keep(Plan plan) {
    if (buffers != null) {
      buffers.stay();
    }
    for (int slot : plan.inputs()) {
      frame[slot] = null;
    }
    for (int slot : plan.outputs()) {
      frame[slot] = null;
      targets[slot] = null;
    }
    end();
  }

  /** As {@link #end(Plan)}, but what is in the slots of the outputs comes back by itself. */
  void lend(Plan plan) {
    if (buffers != null) {
      buffers.lend(plan.outputs(), frame);
    }
    end();
  }

  /** Ends what was lent. */
  void takeBack() {
    if (buffers != null) {
      buffers.takeBack();
    }
  }

  private void end() {
    long sum = 0;
    for (int i = 0; i < held.length; i++) {
      sum += held[i];
      held[i] = 0;
    }
    run.release(sum);
    if (buffers != null && buffers.end() && repeats != null) {
      repeats.clean();
    }
  }

  private void observe(Step step, Place place) {
    Observer observer = Objects.requireNonNull(run.options().observer());
    long before = run.inner();
    @Nullable Value[] inputs = values(step.in());
    Object begun = observer.begins(place);
    long start = System.nanoTime();
    step.operator().run(this);
    long nanos = System.nanoTime() - start;
    long own = nanos - (run.inner() - before);
    observer.ends(place, begun, inputs, values(step.out()), start, nanos, own);
    run.inner(before + nanos);
  }

  private @Nullable Value[] values(int[] slots) {
    @Nullable Value[] values = new @Nullable Value[slots.length];
    for (int i = 0; i < slots.length; i++) {
      values[i] = slots[i] < 0 ? null : frame[slots[i]];
    }
    return values;
  }

  private void finish(Step step) {
    if (kept != 0) {
      run.release(kept);
      kept = 0;
    }
    if (!bodies.isEmpty()) {
      bodies.forEach(PlanBody::close);
      bodies.clear();
    }
    for (int i = 0; i < step.out().length; i++) {
      if (step.out()[i] >= 0 && frame[step.out()[i]] == null) {
        throw new OperatorBug("output " + i + " was not given");
      }
      if (step.out()[i] >= 0
          && frame[step.out()[i]] instanceof Tensor tensor
          && tensor.dataType() == DataType.STRING) {
        strings(step.out()[i], tensor);
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

  /** Counts what an operator has written, which nobody knew before. */
  private void strings(int slot, Tensor tensor) {
    run.require(tensor);
    long bytes = Sizes.of(tensor);
    run.release(held[slot]);
    held[slot] = bytes;
    run.hold(bytes);
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
  public float[] scratch(int size) {
    if (scratch.length < size) {
      scratch = new float[size];
    }
    return scratch;
  }

  @Override
  public Tensor output(int output, DataType type, int... shape) {
    Tensor tensor = make(output, type, shape);
    if (run.options().poison()) {
      Buffers.poison(tensor);
    }
    if (moving != null) {
      moving.output(output, tensor, false);
    }
    return tensor;
  }

  @Override
  public Tensor outputLike(int output, DataType type, Tensor like) {
    if (buffers == null || !wants(output) || type == DataType.STRING || run.options().poison()) {
      return output(output, type, like.shape());
    }
    int slot = step().out()[output];
    long bytes = type.byteSize(like.size());
    run.require(bytes);
    Tensor target = targets[slot];
    Tensor tensor =
        target != null && target.dataType() == type && target.sameShape(like)
            ? into(slot, target)
            : buffers.takeLike(slot, type, like);
    put(slot, tensor, bytes);
    return tensor;
  }

  @Override
  public Tensor zeros(int output, DataType type, int... shape) {
    Tensor tensor = make(output, type, shape);
    Buffers.clear(tensor);
    if (moving != null) {
      moving.output(output, tensor, true);
    }
    return tensor;
  }

  private Tensor make(int output, DataType type, int[] shape) {
    long bytes = Sizes.of(type, shape);
    run.require(bytes);
    if (!wants(output)) {
      return Tensor.zeros(type, shape);
    }
    int slot = step().out()[output];
    Tensor target = targets[slot];
    Tensor tensor =
        target != null && target.dataType() == type && target.hasShape(shape)
            ? into(slot, target)
            : buffers == null ? Tensor.zeros(type, shape) : buffers.take(slot, type, shape);
    put(slot, tensor, bytes);
    return tensor;
  }

  /** Has a slot show a tensor that is none of this graph's. */
  private Tensor into(int slot, Tensor target) {
    if (buffers != null) {
      buffers.drop(slot);
    }
    return target;
  }

  @Override
  public void set(int output, Value value) {
    if (!wants(output)) {
      return;
    }
    int slot = step().out()[output];
    if (moving != null) {
      int first = step().in()[0];
      boolean stays = output == 0 && first >= 0 && buffers != null && buffers.shows(first);
      moving.view(
          stays && frame[first] instanceof Tensor input ? input : null,
          stays && value instanceof Tensor tensor ? tensor : null);
    }
    if (buffers != null) {
      if (value instanceof Tensor tensor) {
        buffers.share(slot, tensor, step());
      } else {
        buffers.giveAll(step());
        buffers.drop(slot);
      }
    }
    put(slot, value, Sizes.of(value));
  }

  private void put(int slot, Value value, long bytes) {
    frame[slot] = value;
    run.release(held[slot]);
    held[slot] = bytes;
    run.hold(bytes);
  }

  @Override
  public Body body(String attribute) {
    Plan plan = step().bodies().get(attribute);
    if (plan == null) {
      throw new IllegalStateException("no graph in attribute " + attribute);
    }
    PlanBody body = new PlanBody(attribute, plan, run, frame);
    bodies.add(body);
    return body;
  }

  @Override
  public Kernels kernels() {
    return run.kernels();
  }

  @Override
  public @Nullable MovePlan moves() {
    return moving == null ? null : moving.plan();
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
  public long most(Limit limit) {
    return run.options().limits().most(limit);
  }

  @Override
  public void checkpoint() {
    run.checkpoint();
  }

  @Override
  public void checkpoint(long steps) {
    worked += steps;
    if (worked >= OFTEN) {
      worked = 0;
      run.checkpoint();
    }
  }
}
