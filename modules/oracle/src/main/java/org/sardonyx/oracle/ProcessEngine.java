package org.sardonyx.oracle;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.tensor.Value;

/**
 * An engine in a process of its own, so that its crash is a result. A process that died is started
 * again by the next {@link #load}; models loaded before answer {@code CRASHED} from then on. One
 * call at a time; calls from several threads wait for each other. Its temporary files lie in a
 * folder that goes with it, and it ends with this process, however this one ends.
 */
public final class ProcessEngine implements Engine {

  private static final int TAIL = 2000;

  private final String label;
  private final List<String> command;
  private final Duration timeout;
  private final Path temporary;
  private @Nullable Connection connection;

  private ProcessEngine(String label, List<String> command, Duration timeout, Path temporary) {
    this.label = label;
    this.command = command;
    this.timeout = timeout;
    this.temporary = temporary;
  }

  /** Returns the same engine, not started, with another place for temporary folders. */
  ProcessEngine within(Path folder) {
    return new ProcessEngine(label, command, timeout, folder);
  }

  /**
   * Makes an engine that runs {@code main} in a JVM like this one. Nothing is started yet.
   *
   * @param label the name until the engine has told its own
   * @param main a class whose {@code main} calls {@link EngineServer#serve}
   * @param needed classes whose jars or folders make up the class path
   * @param jvmOptions flags for the JVM
   * @param timeout how long an answer may take
   */
  public static ProcessEngine of(
      String label,
      Class<?> main,
      List<Class<?>> needed,
      List<String> jvmOptions,
      Duration timeout) {
    Set<String> places = new LinkedHashSet<>();
    places.add(place(main));
    places.add(place(ReadOptions.class)); // of Engine.Options
    for (Class<?> type : needed) {
      places.add(place(type));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(String.join(java.io.File.pathSeparator, places));
    command.add(main.getName());
    return new ProcessEngine(
        label, command, timeout, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Returns ONNX Runtime in a process of its own; where its jar is not there, it is missing. */
  public static ProcessEngine onnxRuntime(Duration timeout) {
    List<Class<?>> needed = new ArrayList<>();
    needed.add(Value.class);
    try {
      needed.add(ai.onnxruntime.OrtEnvironment.class);
    } catch (NoClassDefFoundError e) {
      // The process will say so.
    }
    return of(
        "onnxruntime",
        OnnxRuntimeEngine.class,
        needed,
        List.of("--enable-native-access=ALL-UNNAMED", "-Xshare:auto", "-XX:+UseSerialGC"),
        timeout);
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " lies at no readable place", e);
    }
  }

  @Override
  public synchronized String name() {
    return connection == null ? label : connection.name;
  }

  @Override
  public synchronized Loaded load(Path model, Options options) throws EngineFailed {
    Connection current = connection;
    if (current == null || !current.process.isAlive()) {
      current = connect();
      connection = current;
    }
    Connection used = current;
    return ask(
        used,
        out -> {
          out.writeByte(EngineServer.LOAD);
          Wire.writeText(out, model.toAbsolutePath().toString());
          out.writeInt(options.threads());
          Wire.writeText(out, options.optimization().name());
        },
        in -> new Remote(used, in.readInt(), readNames(in), readNames(in)));
  }

  @Override
  public synchronized void close() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      current.end();
    }
  }

  private Connection connect() throws EngineFailed {
    try {
      Path folder = Files.createTempDirectory(temporary, "sardonyx-engine");
      List<String> whole = new ArrayList<>(command);
      // Standard output carries the answers; a JVM that dies is to speak and write elsewhere. What
      // the engine unpacks, as ONNX Runtime does its library, lies where it goes with the process.
      whole.addAll(
          1,
          List.of(
              "-XX:+DisplayVMOutputToStderr",
              "-XX:-CreateCoredumpOnCrash",
              "-XX:-UsePerfData",
              "-XX:ErrorFile=" + folder.resolve("fatal.log"),
              "-Djava.io.tmpdir=" + folder,
              "-D" + EngineServer.FOLDER + "=" + folder));
      Connection made = start(whole, folder);
      AtomicBoolean late = new AtomicBoolean();
      CountDownLatch done = watch(made, late);
      try {
        made.name = Wire.readText(made.in);
        return made;
      } catch (IOException e) {
        String said = made.lastWords();
        made.end();
        if (late.get()) {
          throw late(label);
        }
        throw new EngineFailed(
            EngineFailed.Kind.MISSING,
            label + " does not start" + (said.isEmpty() ? "" : ": " + said));
      } finally {
        done.countDown();
      }
    } catch (IOException e) {
      throw new EngineFailed(
          EngineFailed.Kind.MISSING, label + " does not start: " + e.getMessage());
    }
  }

  private <T> T ask(Connection to, Request request, Answer<T> answer) throws EngineFailed {
    if (!to.process.isAlive()) {
      throw new EngineFailed(EngineFailed.Kind.CRASHED, to.name + " died before" + to.exit());
    }
    AtomicBoolean late = new AtomicBoolean();
    CountDownLatch done = watch(to, late);
    try {
      request.write(to.out);
      to.out.flush();
      int status = to.in.readByte();
      if (status == EngineServer.OK) {
        return answer.read(to.in);
      }
      if (status != EngineServer.FAILED) {
        throw new IOException("not an answer: " + status); // the last words of a JVM
      }
      EngineFailed.Kind kind = EngineFailed.Kind.valueOf(Wire.readText(to.in));
      throw new EngineFailed(kind, to.name + ": " + Wire.readText(to.in));
    } catch (IOException e) {
      String said = to.lastWords();
      to.end();
      if (late.get()) {
        throw late(to.name);
      }
      throw new EngineFailed(
          EngineFailed.Kind.CRASHED,
          to.name + " crashed" + to.exit() + (said.isEmpty() ? "" : ": " + said));
    } finally {
      done.countDown();
    }
  }

  private static Connection start(List<String> command, Path folder) throws IOException {
    Path errors = folder.resolve("errors.log");
    boolean started = false;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
              .start();
      started = true;
      return new Connection(process, folder, errors);
    } finally {
      if (!started) {
        EngineServer.delete(folder);
      }
    }
  }

  private EngineFailed late(String who) {
    return new EngineFailed(
        EngineFailed.Kind.TIMED_OUT,
        who + " gave no answer in " + timeout.toMillis() / 1000.0 + " s and was ended");
  }

  /** Ends the process unless the latch is counted down in time. */
  private CountDownLatch watch(Connection watched, AtomicBoolean late) {
    CountDownLatch done = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          try {
            if (!done.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
              late.set(true);
              watched.process.destroyForcibly();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return done;
  }

  private static List<String> readNames(DataInputStream in) throws IOException {
    String[] names = new String[in.readInt()];
    for (int i = 0; i < names.length; i++) {
      names[i] = Wire.readText(in);
    }
    return Arrays.asList(names);
  }

  private interface Request {
    void write(DataOutputStream out) throws IOException;
  }

  private interface Answer<T> {
    T read(DataInputStream in) throws IOException;
  }

  private static final class Connection {
    private final Process process;
    private final Path folder;
    private final Path errors;
    private final DataInputStream in;
    private final DataOutputStream out;
    private String name = "";

    Connection(Process process, Path folder, Path errors) {
      this.process = process;
      this.folder = folder;
      this.errors = errors;
      this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 65536));
      this.out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 65536));
    }

    void end() {
      process.destroyForcibly();
      // Whoever is interrupted meanwhile leaves nothing behind either.
      boolean interrupted = false;
      while (process.isAlive()) {
        try {
          process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      try {
        EngineServer.delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    String exit() {
      return process.isAlive() ? "" : " (exit code " + process.exitValue() + ")";
    }

    String lastWords() {
      try {
        process.waitFor(5, TimeUnit.SECONDS);
        if (!Files.exists(errors)) {
          return "";
        }
        String all = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
        return all.length() > TAIL ? all.substring(all.length() - TAIL) : all;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "";
      } catch (IOException e) {
        return "";
      }
    }
  }

  private final class Remote implements Loaded {
    private final Connection to;
    private final int number;
    private final List<String> inputs;
    private final List<String> outputs;

    Remote(Connection to, int number, List<String> inputs, List<String> outputs) {
      this.to = to;
      this.number = number;
      this.inputs = inputs;
      this.outputs = outputs;
    }

    @Override
    public List<String> inputs() {
      return inputs;
    }

    @Override
    public List<String> outputs() {
      return outputs;
    }

    @Override
    public Map<String, Value> run(Map<String, Value> values) throws EngineFailed {
      synchronized (ProcessEngine.this) {
        return ask(
            to,
            out -> {
              out.writeByte(EngineServer.RUN);
              out.writeInt(number);
              Wire.writeAll(out, values);
            },
            Wire::readAll);
      }
    }

    @Override
    public long[] time(Map<String, Value> values, Timing how) throws EngineFailed {
      synchronized (ProcessEngine.this) {
        return ask(
            to,
            out -> {
              out.writeByte(EngineServer.TIME);
              out.writeInt(number);
              Wire.writeAll(out, values);
              Wire.writeText(out, how.calling().name());
              out.writeLong(how.nanos());
              Wire.writeTexts(out, how.states());
              out.writeInt(how.steps());
            },
            in -> {
              long[] times = new long[in.readInt()];
              for (int i = 0; i < times.length; i++) {
                times[i] = in.readLong();
              }
              return times;
            });
      }
    }

    @Override
    public void close() {
      synchronized (ProcessEngine.this) {
        if (!to.process.isAlive()) {
          return;
        }
        try {
          ask(
              to,
              out -> {
                out.writeByte(EngineServer.CLOSE);
                out.writeInt(number);
              },
              in -> true);
        } catch (EngineFailed e) {
          to.end(); // what cannot be closed is dropped with its process
        }
      }
    }
  }
}
