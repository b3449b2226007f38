package org.sardonyx.operators.quantization;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.QuantizedConvolution;
import org.sardonyx.tensor.DataType;

/**
 * QLinearConv: the convolution of quantized x and w, its int32 sums with B quantized again; see
 * {@link QuantizedConvolution}.
 *
 * @param convolution how it is computed
 */
public record QLinearConv(QuantizedConvolution convolution) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("QLinearConv")
          .version(10)
          .input("x", "T1")
          .input("x_scale", "tensor(float)")
          .input("x_zero_point", "T1")
          .input("w", "T2")
          .input("w_scale", "tensor(float)")
          .input("w_zero_point", "T2")
          .input("y_scale", "tensor(float)")
          .input("y_zero_point", "T3")
          .optionalInput("B", "T4")
          .output("y", "T3")
          .attribute("auto_pad", "NOTSET")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T1", DataType.INT8, DataType.UINT8)
          .type("T2", DataType.INT8, DataType.UINT8)
          .type("T3", DataType.INT8, DataType.UINT8)
          .type("T4", DataType.INT32)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearConv::of);

  static QLinearConv of(Attributes attributes) {
    return new QLinearConv(QuantizedConvolution.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    convolution.infer(in);
  }

  @Override
  public Operator prepare(Constants constants) {
    return new QLinearConv(convolution.prepare(constants));
  }

  @Override
  public boolean reads(int input) {
    return convolution.reads(input);
  }

  @Override
  public void run(Invocation in) {
    convolution.run(in);
  }
}
