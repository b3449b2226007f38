package org.sardonyx.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.sardonyx.tensor.Value;

/** An engine that does what the name of the file says, in each way in which native code fails. */
final class Faulty implements Engine {

  private Faulty() {}

  /** Serves this engine, unless the first argument of the JVM says that it is not to begin. */
  public static void main(String[] arguments) throws IOException {
    if (Boolean.getBoolean("faulty.start")) {
      hang();
    }
    EngineServer.serve(new Faulty());
  }

  /** Returns an engine in a process of its own. */
  static ProcessEngine engine(Duration timeout, String... flags) {
    return ProcessEngine.of(
        "faulty", Faulty.class, List.of(Engine.class, Value.class), List.of(flags), timeout);
  }

  @Override
  public String name() {
    return "faulty " + ProcessHandle.current().pid();
  }

  @Override
  public Loaded load(Path model, Options options) throws EngineFailed {
    String what = String.valueOf(model.getFileName());
    try {
      // As ONNX Runtime unpacks its library.
      Files.write(Files.createTempDirectory("unpacked").resolve("library"), new byte[100]);
      switch (what) {
        case "crash" -> {
          String number = Long.toString(ProcessHandle.current().pid());
          new ProcessBuilder("sh", "-c", "kill -SEGV " + number).start();
          hang();
        }
        case "exit" -> Runtime.getRuntime().halt(3);
        case "hang" -> hang();
        default -> {}
      }
    } catch (IOException e) {
      throw new EngineFailed(EngineFailed.Kind.FAILED, String.valueOf(e));
    }
    return new Model();
  }

  @Override
  public void close() {}

  private static void hang() {
    while (true) {
      try {
        TimeUnit.DAYS.sleep(1);
      } catch (InterruptedException e) {
        Thread.onSpinWait(); // hangs are not polite
      }
    }
  }

  private static final class Model implements Loaded {
    @Override
    public List<String> inputs() {
      return List.of();
    }

    @Override
    public List<String> outputs() {
      return List.of();
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      return inputs;
    }

    @Override
    public long[] time(Map<String, Value> inputs, Timing how) {
      return new long[0];
    }

    @Override
    public void close() {}
  }
}
