package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A model that is being built: inputs pass through layers and become outputs.
 *
 * <pre>{@code
 * Network net = new Network("sentiment");
 * Features answer = net.tokens("tokens")
 *     .then(Embedding.of(table))
 *     .then(Recurrent.both(forward, backward))
 *     .then(Pooling.MAX)
 *     .then(Dense.of(WeightFormat.PYTORCH, weight, bias))
 *     .then(Activation.SOFTMAX);
 * net.output("probabilities", answer);
 * Model model = net.model();
 * }</pre>
 *
 * <p>Values are passed by reference; names are given to inputs and outputs only. Weights are held
 * by the layers. What ONNX has an operator for becomes one node; other recurrent cells and
 * attention become functions of the model in the domain {@value #DOMAIN}, which any runtime can
 * run.
 *
 * <p>Batch and time are dynamic unless {@link Axes} say otherwise. Not thread-safe.
 */
public final class Network {

  /** The domain of the functions. */
  public static final String DOMAIN = "org.sardonyx.layers";

  /** The oldest version of ai.onnx that can be written: LayerNormalization came with it. */
  public static final int OLDEST_OPSET = 17;

  private final String name;
  private final Target target;
  private final GraphBuilder graph;
  private final Formula formula;
  private final FunctionBodies functions;
  private final Map<String, Ref> permuted = new HashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private String description = "";

  /** Begins a model for {@link Target#STANDARD}. */
  public Network(String name) {
    this(name, Target.STANDARD);
  }

  /**
   * Begins a model in the versions of a target.
   *
   * @throws UnsupportedModel where its ai.onnx is older than {@value #OLDEST_OPSET}
   */
  public Network(String name, Target target) {
    if (target.opset() < OLDEST_OPSET) {
      throw new UnsupportedModel(
          "layers are written in ai.onnx "
              + OLDEST_OPSET
              + " and newer, not "
              + target.opset()
              + "; write them in "
              + OLDEST_OPSET
              + " and convert the model");
    }
    this.name = name;
    this.target = target;
    this.graph = new GraphBuilder(name);
    this.formula = Formula.ofMain(graph, target.opset());
    this.functions = new FunctionBodies(target.opset());
  }

  public Target target() {
    return target;
  }

  /** Returns what writes nodes into the main graph, for what no layer does. */
  public Formula formula() {
    return formula;
  }

  /**
   * Says where weights are kept that layers make of theirs: in memory unless told otherwise.
   *
   * @param keeper gives what stands for a constant from then on
   */
  public Network keeping(UnaryOperator<TensorData> keeper) {
    formula.keeping(keeper);
    return this;
  }

  /** Adds an input [batch, time, features], batch and time dynamic. */
  public Series series(String inputName, int features) {
    return series(inputName, features, Axes.BATCH_FIRST);
  }

  /** Adds an input of the series of vectors. */
  public Series series(String inputName, int features, Axes axes) {
    Ref ref = input(inputName, DataType.FLOAT, axes.dims(features));
    return new Series(this, ref, axes.layout(), features);
  }

  /** Adds an input float [batch, size], the batch dynamic. */
  public Features features(String inputName, int size) {
    return features(inputName, size, Dim.named("batch"));
  }

  /** Adds an input float [batch, size]. */
  public Features features(String inputName, int size, Dim batch) {
    return new Features(this, input(inputName, DataType.FLOAT, batch, Dim.of(size)), size);
  }

  /** Adds an input int64 [batch, time], both dynamic. */
  public Tokens tokens(String inputName) {
    return tokens(inputName, Axes.BATCH_FIRST);
  }

  /** Adds an input int64 [batch, time]; the layout of the axes does not matter. */
  public Tokens tokens(String inputName, Axes axes) {
    return new Tokens(this, input(inputName, DataType.INT64, axes.batch(), axes.time()), null);
  }

  /** Adds an input int32 [batch]: how many steps count. */
  public Lengths lengths(String inputName) {
    return new Lengths(this, input(inputName, DataType.INT32, Dim.named("batch")));
  }

  /** Adds an input [batch, time] that is 0 or false where a step does not count. */
  public Mask mask(String inputName, DataType type, Axes axes) {
    Ref ref = input(inputName, type, axes.batch(), axes.time());
    return new Mask(this, type == DataType.BOOL ? ref : formula.cast(ref, DataType.BOOL));
  }

  /** Adds an input float [directions, batch, size]. */
  public State state(String inputName, int directions, int size) {
    Ref ref =
        input(inputName, DataType.FLOAT, Dim.of(directions), Dim.named("batch"), Dim.of(size));
    return new State(this, ref, directions, size);
  }

  /** Adds an input of any shape, for what no layer takes. */
  public Ref input(String inputName, DataType type, List<Dim> dims) {
    return graph.input(inputName, Type.tensor(type, Shape.of(dims)));
  }

  /** Makes a value of any shape an output. */
  public void output(String outputName, Ref value, DataType type, List<Dim> dims) {
    graph.output(outputName, value, Type.tensor(type, Shape.of(dims)));
  }

  private Ref input(String inputName, DataType type, Dim... dims) {
    return graph.input(inputName, Type.tensor(type, Shape.of(dims)));
  }

  /** Makes a series an output, [batch, time, features]. */
  public void output(String outputName, Series series) {
    output(outputName, series, Layout.BATCH_TIME_FEATURES);
  }

  /** Makes a series an output in a layout. */
  public void output(String outputName, Series series, Layout layout) {
    long[] dims = {-1, -1, -1};
    dims[layout.features()] = series.size();
    out(outputName, series.in(layout).ref(), dims);
  }

  /** Makes a vector for every member of the batch an output. */
  public void output(String outputName, Features features) {
    out(outputName, features.ref(), -1, features.size());
  }

  /** Makes a state an output. */
  public void output(String outputName, State state) {
    out(outputName, state.ref(), state.directions(), -1, state.size());
  }

  private void out(String outputName, Ref value, long... sizes) {
    List<Dim> dims = Arrays.stream(sizes).mapToObj(s -> s < 0 ? Dim.UNKNOWN : Dim.of(s)).toList();
    graph.output(outputName, value, Type.tensor(DataType.FLOAT, Shape.of(dims)));
  }

  /** Notes something about the model in its metadata: where its training data came from, say. */
  public Network note(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Describes the model in a sentence, as its {@code doc_string}. */
  public Network describe(String text) {
    description = text;
    return this;
  }

  /**
   * Returns the model.
   *
   * @throws org.sardonyx.error.InvalidModel where it breaks a rule of ONNX: outputs are missing, or
   *     nodes were added that do not fit
   */
  public Model model() {
    List<OpsetImport> imports = new ArrayList<>(List.of(new OpsetImport("", target.opset())));
    if (!functions.all().isEmpty()) {
      imports.add(new OpsetImport(DOMAIN, 1));
    }
    List<Entry> entries = new ArrayList<>();
    metadata.forEach((key, value) -> entries.add(new Entry(key, value)));
    String version = Network.class.getPackage().getImplementationVersion();
    Model model =
        new Model(
            target.irVersion(),
            imports,
            "sardonyx",
            version == null ? "" : version,
            "",
            0,
            description,
            graph.graph(),
            functions.all(),
            entries,
            List.of(),
            Extra.NONE);
    Model named = withNamedOutputs(model);
    Check.of(Operators.standard()).requireValid(named);
    return named;
  }

  /** Outputs whose sizes are those of inputs say so. */
  private static Model withNamedOutputs(Model model) {
    Set<String> known = new HashSet<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(DataType _, Shape shape)) {
        shape.dims().forEach(dim -> known.add(dim.toString()));
      }
    }
    Inferred inferred = Infer.of(Operators.standard()).infer(model);
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : model.graph().outputs()) {
      Type found = inferred.type(inferred.model().graph(), output.name());
      if (output.type() instanceof Type.OfTensor(DataType type, Shape declared)
          && found instanceof Type.OfTensor(DataType _, Shape shape)
          && shape.hasRank()
          && shape.rank() == declared.rank()) {
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
          Dim dim = shape.dim(axis);
          boolean said = dim.isKnown() || known.contains(dim.toString());
          dims.add(said ? dim : declared.dim(axis));
        }
        outputs.add(new ValueInfo(output.name(), Type.tensor(type, Shape.of(dims))));
      } else {
        outputs.add(output);
      }
    }
    return model.withGraph(model.graph().withOutputs(outputs));
  }

  /** Returns the name that was given. */
  public String name() {
    return name;
  }

  /** Begins a layer. */
  void begin(String kind) {
    formula.begin(kind);
  }

  /** Gives the next layer a name instead of its kind and number. */
  public Network naming(String layerName) {
    formula.name(layerName);
    return this;
  }

  <T> T within(String kind, Supplier<T> layers) {
    return formula.within(kind, layers);
  }

  /** Transposes, once for each value and permutation. */
  Ref permuted(Ref ref, long... permutation) {
    return permuted.computeIfAbsent(
        ref.name() + Arrays.toString(permutation), _ -> formula.transpose(ref, permutation));
  }

  /** Returns zeros, float [batch, size]. */
  Ref zeros(Series like, int size) {
    return permuted.computeIfAbsent(
        like.ref().name() + "/" + size,
        _ -> formula.zeros(like.ref(), like.layout().batch(), size));
  }

  /** Adds a call of a function, and the function unless it is there. */
  List<Ref> call(FunctionBodies.Draft draft, List<Ref> inputs) {
    return functions.call(formula, draft, inputs);
  }
}
