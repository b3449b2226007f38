package org.sardonyx.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.golden.Golden.Format;
import org.sardonyx.conformance.golden.Golden.Report;
import org.sardonyx.conformance.golden.Golden.Status;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

class GoldenTest {

  @TempDir Path folder;

  private Path model;

  @BeforeEach
  void writeModel() {
    model = write("m.onnx", "0.5");
  }

  private Path write(String name, String factor) {
    Path file = folder.resolve(name);
    Onnx.write(
        OnnxText.parse(
            "<ir_version: 8, opset_import: [\"\": 17]> g (float[N, 3] x, int64[2] i) =>"
                + " (float[N, 3] y, int64[2] k) <float f = {"
                + factor
                + "}> { y = Mul (x, f)  k = Add (i, i) }"),
        file);
    return file;
  }

  private Path save(Format format) throws EngineFailed {
    Model read = Onnx.read(model);
    List<Map<String, Value>> inputs =
        List.of(
            RandomInputs.of(read, Map.of(), Map.of(), 1),
            RandomInputs.of(read, Map.of(), Map.of(), 2));
    Path to = folder.resolve("golden");
    try (Engine engine = new NativeEngine()) {
      assertEquals(
          2,
          Golden.save(to, model, inputs, engine, Engine.Options.DEFAULT, format, Map.of("os", "x"))
              .size());
    }
    return to;
  }

  private static Report check(Path golden, Path model) throws EngineFailed {
    try (Engine engine = new NativeEngine()) {
      return Golden.check(golden, model, engine, Engine.Options.DEFAULT, Budget.STANDARD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSavedIsTheSameAgain(Format format) throws EngineFailed {
    Report report = check(save(format), model);
    assertTrue(report.passes(), report::toString);
    assertEquals(4, report.count(Status.SAME));
    assertFalse(report.modelChanged());
    assertEquals("sardonyx", report.savedBy());
    assertEquals(Map.of("os", "x"), report.versions());
  }

  @Test
  void driftIsToldFromError() throws EngineFailed {
    Path golden = save(Format.PB);
    Report drifted = check(golden, write("drifted.onnx", "0.50000006"));
    assertTrue(drifted.passes(), drifted::toString);
    assertTrue(drifted.modelChanged());
    assertEquals(2, drifted.count(Status.DRIFTED));
    assertEquals(2, drifted.count(Status.SAME));
    Report off = check(golden, write("off.onnx", "0.501"));
    assertFalse(off.passes());
    assertEquals(2, off.count(Status.OFF));
  }

  @Test
  void whatWasTouchedIsDamaged() throws EngineFailed, IOException {
    Path golden = save(Format.PB);
    Path input = golden.resolve("test_data_set_1/input_0.pb");
    Tensor x = TensorFiles.readTensor(input);
    x.floats()[0] += 1;
    TensorFiles.write("x", x, input);
    Files.delete(golden.resolve("test_data_set_0/output_1.pb"));
    Report report = check(golden, model);
    assertEquals(2, report.count(Status.DAMAGED));
    assertEquals("output \"k\" is not stored any more", report.findings().getFirst().message());
    assertEquals("input \"x\" is not what was saved", report.findings().getLast().message());
  }

  @Test
  void npzThatIsGoneIsDamaged() throws EngineFailed, IOException {
    Path golden = save(Format.NPZ);
    Files.delete(golden.resolve("set_0.npz"));
    Report report = check(golden, model);
    assertEquals(1, report.count(Status.DAMAGED));
    assertEquals(2, report.count(Status.SAME));
  }

  @Test
  void badFoldersAreRefused() throws EngineFailed, IOException {
    assertThrows(InvalidInput.class, () -> check(folder.resolve("none"), model));
    Path golden = save(Format.PB);
    assertThrows(InvalidInput.class, () -> save(Format.PB));
    Path json = golden.resolve("golden.json");
    String text = Files.readString(json);
    Files.writeString(json, text.replace("test_data_set_0", "../golden"));
    InvalidInput outside = assertThrows(InvalidInput.class, () -> check(golden, model));
    assertTrue(String.valueOf(outside.getMessage()).contains("names a set"), outside::toString);
    Files.writeString(json, text.replace("\"version\" : 1", "\"version\" : 99"));
    assertThrows(InvalidInput.class, () -> check(golden, model));
    Files.writeString(json, "{");
    assertThrows(InvalidInput.class, () -> check(golden, model));
  }
}
