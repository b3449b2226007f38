package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Value;

/** A session gives with {@link SessionOptions#simplify} what it gives without, in every run. */
class SimplifiedTest {

  private static final long SEED = 17;

  private static void compare(Path folder, Tolerance tolerance) {
    List<String> problems = new ArrayList<>();
    int same = 0;
    int close = 0;
    for (CaseFolder one : CaseFolder.find(folder)) {
      if (!one.hasModel()) {
        continue;
      }
      Model model = Onnx.read(one.model());
      SessionOptions options = SessionOptions.standard().withSeed(SEED);
      Session plain;
      try {
        plain = Session.compile(model, options.withSimplify(false));
      } catch (UnsupportedModel e) {
        continue;
      }
      Session simplified = Session.compile(model, options);
      for (Path set : one.dataSets()) {
        Map<String, Value> inputs = CaseFolder.inputs(set, model.graph());
        Map<String, Value> expected = plain.run(inputs);
        Map<String, Value> found = simplified.run(inputs);
        if (!found.equals(simplified.run(inputs))) {
          problems.add(one.name() + ": a second run gives something else");
        }
        if (expected.equals(found)) {
          same++;
          continue;
        }
        close++;
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(found.keySet()));
        expected.forEach((name, value) -> {
          Comparison comparison = Comparison.of(value, found.get(name), tolerance);
          if (!comparison.agrees()) {
            problems.add(one.name() + " " + name + ": " + comparison.summary());
          }
        });
      }
    }
    System.out.println(
        folder.getFileName() + " simplified: " + same + " data sets the same, " + close + " close");
    assertEquals(List.of(), problems);
    assertTrue(same > 0);
  }

  @Test
  void ourModels() {
    compare(Path.of("../../models"), new Tolerance(1e-4, 1e-5, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx-node-tests", "torch-models"})
  void corpora(String corpus) {
    compare(Corpora.require(corpus), new Tolerance(1e-4, 1e-5, 0, 0));
  }

  @Test
  void realModels() {
    compare(Corpora.require("real-models"), new Tolerance(0, 1e-5, 2e-4, 0));
  }
}
