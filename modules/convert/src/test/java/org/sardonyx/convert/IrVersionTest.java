package org.sardonyx.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.tensor.DataType.FLOAT;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class IrVersionTest {

  private static final Model MODEL =
      Models.named("g")
          .input("x", FLOAT, 2)
          .constant("w", Tensor.of(new float[] {1, 2}, 2))
          .node("Add", "x w -> y")
          .output("y", FLOAT, 2)
          .model(8, 8);

  private static List<String> inputs(Model model) {
    return model.graph().inputs().stream().map(ValueInfo::name).toList();
  }

  @Test
  void beforeFourInitializersAreInputs() {
    Model three = IrVersion.to(3).apply(MODEL);
    assertEquals(List.of("x", "w"), inputs(three));
    assertEquals(List.of(), Check.of(Models.OPERATORS).check(three));
    Model eight = IrVersion.to(8).apply(three);
    assertEquals(List.of("x"), inputs(eight));
    assertEquals(8, eight.irVersion());
  }

  /** A branch has no inputs, in IR 3 too; what is constant in it is so in the main graph then. */
  @Test
  void constantsOfBranchesMoveOut() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", FLOAT, 2);
    Ref condition = g.input("c", DataType.BOOL);
    GraphBuilder yes = g.body("yes");
    Ref w = yes.constant("w", Tensor.of(new float[] {1, 2}, 2));
    yes.output(yes.node("Add", x, w), Type.tensor(FLOAT, Shape.of(2)));
    GraphBuilder no = g.body("no");
    no.output(no.constant("v", Tensor.of(new float[] {5, 6}, 2)), Type.tensor(FLOAT, Shape.of(2)));
    g.output(
        "y",
        g.call("If", condition)
            .with("then_branch", yes.graph())
            .with("else_branch", no.graph())
            .output(),
        Type.tensor(FLOAT, Shape.of(2)));
    Model three = IrVersion.to(3).apply(g.model(8));
    assertEquals(List.of("x", "c", "w_constant", "v_constant"), inputs(three));
    Node node = three.graph().nodes().getFirst();
    for (Graph branch : Graphs.bodies(node)) {
      assertEquals(List.of(), branch.inputs());
      assertEquals(List.of(), branch.initializers());
      assertEquals(1, branch.nodes().size());
    }
    assertEquals(List.of(), Check.of(Models.OPERATORS).check(three));
  }

  @Test
  void overridableInputsStayFromFourOn() {
    Model overridable =
        Models.named("g")
            .input("w", FLOAT, 2)
            .constant("w", Tensor.of(new float[] {1, 2}, 2))
            .node("Neg", "w -> y")
            .output("y", FLOAT, 2)
            .model(8, 18);
    assertEquals(List.of("w"), inputs(IrVersion.to(10).apply(overridable)));
  }

  @Test
  void whatAVersionHasNotIsRefused() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, 2)
            .node("my:F", "x -> y")
            .output("y", FLOAT, 2)
            .function(Models.function("my", "F", "p", "q", List.of(), Models.of("Relu", "p -> q")))
            .model();
    assertThrows(UnsupportedModel.class, () -> IrVersion.to(7).apply(model));
  }

  @Test
  void versionsThatBelongTogether() {
    assertEquals(8, IrVersion.oldestFor(18));
    assertEquals(3, IrVersion.oldestFor(7));
    assertEquals(10, IrVersion.oldestFor(21));
    assertEquals(18, IrVersion.newestOpset(8));
  }
}
