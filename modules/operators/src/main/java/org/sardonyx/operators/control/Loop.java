package org.sardonyx.operators.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Graph;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Join;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Loop: runs a graph again and again, at most M times and as long as a condition holds.
 *
 * <p>The body takes (iteration number, condition, N carried values) and gives (condition, N carried
 * values, K scan outputs); carried values may change their shape from trip to trip, scan outputs
 * are stacked on a new axis 0. Where the input {@code cond} is absent, what the body says of the
 * condition is ignored, as the table of the specification has it.
 *
 * @param carried N
 */
public record Loop(int carried) implements Operator {

  private static final int ROUNDS = 4;

  public static final OperatorDef DEF =
      OperatorDef.named("Loop")
          .version(1)
          .optionalInput("M", "I")
          .optionalInput("cond", "B")
          .mixedInput("v_initial", "V", 1)
          .mixedOutput("v_final_and_scan_outputs", "V", 1)
          .required("body", Kind.GRAPH)
          .type("V", Types.ALL)
          .type("I", DataType.INT64)
          .type("B", DataType.BOOL)
          .version(11)
          .mixedInput("v_initial", "V", 0)
          .version(13)
          .type("V", CarriedTypes.V13)
          .version(16)
          .type("V", CarriedTypes.V16)
          .version(19)
          .type("V", CarriedTypes.V19)
          .version(21)
          .type("V", CarriedTypes.V21)
          .version(23)
          .type("V", CarriedTypes.V23)
          .version(24)
          .type("V", CarriedTypes.V24)
          .version(25)
          .type("V", CarriedTypes.V25)
          .create(Loop::of);

  static Loop of(Attributes attributes) {
    Graph body = attributes.getGraph("body");
    int carried = Math.max(0, attributes.inputs() - 2);
    if (body.inputs().size() != 2 + carried || body.outputs().size() < 1 + carried) {
      throw new InvalidModel(
          "the body has "
              + body.inputs().size()
              + " inputs and "
              + body.outputs().size()
              + " outputs; with "
              + carried
              + " carried values it must have "
              + (2 + carried)
              + ", and at least "
              + (1 + carried));
    }
    if (attributes.outputs() > body.outputs().size() - 1) {
      throw new InvalidModel(
          "the node has "
              + attributes.outputs()
              + " outputs, its body gives "
              + (body.outputs().size() - 1));
    }
    return new Loop(carried);
  }

  @Override
  public void infer(Inference in) {
    List<@Nullable Type> types = new ArrayList<>();
    types.add(Type.tensor(DataType.INT64, Shape.SCALAR));
    types.add(Type.tensor(DataType.BOOL, Shape.SCALAR));
    for (int i = 0; i < carried; i++) {
      types.add(in.type(2 + i));
    }
    List<@Nullable Type> outputs = in.body("body", types);
    // What changes from trip to trip is not known; forgetting it may make more unknown.
    for (int round = 0; ; round++) {
      List<@Nullable Type> wider = new ArrayList<>(types.subList(0, 2));
      for (int i = 0; i < carried; i++) {
        Type type = Join.of(types.get(2 + i), outputs.get(1 + i));
        wider.add(round < ROUNDS ? type : CarriedTypes.withoutShape(type));
      }
      if (wider.equals(types)) {
        break;
      }
      types = wider;
      outputs = in.body("body", types);
      if (round > ROUNDS) {
        break;
      }
    }
    Dim trips = trips(in);
    for (int i = 0; i < in.outputs(); i++) {
      Type type =
          i < carried ? types.get(2 + i) : CarriedTypes.stacked(outputs.get(1 + i), 0, trips);
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  /** Returns the number of trips, which M decides alone where there is no condition. */
  private static Dim trips(Inference in) {
    List<Dim> most = in.has(0) && !in.has(1) ? in.dims(0) : null;
    return most != null && most.size() == 1 ? most.getFirst().max(Dim.of(0)) : in.fresh();
  }

  @Override
  public void run(Invocation in) {
    Body body = in.body("body");
    long most = in.has(0) ? single(in.tensor(0), "M").getLong(0) : Long.MAX_VALUE;
    boolean obeyed = in.has(1);
    Tensor cond = obeyed ? single(in.tensor(1), "cond") : Tensor.scalar(true);
    Value[] inputs = new Value[2 + carried];
    for (int i = 0; i < carried; i++) {
      inputs[2 + i] = in.value(2 + i);
    }
    @Nullable Value[] outputs = new @Nullable Value[body.outputs()];
    Stack[] scans = new Stack[outputs.length - 1 - carried];
    for (int i = 0; i < scans.length; i++) {
      scans[i] = new Stack();
    }
    long trip = 0;
    for (; trip < most && (!obeyed || cond.getBoolean(0)); trip++) {
      inputs[0] = shaped(Tensor.scalar(trip), body.inputType(0));
      inputs[1] = shaped(cond, body.inputType(1));
      body.step(inputs, outputs);
      cond = condition(outputs[0]);
      for (int i = 0; i < carried; i++) {
        inputs[2 + i] = Objects.requireNonNull(outputs[1 + i]);
      }
      for (int i = 0; i < scans.length; i++) {
        Value slice = outputs[1 + carried + i];
        if (in.wants(carried + i) && slice != null) {
          scans[i].addCopy(in, slice);
        }
      }
      in.checkpoint();
    }
    for (int i = 0; i < in.outputs(); i++) {
      if (i < carried && trip > 0) {
        Stack.giveCopy(in, i, inputs[2 + i]);
      } else if (i < carried) {
        in.set(i, inputs[2 + i]);
      } else if (in.wants(i)) {
        scans[i - carried].give(in, i, 0, false, body.outputType(1 + i));
      }
    }
  }

  private static Tensor condition(@Nullable Value given) {
    if (!(given instanceof Tensor next) || next.dataType() != DataType.BOOL) {
      throw new InvalidModel(
          "the body gives "
              + (given == null ? "nothing" : given.type())
              + " as condition, must give bool");
    }
    return single(next, "the condition that the body gives");
  }

  /** Returns a scalar under the rank that the body declares: 0, or 1 with one element. */
  private static Tensor shaped(Tensor scalar, @Nullable Type declared) {
    boolean vector =
        declared instanceof Type.OfTensor(var _, Shape shape)
            && shape.hasRank()
            && shape.rank() == 1;
    return vector ? scalar.reshaped(1) : scalar.reshaped();
  }

  private static Tensor single(Tensor tensor, String name) {
    if (tensor.size() != 1) {
      throw new OperatorFailed(name + " must have one element, is " + tensor);
    }
    return tensor;
  }
}
