package org.sardonyx.operators.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Graph;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
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
 * Scan (9 and later): runs a graph once for each slice of its scan inputs, carrying N states whose
 * types and shapes stay, and stacks K outputs. Version 8 is {@link Scan8}.
 *
 * @param states N
 * @param inputAxes for each scan input, the axis that is gone through; the slice lacks it
 * @param inputReverse for each scan input, whether from the end
 * @param outputAxes for each scan output, where the slices' axis stands
 * @param outputReverse for each scan output, whether the last slice comes first
 */
public record Scan(
    int states,
    List<Long> inputAxes,
    List<Boolean> inputReverse,
    List<Long> outputAxes,
    List<Boolean> outputReverse)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Scan")
          .version(8)
          .optionalInput("sequence_lens", "I")
          .mixedInput("initial_state_and_scan_inputs", "V", 1)
          .mixedOutput("final_state_and_scan_outputs", "V", 1)
          .required("body", Kind.GRAPH)
          .required("num_scan_inputs", Kind.INT)
          .optional("directions", Kind.INTS)
          .type("I", DataType.INT64)
          .type("V", Types.ALL)
          .version(9)
          .noInputs()
          .withoutType("I")
          .mixedInput("initial_state_and_scan_inputs", "V", 1)
          .without("directions")
          .optional("scan_input_axes", Kind.INTS)
          .optional("scan_input_directions", Kind.INTS)
          .optional("scan_output_axes", Kind.INTS)
          .optional("scan_output_directions", Kind.INTS)
          .version(11)
          .version(16)
          .type("V", Types.ALL_IR4)
          .version(19)
          .type("V", Types.ALL_IR9)
          .version(21)
          .type("V", Types.ALL_IR10)
          .version(23)
          .type("V", Types.ALL_IR11)
          .version(24)
          .type("V", Types.ALL_IR12)
          .version(25)
          .type("V", Types.ALL_IR13)
          .create(attributes -> attributes.version() == 8 ? Scan8.of(attributes) : of(attributes));

  static Scan of(Attributes attributes) {
    int scanned = scanned(attributes, attributes.inputs());
    int states = attributes.inputs() - scanned;
    int outputs = outputs(attributes, states, scanned);
    return new Scan(
        states,
        list(attributes, "scan_input_axes", scanned),
        flags(attributes, "scan_input_directions", scanned),
        list(attributes, "scan_output_axes", outputs),
        flags(attributes, "scan_output_directions", outputs));
  }

  /** Returns the number of scan inputs. */
  static int scanned(Attributes attributes, int most) {
    long scanned = attributes.getInt("num_scan_inputs");
    if (scanned < 1 || scanned > most) {
      throw new InvalidModel("num_scan_inputs is " + scanned + ", with " + most + " inputs");
    }
    return (int) scanned;
  }

  /** Returns the number of scan outputs, after a look at what the body takes and gives. */
  static int outputs(Attributes attributes, int states, int scanned) {
    Graph body = attributes.getGraph("body");
    int outputs = body.outputs().size() - states;
    if (body.inputs().size() != states + scanned || outputs < 0) {
      throw new InvalidModel(
          "the body has "
              + body.inputs().size()
              + " inputs and "
              + body.outputs().size()
              + " outputs; with "
              + states
              + " states and "
              + scanned
              + " scan inputs it must have "
              + (states + scanned)
              + ", and at least "
              + states);
    }
    if (attributes.outputs() > body.outputs().size()) {
      throw new InvalidModel(
          "the node has "
              + attributes.outputs()
              + " outputs, its body gives "
              + body.outputs().size());
    }
    return outputs;
  }

  private static List<Long> list(Attributes attributes, String name, int length) {
    long[] given = attributes.getIntsOrNull(name);
    long[] values = given == null ? new long[length] : given;
    if (values.length != length) {
      throw new InvalidModel(name + " has " + values.length + " elements, must have " + length);
    }
    return Arrays.stream(values).boxed().toList();
  }

  static List<Boolean> flags(Attributes attributes, String name, int length) {
    List<Long> values = list(attributes, name, length);
    if (values.stream().anyMatch(value -> value != 0 && value != 1)) {
      throw new InvalidModel(name + " must hold 0 for forward or 1 for reverse");
    }
    return values.stream().map(value -> value == 1).toList();
  }

  @Override
  public void infer(Inference in) {
    List<@Nullable Type> types = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      types.add(in.type(i));
    }
    Dim length = Dim.UNKNOWN;
    for (int i = 0; i < inputAxes.size(); i++) {
      Shape shape = in.shape(states + i);
      if (in.type(states + i) instanceof Type.OfTensor(var element, Shape _)) {
        if (shape.hasRank()) {
          int axis = Axes.normalize(inputAxes.get(i), shape.rank());
          length = length.isKnown() ? length : shape.dim(axis);
          List<Dim> rest = new ArrayList<>(shape.dims());
          rest.remove(axis);
          types.add(Type.tensor(element, Shape.of(rest)));
        } else {
          types.add(Type.tensor(element));
        }
      } else {
        types.add(null);
      }
    }
    List<@Nullable Type> outputs = in.body("body", types);
    for (int i = 0; i < in.outputs(); i++) {
      Type type =
          i < states
              ? types.get(i) == null ? outputs.get(i) : types.get(i)
              : CarriedTypes.stacked(
                  outputs.get(i), (int) (long) outputAxes.get(i - states), length);
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor[] scanned = new Tensor[inputAxes.size()];
    int[] axes = new int[scanned.length];
    for (int i = 0; i < scanned.length; i++) {
      scanned[i] = in.tensor(states + i);
      axes[i] = Axes.normalize(inputAxes.get(i), scanned[i].rank());
      if (scanned[i].dim(axes[i]) != scanned[0].dim(axes[0])) {
        throw new OperatorFailed(
            "scan inputs have "
                + scanned[0].dim(axes[0])
                + " and "
                + scanned[i].dim(axes[i])
                + " slices");
      }
    }
    Body body = in.body("body");
    Value[] inputs = new Value[states + scanned.length];
    for (int i = 0; i < states; i++) {
      inputs[i] = in.value(i);
    }
    @Nullable Value[] outputs = new @Nullable Value[states + outputAxes.size()];
    @Nullable Tensor[] all = new @Nullable Tensor[outputAxes.size()];
    int length = scanned[0].dim(axes[0]);
    for (int trip = 0; trip < length; trip++) {
      for (int i = 0; i < scanned.length; i++) {
        int index = inputReverse.get(i) ? length - 1 - trip : trip;
        if (inputs[states + i] instanceof Tensor slice && !isAmong(slice, outputs)) {
          Stack.take(scanned[i], axes[i], index, slice);
        } else {
          inputs[states + i] = Stack.take(scanned[i], axes[i], index);
        }
      }
      body.step(inputs, outputs);
      for (int i = 0; i < states; i++) {
        inputs[i] = state(i, inputs[i], outputs[i]);
      }
      for (int k = 0; k < all.length; k++) {
        Value slice = outputs[states + k];
        if (in.wants(states + k) && slice != null) {
          int place = outputReverse.get(k) ? length - 1 - trip : trip;
          all[k] = Stack.write(in, states + k, all[k], slice, outputAxes.get(k), length, place);
        }
      }
      in.checkpoint();
    }
    for (int i = 0; i < in.outputs(); i++) {
      if (i < states && length > 0) {
        Stack.giveCopy(in, i, inputs[i]);
      } else if (i < states) {
        in.set(i, inputs[i]);
      } else if (in.wants(i) && length == 0) {
        in.set(i, Stack.empty(outputAxes.get(i - states), body.outputType(i)));
      }
    }
  }

  /** Whether a slice goes on in what a body gave, so that its array is not free. */
  private static boolean isAmong(Tensor slice, @Nullable Value[] values) {
    for (Value value : values) {
      if (value instanceof Tensor tensor && tensor.array() == slice.array()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the states after a trip, which must look as they did before. */
  static List<Value> states(List<Value> before, List<Value> outputs) {
    for (int i = 0; i < before.size(); i++) {
      state(i, before.get(i), outputs.get(i));
    }
    return outputs.subList(0, before.size());
  }

  private static Value state(int i, Value before, @Nullable Value after) {
    if (after == null
        || !(before instanceof Tensor a)
        || !(after instanceof Tensor b)
        || a.dataType() != b.dataType()
        || !a.sameShape(b)) {
      throw new OperatorFailed(
          "state "
              + i
              + " was "
              + before.type()
              + " and becomes "
              + (after == null ? "nothing" : after.type())
              + "; it may not change");
    }
    return after;
  }
}
