package org.sardonyx.conformance.bisect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Value;

/** Runs models that are in memory in an engine, which reads files. */
public final class Runner implements AutoCloseable {

  private final Engine engine;
  private final Engine.Options options;
  private final Path file;

  /** Makes one; the caller closes the engine. */
  public Runner(Engine engine, Engine.Options options) {
    this.engine = engine;
    this.options = options;
    try {
      this.file = Files.createTempFile("sardonyx-part", ".onnx");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the name of the engine. */
  public String name() {
    return engine.name();
  }

  /** Returns a model that is ready to run; its file is not needed any more. */
  public Engine.Loaded load(Model model) throws EngineFailed {
    Onnx.write(model, file);
    return engine.load(file, options);
  }

  /** Runs a model once. */
  public Map<String, Value> run(Model model, Map<String, Value> inputs) throws EngineFailed {
    try (Engine.Loaded loaded = load(model)) {
      return loaded.run(inputs);
    }
  }

  /** Runs a model; that it does not run is a result. */
  public ThreeWay.Side side(Model model, Map<String, Value> inputs) {
    try {
      return new ThreeWay.Side(name(), null, run(model, inputs));
    } catch (EngineFailed e) {
      return new ThreeWay.Side(
          name(), new ThreeWay.Failure(e.kind(), String.valueOf(e.getMessage())), Map.of());
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
