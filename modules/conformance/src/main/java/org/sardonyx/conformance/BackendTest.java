package org.sardonyx.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Runs an engine on a folder of cases and says of each whether it gives what is expected. Where a
 * model draws random numbers, outputs that differ are compared by type and shape only, and the
 * result says so.
 */
public final class BackendTest {

  private final Engine engine;
  private final Engine.Options options;
  private final Tolerance tolerance;

  public BackendTest(Engine engine, Engine.Options options, Tolerance tolerance) {
    this.engine = engine;
    this.options = options;
    this.tolerance = tolerance;
  }

  /** How a case went. */
  public enum Status {
    PASS,
    /** It ran, and an output is wrong. */
    FAIL,
    /** The engine says that it does not take this model. */
    UNSUPPORTED,
    /** It did not run to its end. */
    ERROR,
    /** There are data, but no model. */
    NO_MODEL;

    /** Returns the word used in reports: {@code no-model}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What became of a case.
   *
   * @param name the case
   * @param status how it went
   * @param reason one line: for a pass the largest differences, else what is wrong
   */
  public record Result(String name, Status status, String reason) {}

  /**
   * Runs one case: every data set, every output.
   *
   * @throws EngineFailed where the engine is {@code MISSING}, so that no case can be run
   */
  public Result run(CaseFolder folder) throws EngineFailed {
    if (!folder.hasModel()) {
      return new Result(folder.name(), Status.NO_MODEL, "there is no model.onnx");
    }
    return run(folder, folder.model());
  }

  /** Runs the data sets of a folder on a model that lies elsewhere. */
  public Result run(CaseFolder folder, Path file) throws EngineFailed {
    try {
      Model model = Onnx.read(file, options.reading());
      try (Engine.Loaded loaded = engine.load(file, options)) {
        return run(folder, model, loaded);
      }
    } catch (EngineFailed e) {
      if (e.kind() == EngineFailed.Kind.MISSING) {
        throw e;
      }
      Status status = e.kind() == EngineFailed.Kind.REFUSED ? Status.UNSUPPORTED : Status.ERROR;
      return new Result(folder.name(), status, line(e.kind() + ": " + e.getMessage()));
    } catch (UnsupportedModel e) {
      return new Result(folder.name(), Status.UNSUPPORTED, line(e.getMessage()));
    } catch (ModelException e) {
      return new Result(folder.name(), Status.ERROR, line(e.getMessage()));
    }
  }

  private Result run(CaseFolder folder, Model model, Engine.Loaded loaded) throws EngineFailed {
    Graph graph = model.graph();
    List<Path> sets = folder.dataSets();
    if (sets.isEmpty()) {
      return new Result(folder.name(), Status.ERROR, "there is no test_data_set_N");
    }
    double maxAbs = 0;
    double maxUlp = 0;
    Set<String> drawn = Drawn.of(model);
    boolean shapesOnly = false;
    List<String> random = new ArrayList<>();
    for (Path set : sets) {
      Map<String, Value> expected;
      Map<String, Value> inputs;
      try {
        expected = CaseFolder.outputs(set, graph);
        inputs = CaseFolder.inputs(set, graph);
      } catch (ModelException e) { // of the data, whatever is wrong with them; not of the model
        String where = set.getFileName() + " ";
        return new Result(folder.name(), Status.ERROR, line(where + e.getMessage()));
      }
      if (expected.isEmpty()) {
        String problem = set.getFileName() + " has no output_I.pb to compare with";
        return new Result(folder.name(), Status.ERROR, line(problem));
      }
      Map<String, Value> found = loaded.run(inputs);
      for (Map.Entry<String, Value> output : expected.entrySet()) {
        String where = set.getFileName() + " " + output.getKey() + ": ";
        Value value = found.get(output.getKey());
        if (value == null) {
          return new Result(folder.name(), Status.FAIL, line(where + "is missing"));
        }
        Comparison comparison = Comparison.of(output.getValue(), value, tolerance);
        boolean compared = comparison.elements() > 0; // types and shapes are the same
        if (!comparison.agrees() && compared && drawn.contains(output.getKey())) {
          if (!Alike.canCompare(output.getValue(), value)) {
            shapesOnly = true;
            continue;
          }
          Alike alike = Alike.of((Tensor) output.getValue(), (Tensor) value);
          if (!alike.agrees()) {
            return new Result(
                folder.name(), Status.FAIL, line(where + "spread otherwise: " + alike.summary()));
          }
          random.add(alike.summary());
          continue;
        }
        if (!comparison.agrees()) {
          return new Result(folder.name(), Status.FAIL, line(where + comparison.summary()));
        }
        maxAbs = Math.max(maxAbs, comparison.maxAbs());
        maxUlp = Math.max(maxUlp, comparison.maxUlp());
      }
    }
    String reason =
        String.format(
                Locale.ROOT,
                "%d data set%s, max abs %.3g, max ulp %.3g%s",
                sets.size(),
                sets.size() == 1 ? "" : "s",
                maxAbs,
                maxUlp,
                shapesOnly ? "; of random outputs only types and shapes were compared" : "")
            + (random.isEmpty() ? "" : "; compared in distribution: " + String.join("; ", random));
    return new Result(folder.name(), Status.PASS, reason);
  }

  /** Returns the counts as one line: {@code 3 pass, 1 fail, ...}, and the number of all cases. */
  public static String counts(List<Result> results) {
    StringBuilder text = new StringBuilder();
    for (Status status : Status.values()) {
      long count = results.stream().filter(r -> r.status() == status).count();
      text.append(count).append(' ').append(status.word()).append(", ");
    }
    return text.append(results.size()).append(" cases").toString();
  }

  /** Whether every case that has a model passes. */
  public static boolean passes(List<Result> results) {
    return results.stream()
        .allMatch(r -> r.status() == Status.PASS || r.status() == Status.NO_MODEL);
  }

  private static String line(String text) {
    return String.join(" ", Arrays.asList(text.split("\\s*\\R\\s*|\\t")));
  }
}
