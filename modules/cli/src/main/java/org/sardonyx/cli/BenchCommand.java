package org.sardonyx.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.NativeProcess;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.Engine.Calling;
import org.sardonyx.oracle.Engine.Timing;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.runtime.Pace;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.runtime.States;
import org.sardonyx.tensor.DataType;
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
  @Mixin WeightsOption weights;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Threads that each engine computes in (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "Measured time in all, without the warm-up (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description =
          "Most seconds that an engine runs until its calls take the same time again and again; only"
              + " then it is measured (default: ${DEFAULT-VALUE}).")
  double warmUp;

  @Option(
      names = "--rounds",
      defaultValue = "10",
      description = "Rounds; each engine runs once in each (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--stream",
      description = {
        "Time the steps of a stream: states go from the outputs of a call to the inputs of the next,"
            + " in both engines. Dimensions called after time, length or batch are 1 unless given; states"
            + " begin with zeros unless given."
      })
  boolean stream;

  @Option(
      names = "--state",
      paramLabel = "OUTPUT=INPUT",
      description =
          "With --stream: an output that is the next value of an input; inferred unless given.")
  Map<String, String> states = new LinkedHashMap<>();

  @Option(
      names = "--steps",
      defaultValue = "100",
      description =
          "With --stream: after how many steps it begins anew (default: ${DEFAULT-VALUE}).")
  int steps;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description =
          "What bench --format json printed before; exit code 1 where our median is slower now.")
  @Nullable Path baseline;

  @Option(
      names = "--max-regress",
      paramLabel = "PART",
      defaultValue = "10%",
      description =
          "With --baseline: how much slower is still no regress (default: ${DEFAULT-VALUE}).")
  String maxRegress;

  BenchCommand() {}

  @Override
  public Integer call() throws EngineFailed {
    if (threads < 1 || rounds < 1 || steps < 1 || !(seconds > 0) || !(warmUp >= 0)) {
      throw new ParameterException(
          spec.commandLine(),
          "--threads, --rounds and --steps are at least 1, --seconds is more than 0, --warm-up is not"
              + " negative");
    }
    if (!stream && !states.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--state is for --stream");
    }
    double most;
    try {
      most = BenchBaseline.part(maxRegress);
    } catch (NumberFormatException e) {
      throw new ParameterException(
          spec.commandLine(), "--max-regress is a part, such as 0.1 or 10%", e);
    }
    BenchBaseline before =
        baseline == null ? null : BenchBaseline.read(baseline, file.path.toString(), threads);
    Model model = file.readWhole();
    // Says what is not supported, ImageDecoder among it, before a process is started.
    Session session =
        Session.compile(
            model,
            SessionOptions.standard()
                .withLimits(output.limits.limits())
                .withWeights(weights.type()));
    Map<String, String> pairs = Map.of();
    if (stream) {
      StreamDims.of(model).forEach(inputs.dims::putIfAbsent);
      States stated = new States(states, Map.of(), Map.of(), Map.of());
      pairs = session.stream(stated).pairs();
      inputs.zeros.addAll(pairs.values());
    }
    Map<String, Value> given = inputs.read(model, output.seed);
    Engine.Options options =
        new Engine.Options(threads, Engine.Optimization.ALL, output.limits.reading());
    long round = (long) (seconds * 1e9 / (3.0 * rounds));
    Path binary = file.binary();
    Duration timeout = Duration.ofSeconds(120 + (long) (warmUp + seconds));
    long[] ours = {};
    long[] user = {};
    long[] pinned = {};
    Map<String, Boolean> warm = new LinkedHashMap<>();
    String reference;
    boolean canPin = true;
    try (ProcessEngine nativeEngine =
            NativeProcess.engine(timeout, output.limits.reading(), weights.type(), List.of());
        ProcessEngine onnxRuntime = ProcessEngine.onnxRuntime(timeout);
        Engine.Loaded own = nativeEngine.load(binary, options);
        Engine.Loaded other = onnxRuntime.load(binary, options)) {
      reference = onnxRuntime.name();
      output.progress("warming up ...");
      warm.put("native", warmUp(own, given, pairs));
      warm.put("onnxruntime", warmUp(other, given, pairs));
      for (int i = 0; i < rounds; i++) {
        output.progress("round " + (i + 1) + " of " + rounds);
        ours = join(ours, own.time(given, timing(Calling.USER, round, pairs)));
        user = join(user, other.time(given, timing(Calling.USER, round, pairs)));
        if (canPin) {
          try {
            pinned = join(pinned, other.time(given, timing(Calling.PINNED, round, pairs)));
          } catch (EngineFailed e) {
            if (e.isEngineLost()) {
              throw e;
            }
            canPin = false; // outputs that are no tensors, or change their shape, cannot be pinned
          }
        }
      }
    }
    warm.forEach((engine, is) -> {
      if (!is) {
        output.progress(engine + " was not warm after " + warmUp + " s; --warm-up gives it longer");
      }
    });
    Map<String, Object> json =
        result(reference, pairs, warm, ours, user, canPin ? pinned : new long[0]);
    boolean slower = false;
    if (before != null) {
      double median = micros(percentile(ours, 50));
      json.put("regress", Math.round(1000 * before.regress(median)) / 1000.0);
      slower = before.regress(median) > most;
      output.progress(before.says(median, ratio(user, ours)));
    }
    if (output.isJson()) {
      output.json(json);
    } else {
      json.forEach((key, value) -> output.line(key + ": " + value));
    }
    return slower ? Main.DISAGREED : Main.AGREED;
  }

  /** Runs an engine until it is warm, or time is up; returns whether it is. */
  private boolean warmUp(Engine.Loaded engine, Map<String, Value> given, Map<String, String> pairs)
      throws EngineFailed {
    Pace pace = new Pace();
    long slice = (long) Math.max(1, Math.min(200e6, warmUp * 1e9 / 4));
    long end = System.nanoTime() + (long) (warmUp * 1e9);
    do {
      if (pace.add(engine.time(given, timing(Calling.USER, slice, pairs)))) {
        return true;
      }
    } while (System.nanoTime() < end);
    return false;
  }

  private Timing timing(Calling calling, long nanos, Map<String, String> pairs) {
    return new Timing(calling, nanos, pairs, stream ? steps : 1);
  }

  private Map<String, Object> result(
      String reference,
      Map<String, String> pairs,
      Map<String, Boolean> warm,
      long[] ours,
      long[] user,
      long[] pinned) {
    Arrays.sort(ours);
    Arrays.sort(user);
    Arrays.sort(pinned);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", file.path.toString());
    json.put("reference", reference);
    json.put("threads", threads);
    if (weights.type() != DataType.FLOAT) {
      json.put("weights", weights.weights.name().toLowerCase(Locale.ROOT));
    }
    if (stream) {
      json.put("states", pairs);
    }
    json.put("warm", warm);
    json.put("native_us", figures(ours));
    json.put("onnxruntime_us", figures(user));
    json.put("ratio", ratio(user, ours));
    if (pinned.length > 0) {
      json.put("onnxruntime_pinned_us", figures(pinned));
      json.put("ratio_pinned", ratio(pinned, ours));
    }
    return json;
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
