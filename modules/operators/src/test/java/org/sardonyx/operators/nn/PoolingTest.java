package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class PoolingTest {

  private static final long SEED = Long.getLong("seed", 20261123L);

  @Test
  void maximumAndItsPlaceRowMajorAndColumnMajor() {
    // 1 2 3
    // 4 5 6, two channels
    Tensor x = Samples.counting(1, 2, 2, 3);
    OperatorRunner runner = OperatorRunner.of("MaxPool", 8).ints("kernel_shape", 2, 2).outputs(2);
    List<Value> rows = runner.runAll(x);
    assertArrayEquals(new float[] {5, 6, 11, 12}, ((Tensor) rows.get(0)).floats());
    assertArrayEquals(new long[] {4, 5, 10, 11}, ((Tensor) rows.get(1)).longs());
    List<Value> columns = runner.attribute("storage_order", 1).runAll(x);
    assertArrayEquals(new long[] {3, 5, 9, 11}, ((Tensor) columns.get(1)).longs());
  }

  @Test
  void ofEqualMaximaTheFirstCountsAndNanWins() {
    Tensor x = Tensor.of(new float[] {7, 7, Float.NaN, 8}, 1, 1, 4);
    OperatorRunner runner = OperatorRunner.of("MaxPool", 12).ints("kernel_shape", 2).outputs(2);
    List<Value> y = runner.runAll(x);
    assertArrayEquals(new float[] {7, Float.NaN, Float.NaN}, ((Tensor) y.get(0)).floats());
    assertArrayEquals(new long[] {0, 2, 2}, ((Tensor) y.get(1)).longs());
    assertArrayEquals(
        new float[] {7, Float.NaN, Float.NaN},
        OperatorRunner.of("MaxPool", 12).ints("kernel_shape", 2).run(x).floats());
  }

  @Test
  void unsignedBytesAreCompared() {
    Tensor x = Tensor.of(DataType.UINT8, new byte[] {(byte) 200, 100, 3}, 1, 1, 3);
    Tensor y = OperatorRunner.of("MaxPool", 12).ints("kernel_shape", 2).run(x);
    assertEquals(200, y.getLong(0));
    assertEquals(100, y.getLong(1));
  }

  @Test
  void noWindowOfCeilModeStartsBehindTheInput() {
    Tensor x = Samples.counting(1, 1, 4);
    OperatorRunner runner =
        OperatorRunner.of("MaxPool", 22)
            .ints("kernel_shape", 1)
            .ints("strides", 2)
            .attribute("ceil_mode", 1);
    assertArrayEquals(new float[] {1, 3}, runner.run(x).floats());
    OperatorRunner three =
        OperatorRunner.of("MaxPool", 22)
            .ints("kernel_shape", 3)
            .ints("strides", 2)
            .attribute("ceil_mode", 1);
    assertArrayEquals(new float[] {3, 4}, three.run(x).floats());
  }

  @Test
  void whatReachesBeyondThePaddingIsNotCounted() {
    // Windows [0 1 2], [2 3 4], [4 0 -]: the last one has two places in the padded input.
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
    OperatorRunner runner =
        OperatorRunner.of("AveragePool", 19)
            .ints("kernel_shape", 3)
            .ints("strides", 2)
            .ints("pads", 1, 1)
            .attribute("ceil_mode", 1)
            .attribute("count_include_pad", 1);
    assertArrayEquals(new float[] {1, 3, 2}, runner.run(x).floats());
    runner.attribute("count_include_pad", 0);
    assertArrayEquals(new float[] {1.5f, 3, 4}, runner.run(x).floats());
  }

  @Test
  void lpIsANorm() {
    Tensor x = Tensor.of(new float[] {3, -4, 0, 12}, 1, 1, 4);
    assertArrayEquals(
        new float[] {5, 12},
        OperatorRunner.of("LpPool", 2).ints("kernel_shape", 2).ints("strides", 2).run(x).floats());
    assertArrayEquals(
        new float[] {19}, OperatorRunner.of("GlobalLpPool", 1).attribute("p", 1f).run(x).floats());
  }

  @Test
  void globalPoolsKeepTheRank() {
    Tensor x = Samples.counting(2, 1, 2, 2);
    Tensor mean = OperatorRunner.of("GlobalAveragePool", 1).run(x);
    assertTrue(mean.hasShape(2, 1, 1, 1));
    assertArrayEquals(new float[] {2.5f, 6.5f}, mean.floats());
    assertArrayEquals(new float[] {4, 8}, OperatorRunner.of("GlobalMaxPool", 22).run(x).floats());
  }

  @Test
  void unpoolingPutsMaximaBack() {
    Tensor x = Samples.counting(1, 1, 4);
    List<Value> pooled =
        OperatorRunner.of("MaxPool", 11)
            .ints("kernel_shape", 2)
            .ints("strides", 2)
            .outputs(2)
            .runAll(x);
    OperatorRunner unpool =
        OperatorRunner.of("MaxUnpool", 11).ints("kernel_shape", 2).ints("strides", 2);
    assertArrayEquals(new float[] {0, 2, 0, 4}, unpool.run(pooled.get(0), pooled.get(1)).floats());
    Tensor longer = unpool.run(pooled.get(0), pooled.get(1), Tensor.vector(1, 1, 5));
    assertArrayEquals(new float[] {0, 2, 0, 4, 0}, longer.floats());
    assertThrows(
        OperatorFailed.class,
        () -> unpool.run(pooled.get(0), pooled.get(1), Tensor.vector(1, 1, 3)));
  }

  @Test
  void unpoolingCountsInTheOutputOrInWhatTheAttributesGive() {
    OperatorRunner unpool =
        OperatorRunner.of("MaxUnpool", 22).ints("kernel_shape", 2, 2).ints("strides", 2, 2);
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
    Tensor shape = Tensor.vector(1, 1, 5, 5);
    // 0, 3, 11, 18 of 5 x 5: (0,0), (0,3), (2,1), (3,3).
    float[] first = unpool.run(x, indices(0, 3, 11, 18), shape).floats();
    assertEquals("1@0 2@3 3@11 4@18", places(first));
    // 5, 6, 13, 10 of 4 x 4: (1,1), (1,2), (3,1), (2,2); in 5 x 5 the second lies outside its
    // window.
    float[] second = unpool.run(x, indices(5, 6, 13, 10), shape).floats();
    assertEquals("1@6 2@7 4@12 3@16", places(second));
  }

  private static Tensor indices(long... values) {
    return Tensor.of(DataType.INT64, values, 1, 1, 2, 2);
  }

  private static String places(float[] y) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < y.length; i++) {
      if (y[i] != 0) {
        text.append(' ').append((int) y[i]).append('@').append(i);
      }
    }
    return text.substring(1);
  }

  @Test
  void infersSymbolicSizesRoundedUp() {
    Type x = Type.tensor(DataType.FLOAT, Shape.of(Dim.of(1), Dim.of(2), Dim.named("T")));
    OperatorRunner runner =
        OperatorRunner.of("AveragePool", 22)
            .ints("kernel_shape", 3)
            .ints("strides", 2)
            .attribute("ceil_mode", 1);
    Dim length = runner.infer(x).outputShape(0).dim(2);
    for (int n = 2; n < 9; n++) {
      int actual = runner.run(Samples.counting(1, 2, n)).dim(2);
      assertEquals(actual, length.evaluate(Map.of("T", (long) n)).getAsLong());
    }
  }

  @Test
  void agreesWithTheFormulas() {
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
    int[] shape = new int[rank + 2];
    shape[0] = 1 + random.nextInt(2);
    shape[1] = 1 + random.nextInt(3);
    for (int a = 0; a < rank; a++) {
      kernel[a] = 1 + random.nextInt(3);
      stride[a] = 1 + random.nextInt(3);
      dilation[a] = 1 + random.nextInt(2);
      begin[a] = random.nextInt(kernel[a]);
      end[a] = random.nextInt(kernel[a]);
      shape[a + 2] = 5 + random.nextInt(5);
    }
    DataType type = random.nextBoolean() ? DataType.FLOAT : DataType.DOUBLE;
    Tensor x = Samples.normal(random, type, shape);
    NaiveWindows windows = new NaiveWindows(stride, dilation, begin, end);
    int[] in = NaiveWindows.spatial(x);
    int[] out = windows.outputs(in, kernel);
    int planes = shape[0] * shape[1];
    int plane = NaiveWindows.size(in);
    double[] max = new double[planes * NaiveWindows.size(out)];
    double[] mean = new double[max.length];
    double[] padded = new double[max.length];
    double[] norm = new double[max.length];
    long[] index = new long[max.length];
    int at = 0;
    for (int c = 0; c < planes; c++) {
      for (int[] o : NaiveWindows.all(out)) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        max[at] = Double.NEGATIVE_INFINITY;
        List<int[]> reads = windows.reads(in, kernel, o);
        for (int[] place : reads) {
          if (place == null) {
            continue;
          }
          int i = c * plane + NaiveWindows.index(place, in);
          double v = x.getDouble(i);
          sum += v;
          squares += v * v;
          count++;
          if (v > max[at]) {
            max[at] = v;
            index[at] = i;
          }
        }
        mean[at] = sum / Math.max(1, count);
        padded[at] = sum / reads.size();
        norm[at++] = Math.sqrt(squares);
      }
    }
    double bound = type == DataType.DOUBLE ? 1e-14 : 1e-6;
    OperatorRunner maxPool = with(OperatorRunner.of("MaxPool", 12), kernel, windows);
    Samples.near(max, maxPool.run(x), 0);
    List<Value> both = maxPool.outputs(2).runAll(x);
    Samples.near(max, (Tensor) both.get(0), 0);
    assertArrayEquals(index, ((Tensor) both.get(1)).longs());
    OperatorRunner average = with(OperatorRunner.of("AveragePool", 19), kernel, windows);
    Samples.near(mean, average.run(x), bound);
    Samples.near(padded, average.attribute("count_include_pad", 1).run(x), bound);
    Samples.near(norm, with(OperatorRunner.of("LpPool", 18), kernel, windows).run(x), bound);
  }

  private static OperatorRunner with(OperatorRunner runner, int[] kernel, NaiveWindows windows) {
    return runner
        .ints("kernel_shape", ConvTest.longs(kernel))
        .ints("strides", ConvTest.longs(windows.stride()))
        .ints("dilations", ConvTest.longs(windows.dilation()))
        .ints("pads", ConvTest.longs(windows.begin(), windows.end()));
  }
}
