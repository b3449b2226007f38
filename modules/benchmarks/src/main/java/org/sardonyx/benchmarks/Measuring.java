package org.sardonyx.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * Measures, each thing in processes of its own, and keeps what it measured.
 *
 * @param results where
 * @param models the folder of whole models; null for none
 * @param quick whether one fork and short iterations will do
 */
record Measuring(Path results, @Nullable Path models, boolean quick) {

  /** Returns the microseconds of a call; null where it did not run. */
  @Nullable Measured call(Figure figure, String row, String way) {
    Path file =
        results.resolve(
            figure.benchmark().getSimpleName()
                + "-"
                + row
                + "-"
                + figure.threads()
                + "-"
                + way
                + (quick ? "-quick" : "")
                + ".txt");
    Measured before = Measured.read(file);
    if (before != null) {
      return before;
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + figure.benchmark().getName().replace(".", "\\.") + "\\." + way + "$")
            .param("row", row)
            .param("threads", String.valueOf(figure.threads()))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    if (models != null) {
      options.jvmArgsAppend(
          "--add-modules",
          "jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-D" + ModelBenchmark.FOLDER + "=" + models);
    }
    if (quick) {
      options
          .forks(1)
          .warmupIterations(1)
          .warmupTime(TimeValue.milliseconds(500))
          .measurementIterations(7)
          .measurementTime(TimeValue.milliseconds(150));
    }
    try {
      List<Double> values = new ArrayList<>();
      for (RunResult result : new Runner(options.build()).run()) {
        for (var fork : result.getBenchmarkResults()) {
          for (IterationResult iteration : fork.getIterationResults()) {
            values.add(iteration.getPrimaryResult().getScore());
          }
        }
      }
      return new Measured(values.stream().mapToDouble(Double::doubleValue).toArray()).write(file);
    } catch (RunnerException e) {
      System.err.println(row + " (" + way + "): " + e.getMessage());
      return null;
    }
  }

  /**
   * Starts both engines in turn and returns, for each, the milliseconds from main and from the
   * loaded model to the first result, and the most memory in MiB; null where one did not run.
   *
   * @param inputs as {@link Startup} takes them
   */
  @Nullable Map<String, Measured> startup(String name, Path model, List<String> inputs) {
    List<String> ways = List.of("ours", "onnxruntime");
    List<String> what = List.of("main", "first", "memory");
    Map<String, List<Double>> values = new java.util.TreeMap<>();
    Map<String, Measured> known = new java.util.TreeMap<>();
    for (String way : ways) {
      for (String one : what) {
        Measured before = Measured.read(startupFile(name, way, one));
        if (before != null) {
          known.put(way + " " + one, before);
        }
      }
    }
    if (known.size() == ways.size() * what.size()) {
      return known;
    }
    for (int i = 0; i < (quick ? 3 : 7); i++) {
      for (String way : ways) {
        double[] figures = process(way, model, inputs);
        if (figures.length != what.size()) {
          System.err.println("start of " + name + " in " + way + " did not end well");
          return null;
        }
        for (int j = 0; j < figures.length; j++) {
          values.computeIfAbsent(way + " " + what.get(j), _ -> new ArrayList<>()).add(figures[j]);
        }
      }
    }
    values.forEach((key, all) -> {
      String[] parts = key.split(" ", -1);
      known.put(
          key,
          new Measured(all.stream().mapToDouble(Double::doubleValue).toArray())
              .write(startupFile(name, parts[0], parts[1])));
    });
    return known;
  }

  private Path startupFile(String name, String way, String what) {
    return results.resolve(
        "Startup-" + name + "-" + way + "-" + what + (quick ? "-quick" : "") + ".txt");
  }

  /** What the README says of a JVM that is to take little memory. */
  private static final List<String> LITTLE_MEMORY =
      List.of("-XX:+UseSerialGC", "-Xms10m", "-Xmn6m");

  private static double[] process(String way, Path model, List<String> inputs) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LITTLE_MEMORY);
    Class<?> main = way.equals("ours") ? Startup.class : StartupOfOnnxRuntime.class;
    if (way.equals("ours")) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    } else {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), main.getName(), model.toString()));
    command.addAll(inputs);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      List<Double> figures = new ArrayList<>();
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          String[] parts = line.split(" ", -1);
          if (parts[0].equals("startup")) {
            figures.add(Double.parseDouble(parts[1]));
            figures.add(Double.parseDouble(parts[2]));
          } else if (parts[0].equals("memory")) {
            figures.add(Double.parseDouble(parts[1]) / 1024);
          }
        }
      }
      return process.waitFor() == 0
          ? figures.stream().mapToDouble(Double::doubleValue).toArray()
          : new double[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new double[0];
    }
  }
}
