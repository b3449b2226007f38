package org.sardonyx.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What layers compute, against their formulas in plain loops over doubles. */
class FormulasTest {

  private static final int IN = 3;
  private static final int H = 4;
  private static final int TIME = 6;

  private final Draws draws = new Draws(21);
  private final Tensor w = draws.floats(4 * H, IN);
  private final Tensor r = draws.floats(4 * H, H);
  private final Tensor b = draws.floats(4 * H);
  private final Tensor x = draws.floats(1, TIME, IN);
  private final Tensor states = draws.floats(1, TIME, H);

  /** rows [from, from + count) of a matrix, times a vector. */
  private static double[] times(Tensor matrix, int from, int count, double[] v) {
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < v.length; j++) {
        y[i] += matrix.floats()[(from + i) * v.length + j] * v[j];
      }
    }
    return y;
  }

  private static double[] times(Tensor matrix, double[] v) {
    return times(matrix, 0, matrix.dim(0), v);
  }

  private static double[] plus(double[]... all) {
    double[] sum = new double[all[0].length];
    for (double[] one : all) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += one[i];
      }
    }
    return sum;
  }

  private static double[] by(double[] a, double[] b) {
    double[] y = new double[a.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = a[i] * b[i];
    }
    return y;
  }

  private static double[] map(DoubleUnaryOperator f, double[] a) {
    return java.util.Arrays.stream(a).map(f).toArray();
  }

  private static double dot(double[] a, double[] b) {
    return java.util.Arrays.stream(by(a, b)).sum();
  }

  private static double[] doubles(Tensor t) {
    return t.toDoubles();
  }

  private static double[] row(Tensor series, int t, int size) {
    return java.util.Arrays.copyOfRange(doubles(series), t * size, (t + 1) * size);
  }

  /** W x + R u + b of a gate, numbered as PyTorch has them: i, f, g, o. */
  private double[] gate(int number, double[] input, double[] back) {
    return plus(
        times(w, number * H, H, input),
        times(r, number * H, H, back),
        java.util.Arrays.copyOfRange(doubles(b), number * H, (number + 1) * H));
  }

  private static void check(double[][] expected, Tensor found) {
    int size = expected[0].length;
    for (int t = 0; t < expected.length; t++) {
      for (int k = 0; k < size; k++) {
        assertEquals(expected[t][k], found.floats()[t * size + k], 2e-6, "step " + t);
      }
    }
  }

  private Tensor run(Cell cell) {
    Network net = new Network("n");
    net.output("y", net.series("x", IN).then(Recurrent.of(cell)));
    return Draws.run(net, "y", Map.of("x", x));
  }

  @Test
  void candidateRecurrent() {
    double[] g = new double[H];
    double[] c = new double[H];
    double[][] y = new double[TIME][];
    for (int t = 0; t < TIME; t++) {
      double[] in = row(x, t, IN);
      double[] i = map(FormulasTest::sigma, gate(0, in, g));
      double[] f = map(FormulasTest::sigma, gate(1, in, g));
      g = map(Math::tanh, gate(2, in, g));
      c = plus(by(f, c), by(i, g));
      y[t] = by(map(FormulasTest::sigma, gate(3, in, g)), map(Math::tanh, c));
    }
    check(y, run(CandidateLstm.of(WeightFormat.PYTORCH, w, r, b)));
  }

  @Test
  void cellRecurrent() {
    double[] c = new double[H];
    double[][] y = new double[TIME][];
    for (int t = 0; t < TIME; t++) {
      double[] in = row(x, t, IN);
      double[] before = c;
      c =
          plus(
              by(map(FormulasTest::sigma, gate(1, in, before)), before),
              by(
                  map(FormulasTest::sigma, gate(0, in, before)),
                  map(Math::tanh, gate(2, in, before))));
      y[t] = by(map(FormulasTest::sigma, gate(3, in, before)), map(Math::tanh, c));
    }
    check(y, run(CellLstm.of(WeightFormat.PYTORCH, w, r, b)));
  }

  @Test
  void projected() {
    Tensor back = draws.floats(4 * H, 2);
    Tensor p = draws.floats(2, H);
    double[] h = new double[2];
    double[] c = new double[H];
    double[][] y = new double[TIME][];
    for (int t = 0; t < TIME; t++) {
      double[][] gates = new double[4][];
      for (int k = 0; k < 4; k++) {
        gates[k] =
            plus(
                times(w, k * H, H, row(x, t, IN)),
                times(back, k * H, H, h),
                java.util.Arrays.copyOfRange(doubles(b), k * H, (k + 1) * H));
      }
      c =
          plus(
              by(map(FormulasTest::sigma, gates[1]), c),
              by(map(FormulasTest::sigma, gates[0]), map(Math::tanh, gates[2])));
      h = times(p, by(map(FormulasTest::sigma, gates[3]), map(Math::tanh, c)));
      y[t] = h;
    }
    check(y, run(ProjectedLstm.of(WeightFormat.PYTORCH, w, back, p, b)));
  }

  private static double[] normal(double[] v, double[] scale) {
    double mean = java.util.Arrays.stream(v).average().orElseThrow();
    double variance =
        java.util.Arrays.stream(v).map(e -> (e - mean) * (e - mean)).average().orElseThrow();
    return by(map(e -> (e - mean) / Math.sqrt(variance + 1e-3f), v), scale);
  }

  @Test
  void normalized() {
    Tensor sx = draws.floats(4 * H);
    Tensor sh = draws.floats(4 * H);
    Tensor sc = draws.floats(H);
    Tensor bc = draws.floats(H);
    double[] h = new double[H];
    double[] c = new double[H];
    double[][] y = new double[TIME][];
    for (int t = 0; t < TIME; t++) {
      double[] all =
          plus(
              normal(times(w, row(x, t, IN)), doubles(sx)),
              normal(times(r, h), doubles(sh)),
              doubles(b));
      double[][] gates = new double[4][];
      for (int k = 0; k < 4; k++) {
        gates[k] = java.util.Arrays.copyOfRange(all, k * H, (k + 1) * H);
      }
      c =
          plus(
              by(map(FormulasTest::sigma, gates[1]), c),
              by(map(FormulasTest::sigma, gates[0]), map(Math::tanh, gates[2])));
      h =
          by(
              map(FormulasTest::sigma, gates[3]),
              map(Math::tanh, plus(normal(c, doubles(sc)), doubles(bc))));
      y[t] = h;
    }
    NormalizedLstm.Scales scales = new NormalizedLstm.Scales(sx, sh, sc, bc);
    check(y, run(NormalizedLstm.of(WeightFormat.PYTORCH, w, r, scales, 1e-3f, b)));
  }

  /** Both resets, as the operator and as the steps that decoders take. */
  @Test
  void gruBeforeAndAfter() {
    Tensor gw = draws.floats(3 * H, IN);
    Tensor gr = draws.floats(3 * H, H);
    Tensor wb = draws.floats(3 * H);
    Tensor rb = draws.floats(3 * H);
    for (boolean after : new boolean[] {true, false}) {
      double[] h = new double[H];
      double[][] y = new double[TIME][];
      for (int t = 0; t < TIME; t++) {
        double[][] in = new double[3][];
        double[][] back = new double[3][];
        for (int k = 0; k < 3; k++) {
          in[k] = plus(times(gw, k * H, H, row(x, t, IN)), part(wb, k));
          back[k] = plus(times(gr, k * H, H, h), part(rb, k));
        }
        double[] reset = map(FormulasTest::sigma, plus(in[0], back[0]));
        double[] z = map(FormulasTest::sigma, plus(in[1], back[1]));
        double[] seen =
            after ? by(reset, back[2]) : plus(times(gr, 2 * H, H, by(reset, h)), part(rb, 2));
        double[] n = map(Math::tanh, plus(in[2], seen));
        h = plus(by(map(e -> 1 - e, z), n), by(z, h));
        y[t] = h;
      }
      Gru gru = Gru.of(WeightFormat.PYTORCH, gw, gr, wb, rb);
      Gru form = after ? gru : gru.resetBefore();
      check(y, run(form));
      check(y, run(Stepped.of(form)));
    }
  }

  private static double[] part(Tensor bias, int number) {
    return java.util.Arrays.copyOfRange(doubles(bias), number * H, (number + 1) * H);
  }

  private interface Score {
    double of(double[] q, double[] k);
  }

  private static double[] attend(double[] q, double[][] keys, double[][] values, Score score) {
    double[] e = new double[keys.length];
    for (int j = 0; j < e.length; j++) {
      e[j] = Math.exp(score.of(q, keys[j]));
    }
    double sum = java.util.Arrays.stream(e).sum();
    double[] y = new double[values[0].length];
    for (int j = 0; j < e.length; j++) {
      double alpha = e[j] / sum;
      y = plus(y, map(v -> alpha * v, values[j]));
    }
    return y;
  }

  private double[][] steps(int count) {
    double[][] rows = new double[count][];
    for (int t = 0; t < count; t++) {
      rows[t] = row(states, t, H);
    }
    return rows;
  }

  /** As a layer, over all steps and over the first four by lengths and by a mask. */
  private void attention(Layer<Series, Series> layer, Score score) {
    for (int how = 0; how < 3; how++) {
      int count = how == 0 ? TIME : 4;
      double[][] y = new double[TIME][];
      for (int t = 0; t < TIME; t++) {
        y[t] = attend(row(states, t, H), steps(count), steps(count), score);
      }
      Network net = new Network("n");
      Series h = net.series("x", H);
      Map<String, Value> inputs =
          switch (how) {
            case 0 -> Map.of("x", states);
            case 1 -> Map.of("x", states, "n", Tensor.of(new int[] {count}, 1));
            default -> Map.of("x", states, "m", Tensor.of(new float[] {1, 1, 1, 1, 0, 0}, 1, TIME));
          };
      Series counted =
          switch (how) {
            case 0 -> h;
            case 1 -> h.withLengths(net.lengths("n"));
            default -> h.withMask(net.mask("m", DataType.FLOAT, Axes.BATCH_FIRST));
          };
      net.output("y", counted.then(layer));
      check(y, Draws.run(net, "y", inputs));
    }
  }

  @Test
  void attentionByItsScores() {
    attention(Attention.dot(), FormulasTest::dot);
    Tensor general = draws.floats(H, H);
    attention(Attention.general(general), (q, k) -> dot(q, times(general, k)));
    Tensor a = draws.floats(2 * H);
    double[] first = part(a, 0);
    double[] second = part(a, 1);
    attention(Attention.pairwise(a, 0.4f), (q, k) -> dot(first, q) + dot(second, k) + 0.4f);
    Tensor wq = draws.floats(5, H);
    Tensor uk = draws.floats(5, H);
    Tensor bias = draws.floats(5);
    Tensor v = draws.floats(5);
    attention(
        Attention.additive(WeightFormat.PYTORCH, wq, uk, bias, v),
        (q, k) ->
            dot(doubles(v), map(Math::tanh, plus(times(wq, q), times(uk, k), doubles(bias)))));
  }

  @Test
  void pooled() {
    Tensor weights = draws.floats(H);
    double[] y = attend(doubles(weights), steps(TIME), steps(TIME), FormulasTest::dot);
    Network net = new Network("n");
    net.output("y", net.series("x", H).then(Attention.pooled(weights, 0.7f)));
    check(new double[][] {y}, Draws.run(net, "y", Map.of("x", states)));
  }

  @Test
  void headsAndCausality() {
    Tensor in = draws.floats(3 * H, H);
    Tensor inBias = draws.floats(3 * H);
    Tensor out = draws.floats(H, H);
    Tensor outBias = draws.floats(H);
    MultiHeadAttention heads = MultiHeadAttention.ofPyTorch(2, in, inBias, out, outBias);
    for (boolean causal : new boolean[] {false, true}) {
      double[][] y = new double[TIME][];
      for (int t = 0; t < TIME; t++) {
        int count = causal ? t + 1 : TIME;
        double[] both = new double[H];
        for (int head = 0; head < 2; head++) {
          double[][] keys = new double[count][];
          double[][] values = new double[count][];
          for (int j = 0; j < count; j++) {
            keys[j] = half(plus(times(in, H, H, row(states, j, H)), part(inBias, 1)), head);
            values[j] = half(plus(times(in, 2 * H, H, row(states, j, H)), part(inBias, 2)), head);
          }
          double[] q = half(plus(times(in, 0, H, row(states, t, H)), part(inBias, 0)), head);
          double[] found = attend(q, keys, values, (a, k) -> dot(a, k) / Math.sqrt(H / 2));
          System.arraycopy(found, 0, both, head * H / 2, H / 2);
        }
        y[t] = plus(times(out, both), doubles(outBias));
      }
      Network net = new Network("n");
      net.output("y", net.series("x", H).then(causal ? heads.causal() : heads));
      check(y, Draws.run(net, "y", Map.of("x", states)));
    }
  }

  private static double[] half(double[] v, int which) {
    return java.util.Arrays.copyOfRange(v, which * H / 2, (which + 1) * H / 2);
  }

  @Test
  void decoderWithAttention() {
    Tensor both = draws.floats(4 * H, IN + H);
    Tensor general = draws.floats(H, H);
    double[] h = new double[H];
    double[] c = new double[H];
    double[][] y = new double[TIME][];
    for (int t = 0; t < TIME; t++) {
      double[] context = attend(h, steps(TIME), steps(TIME), (q, k) -> dot(q, times(general, k)));
      double[] u = java.util.Arrays.copyOf(row(x, t, IN), IN + H);
      System.arraycopy(context, 0, u, IN, H);
      double[][] gates = new double[4][];
      for (int k = 0; k < 4; k++) {
        gates[k] = plus(times(both, k * H, H, u), times(r, k * H, H, h), part(b, k));
      }
      c =
          plus(
              by(map(FormulasTest::sigma, gates[1]), c),
              by(map(FormulasTest::sigma, gates[0]), map(Math::tanh, gates[2])));
      h = by(map(FormulasTest::sigma, gates[3]), map(Math::tanh, c));
      y[t] = java.util.Arrays.copyOf(h, 2 * H);
      System.arraycopy(context, 0, y[t], H, H);
    }
    Network net = new Network("n");
    AttentionDecoder decoder =
        AttentionDecoder.of(Lstm.of(WeightFormat.PYTORCH, both, r, b), Attention.general(general));
    Series memory = net.series("memory", H, Axes.BATCH_FIRST.withTime("source"));
    net.output("y", decoder.run(net.series("x", IN), memory).series());
    check(y, Draws.run(net, "y", Map.of("x", x, "memory", states)));
  }

  private static double sigma(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
