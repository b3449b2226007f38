package org.sardonyx.conformance.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.conformance.corpus.Corpora;
import org.sardonyx.convert.ConvertOpset;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Models as they are and converted, both run by ONNX Runtime: somebody else says that the two mean
 * the same. Of large folders every {@code -Dconvert.stride=}th case is taken.
 */
class ConvertedInOnnxRuntimeTest {

  /** Nothing is fused, so that an engine has no reason to round one of the two otherwise. */
  private static final Engine.Options PLAIN = new Engine.Options(1, Engine.Optimization.NONE);

  private static ProcessEngine onnxRuntime;

  @TempDir private Path folder;

  private final List<String> problems = new ArrayList<>();
  private final Map<String, Integer> refusals = new TreeMap<>();

  /** Cases whose original ONNX Runtime itself computes otherwise than the converted one and we. */
  private final Set<String> deviations = new TreeSet<>();

  private int same;
  private int close;

  @BeforeAll
  static void start() {
    onnxRuntime = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
  }

  @AfterAll
  static void stop() {
    onnxRuntime.close();
  }

  private void convert(Path cases, int stride, int... versions) {
    List<CaseFolder> all = CaseFolder.find(cases);
    for (int i = 0; i < all.size(); i += stride) {
      CaseFolder one = all.get(i);
      if (one.hasModel()) {
        Model model = Onnx.read(one.model());
        if (Drawn.of(model).isEmpty()) {
          convert(one, model, versions);
        }
      }
    }
  }

  private void convert(CaseFolder one, Model model, int... versions) {
    Map<Map<String, Value>, Map<String, Value>> expected = new LinkedHashMap<>();
    try (Engine.Loaded loaded = onnxRuntime.load(one.model(), PLAIN)) {
      for (Path set : one.dataSets()) {
        Map<String, Value> inputs = CaseFolder.inputs(set, model.graph());
        expected.put(inputs, loaded.run(inputs));
      }
    } catch (EngineFailed e) {
      Assumptions.assumeTrue(e.kind() != EngineFailed.Kind.MISSING, e::getMessage);
      return; // ONNX Runtime does not run the original either
    }
    for (int version : versions) {
      Model converted;
      try {
        converted = ConvertOpset.of(Operators.standard()).to(version).apply(model);
      } catch (UnsupportedModel e) {
        continue; // counted by ConvertedCorpusTest
      }
      String what = one.name() + " in ai.onnx " + version + ": ";
      Path file = folder.resolve("converted.onnx");
      Onnx.write(converted, file);
      try (Engine.Loaded loaded = onnxRuntime.load(file, PLAIN)) {
        for (Map.Entry<Map<String, Value>, Map<String, Value>> set : expected.entrySet()) {
          Map<String, Value> found = loaded.run(set.getKey());
          if (!compare(what, set.getValue(), found)) {
            Map<String, Value> own = Session.compile(model).run(set.getKey());
            if (differences("", own, found).isEmpty()) {
              deviations.add(one.name());
            } else {
              problems.addAll(differences(what, set.getValue(), found));
            }
          }
        }
      } catch (EngineFailed e) {
        refused(what, version, e);
      }
    }
  }

  /** What it has no kernel for says nothing of the model; any other complaint does. */
  private void refused(String what, int version, EngineFailed e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("NOT_IMPLEMENTED")
        || message.contains("Could not find an implementation")) {
      refusals.merge("ai.onnx " + version + ": " + kernel(message), 1, Integer::sum);
    } else {
      problems.add(what + e.kind() + " " + message);
    }
  }

  private static String kernel(String message) {
    int at = message.indexOf("implementation for ");
    return at < 0
        ? message
        : message.substring(at + "implementation for ".length()).split(" ", 2)[0];
  }

  private boolean compare(String what, Map<String, Value> expected, Map<String, Value> found) {
    if (expected.equals(found)) {
      same++;
      return true;
    }
    boolean agrees = differences(what, expected, found).isEmpty();
    close += agrees ? 1 : 0;
    return agrees;
  }

  private static List<String> differences(
      String what, Map<String, Value> expected, Map<String, Value> found) {
    List<String> differences = new ArrayList<>();
    expected.forEach((name, value) -> {
      Comparison comparison = Comparison.of(value, found.get(name), budget(value));
      if (!comparison.agrees()) {
        differences.add(what + name + " " + comparison.summary());
      }
    });
    return differences;
  }

  /** A few places of the last digit, by the type. */
  private static Tolerance budget(Value value) {
    DataType type = value instanceof Tensor tensor ? tensor.dataType() : DataType.FLOAT;
    return switch (type) {
      case FLOAT16 -> new Tolerance(4e-3, 1e-3, 0, 0);
      case BFLOAT16 -> new Tolerance(3e-2, 1e-2, 0, 0);
      case DOUBLE -> new Tolerance(1e-12, 1e-13, 0, 0);
      default -> new Tolerance(1e-5, 1e-6, 0, 0);
    };
  }

  private void report(String corpus) {
    System.out.println(
        corpus
            + " converted, in ONNX Runtime: "
            + same
            + " the same bit for bit, "
            + close
            + " close, no kernel for "
            + refusals
            + ", it deviates in "
            + deviations);
    assertEquals(List.of(), problems);
    assertTrue(same > close, same + " the same, " + close + " close");
  }

  @Test
  void ourModels() {
    convert(Path.of("../../models"), 1, 26, 24, 21, 17, 13, 9);
    report("our models");
  }

  @Test
  void nodeTests() {
    int stride = Integer.getInteger("convert.stride", 5);
    convert(Corpora.require("onnx-node-tests"), stride, 26, 22, 20, 17, 15, 13, 11, 9, 7);
    report("node tests");
  }

  @Test
  void torchModels() {
    int stride = Integer.getInteger("convert.stride", 5);
    convert(Corpora.require("torch-models"), stride, 26, 16, 13);
    report("torch models");
  }
}
