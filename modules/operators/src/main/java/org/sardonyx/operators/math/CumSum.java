package org.sardonyx.operators.math;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;

/**
 * CumSum: the sums of the elements up to each place along an axis.
 *
 * @param exclusive whether the element at the place itself is left out
 * @param reverse whether from the end on
 */
public record CumSum(boolean exclusive, boolean reverse) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CumSum")
          .version(11)
          .input("x", "T")
          .input("axis", "T2")
          .output("y", "T")
          .attribute("exclusive", 0)
          .attribute("reverse", 0)
          .type(
              "T",
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.INT32,
              DataType.INT64,
              DataType.UINT32,
              DataType.UINT64)
          .type("T2", DataType.INT32, DataType.INT64)
          .version(14)
          .type("T", Types.HIGH_PRECISION_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(CumSum::of);

  static CumSum of(Attributes attributes) {
    return new CumSum(attributes.getFlag("exclusive"), attributes.getFlag("reverse"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    new Cumulation(exclusive, reverse, false).run(in);
  }
}
