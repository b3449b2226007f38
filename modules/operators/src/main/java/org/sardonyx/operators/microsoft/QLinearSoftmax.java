package org.sardonyx.operators.microsoft;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * QLinearSoftmax: {@code quantize(Softmax(dequantize(X)))}, over an axis, or as Softmax before
 * opset 13 over all dimensions from the axis on.
 *
 * @param axis the axis, negative from the end
 * @param flatten whether the dimensions from the axis on are one
 */
public record QLinearSoftmax(long axis, boolean flatten) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearSoftmax")
          .input("X", "T")
          .input("X_scale", "tensor(float)")
          .optionalInput("x_zero_point", "T")
          .input("y_scale", "tensor(float)")
          .input("y_zero_point", "T")
          .output("Y", "T")
          .attribute("axis", -1)
          .required("opset", Kind.INT)
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearSoftmax::of);

  static QLinearSoftmax of(Attributes attributes) {
    return new QLinearSoftmax(attributes.getInt("axis"), attributes.getInt("opset") < 13);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    DataType type = x.dataType();
    int[] shape = x.shape();
    int first = Axes.normalize(axis, shape.length);
    int last = flatten ? shape.length : first + 1;
    int length = Axes.product(shape, first, last);
    int inner = Axes.product(shape, last, shape.length);
    float xScale = Microsoft.scale(in, 1);
    int xZero = Microsoft.zeroPoint(in, 2);
    float yScale = Microsoft.scale(in, 3);
    int yZero = Microsoft.zeroPoint(in, 4);
    byte[] y = in.output(0, type, shape).bytes();
    float[] row = new float[length];
    byte[] quantized = new byte[length];
    int low = LinearQuantization.low(type);
    int rows = length == 0 ? 0 : x.size() / length;
    for (int r = 0; r < rows; r++) {
      int start = r / inner * length * inner + r % inner;
      for (int i = 0; i < length; i++) {
        row[i] = xScale * (x.getLong(start + i * inner) - xZero);
      }
      in.kernels().softmax(row, 0, row, 0, length);
      in.kernels().quantize(row, 0, yScale, yZero, low, quantized, 0, length);
      for (int i = 0; i < length; i++) {
        y[start + i * inner] = quantized[i];
      }
    }
  }
}
