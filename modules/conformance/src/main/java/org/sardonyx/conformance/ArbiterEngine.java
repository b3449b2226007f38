package org.sardonyx.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.arbiter.Arbiter;
import org.sardonyx.conformance.arbiter.Jitter;
import org.sardonyx.conformance.arbiter.Readings;
import org.sardonyx.convert.Promote;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * Says what is true where two engines disagree: runs the model with every float promoted to double,
 * with plain loops, and with its own implementation of the operators that matter most. Gives
 * doubles for every floating-point output, or, {@link #rounded}, values of the declared types.
 */
public final class ArbiterEngine implements Engine {

  private final Readings readings;
  private final boolean rounds;
  private final List<OperatorDef> more;
  private final Limits limits;
  private final Jitter jitter;
  private final boolean simplifies;

  /** Makes an engine that gives doubles. */
  public ArbiterEngine() {
    this(Readings.STANDARD, false, List.of(), Limits.standard(), Jitter.NONE, true);
  }

  private ArbiterEngine(
      Readings readings,
      boolean rounds,
      List<OperatorDef> more,
      Limits limits,
      Jitter jitter,
      boolean simplifies) {
    this.readings = readings;
    this.rounds = rounds;
    this.more = List.copyOf(more);
    this.limits = limits;
    this.jitter = jitter;
    this.simplifies = simplifies;
  }

  /** Returns an engine whose runs end with an error after this time. */
  public ArbiterEngine within(Duration time) {
    return new ArbiterEngine(
        readings, rounds, more, limits.with(Limit.TIME, time.toMillis()), jitter, simplifies);
  }

  /** Returns an engine that uses no more than this. */
  public ArbiterEngine withLimits(Limits newLimits) {
    return new ArbiterEngine(readings, rounds, more, newLimits, jitter, simplifies);
  }

  /** Returns an engine that runs the nodes as they stand, so that it can judge a rewriting. */
  public ArbiterEngine asWritten() {
    return new ArbiterEngine(readings, rounds, more, limits, jitter, false);
  }

  /** Returns an engine that has these operators beside ours, which must know double. */
  public ArbiterEngine with(List<OperatorDef> operators) {
    return new ArbiterEngine(readings, rounds, operators, limits, jitter, simplifies);
  }

  /** Returns an engine that rounds floating-point outputs to the types that the graph declares. */
  public ArbiterEngine rounded() {
    return new ArbiterEngine(readings, true, more, limits, jitter, simplifies);
  }

  /**
   * Returns an engine that reads the specification as ONNX Runtime does where the two differ: what
   * that engine ought to give, its listed deviations included.
   */
  public ArbiterEngine asOnnxRuntimeReads() {
    return asOnnxRuntimeReads(Machine.mayBe(Machine.WITHOUT_VNNI));
  }

  ArbiterEngine asOnnxRuntimeReads(boolean addsPairs) {
    return new ArbiterEngine(
        Readings.onnxRuntime(addsPairs), rounds, more, limits, jitter, simplifies);
  }

  /** Returns an engine that runs models with {@link Jitter} in them, and in recurrent operators. */
  ArbiterEngine jittering(Jitter cells) {
    return new ArbiterEngine(readings, rounds, List.of(Jitter.DEF), limits, cells, simplifies);
  }

  @Override
  public String name() {
    return "arbiter";
  }

  @Override
  public Loaded load(Path path, Options options) throws EngineFailed {
    try {
      return load(Onnx.read(path, options.reading()));
    } catch (ModelException e) {
      throw failed(e);
    }
  }

  /** Makes a model that is in memory ready to run. */
  public Loaded load(Model model) throws EngineFailed {
    List<OperatorDef> own = new ArrayList<>(Arbiter.operators(readings, jitter));
    own.addAll(more);
    try {
      Model promoted =
          Promote.of(Operators.standard().with(own))
              .apply(readings.addsPairs() ? FusedQuantization.of(model) : model);
      NativeEngine engine =
          new NativeEngine(
              name(),
              SessionOptions.standard()
                  .withKernels(Kernels.scalar())
                  .withOperators(own)
                  .withSimplify(simplifies)
                  .withLimits(limits));
      return new Promoted(model, engine.load(promoted));
    } catch (ModelException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {}

  private static EngineFailed failed(ModelException e) {
    return new EngineFailed(
        e instanceof UnsupportedModel ? EngineFailed.Kind.REFUSED : EngineFailed.Kind.FAILED,
        e.getMessage(),
        e);
  }

  private final class Promoted implements Loaded {

    private final Model original;
    private final Loaded inDouble;

    Promoted(Model original, Loaded inDouble) {
      this.original = original;
      this.inDouble = inDouble;
    }

    @Override
    public List<String> inputs() {
      return inDouble.inputs();
    }

    @Override
    public List<String> outputs() {
      return inDouble.outputs();
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
      Map<String, Value> given = new LinkedHashMap<>();
      inputs.forEach((name, value) -> given.put(name, toDouble(value)));
      Map<String, Value> found = inDouble.run(given);
      if (!rounds) {
        return found;
      }
      Map<String, Value> outputs = new LinkedHashMap<>(found);
      for (ValueInfo output : original.graph().outputs()) {
        outputs.computeIfPresent(output.name(), (name, value) -> round(value, output.type()));
      }
      return outputs;
    }

    @Override
    public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
      return inDouble.time(inputs, how);
    }

    @Override
    public void close() {
      inDouble.close();
    }
  }

  /** Whether the promotion makes this type double. */
  private static boolean isPromoted(DataType type) {
    return type == DataType.FLOAT || type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }

  private static Value toDouble(Value value) {
    return switch (value) {
      case Tensor tensor when isPromoted(tensor.dataType()) ->
          Tensor.of(tensor.toDoubles(), tensor.shape());
      case SequenceValue(Type element, List<Value> elements) ->
          new SequenceValue(
              promoted(element), elements.stream().map(ArbiterEngine::toDouble).toList());
      case OptionalValue(Type element, @Nullable Value held) ->
          new OptionalValue(promoted(element), held == null ? null : toDouble(held));
      default -> value;
    };
  }

  private static Type promoted(Type type) {
    return switch (type) {
      case Type.OfTensor(DataType element, var shape) when isPromoted(element) ->
          Type.tensor(DataType.DOUBLE, shape);
      case Type.OfSequence(Type element) -> new Type.OfSequence(promoted(element));
      case Type.OfOptional(Type element) -> new Type.OfOptional(promoted(element));
      default -> type;
    };
  }

  private static Value round(Value value, @Nullable Type declared) {
    return switch (value) {
      case Tensor tensor
          when tensor.dataType() == DataType.DOUBLE
              && declared instanceof Type.OfTensor(DataType type, var _)
              && isPromoted(type) ->
          Tensor.fromDoubles(type, tensor.doubles(), tensor.shape());
      case SequenceValue(Type _, List<Value> elements)
          when declared instanceof Type.OfSequence(Type element) -> {
        List<Value> rounded = new ArrayList<>();
        elements.forEach(e -> rounded.add(round(e, element)));
        yield new SequenceValue(element, rounded);
      }
      case OptionalValue(Type _, @Nullable Value held)
          when declared instanceof Type.OfOptional(Type element) ->
          new OptionalValue(element, held == null ? null : round(held, element));
      default -> value;
    };
  }
}
