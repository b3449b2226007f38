package org.sardonyx.operators.sequence;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Graph;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * SequenceMap: runs a graph for each element of a sequence. Further inputs that are sequences go
 * along element by element, tensors are the same for all.
 */
public record SequenceMap() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceMap")
          .version(17)
          .input("input_sequence", "S")
          .mixedInput("additional_inputs", "V", 0)
          .mixedOutput("out_sequence", "S", 1)
          .required("body", Kind.GRAPH)
          .type("S", Sequences.ALL)
          .type("V", Sequences.TENSORS_AND_SEQUENCES)
          .create(SequenceMap::of);

  static SequenceMap of(Attributes attributes) {
    Graph body = attributes.getGraph("body");
    if (body.inputs().size() != attributes.inputs()
        || body.outputs().size() != attributes.outputs()) {
      throw new InvalidModel(
          "the body has "
              + body.inputs().size()
              + " inputs and "
              + body.outputs().size()
              + " outputs, the node "
              + attributes.inputs()
              + " and "
              + attributes.outputs());
    }
    return new SequenceMap();
  }

  @Override
  public void infer(Inference in) {
    List<@Nullable Type> types = new ArrayList<>();
    for (int i = 0; i < in.inputs(); i++) {
      types.add(in.type(i) instanceof Type.OfSequence(Type element) ? element : in.type(i));
    }
    List<@Nullable Type> outputs = in.body("body", types);
    for (int i = 0; i < in.outputs(); i++) {
      Type element = outputs.get(i);
      if (element != null) {
        in.output(i, new Type.OfSequence(element));
      }
    }
  }

  @Override
  public void run(Invocation in) {
    int size = Sequences.input(in, 0).elements().size();
    for (int i = 1; i < in.inputs(); i++) {
      if (in.value(i) instanceof SequenceValue other && other.elements().size() != size) {
        throw new OperatorFailed(
            "sequences of " + size + " and " + other.elements().size() + " elements");
      }
    }
    Body body = in.body("body");
    List<List<Value>> results = new ArrayList<>();
    for (int i = 0; i < in.outputs(); i++) {
      results.add(new ArrayList<>(size));
    }
    for (int at = 0; at < size; at++) {
      List<Value> inputs = new ArrayList<>(in.inputs());
      for (int i = 0; i < in.inputs(); i++) {
        inputs.add(
            in.value(i) instanceof SequenceValue sequence
                ? sequence.elements().get(at)
                : in.value(i));
      }
      List<Value> outputs = body.run(inputs);
      for (int i = 0; i < in.outputs(); i++) {
        if (outputs.get(i) instanceof Tensor tensor) {
          in.keep(tensor.dataType().byteSize(tensor.size()));
        }
        results.get(i).add(outputs.get(i));
      }
      in.checkpoint();
    }
    for (int i = 0; i < in.outputs(); i++) {
      if (in.wants(i)) {
        in.set(i, sequence(results.get(i), body.outputType(i)));
      }
    }
  }

  private static SequenceValue sequence(List<Value> elements, @Nullable Type declared) {
    if (!elements.isEmpty() && elements.getFirst() instanceof Tensor first) {
      for (Value element : elements) {
        if (!element.type().spec().equals(first.type().spec())) {
          throw new OperatorFailed("the body gives " + first + " and " + element);
        }
      }
      return new SequenceValue(Sequences.anyShape(first), elements);
    }
    if (elements.isEmpty() && declared instanceof Type.OfTensor(DataType type, Shape _)) {
      return new SequenceValue(Type.tensor(type), elements);
    }
    throw new InvalidModel("the body gives no tensor, or nothing is known of what it gives");
  }
}
