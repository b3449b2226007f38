package org.sardonyx.operators.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class QuantizeTest {

  @Test
  void roundsHalfToEvenAndThenAddsTheZeroPoint() {
    Tensor x = floats(1, 3, 5, -1, -3, 1000, -1000, Float.NaN);
    Tensor y = OperatorRunner.of("QuantizeLinear", 10).run(x, scalar(2), bytes(DataType.UINT8, 3));
    // 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, -0.5 -> 0, -1.5 -> -2
    assertArrayEquals(new long[] {3, 5, 5, 3, 1, 255, 0, 3}, y.toLongs());
    assertEquals(
        DataType.UINT8, OperatorRunner.of("QuantizeLinear", 10).run(x, scalar(2)).dataType());
  }

  @Test
  void integersAreDividedInFloat() {
    Tensor x = Tensor.of(new int[] {7, -7, 1 << 30}, 3);
    Tensor y =
        OperatorRunner.of("QuantizeLinear", 19)
            .run(
                Tensor.fromFloats(DataType.FLOAT, new float[] {7, -7, 1 << 30}, 3),
                scalar(2),
                bytes(DataType.INT8, 0));
    assertArrayEquals(new long[] {4, -4, 127}, y.toLongs());
    Tensor z = OperatorRunner.of("QuantizeLinear", 10).run(x, scalar(2), bytes(DataType.INT8, 0));
    assertEquals(y, z);
  }

  @Test
  void everyIntegerTypeSaturatesAtItsOwnRange() {
    Tensor x = floats(-1e9f, -1, 1, 1e9f);
    long[][] expected = {
      {-128, -1, 1, 127}, {0, 0, 1, 255}, {-32768, -1, 1, 32767}, {0, 0, 1, 65535},
      {-8, -1, 1, 7}, {0, 0, 1, 15}, {-2, -1, 1, 1}, {0, 0, 1, 3}
    };
    List<DataType> types =
        List.of(
            DataType.INT8,
            DataType.UINT8,
            DataType.INT16,
            DataType.UINT16,
            DataType.INT4,
            DataType.UINT4,
            DataType.INT2,
            DataType.UINT2);
    for (int i = 0; i < types.size(); i++) {
      Tensor y =
          OperatorRunner.of("QuantizeLinear", 25)
              .attribute("output_dtype", types.get(i).code())
              .run(x, scalar(1));
      assertEquals(types.get(i), y.dataType());
      assertArrayEquals(expected[i], y.toLongs(), types.get(i).specName());
      Tensor back = OperatorRunner.of("DequantizeLinear", 25).run(y, scalar(0.5f));
      assertEquals(0.5f * expected[i][3], back.floats()[3]);
    }
  }

  @Test
  void smallFloatsSaturateOrNot() {
    Tensor x = floats(1e6f, 448, 0.3f);
    OperatorRunner runner =
        OperatorRunner.of("QuantizeLinear", 21)
            .attribute("output_dtype", DataType.FLOAT8E4M3FN.code());
    assertArrayEquals(new double[] {448, 448, 0.3125}, runner.run(x, scalar(1)).toDoubles());
    double lost = runner.attribute("saturate", 0).run(x, scalar(1)).getDouble(0);
    assertEquals(Double.NaN, lost);
    Tensor four =
        OperatorRunner.of("QuantizeLinear", 23)
            .attribute("output_dtype", DataType.FLOAT4E2M1.code())
            .run(floats(0.25f, -5, 2.5f, 100), scalar(1));
    assertArrayEquals(new double[] {0, -4, 2, 6}, four.toDoubles());
  }

  @Test
  void theTypeOfTheScaleIsThePrecisionOfTheDivision() {
    // 1 / 0.0999755859375 is 10.0024 in float and 10 in float16; times 50 the half point moves.
    Tensor x = Tensor.fromFloats(DataType.FLOAT16, new float[] {1.0498f}, 1);
    Tensor scale = Tensor.fromFloats(DataType.FLOAT16, new float[] {0.1f});
    float quotient = x.toFloats()[0] / scale.toFloats()[0];
    float half = Float.float16ToFloat(Float.floatToFloat16(quotient));
    Tensor y = OperatorRunner.of("QuantizeLinear", 23).run(x, scale, bytes(DataType.UINT8, 0));
    assertEquals((long) Math.rint(half), y.getLong(0));
    Tensor z =
        OperatorRunner.of("QuantizeLinear", 23)
            .attribute("precision", 1)
            .run(x, scale, bytes(DataType.UINT8, 0));
    assertEquals((long) Math.rint(quotient), z.getLong(0));
  }

  @Test
  void scalesAlongAnAxis() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Tensor scale = Tensor.of(new float[] {1, 0.5f, 3}, 3);
    Tensor zero = Tensor.of(DataType.INT8, new byte[] {0, 1, 2}, 3);
    Tensor y = OperatorRunner.of("QuantizeLinear", 13).run(x, scale, zero);
    assertArrayEquals(new long[] {1, 5, 3, 4, 11, 4}, y.toLongs());
    Tensor back =
        OperatorRunner.of("DequantizeLinear", 13).attribute("axis", -1).run(y, scale, zero);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, back.floats());
    Tensor rows =
        OperatorRunner.of("DequantizeLinear", 13)
            .attribute("axis", 0)
            .run(y, Tensor.of(new float[] {1, 10}, 2));
    assertArrayEquals(new float[] {1, 5, 3, 40, 110, 40}, rows.floats());
  }

  @Test
  void scalesOfBlocksOfWhichTheLastMayBeShort() {
    Tensor x = Tensor.of(DataType.INT8, new byte[] {1, 2, 3, 4, 5, 6}, 3, 2);
    Tensor y =
        OperatorRunner.of("DequantizeLinear", 21)
            .attribute("axis", 0)
            .attribute("block_size", 2)
            .run(x, Tensor.of(new float[] {1, 10, 100, 1000}, 2, 2));
    assertArrayEquals(new float[] {1, 20, 3, 40, 500, 6000}, y.floats());
    Tensor z =
        OperatorRunner.of("DequantizeLinear", 21)
            .attribute("block_size", 2)
            .run(x.reshaped(2, 3), Tensor.of(new float[] {1, 10, 100, 1000}, 2, 2));
    assertArrayEquals(new float[] {1, 2, 30, 400, 500, 6000}, z.floats());
  }

  @Test
  void theOutputTypeMayBeAskedFor() {
    Tensor x = bytes(DataType.UINT8, 7);
    Tensor scale = Tensor.zeros(DataType.FLOAT8E8M0);
    scale.setDouble(0, 4);
    Tensor y =
        OperatorRunner.of("DequantizeLinear", 24)
            .attribute("output_dtype", DataType.BFLOAT16.code())
            .run(x, scale);
    assertEquals(DataType.BFLOAT16, y.dataType());
    assertEquals(28, y.getDouble(0));
    assertThrows(InvalidModel.class, () -> OperatorRunner.of("DequantizeLinear", 24).run(x, scale));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Tensor x = Tensor.zeros(DataType.FLOAT, 2, 3);
    OperatorRunner quantize = OperatorRunner.of("QuantizeLinear", 21);
    assertThrows(OperatorFailed.class, () -> quantize.run(x, Tensor.zeros(DataType.FLOAT, 2)));
    assertThrows(
        OperatorFailed.class,
        () -> quantize.run(x, Tensor.zeros(DataType.FLOAT, 3), Tensor.zeros(DataType.INT8, 2)));
    assertThrows(
        InvalidModel.class,
        () ->
            OperatorRunner.of("QuantizeLinear", 21)
                .attribute("output_dtype", DataType.INT8.code())
                .run(x, scalar(1), bytes(DataType.UINT8, 0)));
  }

  @Test
  void dynamicQuantizationHoldsZero() {
    List<Value> y = dynamic(floats(0, 51, 255));
    assertArrayEquals(new long[] {0, 51, 255}, ((Tensor) y.get(0)).toLongs());
    List<Value> negative = dynamic(floats(-255, -51));
    assertEquals(255, ((Tensor) negative.get(2)).getLong(0));
    assertArrayEquals(new long[] {0, 204}, ((Tensor) negative.get(0)).toLongs());
    List<Value> zeros = dynamic(floats(0, 0));
    assertEquals(1, ((Tensor) zeros.get(1)).floats()[0]);
    assertArrayEquals(new long[] {0, 0}, ((Tensor) zeros.get(0)).toLongs());
  }

  private static List<Value> dynamic(Tensor x) {
    return OperatorRunner.of("DynamicQuantizeLinear", 11).outputs(3).runAll(x);
  }

  private static Tensor floats(float... values) {
    return Tensor.of(values, values.length);
  }

  private static Tensor scalar(float value) {
    return Tensor.scalar(value);
  }

  private static Tensor bytes(DataType type, int value) {
    return Tensor.of(type, new byte[] {(byte) value});
  }
}
