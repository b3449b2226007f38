package org.sardonyx.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.conformance.suite.SuiteResult.Check;

/** Classes as a user writes them, run by JUnit itself. */
class ConformsToTest {

  private static final String INNER = "org.sardonyx.junit.inner";

  /** They are test classes of this module too; only this test runs them. */
  @EnabledIfSystemProperty(named = INNER, matches = "yes")
  static class Passing {
    @ConformsTo(model = "../../models/lstm/model.onnx")
    void besideTheModel() {}

    @ConformsTo(
        model = "../../models/gru/model.onnx",
        inputs = 2,
        seed = 5,
        reference = Suite.Reference.NONE)
    void drawn(Check check) {
      assertTrue(check.judged().ours().maxAbs() < 1e-5);
    }
  }

  @EnabledIfSystemProperty(named = INNER, matches = "yes")
  static class Related {
    @ConformsTo(
        model = "../../models/gru/model.onnx",
        reference = Suite.Reference.NONE,
        metamorphic = {"threads", "prefill"})
    void relations() {}

    @ConformsTo(model = "../../models/gru/model.onnx", metamorphic = "thread")
    void noRelation() {}
  }

  @EnabledIfSystemProperty(named = INNER, matches = "yes")
  static class Failing {
    @ConformsTo(model = "target/conforms-to/gru/model.onnx", reference = Suite.Reference.GOLDEN)
    void otherOutputs() {
      throw new IllegalStateException("the body runs only where the model conforms");
    }

    @ConformsTo(model = "../../models/README.md", reference = Suite.Reference.NONE)
    void noModel() {}

    @ConformsTo(model = "../../models/nowhere.onnx")
    void nowhere() {}

    @ConformsTo(model = "../../models/gru/model.onnx", reference = Suite.Reference.NONE)
    void bodyFails() {
      throw new IllegalStateException("said by the body");
    }
  }

  @EnabledIfSystemProperty(named = INNER, matches = "yes")
  static class Expected {
    @ConformsTo(suite = "target/conforms-to/suite.yaml")
    void suite() {}

    @ConformsTo(suite = "target/conforms-to/suite.yaml", model = "**/rnn/*.onnx")
    void oneOfIt() {}

    @ConformsTo(suite = "target/conforms-to/suite.yaml", model = "*.tflite")
    void noneOfIt() {}

    @ConformsTo(suite = "target/conforms-to/suite.yaml", budget = 2)
    void twoMasters() {}
  }

  @EnabledIfSystemProperty(named = INNER, matches = "yes")
  static class Limited {
    @ConformsTo(
        model = "../../models/gru/model.onnx",
        reference = Suite.Reference.NONE,
        untrusted = true)
    void smallEnough() {}

    @ConformsTo(
        model = "../../models/gru/model.onnx",
        reference = Suite.Reference.NONE,
        limits = "nodeRuns=0")
    void notOneNode() {}

    @ConformsTo(model = "../../models/gru/model.onnx", limits = "rank=1")
    void notRead() {}

    @ConformsTo(model = "../../models/gru/model.onnx", limits = "nods=5")
    void noLimit() {}
  }

  private static final Path FOLDER = Path.of("target/conforms-to");

  /** A model beside a data set whose output is not what it gives. */
  @BeforeAll
  static void off() throws IOException {
    Path original = Path.of("../../models/gru");
    Files.createDirectories(FOLDER.resolve("gru/test_data_set_0"));
    for (String name : List.of("model.onnx", "test_data_set_0/input_0.pb")) {
      Files.write(FOLDER.resolve("gru").resolve(name), Files.readAllBytes(original.resolve(name)));
    }
    byte[] output = Files.readAllBytes(original.resolve("test_data_set_0/output_0.pb"));
    output[output.length - 1] ^= 0x40;
    Files.write(FOLDER.resolve("gru/test_data_set_0/output_0.pb"), output);
  }

