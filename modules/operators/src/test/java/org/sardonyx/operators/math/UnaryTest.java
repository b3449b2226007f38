package org.sardonyx.operators.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.vector;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class UnaryTest {

  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static final Map<String, DoubleUnaryOperator> FUNCTIONS =
      Map.ofEntries(
          Map.entry("Exp", StrictMath::exp),
          Map.entry("Log", StrictMath::log),
          Map.entry("Sqrt", Math::sqrt),
          Map.entry("Reciprocal", x -> 1 / x),
          Map.entry("Sigmoid", x -> 1 / (1 + StrictMath.exp(-x))),
          Map.entry("Tanh", StrictMath::tanh),
          Map.entry("Sin", StrictMath::sin),
          Map.entry("Cos", StrictMath::cos),
          Map.entry("Tan", StrictMath::tan),
          Map.entry("Asin", StrictMath::asin),
          Map.entry("Acos", StrictMath::acos),
          Map.entry("Atan", StrictMath::atan),
          Map.entry("Sinh", StrictMath::sinh),
          Map.entry("Cosh", StrictMath::cosh),
          Map.entry("Asinh", x -> StrictMath.log(x + Math.sqrt(x * x + 1))),
          Map.entry("Acosh", x -> StrictMath.log(x + Math.sqrt(x * x - 1))),
          Map.entry("Atanh", x -> 0.5 * StrictMath.log((1 + x) / (1 - x))),
          Map.entry("Floor", Math::floor),
          Map.entry("Ceil", Math::ceil),
          Map.entry("Round", Math::rint),
          Map.entry("Sign", Math::signum),
          Map.entry("Abs", Math::abs),
          Map.entry("Neg", x -> -x));

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
  void functionsOfFloats(DataType type) {
    double[] x = {0.25, 0.5, 0.75, 1.5, 3, 0.125, -0.75, -1.5, 2.5};
    double tolerance =
        switch (type) {
          case DOUBLE -> 1e-14;
          case FLOAT -> 3e-7;
          case FLOAT16 -> 6e-4;
          default -> 5e-3;
        };
    FUNCTIONS.forEach((name, f) -> {
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        expected[i] = f.applyAsDouble(x[i]);
      }
      assertClose(OperatorRunner.of(name, 28).run(vector(type, x)), tolerance, expected);
    });
  }

  @Test
  void waves() {
    int n = 3001;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      // Around multiples of a half of pi, and in blocks of which some have a great number.
      x[i] = (float) (i % 101 * (Math.PI / 2) * Math.pow(10, i % 4)) * (i % 2 == 0 ? 1 : -1);
      x[i] += i % 7 == 0 ? i * 1e-3f : 0;
      x[i] = i == 1500 ? 1e9f : x[i];
    }
    x[2400] = -0f;
    for (String name : List.of("Sin", "Cos")) {
      Tensor y = OperatorRunner.of(name, 22).run(Tensor.of(x, n));
      for (int i = 0; i < n; i++) {
        float expected = (float) FUNCTIONS.get(name).applyAsDouble(x[i]);
        assertEquals(expected, y.floats()[i], Math.ulp(expected), name + " of " + x[i]);
      }
    }
    Tensor special = vector(DataType.FLOAT, 0, -0.0);
    assertExact(OperatorRunner.of("Sin", 22).run(special), 0, -0.0);
    assertExact(OperatorRunner.of("Sin", 22).run(vector(DataType.FLOAT, INF, NAN)), NAN, NAN);
    assertExact(
        OperatorRunner.of("Cos", 22).run(vector(DataType.FLOAT, -INF, NAN, -0.0)), NAN, NAN, 1);
  }

  @Test
  void arcs() {
    int n = 2501;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          i < 1000 ? (i - 500) / 500f : (float) Math.pow(10, i % 61 - 40) * (i % 2 == 0 ? 1 : -1);
    }
    x[9] = Math.nextDown(1f);
    x[10] = Math.nextUp(-1f);
    for (String name : List.of("Asin", "Acos", "Atan")) {
      Tensor y = OperatorRunner.of(name, 22).run(Tensor.of(x, n));
      for (int i = 0; i < n; i++) {
        float expected = (float) FUNCTIONS.get(name).applyAsDouble(x[i]);
        float ulp = !Float.isNaN(expected) ? Math.ulp(expected) : 0;
        assertEquals(expected, y.floats()[i], ulp, name + " of " + x[i]);
      }
    }
    Tensor special = vector(DataType.FLOAT, 0, -0.0, 1, INF, -INF, NAN);
    double right = (float) (Math.PI / 2);
    assertExact(OperatorRunner.of("Asin", 22).run(special), 0, -0.0, right, NAN, NAN, NAN);
    assertExact(OperatorRunner.of("Acos", 22).run(special), right, right, 0, NAN, NAN, NAN);
    assertExact(
        OperatorRunner.of("Atan", 22).run(special),
        0,
        -0.0,
        (float) (Math.PI / 4),
        right,
        -right,
        NAN);
  }

  @Test
  void specialValues() {
    Tensor x = vector(DataType.FLOAT, 0, -0.0, INF, -INF, NAN);
    assertExact(OperatorRunner.of("Exp", 13).run(x), 1, 1, INF, 0, NAN);
    assertExact(OperatorRunner.of("Log", 13).run(x), -INF, -INF, INF, NAN, NAN);
    assertExact(OperatorRunner.of("Sqrt", 13).run(x), 0, -0.0, INF, NAN, NAN);
    assertExact(OperatorRunner.of("Reciprocal", 13).run(x), INF, -INF, 0, -0.0, NAN);
    assertExact(OperatorRunner.of("Sigmoid", 13).run(x), 0.5, 0.5, 1, 0, NAN);
    assertExact(OperatorRunner.of("Tanh", 13).run(x), 0, -0.0, 1, -1, NAN);
    assertExact(OperatorRunner.of("Erf", 13).run(x), 0, -0.0, 1, -1, NAN);
    assertExact(OperatorRunner.of("Asinh", 9).run(x), 0, -0.0, INF, -INF, NAN);
    assertExact(OperatorRunner.of("Acosh", 9).run(x), NAN, NAN, INF, NAN, NAN);
    assertExact(OperatorRunner.of("Atanh", 9).run(x), 0, -0.0, NAN, NAN, NAN);
    assertExact(OperatorRunner.of("Abs", 13).run(x), 0, 0, INF, INF, NAN);
    assertExact(OperatorRunner.of("Neg", 13).run(x), -0.0, 0, -INF, INF, NAN);
    assertExact(OperatorRunner.of("Round", 11).run(x), 0, -0.0, INF, -INF, NAN);
    assertExact(OperatorRunner.of("Sign", 13).run(x), 0, -0.0, 1, -1, NAN);
    assertExact(
        OperatorRunner.of("Acosh", 9).run(vector(DataType.FLOAT, 1, -1e30f, -100, 0.5)),
        0,
        NAN,
        NAN,
        NAN);
    Tensor one = vector(DataType.FLOAT, 1, -1);
    assertExact(OperatorRunner.of("Atanh", 9).run(one), INF, -INF);
  }

  @Test
  void farValuesOfDouble() {
    Tensor x = vector(DataType.DOUBLE, 1e300, 1e-300, 1 + 1e-10);
    assertClose(
        OperatorRunner.of("Asinh", 9).run(x), 1e-15, 691.4686750787736, 1e-300, 0.8813735870902535);
    assertClose(
        OperatorRunner.of("Acosh", 9).run(vector(DataType.DOUBLE, 1 + 1e-10)),
        1e-15,
        1.4142136208675862e-5);
    assertClose(OperatorRunner.of("Atanh", 9).run(vector(DataType.DOUBLE, 1e-300)), 0, 1e-300);
  }

  @Test
  void halvesRoundToEven() {
    Tensor x = vector(DataType.FLOAT, 0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e30);
    assertExact(OperatorRunner.of("Round", 11).run(x), 0, 2, 2, -0.0, -2, 2, 1e30f);
  }

  @Test
  void integers() {
    Tensor x = vector(DataType.INT8, -128, -5, 0, 7);
    assertExact(OperatorRunner.of("Abs", 13).run(x), -128, 5, 0, 7);
    assertExact(OperatorRunner.of("Neg", 13).run(x), -128, 5, 0, -7);
    assertExact(OperatorRunner.of("Sign", 13).run(x), -1, -1, 0, 1);
    assertExact(OperatorRunner.of("BitwiseNot", 18).run(x), 127, 4, -1, -8);
    assertExact(OperatorRunner.of("Erf", 9).run(vector(DataType.INT32, -7, -1, 0, 1)), -1, 0, 0, 0);
    Tensor u = vector(DataType.UINT8, 200, 0);
    assertExact(OperatorRunner.of("Abs", 13).run(u), 200, 0);
    assertExact(OperatorRunner.of("Sign", 13).run(u), 1, 0);
    assertExact(OperatorRunner.of("BitwiseNot", 18).run(u), 55, 255);
  }

  @Test
  void infinitiesAndNans() {
    Tensor x = vector(DataType.FLOAT16, INF, -INF, NAN, 1);
    assertExact(OperatorRunner.of("IsInf", 20).run(x), 1, 1, 0, 0);
    assertExact(OperatorRunner.of("IsInf", 20).attribute("detect_negative", 0).run(x), 1, 0, 0, 0);
    assertExact(OperatorRunner.of("IsInf", 20).attribute("detect_positive", 0).run(x), 0, 1, 0, 0);
    assertExact(OperatorRunner.of("IsNaN", 20).run(x), 0, 0, 1, 0);
    Tensor tiny = Tensor.of(DataType.FLOAT8E5M2, new byte[] {0x7C, 0x7F, (byte) 0xFC, 0}, 4);
    assertExact(OperatorRunner.of("IsInf", 20).run(tiny), 1, 0, 1, 0);
    assertExact(OperatorRunner.of("IsNaN", 20).run(tiny), 0, 1, 0, 0);
  }

  @Test
  void oldVersionsTakeTheirHints() {
    Tensor x = vector(DataType.FLOAT, 4);
    assertExact(OperatorRunner.of("Sqrt", 1).ints("consumed_inputs", 0).run(x), 2);
  }
}
