package org.sardonyx.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.sardonyx.kernels.Kernels;

/** Measures all {@link Figure}s and writes {@code docs/performance.md}. */
final class Report {

  private Report() {}

  /** Runs; {@code tools/benchmarks} says the flags. */
  public static void main(String[] arguments) throws IOException {
    boolean quick = false;
    String only = "";
    Path models = null;
    Path results = Path.of("target/benchmarks");
    Path out = Path.of("docs/performance.md");
    for (int i = 0; i < arguments.length; i++) {
      String flag = arguments[i];
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      i += flag.equals("--quick") ? 0 : 1;
      switch (flag) {
        case "--quick" -> quick = true;
        case "--only" -> only = value;
        case "--models" -> models = Path.of(value);
        case "--results" -> results = Path.of(value);
        case "--out" -> out = Path.of(value);
        default -> {
          System.err.println(
              flag
                  + " is none of --quick, --only REGEX, --models FOLDER, --results FOLDER, --out FILE");
          System.exit(2);
        }
      }
      if (!flag.equals("--quick") && value.isEmpty()) {
        System.err.println(flag + " wants a value");
        System.exit(2);
      }
    }
    if (models != null && !Files.isDirectory(models)) {
      System.err.println("there is no folder " + models);
      System.exit(2);
    }
    Files.createDirectories(results);
    write(new Measuring(results, models, quick), only, out);
  }

  private static void write(Measuring measuring, String only, Path out) throws IOException {
    long start = System.nanoTime();
    Path models = measuring.models();
    List<String> names = models == null ? List.of() : ModelBenchmark.names(models);
    Floor.Machine machine = measuring.machine();
    Verdicts verdicts = new Verdicts();
    String maker = processor().replaceFirst("(?i).*?(intel|amd|).*", "$1");
    Notes notes = Notes.read(maker + FloatVector.SPECIES_PREFERRED.vectorBitSize());
    String rows = new Rows(measuring, machine, verdicts, notes, only).text(Figure.all(names));
    Beside beside = new Beside(measuring, verdicts, notes, only);
    String neighbours = beside.neighbours();
    String plain = beside.plain();
    String starts = new Starts(measuring, verdicts, notes, only).text(names);
    StringBuilder text = new StringBuilder("# Performance against ONNX Runtime\n\n");
    text.append(
        "Written by `tools/benchmarks`%s, not by hand. %s; %s; Java %s; kernels %s; ONNX Runtime %s; %s.\n"
            .formatted(
                measuring.quick() ? " --quick" : "",
                processor(),
                Runtime.getRuntime().availableProcessors() + " processors",
                System.getProperty("java.vm.version"),
                Kernels.best().name(),
                OrtEnvironment.getEnvironment().getVersion(),
                LocalDate.now(ZoneOffset.UTC)));
    if (machine != null) {
      text.append("One core at most, measured in the same run: %s.\n".formatted(machine.text()));
    }
    text.append(
        """

        Microseconds a call, float32, one thread unless said: medians of rounds in which the ways to call take turns for 12 ms
        each, in one process (JMH; on two threads in processes of their own); ± is half of what lies between the quarters at
        both ends. "run" is `Session.run`, and "user" ONNX Runtime as people call it who know it: new tensors over direct
        buffers that are there and filled anew, outputs copied (with new direct buffers in each call, and a heap that still
        grows, it takes up to 2 ms longer on this kind of machine, which says nothing about engines). "into" is
        `Session.runInto`, and "pinned" ONNX Runtime with its tensors reused and outputs pinned. A ratio above 1 says that we
        are faster; it is the median of the ratios of the rounds. Both engines' heap is touched before
        and does not grow
        (`-Xms256m -Xmx256m -Xmn64m -XX:G1HeapRegionSize=4m -XX:+AlwaysPreTouch`, 640 MB for whole models).

        "least" is the time that one core needs for the multiplications, or for moving the memory, whichever takes longer,
        at the speeds above (of LSTM, GRU and RNN: of the inputs, then of the steps), and "of it" how much of our time that is.

        """);
    text.append(verdicts.text()).append(rows).append(neighbours).append(plain).append(starts);
    Files.writeString(out, text.toString());
    System.err.println(
        "%s is written, after %d s"
            .formatted(out, Duration.ofNanos(System.nanoTime() - start).toSeconds()));
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
