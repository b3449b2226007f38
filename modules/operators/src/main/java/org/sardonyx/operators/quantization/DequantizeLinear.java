package org.sardonyx.operators.quantization;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Scales;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * DequantizeLinear: {@code y = (x - x_zero_point) * x_scale}, computed in float and rounded once to
 * the type of y; one scale for all, for each place along an axis, or for each block along it.
 *
 * @param axis the axis of scales, negative from the end
 * @param blockSize places that share a scale, 0 where there are no blocks
 * @param outputType output_dtype, or null for the type of x_scale
 */
public record DequantizeLinear(long axis, long blockSize, @Nullable DataType outputType)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DequantizeLinear")
          .version(10)
          .input("x", "T")
          .input("x_scale", "tensor(float)")
          .optionalInput("x_zero_point", "T")
          .output("y", "tensor(float)")
          .type("T", DataType.INT8, DataType.UINT8, DataType.INT32)
          .version(13)
          .attribute("axis", 1)
          .version(19)
          .withoutType("T")
          .input("x", "T1")
          .input("x_scale", "T2")
          .optionalInput("x_zero_point", "T1")
          .output("y", "T2")
          .type(
              "T1",
              Types.union(
                  Types.tensors(DataType.INT8, DataType.UINT8, DataType.INT32), Types.FLOATS_8))
          .type("T2", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .version(21)
          .attribute("block_size", 0)
          .type("T1", Types.union(Types.QUANTIZED_21, Types.tensors(DataType.INT32)))
          .version(23)
          .output("y", "T3")
          .attribute("output_dtype", 0)
          .type(
              "T1",
              Types.union(Types.QUANTIZED_21, Types.tensors(DataType.INT32, DataType.FLOAT4E2M1)))
          .type("T3", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .version(24)
          .type("T2", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT8E8M0)
          .version(25)
          .type(
              "T1",
              Types.union(
                  Types.QUANTIZED_21,
                  Types.tensors(
                      DataType.INT32, DataType.FLOAT4E2M1, DataType.UINT2, DataType.INT2)))
          .accuracy(Accuracy.ROUNDED)
          .create(DequantizeLinear::of);

  static DequantizeLinear of(Attributes attributes) {
    return new DequantizeLinear(
        attributes.getInt("axis", 1),
        attributes.getInt("block_size", 0),
        QuantizeLinear.type(attributes, "output_dtype"));
  }

  @Override
  public void infer(Inference in) {
    Scales.check(in.shape(0), in.shape(1), axis, blockSize);
    DataType type = outputType != null ? outputType : in.elementType(1);
    if (type != null) {
      in.output(0, type, in.shape(0));
    } else {
      in.shape(0, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor scale = in.tensor(1);
    Tensor zero = in.optional(2);
    DataType to = outputType != null ? outputType : scale.dataType();
    if (to == DataType.FLOAT8E8M0) {
      throw new InvalidModel("x_scale is float8e8m0, so that output_dtype must be given");
    }
    Scales scales = Scales.of(x.shape(), scale, zero, axis, blockSize);
    LinearQuantization.dequantize(in, x, scale, zero, scales, to);
  }
}
