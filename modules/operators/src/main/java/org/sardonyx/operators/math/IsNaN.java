package org.sardonyx.operators.math;

import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** IsNaN: whether x is not a number. */
public record IsNaN() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("IsNaN")
          .version(9)
          .input("X", "T1")
          .output("Y", "T2")
          .type("T1", Types.FLOATS)
          .type("T2", DataType.BOOL)
          .version(13)
          .type("T1", Types.FLOATS_BF16)
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
          .create(attributes -> new IsNaN());

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    byte[] y = in.output(0, DataType.BOOL, x.shape()).bytes();
    if (x.dataType() == DataType.DOUBLE) {
      double[] values = x.doubles();
      Elementwise.pieces(
          in,
          y.length,
          (start, end) -> {
            for (int i = start; i < end; i++) {
              y[i] = (byte) (Double.isNaN(values[i]) ? 1 : 0);
            }
          });
      return;
    }
    float[] values = x.toFloats();
    Elementwise.pieces(
        in,
        y.length,
        (start, end) -> {
          // What is equal to itself is a number.
          in.kernels().compare(false, true, values, start, values, start, y, start, end - start);
          for (int i = start; i < end; i++) {
            y[i] ^= 1;
          }
        });
  }
}
