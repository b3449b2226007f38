package org.sardonyx.operators.sequence;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/** SequenceLength: the number of elements, as an int64 scalar. */
public record SequenceLength() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceLength")
          .version(11)
          .input("input_sequence", "S")
          .output("length", "I")
          .type("S", Sequences.ALL)
          .type("I", DataType.INT64)
          .create(SequenceLength::of);

  static SequenceLength of(Attributes attributes) {
    return new SequenceLength();
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.INT64, Shape.SCALAR);
  }

  @Override
  public void run(Invocation in) {
    in.set(0, Tensor.scalar((long) Sequences.input(in, 0).elements().size()));
  }
}
