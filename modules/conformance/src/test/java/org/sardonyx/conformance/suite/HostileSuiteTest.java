package org.sardonyx.conformance.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;

/** What a model does to an engine is a result, and the suite goes on. */
class HostileSuiteTest {

  private static final String HEAD = "<ir_version: 8, opset_import: [\"\": 17]>\n";

  @TempDir Path folder;

  @Test
  void theSuiteGoesOn() throws IOException {
    // Ends the process of ONNX Runtime, which the register knows.
    model("1-kills", "g (int32[1] x) => (int32[1] y) <int32[1] d = {-1}> { y = Div (x, d) }");
    data("1-kills", "x", Tensor.of(new int[] {Integer.MIN_VALUE}, 1));
    // Never ends, in no engine.
    model(
        "2-hangs",
        """
        g (float[1] x) => (float[1] y) <int64 m = {9000000}, bool c = {1}> {
          y = Loop (m, c, x) <body = b (int64 i, bool go, float[1] v)
            => (bool on, float[1] next) {
              on = Identity (go)
              next = Loop (m, c, v) <body = bb (int64 k, bool gg, float[1] w)
                => (bool onn, float[1] nn) { onn = Identity (gg)  nn = Sin (w) }>
            }>
        }
        """);
    data("2-hangs", "x", Tensor.of(new float[] {1}, 1));
    // Gives NaN, as it should.
    model("3-nan", "g (float[2] x) => (float[2] y) { y = Log (x) }");
    data("3-nan", "x", Tensor.of(new float[] {-1, 1}, 2));
    // Asks for 4 TB.
    model("4-memory", "g (int64[2] x) => (float[M, N] y) { y = ConstantOfShape (x) }");
    data("4-memory", "x", Tensor.of(new long[] {1_000_000, 1_000_000}, 2));
    // Says of its output what is not so.
    model("5-lies", "g (float[N] x) => (float[3, 3] y) { y = Relu (x) }");
    data("5-lies", "x", Tensor.of(new float[] {1, 2}, 2));
    Files.createDirectories(folder.resolve("6-rubbish"));
    Files.writeString(folder.resolve("6-rubbish/model.onnx"), "no model");
    model("7-good", "g (float[2] x) => (float[2] y) { y = Relu (x) }");
    data("7-good", "x", Tensor.of(new float[] {-1, 1}, 2));

    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, "timeout: 5\nmodels: [{model: \"*/model.onnx\"}]\n");
    SuiteResult result;
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = SuiteRun.of(ours)) {
      result = run.run(Suite.read(file), _ -> {});
    }
    assertEquals(Status.PASSED, of(result, "1-kills").getFirst().status());
    List<Check> hangs = of(result, "2-hangs");
    assertTrue(
        hangs.stream().anyMatch(c -> c.verdict() == Verdict.OURS_FAILED)
            && hangs.stream().anyMatch(c -> c.message().contains("TIMED_OUT")),
        hangs::toString);
    assertEquals(Verdict.AGREE, of(result, "3-nan").getFirst().verdict());
    List<Check> memory = of(result, "4-memory");
    assertEquals(Verdict.OURS_FAILED, memory.getFirst().verdict(), memory::toString);
    List<Check> lies = of(result, "5-lies");
    assertEquals(Status.ERROR, lies.getFirst().status(), lies::toString);
    assertTrue(lies.getFirst().message().startsWith("the model declares"), lies::toString);
    assertEquals(Status.ERROR, of(result, "6-rubbish").getFirst().status());
    assertEquals(Verdict.AGREE, of(result, "7-good").getFirst().verdict());
    assertTrue(
        result.register().stream().noneMatch(o -> o.message().contains("missing")),
        () -> result.register().toString());
  }

  private static List<Check> of(SuiteResult result, String name) {
    return result.checks().stream().filter(c -> c.model().startsWith(name)).toList();
  }

  private void model(String name, String text) throws IOException {
    Path at = folder.resolve(name);
    Files.createDirectories(at);
    Onnx.write(OnnxText.parse(HEAD + text), at.resolve("model.onnx"));
  }

  private void data(String name, String input, Tensor value) throws IOException {
    Path set = folder.resolve(name).resolve("test_data_set_0");
    Files.createDirectories(set);
    TensorFiles.write(input, value, set.resolve("input_0.pb"));
  }
}
