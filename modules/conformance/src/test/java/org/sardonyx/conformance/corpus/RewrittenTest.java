package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.onnx.WriteOptions.Weights;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.Engine.Options;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Value;

/**
 * A model that was read and written again is the same to ONNX Runtime, with its weights in the file
 * and beside it: every output, bit for bit.
 *
 * <p>Of large folders every {@code -Drewritten.stride=}th case is taken.
 */
class RewrittenTest {

  /** Bytes of the longest shape; ONNX Runtime reads none from other files. */
  private static final int SHAPES = 256;

  private static ProcessEngine onnxRuntime;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    onnxRuntime = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
  }

  @AfterAll
  static void end() {
    onnxRuntime.close();
  }

  @Test
  void ourModels() throws IOException {
    Path models = Path.of("../../models");
    assertEquals(CaseFolder.find(models).size(), rewrite(models, 1));
  }

  @ParameterizedTest
  @CsvSource({"torch-models,4,16", "real-models,2,6", "onnx-node-tests,24,30"})
  void corpora(String name, int stride, int atLeast) throws IOException {
    int compared = rewrite(Corpora.require(name), Integer.getInteger("rewritten.stride", stride));
    System.out.println(name + ": " + compared + " rewritten models give the same bits");
    assertTrue(compared >= atLeast, () -> compared + " compared");
  }

  /** Returns how many models ONNX Runtime ran before and after. */
  private int rewrite(Path corpus, int stride) throws IOException {
    List<String> problems = new ArrayList<>();
    List<CaseFolder> cases = CaseFolder.find(corpus).stream().filter(CaseFolder::hasModel).toList();
    int compared = 0;
    for (int i = 0; i < cases.size(); i += stride) {
      CaseFolder one = cases.get(i);
      Model model = Onnx.read(one.model());
      Path same = Files.createDirectories(folder.resolve("same")).resolve("model.onnx");
      Path beside = Files.createDirectories(folder.resolve("beside")).resolve("model.onnx");
      Onnx.write(model, same);
      assertEquals(model, Onnx.read(same), one::name);
      assertArrayEquals(Onnx.toBytes(model), Onnx.toBytes(Onnx.read(same)), one::name);
      Onnx.write(
          model,
          beside,
          WriteOptions.DEFAULT
              .withWeights(Weights.ONE_FILE)
              .withThreshold(SHAPES)
              .withAlignment(64));
      if (!Drawn.of(model).isEmpty()) {
        continue;
      }
      List<Map<String, Value>> before;
      try {
        before = outputs(one, model, one.model());
      } catch (EngineFailed e) {
        if (e.isEngineLost()) {
          problems.add(one.name() + ": " + e.getMessage());
        }
        continue; // what it does not run before, it need not run afterwards
      }
      for (Path rewritten : List.of(same, beside)) {
        try {
          if (!before.equals(outputs(one, model, rewritten))) {
            problems.add(
                one.name() + " " + rewritten.getParent().getFileName() + ": other outputs");
          }
        } catch (EngineFailed e) {
          problems.add(one.name() + ": " + e.getMessage());
        }
      }
      compared++;
    }
    assertEquals(List.of(), problems);
    return compared;
  }

  private static List<Map<String, Value>> outputs(CaseFolder one, Model model, Path file)
      throws EngineFailed {
    List<Map<String, Value>> outputs = new ArrayList<>();
    try (Engine.Loaded loaded = onnxRuntime.load(file, Options.DEFAULT)) {
      for (Path set : one.dataSets()) {
        outputs.add(loaded.run(CaseFolder.inputs(set, model.graph())));
      }
    }
    return outputs;
  }
}
