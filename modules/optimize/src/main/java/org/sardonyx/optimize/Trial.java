package org.sardonyx.optimize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.Value;

/**
 * A model before and after in an engine, in its own types.
 *
 * @param engine the engine
 * @param before the model as it was
 * @param after the result
 */
public record Trial(String engine, Side before, Side after) {

  /** How far an output may be from the truth: what PyTorch and its exports agree within. */
  public static final Tolerance TOLERANCE = new Tolerance(1e-4, 1e-5, 0, 0);

  private static final int ROUNDS = 5;

  /**
   * What an engine made of a model.
   *
   * @param failure why it gave nothing; null where it did
   * @param problem the first output that is outside the tolerance; empty where none is
   * @param error the largest difference from the truth in double
   * @param nanos median of the times of a run; 0 where none were taken
   */
  public record Side(@Nullable String failure, String problem, double error, long nanos) {

    boolean agrees() {
      return failure == null && problem.isEmpty();
    }

    private Side timed(long median) {
      return new Side(failure, problem, error, median);
    }
  }

  /** Whether the engine has been served ill: it took the model, and does not take the result. */
  public boolean isWorse() {
    return (before.failure() == null && after.failure() != null)
        || (before.agrees() && !after.agrees());
  }

  /**
   * Runs both models.
   *
   * @param time for about how long both are timed, in turns; zero for no times
   */
  public static Trial of(
      Engine engine, Model before, Model after, List<Optimized.Sample> samples, Duration time) {
    try {
      Path folder = Files.createTempDirectory("optimize");
      Path first = folder.resolve("before.onnx");
      Path second = folder.resolve("after.onnx");
      try {
        WriteOptions inside = WriteOptions.DEFAULT.withWeights(WriteOptions.Weights.INSIDE);
        Onnx.write(before, first, inside);
        Onnx.write(after, second, inside);
        Set<String> drawn = Drawn.of(before);
        Side one = run(engine, first, samples, drawn);
        Side two = run(engine, second, samples, drawn);
        if (!time.isZero() && one.failure() == null && two.failure() == null) {
          Map<String, Value> inputs = samples.getFirst().inputs();
          long[][] medians = medians(engine, first, second, inputs, time);
          one = one.timed(median(medians[0]));
          two = two.timed(median(medians[1]));
        }
        return new Trial(engine.name(), one, two);
      } finally {
        Files.deleteIfExists(first);
        Files.deleteIfExists(second);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Side run(
      Engine engine, Path model, List<Optimized.Sample> samples, Set<String> drawn) {
    double error = 0;
    String problem = "";
    try (Engine.Loaded loaded = engine.load(model, Engine.Options.DEFAULT)) {
      for (Optimized.Sample sample : samples) {
        Map<String, Value> found = loaded.run(sample.inputs());
        for (Map.Entry<String, Value> truth : sample.outputs().entrySet()) {
          Value value = found.get(truth.getKey());
          if (value == null || drawn.contains(truth.getKey())) {
            continue;
          }
          Comparison comparison = Comparison.withTruth(truth.getValue(), value, TOLERANCE);
          error = Math.max(error, comparison.maxAbs());
          if (!comparison.agrees() && problem.isEmpty()) {
            problem = "\"" + Text.escape(truth.getKey()) + "\": " + comparison.summary();
          }
        }
      }
      return new Side(null, problem, error, 0);
    } catch (EngineFailed e) {
      return new Side(String.valueOf(e.getMessage()), problem, error, 0);
    }
  }

  /** Times both in turns, so that what else the machine does meets both. */
  private static long[][] medians(
      Engine engine, Path first, Path second, Map<String, Value> inputs, Duration time) {
    long[][] medians = new long[2][ROUNDS];
    Engine.Timing each =
        new Engine.Timing(Engine.Calling.USER, time.toNanos() / (2 * (ROUNDS + 1)));
    try (Engine.Loaded one = engine.load(first, Engine.Options.DEFAULT);
        Engine.Loaded two = engine.load(second, Engine.Options.DEFAULT)) {
      one.time(inputs, each); // warm
      two.time(inputs, each);
      for (int round = 0; round < ROUNDS; round++) {
        medians[0][round] = median(one.time(inputs, each));
        medians[1][round] = median(two.time(inputs, each));
      }
    } catch (EngineFailed _) {
      return new long[2][1];
    }
    return medians;
  }

  private static long median(long[] times) {
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
