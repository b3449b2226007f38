package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.Value;

/**
 * What torch.onnx.export wrote, in the folder of shared material beside the repository, or of
 * {@code -Dshared=FOLDER}: how much smaller it becomes, and that both engines give what PyTorch
 * gave.
 */
class TorchModelsTest {

  private static final Tolerance TOLERANCE = new Tolerance(1e-4, 1e-5, 0, 0);

  /** Plain recurrent models by their family in the list of cases. */
  private static final Set<String> RECURRENT = Set.of("lstm", "gru", "rnn");

  /**
   * PyTorch's integers round elsewhere: one step of the quantization, as the list of cases says.
   * Beyond basic optimization ONNX Runtime has integers of its own, two steps off, before as after.
   */
  private static final Map<String, Double> STEPS = Map.of("lstm_digits_static_quant_head", 0.0877);

  /** ONNX Runtime has no LSTM in double. */
  private static final Set<String> NOT_THERE = Set.of("lstm_raw_double");

  /** Runs with one batch size alone as it was exported. */
  private static final Set<String> FROZEN = Set.of("lstm_packed_hn", "gru_packed_tm_uni");

  private static @Nullable Path models() {
    String given = System.getProperty("shared");
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path folder = (given == null ? up.resolve("shared") : Path.of(given)).resolve("torch-models");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return null;
  }

  @Test
  void smallerAndTheSame(@TempDir Path folder) throws IOException, EngineFailed {
    Path models = models();
    assumeTrue(models != null, "no shared material");
    Map<String, String> families = new LinkedHashMap<>();
    for (String line : Files.readAllLines(models.resolve("cases.tsv"))) {
      String[] cells = line.split("\t", -1);
      families.put(cells[0], cells[1]);
    }
    List<String> wrong = new ArrayList<>();
    int[] before = new int[2];
    int[] after = new int[2];
    try (NativeEngine ours = new NativeEngine();
        ProcessEngine reference = ProcessEngine.onnxRuntime(Duration.ofMinutes(2))) {
      for (CaseFolder each : CaseFolder.find(models)) {
        if (!each.hasModel()) {
          continue;
        }
        String name = String.valueOf(each.folder().getFileName());
        Model model = Onnx.read(each.model());
        Optimized result = Optimize.standard().apply(model);
        result.refused().forEach(refused -> wrong.add(name + " took back " + refused));
        if (FROZEN.contains(name) && result.newlyTaken() == 0) {
          wrong.add(name + " is still frozen");
        }
        int plain = RECURRENT.contains(families.get(name)) ? 1 : 0;
        for (int i = 0; i <= plain; i++) {
          before[i] += result.before().nodes();
          after[i] += result.after().nodes();
        }
        Path file = folder.resolve(name + ".onnx");
        Onnx.write(result.model(), file);
        run(each, model, file, ours, wrong);
        if (!NOT_THERE.contains(name)) {
          run(each, model, file, reference, wrong);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(after[0] <= 0.5 * before[0], before[0] + " nodes, " + after[0] + " left");
    assertTrue(after[1] <= 0.4 * before[1], before[1] + " recurrent, " + after[1] + " left");
  }

  private static void run(
      CaseFolder each, Model model, Path file, Engine engine, List<String> wrong)
      throws EngineFailed {
    String name = String.valueOf(each.folder().getFileName());
    Tolerance tolerance =
        new Tolerance(TOLERANCE.rtol(), STEPS.getOrDefault(name, TOLERANCE.atol()), 0, 0);
    Engine.Options options =
        STEPS.containsKey(name)
            ? new Engine.Options(1, Engine.Optimization.BASIC)
            : Engine.Options.DEFAULT;
    try (Engine.Loaded loaded = engine.load(file, options)) {
      for (Path set : each.dataSets()) {
        Map<String, Value> found = loaded.run(CaseFolder.inputs(set, model.graph()));
        CaseFolder.outputs(set, model.graph())
            .forEach((output, wanted) -> {
              Comparison comparison = Comparison.of(wanted, found.get(output), tolerance);
              if (!comparison.agrees()) {
                wrong.add(
                    name + " " + output + " in " + engine.name() + ": " + comparison.summary());
              }
            });
      }
    }
  }
}
