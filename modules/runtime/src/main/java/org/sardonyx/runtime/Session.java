package org.sardonyx.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * A model made ready to run. Immutable: any number of threads may run it at once. Starts no threads
 * unless {@link SessionOptions#withThreads} says so, but for daemon threads that load the kernels
 * and have them compiled, and end by themselves; holds nothing that would have to be closed.
 */
public final class Session {

  /** Plans for other inputs and outputs that are kept; more are compiled each time anew. */
  private static final int MAX_PLANS = 64;

  /** From this many inputs and outputs on their arrays are looked up, not compared. */
  private static final int MANY = 32;

  /** How long runs are timed together while they become faster. */
  private static final long SLICE_NANOS = 200_000_000;

  private final Model model;
  private final Operators operators;
  private final SessionOptions options;
  private final Inputs inputs;
  private final List<String> outputs;
  private final Plan main;
  private final Map<Variant, Plan> others = new ConcurrentHashMap<>();

  /** What a run into the caller's tensors has left for the next. */
  private final AtomicReference<@Nullable Kept> idle = new AtomicReference<>();

  /**
   * What a plan was compiled for.
   *
   * @param inputs the inputs that runs give; initializers of other inputs are constants
   * @param outputs what runs ask for
   */
  private record Variant(List<String> inputs, List<String> outputs) {}

  private Session(Model model, SessionOptions options) {
    KernelsAhead.begin(model.graph());
    this.model = model;
    this.options = options;
    Graph graph = model.graph();
    Set<String> defaults = new HashSet<>();
    for (TensorData initializer : graph.initializers()) {
      defaults.add(initializer.name());
    }
    for (SparseTensorData initializer : graph.sparseInitializers()) {
      defaults.add(initializer.name());
    }
    this.inputs = new Inputs(graph.inputs(), defaults);
    Set<String> given = new LinkedHashSet<>();
    for (ValueInfo output : graph.outputs()) {
      given.add(output.name());
    }
    this.outputs = List.copyOf(given);
    this.operators = Operators.standard().with(options.operators());
    this.main = compile(inputs.required(), outputs);
  }

  /** Compiles a model with the standard options. */
  public static Session compile(Model model) {
    return compile(model, SessionOptions.standard());
  }

  /**
   * Compiles a model.
   *
   * @throws org.sardonyx.error.UnsupportedModel where it needs what is not implemented
   * @throws org.sardonyx.error.InvalidModel where it breaks the rules of ONNX in a way that stops
   *     this; {@link org.sardonyx.passes.Check} finds every violation, at several times the cost of
   *     compiling
   * @throws org.sardonyx.error.LimitExceeded where it is beyond the limits
   */
  public static Session compile(Model model, SessionOptions options) {
    try {
      return new Session(model, options);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap();
    } catch (ArithmeticException e) {
      throw Call.isOverflow(e) ? Call.overflow() : e;
    }
  }

  /** Returns the inputs that a run takes, optional ones included, in the order of the model. */
  public List<ValueInfo> inputs() {
    return model.graph().inputs();
  }

  /** Returns the names of the inputs that a run must give; the others have defaults. */
  public List<String> requiredInputs() {
    return inputs.required();
  }

  /** Returns the outputs, in the order of the model. */
  public List<ValueInfo> outputs() {
    return model.graph().outputs();
  }

  /** Returns the model. */
  public Model model() {
    return model;
  }

  /** Returns the name of the loops that runs compute with: {@code vector 512}, or scalar. */
  public String kernels() {
    return options.kernels().name();
  }

  /**
   * Computes every output. What is returned shares no memory with the inputs or the session.
   *
   * @param values the inputs by name
   * @return the outputs by name, in the order of the model
   * @throws InvalidInput where the inputs are not those that the model takes; names every problem
   * @throws org.sardonyx.error.OperatorFailed where the data make an operator fail
   * @throws org.sardonyx.error.LimitExceeded where the run is beyond the limits
   */
  public Map<String, Value> run(Map<String, ? extends Value> values) {
    return execute(values, outputs, null);
  }

  /**
   * Computes every output, unless the run is ended before.
   *
   * @throws java.util.concurrent.CancellationException where {@link Cancellation#cancel} was called
   * @throws org.sardonyx.error.LimitExceeded where the deadline has passed
   * @see #run(Map)
   */
  public Map<String, Value> run(
      Map<String, ? extends Value> values, @Nullable Cancellation cancellation) {
    return execute(values, outputs, cancellation);
  }

  /**
   * Computes the outputs named, and only what they need.
   *
   * @see #run(Map)
   */
  public Map<String, Value> run(
      Map<String, ? extends Value> values, Collection<String> wantedOutputs) {
    return execute(values, wanted(wantedOutputs), null);
  }

  private Map<String, Value> execute(
      Map<String, ? extends Value> values,
      List<String> wanted,
      @Nullable Cancellation cancellation) {
    try {
      return computed(values, wanted, cancellation);
    } catch (OutOfMemoryError e) { // of what is not done for one node
      throw LimitExceeded.heap();
    }
  }

  private Map<String, Value> computed(
      Map<String, ? extends Value> values,
      List<String> wanted,
      @Nullable Cancellation cancellation) {
    @Nullable Value[] given = inputs.check(values);
    Plan plan = wanted.equals(outputs) && inputs.isRequiredOnly(given) ? main : plan(given, wanted);
    Call call = executed(plan, given, cancellation, null);
    @Nullable Value[] frame = call.frame();
    Map<String, Value> results = LinkedHashMap.newLinkedHashMap(wanted.size());
    if (given.length + wanted.size() > MANY) {
      Sharing.own(wanted, plan.outputs(), frame, given, plan, results);
    } else {
      for (int i = 0; i < wanted.size(); i++) {
        Value result = Objects.requireNonNull(frame[plan.outputs()[i]]);
        results.put(wanted.get(i), Sharing.own(result, given, plan, results.values()));
      }
    }
    call.end(plan);
    plan.calls().give(call);
    return results;
  }

  /**
   * Runs until runs no longer become faster, which takes Java's compiler some seconds; before it is
   * done, runs compute the same with slower loops.
   *
   * @param values inputs like those to come; runs change nothing
   * @param atMost how long to go on where they still become faster; a run is not broken off
   * @return whether they no longer do
   */
  public boolean warmUp(Map<String, ? extends Value> values, Duration atMost) {
    Pace pace = new Pace();
    long start = System.nanoTime();
    long slice = Math.min(SLICE_NANOS, atMost.toNanos() / 4);
    boolean settled = false;
    while (!(settled && options.kernels().isWarm())
        && System.nanoTime() - start < atMost.toNanos()) {
      LongStream.Builder times = LongStream.builder();
      long begin = System.nanoTime();
      long now = begin;
      do {
        run(values);
        long end = System.nanoTime();
        times.add(end - now);
        now = end;
      } while (now - begin < slice);
      settled = pace.add(times.build().toArray());
    }
    return settled && options.kernels().isWarm();
  }

  /**
   * Computes every output and writes those named into tensors of the caller's: large outputs need
   * not be allocated, and cleared, in every run. As many threads as like may do so at once, each
   * with tensors of its own.
   *
   * @param values the inputs by name
   * @param into where outputs go, by name, in the shapes they have; none of them shares memory with
   *     an input or with another. What is not named is not written. Nodes write there while the run
   *     goes on: what the tensors hold after a run that failed is not specified
   * @throws InvalidInput as {@link #run(Map)}, before anything is written; and where an output does
   *     not go into its tensor, which that output has not touched
   */
  public void runInto(Map<String, ? extends Value> values, Map<String, Tensor> into) {
    Kept own = idle.getAndSet(null);
    if (own == null) {
      own = new Kept(this, Map.of());
    }
    own.run(values, Map.of(), into);
    own.forget();
    idle.set(own);
  }

  /** Says where the outputs of a run go, and sees them where they were made. */
  interface Taker {

    /** Names the tensors that steps may write into, before the run. */
    void offer(Call call, Plan plan, @Nullable Value[] given);

    /** Takes what is to be kept: {@code frame[slots[i]]} is output i, and is filled anew later. */
    void take(@Nullable Value[] frame, int[] slots);
  }

  /** Computes every output, without making anything that the taker does not make. */
  void run(
      Map<String, ? extends Value> values,
      Inputs.Room room,
      Taker taker,
      @Nullable Cancellation cancellation) {
    @Nullable Value[] given = inputs.check(values, room);
    Plan plan = inputs.isRequiredOnly(given) ? main : plan(given, outputs);
    Call call = executed(plan, given, cancellation, taker);
    taker.take(call.frame(), plan.outputs());
    call.keep(plan);
    plan.calls().give(call);
  }

  Inputs.Room room() {
    return inputs.room();
  }

  /** Returns a call that has run, with the outputs in its frame. */
  private Call executed(
      Plan plan,
      @Nullable Value[] given,
      @Nullable Cancellation cancellation,
      @Nullable Taker taker) {
    Call idle = plan.calls().take();
    Call call = idle == null ? new Call(plan, new Run(options, false)) : idle;
    call.begin(call.run().again(cancellation));
    @Nullable Value[] frame = call.frame();
    int next = 0;
    for (Value value : given) {
      if (value != null) {
        frame[plan.inputs()[next++]] = value;
      }
    }
    if (taker != null) {
      taker.offer(call, plan, given);
    }
    Observer observer = options.observer();
    long start = observer == null ? 0 : System.nanoTime();
    try {
      plan.execute(call);
    } finally {
      options.kernels().rest();
    }
    if (observer != null) {
      observer.ran(start, System.nanoTime() - start);
    }
    return call;
  }

  /**
   * Returns calls that go on where the one before ended; which outputs go back into which inputs is
   * inferred.
   *
   * @throws InvalidInput where that is not certain
   */
  public Stream stream() {
    return stream(States.inferred());
  }

  /**
   * Returns calls that go on where the one before ended.
   *
   * @throws InvalidInput where the states are not those of the model
   */
  public Stream stream(States states) {
    return new Stream(this, states);
  }

  ValueInfo input(String name) {
    return model.graph().inputs().get(inputs.names().indexOf(name));
  }

  /** Returns the sizes of named dimensions that these inputs show. */
  Map<String, Long> sizes(Map<String, ? extends Value> values) {
    return inputs.sizes(values);
  }

  private List<String> wanted(Collection<String> names) {
    Set<String> unknown = new LinkedHashSet<>(names);
    outputs.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new InvalidInput(
          "the model has no outputs " + quoted(unknown) + "; it has " + quoted(outputs));
    }
    List<String> wanted = new ArrayList<>(outputs);
    wanted.retainAll(Set.copyOf(names));
    return wanted.equals(outputs) ? outputs : wanted;
  }

  static String quoted(Collection<String> names) {
    return names.stream()
        .map(name -> "\"" + Text.escape(name) + "\"")
        .collect(Collectors.joining(", "));
  }

  private Plan compile(List<String> names, List<String> wanted) {
    Model source =
        options.simplify() ? Reduced.of(model, names, wanted, operators, options.limits()) : model;
    Model typed = BodyTypes.typed(source, operators);
    return new Compiler(typed, operators, options).compile(names, wanted);
  }

  private Plan plan(@Nullable Value[] given, List<String> wanted) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < given.length; i++) {
      if (given[i] != null) {
        names.add(inputs.names().get(i));
      }
    }
    Variant variant = new Variant(List.copyOf(names), List.copyOf(wanted));
    Plan known = others.get(variant);
    if (known != null) {
      return known;
    }
    Plan plan = compile(names, wanted);
    if (others.size() < MAX_PLANS) {
      others.put(variant, plan);
    }
    return plan;
  }
}
