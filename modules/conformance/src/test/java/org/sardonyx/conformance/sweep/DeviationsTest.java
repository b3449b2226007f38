package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.runtime.SessionOptions;

/**
 * Every entry of the register shows, on a small model, in the version of ONNX Runtime that is used;
 * one that no longer does must leave the register.
 */
class DeviationsTest {

  @TempDir static Path folder;

  private static Engine reference;

  @BeforeAll
  static void start() {
    reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(30));
  }

  @AfterAll
  static void end() {
    reference.close();
  }

  record Example(Deviation deviation, String operator) {
    @Override
    public String toString() {
      return deviation.id() + " " + operator;
    }
  }

  static Stream<Example> entries() {
    return Deviations.onnxRuntime().all().stream()
        .flatMap(d -> d.operators().stream().map(operator -> new Example(d, operator)));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void shows(Example example) {
    RegisterCheck.Outcome outcome =
        RegisterCheck.of(
            example.deviation(), example.operator(), reference, folder.resolve("example.onnx"));
    assumeFalse(outcome.state() == RegisterCheck.State.ELSEWHERE, outcome::message);
    assertEquals(RegisterCheck.State.SHOWS, outcome.state(), outcome::message);
  }

  /** What is not wrong any more is noticed: an engine without faults shows none of them. */
  @Test
  void whatIsFixedIsNoticed() {
    try (Engine fixed = new NativeEngine("onnxruntime 9.9.9", SessionOptions.standard())) {
      for (RegisterCheck.Outcome outcome :
          RegisterCheck.of(Deviations.onnxRuntime(), fixed, true)) {
        if (outcome.deviation().kind() != Deviation.Kind.LAXER) {
          assertNotEquals(RegisterCheck.State.SHOWS, outcome.state(), outcome::toString);
        }
      }
    }
  }

  @Test
  void entriesAreOfReleases() {
    Deviation any = Deviations.onnxRuntime().all().getFirst();
    Deviation some =
        new Deviation(
            "X",
            any.operators(),
            "",
            any.key(),
            any.kind(),
            any.engine(),
            "",
            "",
            "",
            false,
            0,
            "1.17",
            "1.30.0",
            "");
    assertTrue(some.isOf("onnxruntime 1.29.0"));
    assertTrue(some.isOf("onnxruntime 1.17.0"));
    assertTrue(some.isOf("onnxruntime"));
    assertFalse(some.isOf("onnxruntime 1.30.0"));
    assertFalse(some.isOf("onnxruntime 1.9.1"));
    assertFalse(some.isOf("golden"));
  }

  @Test
  void identifiersAreUnique() {
    Set<String> seen = new HashSet<>();
    for (Deviation deviation : Deviations.onnxRuntime().all()) {
      assertTrue(seen.add(deviation.id()), deviation.id());
    }
  }

  /** The register says which version it was measured with; a new one is to be measured again. */
  @Test
  void theVersionIsTheOneUsed() throws EngineFailed {
    Case any = DeviationExamples.of("D12", "Sigmoid");
    Path file = folder.resolve("any.onnx");
    Onnx.write(any.model(), file);
    reference.load(file, Engine.Options.DEFAULT).close();
    assertEquals(reference.name(), Deviations.onnxRuntime().all().getFirst().engine());
  }
}
