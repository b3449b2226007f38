package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class NormalizationTest {

  private static final long SEED = Long.getLong("seed", 20261123L);

  private final Random random = new Random(SEED);

  @Test
  void batchNormalizationUsesTheGivenStatistics() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
    Tensor y =
        OperatorRunner.of("BatchNormalization", 15)
            .attribute("epsilon", 0f)
            .run(x, vector(2, 1), vector(10, 0), vector(1, 2), vector(4, 1));
    assertArrayEquals(new float[] {10, 11, 1, 2}, y.floats());
  }

  @Test
  void batchNormalizationOfOneDimensionHasOneChannel() {
    Tensor y =
        OperatorRunner.of("BatchNormalization", 9)
            .attribute("epsilon", 0f)
            .run(vector(1, 3), vector(1), vector(0), vector(1), vector(4));
    assertArrayEquals(new float[] {0, 1}, y.floats());
  }

  @Test
  void batchNormalizationWithoutSpatialHasAChannelForEachPlace() {
    Tensor parameter = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    Tensor y =
        OperatorRunner.of("BatchNormalization", 7)
            .attribute("spatial", 0)
            .attribute("epsilon", 0f)
            .run(
                Tensor.of(new float[] {1, 1, 1, 1}, 1, 2, 2),
                parameter,
                parameter,
                Tensor.zeros(DataType.FLOAT, 2, 2),
                Tensor.of(new float[] {1, 1, 1, 1}, 2, 2));
    assertArrayEquals(new float[] {2, 4, 6, 8}, y.floats());
  }

  @Test
  void batchNormalizationTrains() {
    Tensor x = Tensor.of(new float[] {1, 10, 3, 30}, 2, 2, 1);
    OperatorRunner runner =
        OperatorRunner.of("BatchNormalization", 14)
            .attribute("training_mode", 1)
            .attribute("momentum", 0.5f)
            .attribute("epsilon", 0f)
            .outputs(3);
    List<Value> y = runner.runAll(x, vector(1, 1), vector(0, 0), vector(0, 0), vector(1, 0));
    assertArrayEquals(new float[] {-1, -1, 1, 1}, floats(y, 0));
    assertArrayEquals(new float[] {1, 10}, floats(y, 1));
    assertArrayEquals(new float[] {1, 50}, floats(y, 2));
    OperatorRunner old =
        OperatorRunner.of("BatchNormalization", 6)
            .attribute("momentum", 0.5f)
            .attribute("epsilon", 0f)
            .outputs(5);
    List<Value> z = old.runAll(x, vector(1, 1), vector(0, 0), vector(0, 0), vector(1, 0));
    assertArrayEquals(new float[] {-1, -1, 1, 1}, floats(z, 0));
    assertArrayEquals(new float[] {2, 20}, floats(z, 3));
    assertArrayEquals(new float[] {1, 100}, floats(z, 4));
  }

  @Test
  void batchNormalizationRefusesStatisticsWithoutTraining() {
    assertThrows(
        InvalidModel.class, () -> OperatorRunner.of("BatchNormalization", 15).outputs(3).create(5));
    assertThrows(
        OperatorFailed.class,
        () ->
            OperatorRunner.of("BatchNormalization", 15)
                .run(
                    Tensor.zeros(DataType.FLOAT, 1, 3, 2),
                    vector(1, 1),
                    vector(1, 1),
                    vector(1, 1),
                    vector(1, 1)));
  }

  @Test
  void layerNormalizationGivesItsStatistics() {
    Tensor x = Tensor.of(new float[] {1, 3, 5, 13}, 2, 2);
    List<Value> y =
        OperatorRunner.of("LayerNormalization", 17)
            .attribute("epsilon", 0f)
            .outputs(3)
            .runAll(x, vector(1, 2), vector(0, 100));
    assertArrayEquals(new float[] {-1, 102, -1, 102}, floats(y, 0));
    assertArrayEquals(new float[] {2, 9}, floats(y, 1));
    assertArrayEquals(new float[] {1, 0.25f}, floats(y, 2));
    assertTrue(((Tensor) y.get(1)).hasShape(2, 1));
  }

  @Test
  void layerNormalizationIsStableFarFromZero() {
    float[] x = new float[1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = 1e6f + (i % 2 == 0 ? 1 : -1);
    }
    float[] ones = new float[1000];
    java.util.Arrays.fill(ones, 1);
    Tensor y =
        OperatorRunner.of("LayerNormalization", 17)
            .run(Tensor.of(x, 1, 1000), Tensor.of(ones, 1000));
    assertEquals(1, y.floats()[0], 1e-5);
    assertEquals(-1, y.floats()[999], 1e-5);
  }

  /** The sum of the squares is beyond float16, and the statistics are float as stash_type says. */
  @Test
  void layerNormalizationOfHalvesIsComputedInFloat() {
    Tensor x = Tensor.fromFloats(DataType.FLOAT16, new float[] {1000, -1000, 1000, -1000}, 1, 4);
    Tensor one = Tensor.fromFloats(DataType.FLOAT16, new float[] {1, 1, 1, 1}, 4);
    List<Value> y = OperatorRunner.of("LayerNormalization", 17).outputs(3).runAll(x, one);
    assertArrayEquals(new float[] {1, -1, 1, -1}, ((Tensor) y.get(0)).toFloats());
    assertArrayEquals(new float[] {0}, floats(y, 1));
    assertArrayEquals(new float[] {1e-3f}, floats(y, 2), 1e-9f);
  }

  @Test
  void parametersOfLayerNormalizationBroadcast() {
    Tensor x = Samples.normal(random, DataType.FLOAT, 2, 3, 4);
    Tensor full = OperatorRunner.of("LayerNormalization", 17).run(x, vector(2, 2, 2, 2));
    Tensor one = OperatorRunner.of("LayerNormalization", 17).run(x, vector(2));
    assertEquals(full, one);
    // A scale for each row, and a bias for each element.
    Tensor scale = Tensor.of(new float[] {1, 2, 3}, 3, 1);
    Tensor plain = OperatorRunner.of("LayerNormalization", 17).run(x, vector(1));
    Tensor scaled =
        OperatorRunner.of("LayerNormalization", 17).run(x, scale, Tensor.zeros(DataType.FLOAT, 1));
    for (int i = 0; i < 24; i++) {
      assertEquals(plain.floats()[i] * (1 + i / 4 % 3), scaled.floats()[i], 1e-6);
    }
  }

  @Test
  void normalizationsAgreeWithTheirFormulas() {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
      Tensor x = Samples.normal(random, type, 3, 4, 5, 2);
      Tensor scale = Samples.normal(random, type, 4);
      Tensor bias = Samples.normal(random, type, 4);
      double bound = type == DataType.DOUBLE ? 1e-13 : type == DataType.FLOAT ? 1e-6 : 2e-3;
      Tensor instance = OperatorRunner.of("InstanceNormalization", 6).run(x, scale, bias);
      Samples.near(groups(x, 4, scale, bias), instance, bound);
      Tensor group =
          OperatorRunner.of("GroupNormalization", 21)
              .attribute("num_groups", 2)
              .run(x, scale, bias);
      Samples.near(groups(x, 2, scale, bias), group, bound);
      Samples.batchIndependent(
          group,
          OperatorRunner.of("GroupNormalization", 21)
              .attribute("num_groups", 2)
              .run(Samples.row(x, 1), scale, bias),
          1);
    }
  }

  private static double[] groups(Tensor x, int groups, Tensor scale, Tensor bias) {
    int plane = x.dim(2) * x.dim(3);
    int n = x.dim(1) / groups * plane;
    double[] y = new double[x.size()];
    for (int start = 0; start < y.length; start += n) {
      double mean = 0;
      for (int i = start; i < start + n; i++) {
        mean += x.getDouble(i) / n;
      }
      double variance = 0;
      for (int i = start; i < start + n; i++) {
        variance += (x.getDouble(i) - mean) * (x.getDouble(i) - mean) / n;
      }
      for (int i = start; i < start + n; i++) {
        int c = i / plane % x.dim(1);
        y[i] =
            (x.getDouble(i) - mean) / Math.sqrt(variance + 1e-5f) * scale.getDouble(c)
                + bias.getDouble(c);
      }
    }
    return y;
  }

  @Test
  void groupNormalization18HasParametersForEachGroup() {
    Tensor x = Tensor.of(new float[] {1, 3, 10, 30}, 1, 4, 1);
    Tensor y =
        OperatorRunner.of("GroupNormalization", 18)
            .attribute("num_groups", 2)
            .attribute("epsilon", 0f)
            .run(x, vector(1, 2), vector(0, 5));
    assertArrayEquals(new float[] {-1, 1, 3, 7}, y.floats());
  }

  @Test
  void rmsNormalizationDividesByTheRootMeanSquare() {
    Tensor y =
        OperatorRunner.of("RMSNormalization", 23)
            .attribute("epsilon", 0f)
            .run(Tensor.of(new float[] {1, 7}, 1, 2), vector(5, 10));
    assertArrayEquals(new float[] {1, 14}, y.floats(), 1e-6f);
  }

  @Test
  void lpNormalizationOfZerosIsZero() {
    Tensor x = Tensor.of(new float[] {3, 0, 4, 0}, 2, 2);
    OperatorRunner runner = OperatorRunner.of("LpNormalization", 1).attribute("axis", 0);
    assertArrayEquals(new float[] {0.6f, 0, 0.8f, 0}, runner.run(x).floats());
    assertArrayEquals(new float[] {3 / 7f, 0, 4 / 7f, 0}, runner.attribute("p", 1).run(x).floats());
    assertThrows(
        InvalidModel.class,
        () -> OperatorRunner.of("LpNormalization", 1).attribute("p", 3).create(1));
  }

  @Test
  void meanVarianceNormalizationOverEveryAxisButTheChannels() {
    Tensor x = Tensor.of(new float[] {1, 5, 3, 9}, 2, 2, 1, 1);
    Tensor y = OperatorRunner.of("MeanVarianceNormalization", 13).run(x);
    assertArrayEquals(new float[] {-1, -1, 1, 1}, y.floats(), 1e-6f);
  }

  @Test
  void localResponseNormalizationLooksFurtherAhead() {
    // size 2: the channel itself and the next.
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3, 1);
    Tensor y =
        OperatorRunner.of("LRN", 1)
            .attribute("size", 2)
            .attribute("alpha", 2f)
            .attribute("beta", 1f)
            .run(x);
    assertArrayEquals(new float[] {1 / 6f, 2 / 14f, 3 / 10f}, y.floats(), 1e-7f);
  }

  @Test
  void rootsAreThePowerOfMostModels() {
    Tensor y =
        OperatorRunner.of("LRN", 1)
            .attribute("size", 1)
            .attribute("alpha", 15f)
            .run(Tensor.of(new float[] {1, 0, Float.POSITIVE_INFINITY}, 1, 1, 3));
    assertArrayEquals(new float[] {1 / 8f, 0, Float.NaN}, y.floats(), 1e-7f);
  }

  /** Statistics of floats are the same in double where a sum in float is not. */
  @Test
  void instancesOfAnyMagnitude() {
    for (float magnitude : new float[] {1e-24f, 1, 1e20f, 1.5e38f}) {
      float[] x = new float[2 * 5000];
      for (int i = 0; i < x.length; i++) {
        x[i] = magnitude * (1 + i % 2 * 0.5f);
      }
      Tensor y =
          OperatorRunner.of("InstanceNormalization", 6)
              .attribute("epsilon", 0f)
              .run(Tensor.of(x, 1, 2, 5000), vector(1, 2), vector(0, 1));
      assertEquals(-1, y.floats()[0], 1e-5);
      assertEquals(3, y.floats()[9999], 1e-5);
      float[] norms = OperatorRunner.of("LpNormalization", 1).run(Tensor.of(x, 2, 5000)).floats();
      assertEquals(1 / Math.sqrt(2500 + 2500 * 2.25), norms[5000], 1e-7);
      float[] means =
          OperatorRunner.of("GlobalAveragePool", 1).run(Tensor.of(x, 1, 2, 5000)).floats();
      assertEquals(1.25, means[1] / magnitude, 1e-6);
    }
  }

  private static Tensor vector(float... values) {
    return Tensor.of(values, values.length);
  }

  private static float[] floats(List<Value> values, int i) {
    return ((Tensor) values.get(i)).floats();
  }
}
