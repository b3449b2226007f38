package org.sardonyx.operators.sequence;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Join;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** SequenceInsert: a sequence with one more element, at the end where no position is given. */
public record SequenceInsert() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceInsert")
          .version(11)
          .input("input_sequence", "S")
          .input("tensor", "T")
          .optionalInput("position", "I")
          .output("output_sequence", "S")
          .type("S", Sequences.ALL)
          .type("T", Types.ALL)
          .type("I", DataType.INT32, DataType.INT64)
          .create(SequenceInsert::of);

  static SequenceInsert of(Attributes attributes) {
    return new SequenceInsert();
  }

  @Override
  public void infer(Inference in) {
    // A sequence that may be empty says nothing of shapes yet; its type may be all there is.
    Type element = Join.of(Sequences.elementType(in, 0), in.type(1));
    if (element != null) {
      in.output(0, new Type.OfSequence(element));
    }
  }

  @Override
  public void run(Invocation in) {
    SequenceValue sequence = Sequences.input(in, 0);
    Tensor tensor = in.tensor(1);
    Sequences.requireElement(sequence, tensor);
    int size = sequence.elements().size();
    List<Value> elements = new ArrayList<>(size + 1);
    elements.addAll(sequence.elements());
    elements.add(Sequences.position(in, 2, size, size + 1, size), tensor);
    in.set(0, new SequenceValue(Sequences.anyShape(tensor), elements));
  }
}
