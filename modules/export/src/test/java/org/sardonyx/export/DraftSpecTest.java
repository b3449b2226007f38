package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.torch.DraftSpec;

/** A state_dict becomes a draft, the draft a model, and that gives what PyTorch's formulas give. */
class DraftSpecTest {

  private static final int TIME = 5;

  @TempDir Path folder;

  private final Random random = new Random(8);
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  private void put(String name, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = random.nextFloat(-0.6f, 0.6f);
    }
    weights.put(name, tensor);
  }

  private String draft() {
    Map<String, TensorData> stored = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> stored.put(name, TensorData.of(name, tensor)));
    return DraftSpec.of("model.pt", stored);
  }

  /** Runs the model of a draft on one sequence, and compares. */
  private void agrees(String spec, String input, Tensor x, double[][] expected)
      throws EngineFailed {
    Model model = Specification.build(spec, StoredWeights.of(weights), null);
    Path file = folder.resolve("model.onnx");
    Onnx.write(model, file);
    try (NativeEngine engine = new NativeEngine();
        Engine.Loaded loaded = engine.load(file, Engine.Options.DEFAULT)) {
      Map<String, Value> out = loaded.run(Map.of(input, x));
      Tensor y = (Tensor) out.values().iterator().next();
      assertEquals(expected.length * expected[0].length, y.size());
      for (int i = 0; i < y.size(); i++) {
        int columns = expected[0].length;
        assertEquals(expected[i / columns][i % columns], y.getDouble(i), 1e-5, spec);
      }
    }
  }

  private Tensor series(double[][] x) {
    float[] all = new float[x.length * x[0].length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) x[i / x[0].length][i % x[0].length];
    }
    return Tensor.of(all, 1, x.length, x[0].length);
  }

  private double[][] draw(int features) {
    double[][] x = new double[TIME][features];
    for (double[] row : x) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextFloat(-1, 1);
      }
    }
    return x;
  }

  private double w(String name, int... index) {
    Tensor tensor = weights.get(name);
    int at = 0;
    for (int i = 0; i < index.length; i++) {
      at = at * tensor.dim(i) + index[i];
    }
    return tensor.floats()[at];
  }

  /** The rows first to first + count of a matrix, by x, and their bias. */
  private double[] affine(String weight, String bias, double[] x, int first, int count) {
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      y[i] = w(bias, first + i);
      for (int j = 0; j < x.length; j++) {
        y[i] += w(weight, first + i, j) * x[j];
      }
    }
    return y;
  }

  private double[][] linear(String module, double[][] x) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      int rows = weights.get(module + ".weight").dim(0);
      y[t] = affine(module + ".weight", module + ".bias", x[t], 0, rows);
    }
    return y;
  }

  private static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  /** One layer and direction, as PyTorch documents nn.LSTM (4 gates), nn.GRU (3) and nn.RNN. */
  private double[][] recurrent(String end, int gates, double[][] x, boolean backward) {
    int n = weights.get("rnn.weight_hh" + end).dim(1);
    double[] h = new double[n];
    double[] c = new double[n];
    double[][] y = new double[x.length][];
    for (int step = 0; step < x.length; step++) {
      int t = backward ? x.length - 1 - step : step;
      double[] a = affine("rnn.weight_ih" + end, "rnn.bias_ih" + end, x[t], 0, gates * n);
      double[] b = affine("rnn.weight_hh" + end, "rnn.bias_hh" + end, h, 0, gates * n);
      double[] next = new double[n];
      for (int i = 0; i < n; i++) {
        int j = i + n;
        int k = j + n;
        switch (gates) {
          case 4 -> {
            c[i] = sigmoid(a[j] + b[j]) * c[i] + sigmoid(a[i] + b[i]) * Math.tanh(a[k] + b[k]);
            next[i] = sigmoid(a[k + n] + b[k + n]) * Math.tanh(c[i]);
          }
          case 3 -> {
            double z = sigmoid(a[j] + b[j]);
            double candidate = Math.tanh(a[k] + sigmoid(a[i] + b[i]) * b[k]);
            next[i] = (1 - z) * candidate + z * h[i];
          }
          default -> next[i] = Math.tanh(a[i] + b[i]);
        }
      }
      h = next;
      y[t] = next;
    }
    return y;
  }

  private double[][] twoLayersBothWays(int gates, double[][] x) {
    double[][] y = x;
    for (int layer = 0; layer < 2; layer++) {
      double[][] forward = recurrent("_l" + layer, gates, y, false);
      double[][] backward = recurrent("_l" + layer + "_reverse", gates, y, true);
      y = new double[TIME][];
      for (int t = 0; t < TIME; t++) {
        y[t] = DoubleStream.concat(Arrays.stream(forward[t]), Arrays.stream(backward[t])).toArray();
      }
    }
    return y;
  }

  private void putRecurrent(int gates) {
    for (int layer = 0; layer < 2; layer++) {
      for (String end : new String[] {"_l" + layer, "_l" + layer + "_reverse"}) {
        put("rnn.weight_ih" + end, gates * 4, layer == 0 ? 3 : 8);
        put("rnn.weight_hh" + end, gates * 4, 4);
        put("rnn.bias_ih" + end, gates * 4);
        put("rnn.bias_hh" + end, gates * 4);
      }
    }
    put("head.weight", 2, 8);
    put("head.bias", 2);
  }

  @Test
  void recurrentLayersOfEveryKind() throws EngineFailed {
    for (int gates : new int[] {4, 3, 1}) {
      weights.clear();
      putRecurrent(gates);
      String spec = draft();
      assertTrue(spec.contains("layers: 2, bidirectional: true"), spec);
      double[][] x = draw(3);
      agrees(spec, "x", series(x), linear("head", twoLayersBothWays(gates, x)));
    }
  }

  @Test
  void tokensGoThroughTheirTable() throws EngineFailed {
    put("emb.weight", 7, 3);
    putRecurrent(4);
    long[] ids = {3, 0, 6, 1, 3};
    double[][] x = new double[TIME][3];
    for (int t = 0; t < TIME; t++) {
      for (int i = 0; i < 3; i++) {
        x[t][i] = w("emb.weight", (int) ids[t], i);
      }
    }
    double[][] expected = linear("head", twoLayersBothWays(4, x));
    agrees(draft(), "ids", Tensor.of(ids, 1, TIME), expected);
  }

  @Test
  void aConvolutionAndNorms() throws EngineFailed {
    put("conv.weight", 4, 3, 3);
    put("conv.bias", 4);
    putNorm("bn", 4);
    put("bn.running_mean", 4);
    put("bn.running_var", 4);
    for (int i = 0; i < 4; i++) {
      weights.get("bn.running_var").floats()[i] += 1;
    }
    weights.put("bn.num_batches_tracked", Tensor.of(new long[] {12}));
    putNorm("ln", 4);
    double[][] x = draw(3);
    double[][] y = new double[TIME][4];
    for (int t = 0; t < TIME; t++) {
      for (int o = 0; o < 4; o++) {
        y[t][o] = w("conv.bias", o);
        for (int k = 0; k < 3; k++) {
          for (int i = 0; i < 3; i++) {
            boolean inside = t + k - 1 >= 0 && t + k - 1 < TIME;
            y[t][o] += inside ? w("conv.weight", o, i, k) * x[t + k - 1][i] : 0;
          }
        }
        double deviation = Math.sqrt(w("bn.running_var", o) + 1e-5);
        y[t][o] =
            (y[t][o] - w("bn.running_mean", o)) / deviation * w("bn.weight", o) + w("bn.bias", o);
      }
    }
    agrees(draft(), "x", series(x), norm("ln", y));
  }

  private void putNorm(String module, int n) {
    put(module + ".weight", n);
    put(module + ".bias", n);
  }

  private double[][] norm(String module, double[][] x) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = Arrays.stream(x[t]).average().orElseThrow();
      double variance =
          Arrays.stream(x[t]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      y[t] = new double[x[t].length];
      for (int i = 0; i < y[t].length; i++) {
        double normal = (x[t][i] - mean) / Math.sqrt(variance + 1e-5);
        y[t][i] = normal * w(module + ".weight", i) + w(module + ".bias", i);
      }
    }
    return y;
  }

  private void putAttention(String module, int n) {
    put(module + ".in_proj_weight", 3 * n, n);
    put(module + ".in_proj_bias", 3 * n);
    put(module + ".out_proj.weight", n, n);
    put(module + ".out_proj.bias", n);
  }

  private double[][] attention(String module, int heads, double[][] x) {
    int n = x[0].length;
    int size = n / heads;
    double[][] joined = new double[TIME][n];
    for (int t = 0; t < TIME; t++) {
      double[] q = affine(module + ".in_proj_weight", module + ".in_proj_bias", x[t], 0, n);
      for (int head = 0; head < heads; head++) {
        double[] weight = new double[TIME];
        double sum = 0;
        for (int s = 0; s < TIME; s++) {
          double[] k = affine(module + ".in_proj_weight", module + ".in_proj_bias", x[s], n, n);
          for (int i = head * size; i < (head + 1) * size; i++) {
            weight[s] += q[i] * k[i] / Math.sqrt(size);
          }
          weight[s] = Math.exp(weight[s]);
          sum += weight[s];
        }
        for (int s = 0; s < TIME; s++) {
          double[] v = affine(module + ".in_proj_weight", module + ".in_proj_bias", x[s], 2 * n, n);
          for (int i = head * size; i < (head + 1) * size; i++) {
            joined[t][i] += weight[s] / sum * v[i];
          }
        }
      }
    }
    return linear(module + ".out_proj", joined);
  }

  @Test
  void attentionWithTheHeadsThatAPersonGives() throws EngineFailed {
    putAttention("mha", 4);
    double[][] x = draw(4);
    String spec = draft();
    assertTrue(spec.contains("heads is not in the file"), spec);
    String confirmed = spec.replaceFirst("heads: \\d+", "heads: 2");
    agrees(confirmed, "x", series(x), attention("mha", 2, x));
  }

  @Test
  void aTransformerEncoder() throws EngineFailed {
    String layer = "encoder.layers.0";
    putAttention(layer + ".self_attn", 8);
    put(layer + ".linear1.weight", 6, 8);
    put(layer + ".linear1.bias", 6);
    put(layer + ".linear2.weight", 8, 6);
    put(layer + ".linear2.bias", 8);
    putNorm(layer + ".norm1", 8);
    putNorm(layer + ".norm2", 8);
    double[][] x = draw(8);
    String spec = draft();
    double[][] y =
        norm(layer + ".norm1", plus(x, attention(layer + ".self_attn", headsIn(spec), x)));
    double[][] inner = linear(layer + ".linear1", y);
    for (double[] row : inner) {
      Arrays.setAll(row, i -> Math.max(0, row[i]));
    }
    double[][] expected = norm(layer + ".norm2", plus(y, linear(layer + ".linear2", inner)));
    agrees(spec, "x", series(x), expected);
  }

  private static int headsIn(String spec) {
    return Integer.parseInt(spec.replaceAll("(?s).*heads: (\\d+).*", "$1"));
  }

  private static double[][] plus(double[][] x, double[][] y) {
    double[][] sum = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[0].length; i++) {
        sum[t][i] = x[t][i] + y[t][i];
      }
    }
    return sum;
  }

  @Test
  void aDecoderLooksAtWhatTheEncoderBeforeItGives() {
    for (String part : new String[] {"encoder", "decoder"}) {
      String layer = part + ".layers.0.";
      put(layer + "self_attn.in_proj_weight", 12, 4);
      put(layer + "self_attn.in_proj_bias", 12);
      put(layer + "self_attn.out_proj.weight", 4, 4);
      put(layer + "self_attn.out_proj.bias", 4);
      if (part.equals("decoder")) {
        put(layer + "multihead_attn.in_proj_weight", 12, 4);
        put(layer + "multihead_attn.in_proj_bias", 12);
        put(layer + "multihead_attn.out_proj.weight", 4, 4);
        put(layer + "multihead_attn.out_proj.bias", 4);
      }
      put(layer + "linear1.weight", 8, 4);
      put(layer + "linear1.bias", 8);
      put(layer + "linear2.weight", 4, 8);
      put(layer + "linear2.bias", 4);
      for (int norm = 1; norm <= (part.equals("decoder") ? 3 : 2); norm++) {
        put(layer + "norm" + norm + ".weight", 4);
        put(layer + "norm" + norm + ".bias", 4);
      }
      put(part + ".norm.weight", 4);
      put(part + ".norm.bias", 4);
    }
    String draft = draft();
    assertTrue(draft.contains("from: target"), draft);
    assertTrue(draft.contains("memory: l1"), draft);
    assertTrue(draft.contains("target: {kind: series, features: 4}"), draft);
    Model model = Specification.build(draft, StoredWeights.of(weights), null);
    assertEquals(2, model.graph().inputs().size(), draft);
    weights.keySet().removeIf(name -> name.startsWith("encoder."));
    String alone = draft();
    assertTrue(alone.contains("memory: memory"), alone);
    Model decoder = Specification.build(alone, StoredWeights.of(weights), null);
    assertEquals(2, decoder.graph().inputs().size(), alone);
  }
}
