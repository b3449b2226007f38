package org.sardonyx.operators.value;

import java.util.List;
import java.util.Set;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/** Identity: the output is the input. */
public record Identity() implements Operator {

  private static final Set<String> SEQUENCES = Types.sequences(Types.ALL);
  private static final Set<String> BEYOND_TENSORS =
      Types.union(SEQUENCES, Types.optionals(Types.ALL), Types.optionals(SEQUENCES));

  public static final OperatorDef DEF =
      OperatorDef.named("Identity")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(14)
          .noInputs()
          .noOutputs()
          .withoutType("T")
          .input("input", "V")
          .output("output", "V")
          .type("V", Types.union(Types.ALL_IR4, SEQUENCES))
          .version(16)
          .type("V", Types.union(Types.ALL_IR4, BEYOND_TENSORS))
          .version(19)
          .type("V", Types.union(Types.ALL_IR9, BEYOND_TENSORS))
          .version(21)
          .type("V", Types.union(Types.ALL_IR10, BEYOND_TENSORS))
          .version(23)
          .type("V", Types.union(Types.ALL_IR11, BEYOND_TENSORS))
          .version(24)
          .type("V", Types.union(Types.ALL_IR12, BEYOND_TENSORS))
          .version(25)
          .type("V", Types.union(Types.ALL_IR13, BEYOND_TENSORS))
          .create(Identity::of);

  static Identity of(Attributes attributes) {
    return new Identity();
  }

  @Override
  public void infer(Inference in) {
    Type type = in.type(0);
    if (type != null) {
      in.output(0, type);
    }
    List<Dim> elements = in.dims(0);
    if (elements != null) {
      in.dims(0, elements);
    }
  }

  @Override
  public void run(Invocation in) {
    in.set(0, in.value(0));
  }
}
