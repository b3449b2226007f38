package org.sardonyx.text;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;

/** A model without what the text form leaves out, and with its tensors in memory. */
final class Bare {

  private Bare() {}

  static Model of(Model model) {
    return new Model(
        model.irVersion(),
        model.opsetImports(),
        model.producerName(),
        model.producerVersion(),
        model.domain(),
        model.modelVersion(),
        model.docString(),
        of(model.graph()),
        model.functions().stream().map(Bare::of).toList(),
        model.metadata(),
        List.of(),
        Extra.NONE);
  }

  private static Graph of(Graph graph) {
    return new Graph(
        graph.name(),
        nodes(graph.nodes()),
        values(graph.inputs()),
        values(graph.outputs()),
        typed(graph.valueInfo()),
        graph.initializers().stream().map(Bare::of).toList(),
        List.of(),
        "",
        List.of(),
        Extra.NONE);
  }

  private static Function of(Function function) {
    return new Function(
        function.domain(),
        function.name(),
        function.overload(),
        function.inputs(),
        function.outputs(),
        function.attributes(),
        function.attributeDefaults().stream().map(Bare::of).toList(),
        nodes(function.nodes()),
        function.opsetImports(),
        typed(function.valueInfo()),
        function.docString(),
        List.of(),
        Extra.NONE);
  }

  private static List<Node> nodes(List<Node> nodes) {
    return nodes.stream()
        .map(node ->
            new Node(
                node.name(),
                node.domain(),
                node.opType(),
                node.overload(),
                node.inputs(),
                node.outputs(),
                node.attributes().stream().map(Bare::of).toList(),
                "",
                List.of(),
                Extra.NONE))
        .toList();
  }

  private static List<ValueInfo> typed(List<ValueInfo> values) {
    return values(values.stream().filter(value -> value.type() != null).toList());
  }

  private static List<ValueInfo> values(List<ValueInfo> values) {
    return values.stream().map(value -> new ValueInfo(value.name(), value.type())).toList();
  }

  private static TensorData of(TensorData tensor) {
    return TensorData.of(tensor.name(), tensor.load());
  }

  private static Attribute of(Attribute attribute) {
    return new Attribute(
        attribute.name(),
        switch (attribute.value()) {
          case Attribute.OfTensor(TensorData tensor) -> new Attribute.OfTensor(of(tensor));
          case Attribute.OfTensors(List<TensorData> tensors) ->
              new Attribute.OfTensors(tensors.stream().map(Bare::of).toList());
          case Attribute.OfGraph(Graph graph) -> new Attribute.OfGraph(of(graph));
          case Attribute.OfGraphs(List<Graph> graphs) ->
              new Attribute.OfGraphs(graphs.stream().map(Bare::of).toList());
          default -> attribute.value();
        });
  }
}
