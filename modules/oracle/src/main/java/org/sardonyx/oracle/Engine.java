package org.sardonyx.oracle;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.tensor.Value;

/** Something that runs ONNX models: this library, ONNX Runtime, the float64 arbiter. */
public interface Engine extends AutoCloseable {

  /** Returns the name and the version, for reports: {@code onnxruntime 1.29.0}. */
  String name();

  /**
   * Makes a model ready to run.
   *
   * @throws EngineFailed where the engine does not take it
   */
  Loaded load(Path model, Options options) throws EngineFailed;

  @Override
  void close();

  /**
   * How to run.
   *
   * @param threads how many threads an operator may use
   * @param optimization how far the engine may rewrite the graph
   * @param reading what may be done to read the model, by engines that read it in this process
   */
  record Options(int threads, Optimization optimization, ReadOptions reading) {
    /** One thread; the engine's own optimization. */
    public static final Options DEFAULT = new Options(1, Optimization.ALL);

    /** Models are read within the standard limits. */
    public Options(int threads, Optimization optimization) {
      this(threads, optimization, ReadOptions.DEFAULT);
    }

    public Options withReading(ReadOptions how) {
      return new Options(threads, optimization, how);
    }
  }

  /** How far an engine may rewrite a graph; the levels of ONNX Runtime. */
  enum Optimization {
    NONE,
    BASIC,
    EXTENDED,
    ALL
  }

  /** How a timed call is made. */
  enum Calling {
    /** As users do: new input tensors from arrays and outputs copied to arrays, each call. */
    USER,
    /** With what the engine lets a careful user keep: input tensors made once, outputs reused. */
    PINNED
  }

  /**
   * What is timed.
   *
   * @param calling how a call is made
   * @param nanos for about how long
   * @param states the outputs that go back into inputs at the next call, as a user of streams lets
   *     them; empty for calls that have nothing to do with each other
   * @param steps after how many calls a stream begins anew
   */
  record Timing(Calling calling, long nanos, Map<String, String> states, int steps) {

    public Timing {
      states = Map.copyOf(states);
    }

    /** Calls that have nothing to do with each other. */
    public Timing(Calling calling, long nanos) {
      this(calling, nanos, Map.of(), 1);
    }
  }

  /** A model that is ready to run. */
  interface Loaded extends AutoCloseable {

    /** Returns the names of the inputs, in the engine's order. */
    List<String> inputs();

    /** Returns the names of the outputs, in the order of the graph. */
    List<String> outputs();

    /**
     * Runs the model.
     *
     * @return every output by name, in the order of the graph
     */
    Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed;

    /**
     * Runs the model again and again, at least once.
     *
     * @param inputs every input; those of states as each stream begins with them
     * @return the time of each call, in nanoseconds
     */
    long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed;

    @Override
    void close();
  }
}
