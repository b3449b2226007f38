package org.sardonyx.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sardonyx.convert.Differentiate;
import org.sardonyx.error.Limit;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.CallTimes;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.runtime.States;
import org.sardonyx.runtime.Stream;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * This library, in this process. A model that is valid and not implemented is {@code REFUSED};
 * everything else that goes wrong, defects of ours included, is {@code FAILED}.
 */
public final class NativeEngine implements Engine {

  private final String name;
  private final SessionOptions options;
  private final ReadOptions reading;

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
    this(name, options, ReadOptions.DEFAULT.withLimits(options.limits()));
  }

  /**
   * Makes an engine that reads models carefully.
   *
   * @param reading what the reader may do; its limits are those of every session, too
   */
  public NativeEngine(String name, SessionOptions options, ReadOptions reading) {
    this.name = name;
    this.options = options.withLimits(reading.limits());
    this.reading = reading;
  }

  /** Returns an engine whose runs end with an error after this time. */
  public NativeEngine within(Duration time) {
    return new NativeEngine(
        name, options, reading.withLimits(options.limits().with(Limit.TIME, time.toMillis())));
  }

  /**
   * Returns an engine that holds weights as this type, and says so in its name where it differs.
   */
  public NativeEngine withWeights(DataType type) {
    return type == options.weights()
        ? this
        : new NativeEngine(
            name + ", weights " + type.name().toLowerCase(Locale.ROOT),
            options.withWeights(type),
            reading);
  }

  /** Returns the options of every session. */
  public SessionOptions options() {
    return options;
  }

  @Override
  public String name() {
    return name;
  }

  /** Returns what may be done to read a model. */
  public ReadOptions reading() {
    return reading;
  }

  @Override
  public Loaded load(Path path, Options how) throws EngineFailed {
    SessionOptions threaded = how.threads() > 1 ? options.withThreads(how.threads()) : options;
    return attempt(() -> compiled(Onnx.read(path, reading), threaded));
  }

  /** Makes a model that is in memory ready to run. */
  public Loaded load(Model model) throws EngineFailed {
    return attempt(() -> compiled(model, options));
  }

  /** Sessions take no Gradient; here it is written out. */
  private static Loaded compiled(Model model, SessionOptions options) {
    Operators operators = Operators.standard().with(options.operators());
    return new Compiled(
        Session.compile(Differentiate.of(operators).apply(model), options), options.kernels());
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
    } catch (OutOfMemoryError e) {
      throw new EngineFailed(EngineFailed.Kind.FAILED, "the heap is used up: " + e.getMessage(), e);
    }
  }

  private record Compiled(Session session, Kernels kernels) implements Loaded {

    /** Of the time that is measured, at most, to wait for the compiler after it. */
    private static final int MOST_WAITING = 10;

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

    /**
     * Runs on where the compiler is not done with the loops: what was measured is slow, and what is
     * measured next ought to be as fast as it gets, or calls would seem to have settled.
     */
    @Override
    public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
      long[] times = calls(inputs, how);
      long end = System.nanoTime() + MOST_WAITING * how.nanos();
      while (!kernels.isWarm() && System.nanoTime() < end) {
        run(inputs);
      }
      return times;
    }

    private long[] calls(Map<String, Value> inputs, Timing how) throws EngineFailed {
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
