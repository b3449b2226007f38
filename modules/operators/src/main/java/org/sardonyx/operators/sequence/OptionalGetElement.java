package org.sardonyx.operators.sequence;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** OptionalGetElement: what an optional holds; a tensor or sequence as it is. */
public record OptionalGetElement() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("OptionalGetElement")
          .version(15)
          .input("input", "O")
          .output("output", "V")
          .type("O", Sequences.OPTIONALS)
          .type("V", Sequences.TENSORS_AND_SEQUENCES)
          .version(18)
          .type("O", Types.union(Sequences.OPTIONALS, Sequences.TENSORS_AND_SEQUENCES))
          .create(OptionalGetElement::of);

  static OptionalGetElement of(Attributes attributes) {
    return new OptionalGetElement();
  }

  @Override
  public void infer(Inference in) {
    Type type = in.type(0) instanceof Type.OfOptional(Type element) ? element : in.type(0);
    if (type != null) {
      in.output(0, type);
    }
  }

  @Override
  public void run(Invocation in) {
    Value value = in.value(0);
    if (value instanceof OptionalValue(Type _, Value inner)) {
      if (inner == null) {
        throw new OperatorFailed("the optional is empty");
      }
      value = inner;
    }
    in.set(0, value);
  }
}
