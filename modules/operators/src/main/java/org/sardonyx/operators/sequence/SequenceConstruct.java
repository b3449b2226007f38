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
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** SequenceConstruct: a sequence of the inputs. */
public record SequenceConstruct() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SequenceConstruct")
          .version(11)
          .variadicInput("inputs", "T", 1)
          .output("output_sequence", "S")
          .type("T", Types.ALL)
          .type("S", Sequences.ALL)
          .create(SequenceConstruct::of);

  static SequenceConstruct of(Attributes attributes) {
    return new SequenceConstruct();
  }

  @Override
  public void infer(Inference in) {
    Type element = in.type(0);
    for (int i = 1; i < in.inputs(); i++) {
      element = Join.of(element, in.type(i));
    }
    if (element != null) {
      in.output(0, new Type.OfSequence(element));
    }
  }

  @Override
  public void run(Invocation in) {
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < in.inputs(); i++) {
      elements.add(in.tensor(i));
    }
    in.set(0, new SequenceValue(Sequences.anyShape(in.tensor(0)), elements));
  }
}
