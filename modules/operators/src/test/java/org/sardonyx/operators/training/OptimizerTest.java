package org.sardonyx.operators.training;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.vector;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class OptimizerTest {

  private static final Tensor RATE = Tensor.scalar(0.1f);
  private static final Tensor X = vector(DataType.DOUBLE, 1);
  private static final Tensor G = vector(DataType.DOUBLE, 2);
  private static final Tensor V = vector(DataType.DOUBLE, 3);
  private static final Tensor H = vector(DataType.DOUBLE, 4);
  private static final double R = 0.1f;

  private static OperatorRunner of(String name) {
    return OperatorRunner.of("ai.onnx.preview.training", name, 1);
  }

  @Test
  void adagrad() {
    List<Value> y =
        of("Adagrad")
            .outputs(2)
            .attribute("decay_factor", 0.5f)
            .attribute("epsilon", 0.25f)
            .attribute("norm_coefficient", 0.5f)
            .runAll(RATE, Tensor.scalar(2L), X, G, H);
    double g = 2.5;
    double h = 4 + g * g;
    assertClose((Tensor) y.get(0), 1e-15, 1 - R / 2 * g / (Math.sqrt(h) + 0.25));
    assertClose((Tensor) y.get(1), 1e-15, h);
  }

  /** The specification's documents print the default as 0.0, its definition says 1e-6. */
  @Test
  void epsilonIsNotZeroByDefault() {
    Tensor none = Tensor.of(new float[] {0}, 1);
    Tensor x = Tensor.of(new float[] {3}, 1);
    Tensor count = Tensor.scalar(1L);
    List<Value> y = of("Adagrad").outputs(2).runAll(RATE, count, x, none, none);
    assertClose((Tensor) y.get(0), 0, 3);
    y = of("Adam").outputs(3).runAll(RATE, count, x, none, none, none);
    assertClose((Tensor) y.get(0), 0, 3);
  }

  @Test
  void adam() {
    for (int t : new int[] {0, 3}) {
      List<Value> y =
          of("Adam")
              .outputs(3)
              .attribute("alpha", 0.5f)
              .attribute("beta", 0.75f)
              .attribute("epsilon", 0.25f)
              .attribute("norm_coefficient_post", 0.125f)
              .runAll(RATE, Tensor.scalar((long) t), X, G, V, H);
      double v = 0.5 * 3 + 0.5 * 2;
      double h = 0.75 * 4 + 0.25 * 4;
      double r = t == 0 ? R : R * Math.sqrt(1 - Math.pow(0.75, t)) / (1 - Math.pow(0.5, t));
      assertClose((Tensor) y.get(0), 1e-14, 0.875 * (1 - r * v / (Math.sqrt(h) + 0.25)));
      assertClose((Tensor) y.get(1), 1e-15, v);
      assertClose((Tensor) y.get(2), 1e-15, h);
    }
  }

  /** "Default to 0.9", "to 0.999", "to 0, which means no regularization". */
  @Test
  void defaultsAndRegularization() {
    double alpha = 0.9f;
    double beta = 0.999f;
    double epsilon = 1e-6f;
    for (double norm : new double[] {0, 0.5}) {
      double g = norm + 2;
      OperatorRunner adam = of("Adam").outputs(3);
      OperatorRunner adagrad = of("Adagrad").outputs(2);
      if (norm != 0) {
        adam.attribute("norm_coefficient", (float) norm);
        adagrad.attribute("norm_coefficient", (float) norm);
      }
      List<Value> y = adam.runAll(RATE, Tensor.scalar(1L), X, G, V, H);
      double v = alpha * 3 + (1 - alpha) * g;
      double h = beta * 4 + (1 - beta) * g * g;
      double r = R * Math.sqrt(1 - beta) / (1 - alpha);
      assertClose((Tensor) y.get(0), 1e-14, 1 - r * v / (Math.sqrt(h) + epsilon));
      assertClose((Tensor) y.get(1), 1e-14, v);
      assertClose((Tensor) y.get(2), 1e-14, h);
      y = adagrad.runAll(RATE, Tensor.scalar(7L), X, G, H);
      double sum = 4 + g * g;
      assertClose((Tensor) y.get(0), 1e-14, 1 - R * g / (Math.sqrt(sum) + epsilon));
      List<Value> momentum =
          of("Momentum")
              .outputs(2)
              .attribute("alpha", 0.5f)
              .attribute("beta", 0.25f)
              .attribute("norm_coefficient", (float) norm)
              .attribute("mode", "standard")
              .runAll(RATE, Tensor.scalar(1L), X, G, V);
      assertClose((Tensor) momentum.get(1), 1e-15, 0.5 * 3 + 0.25 * g);
    }
    assertThrows(
        InvalidModel.class, () -> of("Momentum").outputs(2).attribute("alpha", 1f).create(5));
  }

  @Test
  void momentumOfTwoTensors() {
    for (String mode : List.of("standard", "nesterov")) {
      OperatorRunner runner =
          of("Momentum")
              .outputs(4)
              .attribute("alpha", 0.5f)
              .attribute("beta", 0.25f)
              .attribute("norm_coefficient", 0f)
              .attribute("mode", mode);
      Tensor x2 = vector(DataType.FLOAT, 7, 8);
      Tensor g2 = vector(DataType.FLOAT, 1, 0);
      Tensor v2 = vector(DataType.FLOAT, 0, 2);
      List<Value> y = runner.runAll(RATE, Tensor.scalar(1L), X, x2, G, g2, V, v2);
      double v = 0.5 * 3 + 0.25 * 2;
      double step = mode.equals("standard") ? v : 2 + 0.5 * v;
      assertClose((Tensor) y.get(0), 1e-15, 1 - R * step);
      assertClose((Tensor) y.get(2), 1e-15, v);
      assertClose((Tensor) y.get(3), 1e-7, 0.25, 1);
      // The first update takes the whole gradient.
      List<Value> first = runner.runAll(RATE, Tensor.scalar(0L), X, x2, G, g2, V, v2);
      assertClose((Tensor) first.get(2), 1e-15, 0.5 * 3 + 2);
    }
  }

  @Test
  void groupsThatDoNotFitAreRefused() {
    assertThrows(
        OperatorFailed.class,
        () ->
            of("Adagrad")
                .outputs(2)
                .runAll(RATE, Tensor.scalar(0L), X, vector(DataType.DOUBLE, 1, 2), H));
    assertThrows(
        InvalidModel.class, () -> of("Adam").outputs(3).runAll(RATE, Tensor.scalar(0L), X, G, H));
  }
}
