package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Archives of torch.export that are written here by the published schema, in each of the three
 * layouts; what comes out was computed by hand, and is found here and in ONNX Runtime.
 */
class ExportedProgramTest {

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

  private static final float[] X = {1, -2, 3, 4, 5, -6};

  private static TorchScript.Result convert(Path file) {
    return TorchScript.convert(TorchFile.read(file), TorchOptions.NONE);
  }

  private static void check(Path file, Map<String, Value> inputs, float[]... expected)
      throws IOException, EngineFailed {
    TorchScript.Result result = convert(file);
    Check.of(Operators.standard()).requireValid(result.model());
    compare(Session.compile(result.model()).run(inputs), "here", expected);
    Path written = Files.createTempFile(folder, "m", ".onnx");
    Onnx.write(result.model(), written);
    try (Engine.Loaded reference = onnxRuntime.load(written, Engine.Options.DEFAULT)) {
      compare(reference.run(inputs), "in ONNX Runtime", expected);
    }
  }

  private static void compare(Map<String, Value> out, String where, float[]... expected) {
    assertEquals(expected.length, out.size(), () -> where + ": " + out.keySet());
    int at = 0;
    for (Value value : out.values()) {
      double[] found = ((Tensor) value).toDoubles();
      double[] wanted = new double[expected[at].length];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = expected[at][i];
      }
      at++;
      assertArrayEquals(wanted, found, 1e-5, where);
    }
  }

  private static ExportedWriter linear() {
    return new ExportedWriter()
        .weight("parameter", "p_w", "fc.weight", new float[] {1, 0, 0, 0, 1, 1}, 2, 3)
        .weight("parameter", "p_b", "fc.bias", new float[] {10, 20}, 2)
        .input("x", "s0", 3)
        .nodes("y = aten.linear.default(input=x; weight=p_w; bias=p_b)")
        .output("y");
  }

  @Test
  void eachLayoutIsReadWithItsSizesOpen() throws IOException, EngineFailed {
    float[] wanted = {11, 21, 14, 19};
    for (Path file :
        List.of(linear().old(folder), linear().middle(folder), linear().fresh(folder))) {
      TorchFile read = TorchFile.read(file);
      assertEquals(TorchFile.Kind.EXPORTED, read.kind());
      assertEquals("[fc.weight, fc.bias]", read.tensors().keySet().toString());
      TorchScript.Result result = convert(file);
      assertEquals(
          "float[s0,3]", String.valueOf(result.model().graph().inputs().getFirst().type()));
      assertTrue(result.notes().toString().contains("s0 was exported for 2 to 64"));
      check(file, Map.of("x", Tensor.of(X, 2, 3)), wanted);
    }
    TorchOptions named = TorchOptions.NONE.withDims(Map.of("x.0", "batch"));
    assertEquals(
        "float[batch,3]",
        String.valueOf(
            TorchScript.convert(TorchFile.read(linear().old(folder)), named)
                .model()
                .graph()
                .inputs()
                .getFirst()
                .type()));
  }

  @Test
  void archivesOfOldSchemasDoNotMarkKeywords() throws IOException, EngineFailed {
    ExportedWriter w = new ExportedWriter();
    w.kinds = false;
    w.version = 7;
    w.input("x", "s0", 3)
        .nodes(
            """
            $n = aten.sym_size.int(self=x; dim=0)
            f = aten.full.default(size=[$n, 3]; fill_value=2; dtype=float32; layout=strided; device=cpu; pin_memory=False)
            y = aten.add.Tensor(self=x; other=f; alpha=3)
            """)
        .output("y");
    check(w.old(folder), Map.of("x", Tensor.of(X, 2, 3)), new float[] {7, 4, 9, 10, 11, 0});
  }

  /** Nodes on x = [[1, -2, 3], [4, 5, -6]], of which {@code y} is the result. */
  @TestFactory
  List<DynamicTest> nodesGiveWhatTheySay() {
    Map<String, float[]> cases = new LinkedHashMap<>();
    cases.put(
        "p = aten.permute.default(self=x; dims=[1, 0])\ny = aten.mm.default(self=x; mat2=p)",
        new float[] {14, -24, -24, 77});
    cases.put(
        "b = aten.select.int(self=x; dim=1; index=0)\nu = aten.unsqueeze.default(self=b; dim=0)\np = aten.t.default(self=x)\ny = aten.addmm.default(self=u; mat1=x; mat2=p; beta!=2; alpha!=1)",
        new float[] {16, -16, -22, 85});
    cases.put(
        "y, m, r = aten.native_layer_norm.default(input=x; normalized_shape=[3]; weight=None; bias=None; eps=1e-5)",
        new float[] {
          0.16222f, -1.29777f, 1.13555f, 0.60404f, 0.80539f, -1.40943f,
        });
    cases.put(
        "v, y = aten.var_mean.correction(self=x; dim=[1]; correction!=0; keepdim!=True)",
        new float[] {2 / 3f, 1});
    cases.put(
        "y, m = aten.var_mean.correction(self=x; dim=[1]; correction!=1; keepdim!=True)",
        new float[] {6.333333f, 37});
    cases.put("y, i = aten.max.dim(self=x; dim=1)", new float[] {3, 5});
    cases.put(
        "[a, b, c] = aten.split.Tensor(self=x; split_size=1; dim=1)\ny = aten.cat.default(tensors=[c, a]; dim=1)",
        new float[] {3, 1, -6, 4});
    cases.put(
        "[a, b] = aten.split_with_sizes.default(self=x; split_sizes=[2, 1]; dim=1)\ny = aten.relu.default(self=a)",
        new float[] {1, 0, 4, 5});
    cases.put(
        "$n = aten.sym_size.int(self=x; dim=0)\n$m = _operator.mul(a=$n; b=3)\ny = aten.view.default(self=x; size=[$m])",
        X);
    cases.put(
        "z = aten.zeros_like.default(self=x; pin_memory!=False)\nm = aten.gt.Scalar(self=x; other=0)\ny = aten.where.self(condition=m; self=x; other=z)",
        new float[] {1, 0, 3, 4, 5, 0});
    cases.put(
        "m = aten.lt.Scalar(self=x; other=0)\nf = aten.masked_fill.Scalar(self=x; mask=m; value=-inf)\ny = aten._softmax.default(self=f; dim=1; half_to_float=False)",
        new float[] {0.11920f, 0, 0.88080f, 0.26894f, 0.73106f, 0});
    cases.put(
        "i = aten.argmax.default(self=x; dim=1)\nf = aten._to_copy.default(self=i; dtype!=float32)\ny = aten.clone.default(self=f)",
        new float[] {2, 1});
    cases.put(
        "s = aten.slice.Tensor(self=x; dim=1; start=1; end=9223372036854775807)\ny = aten.slice_scatter.default(self=x; src=s; dim=1; start=0; end=2)",
        new float[] {-2, 3, 3, 5, -6, -6});
    cases.put(
        "s = aten.select.int(self=x; dim=1; index=2)\ny = aten.select_scatter.default(self=x; src=s; dim=1; index=0)",
        new float[] {3, -2, 3, -6, 5, -6});
    cases.put(
        "u = aten.unsqueeze.default(self=x; dim=0)\ny, l = aten._scaled_dot_product_flash_attention_for_cpu.default(query=q; key=q; value=q)"
            .replace("u = aten", "u0 = aten")
            .replace(
                "u0 = aten.unsqueeze.default(self=x; dim=0)",
                "z = aten.mul.Scalar(self=x; other=0)\nu = aten.unsqueeze.default(self=z; dim=0)\nv = aten.unsqueeze.default(self=u; dim=0)\nw = aten.unsqueeze.default(self=x; dim=0)\nt = aten.unsqueeze.default(self=w; dim=0)")
            .replace("query=q; key=q; value=q", "query=v; key=v; value=t"),
        new float[] {2.5f, 1.5f, -1.5f, 2.5f, 1.5f, -1.5f});
    cases.put(
        "s = aten.sum.dim_IntList(self=x; dim=[1]; keepdim=True)\nd = aten.div.Tensor(self=x; other=s)\ny = aten.squeeze.dims(self=d; dim=[])"
            .replace("\ny = aten.squeeze.dims(self=d; dim=[])", "\ny = aten.alias.default(self=d)"),
        new float[] {0.5f, -1, 1.5f, 4 / 3f, 5 / 3f, -2});
    List<DynamicTest> tests = new ArrayList<>();
    cases.forEach((nodes, expected) ->
        tests.add(
            DynamicTest.dynamicTest(
                nodes,
                () ->
                    check(
                        new ExportedWriter()
                            .input("x", "s0", 3)
                            .nodes(nodes)
                            .output("y")
                            .fresh(folder),
                        Map.of("x", Tensor.of(X, 2, 3)),
                        expected))));
    return tests;
  }

  @Test
  void branchesBecomeIf() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .graph("yes", "a", "b = aten.neg.default(self=a)\nreturn b")
            .graph("no", "a", "b = aten.mul.Scalar(self=a; other=2)\nreturn b")
            .input("x", "s0", 3)
            .nodes(
                """
                s = aten.sum.default(self=x)
                p = aten.gt.Scalar(self=s; other=0)
                y = higher_order.cond(p; @yes; @no; [x])
                """)
            .output("y");
    Path file = w.fresh(folder);
    check(file, Map.of("x", Tensor.of(X, 2, 3)), new float[] {-1, 2, -3, -4, -5, 6});
    check(file, Map.of("x", Tensor.of(new float[] {-1, 0, 0}, 1, 3)), new float[] {-2, 0, 0});
  }

  @Test
  void loopsBecomeLoop() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .graph(
                "going",
                "a",
                "s = aten.sum.default(self=a)\nc = aten.lt.Scalar(self=s; other=100)\nreturn c")
            .graph("round", "a", "b = aten.mul.Scalar(self=a; other=2)\nreturn b")
            .input("x", "s0", 3)
            .nodes("y = higher_order.while_loop(@going; @round; [x]; [])")
            .output("y");
    // The sum is 5, 10, 20, 40, 80, 160: five rounds.
    check(
        w.fresh(folder),
        Map.of("x", Tensor.of(X, 2, 3)),
        new float[] {32, -64, 96, 128, 160, -192});
  }

  @Test
  void scansKeepWhatEachStepGives() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .graph(
                "step",
                "h, t",
                "n = aten.add.Tensor(self=h; other=t)\nm = aten.mul.Scalar(self=n; other=10)\nreturn n, m")
            .input("x", "s0", 3)
            .input("h", 3)
            .nodes("last, all = higher_order.scan(@step; [h]; [x]; [])")
            .output("last")
            .output("all");
    check(
        w.fresh(folder),
        Map.of("x", Tensor.of(X, 2, 3), "h", Tensor.of(new float[] {1, 1, 1}, 3)),
        new float[] {6, 4, -2},
        new float[] {20, -10, 40, 60, 40, -20});
  }

  @Test
  void aBufferThatChangesIsAnInputWithItsDefault() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .weight("buffer", "b_sum", "sum", new float[] {1, 1, 1}, 3)
            .input("x", 3)
            .nodes("n = aten.add.Tensor(self=b_sum; other=x)\ny = aten.mul.Scalar(self=n; other=2)")
            .changed("n", "sum")
            .output("y");
    Path file = w.fresh(folder);
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
    check(file, Map.of("x", x), new float[] {4, 6, 8}, new float[] {2, 3, 4});
    // The Java API of ONNX Runtime takes no values for inputs that have defaults.
    compare(
        Session.compile(convert(file).model())
            .run(Map.of("x", x, "sum", Tensor.of(new float[] {0, 0, 9}, 3))),
        "here",
        new float[] {2, 4, 24},
        new float[] {1, 2, 12});
    assertTrue(convert(file).notes().toString().contains("the buffer sum changes"));
  }

  @Test
  void aWholeGruIsOneOperator() throws IOException, EngineFailed {
    // All weights zero but one bias: z is a half, n the tangent of one.
    ExportedWriter w =
        new ExportedWriter()
            .weight("parameter", "w", "rnn.weight_ih_l0", new float[3], 3, 1)
            .weight("parameter", "r", "rnn.weight_hh_l0", new float[3], 3, 1)
            .weight("parameter", "b", "rnn.bias_ih_l0", new float[] {0, 0, 1}, 3)
            .weight("parameter", "c", "rnn.bias_hh_l0", new float[3], 3)
            .input("x", "s0", "s1", 1)
            .nodes(
                """
                $n = aten.sym_size.int(self=x; dim=0)
                z = aten.zeros.default(size=[1, $n, 1]; device!=cpu; pin_memory!=False)
                y, h = aten.gru.input(input=x; hx=z; params=[w, r, b, c]; has_biases=True; num_layers=1; dropout=0.0; train=False; bidirectional=False; batch_first=True)
                """)
            .output("y")
            .output("h");
    double h1 = 0.5 * Math.tanh(1);
    double h2 = 0.5 * Math.tanh(1) + 0.5 * h1;
    check(
        w.middle(folder),
        Map.of("x", Tensor.of(new float[] {7, 8}, 1, 2, 1)),
        new float[] {(float) h1, (float) h2},
        new float[] {(float) h2});
  }

  @Test
  void graphsThatAreWrappedAreFollowed() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .graph("body", "a", "b = aten.neg.default(self=a)\nreturn b")
            .graph("twice", "a, b", "c = aten.add.Tensor(self=a; other=b)\nreturn c, a")
            .input("x", "s0", 3)
            .nodes(
                """
                n = higher_order.wrap_with_set_grad_enabled(False; @body; x)
                s, t = higher_order.invoke_subgraph(@twice; 'twice_0'; n; n)
                y = aten.add.Tensor(self=s; other=t)
                """)
            .output("y");
    check(w.fresh(folder), Map.of("x", Tensor.of(X, 2, 3)), new float[] {-3, 6, -9, -12, -15, 18});
  }

  @Test
  void sizesThatDependOnDataStayOpen() throws IOException, EngineFailed {
    ExportedWriter w =
        new ExportedWriter()
            .input("x", "s0", 3)
            .nodes(
                """
                m = aten.gt.Scalar(self=x; other=2)
                i = aten.nonzero.default(self=m)
                $u0 = aten.sym_size.int(self=i; dim=0)
                f = aten.full.default(size=[$u0, 2]; fill_value=2; dtype!=float32; device!=cpu; pin_memory!=False)
                y = aten.mul.Tensor(self=f; other=i)
                """)
            .output("y");
    Path file = w.fresh(folder);
    check(file, Map.of("x", Tensor.of(X, 2, 3)), new float[] {0, 4, 2, 0, 2, 2});
    check(file, Map.of("x", Tensor.of(new float[] {0, 9, 0}, 1, 3)), new float[] {0, 2});
  }

  @Test
  void aWholeLstmIsOneOperator() throws IOException, EngineFailed {
    // One feature, one hidden unit, all weights zero but the biases: gates are known by hand.
    ExportedWriter w =
        new ExportedWriter()
            .weight("parameter", "w", "rnn.weight_ih_l0", new float[4], 4, 1)
            .weight("parameter", "r", "rnn.weight_hh_l0", new float[4], 4, 1)
            .weight("parameter", "b", "rnn.bias_ih_l0", new float[] {0, 0, 1, 0}, 4)
            .weight("parameter", "c", "rnn.bias_hh_l0", new float[4], 4)
            .input("x", "s0", "s1", 1)
            .nodes(
                """
                $n = aten.sym_size.int(self=x; dim=0)
                z = aten.zeros.default(size=[1, $n, 1]; device!=cpu; pin_memory!=False)
                y, h, k = aten.lstm.input(input=x; hx=[z, z]; params=[w, r, b, c]; has_biases=True; num_layers=1; dropout=0.0; train=False; bidirectional=False; batch_first=True)
                """)
            .output("y");
    Path file = w.old(folder);
    double c1 = 0.5 * Math.tanh(1);
    double c2 = 0.5 * c1 + c1;
    check(
        file,
        Map.of("x", Tensor.of(new float[] {7, 8}, 1, 2, 1)),
        new float[] {(float) (0.5 * Math.tanh(c1)), (float) (0.5 * Math.tanh(c2))});
    assertTrue(
        convert(file).model().graph().nodes().stream().anyMatch(n -> n.opType().equals("LSTM")));
  }

  @Test
  void tiedWeightsStayTied() throws IOException {
    float[] table = {1, 2, 3, 4, 5, 6};
    ExportedWriter w =
        new ExportedWriter()
            .weight("parameter", "a", "emb.weight", table, 2, 3)
            .weight("parameter", "b", "head.weight", X, 2, 3)
            .input("x", 2, 3)
            .nodes("s = aten.mul.Tensor(self=x; other=a)\ny = aten.mul.Tensor(self=s; other=b)")
            .output("y");
    assertEquals(2, convert(w.fresh(folder)).model().graph().initializers().size());
    ExportedWriter tied =
        new ExportedWriter()
            .weight("parameter", "a", "emb.weight", table, 2, 3)
            .weight("parameter", "b", "emb.weight", table, 2, 3)
            .input("x", 2, 3)
            .nodes("s = aten.mul.Tensor(self=x; other=a)\ny = aten.mul.Tensor(self=s; other=b)")
            .output("y");
    assertEquals(1, convert(tied.fresh(folder)).model().graph().initializers().size());
  }

  private static <T extends ModelException> void refused(
      Class<T> type, ExportedWriter writer, String... words) throws IOException {
    Path file = writer.fresh(folder);
    T e = assertThrows(type, () -> convert(file));
    for (String word : words) {
      assertTrue(e.getMessage().contains(word), e.getMessage());
    }
  }

  @Test
  void whatIsNotKnownIsRefusedByNameAndPlace() throws IOException {
    refused(
        UnsupportedModel.class,
        linear().nodes("z = aten.no_such_thing.default(self=x)"),
        "nodes[1] (torch.ops.aten.no_such_thing.default)",
        "no_such_thing");
    refused(
        UnsupportedModel.class,
        linear().nodes("z = torch.ops.mylib.magic.default(self=x)"),
        "mylib.magic");
    refused(
        UnsupportedModel.class,
        linear().nodes("z = higher_order.flex_attention(x)"),
        "flex_attention");
    refused(MalformedModel.class, linear().nodes("z = aten.relu.default(self=nobody)"), "nobody");
    refused(
        UnsupportedModel.class,
        linear().nodes("y2 = aten.cat.default(tensors=[x, p_w, p_b]; dim=0)").output("y2"),
        "nodes[1]");
    ExportedWriter future = linear();
    future.version = 9;
    refused(UnsupportedModel.class, future, "version 9");
    ExportedWriter missing = linear();
    missing.weights.remove("fc.bias");
    refused(MalformedModel.class, missing, "fc.bias");
    ExportedWriter cut = linear();
    cut.weights.put("fc.weight", new float[5]);
    refused(MalformedModel.class, cut, "fc.weight");
  }

  @Test
  void documentsThatAreNoneAreRefused() throws IOException {
    for (String text : List.of("", "{", "[1", "{\"a\":1,\"a\":2}", "{} x", "nul")) {
      Path file =
          Archives.zip(
              Files.createTempFile(folder, "bad", ".pt2"),
              Map.of(
                  "serialized_exported_program.json",
                  text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      assertThrows(MalformedModel.class, () -> convert(file), text);
    }
    Path deep =
        Archives.zip(
            Files.createTempFile(folder, "deep", ".pt2"),
            Map.of(
                "serialized_exported_program.json",
                "[".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThrows(LimitExceeded.class, () -> convert(deep));
  }
}
