package org.sardonyx.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Whatever becomes of a native engine is a result, and nothing of it stays behind. */
@Timeout(120)
class FaultsTest {

  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final List<ProcessHandle> children = ProcessHandle.current().children().toList();

  @TempDir Path temporary;

  private static EngineFailed fails(Engine engine, String what) {
    return assertThrows(
        EngineFailed.class, () -> engine.load(Path.of(what), Engine.Options.DEFAULT));
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
    List<ProcessHandle> alive = new ArrayList<>(ProcessHandle.current().children().toList());
    alive.removeAll(children);
    assertEquals(List.of(), alive);
  }

  @ParameterizedTest
  @CsvSource({"crash,CRASHED", "exit,CRASHED", "hang,TIMED_OUT"})
  @DisabledOnOs(OS.WINDOWS)
  void theNextCaseHasAnEngineAgain(String what, EngineFailed.Kind kind)
      throws EngineFailed, IOException {
    try (Engine engine = Faulty.engine(SOON).within(temporary)) {
      Engine.Loaded old = engine.load(Path.of("good"), Engine.Options.DEFAULT);
      String first = engine.name();
      Map<String, Value> values = Map.of("x", Tensor.of(new float[] {1, 2}, 2));
      assertEquals(values, old.run(values));
      EngineFailed failure = fails(engine, what);
      assertEquals(kind, failure.kind(), failure::getMessage);
      assertTrue(failure.isEngineLost());
      EngineFailed gone = assertThrows(EngineFailed.class, () -> old.run(values));
      assertEquals(EngineFailed.Kind.CRASHED, gone.kind());
      try (Engine.Loaded next = engine.load(Path.of("good"), Engine.Options.DEFAULT)) {
        assertEquals(values, next.run(values));
      }
      assertFalse(engine.name().equals(first), first);
    }
    assertNothingLeft();
  }

  @Test
  void anEngineThatHangsBeforeItBeginsIsEnded() throws IOException {
    try (Engine engine =
        Faulty.engine(Duration.ofSeconds(1), "-Dfaulty.start=true").within(temporary)) {
      assertEquals(EngineFailed.Kind.TIMED_OUT, fails(engine, "good").kind());
    }
    assertNothingLeft();
  }

  @Test
  void withoutItsLibraryItIsMissing() throws IOException {
    // Neither the classes nor, with the classes, the native library.
    try (Engine noClasses =
            ProcessEngine.of(
                    "onnxruntime", OnnxRuntimeEngine.class, List.of(Value.class), List.of(), LONG)
                .within(temporary);
        Engine noLibrary =
            ProcessEngine.of(
                    "onnxruntime",
                    OnnxRuntimeEngine.class,
                    List.of(Value.class, ai.onnxruntime.OrtEnvironment.class),
                    List.of("-Donnxruntime.native.onnxruntime.path=/no/such/library.so"),
                    LONG)
                .within(temporary)) {
      for (Engine engine : List.of(noClasses, noLibrary)) {
        EngineFailed failure = fails(engine, "good");
        assertEquals(EngineFailed.Kind.MISSING, failure.kind(), failure::getMessage);
        assertTrue(failure.getMessage().contains("Error"), failure::getMessage);
      }
    }
    assertNothingLeft();
  }

  @Test
  void onnxRuntimeLeavesNoFolder() throws IOException {
    try (Engine engine = ProcessEngine.onnxRuntime(LONG).within(temporary)) {
      assertEquals(EngineFailed.Kind.REFUSED, fails(engine, "no-such.onnx").kind());
    }
    assertNothingLeft();
  }

  /** Starts an engine that hangs, says so, and waits to be killed. */
  static final class Parent {
    private Parent() {}

    /** Runs. */
    public static void main(String[] arguments) throws EngineFailed {
      try (Engine engine = Faulty.engine(LONG)) {
        engine.load(Path.of("good"), Engine.Options.DEFAULT);
        System.out.println(engine.name());
        engine.load(Path.of("hang"), Engine.Options.DEFAULT);
      }
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anEngineEndsWithWhoeverStartedIt()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said = parent.inputReader().readLine();
      ProcessHandle engine = ProcessHandle.of(Long.parseLong(said.split(" ", -1)[1])).orElseThrow();
      Thread.sleep(500); // until it hangs
      parent.destroyForcibly();
      engine.onExit().get(20, TimeUnit.SECONDS);
      assertFalse(engine.isAlive());
    } finally {
      parent.destroyForcibly();
    }
    parent.waitFor();
    assertNothingLeft();
  }
}
