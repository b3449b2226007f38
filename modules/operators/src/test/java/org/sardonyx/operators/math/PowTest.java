package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class PowTest {

  private static final double INF = Double.POSITIVE_INFINITY;

  @Test
  void theTypeIsThatOfTheBase() {
    Tensor floats = vector(DataType.FLOAT, 2, 9, -2);
    Tensor ints = vector(DataType.INT64, 3, 2, -1);
    assertExact(OperatorRunner.of("Pow", 15).run(floats, ints), 8, 81, -0.5);
    assertExact(
        OperatorRunner.of("Pow", 15)
            .run(vector(DataType.INT32, 2, 9, 2), vector(DataType.FLOAT, 0.5, 0.5, -1)),
        1,
        3,
        0);
    assertExact(
        OperatorRunner.of("Pow", 15).run(vector(DataType.FLOAT16, 3), vector(DataType.DOUBLE, 2)),
        9);
  }

  @Test
  void integersStayIntegersAndWrap() {
    Tensor base = vector(DataType.INT64, 3, -1, -1, 1, 7, 2);
    Tensor exponent = vector(DataType.INT64, 40, -3, -2, -9, -1, 64);
    assertExact(
        OperatorRunner.of("Pow", 15).run(base, exponent), -6.289078614652623e18, -1, 1, 1, 0, 0);
    assertThrows(
        OperatorFailed.class,
        () ->
            OperatorRunner.of("Pow", 15).run(vector(DataType.INT32, 0), vector(DataType.INT8, -1)));
  }

  @Test
  void constantPowersAreWhatPowGives() {
    Tensor x = random(DataType.FLOAT, 3, 100);
    double[] special = {0, -0.0, INF, -INF, Double.NaN, 1e20, 1e-30};
    for (double exponent : new double[] {2, 3, 0.5}) {
      for (Tensor base :
          new Tensor[] {x, vector(DataType.FLOAT, special), vector(DataType.DOUBLE, special)}) {
        double[] expected = new double[base.size()];
        for (int i = 0; i < expected.length; i++) {
          double power = StrictMath.pow(base.getDouble(i), exponent);
          expected[i] = base.dataType() == DataType.FLOAT ? (float) power : power;
        }
        assertClose(
            OperatorRunner.of("Pow", 15).run(base, tensor(DataType.FLOAT, shape(1), exponent)),
            1e-7,
            expected);
      }
    }
  }

  @Test
  void powersOfFloatsAreRoundedOnce() {
    float[] special = {
      0,
      -0f,
      1,
      -1,
      2,
      -2,
      0.5f,
      -3,
      1e-40f,
      -1e-40f,
      1e30f,
      -1e30f,
      4e7f,
      Float.NaN,
      (float) INF,
      (float) -INF,
      Float.MAX_VALUE,
      Float.MIN_NORMAL,
      0.33333334f
    };
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    int n = 2027;
    float[] x = new float[n];
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      boolean specials = i < special.length * special.length;
      x[i] = specials ? special[i / special.length] : (float) random.nextGaussian(0, 3);
      y[i] = specials ? special[i % special.length] : (float) random.nextGaussian(0, 9);
      y[i] = i % 5 == 0 ? (float) Math.rint(y[i]) : y[i];
    }
    Tensor z = OperatorRunner.of("Pow", 15).run(Tensor.of(x, n), Tensor.of(y, n));
    for (int i = 0; i < n; i++) {
      float expected = (float) StrictMath.pow(x[i], y[i]);
      float ulp = Float.isFinite(expected) ? Math.ulp(expected) : 0;
      assertEquals(expected, z.floats()[i], ulp, x[i] + " ^ " + y[i]);
      if (expected == 0) {
        assertEquals(expected, z.floats()[i], x[i] + " ^ " + y[i]);
      }
    }
    Tensor fifth = OperatorRunner.of("Pow", 15).run(Tensor.of(x, n), vector(DataType.INT64, 5));
    for (int i = 0; i < n; i++) {
      float expected = (float) StrictMath.pow(x[i], 5);
      assertEquals(expected, fifth.floats()[i], Float.isFinite(expected) ? Math.ulp(expected) : 0);
    }
    assertExact(
        OperatorRunner.of("Pow", 15)
            .run(vector(DataType.FLOAT16, 2, -2, 4), vector(DataType.FLOAT, 4, 3, -0.5)),
        16,
        -8,
        0.5);
    assertEquals(
        0,
        OperatorRunner.of("Pow", 15)
            .run(Tensor.of(x, n), Tensor.zeros(DataType.FLOAT, 0, 1))
            .size());
  }

  @Test
  void broadcasting() {
    Tensor y =
        OperatorRunner.of("Pow", 7)
            .run(tensor(DataType.FLOAT, shape(2, 1), 2, 3), vector(DataType.FLOAT, 1, 2, 3));
    assertExact(y, 2, 4, 8, 3, 9, 27);
    Tensor old =
        OperatorRunner.of("Pow", 1)
            .attribute("broadcast", 1)
            .attribute("axis", 0)
            .run(tensor(DataType.FLOAT, shape(2, 2), 2, 3, 4, 5), vector(DataType.FLOAT, 1, 2));
    assertExact(old, 2, 3, 16, 25);
  }
}
