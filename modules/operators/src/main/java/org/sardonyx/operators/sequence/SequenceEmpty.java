package org.sardonyx.operators.sequence;

import java.util.List;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * SequenceEmpty: a sequence of no tensors.
 *
 * @param dataType the element type of the tensors it might hold
 */
public record SequenceEmpty(DataType dataType) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceEmpty")
          .version(11)
          .output("output", "S")
          .optional("dtype", Kind.INT)
          .type("S", Sequences.ALL)
          .create(SequenceEmpty::of);

  static SequenceEmpty of(Attributes attributes) {
    return new SequenceEmpty(DataType.of(attributes.getInt("dtype", DataType.FLOAT.code())));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, new Type.OfSequence(Type.tensor(dataType, Shape.NONE)));
  }

  @Override
  public void run(Invocation in) {
    in.set(0, new SequenceValue(Type.tensor(dataType), List.of()));
  }
}
