package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ConvTransposeTest {

  private static final long SEED = Long.getLong("seed", 20261123L);

  private final Tensor x = Tensor.of(new float[] {1, 2}, 1, 1, 2);
  private final Tensor w = Tensor.of(new float[] {1, 10, 100}, 1, 1, 3);

  @Test
  void scattersEachInputOverItsTaps() {
    Tensor y = OperatorRunner.of("ConvTranspose", 11).ints("strides", 2).run(x, w);
    assertArrayEquals(new float[] {1, 10, 102, 20, 200}, y.floats());
  }

  @Test
  void outputPaddingAddsBehindAndPadsCut() {
    Tensor y =
        OperatorRunner.of("ConvTranspose", 1)
            .ints("strides", 2)
            .ints("pads", 1, 1)
            .ints("output_padding", 1)
            .run(x, w);
    assertArrayEquals(new float[] {10, 102, 20, 200}, y.floats());
  }

  @Test
  void anOutputShapeCutsMoreInFront() {
    // full = 5, so that 5 - 4 = 1 is cut.
    OperatorRunner runner =
        OperatorRunner.of("ConvTranspose", 11).ints("strides", 2).ints("output_shape", 4);
    assertArrayEquals(new float[] {10, 102, 20, 200}, runner.run(x, w).floats());
    runner.attribute("auto_pad", "SAME_UPPER");
    assertArrayEquals(new float[] {1, 10, 102, 20}, runner.run(x, w).floats());
  }

  @Test
  void outputsThatNoTapReachesAreTheBias() {
    Tensor y =
        OperatorRunner.of("ConvTranspose", 11)
            .ints("strides", 2)
            .ints("output_shape", 7)
            .run(x, w, Tensor.of(new float[] {1000}, 1));
    assertArrayEquals(new float[] {1001, 1010, 1102, 1020, 1200, 1000, 1000}, y.floats());
  }

  @Test
  void infersSymbolicSizes() {
    Type input = Type.tensor(DataType.FLOAT, Shape.of(Dim.named("N"), Dim.of(4), Dim.named("T")));
    Type weights = Type.tensor(DataType.FLOAT, Shape.of(4, 3, 5));
    OperatorRunner runner =
        OperatorRunner.of("ConvTranspose", 11).ints("strides", 2).ints("pads", 1, 1);
    Shape y = runner.infer(input, weights).outputShape(0);
    assertEquals(3, y.dim(1).sizeOrMinusOne());
    assertEquals(15, y.dim(2).evaluate(Map.of("T", 7L)).getAsLong());
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ConvTranspose", 11).run(x, Tensor.zeros(DataType.FLOAT, 2, 1, 3)));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ConvTranspose", 11).ints("pads", 3, 3).run(x, w));
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
    int group = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
    int[] stride = new int[rank];
    int[] dilation = new int[rank];
    int[] begin = new int[rank];
    int[] end = new int[rank];
    int[] padding = new int[rank];
    int[] to = new int[rank];
    int[] x = new int[rank + 2];
    int[] w = new int[rank + 2];
    x[0] = 1 + random.nextInt(3);
    x[1] = group * (1 + random.nextInt(3));
    w[0] = x[1];
    w[1] = 1 + random.nextInt(3);
    for (int a = 0; a < rank; a++) {
      stride[a] = 1 + random.nextInt(3);
      dilation[a] = 1 + random.nextInt(2);
      padding[a] = random.nextInt(stride[a]);
      w[a + 2] = 1 + random.nextInt(3);
      x[a + 2] = 3 + random.nextInt(rank == 1 ? 30 : 3);
      int extent = (w[a + 2] - 1) * dilation[a] + 1;
      begin[a] = random.nextInt(Math.min(3, extent));
      end[a] = random.nextInt(Math.min(3, extent));
      to[a] = stride[a] * (x[a + 2] - 1) + padding[a] + extent - begin[a] - end[a];
    }
    DataType type = random.nextInt(4) == 0 ? DataType.DOUBLE : DataType.FLOAT;
    Tensor input = Samples.normal(random, type, x);
    Tensor weights = Samples.normal(random, type, w);
    Tensor bias = random.nextBoolean() ? Samples.normal(random, type, w[1] * group) : null;
    OperatorRunner runner =
        OperatorRunner.of("ConvTranspose", 22)
            .attribute("group", group)
            .ints("strides", ConvTest.longs(stride))
            .ints("dilations", ConvTest.longs(dilation))
            .ints("output_padding", ConvTest.longs(padding))
            .ints("pads", ConvTest.longs(begin, end));
    Tensor y = bias == null ? runner.run(input, weights) : runner.run(input, weights, bias);
    double[] expected =
        new NaiveWindows(stride, dilation, begin, end).transpose(input, weights, bias, group, to);
    Samples.near(expected, y, type == DataType.DOUBLE ? 1e-13 : 1e-5);
    for (int n = 0; n < x[0]; n++) {
      Tensor row = Samples.row(input, n);
      Tensor alone = bias == null ? runner.run(row, weights) : runner.run(row, weights, bias);
      Samples.batchIndependent(y, alone, n);
    }
  }
}
