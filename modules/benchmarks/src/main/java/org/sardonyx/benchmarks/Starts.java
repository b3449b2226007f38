package org.sardonyx.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** What processes take from {@code main} to their first result, and how much memory. */
final class Starts {

  private static final double FIRST_MUST = 150;
  private static final double FIRST_AIM = 30;
  private static final double AIM = 2;

  private final Measuring measuring;
  private final Verdicts verdicts;
  private final Notes notes;
  private final String only;
  private final StringBuilder table = new StringBuilder();

  Starts(Measuring measuring, Verdicts verdicts, Notes notes, String only) {
    this.measuring = measuring;
    this.verdicts = verdicts;
    this.notes = notes;
    this.only = only;
  }

  String text(List<String> names) throws IOException {
    table.append(
        """

        ## Start and memory

        Whole processes, in turn, inputs of zeros, medians: milliseconds from `main` to the first result (of the small LSTM
        it must be 1 time ONNX Runtime's, and is aimed at 2) and of the first inference alone (must 150, aim 30), and the
        most memory after %d runs more, in MiB (of whole models: must 1, aim 2). No cache of classes;
        both JVMs have `-XX:+UseSerialGC -Xms10m -Xmn6m`.

        | model | from main: ours | ONNX Runtime | ratio | first: ours | ONNX Runtime | memory: ours | ONNX Runtime | ratio | |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---|
        """
            .formatted(Startup.RUNS));
    int header = table.length();
    RecurrentBenchmark small = new RecurrentBenchmark();
    small.row = "LSTM,10,1,16,32";
    Subject subject = small.subject();
    Path file = measuring.results().resolve("small-lstm.onnx").toAbsolutePath();
    Onnx.write(subject.model(), file);
    start("small LSTM", file, subject.inputs(), true);
    Path models = measuring.models();
    if (models != null) {
      for (String name : names) {
        Path model = models.resolve(name).resolve("model.onnx").toAbsolutePath();
        Model read = Onnx.read(model);
        Map<String, Tensor> inputs =
            ModelBenchmark.inputs(read, models.resolve(name).resolve("test_data_set_0"));
        start(name, model, inputs, false);
      }
    }
    return table.length() == header ? "" : table.toString();
  }

  private void start(String name, Path model, Map<String, Tensor> inputs, boolean small) {
    if (!("Start " + name).matches(".*(" + only + ").*")) {
      return;
    }
    System.err.println("start: " + name);
    List<String> given = new ArrayList<>();
    inputs.forEach((input, value) -> given.add(argument(input, value)));
    Rounds rounds = measuring.startup(name, model, given);
    if (rounds == null) {
      verdicts.missing("Start: " + name);
      return;
    }
    double main = Table.median(rounds.ratio("onnxruntime-main", "ours-main"));
    double memory = Table.median(rounds.ratio("onnxruntime-memory", "ours-memory"));
    double first = Table.median(rounds.of("ours-first"));
    String words =
        small
            ? "from main "
                + (main >= 1
                    ? verdicts.reaches(main >= AIM)
                    : verdicts.below(
                        "From main to the first result, %s: %s, must 1"
                            .formatted(name, Table.ratio(main))))
            : "memory "
                + (memory >= 1
                    ? verdicts.reaches(memory >= AIM)
                    : verdicts.below(
                        "Memory, %s: %s, must 1".formatted(name, Table.ratio(memory))
                            + notes.of("memory:" + name)));
    words +=
        ", first "
            + (first <= FIRST_MUST
                ? verdicts.reaches(first <= FIRST_AIM)
                : verdicts.below(
                    "First inference, %s: %.0f ms, must %.0f".formatted(name, first, FIRST_MUST)
                        + notes.of("first:" + name)));
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %.0f | %.0f | %s | %.1f | %.1f | %.0f | %.0f | %s | %s |\n",
            name,
            Table.median(rounds.of("ours-main")),
            Table.median(rounds.of("onnxruntime-main")),
            Table.ratio(main),
            first,
            Table.median(rounds.of("onnxruntime-first")),
            Table.median(rounds.of("ours-memory")),
            Table.median(rounds.of("onnxruntime-memory")),
            Table.ratio(memory),
            words));
  }

  /** Returns an input as {@link Startup} takes it. */
  private static String argument(String input, Tensor value) {
    String shape =
        Arrays.stream(value.shape()).mapToObj(String::valueOf).collect(Collectors.joining(","));
    boolean number = value.dataType() == DataType.INT64 && value.size() == 1;
    return String.join(
        ":",
        input,
        value.dataType().toString(),
        shape,
        number ? String.valueOf(value.longs()[0]) : "");
  }
}
