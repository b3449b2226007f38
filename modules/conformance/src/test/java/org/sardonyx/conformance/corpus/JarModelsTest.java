package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.conformance.BackendTest;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Real models that stand on Maven Central, on inputs made here, against ONNX Runtime. */
class JarModelsTest {

  private static final Tolerance FLOAT = new Tolerance(0, 1e-5, 2e-4, 0);

  /** Dynamic quantization: an activation at the edge of a step takes the other one. */
  private static final Tolerance QUANTIZED = new Tolerance(0, 1e-5, 3e-2, 0.999);

  /** What a model takes. */
  private enum Kind {
    SENTENCES,
    LINE,
    TURNED_LINE,
    PAGE
  }

  /**
   * A model in a jar.
   *
   * @param resource where it is
   * @param stored its data sets among the corpora; empty for none
   */
  record JarModel(String resource, String stored, Kind kind, Tolerance tolerance) {

    /** A padded batch of ids, or an image of soft stripes. */
    Map<String, Value> inputs(String name) {
      return switch (kind) {
        case SENTENCES -> sentences();
        case LINE -> Map.of(name, image(2, 48, 160));
        case TURNED_LINE -> Map.of(name, image(2, 48, 192));
        case PAGE -> Map.of(name, image(1, 64, 96));
      };
    }

    @Override
    public String toString() {
      return resource.substring(resource.lastIndexOf('/') + 1);
    }
  }

  static List<JarModel> models() {
    return List.of(
        new JarModel("/all-minilm-l6-v2.onnx", "all-minilm-l6-v2", Kind.SENTENCES, FLOAT),
        new JarModel("/all-minilm-l6-v2-q.onnx", "all-minilm-l6-v2-q", Kind.SENTENCES, QUANTIZED),
        new JarModel(
            "/models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
            "rapidocr-ppocrv2-cls",
            Kind.TURNED_LINE,
            FLOAT),
        new JarModel(
            "/models/ch_PP-OCRv3_det_infer.onnx", "rapidocr-ppocrv3-det", Kind.PAGE, FLOAT),
        new JarModel("/models/ch_PP-OCRv4_det_infer.onnx", "", Kind.PAGE, FLOAT),
        new JarModel(
            "/models/ch_PP-OCRv3_rec_infer.onnx", "rapidocr-ppocrv3-rec", Kind.LINE, FLOAT),
        new JarModel(
            "/models/ch_PP-OCRv4_rec_infer.onnx", "rapidocr-ppocrv4-rec", Kind.LINE, FLOAT));
  }

  @TempDir static Path folder;

  private static Engine reference;

  @BeforeAll
  static void start() {
    reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60));
  }

  @AfterAll
  static void end() {
    reference.close();
  }

  private static Map<String, Value> sentences() {
    long[] ids = {101, 7592, 2088, 1012, 102, 0, 0, 101, 2023, 2003, 1037, 3231, 1012, 102};
    long[] mask = {1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1};
    Map<String, Value> inputs = new LinkedHashMap<>();
    inputs.put("input_ids", Tensor.of(ids, 2, 7));
    inputs.put("attention_mask", Tensor.of(mask, 2, 7));
    inputs.put("token_type_ids", Tensor.of(new long[14], 2, 7));
    return inputs;
  }

  private static Tensor image(int batch, int height, int width) {
    Random random = new Random(11);
    float[] pixels = new float[batch * 3 * height * width];
    for (int i = 0; i < pixels.length; i++) {
      double wave = StrictMath.sin(i % width * 0.4) * StrictMath.cos(i / width % height * 0.3);
      pixels[i] = (float) (0.8 * wave + 0.1 * random.nextGaussian());
    }
    return Tensor.of(pixels, batch, 3, height, width);
  }

  private static Path extract(JarModel jar) throws IOException {
    Path file = folder.resolve(jar.toString());
    if (!Files.exists(file)) {
      try (InputStream in = JarModelsTest.class.getResourceAsStream(jar.resource())) {
        Assumptions.assumeTrue(in != null, () -> jar.resource() + " is not on the class path");
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return file;
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithOnnxRuntime(JarModel jar) throws IOException, EngineFailed {
    Path file = extract(jar);
    // The dynamically quantized model is compared as it is written, not as fusions change it.
    Engine.Options options = new Engine.Options(1, Engine.Optimization.BASIC);
    try (Engine ours = new NativeEngine();
        Engine.Loaded a = ours.load(file, options);
        Engine.Loaded b = reference.load(file, options)) {
      assertEquals(b.outputs(), a.outputs());
      Map<String, Value> inputs = jar.inputs(b.inputs().getFirst());
      Map<String, Value> found = a.run(inputs);
      b.run(inputs)
          .forEach((name, expected) -> {
            Comparison comparison = Comparison.of(expected, found.get(name), jar.tolerance());
            assertTrue(comparison.agrees(), () -> name + ": " + comparison.summary());
          });
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithStoredOutputs(JarModel jar) throws IOException, EngineFailed {
    Assumptions.assumeFalse(jar.stored().isEmpty(), "nothing is stored");
    CaseFolder stored = new CaseFolder(Corpora.require("real-models").resolve(jar.stored()));
    Path file = extract(jar);
    try (Engine ours = new NativeEngine()) {
      BackendTest test = new BackendTest(ours, Engine.Options.DEFAULT, jar.tolerance());
      BackendTest.Result result = test.run(stored, file);
      assertEquals(BackendTest.Status.PASS, result.status(), result::reason);
    }
  }
}
