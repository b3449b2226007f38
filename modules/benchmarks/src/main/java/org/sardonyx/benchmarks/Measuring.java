package org.sardonyx.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures in processes of their own, and keeps what it measured.
 *
 * @param results where
 * @param models the folder of whole models; null for none
 * @param quick whether one fork and few rounds will do
 */
record Measuring(Path results, @Nullable Path models, boolean quick) {

  private static final String VECTOR = "jdk.incubator.vector";

  /**
   * Of both engines: the heap has its memory before anything is measured, and never more. A page
   * that is touched for the first time takes microseconds on virtual machines, and those who call
   * for hours do not see them. The regions are as large as they are with gigabytes, where arrays of
   * a megabyte are nothing special.
   */
  private static List<String> steady(Class<? extends EngineBenchmark> benchmark) {
    String heap = benchmark == ModelBenchmark.class ? "640m" : "256m";
    return List.of(
        "-Xms" + heap, "-Xmx" + heap, "-Xmn64m", "-XX:G1HeapRegionSize=4m", "-XX:+AlwaysPreTouch");
  }

  /** What the README says of a JVM that is to take little memory. */
  private static final List<String> LITTLE_MEMORY =
      List.of("-XX:+UseSerialGC", "-Xms10m", "-Xmn6m");

  /**
   * Returns the microseconds of a call, by the way to call; null where it did not run.
   *
   * @param vector whether the process has the incubator's module
   */
  @Nullable Rounds turns(
      Class<? extends EngineBenchmark> benchmark, String row, List<String> ways, boolean vector) {
    Path file = file(benchmark.getSimpleName() + "-" + row + (vector ? "" : "-plain"));
    Rounds before = Rounds.read(file, ways);
    if (before != null) {
      return before;
    }
    ChainedOptionsBuilder options =
        options(benchmark, "turns", row, vector)
            .param("ways", String.join(",", ways))
            .forks(quick ? 1 : 3)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(quick ? 2000 : 4000))
            .measurementIterations(quick ? 25 : 51)
            .measurementTime(TimeValue.milliseconds(1));
    Map<String, List<Double>> values = new TreeMap<>();
    for (IterationResult iteration : iterations(options, row)) {
      double rounds = counter(iteration, "rounds");
      for (String way : ways) {
        values.computeIfAbsent(way, _ -> new ArrayList<>()).add(counter(iteration, way) / rounds);
      }
    }
    return values.isEmpty() ? null : Rounds.write(values, file);
  }

  /**
   * As {@link #turns}, each way in processes of its own, which take turns: threads of one engine
   * that wait for work would keep those of the other from theirs.
   */
  @Nullable Rounds apart(
      Class<? extends EngineBenchmark> benchmark, String row, List<String> ways, int threads) {
    Path file = file(benchmark.getSimpleName() + "-" + row + "-" + threads + "-threads");
    Rounds before = Rounds.read(file, ways);
    if (before != null) {
      return before;
    }
    Map<String, List<Double>> values = new TreeMap<>();
    for (int i = 0; i < (quick ? 2 : 5); i++) {
      for (String way : ways) {
        ChainedOptionsBuilder options =
            options(benchmark, way, row, true)
                .param("threads", String.valueOf(threads))
                .forks(1)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(quick ? 500 : 2000))
                .measurementIterations(quick ? 8 : 20)
                .measurementTime(TimeValue.milliseconds(100));
        List<Double> list = values.computeIfAbsent(way, _ -> new ArrayList<>());
        for (IterationResult iteration : iterations(options, row)) {
          list.add(iteration.getPrimaryResult().getScore());
        }
        if (list.isEmpty()) {
          return null;
        }
      }
    }
    return Rounds.write(values, file);
  }

  private ChainedOptionsBuilder options(
      Class<? extends EngineBenchmark> benchmark, String method, String row, boolean vector) {
    List<String> flags = new ArrayList<>(steady(benchmark));
    if (vector) {
      flags.addAll(List.of("--add-modules", VECTOR));
    }
    if (models != null) {
      flags.add("-D" + ModelBenchmark.FOLDER + "=" + models);
    }
    return new OptionsBuilder()
        .include("^" + benchmark.getName().replace(".", "\\.") + "\\." + method + "$")
        .param("row", row)
        .jvmArgs("--enable-native-access=ALL-UNNAMED") // and none of this process
        .jvmArgsAppend(flags.toArray(String[]::new))
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  /** Returns what was measured; nothing where it did not run. */
  private static List<IterationResult> iterations(ChainedOptionsBuilder options, String row) {
    List<IterationResult> iterations = new ArrayList<>();
    try {
      for (RunResult result : new Runner(options.build()).run()) {
        result.getBenchmarkResults().forEach(fork -> iterations.addAll(fork.getIterationResults()));
      }
    } catch (RunnerException e) {
      System.err.println(row + ": " + e.getMessage());
      return List.of();
    }
    return iterations;
  }

  /** Returns what {@link Turns} counted. */
  private static double counter(IterationResult iteration, String name) {
    return Objects.requireNonNull(iteration.getSecondaryResults().get(name), name).getScore();
  }

  private Path file(String name) {
    return results.resolve(name + (quick ? "-quick" : "") + ".txt");
  }

  /**
   * Starts both engines in turn and returns, for each, the milliseconds from main and from the
   * loaded model to the first result, and the most memory in MiB: {@code ours-main} and so on; null
   * where one did not run.
   *
   * @param inputs as {@link Startup} takes them
   */
  @Nullable Rounds startup(String name, Path model, List<String> inputs) {
    List<String> what = List.of("main", "first", "memory");
    Path file = file("Startup-" + name);
    Rounds before = Rounds.read(file, List.of("ours-main", "onnxruntime-memory"));
    if (before != null) {
      return before;
    }
    Map<String, List<Double>> values = new TreeMap<>();
    for (int i = 0; i < (quick ? 3 : 7); i++) {
      for (boolean ours : new boolean[] {true, false}) {
        List<String> command = new ArrayList<>(LITTLE_MEMORY);
        if (ours) {
          command.addAll(List.of("--add-modules", VECTOR));
        }
        Class<?> main = ours ? Startup.class : StartupOfOnnxRuntime.class;
        List<String> arguments = new ArrayList<>(List.of(model.toString()));
        arguments.addAll(inputs);
        double[] figures =
            java(command, main, arguments).stream()
                .filter(line -> line.startsWith("startup ") || line.startsWith("memory "))
                .flatMap(line -> Arrays.stream(line.split(" ", -1)).skip(1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        if (figures.length != what.size()) {
          System.err.println("start of " + name + " did not end well");
          return null;
        }
        figures[2] /= 1024;
        for (int j = 0; j < figures.length; j++) {
          values
              .computeIfAbsent(
                  (ours ? "ours-" : "onnxruntime-") + what.get(j), _ -> new ArrayList<>())
              .add(figures[j]);
        }
      }
    }
    return Rounds.write(values, file);
  }

  /** Returns what this machine does at most; null where that was not found out. */
  Floor.@Nullable Machine machine() throws IOException {
    Path file = results.resolve("Peaks.txt");
    if (!Files.exists(file)) {
      List<String> lines =
          java(
              List.of("--add-modules", VECTOR, "-D" + VECTOR + ".VECTOR_ACCESS_OOB_CHECK=0"),
              Peaks.class,
              List.of());
      Files.write(file, lines);
    }
    return Floor.Machine.of(Files.readAllLines(file));
  }

  /** Returns what a process printed; nothing where it did not end well. */
  private static List<String> java(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      List<String> lines;
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        lines = output.lines().toList();
      }
      return process.waitFor() == 0 ? lines : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
