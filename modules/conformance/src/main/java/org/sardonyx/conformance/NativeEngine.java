package org.sardonyx.conformance;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.oracle.CallTimes;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.runtime.States;
import org.sardonyx.runtime.Stream;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * This library, in this process. A model that is valid and not implemented is {@code REFUSED};
 * everything else that goes wrong, defects of ours included, is {@code FAILED}.
 */
public final class NativeEngine implements Engine {

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
    SessionOptions threaded = how.threads() > 1 ? options.withThreads(how.threads()) : options;
    return attempt(() -> new Compiled(Session.compile(Onnx.read(path), threaded)));
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
    public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
      CallTimes times = new CallTimes(how.nanos());
      boolean copied = how.calling() == Calling.USER;
      if (how.states().isEmpty()) {
        do {
          long start = System.nanoTime();
          Map<String, Value> outputs = run(copied ? copies(inputs) : inputs);
          times.add(start, copied ? copies(outputs).size() : outputs.size());
        } while (times.goOn());
        return times.all();
      }
      return attempt(() -> timeStream(inputs, how, copied, times));
    }

    private long[] timeStream(
        Map<String, Value> inputs, Timing how, boolean copied, CallTimes times) {
      Map<String, Value> given = new LinkedHashMap<>(inputs);
      given.keySet().removeAll(how.states().values());
      Map<String, Value> beginning = new LinkedHashMap<>(inputs);
      beginning.keySet().retainAll(how.states().values());
      Stream stream = session.stream(new States(how.states(), beginning, Map.of(), Map.of()));
      int step = 0;
      do {
        if (step++ % how.steps() == 0) {
          stream.reset();
        }
        long start = System.nanoTime();
        Map<String, Value> outputs = stream.run(copied ? copies(given) : given);
        if (copied) {
          outputs = new LinkedHashMap<>(outputs);
          outputs.keySet().removeAll(how.states().keySet());
          outputs = copies(outputs);
        }
        times.add(start, outputs.size());
      } while (times.goOn());
      return times.all();
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
