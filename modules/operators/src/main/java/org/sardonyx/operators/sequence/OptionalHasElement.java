package org.sardonyx.operators.sequence;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** OptionalHasElement: whether there is a value: not in an empty optional or an absent input. */
public record OptionalHasElement() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("OptionalHasElement")
          .version(15)
          .input("input", "O")
          .output("output", "B")
          .type("O", Sequences.OPTIONALS)
          .type("B", DataType.BOOL)
          .version(18)
          .optionalInput("input", "O")
          .type("O", Types.union(Sequences.OPTIONALS, Sequences.TENSORS_AND_SEQUENCES))
          .create(OptionalHasElement::of);

  static OptionalHasElement of(Attributes attributes) {
    return new OptionalHasElement();
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.BOOL, Shape.SCALAR);
  }

  @Override
  public void run(Invocation in) {
    boolean there =
        in.has(0) && !(in.value(0) instanceof OptionalValue(Type _, Value inner) && inner == null);
    in.set(0, Tensor.scalar(there));
  }
}
