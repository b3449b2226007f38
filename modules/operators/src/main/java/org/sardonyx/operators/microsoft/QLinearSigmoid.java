package org.sardonyx.operators.microsoft;

import org.sardonyx.kernels.ScalarMath;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.Tensor;

/** QLinearSigmoid: {@code Y = quantize(sigmoid(dequantize(X)))}, element by element. */
public record QLinearSigmoid() implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearSigmoid")
          .input("X", "T")
          .input("X_scale", "tensor(float)")
          .optionalInput("X_zero_point", "T")
          .input("Y_scale", "tensor(float)")
          .optionalInput("Y_zero_point", "T")
          .output("Y", "T")
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearSigmoid::of);

  static QLinearSigmoid of(Attributes attributes) {
    return new QLinearSigmoid();
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    byte[] y = in.output(0, x.dataType(), x.shape()).bytes();
    new QuantizedTable(
            x.dataType(),
            Microsoft.scale(in, 1),
            Microsoft.zeroPoint(in, 2),
            ScalarMath::sigmoid,
            Microsoft.scale(in, 3),
            Microsoft.zeroPoint(in, 4))
        .apply(x, 0, y, 0, y.length);
  }
}
