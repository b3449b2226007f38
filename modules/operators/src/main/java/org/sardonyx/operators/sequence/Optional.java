package org.sardonyx.operators.sequence;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Optional: an optional that holds the input, or an empty one where there is none.
 *
 * @param elementType the type of what might be held; null where the input says it
 */
public record Optional(@Nullable Type elementType) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Optional")
          .version(15)
          .optionalInput("input", "V")
          .output("output", "O")
          .optional("type", Kind.TYPE_PROTO)
          .type("V", Sequences.TENSORS_AND_SEQUENCES)
          .type("O", Sequences.OPTIONALS)
          .create(Optional::of);

  static Optional of(Attributes attributes) {
    return new Optional(attributes.has("type") ? attributes.getType("type") : null);
  }

  @Override
  public void infer(Inference in) {
    Type type = in.has(0) ? in.type(0) : elementType;
    if (type != null) {
      in.output(0, new Type.OfOptional(type));
    }
  }

  @Override
  public void run(Invocation in) {
    if (in.has(0)) {
      Value value = in.value(0);
      if (elementType != null && !elementType.spec().equals(value.type().spec())) {
        throw new InvalidModel(
            "attribute type is " + elementType.spec() + ", the input " + value.type());
      }
      in.set(0, new OptionalValue(value.type(), value));
    } else if (elementType != null) {
      in.set(0, new OptionalValue(elementType, null));
    } else {
      throw new InvalidModel("neither an input nor attribute type says of what type it is");
    }
  }
}
