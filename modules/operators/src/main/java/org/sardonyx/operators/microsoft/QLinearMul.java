package org.sardonyx.operators.microsoft;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/**
 * QLinearMul: {@code C = saturate(round((A - A_zero_point) * (B - B_zero_point) * (A_scale *
 * B_scale / C_scale) + C_zero_point))}, broadcast as NumPy does.
 */
public record QLinearMul() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearMul")
          .input("A", "T")
          .input("A_scale", "tensor(float)")
          .optionalInput("A_zero_point", "T")
          .input("B", "T")
          .input("B_scale", "tensor(float)")
          .optionalInput("B_zero_point", "T")
          .input("C_scale", "tensor(float)")
          .optionalInput("C_zero_point", "T")
          .output("C", "T")
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearMul::of);

  static QLinearMul of(Attributes attributes) {
    return new QLinearMul();
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Broadcast.shape(in.shape(0), in.shape(3)));
  }

  @Override
  public void run(Invocation in) {
    QuantizedPairs.run(in, QuantizedPairs.Function.MUL);
  }
}
