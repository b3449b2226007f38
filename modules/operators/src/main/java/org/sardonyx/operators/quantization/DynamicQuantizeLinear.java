package org.sardonyx.operators.quantization;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.DynamicQuantization;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * DynamicQuantizeLinear: quantizes floats to uint8 with a scale and a zero point made from their
 * range; see {@link DynamicQuantization}.
 */
public record DynamicQuantizeLinear() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DynamicQuantizeLinear")
          .version(11)
          .input("x", "T1")
          .output("y", "T2")
          .output("y_scale", "tensor(float)")
          .output("y_zero_point", "T2")
          .type("T1", DataType.FLOAT)
          .type("T2", DataType.UINT8)
          .accuracy(Accuracy.ROUNDED)
          .create(DynamicQuantizeLinear::of);

  static DynamicQuantizeLinear of(Attributes attributes) {
    return new DynamicQuantizeLinear();
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.UINT8, in.shape(0));
    in.output(1, DataType.FLOAT, Shape.SCALAR);
    in.output(2, DataType.UINT8, Shape.SCALAR);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    DynamicQuantization range = DynamicQuantization.of(in.kernels(), x.floats());
    range.quantize(in, x.floats(), in.output(0, DataType.UINT8, x.shape()).bytes());
    in.set(1, Tensor.scalar(range.scale()));
    in.set(2, Tensor.of(DataType.UINT8, new byte[] {(byte) range.zeroPoint()}));
  }
}
