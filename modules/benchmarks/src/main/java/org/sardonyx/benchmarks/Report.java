package org.sardonyx.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Measures all {@link Figure}s and writes {@code docs/performance.md}. */
final class Report {

  private final StringBuilder text = new StringBuilder();
  private final List<String> below = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<Double> whole = new ArrayList<>();
  private int met;
  private int aimed;

  private Report() {}

  /** Runs; {@code tools/benchmarks} says the flags. */
  public static void main(String[] arguments) throws IOException {
    boolean quick = false;
    String only = "";
    Path models = null;
    Path results = Path.of("target/benchmarks");
    Path out = Path.of("docs/performance.md");
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick = true;
        case "--only" -> only = arguments[++i];
        case "--models" -> models = Path.of(arguments[++i]);
        case "--results" -> results = Path.of(arguments[++i]);
        case "--out" -> out = Path.of(arguments[++i]);
        default -> throw new IllegalArgumentException(arguments[i]);
      }
    }
    Files.createDirectories(results);
    new Report().write(new Measuring(results, models, quick), only, out);
  }

  private void write(Measuring measuring, String only, Path out) throws IOException {
    Path models = measuring.models();
    List<String> names = models == null ? List.of() : ModelBenchmark.names(models);
    String rows = rows(measuring, Figure.all(names), only);
    String starts = starts(measuring, names, only);
    text.append("# Performance against ONNX Runtime\n\n");
    text.append(
        "Written by `tools/benchmarks`%s, not by hand. %s; %s; Java %s; kernels %s; ONNX Runtime %s; %s.\n\n"
            .formatted(
                measuring.quick() ? " --quick" : "",
                processor(),
                Runtime.getRuntime().availableProcessors() + " processors",
                System.getProperty("java.vm.version"),
                Kernels.best().name(),
                OrtEnvironment.getEnvironment().getVersion(),
                LocalDate.now(ZoneOffset.UTC)));
    text.append(
        """
        Microseconds a call, float32, one thread unless said: medians of JMH iterations, each way to call in processes of its
        own; ± is half of what lies between the least and the most. "run" is `Session.run`, and "user" ONNX Runtime as people
        call it (new tensors, outputs copied); "into" is `Session.runInto`, and "pinned" ONNX Runtime with its tensors reused
        and outputs pinned. A ratio above 1 says that we are faster.

        """);
    text.append(
        "%d rows reach what they must, %d of them what they aim at; %d do not.\n"
            .formatted(met, aimed, below.size()));
    if (!whole.isEmpty()) {
      double mean = Math.exp(whole.stream().mapToDouble(Math::log).average().orElseThrow());
      text.append("Whole float32 models, user, geometric mean: %s.\n".formatted(ratio(mean)));
    }
    list("\nBelow what they must:\n\n", below);
    list("\nDid not run:\n\n", missing);
    text.append(rows).append(starts);
    Files.writeString(out, text.toString());
    System.err.println(out + " is written");
  }

  private void list(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append(title);
      lines.forEach(line -> text.append("- ").append(line).append('\n'));
    }
  }

  private String rows(Measuring measuring, List<Figure> figures, String only) {
    StringBuilder table = new StringBuilder();
    String work = "";
    int done = 0;
    for (Figure figure : figures) {
      done++;
      for (String row : figure.rows()) {
        if (!(figure.work() + " " + row).matches(".*(" + only + ").*")) {
          continue;
        }
        System.err.println(done + "/" + figures.size() + " " + figure.work() + ": " + row);
        Measured into = figure.isPinned() ? measuring.call(figure, row, "into") : null;
        Measured pinned = figure.isPinned() ? measuring.call(figure, row, "pinned") : null;
        Measured ours = figure.isUser() ? measuring.call(figure, row, "ours") : null;
        Measured user = figure.isUser() ? measuring.call(figure, row, "user") : null;
        if (!figure.work().equals(work)) {
          work = figure.work();
          table.append(
              """

              ## %s

              Must %s, aim %s (pinned / user).

              | row | into | pinned | run | user | into vs pinned | run vs user | |
              |---|---:|---:|---:|---:|---:|---:|---|
              """
                  .formatted(work, goals(figure.must()), goals(figure.aim())));
        }
        table.append(line(figure, row, ours, into, pinned, user));
      }
    }
    return table.toString();
  }

  private String line(
      Figure figure,
      String row,
      @Nullable Measured ours,
      @Nullable Measured into,
      @Nullable Measured pinned,
      @Nullable Measured user) {
    double[] ratios = {
      into == null || pinned == null ? Double.NaN : pinned.median() / into.median(),
      ours == null || user == null ? Double.NaN : user.median() / ours.median()
    };
    if (figure.benchmark() == ModelBenchmark.class
        && figure.work().equals("Whole models")
        && ratios[1] > 0) {
      whole.add(ratios[1]);
    }
    String verdict;
    if (figure.isPinned() && Double.isNaN(ratios[0])
        || figure.isUser() && Double.isNaN(ratios[1])) {
      verdict = "did not run";
      missing.add(figure.work() + ": " + row);
    } else if (reaches(ratios, figure.aim()) && reaches(ratios, figure.must())) {
      verdict = "aim";
      met++;
      aimed++;
    } else if (reaches(ratios, figure.must())) {
      verdict = "must";
      met++;
    } else {
      verdict = "**below**";
      below.add(
          "%s: `%s` %s / %s, must %s"
              .formatted(
                  figure.work(), row, ratio(ratios[0]), ratio(ratios[1]), goals(figure.must())));
    }
    return "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            row,
            figure(into),
            figure(pinned),
            figure(ours),
            figure(user),
            ratio(ratios[0]),
            ratio(ratios[1]),
            verdict);
  }

  private static boolean reaches(double[] ratios, double[] goals) {
    for (int i = 0; i < goals.length; i++) {
      if (goals[i] > 0 && !(ratios[i] >= goals[i])) {
        return false;
      }
    }
    return true;
  }

  private String starts(Measuring measuring, List<String> names, String only) throws IOException {
    if (!"Start".matches(".*(" + only + ").*")) {
      return "";
    }
    StringBuilder table = new StringBuilder();
    table.append(
        """

        ## Start and memory

        Whole processes, in turn, inputs of zeros, medians: milliseconds from `main` to the first result and of the first
        inference alone, and the most memory after %d runs more, in MiB. No cache of classes;
        both JVMs have `-XX:+UseSerialGC -Xms10m -Xmn6m`.

        | model | from main: ours | ONNX Runtime | ratio | first: ours | ONNX Runtime | memory: ours | ONNX Runtime | ratio |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|
        """
            .formatted(Startup.RUNS));
    RecurrentBenchmark small = new RecurrentBenchmark();
    small.row = "LSTM,10,1,16,32";
    Subject subject = small.subject();
    Path file = measuring.results().resolve("small-lstm.onnx").toAbsolutePath();
    Onnx.write(subject.model(), file);
    start(table, "small LSTM", measuring, file, subject.inputs(), 1);
    Path models = measuring.models();
    if (models != null) {
      for (String name : names) {
        Path model = models.resolve(name).resolve("model.onnx").toAbsolutePath();
        Model read = Onnx.read(model);
        Map<String, Tensor> inputs =
            ModelBenchmark.inputs(read, models.resolve(name).resolve("test_data_set_0"));
        start(table, name, measuring, model, inputs, 0);
      }
    }
    return table.toString();
  }

  private void start(
      StringBuilder table,
      String name,
      Measuring measuring,
      Path model,
      Map<String, Tensor> inputs,
      double mustFromMain) {
    System.err.println("start: " + name);
    List<String> given = new ArrayList<>();
    inputs.forEach((input, value) ->
        given.add(
            input
                + ":"
                + value.dataType()
                + ":"
                + Arrays.stream(value.shape())
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(","))
                + ":"
                + (value.dataType() == DataType.INT64 && value.size() == 1
                    ? String.valueOf(value.longs()[0])
                    : "")));
    Map<String, Measured> figures = measuring.startup(name, model, given);
    if (figures == null) {
      missing.add("Start: " + name);
      return;
    }
    double main = ratio(figures, "main");
    double memory = ratio(figures, "memory");
    double first = median(figures, "ours first");
    table.append(
        "| %s | %.0f | %.0f | %s | %.1f | %.1f | %.0f | %.0f | %s |\n"
            .formatted(
                name,
                median(figures, "ours main"),
                median(figures, "onnxruntime main"),
                ratio(main),
                first,
                median(figures, "onnxruntime first"),
                median(figures, "ours memory"),
                median(figures, "onnxruntime memory"),
                ratio(memory)));
    if (main < mustFromMain) {
      below.add("From main to the first result, %s: %s, must 1".formatted(name, ratio(main)));
    }
    if (first > 150) {
      below.add("First inference, %s: %.0f ms, must 150".formatted(name, first));
    }
    if (memory < 1) {
      below.add("Memory, %s: %s, must 1".formatted(name, ratio(memory)));
    }
  }

  private static double ratio(Map<String, Measured> figures, String what) {
    return median(figures, "onnxruntime " + what) / median(figures, "ours " + what);
  }

  private static double median(Map<String, Measured> figures, String key) {
    Measured measured = figures.get(key);
    return measured == null ? Double.NaN : measured.median();
  }

  private static String figure(@Nullable Measured measured) {
    return measured == null
        ? "-"
        : String.format(Locale.ROOT, "%.4g ± %.0f %%", measured.median(), 100 * measured.spread());
  }

  private static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private static String goals(double[] goals) {
    return Arrays.stream(goals)
        .mapToObj(goal -> goal == 0 ? "-" : String.valueOf(goal))
        .collect(Collectors.joining(" / "));
  }

  private static String processor() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }
}
