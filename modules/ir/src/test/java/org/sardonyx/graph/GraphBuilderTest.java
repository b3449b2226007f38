package org.sardonyx.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class GraphBuilderTest {

  private static final Type FLOAT = Type.tensor(DataType.FLOAT);

  @Test
  void nodesReferToValuesByName() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n", 4, "?");
    Ref w = g.constant("w", Tensor.scalar(2f));
    List<Ref> parts = g.call("Split", x).with("axis", 1).with("num_outputs", 2).outputs(2);
    g.output("y", g.node("Mul", parts.get(0), w), FLOAT);
    Model model = g.model(21);
    Graph graph = model.graph();
    assertEquals(List.of(new OpsetImport("", 21)), model.opsetImports());
    assertEquals(
        Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.of(4), Dim.UNKNOWN)),
        graph.inputs().getFirst().type());
    Node split = graph.nodes().get(0);
    Node mul = graph.nodes().get(1);
    Node identity = graph.nodes().get(2);
    assertEquals(List.of("x"), split.inputs());
    assertEquals(List.of(split.outputs().get(0), "w"), mul.inputs());
    assertEquals(mul.outputs(), identity.inputs());
    assertEquals(List.of("y"), identity.outputs());
    assertEquals("y", graph.outputs().getFirst().name());
    assertEquals("w", graph.initializers().getFirst().name());
  }

  @Test
  void namesAreGivenOnceInAGraphAndItsBodies() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", FLOAT);
    GraphBuilder body = g.body("body");
    Ref a = body.node("Neg", x);
    Ref b = g.node("Neg", x);
    assertNotEquals(a, b);
    assertThrows(IllegalArgumentException.class, () -> body.input("x", FLOAT));
    assertThrows(IllegalArgumentException.class, () -> g.constant("x", Tensor.scalar(1f)));
    assertThrows(IllegalArgumentException.class, () -> g.input("", FLOAT));
  }

  @Test
  void absentInputsHaveNoName() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", FLOAT);
    g.output(g.call("Clip", x, Ref.ABSENT, x).named("clip").output("y"), FLOAT);
    Node node = g.graph().nodes().getFirst();
    assertEquals(List.of("x", "", "x"), node.inputs());
    assertEquals("clip", node.name());
    assertEquals(1, g.graph().nodes().size());
  }
}
