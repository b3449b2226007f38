package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * Whole networks, traced and scripted, as torch.jit.save writes them, with nothing said of their
 * inputs. What they give is computed in double by {@link Float64}, for two batches and lengths.
 */
class ModulesTest {

  @TempDir static Path folder;
  private static ProcessEngine onnxRuntime;

  @BeforeAll
  static void start() {
    onnxRuntime = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
  }

  @AfterAll
  static void end() {
    onnxRuntime.close();
  }

  private final Random random = new Random(11);
  private final Map<String, byte[]> storages = new LinkedHashMap<>();
  private final Map<String, Object> attributes = new LinkedHashMap<>(Map.of("training", false));

  /** A weight of the module: its elements, which the archive holds, too. */
  @SuppressWarnings("unchecked")
  private float[] weight(String path, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.5f;
    }
    put(path, stored(values, shape));
    return values;
  }

  private PickleWriter.Stored stored(float[] values, int... shape) {
    String key = String.valueOf(storages.size());
    storages.put(key, Archives.floats(values));
    return new PickleWriter.Stored(
        "FloatStorage", key, values.length, Arrays.stream(shape).asLongStream().toArray());
  }

  @SuppressWarnings("unchecked")
  private void put(String path, Object value) {
    Map<String, Object> in = attributes;
    String[] parts = path.split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      String name = parts[i];
      Object module =
          in.computeIfAbsent(
              name,
              _ ->
                  new PickleWriter.Instance(
                      new PickleWriter.Name("__torch__", "Part"),
                      new LinkedHashMap<>(Map.of("training", false))));
      in = (Map<String, Object>) ((PickleWriter.Instance) module).state();
    }
    in.put(parts[parts.length - 1], value);
  }

  private static final String PART =
      "class Part(Module):\n  __parameters__ = []\n  training : bool\n";

  private static double[] random(Random random, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor floats(double[] values, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < values.length; i++) {
      tensor.setDouble(i, values[i]);
    }
    return tensor;
  }

  private record Run(Map<String, Value> inputs, List<double[]> expected) {}

  private void check(String code, List<Run> runs) throws IOException, EngineFailed {
    Path file = Archives.script(folder.resolve("m.pt"), code + PART, attributes, storages);
    Model model = TorchScript.convert(TorchFile.read(file), TorchOptions.NONE).model();
    Check.of(Operators.standard()).requireValid(model);
    Session session = Session.compile(model);
    Path written = folder.resolve("model.onnx");
    Onnx.write(model, written);
    try (Engine.Loaded reference = onnxRuntime.load(written, Engine.Options.DEFAULT)) {
      for (Run run : runs) {
        Map<String, Value> inputs = new LinkedHashMap<>();
        for (ValueInfo input : model.graph().inputs()) {
          Value given = run.inputs().get(input.name());
          if (given != null) {
            inputs.put(input.name(), given);
          }
        }
        compare(session.run(inputs), run, "here");
        // State has a default, and ONNX Runtime's Java interface takes no inputs that have one.
        boolean atRest = inputs.keySet().removeAll(kept(model));
        if (!atRest || run.equals(runs.getFirst())) {
          compare(reference.run(inputs), run, "in ONNX Runtime");
        }
      }
    }
  }

  private static List<String> kept(Model model) {
    return model.graph().initializers().stream().map(TensorData::name).toList();
  }

  private static void compare(Map<String, Value> outputs, Run run, String where) {
    assertEquals(run.expected().size(), outputs.size(), () -> "outputs " + outputs.keySet());
    int at = 0;
    for (Value value : outputs.values()) {
      Tensor tensor = (Tensor) value;
      double[] found = new double[tensor.size()];
      for (int i = 0; i < found.length; i++) {
        found[i] = tensor.getDouble(i);
      }
      assertArrayEquals(run.expected().get(at++), found, 1e-5, where);
    }
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private float[][] recurrent(String module, String suffix, int gates, int in, int hidden) {
    return new float[][] {
      weight(module + ".weight_ih_l" + suffix, gates * hidden, in),
      weight(module + ".weight_hh_l" + suffix, gates * hidden, hidden),
      weight(module + ".bias_ih_l" + suffix, gates * hidden),
      weight(module + ".bias_hh_l" + suffix, gates * hidden)
    };
  }

  @Test
  void aTaggerOfTwoLayers() throws IOException, EngineFailed {
    int hidden = 3;
    float[] table = weight("emb.weight", 7, 4);
    float[][][] layers = {
      recurrent("rnn", "0", 4, 4, hidden),
      recurrent("rnn", "0_reverse", 4, 4, hidden),
      recurrent("rnn", "1", 4, 2 * hidden, hidden),
      recurrent("rnn", "1_reverse", 4, 2 * hidden, hidden)
    };
    float[] w = weight("fc.weight", 5, 2 * hidden);
    float[] b = weight("fc.bias", 5);
    StringBuilder names = new StringBuilder();
    StringBuilder list = new StringBuilder();
    for (String suffix : List.of("0", "0_reverse", "1", "1_reverse")) {
      for (String kind : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        String name = kind + "_l" + suffix;
        names.append("    ").append(name).append(" = rnn.").append(name).append('\n');
        list.append(list.isEmpty() ? "" : ", ").append(name);
      }
    }
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          def forward(self: __torch__.M,
            x: Tensor) -> Tuple[Tensor, Tensor]:
            fc = self.fc
            rnn = self.rnn
            emb = self.emb
            weight = emb.weight
            input = torch.embedding(weight, x, 0, False, False)
            max_batch_size = ops.prim.NumToTensor(torch.size(input, 0))
            _0 = int(max_batch_size)
            _1 = int(max_batch_size)
            hx = torch.zeros([4, _1, 3], dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False)
            hx0 = torch.zeros([4, _0, 3], dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False)
        """
            + names
            + "    y, _2, _3 = torch.lstm(input, [hx, hx0], ["
            + list
            + "], True, 2, 0.10000000000000001, False, True, True)\n"
            + """
                bias = fc.bias
                weight0 = fc.weight
                logits = torch.linear(y, weight0, bias)
                return (logits, torch.argmax(logits, -1))
            """
                .indent(0);
    List<Run> runs = new java.util.ArrayList<>();
    for (int[] size : new int[][] {{2, 5}, {1, 3}}) {
      Tensor ids = Tensor.zeros(DataType.INT64, size[0], size[1]);
      double[][] logits = new double[size[0] * size[1]][];
      double[] best = new double[logits.length];
      for (int row = 0; row < size[0]; row++) {
        double[][] x = new double[size[1]][4];
        for (int t = 0; t < size[1]; t++) {
          int id = random.nextInt(7);
          ids.setLong(row * size[1] + t, id);
          for (int k = 0; k < 4; k++) {
            x[t][k] = table[id * 4 + k];
          }
        }
        for (int layer = 0; layer < 2; layer++) {
          double[][] there = Float64.lstm(x, hidden, false, layers[2 * layer]);
          double[][] back = Float64.lstm(x, hidden, true, layers[2 * layer + 1]);
          double[][] both = new double[x.length][];
          for (int t = 0; t < x.length; t++) {
            both[t] = Float64.joined(there[t], back[t]);
          }
          x = both;
        }
        for (int t = 0; t < x.length; t++) {
          int at = row * size[1] + t;
          logits[at] = Float64.linear(x[t], w, b);
          for (int k = 1; k < 5; k++) {
            best[at] = logits[at][k] > logits[at][(int) best[at]] ? k : best[at];
          }
        }
      }
      runs.add(new Run(Map.of("x", ids), List.of(flat(logits), best)));
    }
    check(code, runs);
  }

  @Test
  void aNetworkOfWordsUnderWindows() throws IOException, EngineFailed {
    float[] table = weight("emb.weight", 9, 4);
    float[][] w = {weight("c2.weight", 3, 4, 2), weight("c3.weight", 3, 4, 3)};
    float[][] b = {weight("c2.bias", 3), weight("c3.bias", 3)};
    float[] fw = weight("fc.weight", 2, 6);
    float[] fb = weight("fc.bias", 2);
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          def forward(self: __torch__.M,
            x: Tensor) -> Tensor:
            fc = self.fc
            c3 = self.c3
            c2 = self.c2
            emb = self.emb
            weight = emb.weight
            _0 = torch.embedding(weight, x)
            input = torch.transpose(_0, 1, 2)
            bias = c2.bias
            weight0 = c2.weight
            _1 = torch._convolution(input, weight0, bias, [1], [0], [1], False, [0], 1, False, False, True, True)
            _2, _3 = torch.max(torch.relu(_1), 2)
            bias0 = c3.bias
            weight1 = c3.weight
            _4 = torch._convolution(input, weight1, bias0, [1], [0], [1], False, [0], 1, False, False, True, True)
            input0 = torch.relu_(_4)
            _5 = ops.prim.NumToTensor(torch.size(input0, 2))
            _7 = torch.max_pool1d(input0, [int(_5)], annotate(List[int], []), [0], [1])
            _6 = torch.squeeze(_7, 2)
            input1 = torch.dropout(torch.cat([_2, _6], 1), 0.5, False)
            bias1 = fc.bias
            weight2 = fc.weight
            return torch.log_softmax(torch.linear(input1, weight2, bias1), 1)
        """;
    List<Run> runs = new java.util.ArrayList<>();
    for (int[] size : new int[][] {{3, 6}, {1, 4}}) {
      Tensor ids = Tensor.zeros(DataType.INT64, size[0], size[1]);
      double[][] out = new double[size[0]][];
      for (int row = 0; row < size[0]; row++) {
        double[][][] x = new double[4][1][size[1]];
        for (int t = 0; t < size[1]; t++) {
          int id = random.nextInt(9);
          ids.setLong(row * size[1] + t, id);
          for (int k = 0; k < 4; k++) {
            x[k][0][t] = table[id * 4 + k];
          }
        }
        double[] features = new double[6];
        for (int kernel = 2; kernel <= 3; kernel++) {
          double[][][] y = Float64.conv(x, w[kernel - 2], b[kernel - 2], 3, 1, kernel, 1, 1, 0, 0);
          for (int o = 0; o < 3; o++) {
            features[(kernel - 2) * 3 + o] = Math.max(0, Arrays.stream(y[o][0]).max().orElse(0));
          }
        }
        out[row] = Float64.map(Float64.softmax(Float64.linear(features, fw, fb)), Math::log);
      }
      runs.add(new Run(Map.of("x", ids), List.of(flat(out))));
    }
    check(code, runs);
  }

  @Test
  void convolutionsBeforeARecurrentLayer() throws IOException, EngineFailed {
    float[] w = weight("conv.weight", 2, 1, 3, 3);
    float[] b = weight("conv.bias", 2);
    float[] scale = weight("bn.weight", 2);
    float[] shift = weight("bn.bias", 2);
    float[] mean = weight("bn.running_mean", 2);
    float[] spread = {0.5f, 2f};
    put("bn.running_var", stored(spread, 2));
    float[][] there = recurrent("rnn", "0", 4, 4, 3);
    float[][] back = recurrent("rnn", "0_reverse", 4, 4, 3);
    float[] fw = weight("fc.weight", 4, 6);
    float[] fb = weight("fc.bias", 4);
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          def forward(self: __torch__.M,
            x: Tensor) -> Tensor:
            fc = self.fc
            rnn = self.rnn
            bn = self.bn
            conv = self.conv
            bias = conv.bias
            weight = conv.weight
            input = torch._convolution(x, weight, bias, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)
            running_var = bn.running_var
            running_mean = bn.running_mean
            bias0 = bn.bias
            weight0 = bn.weight
            input0 = torch.batch_norm(input, weight0, bias0, running_mean, running_var, False, 0.10000000000000001, 1.0000000000000001e-05, True)
            input1 = torch.relu(input0)
            f = torch.max_pool2d(input1, [2, 2], [2, 2], [0, 0], [1, 1], False)
            b = ops.prim.NumToTensor(torch.size(f, 0))
            _0 = int(b)
            c = ops.prim.NumToTensor(torch.size(f, 1))
            h = ops.prim.NumToTensor(torch.size(f, 2))
            w = ops.prim.NumToTensor(torch.size(f, 3))
            _1 = int(w)
            _2 = torch.permute(f, [3, 0, 1, 2])
            input2 = torch.reshape(_2, [_1, _0, int(torch.mul(c, h))])
            hx = torch.zeros([2, int(ops.prim.NumToTensor(torch.size(input2, 1))), 3], dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False)
            weight_ih_l0 = rnn.weight_ih_l0
            weight_hh_l0 = rnn.weight_hh_l0
            bias_ih_l0 = rnn.bias_ih_l0
            bias_hh_l0 = rnn.bias_hh_l0
            weight_ih_l0_reverse = rnn.weight_ih_l0_reverse
            weight_hh_l0_reverse = rnn.weight_hh_l0_reverse
            bias_ih_l0_reverse = rnn.bias_ih_l0_reverse
            bias_hh_l0_reverse = rnn.bias_hh_l0_reverse
            _3 = [weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse, weight_hh_l0_reverse, bias_ih_l0_reverse, bias_hh_l0_reverse]
            y, _4, _5 = torch.lstm(input2, [hx, hx], _3, True, 1, 0., False, True, False)
            bias1 = fc.bias
            weight1 = fc.weight
            return torch.log_softmax(torch.linear(y, weight1, bias1), 2)
        """;
    List<Run> runs = new java.util.ArrayList<>();
    for (int[] size : new int[][] {{2, 6}, {1, 11}}) {
      double[] image = random(random, size[0] * 4 * size[1]);
      int steps = size[1] / 2;
      double[] out = new double[steps * size[0] * 4];
      for (int row = 0; row < size[0]; row++) {
        double[][][] x = new double[1][4][size[1]];
        for (int i = 0; i < 4; i++) {
          System.arraycopy(image, (row * 4 + i) * size[1], x[0][i], 0, size[1]);
        }
        double[][][] y = Float64.conv(x, w, b, 2, 3, 3, 1, 1, 1, 1);
        double[][] features = new double[steps][4];
        for (int c = 0; c < 2; c++) {
          for (int i = 0; i < 2; i++) {
            for (int t = 0; t < steps; t++) {
              double most = 0;
              for (int k = 0; k < 4; k++) {
                double value = y[c][2 * i + k / 2][2 * t + k % 2];
                double normal =
                    (value - mean[c]) / Math.sqrt(spread[c] + 1e-5) * scale[c] + shift[c];
                most = Math.max(most, normal);
              }
              features[t][c * 2 + i] = most;
            }
          }
        }
        double[][] forward = Float64.lstm(features, 3, false, there);
        double[][] backward = Float64.lstm(features, 3, true, back);
        for (int t = 0; t < steps; t++) {
          double[] logits = Float64.linear(Float64.joined(forward[t], backward[t]), fw, fb);
          double[] all = Float64.map(Float64.softmax(logits), Math::log);
          System.arraycopy(all, 0, out, (t * size[0] + row) * 4, 4);
        }
      }
      runs.add(new Run(Map.of("x", floats(image, size[0], 1, 4, size[1])), List.of(out)));
    }
    check(code, runs);
  }

  @Test
  void aBlockOfATransformerThatLooksBack() throws IOException, EngineFailed {
    int width = 4;
    int heads = 2;
    float[] g1 = weight("ln1.weight", width);
    float[] b1 = weight("ln1.bias", width);
    float[] wq = weight("qkv.weight", 3 * width, width);
    float[] bq = weight("qkv.bias", 3 * width);
    float[] wo = weight("proj.weight", width, width);
    float[] bo = weight("proj.bias", width);
    float[] g2 = weight("ln2.weight", width);
    float[] b2 = weight("ln2.bias", width);
    float[] w1 = weight("fc1.weight", 8, width);
    float[] c1 = weight("fc1.bias", 8);
    float[] w2 = weight("fc2.weight", width, 8);
    float[] c2 = weight("fc2.bias", width);
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          def forward(self: __torch__.M,
            x: Tensor) -> Tensor:
            fc2 = self.fc2
            fc1 = self.fc1
            ln2 = self.ln2
            proj = self.proj
            qkv = self.qkv
            ln1 = self.ln1
            _0 = ops.prim.NumToTensor(torch.size(x, 0))
            _1 = int(_0)
            _2 = int(_0)
            _3 = ops.prim.NumToTensor(torch.size(x, 1))
            _4 = int(_3)
            _5 = int(_3)
            input = torch.layer_norm(x, [4], ln1.weight, ln1.bias, 1.0000000000000001e-05, True)
            _6 = torch.view(torch.linear(input, qkv.weight, qkv.bias), [_2, _5, 3, 2, 2])
            _7 = torch.permute(_6, [2, 0, 3, 1, 4])
            q, k, v, = torch.unbind(_7)
            a = torch.scaled_dot_product_attention(q, k, v, None, 0., True)
            _8 = torch.reshape(torch.transpose(a, 1, 2), [_1, _4, 4])
            input0 = torch.add(x, torch.linear(_8, proj.weight, proj.bias))
            input1 = torch.layer_norm(input0, [4], ln2.weight, ln2.bias, 1.0000000000000001e-05, True)
            input2 = torch.gelu(torch.linear(input1, fc1.weight, fc1.bias))
            return torch.add_(input0, torch.linear(input2, fc2.weight, fc2.bias))
        """;
    List<Run> runs = new java.util.ArrayList<>();
    for (int[] size : new int[][] {{2, 5}, {1, 1}}) {
      double[] given = random(random, size[0] * size[1] * width);
      double[][] out = new double[size[0] * size[1]][];
      for (int row = 0; row < size[0]; row++) {
        double[][] x = new double[size[1]][];
        double[][] projected = new double[size[1]][];
        for (int t = 0; t < size[1]; t++) {
          int at = (row * size[1] + t) * width;
          x[t] = Arrays.copyOfRange(given, at, at + width);
          projected[t] = Float64.linear(Float64.layerNorm(x[t], g1, b1, 1e-5), wq, bq);
        }
        for (int t = 0; t < size[1]; t++) {
          double[] mixed = new double[width];
          for (int head = 0; head < heads; head++) {
            double[] scores = new double[t + 1];
            for (int s = 0; s <= t; s++) {
              for (int k = 0; k < 2; k++) {
                scores[s] +=
                    projected[t][head * 2 + k] * projected[s][width + head * 2 + k] / Math.sqrt(2);
              }
            }
            double[] share = Float64.softmax(scores);
            for (int s = 0; s <= t; s++) {
              for (int k = 0; k < 2; k++) {
                mixed[head * 2 + k] += share[s] * projected[s][2 * width + head * 2 + k];
              }
            }
          }
          double[] y = Float64.linear(mixed, wo, bo);
          for (int k = 0; k < width; k++) {
            y[k] += x[t][k];
          }
          double[] inner = Float64.linear(Float64.layerNorm(y, g2, b2, 1e-5), w1, c1);
          double[] z = Float64.linear(Float64.map(inner, ModulesTest::gelu), w2, c2);
          for (int k = 0; k < width; k++) {
            z[k] += y[k];
          }
          out[row * size[1] + t] = z;
        }
      }
      runs.add(new Run(Map.of("x", floats(given, size[0], size[1], width)), List.of(flat(out))));
    }
    check(code, runs);
  }

  /** x times the normal distribution, integrated by Simpson's rule. */
  private static double gelu(double x) {
    int parts = 2000;
    double step = x / parts;
    double sum = 0;
    for (int i = 0; i <= parts; i++) {
      double t = i * step;
      double factor = i == 0 || i == parts ? 1 : i % 2 == 1 ? 4 : 2;
      sum += factor * Math.exp(-t * t / 2);
    }
    return x * (0.5 + sum * step / 3 / Math.sqrt(2 * Math.PI));
  }

  @Test
  void aSequenceFromASequenceWithAttention() throws IOException, EngineFailed {
    int hidden = 3;
    float[] table = weight("emb.weight", 6, 2);
    float[][] enc = recurrent("enc", "0", 3, 2, hidden);
    float[] wi = weight("cell.weight_ih", 3 * hidden, 2);
    float[] wh = weight("cell.weight_hh", 3 * hidden, hidden);
    float[] bi = weight("cell.bias_ih", 3 * hidden);
    float[] bh = weight("cell.bias_hh", 3 * hidden);
    float[] fw = weight("out.weight", 6, 2 * hidden);
    float[] fb = weight("out.bias", 6);
    // Stops when every row has drawn 0, or after n steps: a loop with break.
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          def forward(self: __torch__.M,
            x: Tensor,
            n: int) -> Tuple[Tensor, Tensor]:
            emb = self.emb
            enc = self.enc
            _0 = torch.embedding(emb.weight, x, -1)
            h = torch.zeros([1, torch.size(x, 0), 3], dtype=ops.prim.dtype(_0), layout=None, device=ops.prim.device(_0))
            _1 = [enc.weight_ih_l0, enc.weight_hh_l0, enc.bias_ih_l0, enc.bias_hh_l0]
            m, h0 = torch.gru(_0, h, _1, True, 1, 0., False, False, True)
            h1 = torch.select(h0, 0, 0)
            w = torch.ones([torch.size(x, 0)], dtype=4, layout=None, device=None, pin_memory=None)
            done = torch.zeros([torch.size(x, 0)], dtype=11, layout=None, device=None, pin_memory=None)
            ys = annotate(List[Tensor], [])
            ws = annotate(List[Tensor], [])
            _2 = torch.gt(n, 0)
            _3, done0, h2, w0, t = _2, done, h1, w, 0
            while _3:
              cell = self.cell
              _4 = torch.embedding(emb.weight, w0, -1)
              h3 = torch.gru_cell(_4, h2, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
              _5 = torch.squeeze(torch.bmm(m, torch.unsqueeze(h3, 2)), 2)
              a = torch.softmax(_5, 1)
              c = torch.squeeze(torch.bmm(torch.unsqueeze(a, 1), m), 1)
              out = self.out
              y = torch.linear(torch.cat([h3, c], 1), out.weight, out.bias)
              w1 = torch.argmax(y, 1)
              _6 = torch.append(ys, y)
              _7 = torch.append(ws, w1)
              done1 = torch.__or__(done0, torch.eq(w1, 0))
              if bool(torch.all(done1)):
                _8 = False
              else:
                _8 = True
              t0 = torch.add(t, 1)
              _9 = torch.__and__(torch.lt(t0, n), _8)
              _3, done0, h2, w0, t = _9, done1, h3, w1, t0
            return (torch.stack(ys, 1), torch.stack(ws, 1))
        """;
    List<Run> runs = new java.util.ArrayList<>();
    for (int[] size : new int[][] {{3, 4, 5}, {1, 2, 9}}) {
      Tensor ids = Tensor.zeros(DataType.INT64, size[0], size[1]);
      double[][][] memory = new double[size[0]][size[1]][];
      double[][] h = new double[size[0]][hidden];
      for (int row = 0; row < size[0]; row++) {
        for (int t = 0; t < size[1]; t++) {
          int id = random.nextInt(6);
          ids.setLong(row * size[1] + t, id);
          double[] x = {table[2 * id], table[2 * id + 1]};
          h[row] = Float64.gruCell(x, h[row], enc[0], enc[1], enc[2], enc[3]);
          memory[row][t] = h[row];
        }
      }
      int[] word = new int[size[0]];
      Arrays.fill(word, 1);
      boolean[] done = new boolean[size[0]];
      List<double[][]> ys = new java.util.ArrayList<>();
      List<int[]> ws = new java.util.ArrayList<>();
      boolean going = true;
      for (int t = 0; t < size[2] && going; t++) {
        double[][] y = new double[size[0]][];
        going = false;
        for (int row = 0; row < size[0]; row++) {
          double[] x = {table[2 * word[row]], table[2 * word[row] + 1]};
          h[row] = Float64.gruCell(x, h[row], wi, wh, bi, bh);
          double[] scores = new double[size[1]];
          for (int s = 0; s < size[1]; s++) {
            for (int k = 0; k < hidden; k++) {
              scores[s] += memory[row][s][k] * h[row][k];
            }
          }
          double[] share = Float64.softmax(scores);
          double[] context = new double[hidden];
          for (int s = 0; s < size[1]; s++) {
            for (int k = 0; k < hidden; k++) {
              context[k] += share[s] * memory[row][s][k];
            }
          }
          y[row] = Float64.linear(Float64.joined(h[row], context), fw, fb);
          word[row] = 0;
          for (int k = 1; k < 6; k++) {
            word[row] = y[row][k] > y[row][word[row]] ? k : word[row];
          }
          done[row] |= word[row] == 0;
          going |= !done[row];
        }
        ys.add(y);
        ws.add(word.clone());
      }
      double[] all = new double[size[0] * ys.size() * 6];
      double[] words = new double[size[0] * ys.size()];
      for (int row = 0; row < size[0]; row++) {
        for (int t = 0; t < ys.size(); t++) {
          System.arraycopy(ys.get(t)[row], 0, all, (row * ys.size() + t) * 6, 6);
          words[row * ys.size() + t] = ws.get(t)[row];
        }
      }
      runs.add(new Run(Map.of("x", ids, "n", Tensor.scalar((long) size[2])), List.of(all, words)));
    }
    check(code, runs);
  }

  @Test
  void aDetectorThatKeepsItsState() throws IOException, EngineFailed {
    float[] w = weight("conv.weight", 2, 1, 3);
    float[] b = weight("conv.bias", 2);
    float[] wi = weight("rnn.weight_ih", 12, 2);
    float[] wh = weight("rnn.weight_hh", 12, 3);
    float[] bi = weight("rnn.bias_ih", 12);
    float[] bh = weight("rnn.bias_hh", 12);
    float[] fw = weight("fc.weight", 1, 3);
    float[] fb = weight("fc.bias", 1);
    put("h", stored(new float[3], 1, 3));
    put("c", stored(new float[3], 1, 3));
    String code =
        """
        class M(Module):
          __parameters__ = []
          __buffers__ = ["h", "c", ]
          h : Tensor
          c : Tensor
          training : bool
          def forward(self: __torch__.M,
            x: Tensor,
            sr: int) -> Tensor:
            _0 = "Supported sampling rates: {}, got {}"
            if torch.__contains__([8000, 16000], sr):
              pass
            else:
              _1 = torch.format(_0, [8000, 16000], sr)
              ops.prim.RaiseException(torch.add("AssertionError: ", _1))
            if torch.eq(sr, 16000):
              x0 = torch.slice(x, 1, 0, 9223372036854775807, 2)
            else:
              x0 = x
            conv = self.conv
            _2 = torch.conv1d(torch.unsqueeze(x0, 1), conv.weight, conv.bias, [1], [1], [1])
            f = torch.mean(torch.relu(_2), [2])
            h = self.h
            c = self.c
            rnn = self.rnn
            h0, c0 = torch.lstm_cell(f, [h, c], rnn.weight_ih, rnn.weight_hh, rnn.bias_ih, rnn.bias_hh)
            self.h = h0
            self.c = c0
            fc = self.fc
            return torch.sigmoid(torch.linear(h0, fc.weight, fc.bias))
        """;
    double[][] state = {new double[3], new double[3]};
    List<Run> runs = new java.util.ArrayList<>();
    for (int rate : new int[] {8000, 16000}) {
      double[] before = state[0];
      double[] cell = state[1];
      double[] given = random(random, rate / 1000);
      int step = rate / 8000;
      double[][][] x = new double[1][1][given.length / step];
      for (int t = 0; t < x[0][0].length; t++) {
        x[0][0][t] = given[t * step];
      }
      double[][][] y = Float64.conv(x, w, b, 2, 1, 3, 1, 1, 0, 1);
      double[] features = new double[2];
      for (int o = 0; o < 2; o++) {
        features[o] = Arrays.stream(y[o][0]).map(v -> Math.max(0, v)).average().orElse(0);
      }
      Float64.lstmCell(features, state, wi, wh, bi, bh);
      double[] p = Float64.map(Float64.linear(state[0], fw, fb), Float64::sigmoid);
      runs.add(
          new Run(
              Map.of(
                  "x",
                  floats(given, 1, given.length),
                  "sr",
                  Tensor.scalar((long) rate),
                  "h",
                  floats(before, 1, 3),
                  "c",
                  floats(cell, 1, 3)),
              List.of(p, state[0], state[1])));
    }
    check(code, runs);
  }

  /** x rounded to 128 steps of its range, as quantize_dynamic computes for all of x at once. */
  private static double[][] rounded(double[][] x) {
    double low = Math.min(0, Arrays.stream(flat(x)).min().orElse(0));
    double high = Math.max(0, Arrays.stream(flat(x)).max().orElse(0));
    double step = high == low ? 0.1 : (high - low) / 127;
    double zero = Math.min(127, Math.rint(-low / step));
    return Arrays.stream(x)
        .map(row ->
            Float64.map(row, v -> (Math.clamp(Math.rint(v / step + zero), 0, 127) - zero) * step))
        .toArray(double[][]::new);
  }

  private PickleWriter.Bound cell(float[][] w, int in, int hidden) {
    Object[] weights = new Object[2];
    for (int i = 0; i < 2; i++) {
      weights[i] =
          new PickleWriter.Bound(
              new PickleWriter.Name("__torch__.torch.classes.quantized", "LinearPackedParamsBase"),
              new Object[] {stored(w[i], 4 * hidden, i == 0 ? in : hidden), null});
    }
    return new PickleWriter.Bound(
        new PickleWriter.Name("__torch__.torch.classes.rnn", "CellParamsBase"),
        new Object[] {
          "quantized_dynamic",
          List.of(stored(w[2], 4 * hidden), stored(w[3], 4 * hidden)),
          List.of(),
          List.of(1L),
          List.of(weights)
        });
  }

  @Test
  void aRecurrentLayerThatQuantizeDynamicMade() throws IOException, EngineFailed {
    float[][][] w = new float[2][4][];
    for (int d = 0; d < 2; d++) {
      int[] sizes = {8 * 3, 8 * 2, 8, 8};
      for (int i = 0; i < 4; i++) {
        w[d][i] = new float[sizes[i]];
        for (int k = 0; k < sizes[i]; k++) {
          w[d][i][k] = (float) random.nextGaussian() * 0.5f;
        }
      }
      put("p" + d, cell(w[d], 3, 2));
    }
    String code =
        """
        class M(Module):
          __parameters__ = []
          training : bool
          p0 : __torch__.torch.classes.rnn.CellParamsBase
          p1 : __torch__.torch.classes.rnn.CellParamsBase
          def forward(self: __torch__.M,
            x: Tensor) -> Tuple[Tensor, Tensor]:
            p0 = self.p0
            p1 = self.p1
            h = torch.zeros([2, torch.size(x, 0), 2], dtype=6, layout=None, device=ops.prim.device(x))
            y, hn, cn = torch.quantized_lstm(x, [h, h], [p0, p1], True, 1, 0., False, True, True, dtype=12, use_dynamic=True)
            return (y, cn)
        """;
    List<Run> runs = new java.util.ArrayList<>();
    for (int steps : new int[] {4, 1}) {
      double[] given = random(random, steps * 3);
      double[][] x = new double[steps][];
      for (int t = 0; t < steps; t++) {
        x[t] = Arrays.copyOfRange(given, 3 * t, 3 * t + 3);
      }
      double[][] in = rounded(x);
      double[][] y = new double[steps][4];
      double[][] last = new double[2][];
      for (int d = 0; d < 2; d++) {
        double[] h = new double[2];
        double[] c = new double[2];
        for (int i = 0; i < steps; i++) {
          int t = d == 0 ? i : steps - 1 - i;
          double[][] near = rounded(new double[][] {h});
          double[] a = Float64.linear(in[t], w[d][0], w[d][2]);
          double[] b = Float64.linear(near[0], w[d][1], w[d][3]);
          h = new double[2];
          double[] next = new double[2];
          for (int k = 0; k < 2; k++) {
            double cell = Math.tanh(a[4 + k] + b[4 + k]);
            next[k] = Float64.sigmoid(a[2 + k] + b[2 + k]) * c[k];
            next[k] += Float64.sigmoid(a[k] + b[k]) * cell;
            h[k] = Float64.sigmoid(a[6 + k] + b[6 + k]) * Math.tanh(next[k]);
            y[t][2 * d + k] = h[k];
          }
          c = next;
        }
        last[d] = c;
      }
      runs.add(new Run(Map.of("x", floats(given, 1, steps, 3)), List.of(flat(y), flat(last))));
    }
    check(code, runs);
  }
}
