package org.sardonyx.operators.math;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * IsInf: whether x is an infinity of a sign that is looked for.
 *
 * @param negative whether minus infinity counts
 * @param positive whether plus infinity counts
 */
public record IsInf(boolean negative, boolean positive) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("IsInf")
          .version(10)
          .input("X", "T1")
          .output("Y", "T2")
          .attribute("detect_negative", 1)
          .attribute("detect_positive", 1)
          .type("T1", DataType.DOUBLE, DataType.FLOAT)
          .type("T2", DataType.BOOL)
          .version(20)
          .type(
              "T1",
              DataType.BFLOAT16,
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.FLOAT8E4M3FN,
              DataType.FLOAT8E4M3FNUZ,
              DataType.FLOAT8E5M2,
              DataType.FLOAT8E5M2FNUZ)
          .create(IsInf::of);

  static IsInf of(Attributes attributes) {
    return new IsInf(attributes.getFlag("detect_negative"), attributes.getFlag("detect_positive"));
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    byte[] y = in.output(0, DataType.BOOL, x.shape()).bytes();
    for (int i = 0; i < y.length; i++) {
      in.checkpoint(1);
      double v = x.getDouble(i);
      boolean is =
          (negative && v == Double.NEGATIVE_INFINITY)
              || (positive && v == Double.POSITIVE_INFINITY);
      y[i] = (byte) (is ? 1 : 0);
    }
  }
}
