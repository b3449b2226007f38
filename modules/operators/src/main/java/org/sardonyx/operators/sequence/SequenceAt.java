package org.sardonyx.operators.sequence;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.type.Type;

/** SequenceAt: an element of a sequence, by position; negative from the end. */
public record SequenceAt() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceAt")
          .version(11)
          .input("input_sequence", "S")
          .input("position", "I")
          .output("tensor", "T")
          .type("S", Sequences.ALL)
          .type("T", Types.ALL)
          .type("I", DataType.INT32, DataType.INT64)
          .create(SequenceAt::of);

  static SequenceAt of(Attributes attributes) {
    return new SequenceAt();
  }

  @Override
  public void infer(Inference in) {
    Type element = Sequences.elementType(in, 0);
    if (element != null) {
      in.output(0, element);
    }
  }

  @Override
  public void run(Invocation in) {
    SequenceValue sequence = Sequences.input(in, 0);
    int size = sequence.elements().size();
    in.set(0, sequence.elements().get(Sequences.position(in, 1, size, size, 0)));
  }
}
