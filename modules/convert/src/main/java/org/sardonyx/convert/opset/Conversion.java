package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Names;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.TensorData;

/** Takes a model from version to version, functions first. */
public final class Conversion {

  private final Operators operators;
  private final long to;
  private final Set<String> released = new HashSet<>();

  public Conversion(Operators operators, long to) {
    this.operators = operators;
    this.to = to;
  }

  /**
   * Returns the model with everything in it converted.
   *
   * @throws UnsupportedModel where a node cannot be, with its place and the reason
   */
  public Model apply(Model model) {
    Model current = model;
    for (int i = 0; i < model.functions().size(); i++) {
      current = function(current, i);
    }
    return main(current);
  }

  private Model function(Model model, int index) {
    Model current = model;
    Opsets imports = Opsets.of(model.functions().get(index), Opsets.of(model));
    long version = imports.version("");
    if (version < 0) {
      return model;
    }
    Functions functions = Functions.of(model);
    while (version != to) {
      long next = version < to ? version + 1 : version - 1;
      Function function = current.functions().get(index);
      GraphStep step =
          new GraphStep(operators, functions, Names.of(function), version, next, new HashSet<>());
      List<Node> nodes = function.nodes();
      if (step.changes(nodes)) {
        step.readsNames(function.outputs());
        step.readsOf(nodes);
        Where where = Where.MODEL.function(function.domain(), function.name());
        nodes = step.nodes(nodes, Facts.of(new Knowledge(operators, current), function), where);
      }
      List<Function> all = new ArrayList<>(current.functions());
      all.set(index, imported(function.withNodes(nodes), next));
      current = current.withFunctions(all);
      version = next;
    }
    return current;
  }

  private static Function imported(Function function, long version) {
    return new Function(
        function.domain(),
        function.name(),
        function.overload(),
        function.inputs(),
        function.outputs(),
        function.attributes(),
        function.attributeDefaults(),
        function.nodes(),
        imports(function.opsetImports(), version),
        function.valueInfo(),
        function.docString(),
        function.metadata(),
        function.extra());
  }

  private Model main(Model model) {
    long version = Opsets.of(model).version("");
    if (version < 0) {
      return model;
    }
    Model current = model;
    Functions functions = Functions.of(model);
    while (version != to) {
      long next = version < to ? version + 1 : version - 1;
      Graph graph = current.graph();
      GraphStep step =
          new GraphStep(operators, functions, Names.of(graph), version, next, released);
      training(model, step);
      if (step.changes(graph.nodes())) {
        step.reads(graph.outputs());
        step.readsOf(graph.nodes());
        Facts facts = Facts.of(new Knowledge(operators, current), graph);
        List<Node> nodes = step.nodes(graph.nodes(), facts, Where.MODEL);
        graph = withInitializers(graph.withNodes(nodes), step.initializers(), model.irVersion());
        graph = cleaned(graph);
      }
      current = current.withGraph(graph).withOpsetImports(imports(current.opsetImports(), next));
      version = next;
    }
    return current;
  }

  private static void training(Model model, GraphStep step) {
    for (TrainingInfo info : model.trainingInfo()) {
      boolean changes =
          (info.initialization() != null && step.changes(info.initialization().nodes()))
              || (info.algorithm() != null && step.changes(info.algorithm().nodes()));
      if (changes) {
        throw new UnsupportedModel(
            "the model says how it is trained, in operators that ai.onnx "
                + step.to()
                + " changes; graphs for training are not converted");
      }
    }
  }

  private static List<OpsetImport> imports(List<OpsetImport> before, long version) {
    Map<String, OpsetImport> imports = new LinkedHashMap<>();
    for (OpsetImport imported : before) {
      if (!Opsets.domain(imported.domain()).isEmpty()) {
        imports.put(imported.domain(), imported);
      } else if (!imports.containsKey("")) {
        imports.put("", new OpsetImport(imported.domain(), version));
      }
    }
    imports.putIfAbsent("", new OpsetImport("", version));
    return List.copyOf(imports.values());
  }

  /** Before IR 4 every initializer is listed among the inputs too. */
  private static Graph withInitializers(Graph graph, List<TensorData> more, long irVersion) {
    if (more.isEmpty()) {
      return graph;
    }
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    initializers.addAll(more);
    Graph result = graph.withInitializers(initializers);
    if (irVersion >= 4) {
      return result;
    }
    List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
    more.forEach(data -> inputs.add(new ValueInfo(data.name(), data.type())));
    return result.withInputs(inputs);
  }

  /** Takes out the constants that nodes have stopped reading and nobody else reads. */
  private Graph cleaned(Graph graph) {
    if (released.isEmpty()) {
      return graph;
    }
    Set<String> reads = new HashSet<>();
    graph.outputs().forEach(output -> reads.add(output.name()));
    graph.nodes().forEach(node -> reads.addAll(Graphs.reads(node)));
    Set<String> inputs = new HashSet<>();
    graph.inputs().forEach(input -> inputs.add(input.name()));
    Set<String> gone = new HashSet<>(released);
    gone.removeAll(reads);
    gone.removeAll(inputs);
    if (gone.isEmpty()) {
      return graph;
    }
    return graph
        .withNodes(
            graph.nodes().stream()
                .filter(node -> !(node.isOnnx("Constant") && gone.containsAll(node.outputs())))
                .toList())
        .withInitializers(
            graph.initializers().stream().filter(data -> !gone.contains(data.name())).toList())
        .withValueInfo(
            graph.valueInfo().stream().filter(value -> !gone.contains(value.name())).toList());
  }
}
