package org.sardonyx.operators.activation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class ActivationTest {

  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;
  private static final double[] X = {-4, -2.5, -1, -0.5, -0.125, 0, 0.25, 0.5, 1, 3, 6};

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"})
  void formulas(DataType type) {
    check(type, OperatorRunner.of("Relu", 14), x -> Math.max(0, x));
    check(type, OperatorRunner.of("LeakyRelu", 16), x -> x < 0 ? 0.01f * x : x);
    check(
        type,
        OperatorRunner.of("LeakyRelu", 16).attribute("alpha", 0.5f),
        x -> x < 0 ? 0.5 * x : x);
    check(type, OperatorRunner.of("ThresholdedRelu", 22), x -> x > 1 ? x : 0);
    check(
        type,
        OperatorRunner.of("Elu", 22).attribute("alpha", 2f),
        x -> x < 0 ? 2 * (Math.exp(x) - 1) : x);
    check(
        type,
        OperatorRunner.of("Celu", 28).attribute("alpha", 2f),
        x -> Math.max(0, x) + Math.min(0, 2 * (Math.exp(x / 2) - 1)));
    check(
        type,
        OperatorRunner.of("Selu", 22),
        x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1)));
    check(
        type, OperatorRunner.of("HardSigmoid", 22), x -> Math.max(0, Math.min(1, 0.2f * x + 0.5)));
    check(type, OperatorRunner.of("HardSwish", 22), x -> x * Math.max(0, Math.min(1, x / 6 + 0.5)));
    check(type, OperatorRunner.of("Mish", 22), x -> x * Math.tanh(Math.log(1 + Math.exp(x))));
    check(type, OperatorRunner.of("Softplus", 22), x -> Math.log(1 + Math.exp(x)));
    check(type, OperatorRunner.of("Softsign", 22), x -> x / (1 + Math.abs(x)));
    check(type, OperatorRunner.of("Swish", 24), x -> x / (1 + Math.exp(-x)));
    check(
        type,
        OperatorRunner.of("Swish", 24).attribute("alpha", 2f),
        x -> x / (1 + Math.exp(-2 * x)));
    check(
        type,
        OperatorRunner.of("Gelu", 20).attribute("approximate", "tanh"),
        x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    if (type != DataType.BFLOAT16) {
      check(
          type,
          OperatorRunner.of("Shrink", 9).attribute("bias", 0.25f),
          x -> x < -0.5 ? x + 0.25 : x > 0.5 ? x - 0.25 : 0);
    }
    assertClose(
        OperatorRunner.of("Gelu", 20).run(vector(type, -1, 0, 1, 3)),
        tolerance(type),
        -0.15865525393145707,
        0,
        0.8413447460685429,
        2.99595030590511);
  }

  private static double tolerance(DataType type) {
    return switch (type) {
      case DOUBLE -> 1e-14;
      case FLOAT -> 3e-7;
      case FLOAT16 -> 1e-3;
      default -> 8e-3;
    };
  }

  private static void check(DataType type, OperatorRunner runner, DoubleUnaryOperator f) {
    double[] expected = DoubleStream.of(X).map(f).map(y -> y + 0.0).toArray();
    double tolerance = tolerance(type);
    // The constants of some operators are floats whatever the type.
    assertClose(runner.run(vector(type, X)), type == DataType.DOUBLE ? 1e-7 : tolerance, expected);
  }

  @Test
  void specialValues() {
    Tensor x = vector(DataType.FLOAT, INF, -INF, NAN);
    assertExact(OperatorRunner.of("Relu", 14).run(x), INF, 0, NAN);
    assertExact(OperatorRunner.of("Elu", 22).run(x), INF, -1, NAN);
    assertExact(OperatorRunner.of("Celu", 28).run(x), INF, -1, NAN);
    assertExact(OperatorRunner.of("Gelu", 20).run(x), INF, -0.0, NAN);
    assertExact(OperatorRunner.of("Mish", 22).run(x), INF, -0.0, NAN);
    assertExact(OperatorRunner.of("HardSwish", 22).run(x), INF, -0.0, NAN);
    assertExact(OperatorRunner.of("Swish", 24).run(x), INF, -0.0, NAN);
    assertExact(OperatorRunner.of("Swish", 24).attribute("alpha", 2f).run(x), INF, -0.0, NAN);
    assertExact(OperatorRunner.of("Softplus", 22).run(x), INF, 0, NAN);
    assertExact(OperatorRunner.of("ThresholdedRelu", 22).run(x), INF, 0, 0);
    assertExact(OperatorRunner.of("HardSigmoid", 22).run(x), 1, 0, NAN);
    assertExact(OperatorRunner.of("Shrink", 9).run(x), INF, -INF, 0);
    Tensor far = vector(DataType.FLOAT, 200, -200);
    assertExact(OperatorRunner.of("Mish", 22).run(far), 200, -0.0);
    assertExact(OperatorRunner.of("Softplus", 22).run(far), 200, 0);
  }

  @Test
  void slopes() {
    double[] special = {-3, 2, 0, -0.0, 1e-44, -1e-44, 3e38, -3e38, INF, -INF, NAN};
    Tensor x = vector(DataType.FLOAT, special);
    for (float slope : new float[] {0.01f, 1, 1.5f, 0, -0.5f, Float.POSITIVE_INFINITY}) {
      double[] expected =
          DoubleStream.of(special)
              .map(v -> (float) v < 0 ? slope * (float) v : (double) (float) v)
              .toArray();
      Tensor slopes = tensor(DataType.FLOAT, shape(1), slope);
      assertExact(OperatorRunner.of("LeakyRelu", 16).attribute("alpha", slope).run(x), expected);
      assertExact(OperatorRunner.of("PRelu", 16).run(x, slopes), expected);
      double[] all = new double[special.length];
      Arrays.fill(all, slope);
      assertExact(OperatorRunner.of("PRelu", 16).run(x, vector(DataType.FLOAT, all)), expected);
    }
  }

  @Test
  void thresholds() {
    double[] special = {-3, 2, 0, -0.0, 1e-44, -1e-44, 0.5, 0.50000006, 3e38, INF, -INF, NAN, -NAN};
    Tensor x = vector(DataType.FLOAT, special);
    for (float alpha :
        new float[] {0.5f, 0, -0f, -1, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.NaN}) {
      double[] expected =
          DoubleStream.of(special).map(v -> (float) v > alpha ? (float) v : 0).toArray();
      assertExact(
          OperatorRunner.of("ThresholdedRelu", 22).attribute("alpha", alpha).run(x), expected);
    }
  }

  @Test
  void smallPowersLoseNothing() {
    int n = 2051;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) -Math.pow(2, 7 - i * 0.02) * (i % 5 == 0 ? -1 : 1);
    }
    x[9] = -0f;
    checkPowers(x, 1, 1, 1, OperatorRunner.of("Elu", 22));
    checkPowers(x, 1, 0.5, 1, OperatorRunner.of("Elu", 22).attribute("alpha", 0.5f));
    checkPowers(x, 1, -0.5, 1, OperatorRunner.of("Elu", 22).attribute("alpha", -0.5f));
    checkPowers(x, 1.050701f, 1.050701f * (double) 1.6732632f, 1, OperatorRunner.of("Selu", 22));
    checkPowers(x, 1, 3, 1 / 3.0, OperatorRunner.of("Celu", 28).attribute("alpha", 3f));
  }

  private static void checkPowers(
      float[] x, double positive, double negative, double inside, OperatorRunner runner) {
    float[] y = runner.run(Tensor.of(x, x.length)).floats();
    for (int i = 0; i < x.length; i++) {
      double expected = x[i] < 0 ? negative * StrictMath.expm1(inside * x[i]) : positive * x[i];
      assertEquals(expected, y[i], 6 * Math.ulp((float) expected), "of " + x[i]);
    }
    assertEquals(-0f, y[9]);
  }

  @Test
  void integers() {
    assertExact(OperatorRunner.of("Relu", 14).run(vector(DataType.INT8, -128, 0, 5)), 0, 0, 5);
    assertExact(
        OperatorRunner.of("Shrink", 9)
            .attribute("lambd", 1.5f)
            .attribute("bias", 1.5f)
            .run(vector(DataType.INT32, -3, -1, 0, 2, 3)),
        -1,
        0,
        0,
        0,
        1);
    Tensor u = Tensor.of(DataType.UINT64, new long[] {-1, 0}, 2);
    assertExact(OperatorRunner.of("Shrink", 9).run(u), 0x1p64, 0);
    assertExact(
        OperatorRunner.of("PRelu", 16)
            .run(vector(DataType.INT32, -3, 4), vector(DataType.INT32, 2)),
        -6,
        4);
    assertExact(
        OperatorRunner.of("PRelu", 16)
            .run(vector(DataType.UINT32, 4e9), vector(DataType.UINT32, 2)),
        4e9);
  }

  @Test
  void slopesOfPrelu() {
    Tensor x = tensor(DataType.FLOAT, shape(1, 2, 2), -1, 2, -3, -4);
    assertExact(
        OperatorRunner.of("PRelu", 16).run(x, tensor(DataType.FLOAT, shape(2, 1), 10, 100)),
        -10,
        2,
        -300,
        -400);
    assertExact(
        OperatorRunner.of("PRelu", 7).run(x, vector(DataType.FLOAT, 10, 100)), -10, 2, -30, -400);
    // Before version 7 several slopes belong to the channels.
    assertExact(
        OperatorRunner.of("PRelu", 6).run(x, vector(DataType.FLOAT, 10, 100)), -10, 2, -300, -400);
    assertExact(OperatorRunner.of("PRelu", 1).run(x, vector(DataType.FLOAT, 10)), -10, 2, -30, -40);
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("PRelu", 16).run(x, tensor(DataType.FLOAT, shape(2, 1, 1), 1, 2)));
  }

  @Test
  void gates() {
    Tensor a = vector(DataType.DOUBLE, 1, -2);
    Tensor b = vector(DataType.DOUBLE, 3, 5);
    assertClose(
        OperatorRunner.of("SwiGLU", 28).run(a, b),
        1e-15,
        3 / (1 + Math.exp(-1)),
        -10 / (1 + Math.exp(2)));
    assertClose(
        OperatorRunner.of("SwiGLU", 28)
            .run(vector(DataType.FLOAT16, 1), vector(DataType.FLOAT16, 2)),
        1e-3,
        2 / (1 + Math.exp(-1)));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("SwiGLU", 28).run(a, vector(DataType.DOUBLE, 1)));
  }

  @Test
  void logarithmsAndHardMaxima() {
    Tensor x = tensor(DataType.FLOAT, shape(2, 3), 1, 2, 3, 3, 1, 3);
    double log = Math.log(Math.exp(-2) + Math.exp(-1) + 1);
    double log2 = Math.log(2 + Math.exp(-2));
    assertClose(
        OperatorRunner.of("LogSoftmax", 13).run(x),
        1e-6,
        -2 - log,
        -1 - log,
        -log,
        -log2,
        -2 - log2,
        -log2);
    assertExact(OperatorRunner.of("Hardmax", 13).run(x), 0, 0, 1, 1, 0, 0);
    assertExact(OperatorRunner.of("Hardmax", 13).attribute("axis", 0).run(x), 0, 1, 1, 1, 0, 0);
    assertExact(OperatorRunner.of("Hardmax", 11).attribute("axis", 0).run(x), 0, 0, 1, 0, 0, 0);
    assertExact(OperatorRunner.of("Hardmax", 13).run(vector(DataType.DOUBLE, 1, NAN, 9)), 0, 1, 0);
    assertExact(
        OperatorRunner.of("LogSoftmax", 13).run(vector(DataType.DOUBLE, -1e308, 0)), -1e308, 0);
    assertExact(OperatorRunner.of("LogSoftmax", 13).run(vector(DataType.FLOAT, -INF, 0)), -INF, 0);
  }

  @Test
  void wordsThatAreWrong() {
    assertThrows(
        InvalidModel.class,
        () ->
            OperatorRunner.of("Gelu", 20)
                .attribute("approximate", "erf")
                .run(vector(DataType.FLOAT, 1)));
  }
}
