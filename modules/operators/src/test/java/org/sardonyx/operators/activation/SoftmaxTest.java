package org.sardonyx.operators.activation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.Tensor;

class SoftmaxTest {

  @Test
  void alongTheLastAxis() {
    Tensor x = Tensor.of(new float[] {0, (float) Math.log(3), 5, 5}, 2, 2);
    assertArrayEquals(
        new float[] {0.25f, 0.75f, 0.5f, 0.5f},
        OperatorRunner.of("Softmax", 13).run(x).floats(),
        1e-6f);
  }

  @Test
  void alongTheFirstAxis() {
    Tensor x = Tensor.of(new double[] {0, 7, Math.log(3), 7}, 2, 2);
    assertArrayEquals(
        new double[] {0.25, 0.5, 0.75, 0.5},
        OperatorRunner.of("Softmax", 13).attribute("axis", 0).run(x).doubles(),
        1e-14);
  }

  @Test
  void beforeVersion13AllFromTheAxisOnIsOne() {
    Tensor x = Tensor.of(new float[4], 1, 2, 2);
    assertArrayEquals(
        new float[] {0.25f, 0.25f, 0.25f, 0.25f}, OperatorRunner.of("Softmax", 11).run(x).floats());
  }

  @Test
  void emptyAndInfinite() {
    assertEquals(0, OperatorRunner.of("Softmax", 13).run(Tensor.of(new float[0], 0, 3)).size());
    assertEquals(0, OperatorRunner.of("Softmax", 13).run(Tensor.of(new float[0], 3, 0)).size());
    float inf = Float.NEGATIVE_INFINITY;
    Tensor x = Tensor.of(new float[] {inf, 0, inf, inf}, 2, 2);
    assertArrayEquals(
        new float[] {0, 1, Float.NaN, Float.NaN}, OperatorRunner.of("Softmax", 13).run(x).floats());
  }

  /** Some columns, which go as rows, and many, which stay columns. */
  @ParameterizedTest
  @ValueSource(ints = {3, 8, 67, 301})
  void anAxisInTheMiddle(int inner) {
    float[] x = new float[2 * 5 * inner];
    double[] wide = new double[x.length];
    Random random = new Random(inner);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      wide[i] = x[i];
    }
    for (String name : List.of("Softmax", "LogSoftmax", "Hardmax")) {
      OperatorRunner runner = OperatorRunner.of(name, 13).attribute("axis", 1);
      double[] expected = runner.run(Tensor.of(wide, 2, 5, inner)).doubles();
      float[] y = runner.run(Tensor.of(x, 2, 5, inner)).floats();
      for (int i = 0; i < y.length; i++) {
        assertEquals(expected[i], y[i], 1e-6, name);
      }
    }
  }

  @Test
  void columnsOfInfinities() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = new float[3 * 70];
    x[0] = -inf;
    x[70] = -inf;
    x[140] = -inf;
    x[1] = inf;
    x[2] = Float.NaN;
    x[3] = -inf;
    for (String name : List.of("Softmax", "LogSoftmax")) {
      float[] y =
          OperatorRunner.of(name, 13).attribute("axis", 0).run(Tensor.of(x, 3, 70)).floats();
      for (int i = 0; i < 3; i++) {
        assertEquals(Float.NaN, y[i], name);
      }
      assertEquals(name.equals("Softmax") ? 0 : -inf, y[3], name);
      assertEquals(name.equals("Softmax") ? 0.5 : Math.log(0.5), y[73], 1e-6, name);
    }
  }

  @Test
  void hardmaxTakesTheFirst() {
    Tensor x = Tensor.of(new float[] {-0f, 0, -1, 1, Float.NaN, Float.NaN}, 2, 3);
    assertArrayEquals(
        new float[] {1, 0, 0, 0, 1, 0}, OperatorRunner.of("Hardmax", 13).run(x).floats());
    assertEquals(0, OperatorRunner.of("Hardmax", 13).run(Tensor.of(new float[0], 3, 0)).size());
  }
}
