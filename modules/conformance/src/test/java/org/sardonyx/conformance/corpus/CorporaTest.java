package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.BackendTest;
import org.sardonyx.conformance.BackendTest.Result;
import org.sardonyx.conformance.BackendTest.Status;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.imagedecoder.ImageDecoder;
import org.sardonyx.onnx.Npy;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The engine on folders of cases with expected outputs. */
class CorporaTest {

  @Test
  void nodeTests() throws EngineFailed {
    List<Result> results = run("onnx-node-tests", name -> Tolerance.BACKEND);
    assertTrue(results.stream().allMatch(r -> r.status() == Status.PASS), results::toString);
  }

  /** Outputs are PyTorch's; the tolerance is what two implementations were measured to need. */
  @Test
  void torchModels() throws EngineFailed {
    List<Result> results =
        run(
            "torch-models",
            name ->
                switch (name) {
                  // A rounding at the edge of a quantization step moves a score by one step.
                  case "lstm_digits_static_quant_head" -> new Tolerance(1e-4, 0.09, 0, 0);
                  case "lstm_raw_double" -> new Tolerance(1e-12, 1e-12, 0, 0);
                  default -> new Tolerance(1e-4, 1e-5, 0, 0);
                });
    assertTrue(results.stream().allMatch(r -> r.status() == Status.PASS), results::toString);
  }

  /** Outputs are ONNX Runtime's. */
  @Test
  void realModels() throws EngineFailed {
    List<Result> results =
        run(
            "real-models",
            name ->
                switch (name) {
                  case "kaldi-qlstm-scan", "ddddocr-old-int8" -> new Tolerance(0, 1e-5, 1e-3, 0);
                  default -> new Tolerance(0, 1e-5, 2e-4, 0);
                });
    assertTrue(
        results.stream().allMatch(r -> r.status() == Status.PASS || r.status() == Status.NO_MODEL),
        results::toString);
  }

  /** Models that stand for what frameworks in Java train; outputs are the frameworks' own. */
  @Test
  void javaModels() {
    Path folder = Corpora.require("java-models");
    both(folder.resolve("expected/dl4j_lstm_seq.onnx"), folder.resolve("dl4j/lstm_seq"));
    both(folder.resolve("expected/djl_gru.onnx"), folder.resolve("djl/djl_gru"));
  }

  private static void both(Path model, Path arrays) {
    Session session = Session.compile(Onnx.read(model));
    Tensor input = Npy.read(arrays.resolveSibling(arrays.getFileName() + ".input.npy"));
    Tensor expected = Npy.read(arrays.resolveSibling(arrays.getFileName() + ".output.npy"));
    Map<String, Value> found = session.run(Map.of(session.requiredInputs().getFirst(), input));
    Comparison comparison =
        Comparison.of(expected, found.values().iterator().next(), new Tolerance(1e-5, 1e-6, 0, 0));
    assertTrue(comparison.agrees(), () -> model.getFileName() + ": " + comparison.summary());
  }

  /** Runs every case; all that fail must be listed, and all that are listed must fail. */
  private static List<Result> run(String corpus, Function<String, Tolerance> tolerance)
      throws EngineFailed {
    Path folder = Corpora.require(corpus);
    Map<String, String> known = Corpora.knownFailures(corpus);
    List<Result> results = new ArrayList<>();
    List<String> surprises = new ArrayList<>();
    SessionOptions options = SessionOptions.standard().withOperators(ImageDecoder.DEF);
    try (NativeEngine engine = new NativeEngine("sardonyx", options)) {
      for (CaseFolder one : CaseFolder.find(folder)) {
        Result result =
            new BackendTest(engine, Engine.Options.DEFAULT, tolerance.apply(one.name())).run(one);
        boolean fails = result.status() == Status.FAIL || result.status() == Status.ERROR;
        if (fails && !known.containsKey(one.name())) {
          surprises.add(result.toString());
        } else if (!fails && known.containsKey(one.name())) {
          surprises.add(one.name() + " is listed as a known failure and passes");
        }
        results.add(result);
      }
    }
    System.out.println(corpus + ": " + BackendTest.counts(results));
    assertEquals(List.of(), surprises);
    return results.stream().filter(r -> !known.containsKey(r.name())).toList();
  }
}
