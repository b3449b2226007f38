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
 * QuantizeLinear of com.microsoft: as that of ai.onnx, dividing in float.
 *
 * @param axis the axis of scales, negative from the end
 * @param blockSize places that share a scale, 0 where there are no blocks
 */
public record QuantizeLinear(long axis, long blockSize) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QuantizeLinear")
          .input("x", "T1")
          .input("y_scale", "T1")
          .optionalInput("y_zero_point", "T2")
          .output("y", "T2")
          .attribute("axis", 1)
          .attribute("block_size", 0)
          .type("T1", DataType.FLOAT, DataType.FLOAT16)
          .type(
              "T2",
              DataType.INT8,
              DataType.UINT8,
              DataType.INT16,
              DataType.UINT16,
              DataType.INT4,
              DataType.UINT4,
              DataType.INT2,
              DataType.UINT2)
          .accuracy(Accuracy.ROUNDED)
          .create(QuantizeLinear::of);

  static QuantizeLinear of(Attributes attributes) {
    return new QuantizeLinear(attributes.getInt("axis"), attributes.getInt("block_size"));
  }

  @Override
  public void infer(Inference in) {
    Scales.check(in.shape(0), in.shape(1), axis, blockSize);
    if (in.has(2)) {
      in.shape(0, in.shape(0));
    } else {
      in.output(0, DataType.UINT8, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor scale = in.tensor(1);
    Tensor zero = in.optional(2);
    LinearQuantization.quantize(
        in,
        x,
        scale,
        zero,
        Scales.of(x.shape(), scale, zero, axis, blockSize),
        zero == null ? DataType.UINT8 : zero.dataType(),
        DataType.FLOAT,
        true);
  }
}
