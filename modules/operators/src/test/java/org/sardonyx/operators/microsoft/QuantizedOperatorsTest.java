package org.sardonyx.operators.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class QuantizedOperatorsTest {

  private static final float[] ONE = {1};

  @Test
  void sumsRoundWithTheZeroPointOfTheOutputAdded() {
    // 0.5 + 3 rounds to 4; rounding first would give 0 + 3.
    Tensor y =
        run("QLinearAdd")
            .run(
                bytes(1, 3),
                scale(0.5f),
                zero(0),
                bytes(0, 1),
                scale(0.5f),
                zero(0),
                scale(1),
                zero(3));
    assertArrayEquals(new long[] {4, 5}, y.toLongs());
    assertArrayEquals(
        new long[] {4, 255},
        run("QLinearMul")
            .run(
                Tensor.of(DataType.UINT8, new byte[] {2, (byte) 255}, 2, 1),
                scale(1),
                zero(1),
                bytes(4),
                scale(1),
                null,
                scale(1),
                null)
            .toLongs());
  }

  @Test
  void functionsOfOneTensorAreTabled() {
    Tensor x = Tensor.of(DataType.INT8, new byte[] {0, 10, -10}, 3);
    Tensor zero = Tensor.of(DataType.INT8, new byte[] {0});
    assertArrayEquals(
        new long[] {50, 73, 27},
        run("QLinearSigmoid").run(x, scale(0.1f), zero, scale(0.01f), zero).toLongs());
    assertArrayEquals(
        new long[] {0, 10, -5},
        run("QLinearLeakyRelu")
            .attribute("alpha", 0.5f)
            .run(x, scale(0.1f), zero, scale(0.1f), zero)
            .toLongs());
  }

  @Test
  void concatenationQuantizesAnew() {
    Tensor y =
        run("QLinearConcat")
            .attribute("axis", 0)
            .run(scale(1), zero(1), bytes(2, 4), scale(0.5f), zero(0), bytes(3), scale(2), zero(1));
    assertArrayEquals(new long[] {2, 3, 5}, y.toLongs());
    assertThrows(InvalidModel.class, () -> run("QLinearConcat").attribute("axis", 0).create(4));
  }

  @Test
  void softmaxOverAnAxisOrOverTheRest() {
    Tensor x = Tensor.of(DataType.UINT8, new byte[] {0, 0, 0, 0}, 2, 2);
    OperatorRunner runner = run("QLinearSoftmax").attribute("axis", 0).attribute("opset", 13);
    Tensor half = runner.run(x, scale(1), zero(0), scale(1 / 256f), zero(0));
    assertArrayEquals(new long[] {128, 128, 128, 128}, half.toLongs());
    Tensor quarter =
        runner.attribute("opset", 12).run(x, scale(1), zero(0), scale(1 / 256f), zero(0));
    assertArrayEquals(new long[] {64, 64, 64, 64}, quarter.toLongs());
  }

  @Test
  void poolsWithChannelsLast() {
    Tensor x = Tensor.of(DataType.UINT8, new byte[] {1, 10, 3, 30, 5, 50}, 1, 3, 2);
    Tensor mean =
        run("QLinearGlobalAveragePool")
            .attribute("channels_last", 1)
            .run(x, scale(1), zero(1), scale(0.5f), zero(0));
    assertTrue(mean.hasShape(1, 1, 2));
    assertArrayEquals(new long[] {4, 58}, mean.toLongs());
    Tensor pairs =
        run("QLinearAveragePool")
            .attribute("channels_last", 1)
            .ints("kernel_shape", 2)
            .run(x, scale(1), null, scale(1), null);
    assertArrayEquals(new long[] {2, 20, 4, 40}, pairs.toLongs());
    Tensor max = run("NhwcMaxPool").ints("kernel_shape", 2).run(x);
    assertArrayEquals(new long[] {3, 30, 5, 50}, max.toLongs());
  }

  @Test
  void whereThePaddingCountsAllOfTheWindowDoes() {
    // ceil_mode lets the window reach beyond the padding, which this operator counts as well.
    Tensor y =
        run("QLinearAveragePool")
            .ints("kernel_shape", 2)
            .ints("strides", 2)
            .attribute("ceil_mode", 1)
            .attribute("count_include_pad", 1)
            .run(
                Tensor.of(DataType.UINT8, new byte[] {8, 4, 6}, 1, 1, 3),
                scale(1),
                zero(0),
                scale(1),
                zero(0));
    assertArrayEquals(new long[] {6, 3}, y.toLongs());
  }

  @Test
  void integerProductsToFloat() {
    Tensor a = Tensor.of(DataType.UINT8, new byte[] {3, 5}, 1, 2);
    Tensor b = Tensor.of(DataType.INT8, new byte[] {1, -1, 2, 4}, 2, 2);
    Tensor y =
        run("MatMulIntegerToFloat")
            .run(
                a,
                b,
                scale(0.5f),
                Tensor.of(new float[] {1, 10}, 2),
                zero(1),
                null,
                Tensor.of(new float[] {100, 0}, 2));
    // [2 4] * [1 -1; 2 4] = [10 14]
    assertArrayEquals(new float[] {105, 70}, y.floats());
    Tensor dynamic =
        run("DynamicQuantizeMatMul")
            .run(
                Tensor.of(new float[] {255, 51}, 1, 2),
                b,
                Tensor.scalar(1f),
                null,
                Tensor.of(new float[] {1, 2}, 2));
    assertArrayEquals(new float[] {358, -49}, dynamic.floats());
  }

  @Test
  void gemmQuantizesWhereAScaleIsGiven() {
    Tensor a = Tensor.of(DataType.UINT8, new byte[] {1, 2}, 2, 1);
    Tensor b = Tensor.of(DataType.UINT8, new byte[] {3, 4}, 1, 2);
    OperatorRunner runner =
        run("QGemm").attribute("transA", 1).attribute("transB", 1).attribute("alpha", 2f);
    Tensor c = Tensor.of(new int[] {1}, 1);
    Tensor y = runner.run(a, scale(0.5f), zero(0), b, scale(1), zero(0), c);
    assertArrayEquals(new float[] {12}, y.floats());
    Tensor z = runner.run(a, scale(0.5f), zero(0), b, scale(1), zero(0), c, scale(5), zero(10));
    assertArrayEquals(new long[] {12}, z.toLongs());
  }

  @Test
  void weightsOfAFewBits() {
    // One row of B: 16 elements 0..15, zero point 8, scale 0.5.
    byte[] packed = new byte[8];
    for (int i = 0; i < 8; i++) {
      packed[i] = (byte) (2 * i | (2 * i + 1) << 4);
    }
    float[] a = new float[16];
    a[0] = 1;
    a[9] = 10;
    OperatorRunner runner =
        run("MatMulNBits").attribute("K", 16).attribute("N", 1).attribute("block_size", 16);
    Tensor b = Tensor.of(DataType.UINT8, packed, 1, 1, 8);
    Tensor scales = Tensor.of(new float[] {0.5f}, 1, 1);
    assertArrayEquals(new float[] {1}, runner.run(Tensor.of(a, 1, 16), b, scales).floats());
    assertArrayEquals(
        new float[] {140},
        runner
            .run(
                Tensor.of(a, 1, 16),
                b,
                scales,
                Tensor.of(DataType.UINT8, new byte[] {0}, 1, 1),
                null,
                Tensor.of(new float[] {95}, 1))
            .floats());
    assertThrows(UnsupportedModel.class, () -> runner.attribute("weight_prepacked", 1).create(3));
  }

  /** g_idx says with whose scale and zero point an element goes: here the second block's first. */
  @Test
  void weightsOfOtherWidthsAndGroups() {
    OperatorRunner eight =
        run("MatMulNBits").attribute("K", 32).attribute("N", 1).attribute("block_size", 16);
    byte[] bytes = new byte[32];
    bytes[0] = (byte) 130;
    bytes[16] = (byte) 126;
    float[] a = new float[32];
    a[0] = 1;
    a[16] = 10;
    Tensor x = Tensor.of(a, 1, 32);
    Tensor scales = Tensor.of(new float[] {0.5f, 3}, 1, 2);
    Tensor b = Tensor.of(DataType.UINT8, bytes, 1, 2, 16);
    eight.attribute("bits", 8);
    // (130 - 128) / 2 + 10 (126 - 128) 3.
    assertArrayEquals(new float[] {-59}, eight.run(x, b, scales).floats());
    int[] groups = new int[32];
    groups[0] = 1;
    Tensor index = Tensor.of(groups, 32);
    // (130 - 128) 3 + 10 (126 - 128) / 2.
    assertArrayEquals(new float[] {-4}, eight.run(x, b, scales, null, index).floats());
    groups[5] = 2;
    assertThrows(OperatorFailed.class, () -> eight.run(x, b, scales, null, index));
    Tensor few = Tensor.of(new int[3], 3);
    assertThrows(OperatorFailed.class, () -> eight.run(x, b, scales, null, few));
    // Two bits, lowest first: 3, 2, 1, 0, with zero point 2, or 1 of floats.
    OperatorRunner two =
        run("MatMulNBits")
            .attribute("K", 4)
            .attribute("N", 1)
            .attribute("block_size", 16)
            .attribute("bits", 2);
    Tensor small = Tensor.of(DataType.UINT8, new byte[] {0b00011011, 0, 0, 0}, 1, 1, 4);
    Tensor row = Tensor.of(new float[] {1, 10, 100, 1000}, 1, 4);
    Tensor one = Tensor.of(new float[] {1}, 1, 1);
    assertArrayEquals(new float[] {-2099}, two.run(row, small, one).floats());
    assertArrayEquals(new float[] {-988}, two.run(row, small, one, one).floats());
  }

  @Test
  void fusedConvolutionAddsAndThenActivates() {
    Tensor x = Tensor.of(new float[] {1, -2, 3}, 1, 1, 3);
    Tensor w = Tensor.of(new float[] {1}, 1, 1, 1);
    Tensor z = Tensor.of(new float[] {-5, 5, 0}, 1, 1, 3);
    assertArrayEquals(
        new float[] {0, 3, 3},
        run("FusedConv").attribute("activation", "Relu").run(x, w, null, z).floats());
    assertArrayEquals(
        new float[] {1, -1, 2},
        run("FusedConv")
            .attribute("activation", "Clip")
            .floats("activation_params", -1, 2)
            .run(x, w, Tensor.of(new float[] {0}, 1))
            .floats());
    assertThrows(
        UnsupportedModel.class, () -> run("FusedConv").attribute("activation", "Elu").create(2));
    assertThrows(
        InvalidModel.class, () -> run("FusedConv").attribute("activation", "LeakyRelu").create(2));
  }

  @Test
  void transposedConvolutionWithPadsAsInput() {
    Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 2);
    Tensor w = Tensor.of(new float[] {1, 10, 100}, 1, 1, 3);
    OperatorRunner runner = run("ConvTransposeWithDynamicPads").ints("strides", 2);
    assertArrayEquals(new float[] {10, 102, 20}, runner.run(x, w, Tensor.vector(1, 1)).floats());
    assertArrayEquals(new float[] {1, 10, 102, 20, 200}, runner.run(x, w).floats());
  }

  @Test
  void quantizationIsThatOfOnnx() {
    Tensor x = Tensor.of(new float[] {1, 3}, 2);
    Tensor q = run("QuantizeLinear").run(x, scale(2), zero(1));
    assertArrayEquals(new long[] {1, 3}, q.toLongs());
    assertArrayEquals(
        new float[] {0, 4}, run("DequantizeLinear").run(q, scale(2), zero(1)).floats());
    Tensor y =
        run("QLinearConv")
            .attribute("channels_last", 1)
            .run(
                Tensor.of(DataType.UINT8, new byte[] {1, 2, 3, 4}, 1, 2, 2),
                scale(1),
                zero(0),
                Tensor.of(DataType.UINT8, new byte[] {1, 10}, 1, 2, 1),
                Tensor.of(ONE.clone()),
                zero(0),
                scale(1),
                zero(0));
    assertTrue(y.hasShape(1, 2, 1));
    assertEquals(21, y.getLong(0));
    assertEquals(43, y.getLong(1));
  }

  private static OperatorRunner run(String name) {
    return OperatorRunner.of("com.microsoft", name, 1);
  }

  private static Tensor scale(float value) {
    return Tensor.scalar(value);
  }

  private static Tensor zero(int value) {
    return Tensor.of(DataType.UINT8, new byte[] {(byte) value});
  }

  private static Tensor bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Tensor.of(DataType.UINT8, bytes, bytes.length);
  }
}
