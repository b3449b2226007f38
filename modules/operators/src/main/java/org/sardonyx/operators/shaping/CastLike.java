package org.sardonyx.operators.shaping;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * CastLike: every element converted to the type of another tensor.
 *
 * @param conversion how values that do not fit are taken
 */
public record CastLike(Conversion conversion) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CastLike")
          .version(15)
          .input("input", "T1")
          .input("target_type", "T2")
          .output("output", "T2")
          .type(
              "T1", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL, DataType.STRING)))
          .type(
              "T2", Types.union(Types.NUMERIC_BF16, Types.tensors(DataType.BOOL, DataType.STRING)))
          .version(19)
          .attribute("saturate", 1)
          .type(
              "T1",
              Types.union(
                  Types.NUMERIC_BF16,
                  Types.tensors(
                      DataType.BOOL,
                      DataType.FLOAT8E4M3FN,
                      DataType.FLOAT8E4M3FNUZ,
                      DataType.FLOAT8E5M2,
                      DataType.FLOAT8E5M2FNUZ,
                      DataType.STRING)))
          .type(
              "T2",
              Types.union(
                  Types.NUMERIC_BF16,
                  Types.tensors(
                      DataType.BOOL,
                      DataType.FLOAT8E4M3FN,
                      DataType.FLOAT8E4M3FNUZ,
                      DataType.FLOAT8E5M2,
                      DataType.FLOAT8E5M2FNUZ,
                      DataType.STRING)))
          .version(21)
          .type("T1", Types.without(Types.ALL_IR10, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR10, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(23)
          .type("T1", Types.without(Types.ALL_IR11, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR11, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(24)
          .attribute("round_mode", "up")
          .type("T1", Types.without(Types.ALL_IR12, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR12, DataType.COMPLEX128, DataType.COMPLEX64))
          .version(25)
          .type("T1", Types.without(Types.ALL_IR13, DataType.COMPLEX128, DataType.COMPLEX64))
          .type("T2", Types.without(Types.ALL_IR13, DataType.COMPLEX128, DataType.COMPLEX64))
          .accuracy(Accuracy.ROUNDED)
          .create(CastLike::of);

  static CastLike of(Attributes attributes) {
    return new CastLike(Conversion.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
    DataType to = in.elementType(1);
    if (to != null) {
      Cast.contents(in, to);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    DataType to = in.tensor(1).dataType();
    if (x.dataType() == to) {
      in.set(0, x);
    } else {
      conversion.convert(in, x, in.output(0, to, x.shape()));
    }
  }
}
