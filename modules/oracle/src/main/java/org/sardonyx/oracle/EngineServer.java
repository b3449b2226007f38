package org.sardonyx.oracle;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardonyx.tensor.Value;

/** Serves an engine over standard input and output: the far side of {@link ProcessEngine}. */
public final class EngineServer {

  static final int LOAD = 1;
  static final int RUN = 2;
  static final int TIME = 3;
  static final int CLOSE = 4;
  static final int OK = 0;
  static final int FAILED = 1;

  /** The property that names the folder of temporary files, which the process need not leave. */
  static final String FOLDER = "sardonyx.engine.folder";

  private static final long LOOK_MILLIS = 300;
  private static final int DELETIONS = 20;

  private final Engine engine;
  private final Map<Integer, Engine.Loaded> models = new HashMap<>();
  private int next;

  private EngineServer(Engine engine) {
    this.engine = engine;
  }

  /**
   * Answers requests until the input ends. Whatever else the process prints goes to standard error.
   */
  public static void serve(Engine engine) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in), 65536));
    DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 65536));
    System.setOut(System.err);
    Thread.ofPlatform().daemon().name("parent").start(new Orphanage(parent()));
    Wire.writeText(out, engine.name());
    out.flush();
    EngineServer server = new EngineServer(engine);
    while (true) {
      int request;
      try {
        request = in.readByte();
      } catch (EOFException e) {
        deleteFolder();
        return;
      }
      server.answer(request, in, out);
      out.flush();
    }
  }

  private static Optional<Long> parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid);
  }

  /**
   * Ends this process when the one that started it is gone: an engine that hangs does not see that
   * its input has ended. Whoever is dead has no children, even where nobody asks what it died of.
   */
  private record Orphanage(Optional<Long> first) implements Runnable {
    @Override
    public void run() {
      try {
        while (parent().equals(first)) {
          Thread.sleep(LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e); // nobody does
      }
      try {
        deleteFolder();
      } finally {
        Runtime.getRuntime().halt(1);
      }
    }
  }

  private static void deleteFolder() {
    String folder = System.getProperty(FOLDER);
    if (folder != null) {
      try {
        delete(Path.of(folder));
      } catch (IOException e) {
        System.err.println(e); // some systems keep files that are in use; nobody is left to tell
      }
    }
  }

  /** Deletes a folder and what lies in it, as far as it is still there; an engine may add to it. */
  static void delete(Path folder) throws IOException {
    for (int attempt = 1; Files.exists(folder); attempt++) {
      try {
        deleteOnce(folder);
      } catch (IOException e) {
        if (attempt == DELETIONS) {
          throw e;
        }
      }
    }
  }

  private static void deleteOnce(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  private void answer(int request, DataInputStream in, DataOutputStream out) throws IOException {
    switch (request) {
      case LOAD -> {
        Path path = Path.of(Wire.readText(in));
        int threads = in.readInt();
        Engine.Optimization level = Engine.Optimization.valueOf(Wire.readText(in));
        try {
          Engine.Loaded model = engine.load(path, new Engine.Options(threads, level));
          models.put(next, model);
          out.writeByte(OK);
          out.writeInt(next++);
          writeNames(out, model.inputs());
          writeNames(out, model.outputs());
        } catch (EngineFailed e) {
          fail(out, e);
        }
      }
      case RUN -> {
        Engine.Loaded model = model(in.readInt());
        Map<String, Value> inputs = Wire.readAll(in);
        try {
          Map<String, Value> outputs = model.run(inputs);
          out.writeByte(OK);
          Wire.writeAll(out, outputs);
        } catch (EngineFailed e) {
          fail(out, e);
        }
      }
      case TIME -> {
        Engine.Loaded model = model(in.readInt());
        Map<String, Value> inputs = Wire.readAll(in);
        Engine.Timing how =
            new Engine.Timing(
                Engine.Calling.valueOf(Wire.readText(in)),
                in.readLong(),
                Wire.readTexts(in),
                in.readInt());
        try {
          long[] times = model.time(inputs, how);
          out.writeByte(OK);
          out.writeInt(times.length);
          for (long time : times) {
            out.writeLong(time);
          }
        } catch (EngineFailed e) {
          fail(out, e);
        }
      }
      case CLOSE -> {
        Engine.Loaded model = models.remove(in.readInt());
        if (model != null) {
          model.close();
        }
        out.writeByte(OK);
      }
      default -> throw new IOException("not a request: " + request);
    }
  }

  private Engine.Loaded model(int number) throws IOException {
    Engine.Loaded model = models.get(number);
    if (model == null) {
      throw new IOException("no model " + number);
    }
    return model;
  }

  private static void writeNames(DataOutputStream out, List<String> names) throws IOException {
    out.writeInt(names.size());
    for (String name : names) {
      Wire.writeText(out, name);
    }
  }

  private static void fail(DataOutputStream out, EngineFailed e) throws IOException {
    out.writeByte(FAILED);
    Wire.writeText(out, e.kind().name());
    Wire.writeText(out, String.valueOf(e.getMessage()));
  }
}
