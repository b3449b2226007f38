package org.sardonyx.operators.logic;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Not: {@code !x}. */
public record Not() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Not")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .type("T", DataType.BOOL)
          .create(Not::of);

  static Not of(Attributes attributes) {
    return new Not();
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in, x -> Dim.of(1).minus(x));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    byte[] from = x.bytes();
    byte[] y = in.output(0, DataType.BOOL, x.shape()).bytes();
    Elementwise.pieces(
        in,
        y.length,
        (start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = (byte) (from[i] ^ 1);
          }
        });
  }
}
