package org.sardonyx.operators.activation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
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
}
