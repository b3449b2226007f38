package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.html.HtmlReport;
import org.sardonyx.conformance.html.Pictures;
import org.sardonyx.conformance.suite.CodeQuality;
import org.sardonyx.conformance.suite.JsonReport;
import org.sardonyx.conformance.suite.JunitXml;
import org.sardonyx.conformance.suite.Markdown;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.conformance.suite.SuiteRun;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.runtime.SessionOptions;

/**
 * The models of PyTorch as one suite, with all reports and all relations: minutes, so only where
 * {@code -Dcorpus.suite=true} asks for them.
 */
@EnabledIfSystemProperty(named = "corpus.suite", matches = "true")
class SuiteOfCorpusTest {

  private static final Duration MOST = Duration.ofMinutes(5);

  @TempDir Path folder;

  private Suite suite(String head) throws IOException {
    Path models = Corpora.require("torch-models");
    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, head + "models:\n  - model: \"" + models + "/*/model.onnx\"\n");
    return Suite.read(file);
  }

  private static List<String> failing(SuiteResult result) {
    return result.checks().stream()
        .filter(check -> check.status().fails())
        .map(Check::toString)
        .toList();
  }

  @Test
  void allReportsOfAllModelsInFiveMinutes() throws IOException {
    long start = System.nanoTime();
    Suite suite = suite("");
    SuiteResult result;
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = SuiteRun.of(ours)) {
      result = run.run(suite, check -> {});
    }
    StringWriter junit = new StringWriter();
    JunitXml.write(result, junit);
    assertTrue(Markdown.of(result).contains("Passed"), () -> Markdown.of(result));
    assertEquals(List.of(), CodeQuality.of(result));
    assertEquals(true, JsonReport.of(result).get("passed"));
    Pictures pictures =
        new Pictures(SessionOptions.standard(), ReadOptions.DEFAULT, Duration.ofMinutes(1));
    pictures.add(suite, result);
    assertTrue(HtmlReport.of(result, pictures).length() > 1_000_000);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.out.println("suite: " + suite.models().size() + " models in " + took);
    assertTrue(suite.models().size() > 90, () -> suite.models().size() + " models");
    assertEquals(List.of(), failing(result));
    assertTrue(took.compareTo(MOST) < 0, took::toString);
  }

  @Test
  void allRelationsOfAllModels() throws IOException {
    Suite suite = suite("reference: none\nmetamorphic: all\n");
    SuiteResult result;
    try (NativeEngine ours = new NativeEngine();
        SuiteRun run = SuiteRun.of(ours)) {
      result = run.run(suite, check -> {});
    }
    Map<String, Integer> counts = new TreeMap<>();
    for (Check check : result.checks()) {
      if (check.output().startsWith("metamorphic ") && check.status() == Status.PASSED) {
        counts.merge(check.output(), 1, Integer::sum);
      }
    }
    System.out.println("relations: " + counts + " in " + result.took());
    assertEquals(List.of(), failing(result));
    assertTrue(counts.size() >= 10, counts::toString);
  }
}
