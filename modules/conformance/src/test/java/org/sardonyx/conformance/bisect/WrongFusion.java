package org.sardonyx.conformance.bisect;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Adds a hundredth to the result where Neg follows Exp and nobody else sees what is between. */
final class WrongFusion implements Engine {

  private final NativeEngine right = new NativeEngine();

  @Override
  public String name() {
    return "wrong fusion";
  }

  @Override
  public Loaded load(Path model, Options options) throws EngineFailed {
    Loaded loaded = right.load(model, options);
    boolean wrong = fuses(Onnx.read(model).graph());
    return new Loaded() {
      @Override
      public List<String> inputs() {
        return loaded.inputs();
      }

      @Override
      public List<String> outputs() {
        return loaded.outputs();
      }

      @Override
      public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
        Map<String, Value> outputs = new LinkedHashMap<>(loaded.run(inputs));
        outputs.computeIfPresent("y", (_, y) -> wrong ? spoilt((Tensor) y) : y);
        return outputs;
      }

      @Override
      public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
        return loaded.time(inputs, how);
      }

      @Override
      public void close() {
        loaded.close();
      }
    };
  }

  private static boolean fuses(Graph graph) {
    for (Node exp : graph.nodes()) {
      for (Node neg : graph.nodes()) {
        if (exp.isOnnx("Exp") && neg.isOnnx("Neg") && neg.inputs().equals(exp.outputs())) {
          String between = exp.outputs().getFirst();
          return graph.outputs().stream().noneMatch(o -> o.name().equals(between));
        }
      }
    }
    return false;
  }

  private static Tensor spoilt(Tensor y) {
    Tensor spoilt = y.copy();
    spoilt.floats()[0] += 0.01f;
    return spoilt;
  }

  @Override
  public void close() {
    right.close();
  }
}
