package org.sardonyx.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Value;

/**
 * Answers with what is stored beside a model, or in a folder of data sets: the outputs of the set
 * whose inputs are, bit for bit, the inputs given. Computes nothing.
 */
public final class GoldenEngine implements Engine {

  private final @Nullable Path folder;

  /** Makes an engine that looks beside each model. */
  public GoldenEngine() {
    this(null);
  }

  /**
   * Makes an engine.
   *
   * @param folder where the data sets are, whatever the model; null for beside each model
   */
  public GoldenEngine(@Nullable Path folder) {
    this.folder = folder;
  }

  @Override
  public String name() {
    return "golden";
  }

  @Override
  public Loaded load(Path model, Options options) throws EngineFailed {
    Path from = folder == null ? model.toAbsolutePath().getParent() : folder;
    if (from == null) {
      throw new EngineFailed(EngineFailed.Kind.REFUSED, "there is nothing beside " + model);
    }
    try {
      Graph graph = Onnx.read(model, options.reading()).graph();
      List<Path> sets = new CaseFolder(from).dataSets();
      if (sets.isEmpty()) {
        throw new EngineFailed(
            EngineFailed.Kind.REFUSED,
            folder == null
                ? "there is no test_data_set_0 beside " + model.getFileName()
                : "there is no test_data_set_0 in " + folder.getFileName());
      }
      return new Stored(graph, sets);
    } catch (ModelException e) {
      throw new EngineFailed(EngineFailed.Kind.REFUSED, e.getMessage(), e);
    }
  }

  @Override
  public void close() {}

  private record Stored(Graph graph, List<Path> sets) implements Loaded {

    @Override
    public List<String> inputs() {
      return graph.inputs().stream().map(ValueInfo::name).toList();
    }

    @Override
    public List<String> outputs() {
      return graph.outputs().stream().map(ValueInfo::name).toList();
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
      try {
        for (Path set : sets) {
          if (CaseFolder.inputs(set, graph).equals(inputs)) {
            return CaseFolder.outputs(set, graph);
          }
        }
      } catch (ModelException e) {
        throw new EngineFailed(EngineFailed.Kind.FAILED, e.getMessage(), e);
      }
      throw new EngineFailed(
          EngineFailed.Kind.FAILED,
          "none of the " + sets.size() + " stored data sets has these inputs");
    }

    @Override
    public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
      throw new EngineFailed(EngineFailed.Kind.REFUSED, "stored outputs take no time");
    }

    @Override
    public void close() {}
  }
}
