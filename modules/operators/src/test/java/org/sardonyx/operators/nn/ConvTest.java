package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ConvTest {

  private static final long SEED = Long.getLong("seed", 20261123L);

  @Test
  void crossCorrelatesAndAddsTheBias() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
    Tensor w = Tensor.of(new float[] {10, 1}, 1, 1, 2);
    Tensor y = OperatorRunner.of("Conv", 11).run(x, w, Tensor.of(new float[] {100}, 1));
    assertArrayEquals(new float[] {112, 123, 134}, y.floats());
  }

  @Test
  void sameUpperPadsBehindAndSameLowerInFront() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
    Tensor w = Tensor.of(new float[] {10, 1}, 1, 1, 2);
    OperatorRunner upper = OperatorRunner.of("Conv", 22).attribute("auto_pad", "SAME_UPPER");
    assertArrayEquals(new float[] {12, 23, 34, 40}, upper.run(x, w).floats());
    OperatorRunner lower = OperatorRunner.of("Conv", 22).attribute("auto_pad", "SAME_LOWER");
    assertArrayEquals(new float[] {1, 12, 23, 34}, lower.run(x, w).floats());
  }

  /** Far more padding than input, so that windows are copied and a tap meets padding alone. */
  @Test
  void tapsInPaddingAddNothing() {
    Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 2);
    Tensor w = Tensor.of(new float[] {3, 5}, 1, 1, 2);
    int gap = 3_000_000;
    Tensor y =
        OperatorRunner.of("Conv", 11)
            .ints("dilations", gap)
            .ints("pads", gap / 2, gap / 2 + 5)
            .run(x, w);
    assertArrayEquals(new float[7], y.floats());
  }

  @Test
  void halfPrecisionIsRoundedOnce() {
    // 2048 + 1 + 1 is 2050 in float; rounding after each sum to float16 would stay at 2048.
    Tensor x = Tensor.fromFloats(DataType.FLOAT16, new float[] {2048, 1, 1}, 1, 1, 3);
    Tensor w = Tensor.fromFloats(DataType.FLOAT16, new float[] {1, 1, 1}, 1, 1, 3);
    assertEquals(2050, OperatorRunner.of("Conv", 11).run(x, w).getDouble(0));
  }

  @Test
  void anEmptyBatchGivesAnEmptyBatch() {
    Tensor y =
        OperatorRunner.of("Conv", 11)
            .run(
                Tensor.zeros(DataType.FLOAT, 0, 3, 5, 5), Tensor.zeros(DataType.FLOAT, 4, 3, 3, 3));
    assertTrue(y.hasShape(0, 4, 3, 3));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Tensor x = Tensor.zeros(DataType.FLOAT, 1, 3, 5);
    OperatorRunner conv = OperatorRunner.of("Conv", 11);
    assertThrows(OperatorFailed.class, () -> conv.run(x, Tensor.zeros(DataType.FLOAT, 1, 2, 3)));
    assertThrows(OperatorFailed.class, () -> conv.run(x, Tensor.zeros(DataType.FLOAT, 1, 3, 6)));
    assertThrows(
        OperatorFailed.class,
        () -> conv.run(x, Tensor.zeros(DataType.FLOAT, 1, 3, 3), Tensor.zeros(DataType.FLOAT, 2)));
    assertThrows(
        InvalidModel.class,
        () ->
            OperatorRunner.of("Conv", 11)
                .ints("kernel_shape", 2)
                .run(x, Tensor.zeros(DataType.FLOAT, 1, 3, 3)));
    assertThrows(
        InvalidModel.class, () -> OperatorRunner.of("Conv", 11).ints("pads", -1, 0).create(2));
    assertThrows(
        InvalidModel.class, () -> OperatorRunner.of("Conv", 11).attribute("group", 0).create(2));
  }

  @Test
  void infersSymbolicSizes() {
    Type x =
        Type.tensor(
            DataType.FLOAT, Shape.of(Dim.named("N"), Dim.of(3), Dim.named("H"), Dim.named("W")));
    Type w = Type.tensor(DataType.FLOAT, Shape.of(8, 3, 3, 3));
    Shape y =
        OperatorRunner.of("Conv", 11)
            .ints("pads", 1, 0, 1, 0)
            .ints("strides", 1, 2)
            .infer(x, w)
            .outputShape(0);
    assertEquals("N", y.dim(0).toString());
    assertEquals("H", y.dim(2).toString());
    for (long width = 3; width < 9; width++) {
      assertEquals((width - 3) / 2 + 1, y.dim(3).evaluate(Map.of("W", width)).getAsLong());
    }
  }

  @Test
  void agreesWithTheFormula() {
    for (int i = 0; i < 150; i++) {
      long seed = SEED + i;
      try {
        compare(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void compare(Random random) {
    int rank = 1 + random.nextInt(3);
    int[] kernel = new int[rank];
    int[] stride = new int[rank];
    int[] dilation = new int[rank];
    int[] begin = new int[rank];
    int[] end = new int[rank];
    int group = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    int depth = random.nextInt(5) == 0 ? 90 : 1 + random.nextInt(3);
    int[] x = new int[rank + 2];
    int[] w = new int[rank + 2];
    x[0] = 1 + random.nextInt(3);
    x[1] = group * depth;
    w[0] = group * (1 + random.nextInt(5));
    w[1] = depth;
    for (int a = 0; a < rank; a++) {
      kernel[a] = 1 + random.nextInt(3);
      stride[a] = 1 + random.nextInt(2);
      dilation[a] = 1 + random.nextInt(2);
      begin[a] = random.nextInt(4);
      end[a] = random.nextInt(4);
      x[a + 2] = 5 + random.nextInt(rank == 1 ? 60 : 5);
      w[a + 2] = kernel[a];
    }
    DataType type = random.nextInt(4) == 0 ? DataType.DOUBLE : DataType.FLOAT;
    Tensor input = Samples.normal(random, type, x);
    Tensor weights = Samples.normal(random, type, w);
    Tensor bias = random.nextBoolean() ? Samples.normal(random, type, w[0]) : null;
    OperatorRunner runner =
        OperatorRunner.of("Conv", 11)
            .attribute("group", group)
            .ints("strides", longs(stride))
            .ints("dilations", longs(dilation))
            .ints("pads", longs(begin, end));
    Tensor y = bias == null ? runner.run(input, weights) : runner.run(input, weights, bias);
    double[] expected =
        new NaiveWindows(stride, dilation, begin, end).convolve(input, weights, bias, group);
    Samples.near(expected, y, type == DataType.DOUBLE ? 1e-13 : 1e-5);
    for (int n = 0; n < x[0]; n++) {
      Tensor row = Samples.row(input, n);
      Tensor alone = bias == null ? runner.run(row, weights) : runner.run(row, weights, bias);
      Samples.batchIndependent(y, alone, n);
    }
  }

  static long[] longs(int[]... values) {
    return Arrays.stream(values).flatMapToInt(Arrays::stream).asLongStream().toArray();
  }
}
