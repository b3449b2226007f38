package org.sardonyx.onnx;

import java.util.function.BiConsumer;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.tensor.TensorData;

/** Visits every constant tensor of a model, wherever it stands. */
final class Constants {

  /** Where a constant stands. */
  enum Place {
    INITIALIZER,
    /** The value of an attribute, or a part of a sparse tensor. */
    ELSEWHERE
  }

  private final BiConsumer<TensorData, Place> each;

  private Constants(BiConsumer<TensorData, Place> each) {
    this.each = each;
  }

  /** Calls {@code each} in the order of the model. */
  static void visit(Model model, BiConsumer<TensorData, Place> each) {
    Constants constants = new Constants(each);
    constants.graph(model.graph());
    for (Function function : model.functions()) {
      function.attributeDefaults().forEach(constants::attribute);
      function.nodes().forEach(constants::node);
    }
    for (TrainingInfo info : model.trainingInfo()) {
      Graph initialization = info.initialization();
      if (initialization != null) {
        constants.graph(initialization);
      }
      Graph algorithm = info.algorithm();
      if (algorithm != null) {
        constants.graph(algorithm);
      }
    }
  }

  private void graph(Graph graph) {
    graph.nodes().forEach(this::node);
    graph.initializers().forEach(tensor -> each.accept(tensor, Place.INITIALIZER));
    graph.sparseInitializers().forEach(this::sparse);
  }

  private void node(Node node) {
    node.attributes().forEach(this::attribute);
  }

  private void attribute(Attribute attribute) {
    switch (attribute.value()) {
      case Attribute.OfTensor(TensorData tensor) -> each.accept(tensor, Place.ELSEWHERE);
      case Attribute.OfTensors(var tensors) ->
          tensors.forEach(tensor -> each.accept(tensor, Place.ELSEWHERE));
      case Attribute.OfGraph(Graph graph) -> graph(graph);
      case Attribute.OfGraphs(var graphs) -> graphs.forEach(this::graph);
      case Attribute.OfSparseTensor(SparseTensorData sparse) -> sparse(sparse);
      case Attribute.OfSparseTensors(var sparses) -> sparses.forEach(this::sparse);
      case Attribute.OfFloat _,
          Attribute.OfFloats _,
          Attribute.OfInt _,
          Attribute.OfInts _,
          Attribute.OfString _,
          Attribute.OfStrings _,
          Attribute.OfType _,
          Attribute.OfTypes _,
          Attribute.Reference _ -> {}
    }
  }

  private void sparse(SparseTensorData sparse) {
    each.accept(sparse.values(), Place.ELSEWHERE);
    each.accept(sparse.indices(), Place.ELSEWHERE);
  }
}
