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
 * CumProd: the products of the elements up to each place along an axis.
 *
 * @param exclusive whether the element at the place itself is left out
 * @param reverse whether from the end on
 */
public record CumProd(boolean exclusive, boolean reverse) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("CumProd")
          .version(26)
          .input("x", "T")
          .input("axis", "T2")
          .output("y", "T")
          .attribute("exclusive", 0)
          .attribute("reverse", 0)
          .type("T", Types.HIGH_PRECISION_BF16)
          .type("T2", DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ACCUMULATED)
          .create(CumProd::of);

  static CumProd of(Attributes attributes) {
    return new CumProd(attributes.getFlag("exclusive"), attributes.getFlag("reverse"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    new Cumulation(exclusive, reverse, true).run(in);
  }
}
