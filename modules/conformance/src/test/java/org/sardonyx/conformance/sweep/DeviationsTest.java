package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviation;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;

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
    Deviation deviation = example.deviation();
    Case small = DeviationExamples.of(deviation.id(), example.operator());
    List<Deviation> matching = Deviations.onnxRuntime().matching(small.model(), small.inputs());
    assertTrue(matching.contains(deviation), "the condition does not hold of its own example");
    Path file = folder.resolve("example.onnx");
    Onnx.write(small.model(), file);
    ThreeWay plain =
        ThreeWay.of(
            run(file, small, new NativeEngine()),
            run(file, small, reference),
            run(file, small, new ArbiterEngine()),
            Budget.STANDARD);
    assertNotNull(plain.reference());
    ThreeWay.Failure failure = plain.reference().failure();
    if (deviation.kind() == Deviation.Kind.LAXER) {
      assertNotNull(plain.ours().failure(), "we take it, too");
      assertEquals(null, failure, "it does not run");
      return;
    }
    assertEquals(null, plain.ours().failure(), "ours");
    switch (deviation.kind()) {
      case REFUSES -> {
        assertNotNull(failure, "it runs now");
        assertFalse(failure.kind() == EngineFailed.Kind.CRASHED, failure::message);
      }
      case CRASHES -> {
        assertNotNull(failure, "it runs now");
        assertEquals(EngineFailed.Kind.CRASHED, failure.kind(), failure::message);
      }
      case ACCURACY -> {
        assertEquals(null, failure, "it does not run");
        double worst = 0;
        double ours = 0;
        for (ThreeWay.Output output : plain.outputs()) {
          assertNotNull(output.reference());
          assertNotNull(output.ours());
          worst = Math.max(worst, output.reference().maxAbs());
          ours = Math.max(ours, output.ours().maxAbs());
        }
        assertTrue(worst > 2 * ours, "it is as exact as we are: " + worst + " and " + ours);
        assertTrue(worst < deviation.limit(), "it is off by " + worst);
      }
      case LAXER -> throw new AssertionError();
      case DIFFERS, CHOOSES -> {
        assertEquals(null, failure, "it does not run");
        assertTrue(
            plain.outputs().stream().anyMatch(o -> o.verdict() == Verdict.REFERENCE_WORSE),
            () -> "it does not show: " + plain.outputs());
        ThreeWay explained =
            plain.explainedBy(
                List.of(deviation),
                () -> run(file, small, new ArbiterEngine().asOnnxRuntimeReads()));
        assertEquals(Verdict.KNOWN_DEVIATION, explained.verdict(), explained::toString);
      }
    }
  }

  private static ThreeWay.Side run(Path file, Case one, Engine engine) {
    return ThreeWay.run(file, one.inputs(), engine, Engine.Options.DEFAULT);
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
