package org.sardonyx.conformance;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * This library, in this process. A model that is valid and not implemented is {@code REFUSED};
 * everything else that goes wrong, defects of ours included, is {@code FAILED}.
 */
public final class NativeEngine implements Engine {

  private static final int MAX_TIMES = 1_000_000;

  private final String name;
  private final SessionOptions options;

  public NativeEngine() {
    this("sardonyx", SessionOptions.standard());
  }

  /**
   * Makes an engine of sessions with these options: other operators, other kernels, other limits.
   *
   * @param name the name for reports
   * @param options the options of every session
   */
  public NativeEngine(String name, SessionOptions options) {
    this.name = name;
    this.options = options;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Loaded load(Path path, Options how) throws EngineFailed {
    return attempt(() -> new Compiled(Session.compile(Onnx.read(path), options)));
  }

  /** Makes a model that is in memory ready to run. */
  public Loaded load(Model model) throws EngineFailed {
    return attempt(() -> new Compiled(Session.compile(model, options)));
  }

  @Override
  public void close() {}

  private interface Attempt<T> {
    T make();
  }

  private static <T> T attempt(Attempt<T> attempt) throws EngineFailed {
    try {
      return attempt.make();
    } catch (UnsupportedModel e) {
      throw new EngineFailed(EngineFailed.Kind.REFUSED, e.getMessage(), e);
    } catch (ModelException e) {
      throw new EngineFailed(
          EngineFailed.Kind.FAILED, e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      // What any engine does wrong is a finding about it, and so it is here.
      throw new EngineFailed(EngineFailed.Kind.FAILED, "defect: " + e, e);
    }
  }

  private record Compiled(Session session) implements Loaded {

    @Override
    public List<String> inputs() {
      return session.inputs().stream().map(ValueInfo::name).toList();
    }

    @Override
    public List<String> outputs() {
      return session.outputs().stream().map(ValueInfo::name).toList();
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
      return attempt(() -> session.run(inputs));
    }

    @Override
    public long[] time(Map<String, Value> inputs, Calling calling, long nanos) throws EngineFailed {
      long end = System.nanoTime() + nanos;
      long[] times = new long[64];
      int count = 0;
      do {
        long start = System.nanoTime();
        Map<String, Value> outputs =
            calling == Calling.USER ? copies(run(copies(inputs))) : run(inputs);
        long time = System.nanoTime() - start;
        if (outputs.isEmpty() && !outputs().isEmpty()) {
          throw new IllegalStateException(); // keeps the result of the call alive
        }
        if (count == times.length) {
          times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = time;
      } while (System.nanoTime() < end && count < MAX_TIMES);
      return Arrays.copyOf(times, count);
    }

    /** What a user does who keeps plain arrays: the elements in and out are copied. */
    private static Map<String, Value> copies(Map<String, Value> values) {
      Map<String, Value> copies = new LinkedHashMap<>();
      values.forEach((name, value) ->
          copies.put(name, value instanceof Tensor tensor ? tensor.copy() : value));
      return copies;
    }

    @Override
    public void close() {}
  }
}
