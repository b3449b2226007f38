package org.sardonyx.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.sardonyx.conformance.NativeProcess;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.Engine.Calling;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times a model natively and in ONNX Runtime. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Times a model natively and in ONNX Runtime, each in a process of its own, in rounds that take"
          + " turns.",
      "ratio = ONNX Runtime's median / ours, as users call it (new input tensors and copied outputs per"
          + " run); ratio_pinned = with ONNX Runtime's tensors reused and its outputs pinned. Above 1 we"
          + " are faster."
    },
    footerHeading = "%nExample:%n",
    footer = "  sardonyx bench models/lstm/model.onnx --dim time=100 --dim batch=1 --seconds 5")
final class BenchCommand implements Callable<Integer> {

  @Spec CommandSpec spec;
  @Mixin Output output;
  @Mixin ModelFile file;
  @Mixin InputOptions inputs;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads of each engine (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "Measured time in all, without the warm-up (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "2",
      description = "Seconds each engine runs before it is measured (default: ${DEFAULT-VALUE}).")
  double warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "10",
      description = "Rounds; each engine runs once in each (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--stream",
      description = "Time one step of a stream: the dimension that is time, unless given, is 1.")
  boolean stream;

  BenchCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    if (threads < 1 || rounds < 1 || !(seconds > 0) || !(warmUp >= 0)) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads and --rounds are at least 1, --seconds is more than 0, --warm-up is not negative");
    }
    Model model = file.readWhole();
    if (stream) {
      StreamDims.of(model).forEach(inputs.dims::putIfAbsent);
    }
    Map<String, Value> given = inputs.read(model, output.seed);
    Engine.Options options = new Engine.Options(threads, Engine.Optimization.ALL);
    long round = (long) (seconds * 1e9 / (3.0 * rounds));
    Duration timeout = Duration.ofSeconds(120 + (long) (warmUp + seconds));
    long[] ours = {};
    long[] user = {};
    long[] pinned = {};
    String reference;
    boolean canPin = true;
    try (ProcessEngine nativeEngine = NativeProcess.engine(timeout, java.util.List.of());
        ProcessEngine onnxRuntime = ProcessEngine.onnxRuntime(timeout);
        Engine.Loaded own = nativeEngine.load(file.path, options);
        Engine.Loaded other = onnxRuntime.load(file.path, options)) {
      reference = onnxRuntime.name();
      output.progress("warming up ...");
      own.time(given, Calling.USER, (long) (warmUp * 1e9));
      other.time(given, Calling.USER, (long) (warmUp * 0.5e9));
      for (int i = 0; i < rounds; i++) {
        output.progress("round " + (i + 1) + " of " + rounds);
        ours = join(ours, own.time(given, Calling.USER, round));
        user = join(user, other.time(given, Calling.USER, round));
        if (canPin) {
          try {
            pinned = join(pinned, other.time(given, Calling.PINNED, round));
          } catch (EngineFailed e) {
            if (e.isEngineLost()) {
              throw e;
            }
            canPin = false; // outputs that are no tensors, or change their shape, cannot be pinned
          }
        }
      }
    }
    print(reference, ours, user, canPin ? pinned : new long[0]);
    return Main.AGREED;
  }

  private void print(String reference, long[] ours, long[] user, long[] pinned) {
    Arrays.sort(ours);
    Arrays.sort(user);
    Arrays.sort(pinned);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", file.path.toString());
    json.put("reference", reference);
    json.put("threads", threads);
    json.put("native_us", figures(ours));
    json.put("onnxruntime_us", figures(user));
    json.put("ratio", ratio(user, ours));
    if (pinned.length > 0) {
      json.put("onnxruntime_pinned_us", figures(pinned));
      json.put("ratio_pinned", ratio(pinned, ours));
    }
    if (output.isJson()) {
      output.json(json);
      return;
    }
    json.forEach((key, value) -> output.line(key + ": " + value));
  }

  private static double ratio(long[] other, long[] ours) {
    return Math.round(1000.0 * percentile(other, 50) / percentile(ours, 50)) / 1000.0;
  }

  private static Map<String, Object> figures(long[] sorted) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("calls", sorted.length);
    row.put("min", micros(sorted[0]));
    row.put("median", micros(percentile(sorted, 50)));
    row.put("p90", micros(percentile(sorted, 90)));
    row.put("p99", micros(percentile(sorted, 99)));
    row.put("max", micros(sorted[sorted.length - 1]));
    return row;
  }

  private static double micros(long nanos) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3f", nanos / 1000.0));
  }

  private static long percentile(long[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static long[] join(long[] a, long[] b) {
    return LongStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }
}
