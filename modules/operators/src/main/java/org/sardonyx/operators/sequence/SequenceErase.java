package org.sardonyx.operators.sequence;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** SequenceErase: a sequence without one element, the last where no position is given. */
public record SequenceErase() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceErase")
          .version(11)
          .input("input_sequence", "S")
          .optionalInput("position", "I")
          .output("output_sequence", "S")
          .type("S", Sequences.ALL)
          .type("I", DataType.INT32, DataType.INT64)
          .create(SequenceErase::of);

  static SequenceErase of(Attributes attributes) {
    return new SequenceErase();
  }

  @Override
  public void infer(Inference in) {
    Type type = in.type(0);
    if (type != null) {
      in.output(0, type);
    }
  }

  @Override
  public void run(Invocation in) {
    SequenceValue sequence = Sequences.input(in, 0);
    int size = sequence.elements().size();
    if (size == 0) {
      throw new OperatorFailed("an empty sequence has nothing to erase");
    }
    List<Value> elements = new ArrayList<>(sequence.elements());
    elements.remove(Sequences.position(in, 1, size, size, size - 1));
    in.set(0, new SequenceValue(sequence.elementType(), elements));
  }
}
