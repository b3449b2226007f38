package org.sardonyx.operators.recurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Random settings of LSTM, GRU and RNN against the equations. */
final class RecurrentSweepTest {

  private static final long SEED = Long.getLong("seed", 20261123L);
  private static final int CASES = Integer.getInteger("cases", 400);

  private static final List<String> NAMES =
      List.of(
          "Relu",
          "Tanh",
          "Sigmoid",
          "Affine",
          "LeakyRelu",
          "ThresholdedRelu",
          "ScaledTanh",
          "HardSigmoid",
          "Elu",
          "Softsign",
          "Softplus");

  @Test
  void lstmFollowsItsEquations() {
    sweep("LSTM");
  }

  @Test
  void gruFollowsItsEquations() {
    sweep("GRU");
  }

  @Test
  void rnnFollowsItsEquations() {
    sweep("RNN");
  }

  private static void sweep(String operator) {
    for (int i = 0; i < CASES; i++) {
      long seed = SEED + i;
      try {
        new Case(operator, new Random(seed)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(operator + " with -Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** One random setting. */
  private static final class Case {

    private final Random random;
    private final Equations e = new Equations();
    private final OperatorRunner runner;
    private final DataType type;
    private final List<Value> inputs = new ArrayList<>();

    Case(String operator, Random random) {
      this.random = random;
      e.operator = operator;
      e.time = random.nextInt(7);
      e.batch = random.nextInt(5);
      e.input = random.nextInt(4);
      e.hidden = 1 + random.nextInt(18);
      e.direction = List.of("forward", "reverse", "bidirectional").get(random.nextInt(3));
      type =
          List.of(
                  DataType.FLOAT,
                  DataType.FLOAT,
                  DataType.DOUBLE,
                  DataType.FLOAT16,
                  DataType.BFLOAT16)
              .get(random.nextInt(5));
      int opset =
          type == DataType.BFLOAT16 || random.nextBoolean()
              ? 22
              : List.of(7, 14).get(random.nextInt(2));
      e.batchFirst = opset >= 14 && random.nextBoolean();
      runner = OperatorRunner.of(operator, opset).attribute("direction", e.direction);
      if (e.batchFirst) {
        runner.attribute("layout", 1);
      }
      if (random.nextBoolean()) {
        runner.attribute("hidden_size", e.hidden);
      }
      if (random.nextInt(3) == 0) {
        float clip = 0.05f + random.nextFloat();
        e.clip = clip;
        runner.attribute("clip", clip);
      }
      functions();
      if (operator.equals("LSTM") && random.nextInt(3) == 0) {
        e.inputForget = true;
        runner.attribute("input_forget", 1);
      }
      if (operator.equals("GRU") && random.nextBoolean()) {
        e.linearBeforeReset = true;
        runner.attribute("linear_before_reset", 1);
      }
      data();
    }

    private void functions() {
      List<DoubleUnaryOperator> functions = new ArrayList<>();
      int count = e.perDirection() * e.directions();
      if (random.nextBoolean()) {
        for (int i = 0; i < count; i++) {
          boolean gate = !e.operator.equals("RNN") && i % e.perDirection() == 0;
          functions.add(Equations.function(gate ? "Sigmoid" : "Tanh", 0, 0));
        }
        e.functions = functions;
        return;
      }
      String[] names = new String[count];
      List<Float> alphas = new ArrayList<>();
      List<Float> betas = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        names[i] = NAMES.get(random.nextInt(NAMES.size()));
        float alpha = 0;
        float beta = 0;
        if (List.of("Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu")
            .contains(names[i])) {
          alpha = 0.1f + random.nextFloat();
          alphas.add(alpha);
        }
        if (List.of("Affine", "ScaledTanh", "HardSigmoid").contains(names[i])) {
          beta = random.nextFloat();
          betas.add(beta);
        }
        functions.add(Equations.function(names[i], alpha, beta));
        if (random.nextInt(4) == 0) {
          names[i] = names[i].toLowerCase(java.util.Locale.ROOT);
        }
      }
      e.functions = functions;
      runner.strings("activations", names);
      if (!alphas.isEmpty()) {
        runner.floats("activation_alpha", array(alphas));
      }
      if (!betas.isEmpty()) {
        runner.floats("activation_beta", array(betas));
      }
    }

    private static float[] array(List<Float> values) {
      float[] array = new float[values.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = values.get(i);
      }
      return array;
    }

    private void data() {
      int d = e.directions();
      int g = e.gates() * e.hidden;
      int[] xShape =
          e.batchFirst
              ? new int[] {e.batch, e.time, e.input}
              : new int[] {e.time, e.batch, e.input};
      int[] stateShape =
          e.batchFirst ? new int[] {e.batch, d, e.hidden} : new int[] {d, e.batch, e.hidden};
      Tensor x = tensor(xShape);
      inputs.add(x);
      inputs.add(tensor(d, g, e.input));
      inputs.add(tensor(d, g, e.hidden));
      inputs.add(random.nextBoolean() ? tensor(d, 2 * g) : null);
      inputs.add(random.nextBoolean() ? lens(x) : null);
      inputs.add(random.nextBoolean() ? tensor(stateShape) : null);
      if (e.operator.equals("LSTM")) {
        inputs.add(random.nextBoolean() ? tensor(stateShape) : null);
        inputs.add(random.nextBoolean() ? tensor(d, 3 * e.hidden) : null);
      }
      while (inputs.getLast() == null && random.nextBoolean()) {
        inputs.removeLast();
      }
      e.x = doubles(0);
      e.w = doubles(1);
      e.r = doubles(2);
      e.b = doubles(3);
      e.h0 = doubles(5);
      e.c0 = doubles(6);
      e.p = doubles(7);
    }

    private Tensor tensor(int... shape) {
      double[] values = new double[Tensor.checkedSize(shape)];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextGaussian() * 0.5;
      }
      return Tensor.fromDoubles(type, values, shape);
    }

    /** Lengths, with the padding of X made NaN: it must not be read. */
    private Tensor lens(Tensor x) {
      e.lens = new int[e.batch];
      for (int n = 0; n < e.batch; n++) {
        e.lens[n] = random.nextInt(e.time + 1);
        for (int t = e.lens[n]; t < e.time; t++) {
          for (int i = 0; i < e.input; i++) {
            x.setDouble(
                (e.batchFirst ? n * e.time + t : t * e.batch + n) * e.input + i, Double.NaN);
          }
        }
      }
      return Tensor.of(e.lens.clone(), e.batch);
    }

    private double[] doubles(int input) {
      return input < inputs.size() && inputs.get(input) instanceof Tensor tensor
          ? tensor.toDoubles()
          : null;
    }

    void run() {
      e.run();
      int outputs = 1 + random.nextInt(e.operator.equals("LSTM") ? 3 : 2);
      runner.outputs(outputs);
      for (int i = 0; i < outputs - 1; i++) {
        if (random.nextInt(4) == 0) {
          runner.unwanted(i);
        }
      }
      List<Value> results = runner.runAll(inputs.toArray(new Value[0]));
      double[][] expected = {e.y, e.yh, e.yc};
      for (double[] each : expected) {
        for (double value : each) {
          if (Math.abs(value) > 1000) {
            return; // Functions without bounds made it grow: nothing is to be learnt from that.
          }
        }
      }
      for (int i = 0; i < outputs; i++) {
        if (results.get(i) instanceof Tensor tensor) {
          compare("output " + i, expected[i], tensor);
        }
      }
    }

    private void compare(String what, double[] expected, Tensor actual) {
      double tolerance =
          switch (type) {
            case DOUBLE -> 1e-12;
            case FLOAT -> 1e-5;
            case FLOAT16 -> 1.1e-3;
            default -> 8e-3;
          };
      assertEquals(expected.length, actual.size(), what);
      for (int i = 0; i < expected.length; i++) {
        double error = Math.abs(expected[i] - actual.getDouble(i));
        assertTrue(
            error <= tolerance * (1 + Math.abs(expected[i])),
            what
                + " of type "
                + type
                + " at "
                + i
                + ": "
                + expected[i]
                + " against "
                + actual.getDouble(i));
      }
    }
  }
}
