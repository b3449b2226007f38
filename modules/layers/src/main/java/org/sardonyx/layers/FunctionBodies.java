package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;

/** The functions of a model: each is written once, however often it is called. */
final class FunctionBodies {

  private final long opset;
  private final List<Function> all = new ArrayList<>();

  FunctionBodies(long opset) {
    this.opset = opset;
  }

  /**
   * What a function is to be.
   *
   * @param name its name; a number is put behind it where another body has that name
   * @param doc what it computes
   * @param inputs the names of its inputs
   * @param outputs how many it gives
   * @param attributes what a call says for those who read the model; the body has it built in
   * @param body writes it
   */
  record Draft(
      String name,
      String doc,
      List<String> inputs,
      int outputs,
      List<Attribute> attributes,
      Body body) {
    Draft {
      inputs = List.copyOf(inputs);
      attributes = List.copyOf(attributes);
    }
  }

  /** Writes the body of a function. */
  @FunctionalInterface
  interface Body {
    List<Ref> on(Formula f, List<Ref> inputs);
  }

  List<Function> all() {
    return List.copyOf(all);
  }

  List<Ref> call(Formula f, Draft draft, List<Ref> inputs) {
    Function function = function(draft);
    GraphBuilder.Call call = f.callOf(Network.DOMAIN, function.name(), inputs.toArray(Ref[]::new));
    draft.attributes().forEach(call::with);
    return call.outputs(draft.outputs());
  }

  private Function function(Draft draft) {
    GraphBuilder graph = new GraphBuilder(draft.name());
    List<Ref> inputs = draft.inputs().stream().map(graph::input).toList();
    Formula f = Formula.ofFunction(graph, opset);
    List<Ref> outputs = draft.body().on(f, inputs);
    List<Node> nodes = graph.graph().nodes();
    for (int number = 1; ; number++) {
      Function made =
          new Function(
              Network.DOMAIN,
              number == 1 ? draft.name() : draft.name() + "_" + number,
              "",
              draft.inputs(),
              outputs.stream().map(Ref::name).toList(),
              draft.attributes().stream().map(Attribute::name).toList(),
              List.of(),
              nodes,
              List.of(new OpsetImport("", opset)),
              List.of(),
              draft.doc(),
              List.of(),
              Extra.NONE);
      if (all.contains(made)) {
        return made;
      }
      if (all.stream().noneMatch(function -> function.name().equals(made.name()))) {
        all.add(made);
        return made;
      }
    }
  }
}
