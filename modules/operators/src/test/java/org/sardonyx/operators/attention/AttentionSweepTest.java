package org.sardonyx.operators.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Random settings of Attention against its definition, one score at a time. */
final class AttentionSweepTest {

  private static final long SEED = Long.getLong("seed", 20261123L);
  private static final int CASES = Integer.getInteger("cases", 500);

  @Test
  void attentionFollowsItsDefinition() {
    for (int i = 0; i < CASES; i++) {
      long seed = SEED + i;
      try {
        new Case(new Random(seed)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** One random setting; everything is kept as [n][head][row][column]. */
  private static final class Case {

    private final Random random;
    private final DataType type;
    private final int batch;
    private final int keyHeads;
    private final int queryHeads;
    private final int queries;
    private final int keys;
    private final int past;
    private final int size;
    private final int valueSize;
    private final boolean flat;
    private final int opset;
    private boolean causal;
    private int left = -1;
    private int right = -1;
    private double scale;
    private double softcap;
    private int mode;
    private long[] nonpad;
    private Tensor mask;
    private double[][][][] q;
    private double[][][][] k;
    private double[][][][] v;
    private final OperatorRunner runner;

    Case(Random random) {
      this.random = random;
      type =
          List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)
              .get(random.nextInt(4));
      opset = 23 + random.nextInt(3);
      batch = random.nextInt(4);
      keyHeads = 1 + random.nextInt(3);
      queryHeads = keyHeads * (1 + random.nextInt(3));
      queries = random.nextInt(40) == 0 ? 70 : random.nextInt(6);
      int fresh = random.nextInt(6);
      boolean hasPast = random.nextInt(3) == 0;
      past = hasPast ? random.nextInt(4) : 0;
      keys = past + fresh;
      size = 1 + random.nextInt(5);
      valueSize = 1 + random.nextInt(5);
      flat = random.nextBoolean();
      runner = OperatorRunner.of("Attention", opset);
      attributes();
      List<Value> inputs = inputs(hasPast);
      expected(inputs);
    }

    private void attributes() {
      if (flat) {
        runner.attribute("q_num_heads", queryHeads).attribute("kv_num_heads", keyHeads);
      }
      causal = random.nextBoolean();
      if (causal) {
        runner.attribute("is_causal", 1);
      }
      scale = 1 / Math.sqrt(size);
      if (random.nextBoolean()) {
        scale = (float) 0.7;
        runner.attribute("scale", (float) scale);
      }
      if (random.nextInt(3) == 0) {
        softcap = 1.5;
        runner.attribute("softcap", 1.5f);
      }
      if (opset == 25 && random.nextBoolean()) {
        left = random.nextInt(4) - 1;
        right = random.nextInt(4) - 1;
        runner.attribute("left_window_size", left).attribute("right_window_size", right);
      }
      mode = random.nextInt(4);
      runner.attribute("qk_matmul_output_mode", mode);
    }

    private List<Value> inputs(boolean hasPast) {
      List<Value> inputs = new ArrayList<>();
      q = random4(queryHeads, queries, size);
      k = random4(keyHeads, keys, size);
      v = random4(keyHeads, keys, valueSize);
      if (!hasPast && opset >= 24 && random.nextInt(3) == 0) {
        nonpad = new long[batch];
        for (int n = 0; n < batch; n++) {
          nonpad[n] = random.nextInt(keys + 1);
          for (int h = 0; h < keyHeads; h++) {
            for (int j = (int) nonpad[n]; j < keys; j++) {
              Arrays.fill(v[n][h][j], Double.NaN); // Not there, so not to be read.
            }
          }
        }
      }
      inputs.add(packed(q, queryHeads, 0, queries, size, flat));
      inputs.add(packed(k, keyHeads, past, keys, size, flat));
      inputs.add(packed(v, keyHeads, past, keys, valueSize, flat));
      mask = random.nextBoolean() ? mask() : null;
      inputs.add(mask);
      if (hasPast) {
        inputs.add(packed(k, keyHeads, 0, past, size, false));
        inputs.add(packed(v, keyHeads, 0, past, valueSize, false));
      } else if (nonpad != null) {
        inputs.add(null);
        inputs.add(null);
        inputs.add(Tensor.vector(nonpad));
      }
      return inputs;
    }

    private Tensor mask() {
      int[] full = {batch, queryHeads, queries, keys};
      if (opset >= 24 && keys > 0 && random.nextInt(3) == 0) {
        full[3] = random.nextInt(keys) + 1;
      }
      int rank = 1 + random.nextInt(4);
      int[] shape = Arrays.copyOfRange(full, 4 - rank, 4);
      for (int i = 0; i < rank - 1; i++) {
        if (random.nextInt(3) == 0) {
          shape[i] = 1;
        }
      }
      boolean bool = random.nextBoolean();
      Tensor tensor = Tensor.zeros(bool ? DataType.BOOL : type, shape);
      for (int i = 0; i < tensor.size(); i++) {
        if (bool) {
          tensor.setLong(i, random.nextInt(3) == 0 ? 0 : 1);
        } else {
          tensor.setDouble(
              i, random.nextInt(4) == 0 ? Double.NEGATIVE_INFINITY : random.nextGaussian());
        }
      }
      return tensor;
    }

    /** Returns what the mask adds to a score. */
    private double bias(int n, int h, int i, int j) {
      double offset = nonpad != null ? nonpad[n] - queries : past;
      double position = offset + i;
      boolean hidden =
          (causal && j > position)
              || (left >= 0 && j < position - left)
              || (right >= 0 && j > position + right)
              || (nonpad != null && j >= nonpad[n]);
      if (hidden) {
        return Double.NEGATIVE_INFINITY;
      }
      if (mask == null) {
        return 0;
      }
      int[] index = {n, h, i, j};
      int last = mask.dim(-1);
      if (j >= last && !(opset == 23 && last == 1)) {
        return Double.NEGATIVE_INFINITY;
      }
      int at = 0;
      for (int d = 0; d < mask.rank(); d++) {
        int wanted = index[4 - mask.rank() + d];
        at = at * mask.dim(d) + (mask.dim(d) == 1 ? 0 : wanted);
      }
      if (mask.dataType() == DataType.BOOL) {
        return mask.getBoolean(at) ? 0 : Double.NEGATIVE_INFINITY;
      }
      return mask.getDouble(at);
    }

    private final List<double[]> expected = new ArrayList<>();
    private final List<Value> given = new ArrayList<>();

    private void expected(List<Value> inputs) {
      given.addAll(inputs);
      double[][][][] y = new double[batch][queryHeads][queries][valueSize];
      double[][][][] shown = new double[batch][queryHeads][queries][keys];
      for (int n = 0; n < batch; n++) {
        for (int h = 0; h < queryHeads; h++) {
          int hk = h * keyHeads / queryHeads;
          for (int i = 0; i < queries; i++) {
            double[] p = new double[keys];
            double max = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < keys; j++) {
              double product = 0;
              for (int e = 0; e < size; e++) {
                product += q[n][h][i][e] * k[n][hk][j][e];
              }
              p[j] = product * scale;
              double raw = p[j];
              if (softcap > 0) {
                p[j] = softcap * Math.tanh(p[j] / softcap);
              }
              double capped = p[j];
              p[j] += bias(n, h, i, j);
              shown[n][h][i][j] = mode == 0 ? raw : mode == 1 ? capped : p[j];
              max = Math.max(max, p[j]);
            }
            double sum = 0;
            for (int j = 0; j < keys; j++) {
              p[j] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(p[j] - max);
              sum += p[j];
            }
            for (int j = 0; j < keys; j++) {
              p[j] = sum == 0 ? 0 : p[j] / sum;
              if (mode == 3) {
                shown[n][h][i][j] = p[j];
              }
              for (int e = 0; e < valueSize && p[j] != 0; e++) {
                y[n][h][i][e] += p[j] * v[n][hk][j][e];
              }
            }
          }
        }
      }
      expected.add(flat(y, queryHeads, 0, queries, valueSize, flat));
      expected.add(flat(k, keyHeads, 0, keys, size, false));
      expected.add(flat(v, keyHeads, 0, keys, valueSize, false));
      expected.add(flat(shown, queryHeads, 0, queries, keys, false));
    }

    void run() {
      int outputs = 1 + random.nextInt(4);
      if (nonpad != null && outputs < 4) {
        outputs = 1; // No present beside it.
      }
      runner.outputs(outputs);
      for (int i = 1; i < Math.min(outputs, 3); i++) {
        if (nonpad != null || (i < outputs - 1 && random.nextBoolean())) {
          runner.unwanted(i);
        }
      }
      List<Value> results = runner.runAll(given.toArray(new Value[0]));
      for (int i = 0; i < outputs; i++) {
        if (results.get(i) instanceof Tensor actual) {
          compare("output " + i + " mode " + mode, expected.get(i), actual);
        }
      }
    }

    private void compare(String what, double[] want, Tensor actual) {
      double tolerance =
          switch (type) {
            case DOUBLE -> 1e-12;
            case FLOAT -> 1e-5;
            case FLOAT16 -> 2e-3;
            default -> 1e-2;
          };
      assertEquals(want.length, actual.size(), what);
      for (int i = 0; i < want.length; i++) {
        double got = actual.getDouble(i);
        if (Double.compare(want[i], got) != 0) {
          assertTrue(
              Math.abs(want[i] - got) <= tolerance * (1 + Math.abs(want[i])),
              what + " " + type + " at " + i + ": " + want[i] + " against " + got);
        }
      }
    }

    private double[][][][] random4(int heads, int rows, int columns) {
      double[][][][] x = new double[batch][heads][rows][columns];
      Tensor one = Tensor.zeros(type, 1);
      for (double[][][] a : x) {
        for (double[][] b : a) {
          for (double[] c : b) {
            for (int i = 0; i < columns; i++) {
              one.setDouble(0, random.nextGaussian());
              c[i] = one.getDouble(0);
            }
          }
        }
      }
      return x;
    }

    private double[] flat(
        double[][][][] x, int heads, int from, int to, int columns, boolean rowFirst) {
      double[] all = new double[batch * heads * (to - from) * columns];
      int rows = to - from;
      for (int n = 0; n < batch; n++) {
        for (int h = 0; h < heads; h++) {
          for (int i = 0; i < rows; i++) {
            int at = rowFirst ? (n * rows + i) * heads + h : (n * heads + h) * rows + i;
            System.arraycopy(x[n][h][from + i], 0, all, at * columns, columns);
          }
        }
      }
      return all;
    }

    private Tensor packed(
        double[][][][] x, int heads, int from, int to, int columns, boolean rowFirst) {
      int[] shape =
          rowFirst
              ? new int[] {batch, to - from, heads * columns}
              : new int[] {batch, heads, to - from, columns};
      return Tensor.fromDoubles(type, flat(x, heads, from, to, columns, rowFirst), shape);
    }
  }
}
