package org.sardonyx.operators.microsoft;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.Tensor;

/**
 * QLinearLeakyRelu: {@code Y = quantize(leaky relu(dequantize(X)))}, element by element.
 *
 * @param alpha the slope of what is negative
 */
public record QLinearLeakyRelu(float alpha) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearLeakyRelu")
          .input("X", "T")
          .input("X_scale", "tensor(float)")
          .optionalInput("X_zero_point", "T")
          .input("Y_scale", "tensor(float)")
          .optionalInput("Y_zero_point", "T")
          .output("Y", "T")
          .attribute("alpha", 0.01f)
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearLeakyRelu::of);

  static QLinearLeakyRelu of(Attributes attributes) {
    return new QLinearLeakyRelu(attributes.getFloat("alpha"));
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
            v -> v < 0 ? alpha * v : v,
            Microsoft.scale(in, 3),
            Microsoft.zeroPoint(in, 4))
        .apply(x, 0, y, 0, y.length);
  }
}
