package org.sardonyx.conformance.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Whatever the sizes of a model's inputs are, every value of it has a type and a rank: as the file
 * has it, and with every size of every input open.
 */
class UnknownRanksTest {

  /** Their encoder's output is squeezed where its length happens to be 1: of rank 2 or 3. */
  private static final Set<String> OF_EITHER_RANK = Set.of("silero-vad-16k-op15", "silero-vad-v5");

  @ParameterizedTest
  @ValueSource(strings = {"torch-models", "real-models"})
  void thereAreNone(String corpus) {
    List<String> unknown = new ArrayList<>();
    int values = 0;
    int models = 0;
    for (CaseFolder one : CaseFolder.find(Corpora.require(corpus))) {
      if (!one.hasModel()) {
        continue;
      }
      models++;
      Model model = Onnx.read(one.model());
      for (boolean opened : new boolean[] {false, true}) {
        Inferred inferred = Infer.of(Operators.standard()).infer(opened ? open(model) : model);
        String which = one.name() + (opened ? " with open sizes" : "");
        List<String> found = new ArrayList<>();
        values += collect(which, inferred, inferred.model().graph(), found);
        if (OF_EITHER_RANK.contains(one.name())) {
          assertTrue(found.getFirst().contains(" of If "), found::getFirst);
        } else {
          unknown.addAll(found);
        }
      }
    }
    System.out.println(
        corpus
            + ": "
            + models
            + " models, "
            + values
            + " values, "
            + unknown.size()
            + " without a rank");
    assertTrue(models >= 6 && values > 1000, corpus);
    assertEquals("", String.join("\n", unknown));
  }

  /** Every size that the file gives is one of its own, and nothing is said of values inside. */
  private static Model open(Model model) {
    Graph graph = model.graph();
    List<ValueInfo> inputs = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      boolean weight = graph.initializers().stream().anyMatch(w -> w.name().equals(input.name()));
      inputs.add(
          !weight && input.type() instanceof Type.OfTensor(var type, Shape shape) && shape.hasRank()
              ? new ValueInfo(input.name(), Type.tensor(type, open(input.name(), shape)))
              : input);
    }
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      outputs.add(
          output.type() instanceof Type.OfTensor(var type, Shape _)
              ? new ValueInfo(output.name(), Type.tensor(type))
              : output);
    }
    return model.withGraph(
        new Graph(graph.name(), graph.nodes(), inputs, outputs, graph.initializers()));
  }

  private static Shape open(String name, Shape shape) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      dims.add(shape.dim(i) instanceof Dim.Known ? Dim.named(name + "_" + i) : shape.dim(i));
    }
    return Shape.of(dims);
  }

  private static int collect(String where, Inferred inferred, Graph graph, List<String> unknown) {
    Map<String, Type> types = inferred.types(graph);
    int values = 0;
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        if (output.isEmpty()) {
          continue;
        }
        values++;
        Type type = types.get(output);
        if (type == null || !hasRank(type)) {
          unknown.add(where + ": " + output + " of " + node.opType() + " is " + type);
        }
      }
      for (Attribute attribute : node.attributes()) {
        if (attribute.value() instanceof Attribute.OfGraph(Graph inner)) {
          values += collect(where, inferred, inner, unknown);
        }
      }
    }
    return values;
  }

  @SuppressWarnings("ReferenceEquality") // NONE is told from UNKNOWN by being itself
  private static boolean isNone(Shape shape) {
    return shape == Shape.NONE;
  }

  private static boolean hasRank(Type type) {
    return switch (type) {
      case Type.OfTensor(var _, Shape shape) -> shape.hasRank() || isNone(shape);
      case Type.OfSparseTensor(var _, Shape shape) -> shape.hasRank();
      case Type.OfSequence(Type element) -> hasRank(element);
      case Type.OfOptional(Type element) -> hasRank(element);
      case Type.OfMap _ -> true;
      case Type.Opaque _ -> true;
    };
  }
}
