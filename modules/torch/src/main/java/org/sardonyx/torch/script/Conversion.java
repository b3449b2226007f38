package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Simplify;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.torch.TorchOptions;
import org.sardonyx.torch.aten.Choices;
import org.sardonyx.torch.aten.Control;
import org.sardonyx.torch.aten.Emit;

/** Follows a program until what it does not say of its inputs is found, and makes the model. */
public final class Conversion {

  private static final long MEBIBYTE = 1 << 20;

  private Conversion() {}

  /** One try: follows the program, and gives its results as outputs. */
  public interface Try {
    void run(Emit emit, Ports ports);
  }

  /**
   * A model, and what a person should know of it.
   *
   * @param model the model
   * @param notes sentences
   */
  public record Result(Model model, List<String> notes) {}

  /** Makes a model of a program. */
  public static Result of(String name, TorchOptions options, Try program) {
    Choices choices = new Choices();
    Ports.fix(choices, options);
    RuntimeException furthest = null;
    long progress = -1;
    while (true) {
      Emit emit = new Emit(name, choices);
      Ports ports = new Ports(emit, options);
      RuntimeException failed;
      try {
        program.run(emit, ports);
        ports.requireUsed();
        Result result = finish(emit, ports);
        List<Diagnostic> errors = errors(result.model());
        if (errors.isEmpty()) {
          return result;
        }
        failed = new Emit.Mismatch(errors.getFirst().toString());
      } catch (Choices.Again _) {
        continue;
      } catch (Emit.Mismatch | Interpreter.Located | Control.Raised e) {
        failed = e;
      } catch (ModelException e) {
        failed = e;
      }
      if (emit.progress() > progress) {
        progress = emit.progress();
        furthest = failed;
      }
      if (!choices.next(emit.progress())) {
        throw explained(java.util.Objects.requireNonNull(furthest));
      }
    }
  }

  /** What ONNX's rules say against a model: sizes that contradict each other are seen here last. */
  private static List<Diagnostic> errors(Model model) {
    return Check.of(Operators.standard()).check(model).stream()
        .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
        .toList();
  }

  private static ModelException explained(RuntimeException e) {
    if (e instanceof ModelException ours) {
      return ours;
    }
    String what = String.valueOf(e.getMessage());
    return new UnsupportedModel(
        (e instanceof Control.Raised
                ? "the program raises an exception for inputs of every rank and type tried: "
                : "")
            + what
            + "; say what the inputs are: --input NAME=float[batch,time,8]");
  }

  private static Result finish(Emit emit, Ports ports) {
    Model built = emit.root().model(Emit.OPSET);
    Graph graph = built.graph();
    Set<String> used = new HashSet<>();
    uses(graph, used);
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    emit.weights().stream()
        .filter(weight -> used.contains(weight.name()))
        .forEach(initializers::add);
    List<ValueInfo> inputs = ports.declared();
    Model whole = built.withGraph(graph.withInitializers(initializers).withInputs(inputs));
    Model simple =
        Simplify.forRuns(Operators.standard(), 64 * MEBIBYTE, 256 * MEBIBYTE).apply(whole).model();
    List<String> notes = new ArrayList<>(emit.notes());
    return new Result(simple, notes);
  }

  private static void uses(Graph graph, Set<String> into) {
    for (Node node : graph.nodes()) {
      into.addAll(node.inputs());
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph body)) {
          uses(body, into);
        }
      }
    }
    graph.outputs().forEach(output -> into.add(output.name()));
  }

  /** Follows the method {@code forward} of a module. */
  public static void forward(
      Emit emit,
      Ports ports,
      Program program,
      org.sardonyx.torch.pickle.Pickled.Instance root,
      org.sardonyx.torch.file.Storages storages,
      List<@Nullable Object> constants,
      org.sardonyx.torch.file.Storages constantStorages) {
    Attributes attributes = new Attributes(emit, program, storages, ports);
    Interpreter interpreter =
        new Interpreter(emit, program, attributes, constants, constantStorages);
    if (!(attributes.value(root, "", storages) instanceof Module module)) {
      throw new UnsupportedModel("what was saved is no module");
    }
    Map<String, Syntax.Function> methods = module.type().methods();
    Syntax.Function forward = methods.get("forward");
    if (forward == null && methods.get("forward__0") != null) {
      // LSTM and GRU alone: one for tensors, one for packed sequences.
      forward = methods.get("forward__0");
      emit.note("the module has several methods forward; the first is what the model computes");
    }
    if (forward == null) {
      throw new UnsupportedModel(
          "the module has no method forward, but "
              + methods.keySet()
              + ": give it one that calls them, and save it anew");
    }
    if (forward.parameters().isEmpty()) {
      throw new UnsupportedModel("the method forward has no parameter for the module");
    }
    List<@Nullable Object> given = List.of(module);
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    for (Syntax.Parameter parameter :
        forward.parameters().subList(1, forward.parameters().size())) {
      String name = parameter.name();
      if (parameter.defaultValue() == null || ports.isWanted(name)) {
        if (named.containsKey(name)) {
          throw new MalformedModel("two parameters are called " + Text.escape(name));
        }
        named.put(name, ports.parameter(name, parameter.type()));
      } else {
        emit.note(
            "the parameter "
                + Text.escape(name)
                + " has a default, and is no input; --input "
                + Text.escape(name)
                + "=... makes it one");
      }
    }
    attributes.begin(module);
    @Nullable Object result = interpreter.call(forward, given, named);
    ports.outputs(result, attributes.end());
  }
}
