package org.sardonyx.operators.microsoft;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Scales;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * DequantizeLinear of com.microsoft: as that of ai.onnx.
 *
 * @param axis the axis of scales, negative from the end
 * @param blockSize places that share a scale, 0 where there are no blocks
 */
public record DequantizeLinear(long axis, long blockSize) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("DequantizeLinear")
          .input("x", "T1")
          .input("x_scale", "T2")
          .optionalInput("x_zero_point", "T1")
          .output("y", "T2")
          .attribute("axis", 1)
          .attribute("block_size", 0)
          .type(
              "T1",
              DataType.INT8,
              DataType.UINT8,
              DataType.INT16,
              DataType.UINT16,
              DataType.INT32,
              DataType.INT4,
              DataType.UINT4,
              DataType.INT2,
              DataType.UINT2)
          .type("T2", DataType.FLOAT, DataType.FLOAT16)
          .accuracy(Accuracy.ROUNDED)
          .create(DequantizeLinear::of);

  static DequantizeLinear of(Attributes attributes) {
    return new DequantizeLinear(attributes.getInt("axis"), attributes.getInt("block_size"));
  }

  @Override
  public void infer(Inference in) {
    Scales.check(in.shape(0), in.shape(1), axis, blockSize);
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor scale = in.tensor(1);
    Tensor zero = in.optional(2);
    Scales scales = Scales.of(x.shape(), scale, zero, axis, blockSize);
    LinearQuantization.dequantize(in, x, scale, zero, scales, scale.dataType());
  }
}
