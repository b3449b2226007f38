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
    boolean wide = x.dataType() == DataType.DOUBLE;
    float[] floats = wide ? new float[0] : x.toFloats();
    Elementwise.pieces(
        in,
        y.length,
        (start, end) -> {
          if (wide) {
            doubles(x.doubles(), y, start, end);
          } else {
            floats(floats, y, start, end);
          }
        });
  }

  private void doubles(double[] x, byte[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      boolean is =
          (negative && x[i] == Double.NEGATIVE_INFINITY)
              || (positive && x[i] == Double.POSITIVE_INFINITY);
      y[i] = (byte) (is ? 1 : 0);
    }
  }

  private void floats(float[] x, byte[] y, int start, int end) {
    // By no conditions, and so as vectors. An infinity that counts is above all numbers once it is
    // multiplied by one of these; of an infinite distance the lowest bit of the int is 1, of 0 and
    // NaN 0.
    float up = positive ? 1 : negative ? -1 : 0;
    float down = negative ? -1 : up;
    for (int i = start; i < end; i++) {
      float v = Math.max(Math.max(x[i] * up, x[i] * down), Float.MAX_VALUE);
      y[i] = (byte) (v - Float.MAX_VALUE);
    }
    for (int i = start; i < end; i++) {
      y[i] &= 1;
    }
  }
}
