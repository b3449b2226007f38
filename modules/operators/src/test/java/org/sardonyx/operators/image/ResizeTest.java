package org.sardonyx.operators.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.OneInference;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ResizeTest {

  private static final Tensor X = Tensors.floats(Tensors.shape(1, 1, 2, 2), 1, 2, 3, 4);

  private static OperatorRunner resize() {
    return OperatorRunner.of("Resize", 19);
  }

  private static Tensor scales(float... scales) {
    return Tensor.of(scales, scales.length);
  }

  private static Tensor line(float... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void nearest() {
    same(
        Tensors.floats(shape(1, 1, 4, 4), 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4),
        resize().run(X, null, scales(1, 1, 2, 2)));
    same(
        Tensors.strings(shape(4), "a", "a", "b", "b"),
        resize().run(Tensors.strings(shape(2), "a", "b"), null, null, Tensor.vector(4)));
    Tensor x = line(0, 1, 2, 3);
    for (Object[] row :
        new Object[][] {
          {"round_prefer_floor", line(0, 2)},
          {"round_prefer_ceil", line(1, 3)},
          {"floor", line(0, 2)},
          {"ceil", line(1, 3)}
        }) {
      same(
          (Tensor) row[1],
          resize().attribute("nearest_mode", (String) row[0]).run(x, null, scales(0.5f)));
    }
  }

  @Test
  void transforms() {
    Tensor x = line(0, 10, 20, 30);
    for (Object[] row :
        new Object[][] {
          {"half_pixel", line(0, 7, 15, 23, 30)},
          {"asymmetric", line(0, 8, 16, 24, 30)},
          {"align_corners", line(0, 7.5f, 15, 22.5f, 30)},
          {"pytorch_half_pixel", line(0, 7, 15, 23, 30)}
        }) {
      Tensor y =
          resize()
              .attribute("mode", "linear")
              .attribute("coordinate_transformation_mode", (String) row[0])
              .run(x, null, null, Tensor.vector(5));
      close((Tensor) row[1], y, 1e-5);
    }
    close(
        line(5, 15, 25, -1),
        resize()
            .attribute("mode", "linear")
            .attribute("coordinate_transformation_mode", "tf_crop_and_resize")
            .attribute("extrapolation_value", -1f)
            .run(x, line(1 / 6f, 7 / 6f), null, Tensor.vector(4)),
        1e-5);
  }

  @Test
  void axesPoliciesAndTypes() {
    assertArrayEquals(
        new int[] {1, 1, 2, 4}, resize().ints("axes", 3).run(X, null, scales(2)).shape());
    assertArrayEquals(
        new int[] {1, 1, 3, 3},
        resize()
            .ints("axes", 2, 3)
            .attribute("keep_aspect_ratio_policy", "not_larger")
            .run(X, null, null, Tensor.vector(3, 5))
            .shape());
    Tensor bytes = Tensor.of(DataType.UINT8, new byte[] {0, (byte) 255, 0, 0}, 4);
    same(
        Tensor.of(DataType.UINT8, new byte[] {0, 64, (byte) 191, (byte) 191, 64, 0, 0, 0}, 8),
        resize().attribute("mode", "linear").run(bytes, null, scales(2)));
    // Cubic overshoots, and integers do not wrap.
    Tensor y = resize().attribute("mode", "cubic").run(bytes, null, scales(2));
    assertEquals(0, y.getLong(6));
  }

  @Test
  void antialiasIsTheMeanOfWhatIsCovered() {
    close(
        line(1.5f, 4.5f),
        resize()
            .attribute("mode", "linear")
            .attribute("antialias", 1)
            .run(line(1, 1, 3, 3, 5, 5), null, null, Tensor.vector(2)),
        0.2);
    assertThrows(
        InvalidModel.class,
        () -> resize().attribute("antialias", 1).run(X, null, scales(1, 1, 2, 2)));
  }

  @Test
  void oldVersions() {
    same(line(0, 2, 4), OperatorRunner.of("Resize", 10).run(line(0, 1, 2, 3, 4), scales(0.6f)));
    close(
        line(0, 0.5f, 1, 1),
        OperatorRunner.of("Upsample", 9).attribute("mode", "linear").run(line(0, 1), scales(2)),
        1e-6);
    // Integers between are rounded, as in later versions; ONNX Runtime cuts them.
    Tensor bytes = Tensor.of(DataType.INT8, new byte[] {-3, 0}, 2);
    same(
        Tensor.of(DataType.INT8, new byte[] {-3, -2, -1, 0, 0, 0}, 6),
        OperatorRunner.of("Upsample", 7)
            .attribute("mode", "linear")
            .floats("scales", 3)
            .run(bytes));
    same(
        Tensor.of(DataType.INT8, new byte[] {-3, -2, -1, 0, 0, 0}, 6),
        OperatorRunner.of("Resize", 10).attribute("mode", "linear").run(bytes, scales(3)));
    Tensor y = Tensors.floats(shape(1, 1, 2, 4), 1, 1, 2, 2, 3, 3, 4, 4);
    same(y, OperatorRunner.of("Upsample", 7).floats("scales", 1, 1, 1, 2).run(X));
    same(
        y,
        OperatorRunner.of("Upsample", 1)
            .attribute("height_scale", 1f)
            .attribute("width_scale", 2f)
            .run(X));
    same(
        Tensors.floats(shape(1, 1, 2, 4), 1, 1, 2, 2, 3, 3, 4, 4),
        OperatorRunner.of("Resize", 11).run(X, Tensors.count(0), scales(1, 1, 1, 2)));
  }

  @Test
  void sizesOfUnknownImages() {
    Dim h = Dim.named("H");
    OneInference y =
        resize()
            .infer(
                Arrays.asList(
                    Type.tensor(DataType.FLOAT, Shape.of(h, Dim.of(5))),
                    null,
                    Type.tensor(DataType.FLOAT, Shape.of(2L))),
                Arrays.asList(null, null, scales(2, 0.5f)));
    assertEquals(Shape.of(h.times(2), Dim.of(2)), y.outputShape(0));
  }

  /** Strings can be picked and not mixed. */
  @Test
  void stringsAreOnlyPicked() {
    Tensor x = Tensor.of(new String[] {"a", "b"}, 1, 1, 1, 2);
    Tensor y = resize().run(x, null, scales(1, 1, 1, 2));
    assertEquals(Tensor.of(new String[] {"a", "a", "b", "b"}, 1, 1, 1, 4), y);
    for (String mode : List.of("linear", "cubic")) {
      assertThrows(
          UnsupportedModel.class,
          () -> resize().attribute("mode", mode).run(x, null, scales(1, 1, 1, 2)));
    }
  }

  @Test
  void errors() {
    assertThrows(OperatorFailed.class, () -> resize().run(X, null, scales(2)));
    assertThrows(OperatorFailed.class, () -> resize().run(X, null, scales(1, 1, -1, 1)));
    assertThrows(
        UnsupportedModel.class,
        () ->
            resize()
                .attribute("mode", "linear")
                .run(Tensors.strings(shape(2), "a", "b"), null, scales(2)));
    assertThrows(
        InvalidModel.class,
        () -> resize().attribute("mode", "area").run(X, null, scales(1, 1, 2, 2)));
  }

  /** Rows of all lengths, along and across, with what has no weight infinite. */
  @Test
  void floatsAreAsDoubles() {
    for (int width : new int[] {1, 3, 15, 16, 37}) {
      float[] x = new float[2 * 5 * width];
      double[] wide = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % 11 == 5 ? Float.NEGATIVE_INFINITY : i * 7 % 13;
        wide[i] = x[i];
      }
      for (String mode : List.of("nearest", "linear", "cubic")) {
        for (float[] by : new float[][] {{1, 2, 2}, {1, 1, 2}, {1.5f, 0.4f, 3}, {2, 3, 0.7f}}) {
          for (String transform : List.of("half_pixel", "align_corners", "asymmetric")) {
            OperatorRunner runner =
                resize()
                    .attribute("mode", mode)
                    .attribute("coordinate_transformation_mode", transform);
            double[] expected =
                runner.run(Tensor.of(wide, 2, 5, width), null, scales(by)).doubles();
            float[] y = runner.run(Tensor.of(x, 2, 5, width), null, scales(by)).floats();
            for (int i = 0; i < y.length; i++) {
              assertEquals(expected[i], y[i], 1e-4, mode + " " + transform + " " + width);
            }
          }
        }
      }
    }
  }

  @Test
  void doubledPlanes() {
    for (int n : new int[] {3, 16, 21, 40}) {
      Tensor x = Tensors.count(2, 3, 5, n);
      float[] y =
          OperatorRunner.of("Resize", 13)
              .attribute("mode", "nearest")
              .attribute("nearest_mode", "floor")
              .attribute("coordinate_transformation_mode", "asymmetric")
              .run(x, null, Tensors.floats(shape(4), 1, 1, 2, 2))
              .floats();
      for (int i = 0; i < y.length; i++) {
        int column = i % (2 * n) / 2;
        int row = i / (2 * n) / 2;
        assertEquals(row * n + column, y[i]);
      }
    }
  }
}
