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
import java.util.LinkedHashMap;
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
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.html.HtmlReport;
import org.sardonyx.conformance.html.Pictures;
import org.sardonyx.conformance.metamorphic.Relation;
import org.sardonyx.conformance.suite.Suite.Reference;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
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

  /** A suite may name models in ONNX's text form; one that is wrong there says line and column. */
  @Test
  void modelsMayBeText() throws IOException {
    Files.writeString(folder.resolve("a.onnxtxt"), ADD);
    Files.writeString(folder.resolve("b.onnxtxt"), ADD.replace("Add (x", "Add {x"));
    Suite suite = read("models: [{model: \"*.onnxtxt\", inputs: {count: 1}}]\n");
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = SuiteRun.of(ours)) {
      SuiteResult result = run.run(suite, check -> {});
      assertEquals(
          List.of(Status.PASSED, Status.ERROR),
          result.checks().stream().map(Check::status).toList());
      assertTrue(result.checks().getFirst().judged().reference() != null);
      String message = result.checks().getLast().message();
      assertTrue(message.contains("b.onnxtxt") && message.contains("line 2"), message);
    }
  }

  /** Outputs that are stored elsewhere, for each model in a folder of its name. */
  @Test
  void storedOutputsMayLieInAFolderOfTheirOwn() throws IOException {
    model("models/a.onnx", ADD);
    model("models/b.onnx", ADD);
    Path set = Files.createDirectories(folder.resolve("stored/models/a/test_data_set_0"));
    Files.createDirectories(folder.resolve("stored/test_data_set_0"));
    Model add = Onnx.read(folder.resolve("models/a.onnx"));
    Map<String, Value> inputs = RandomInputs.of(add, Map.of(), Map.of(), 1);
    int i = 0;
    for (String name : add.graph().inputs().stream().map(input -> input.name()).toList()) {
      TensorFiles.write(name, inputs.get(name), set.resolve("input_" + i++ + ".pb"));
    }
    ThreeWay.Side right =
        ThreeWay.run(
            folder.resolve("models/a.onnx"), inputs, new NativeEngine(), Engine.Options.DEFAULT);
    i = 0;
    for (Map.Entry<String, Value> output : right.outputs().entrySet()) {
      TensorFiles.write(output.getKey(), output.getValue(), set.resolve("output_" + i++ + ".pb"));
    }
    Suite suite = read("reference: golden\nmodels: [{model: \"models/*.onnx\", golden: stored}]\n");
    assertEquals(
        List.of(set.getParent(), folder.resolve("stored")),
        suite.models().stream().map(Suite.Entry::golden).toList());
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = SuiteRun.of(ours)) {
      SuiteResult result = run.run(new Suite("one", suite.models().subList(0, 1)), check -> {});
      assertTrue(result.passes(), result::toString);
      assertTrue(result.checks().stream().allMatch(check -> check.judged().reference() != null));
    }
    InvalidInput gone =
        assertThrows(
            InvalidInput.class,
            () -> read("reference: golden\nmodels: [{model: models/a.onnx, golden: no}]\n"));
    assertTrue(gone.getMessage().contains("\"golden\" names a folder that is not there"));
    InvalidInput useless =
        assertThrows(
            InvalidInput.class, () -> read("models: [{model: models/a.onnx, golden: stored}]\n"));
    assertTrue(useless.getMessage().contains("\"golden\" is a folder for"), useless::getMessage);
  }

  @Test
  void patternsMayLeaveTheFolder() throws IOException {
    model("models/a/m.onnx", ADD);
    model("models/b/m.onnx", ADD);
    Files.createDirectories(folder.resolve("suites"));
    for (String pattern : List.of("../models/**/m.onnx", folder + "/models/*/m.onnx")) {
      Path file = folder.resolve("suites/suite.yaml");
      Files.writeString(file, "models: [{model: \"" + pattern + "\"}]\n");
      assertEquals(List.of("a/m.onnx", "b/m.onnx"), labels(Suite.read(file)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models: [{model: a.onnx}, {model: no.onnx}] | suite.yaml, line 1: \"model\" finds no file",
        "models: [{model: '*.on[nx'}] | suite.yaml, line 1: \"model\" is no pattern of paths",
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
        "models: [{model: a.onnx, metamorphic: [chunks, chunk]}] | suite.yaml, line 1: \"metamorphic\" is all, or a list of batch-permutation,",
        "models: [{model: a.onnx, metamorphic: {a: 1}}] | \"metamorphic\" is a list",
        "metamorphic: some | suite.yaml, line 1: \"metamorphic\" is all",
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

  /** The first row is not the first where rows are in another order. */
  private static final String MINUS_FIRST =
      """
      <ir_version: 8, opset_import: ["": 17]>
      g (float[batch, 2] x) => (float[batch, 2] y) <int64[1] i = {0}> {
        first = Gather <axis = 0> (x, i)
        y = Sub (x, first)
      }
      """;

  @Test
  void relationsAreChecks() throws IOException, ParserConfigurationException, SAXException {
    model("m.onnx", MINUS_FIRST);
    model("add.onnx", ADD);
    SuiteResult result =
        run(
            """
            reference: none
            metamorphic: all
            models:
              - model: m.onnx
                inputs: {dims: {batch: 3}}
              - model: m.onnx
                inputs: {dims: {batch: 3}}
                metamorphic: [batch-permutation, threads, chunks]
                expect: [{output: metamorphic batch-permutation, verdict: disagree, reason: known}]
              - model: add.onnx
                inputs: {dims: {N: 2}}
                metamorphic: []
              - model: add.onnx
                inputs: {dims: {N: 2}}
                metamorphic: simplify
            """);
    Map<String, Status> first = new LinkedHashMap<>();
    int end = 0;
    while (!first.containsKey(result.checks().get(end).output())) {
      first.put(result.checks().get(end).output(), result.checks().get(end).status());
      end++;
    }
    assertEquals(Status.PASSED, first.get("y"));
    assertEquals(Status.FAILED, first.get("metamorphic batch-permutation"));
    assertEquals(Status.PASSED, first.get("metamorphic threads"));
    assertFalse(first.containsKey("metamorphic chunks"), first::toString);
    List<Check> rest = result.checks().subList(end, result.checks().size());
    assertEquals(
        List.of(
            "y: passed",
            "metamorphic batch-permutation: expected",
            "metamorphic chunks: error",
            "metamorphic threads: passed",
            "y<&|: passed",
            "y<&|: passed",
            "metamorphic simplify: passed"),
        rest.stream().map(check -> check.output() + ": " + check.status().word()).toList());
    assertTrue(rest.get(2).message().startsWith("does not apply: "), rest.get(2).message());
    StringWriter xml = new StringWriter();
    JunitXml.write(result, xml);
    assertTrue(xml.toString().contains("name=\"seed 1, metamorphic batch-permutation\""));
    assertTrue(
        HtmlReport.of(
                result, new Pictures(SessionOptions.standard(), ReadOptions.DEFAULT, Duration.ZERO))
            .contains("metamorphic simplify"));
  }

  /** The schema lists what the reader knows. */
  @Test
  void theSchemaKnowsRelationsAndVerdicts() throws IOException {
    String schema = Files.readString(Path.of("../../docs/suite.schema.json"));
    for (Relation relation : Relation.values()) {
      assertTrue(schema.contains('"' + relation.word() + '"'), relation::word);
    }
    for (Verdict verdict : Verdict.values()) {
      assertTrue(schema.contains('"' + verdict.word() + '"'), verdict::word);
    }
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
