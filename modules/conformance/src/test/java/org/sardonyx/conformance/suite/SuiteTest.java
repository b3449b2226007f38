package org.sardonyx.conformance.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.Suite.Reference;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class SuiteTest {

  private static final String ADD =
      """
      <ir_version: 8, opset_import: ["": 17]>
      g (float[N, 2] x) => (float[N, 2] "y<&|") <float[2] w = {1, 2}> { "y<&|" = Add (x, w) }
      """;

  @TempDir Path folder;

  @Test
  void everyKeyIsRead() throws IOException {
    model("a/m.onnx", ADD);
    model("b/m.onnx", ADD);
    Suite suite =
        read(
            """
            name: two
            reference: golden
            budget: 2
            models:
              - model: "*/m.onnx"
                reference: none
                inputs: {count: 2, seed: 5, dims: {N: 3}, ranges: {x: [0, 1]}}
              - model: a/m.onnx
                data: [a]
                tolerance: {rtol: 1e-3, atol: 1e-6}
                timeout: 2.5
                arbiter: false
                expect: [{output: y, verdict: ours-worse, reason: told so}]
            """);
    assertEquals("two", suite.name());
    assertEquals(List.of("a/m.onnx", "b/m.onnx", "a/m.onnx"), labels(suite));
    Suite.Entry first = suite.models().getFirst();
    assertEquals(Reference.NONE, first.reference());
    assertEquals(2, first.budget().scale());
    assertEquals(2, first.generated().count());
    assertEquals(Map.of("N", 3L), first.generated().dims());
    Suite.Entry last = suite.models().getLast();
    assertEquals(Reference.GOLDEN, last.reference());
    assertEquals(1e-3, last.budget().fixed().rtol());
    assertEquals(Duration.ofMillis(2500), last.timeout());
    assertFalse(last.arbiter());
    assertEquals(
        List.of(new Suite.Expectation("y", Verdict.OURS_WORSE, "told so", false)), last.expected());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models: [{model: a.onnx}, {model: no.onnx}] | suite.yaml, line 1: \"model\" finds no file",
        "modles: [] | suite.yaml, line 1: \"modles\" is not known here",
        "name: x | suite.yaml, line 1: \"models\" names no model",
        "models: 5 | suite.yaml, line 1: \"models\" is a list",
        "models: [5] | suite.yaml, line 1: keys and values are expected",
        "models: [{modle: a.onnx}] | suite.yaml, line 1: \"model\" is missing",
        "models: [{model: a.onnx, inputs: {count: 0}}] | \"count\" is 1 to 1000",
        "models: [{model: a.onnx, inputs: {count: x}}] | \"count\" is a whole number, not \"x\"",
        "models: [{model: a.onnx, budget: -1}] | \"budget\" is greater than 0",
        "models: [{model: a.onnx, budget: 1, tolerance: {rtol: 1}}] | \"budget\" and \"tolerance\" exclude",
        "models: [{model: a.onnx, reference: tract}] | \"reference\" is onnxruntime, golden, none, not \"tract\"",
        "models: [{model: a.onnx, reference: none, arbiter: false}] | nothing to compare with",
        "models: [{model: a.onnx, arbiter: maybe}] | \"arbiter\" is true or false",
        "models: [{model: a.onnx, data: gone}] | \"data\" names a folder that is not there",
        "models: [{model: a.onnx, expect: [{reason: r}]}] | \"verdict\" is missing",
        "models: [{model: a.onnx, model: a.onnx}] | \"model\" is there twice",
        "models: [{model: a.onnx | suite.yaml, line 2: expected ',' or '}'",
      })
  void mistakesAreNamedWithLineAndKey(String text, String message) throws IOException {
    model("a.onnx", ADD);
    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, text + "\n");
    InvalidInput wrong = assertThrows(InvalidInput.class, () -> Suite.read(file));
    assertTrue(wrong.getMessage().contains(message), wrong.getMessage());
  }

  @Test
  void nestingEnds() {
    assertThrows(LimitExceeded.class, () -> read("models: " + "[".repeat(100_000)));
    assertThrows(LimitExceeded.class, () -> read("a: {".repeat(100_000)));
  }

  @Test
  void theLineIsThatOfTheKey() throws IOException {
    model("a.onnx", ADD);
    InvalidInput wrong =
        assertThrows(InvalidInput.class, () -> read("models:\n  - model: a.onnx\n    seed: 1\n"));
    assertTrue(
        wrong
            .getMessage()
            .startsWith("suite.yaml, line 3: \"seed\" is not known here; known are model, budget,"),
        wrong.getMessage());
  }

  @Test
  void verdictsBecomeChecks() throws IOException {
    model("good/model.onnx", ADD);
    data("good/test_data_set_0", 2, 4);
    model("bad/model.onnx", ADD);
    data("bad/test_data_set_0", 2, 5);
    Files.writeString(folder.resolve("none.onnx"), "this is no model");
    SuiteResult result =
        run(
            """
            reference: golden
            arbiter: false
            models:
              - model: good/model.onnx
              - model: bad/model.onnx
              - model: bad/model.onnx
                expect: [{verdict: disagree, reason: the file is wrong}]
              - model: good/model.onnx
                expect: [{verdict: disagree, reason: was wrong once}]
              - model: none.onnx
            """);
    assertEquals(
        List.of(
            Status.PASSED,
            Status.FAILED,
            Status.EXPECTED,
            Status.PASSED,
            Status.UNEXPECTED_PASS,
            Status.ERROR),
        result.checks().stream().map(Check::status).toList());
    assertEquals("2 passed, 1 expected, 1 failed, 1 unexpected-pass, 1 error", result.summary());
    assertFalse(result.passes());
    assertTrue(
        result.checks().get(2).message().startsWith("the file is wrong ("),
        result.checks().get(2).message());
  }

  @Test
  void theArbiterJudgesRandomInputs() throws IOException {
    model("m.onnx", ADD);
    SuiteResult result =
        run("models: [{model: m.onnx, reference: none, inputs: {count: 3, dims: {N: 4}}}]");
    assertEquals("3 passed, 0 failed", result.summary());
    assertEquals("seed 3", result.checks().getLast().inputs());
  }

  @Test
  void aModelWithoutInputsToRunOnIsAnError() throws IOException {
    model("m.onnx", ADD);
    assertEquals("0 passed, 0 failed, 1 error", run("models: [{model: m.onnx}]").summary());
  }

  @Test
  void reportsHoldHostileNames() throws IOException, ParserConfigurationException, SAXException {
    model("bad/model.onnx", ADD);
    data("bad/test_data_set_0", 2, 5);
    SuiteResult result =
        run(
            """
            name: "<b>\\u0007|"
            reference: golden
            arbiter: false
            models: [{model: bad/model.onnx}]
            """);
    StringWriter xml = new StringWriter();
    JunitXml.write(result, xml);
    Document document =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(xml.toString())));
    assertEquals("<b>\\u0007|", document.getDocumentElement().getAttribute("name"));
    assertEquals("1", document.getDocumentElement().getAttribute("failures"));
    assertEquals(
        "test_data_set_0, y<&|",
        ((org.w3c.dom.Element) document.getElementsByTagName("testcase").item(0))
            .getAttribute("name"));
    assertEquals(1, document.getElementsByTagName("failure").getLength());

    String summary = Markdown.of(result);
    assertTrue(
        summary.startsWith("## &lt;b&gt;\\\\u0007\\|\n\n**Failed**: 0 passed, 1 failed"), summary);
    assertTrue(summary.contains("| y&lt;&amp;\\| | failed | disagree |"), summary);
    String annotation = Markdown.annotations(result).getFirst();
    assertTrue(
        annotation.startsWith("::error file=bad/model.onnx,title=failed::test_data_set_0, y<&|: "),
        annotation);
    assertEquals(JsonReport.VERSION, JsonReport.of(result).get("version"));
  }

  private SuiteResult run(String text) throws IOException {
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = new SuiteRun(ours, SuiteTest::absent, Deviations.none())) {
      return run.run(read(text), _ -> {});
    }
  }

  private static Engine absent(Duration timeout) {
    throw new AssertionError("ONNX Runtime is not asked for here");
  }

  private Suite read(String text) throws IOException {
    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, text);
    return Suite.read(file);
  }

  private static List<String> labels(Suite suite) {
    return suite.models().stream().map(Suite.Entry::label).toList();
  }

  private void model(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Onnx.write(OnnxText.parse(text), file);
  }

  private void data(String path, float x, float y) throws IOException {
    Path set = folder.resolve(path);
    Files.createDirectories(set);
    TensorFiles.write("x", Tensor.of(new float[] {x, x}, 1, 2), set.resolve("input_0.pb"));
    TensorFiles.write("y", Tensor.of(new float[] {x + 1, y}, 1, 2), set.resolve("output_0.pb"));
  }
}
