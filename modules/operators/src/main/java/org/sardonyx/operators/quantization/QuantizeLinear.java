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
 * QuantizeLinear: {@code y = saturate(round(x / y_scale) + y_zero_point)}, rounded half to even;
 * one scale for all, for each place along an axis, or for each block along it. The quotient is
 * rounded to the type of y_scale or to the precision asked for; integers are divided in float.
 *
 * @param axis the axis of scales, negative from the end
 * @param blockSize places that share a scale, 0 where there are no blocks
 * @param outputType output_dtype, or null
 * @param precision precision, or null
 * @param saturate whether 8-bit floats saturate
 */
public record QuantizeLinear(
    long axis,
    long blockSize,
    @Nullable DataType outputType,
    @Nullable DataType precision,
    boolean saturate)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("QuantizeLinear")
          .version(10)
          .input("x", "T1")
          .input("y_scale", "tensor(float)")
          .optionalInput("y_zero_point", "T2")
          .output("y", "T2")
          .type("T1", DataType.FLOAT, DataType.INT32)
          .type("T2", DataType.INT8, DataType.UINT8)
          .version(13)
          .attribute("axis", 1)
          .version(19)
          .input("y_scale", "T1")
          .attribute("saturate", 1)
          .type("T1", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT32)
          .type("T2", Types.union(Types.tensors(DataType.INT8, DataType.UINT8), Types.FLOATS_8))
          .version(21)
          .attribute("block_size", 0)
          .attribute("output_dtype", 0)
          .type("T2", Types.QUANTIZED_21)
          .version(23)
          .input("y_scale", "T2")
          .optionalInput("y_zero_point", "T3")
          .output("y", "T3")
          .attribute("precision", 0)
          .type("T2", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16, DataType.INT32)
          .type("T3", Types.union(Types.QUANTIZED_21, Types.tensors(DataType.FLOAT4E2M1)))
          .version(24)
          .type(
              "T2",
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.BFLOAT16,
              DataType.INT32,
              DataType.FLOAT8E8M0)
          .version(25)
          .type(
              "T3",
              Types.union(
                  Types.QUANTIZED_21,
                  Types.tensors(DataType.FLOAT4E2M1, DataType.UINT2, DataType.INT2)))
          .accuracy(Accuracy.ROUNDED)
          .create(QuantizeLinear::of);

  static QuantizeLinear of(Attributes attributes) {
    return new QuantizeLinear(
        attributes.getInt("axis", 1),
        attributes.getInt("block_size", 0),
        type(attributes, "output_dtype"),
        type(attributes, "precision"),
        attributes.getInt("saturate", 1) != 0);
  }

  /** Reads an attribute that names a type, 0 for none. */
  static @Nullable DataType type(Attributes attributes, String name) {
    long code = attributes.getInt(name, 0);
    return code == 0 ? null : DataType.of(code);
  }

  @Override
  public void infer(Inference in) {
    Scales.check(in.shape(0), in.shape(1), axis, blockSize);
    DataType zero = in.elementType(2);
    if (zero != null && outputType != null && zero != outputType) {
      throw in.invalid("y_zero_point is " + zero.specName() + ", output_dtype another type");
    }
    if (outputType != null) {
      in.output(0, outputType, in.shape(0));
    } else if (!in.has(2)) {
      in.output(0, DataType.UINT8, in.shape(0));
    } else {
      in.shape(0, in.shape(0));
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor scale = in.tensor(1);
    Tensor zero = in.optional(2);
    DataType to = zero != null ? zero.dataType() : outputType != null ? outputType : DataType.UINT8;
    if (outputType != null && outputType != to) {
      throw new InvalidModel("y_zero_point is " + to.specName() + ", output_dtype another type");
    }
    DataType division = precision != null ? precision : scale.dataType();
    if (division == DataType.INT32) {
      // Integers are divided in float, and int32 by int32 exactly enough to round once.
      division = DataType.DOUBLE;
    }
    Scales scales = Scales.of(x.shape(), scale, zero, axis, blockSize);
    LinearQuantization.quantize(in, x, scale, zero, scales, to, division, saturate);
  }
}
