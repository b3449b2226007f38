package org.sardonyx.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
@Timeout(300)
class FaultsTest {

  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(2);

  /** How often as long as a good case took one may take that is not to hang. */
  private static final int PATIENCE = 10;

  private final List<ProcessHandle> children = ProcessHandle.current().children().toList();

  @TempDir Path temporary;

  private static EngineFailed fails(Engine engine, String what) {
    return assertThrows(
        EngineFailed.class, () -> engine.load(Path.of(what), Engine.Options.DEFAULT));
  }

  /** Returns a deadline that good cases keep on this machine, as busy as it is. */
  private Duration soon() throws EngineFailed {
    long start = System.nanoTime();
    try (Engine engine = Faulty.engine(LONG).within(temporary)) {
      engine.load(Path.of("good"), Engine.Options.DEFAULT);
    }
    Duration patient = Duration.ofNanos(PATIENCE * (System.nanoTime() - start));
    return patient.compareTo(SOON) > 0 ? patient : SOON;
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
    Duration deadline = kind == EngineFailed.Kind.TIMED_OUT ? soon() : LONG;
    try (Engine engine = Faulty.engine(deadline).within(temporary)) {
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

  /** Asks for ONNX Runtime where its jar is not on the class path. */
  static final class WithoutJar {
    private WithoutJar() {}

    /** Says what became of it. */
    public static void main(String[] arguments) {
      try (Engine engine = ProcessEngine.onnxRuntime(LONG)) {
        engine.load(Path.of("good"), Engine.Options.DEFAULT);
      } catch (EngineFailed e) {
        System.out.println(e.kind());
      }
    }
  }

  @Test
  void withoutItsJarItIsMissing() throws IOException, InterruptedException, URISyntaxException {
    String jar =
        Path.of(
                ai.onnxruntime.OrtEnvironment.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI())
            .toString();
    List<String> places =
        new ArrayList<>(
            List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
    assertTrue(places.remove(jar), places.toString());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                String.join(File.pathSeparator, places),
                WithoutJar.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said = process.inputReader()) {
      assertEquals("MISSING", said.readLine());
      assertEquals(0, process.waitFor());
    } finally {
      process.destroyForcibly();
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
  void anEngineEndsWithWhoeverStartedIt() throws IOException, InterruptedException {
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
      until(() -> unpacked() == 2); // it hangs
      parent.destroyForcibly();
      until(() -> hasEnded(engine));
    } finally {
      parent.destroyForcibly();
    }
    parent.waitFor();
    assertNothingLeft();
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits as long as this test may take. */
  private static void until(Condition condition) throws IOException, InterruptedException {
    while (!condition.holds()) {
      Thread.sleep(20);
    }
  }

  /** How many cases an engine has unpacked something for. */
  private long unpacked() throws IOException {
    try (Stream<Path> all = Files.walk(temporary)) {
      return all.filter(path -> path.endsWith("library")).count();
    } catch (UncheckedIOException e) {
      return 0; // something went while we looked
    }
  }

  /** Whether a process is gone, or was not asked yet what it died of. */
  private static boolean hasEnded(ProcessHandle process) throws IOException {
    Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
    try {
      return !process.isAlive() || (Files.exists(stat) && Files.readString(stat).contains(") Z "));
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whoeverIsInterruptedLeavesNothing() throws EngineFailed, IOException {
    Engine engine = Faulty.engine(LONG).within(temporary);
    try (engine) {
      engine.load(Path.of("good"), Engine.Options.DEFAULT);
      Thread.currentThread().interrupt();
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertNothingLeft();
  }
}
