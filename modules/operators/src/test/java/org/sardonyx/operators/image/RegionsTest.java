package org.sardonyx.operators.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class RegionsTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void gridSample() {
    Tensor x = Tensors.floats(shape(1, 1, 2, 2), 1, 2, 3, 4);
    Tensor grid = Tensors.floats(shape(1, 1, 4, 2), 0, 0, -0.5f, -0.5f, 1, 1, 3, 0);
    close(
        Tensors.floats(shape(1, 1, 1, 4), 2.5f, 1, 1, 0), of("GridSample", 20).run(x, grid), 1e-6);
    close(
        Tensors.floats(shape(1, 1, 1, 4), 2.5f, 1.75f, 4, 0),
        of("GridSample", 16).attribute("align_corners", 1).run(x, grid),
        1e-6);
    close(
        Tensors.floats(shape(1, 1, 1, 4), 2.5f, 1, 4, 3),
        of("GridSample", 16).attribute("padding_mode", "border").run(x, grid),
        1e-6);
    close(
        Tensors.floats(shape(1, 1, 1, 4), 2.5f, 1, 4, 2),
        of("GridSample", 16).attribute("padding_mode", "reflection").run(x, grid),
        1e-6);
    Tensor near = Tensors.floats(shape(1, 1, 2, 2), -0.9f, 0.9f, 1.9f, 0.9f);
    same(
        Tensors.strings(shape(1, 1, 1, 2), "c", ""),
        of("GridSample", 22)
            .attribute("mode", "nearest")
            .run(Tensors.strings(shape(1, 1, 2, 2), "a", "b", "c", "d"), near));
    assertThrows(
        OperatorFailed.class, () -> of("GridSample", 16).run(x, Tensors.count(1, 2, 2, 3)));
  }

  /** "Intermediate values are computed as floating point and cast to integer at the end." */
  @Test
  void gridSampleCutsIntegers() {
    Tensor x = Tensor.fromLongs(DataType.INT16, new long[] {1, 2, 3, 4}, 1, 1, 2, 2);
    Tensor minus = Tensor.fromLongs(DataType.INT16, new long[] {-1, -2, -3, -4}, 1, 1, 2, 2);
    Tensor grid = Tensors.floats(shape(1, 1, 2, 2), 0, 0, -0.5f, -0.5f);
    same(
        Tensor.fromLongs(DataType.INT16, new long[] {2, 1}, 1, 1, 1, 2),
        of("GridSample", 20).run(x, grid));
    same(
        Tensor.fromLongs(DataType.INT16, new long[] {-2, -1}, 1, 1, 1, 2),
        of("GridSample", 20).run(minus, grid));
  }

  @Test
  void affineGrid() {
    Tensor theta = Tensors.floats(shape(1, 2, 3), 2, 0, 0, 0, 1, 1);
    close(
        Tensors.floats(shape(1, 1, 2, 2), -1, 1, 1, 1),
        of("AffineGrid", 20).run(theta, Tensor.vector(1, 3, 1, 2)),
        1e-6);
    close(
        Tensors.floats(shape(1, 2, 2, 2), -2, 0, 2, 0, -2, 2, 2, 2),
        of("AffineGrid", 20).attribute("align_corners", 1).run(theta, Tensor.vector(1, 3, 2, 2)),
        1e-6);
  }

  @Test
  void cropAndResize() {
    Tensor x = Tensors.count(1, 1, 3, 3);
    Tensor rois = Tensors.floats(shape(1, 4), 0, 0.5f, 1, 1.5f);
    OperatorRunner runner =
        OperatorRunner.of("com.microsoft", "CropAndResize", 1).attribute("extrapolation_value", 9f);
    close(
        Tensors.floats(shape(1, 1, 2, 3), 1, 2, 9, 7, 8, 9),
        runner.run(x, rois, Tensors.ints(shape(1), 0), Tensors.ints(shape(2), 2, 3)),
        1e-6);
    assertThrows(
        OperatorFailed.class,
        () -> runner.run(x, rois, Tensors.ints(shape(1), 1), Tensors.ints(shape(2), 2, 3)));
  }

  @Test
  void col2im() {
    Tensor x = Tensors.floats(shape(1, 4, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    same(
        Tensors.floats(shape(1, 1, 2, 3), 1, 5, 4, 5, 13, 8),
        of("Col2Im", 18).run(x, Tensor.vector(2, 3), Tensor.vector(2, 2)));
    assertThrows(
        OperatorFailed.class,
        () -> of("Col2Im", 18).run(x, Tensor.vector(3, 3), Tensor.vector(2, 2)));
  }

  @Test
  void nonMaxSuppression() {
    Tensor boxes = Tensors.floats(shape(1, 3, 4), 0, 0, 2, 2, 2, 2.1f, 0, 0, 5, 5, 6, 6);
    Tensor scores = Tensors.floats(shape(1, 1, 3), 0.5f, 0.9f, 0.1f);
    OperatorRunner runner = of("NonMaxSuppression", 11);
    same(
        Tensors.longs(shape(2, 3), 0, 0, 1, 0, 0, 2),
        runner.run(boxes, scores, Tensor.scalar(5L), Tensor.scalar(0.5f)));
    same(
        Tensors.longs(shape(1, 3), 0, 0, 1),
        runner.run(boxes, scores, Tensor.scalar(5L), Tensor.scalar(0.5f), Tensor.scalar(0.2f)));
    same(
        Tensors.longs(shape(1, 3), 0, 0, 1),
        runner.run(boxes, scores, Tensor.vector(1), Tensor.scalar(0.5f)));
    same(
        Tensors.longs(shape(0, 3)),
        of("NonMaxSuppression", 10).mayIgnore(0).mayIgnore(1).run(boxes, scores));
  }

  @Test
  void roiAlignAndPool() {
    Tensor x = Tensors.count(1, 1, 4, 4);
    Tensor whole = Tensors.floats(shape(1, 4), 0, 0, 4, 4);
    close(
        Tensors.floats(shape(1, 1, 2, 2), 2.5f, 4.5f, 10.5f, 12.5f),
        of("RoiAlign", 16)
            .attribute("output_height", 2)
            .attribute("output_width", 2)
            .run(x, whole, Tensor.vector(0)),
        1e-5);
    assertThrows(OperatorFailed.class, () -> of("RoiAlign", 10).run(x, whole, Tensor.vector(1)));
    same(
        Tensors.floats(shape(1, 1, 2, 2), 5, 7, 13, 15),
        of("MaxRoiPool", 1)
            .ints("pooled_shape", 2, 2)
            .run(x, Tensors.floats(shape(1, 5), 0, 0, 0, 3, 3)));
  }

  /** Of few points and of many, near the border and beyond, in planes with what is infinite. */
  @Test
  void gridSampleOfFloatsIsAsOfDoubles() {
    Random random = new Random(3);
    for (int rank = 1; rank <= 3; rank++) {
      for (int count : new int[] {3, 700}) {
        int[] in = shape(2, 3, 9, 5, 4);
        int[] out = shape(2, count, 1, 1, rank);
        int[] xShape = Arrays.copyOf(in, 2 + rank);
        int[] gridShape = Arrays.copyOf(out, 2 + rank);
        gridShape[1 + rank] = rank;
        float[] x = new float[Tensor.zeros(DataType.FLOAT, xShape).size()];
        double[] wide = new double[x.length];
        for (int i = 0; i < x.length; i++) {
          x[i] = i % 31 == 7 ? Float.POSITIVE_INFINITY : random.nextInt(40);
          wide[i] = x[i];
        }
        float[] grid = new float[2 * count * rank];
        for (int i = 0; i < grid.length; i++) {
          grid[i] = i == 5 ? Float.NaN : (float) random.nextGaussian();
        }
        for (String mode : new String[] {"linear", "nearest", "cubic"}) {
          for (String padding : new String[] {"zeros", "border", "reflection"}) {
            OperatorRunner runner =
                of("GridSample", 20).attribute("mode", mode).attribute("padding_mode", padding);
            Tensor g = Tensor.of(grid, gridShape);
            double[] expected = runner.run(Tensor.of(wide, xShape), g).toDoubles();
            float[] y = runner.run(Tensor.of(x, xShape), g).floats();
            for (int i = 0; i < y.length; i++) {
              assertEquals(expected[i], y[i], 1e-4, mode + " " + padding + " " + rank);
            }
          }
        }
      }
    }
  }
}
