package org.sardonyx.convert;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.DOUBLE;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.FLOAT16;
import static org.sardonyx.tensor.DataType.INT64;
import static org.sardonyx.tensor.DataType.STRING;
import static org.sardonyx.tensor.DataType.UINT8;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

class PromoteTest {

  private static Model promote(Models models) {
    return valid(Promote.of(Models.OPERATORS).apply(models.model()));
  }

  private static Model valid(Model model) {
    List<Diagnostic> found = Check.of(Models.OPERATORS).check(model);
    assertTrue(found.stream().noneMatch(d -> d.severity() == Severity.ERROR), found::toString);
    return model;
  }

  private static List<String> operators(Graph graph) {
    return graph.nodes().stream().map(Node::opType).toList();
  }

  @Test
  void valuesConstantsAndInterfaceBecomeDouble() {
    Model model =
        promote(
            Models.named("g")
                .input("x", FLOAT, "n", 2)
                .constant("w", Tensor.of(new float[] {0.1f, 2}, 2))
                .node("Add", "x w -> y")
                .output("y", FLOAT, "n", 2));
    assertEquals(Models.tensor(DOUBLE, "n", 2), model.graph().inputs().get(0).type());
    assertEquals(Models.tensor(DOUBLE, "n", 2), model.graph().outputs().get(0).type());
    TensorData w = model.graph().initializers().get(0);
    assertEquals(DOUBLE, w.dataType());
    assertEquals((double) 0.1f, w.load().doubles()[0]);
    assertEquals(List.of("Add"), operators(model.graph()));
  }

  @Test
  void halfIsPromotedTooAndCastsAreRetargeted() {
    Model model =
        promote(
            Models.named("g")
                .input("x", FLOAT16, 2)
                .node("Cast", "x -> t", Attribute.of("to", 1))
                .node("Cast", "t -> y", Attribute.of("to", 7))
                .output("y", INT64, 2));
    assertEquals(List.of("Cast", "Cast"), operators(model.graph()));
    assertEquals(Attribute.of("to", 11L), model.graph().nodes().get(0).attributes().get(0));
    assertEquals(Attribute.of("to", 7L), model.graph().nodes().get(1).attributes().get(0));
  }

  @Test
  void anInterfaceThatIsKeptIsCastInside() {
    Model model =
        valid(
            Promote.of(Models.OPERATORS)
                .keepInterface()
                .apply(
                    Models.named("g")
                        .input("x", FLOAT, 2)
                        .node("Relu", "x -> y")
                        .output("y", FLOAT, 2)
                        .output("x", FLOAT, 2)
                        .model()));
    assertEquals(List.of("Cast", "Relu", "Cast"), operators(model.graph()));
    assertEquals(Models.tensor(FLOAT, 2), model.graph().inputs().get(0).type());
    assertEquals(List.of("y", "x"), model.graph().outputs().stream().map(o -> o.name()).toList());
  }

  @Test
  void operatorsWithoutDoubleAreCastAround() {
    Model celu =
        promote(
            Models.named("g").input("x", FLOAT, 2).node("Celu", "x -> y").output("y", FLOAT, 2));
    assertEquals(List.of("Cast", "Celu", "Cast"), operators(celu.graph()));
    Model quantize =
        promote(
            Models.named("g")
                .input("x", FLOAT, 2)
                .constant("s", Tensor.scalar(0.5f))
                .constant("z", Tensor.of(UINT8, new byte[] {3}))
                .node("QuantizeLinear", "x s z -> q")
                .node("DequantizeLinear", "q s z -> y")
                .output("y", FLOAT, 2));
    assertEquals(
        List.of("Cast", "Cast", "QuantizeLinear", "DequantizeLinear", "Cast"),
        operators(quantize.graph()));
  }

  @Test
  void numbersWrittenOutAndDrawnStayTheSame() {
    Model model =
        promote(
            Models.named("g")
                .input("x", FLOAT, 2)
                .node("Cast", "x -> s", Attribute.of("to", 8))
                .node("RandomNormal", "-> r", Attribute.of("shape", new long[] {2}))
                .node("Add", "x r -> y")
                .output("s", STRING, 2)
                .output("y", FLOAT, 2));
    assertEquals(List.of("Cast", "Cast", "RandomNormal", "Cast", "Add"), operators(model.graph()));
  }

  @Test
  void typesThatAreDefaultsAreWrittenOut() {
    Model model =
        promote(
            Models.named("g")
                .input("n", INT64, 1)
                .node("ConstantOfShape", "n -> a")
                .node("Constant", "-> b", Attribute.of("value_float", 2.5f))
                .node(
                    "Constant",
                    "-> c",
                    new Attribute("value_floats", new Attribute.OfFloats(List.of(1f, 2f))))
                .node("HannWindow", "k -> d")
                .constant("k", Tensor.scalar(4L))
                .node("Sum", "a b -> y")
                .output("y", FLOAT, "?")
                .output("c", FLOAT, 2)
                .output("d", FLOAT, 4));
    Inferred inferred = Infer.of(Models.OPERATORS).provedOnly().infer(model);
    Graph graph = inferred.model().graph();
    for (String name : List.of("a", "b", "c", "d", "y")) {
      assertEquals("tensor(double)", requireNonNull(inferred.type(graph, name)).spec(), name);
    }
  }

  @Test
  void nestedGraphsAndFunctionsArePromoted() {
    Graph then = Models.named("t").node("Celu", "x -> a").output("a").graph();
    Graph otherwise = Models.named("e").node("my:F", "x -> b").output("b").graph();
    Model model =
        promote(
            Models.named("g")
                .input("c", BOOL)
                .input("x", FLOAT, 2)
                .node(
                    "If",
                    "c -> y",
                    Attribute.of("then_branch", then),
                    Attribute.of("else_branch", otherwise))
                .output("y", FLOAT, 2)
                .function(
                    Models.function("my", "F", "p", "q", List.of(), Models.of("Tanh", "p -> q"))));
    assertTrue(model.functions().isEmpty());
    assertEquals(
        "double[2]",
        String.valueOf(
            Infer.of(Models.OPERATORS)
                .provedOnly()
                .infer(model)
                .model()
                .graph()
                .outputs()
                .get(0)
                .type()));
  }
}
