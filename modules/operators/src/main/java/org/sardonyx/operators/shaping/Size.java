package org.sardonyx.operators.shaping;

import java.util.List;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Shape;

/** Size: the number of elements, a scalar. */
public record Size() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Size")
          .version(1)
          .input("data", "T")
          .output("size", "T1")
          .type("T", Types.ALL)
          .type("T1", DataType.INT64)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(19)
          .type("T", Types.ALL_IR9)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Size::of);

  static Size of(Attributes attributes) {
    return new Size();
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Shape.SCALAR);
    in.dims(0, List.of(in.shape(0).elements()));
  }

  @Override
  public void run(Invocation in) {
    in.output(0, DataType.INT64).longs()[0] = in.tensor(0).size();
  }
}
