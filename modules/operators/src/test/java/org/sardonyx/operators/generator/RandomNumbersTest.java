package org.sardonyx.operators.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What random operators draw, against the distributions that they must have. Seeds are fixed, so
 * that the tests say the same always; for a seed drawn at random each bound here would be exceeded
 * with a probability of 1e-5 at most.
 */
class RandomNumbersTest {

  private static final int N = 20_000;

  /** Of a standard normal distribution, 1e-5 lies beyond it to both sides. */
  private static final double SIGMAS = 4.42;

  /** {@code 2 exp(-2 k^2)} is 1e-5. */
  private static final double KOLMOGOROV = 2.48;

  private static final List<DataType> FLOATS =
      List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16);

  private static OperatorRunner normal(float seed, DataType type, float mean, float scale) {
    return OperatorRunner.of("RandomNormal", 22)
        .attribute("dtype", type.code())
        .attribute("mean", mean)
        .attribute("scale", scale)
        .attribute("seed", seed)
        .ints("shape", N);
  }

  private static OperatorRunner uniform(float seed, DataType type, float low, float high) {
    return OperatorRunner.of("RandomUniform", 22)
        .attribute("dtype", type.code())
        .attribute("low", low)
        .attribute("high", high)
        .attribute("seed", seed)
        .ints("shape", N);
  }

  /**
   * The greatest distance between the distribution of the numbers and a distribution function.
   *
   * @param grain how far rounding may have moved a number
   */
  private static void distributed(double[] numbers, double grain, DoubleUnaryOperator function) {
    double[] x = numbers.clone();
    Arrays.sort(x);
    double most = 0;
    for (int i = 0; i < x.length; i++) {
      double step = grain * Math.abs(x[i]);
      most = Math.max(most, function.applyAsDouble(x[i] - step) - (i + 1.0) / x.length);
      most = Math.max(most, (double) i / x.length - function.applyAsDouble(x[i] + step));
    }
    double statistic = most * Math.sqrt(x.length);
    assertTrue(statistic < KOLMOGOROV, () -> "Kolmogorov and Smirnov: " + statistic);
  }

  /** Neighbours have nothing to do with each other. */
  private static void independent(double[] x, double mean, double deviation) {
    for (int lag : new int[] {1, 2, 7, 64}) {
      double sum = 0;
      for (int i = lag; i < x.length; i++) {
        sum += (x[i] - mean) * (x[i - lag] - mean);
      }
      double correlation = sum / (deviation * deviation * Math.sqrt(x.length - lag));
      assertTrue(Math.abs(correlation) < SIGMAS, "lag " + lag + ": " + correlation);
    }
  }

  private static double grain(DataType type) {
    return switch (type) {
      case FLOAT16 -> 0x1p-11;
      case BFLOAT16 -> 0x1p-8;
      case FLOAT -> 0x1p-24;
      default -> 0;
    };
  }

  @Test
  void normalNumbers() {
    for (DataType type : FLOATS) {
      double mean = 3;
      double deviation = 2;
      double[] x = normal(5, type, 3, 2).run().toDoubles();
      double[] moments = new double[5];
      for (double value : x) {
        double z = (value - mean) / deviation;
        for (int k = 1; k < moments.length; k++) {
          moments[k] += Math.pow(z, k) / x.length;
        }
      }
      // Moments 1 to 4 are 0, 1, 0, 3; their variances are those of order 2 k less their squares.
      double[] expected = {0, 0, 1, 0, 3};
      double[] variance = {0, 1, 2, 15, 96};
      for (int k = 1; k < moments.length; k++) {
        double bound = SIGMAS * Math.sqrt(variance[k] / x.length);
        assertEquals(expected[k], moments[k], bound, type + ", moment " + k);
      }
      distributed(x, grain(type), value -> gauss((value - mean) / deviation));
      independent(x, mean, deviation);
    }
  }

  /** The integral of the normal distribution, by its series near 0 and a continued fraction. */
  private static double gauss(double z) {
    double a = Math.abs(z);
    double tail;
    if (a > 3) {
      double fraction = a;
      for (int k = 60; k > 0; k--) {
        fraction = a + k / fraction;
      }
      tail = Math.exp(-a * a / 2) / (fraction * Math.sqrt(2 * Math.PI));
    } else {
      double term = a;
      double sum = a;
      for (int k = 1; k < 100; k++) {
        term *= a * a / (2 * k + 1);
        sum += term;
      }
      tail = 0.5 - sum * Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
    }
    return z < 0 ? tail : 1 - tail;
  }

  @Test
  void uniformNumbers() {
    for (DataType type : FLOATS) {
      double[] x = uniform(6, type, -1, 3).run().toDoubles();
      for (double value : x) {
        assertTrue(value >= -1 && value < 3, type + " " + value);
      }
      double deviation = 4 / Math.sqrt(12);
      double mean = Arrays.stream(x).average().orElseThrow();
      assertEquals(1, mean, SIGMAS * deviation / Math.sqrt(N));
      distributed(x, grain(type), value -> Math.clamp((value + 1) / 4, 0, 1));
      independent(x, 1, deviation);
    }
  }

  /** The greatest 16-bit number below 1 is 1 - 2^-8; a draw of 1 would come every 512 numbers. */
  @Test
  void theUpperBoundIsNeverDrawn() {
    double[] x = uniform(7, DataType.BFLOAT16, 0, 1).run().toDoubles();
    assertEquals(1 - 0x1p-8, Arrays.stream(x).max().orElseThrow());
    Tensor y =
        OperatorRunner.of("RandomUniformLike", 22)
            .attribute("seed", 8f)
            .run(Tensor.zeros(DataType.FLOAT16, N));
    assertTrue(Arrays.stream(y.toDoubles()).allMatch(value -> value >= 0 && value < 1));
  }

  @Test
  void likeOperatorsDrawTheSame() {
    Tensor x = Tensor.zeros(DataType.DOUBLE, N);
    assertEquals(
        normal(9, DataType.DOUBLE, 1, 3).run(),
        OperatorRunner.of("RandomNormalLike", 22)
            .attribute("mean", 1f)
            .attribute("scale", 3f)
            .attribute("seed", 9f)
            .run(x));
    assertEquals(
        uniform(9, DataType.DOUBLE, 2, 5).run(),
        OperatorRunner.of("RandomUniformLike", 22)
            .attribute("low", 2f)
            .attribute("high", 5f)
            .attribute("seed", 9f)
            .run(x));
  }

  @Test
  void aSeedDecides() {
    for (float seed : new float[] {0, 1, 1.5f, -3}) {
      Tensor first = normal(seed, DataType.FLOAT, 0, 1).run();
      assertEquals(first, normal(seed, DataType.FLOAT, 0, 1).run());
      assertNotEquals(first, normal(seed + 1, DataType.FLOAT, 0, 1).run());
      double[] a = first.toDoubles();
      double[] b = normal(seed + 1, DataType.FLOAT, 0, 1).run().toDoubles();
      double sum = 0;
      for (int i = 0; i < N; i++) {
        sum += a[i] * b[i];
      }
      assertTrue(Math.abs(sum) / Math.sqrt(N) < SIGMAS, "seeds " + seed + " are related");
    }
  }

  @Test
  void coins() {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
      double[] p = new double[N];
      for (int i = 0; i < N; i++) {
        p[i] = i % 11 / 10.0;
      }
      Tensor x = Tensor.fromDoubles(type, p, N);
      Tensor y =
          OperatorRunner.of("Bernoulli", 22)
              .attribute("seed", 4f)
              .attribute("dtype", DataType.INT32.code())
              .run(x);
      int[] ones = new int[11];
      int[] all = new int[11];
      for (int i = 0; i < N; i++) {
        ones[i % 11] += y.ints()[i];
        all[i % 11]++;
        assertTrue(y.ints()[i] == 0 || y.ints()[i] == 1);
      }
      assertEquals(0, ones[0]);
      assertEquals(all[10], ones[10]);
      for (int k = 1; k < 10; k++) {
        double probability = x.getDouble(k);
        double deviation = Math.sqrt(all[k] * probability * (1 - probability));
        assertEquals(all[k] * probability, (double) ones[k], SIGMAS * deviation);
      }
    }
  }

  /** Chi-square of six classes: five degrees of freedom, 1e-5 above 30.9. */
  @Test
  void classes() {
    double[] weights = {1, 2, 0, 4, 0.5, 8, 3};
    double[] logarithms = Arrays.stream(weights).map(Math::log).toArray();
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      Tensor y =
          OperatorRunner.of("Multinomial", 22)
              .attribute("seed", 10f)
              .attribute("sample_size", N)
              .run(Tensor.fromDoubles(type, logarithms, 1, weights.length));
      int[] counts = new int[weights.length];
      Arrays.stream(y.ints()).forEach(drawn -> counts[drawn]++);
      double sum = Arrays.stream(weights).sum();
      double square = 0;
      for (int i = 0; i < weights.length; i++) {
        double expected = N * weights[i] / sum;
        if (expected == 0) {
          assertEquals(0, counts[i]);
        } else {
          square += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
      }
      assertTrue(square < 30.9, "chi-square " + square);
      independent(
          Arrays.stream(y.ints()).mapToDouble(drawn -> drawn).toArray(),
          mean(weights),
          deviation(weights));
    }
  }

  private static double mean(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += i * weights[i];
    }
    return sum / Arrays.stream(weights).sum();
  }

  private static double deviation(double[] weights) {
    double mean = mean(weights);
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += (i - mean) * (i - mean) * weights[i];
    }
    return Math.sqrt(sum / Arrays.stream(weights).sum());
  }

  @Test
  void dropout() {
    Tensor data = Tensor.zeros(DataType.FLOAT, N);
    Arrays.fill(data.floats(), 3);
    for (float ratio : new float[] {0.1f, 0.5f, 0.875f}) {
      List<Value> y =
          OperatorRunner.of("Dropout", 22)
              .attribute("seed", 12)
              .outputs(2)
              .runAll(data, Tensor.scalar(ratio), Tensor.scalar(true));
      double[] kept = new double[N];
      for (int i = 0; i < N; i++) {
        boolean keeps = ((Tensor) y.get(1)).getBoolean(i);
        kept[i] = keeps ? 1 : 0;
        assertEquals(
            keeps ? (float) (3 / (1 - (double) ratio)) : 0, ((Tensor) y.get(0)).floats()[i]);
      }
      double deviation = Math.sqrt(ratio * (1 - ratio));
      double mean = Arrays.stream(kept).average().orElseThrow();
      assertEquals(1 - ratio, mean, SIGMAS * deviation / Math.sqrt(N));
      independent(kept, 1 - ratio, deviation);
    }
  }
}
