package org.sardonyx.conformance.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.conformance.corpus.Corpora;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.passes.Check;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Value;

/**
 * Folders of cases, converted to other versions and run: what comes out is what came out before. Of
 * large folders every {@code -Dconvert.stride=}th case is taken.
 */
class ConvertedCorpusTest {

  /** What was converted. */
  private static final class Tally {
    final List<String> problems = new ArrayList<>();
    final List<String> refusals = new ArrayList<>();
    int same;
    int close;

    @Override
    public String toString() {
      return same + " the same bit for bit, " + close + " close, " + refusals.size() + " refused";
    }
  }

  private static Tally convert(Path folder, int stride, Tolerance tolerance, int... versions) {
    Tally tally = new Tally();
    List<CaseFolder> cases = CaseFolder.find(folder);
    for (int i = 0; i < cases.size(); i += stride) {
      CaseFolder one = cases.get(i);
      if (one.hasModel()) {
        Model model = Onnx.read(one.model());
        if (Drawn.of(model).isEmpty()) {
          convert(one, model, tolerance, tally, versions);
        }
      }
    }
    return tally;
  }

  private static void convert(
      CaseFolder one, Model model, Tolerance tolerance, Tally tally, int... versions) {
    Map<Map<String, Value>, Map<String, Value>> expected = new LinkedHashMap<>();
    try {
      Session session = Session.compile(model);
      for (Path set : one.dataSets()) {
        Map<String, Value> inputs = CaseFolder.inputs(set, model.graph());
        expected.put(inputs, session.run(inputs));
      }
    } catch (UnsupportedModel e) {
      return; // nobody can say what it gives
    }
    long errors = errors(model);
    for (int version : versions) {
      String what = one.name() + " in ai.onnx " + version + ": ";
      Model converted;
      try {
        converted = ConvertOpset.of(Operators.standard()).to(version).apply(model);
      } catch (UnsupportedModel e) {
        tally.refusals.add(what + e.getMessage());
        if (e.location().path().isEmpty()) {
          tally.problems.add(what + "refused without a place: " + e.getMessage());
        }
        continue;
      }
      if (errors(converted) > errors) {
        tally.problems.add(what + "is no valid model");
      }
      Session session = Session.compile(converted);
      for (Map.Entry<Map<String, Value>, Map<String, Value>> set : expected.entrySet()) {
        compare(what, set.getValue(), session.run(set.getKey()), tolerance, tally);
      }
    }
  }

  private static void compare(
      String what,
      Map<String, Value> expected,
      Map<String, Value> found,
      Tolerance tolerance,
      Tally tally) {
    if (expected.equals(found)) {
      tally.same++;
      return;
    }
    tally.close++;
    for (Map.Entry<String, Value> output : expected.entrySet()) {
      Comparison comparison =
          Comparison.of(output.getValue(), found.get(output.getKey()), tolerance);
      if (!comparison.agrees()) {
        tally.problems.add(what + output.getKey() + " " + comparison.summary());
      }
    }
  }

  private static long errors(Model model) {
    return Check.of(Operators.standard()).check(model).stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .count();
  }

  @Test
  void ourModels() {
    Path models = Path.of("../../models");
    Tally up = convert(models, 1, Tolerance.BACKEND, 24, 25, 26, 27, 28);
    System.out.println("our models, to 24 to 28: " + up);
    assertEquals(List.of(), up.problems);
    assertEquals(List.of(), up.refusals);
    Tally down = convert(models, 1, Tolerance.BACKEND, 16, 13, 11, 9);
    System.out.println("our models, to 16, 13, 11, 9: " + down);
    assertEquals(List.of(), down.problems);
    assertTrue(down.same > 0);
  }

  @Test
  void nodeTestsUp() {
    int stride = Integer.getInteger("convert.stride", 5);
    Tally tally = convert(Corpora.require("onnx-node-tests"), stride, Tolerance.BACKEND, 28);
    System.out.println("node tests, to 28: " + tally);
    assertEquals(List.of(), tally.problems);
    assertEquals(List.of(), tally.refusals);
  }

  @Test
  void nodeTestsDown() {
    int stride = Integer.getInteger("convert.stride", 5);
    Tally tally =
        convert(
            Corpora.require("onnx-node-tests"),
            stride,
            Tolerance.BACKEND,
            22,
            20,
            17,
            15,
            13,
            11,
            9,
            7,
            6,
            1);
    System.out.println("node tests, down: " + tally);
    assertEquals(List.of(), tally.problems);
    assertTrue(tally.same > 10 * tally.close, tally::toString);
  }

  @Test
  void torchModels() {
    int stride = Integer.getInteger("convert.stride", 5);
    Tally tally =
        convert(Corpora.require("torch-models"), stride, new Tolerance(1e-4, 1e-5, 0, 0), 28, 16);
    System.out.println("torch models, to 28 and 16: " + tally);
    assertEquals(List.of(), tally.problems);
    assertTrue(tally.same > 0, tally::toString);
  }
}