  @Test
  void aTestForEachOutputOnEachSet() {
    EngineExecutionResults results = run(Passing.class);
    results.testEvents().assertStatistics(counts -> counts.failed(0).aborted(0));
    List<String> names = names(results);
    assertTrue(
        names.contains("../../models/lstm/model.onnx [test_data_set_0] probabilities"),
        names::toString);
    assertTrue(
        names.stream().filter(name -> name.contains("gru/model.onnx [seed 6]")).count() >= 1,
        names::toString);
    assertEquals(names.size(), names.stream().distinct().count());
  }

  /** A relation that the annotation names and that does not apply is an error, as in a suite. */
  @Test
  void relationsAreTests() {
    EngineExecutionResults results = run(Related.class);
    List<String> names = names(results);
    assertTrue(
        names.stream().anyMatch(name -> name.endsWith("metamorphic threads")), names::toString);
    List<String> told = failures(results);
    assertTrue(told.stream().anyMatch(m -> m.contains("does not apply")), told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("not \"thread\"")), told::toString);
    assertTrue(
        told.stream().allMatch(m -> m.contains("does not apply") || m.contains("thread")),
        told::toString);
  }

  @Test
  void whatDoesNotConformFails() {
    EngineExecutionResults results = run(Failing.class);
    results.testEvents().assertStatistics(counts -> counts.succeeded(0).aborted(0));
    List<String> told = failures(results);
    assertTrue(told.stream().anyMatch(m -> m.startsWith("reference-worse: ")), told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("README.md")), told::toString);
    assertTrue(
        told.stream().anyMatch(m -> m.contains("there is no ../../models/nowhere")),
        told::toString);
    assertTrue(told.contains("said by the body"), told::toString);
    assertTrue(told.stream().noneMatch(m -> m.startsWith("the body runs only")), told::toString);
  }

  @Test
  void limitsAreKept() {
    EngineExecutionResults results = run(Limited.class);
    List<String> told = failures(results);
    assertTrue(told.stream().anyMatch(m -> m.contains("nodeRuns")), told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("rank")), told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("\"nods=5\" is no limit")), told::toString);
    assertTrue(results.testEvents().succeeded().count() >= 1);
  }

  @Test
  void whatASuiteExpectsIsAbortedAndWhatDoesNotComeFails() throws IOException {
    Files.writeString(
        FOLDER.resolve("suite.yaml"),
        """
        name: expectations
        reference: none
        models:
          - model: gru/model.onnx
            reference: golden
            expect:
              - {verdict: reference-worse, reason: one byte of the output is wrong}
          - model: %s/rnn/model.onnx
            expect:
              - {verdict: ours-failed, reason: it once did}
        """
            .formatted("../../../../models"));
    EngineExecutionResults results = run(Expected.class);
    long outputs =
        results.testEvents().aborted().stream()
            .filter(event -> event.getTestDescriptor().getDisplayName().contains("gru"))
            .count();
    assertTrue(outputs >= 1);
    List<String> told = failures(results);
    assertEquals(
        2,
        told.stream().filter("ours-failed: expected and did not come: it once did"::equals).count(),
        told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("has no model *.tflite")), told::toString);
    assertTrue(told.stream().anyMatch(m -> m.contains("the file says")), told::toString);
    assertEquals(4, told.size(), told::toString);
  }

  private static EngineExecutionResults run(Class<?> tests) {
    System.setProperty(INNER, "yes");
    try {
      return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).execute();
    } finally {
      System.clearProperty(INNER);
    }
  }

  private static List<String> names(EngineExecutionResults results) {
    return results.testEvents().finished().stream()
        .map(event -> event.getTestDescriptor().getDisplayName())
        .toList();
  }

  private static List<String> failures(EngineExecutionResults results) {
    return results.allEvents().failed().stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .map(result -> result.getThrowable().orElseThrow().getMessage())
        .toList();
  }
}
