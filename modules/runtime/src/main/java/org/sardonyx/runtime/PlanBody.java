package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.operators.Body;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** A nested graph within a run of the graph around it, whose values it sees. */
final class PlanBody implements Body {

  private final String attribute;
  private final Plan plan;
  private final Run run;
  private final Call call;
  private long trips;

  PlanBody(String attribute, Plan plan, Run run, @Nullable Value[] outer) {
    this.attribute = attribute;
    this.plan = plan;
    this.run = run;
    Call idle = plan.calls().take();
    this.call = idle == null ? new Call(plan, run) : idle;
    for (int i = 0; i < plan.captured().length; i++) {
      call.start()[plan.captured()[i]] = outer[plan.capturedFrom()[i]];
    }
  }

  @Override
  public int inputs() {
    return plan.inputs().length;
  }

  @Override
  public int outputs() {
    return plan.outputs().length;
  }

  @Override
  public @Nullable Type inputType(int input) {
    return plan.inputTypes().get(input);
  }

  @Override
  public @Nullable Type outputType(int output) {
    return plan.outputTypes().get(output);
  }

  @Override
  public List<Value> run(List<Value> inputs) {
    @Nullable Value[] outputs = new @Nullable Value[plan.outputs().length];
    execute(inputs.toArray(new Value[0]), outputs);
    call.end(plan);
    List<Value> given = new ArrayList<>(outputs.length);
    for (Value output : outputs) {
      given.add(Objects.requireNonNull(output));
    }
    return given;
  }

  @Override
  public void step(Value[] inputs, @Nullable Value[] outputs) {
    execute(inputs, outputs);
    call.lend(plan);
  }

  private void execute(Value[] inputs, @Nullable Value[] outputs) {
    if (inputs.length != plan.inputs().length) {
      throw new IllegalStateException(
          attribute + " takes " + plan.inputs().length + " inputs, not " + inputs.length);
    }
    try {
      run.trip(++trips);
      call.begin(run);
      @Nullable Value[] frame = call.frame();
      for (int i = 0; i < inputs.length; i++) {
        frame[plan.inputs()[i]] = Inputs.wrapped(inputs[i], plan.inputTypes().get(i));
      }
      plan.execute(call);
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = Objects.requireNonNull(frame[plan.outputs()[i]]);
      }
    } catch (ModelException e) {
      throw e.within(attribute);
    } catch (OperatorBug e) {
      throw e.within(attribute);
    }
  }

  /** Gives back what the runs took place on; not called where one failed. */
  void close() {
    for (int slot : plan.captured()) {
      call.start()[slot] = null;
    }
    call.takeBack();
    plan.calls().give(call);
  }
}
