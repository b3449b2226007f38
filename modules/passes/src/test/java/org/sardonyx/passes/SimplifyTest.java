package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT64;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

class SimplifyTest {

  private static Model simplify(Model model) {
    Simplify.Result result = Simplify.of(Models.OPERATORS).apply(model);
    var found = Check.of(Models.OPERATORS).check(result.model());
    assertTrue(found.stream().noneMatch(d -> d.severity() == Severity.ERROR), found::toString);
    assertFalse(Simplify.of(Models.OPERATORS).apply(result.model()).changed());
    return result.model();
  }

  /** Returns the nodes, as {@code Op(inputs)->outputs}. */
  private static List<String> shown(Model model) {
    return model.graph().nodes().stream().map(SimplifyTest::shown).toList();
  }

  private static String shown(Node node) {
    return node.opType()
        + "("
        + String.join(",", node.inputs())
        + ")->"
        + String.join(",", node.outputs());
  }

  @Test
  void whatIsSimpleIsLeftAlone() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n")
            .node("Relu", "x -> y")
            .output("y", FLOAT, "n")
            .model();
    Simplify.Result result = Simplify.of(Models.OPERATORS).apply(model);
    assertSame(model.graph().nodes().get(0), result.model().graph().nodes().get(0));
    assertFalse(result.changed());
    assertEquals(1, result.rounds());
  }

  @Test
  void constantsAreFolded() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n", 2)
                .constant("w", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2))
                .node("Transpose", "w -> wt")
                .node("MatMul", "x wt -> y")
                .output("y", FLOAT, "n", 2)
                .model());
    assertEquals(List.of("MatMul(x,wt)->y"), shown(model));
    assertEquals(
        Tensor.of(new float[] {1, 3, 2, 4}, 2, 2), model.graph().initializers().get(0).load());
  }

  /** Weights that nothing is computed of stay where they lie, also those of Constant nodes. */
  @Test
  void constantsThatAreUsedAsTheyAreAreNotRead() {
    TensorData unread =
        new TensorData() {
          @Override
          public String name() {
            return "";
          }

          @Override
          public DataType dataType() {
            return FLOAT;
          }

          @Override
          public Shape shape() {
            return Shape.of(100, 100);
          }

          @Override
          public Tensor load() {
            throw new AssertionError("read");
          }
        };
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n", 100)
                .node("Constant", "-> w", Attribute.of("value", unread))
                .node("MatMul", "x w -> y")
                .output("y", FLOAT, "n", 100)
                .model());
    assertEquals(List.of("MatMul(x,w)->y"), shown(model));
    assertEquals(Shape.of(100, 100), model.graph().initializers().getFirst().shape());
  }

  @Test
  void knownShapesAreFoldedAndDeclaredOnesNotBelieved() {
    Models models =
        Models.named("g")
            .input("x", FLOAT, 2, 3)
            .input("to", INT64, "r")
            .value("t", FLOAT, 3, 2)
            .node("Reshape", "x to -> t")
            .node("Shape", "t -> s")
            .node("Shape", "x -> u")
            .node("Add", "s u -> y")
            .output("y", INT64, 2);
    Model model = simplify(models.model());
    assertEquals(List.of("Reshape(x,to)->t", "Shape(t)->s", "Add(s,u)->y"), shown(model));
  }

  @Test
  void constantOutputsKeepANode() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, 2)
                .node("Size", "x -> y")
                .output("y", INT64)
                .model());
    assertEquals(List.of("Constant()->y"), shown(model));
  }

  @Test
  void defaultsOfInputsAreNotFolded() {
    Model model =
        simplify(
            Models.named("g")
                .input("w", FLOAT, 2)
                .constant("w", Tensor.of(new float[] {1, 2}, 2))
                .node("Neg", "w -> y")
                .output("y", FLOAT, 2)
                .model());
    assertEquals(List.of("Neg(w)->y"), shown(model));
  }

  @Test
  void constantsDoNotSwellTheModel() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, 1)
                .constant("n", Tensor.vector(2_000_000))
                .node("ConstantOfShape", "n -> c")
                .node("Add", "x c -> y")
                .output("y", FLOAT, 2_000_000)
                .model());
    assertEquals(List.of("ConstantOfShape(n)->c", "Add(x,c)->y"), shown(model));
  }

  @Test
  void identitiesGoAndNamesOfOutputsStay() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n")
                .node("Identity", "x -> a")
                .node("Relu", "a -> b")
                .node("Cast", "b -> c", Attribute.of("to", (long) DataType.FLOAT.code()))
                .node("Dropout", "c -> d")
                .node("Identity", "d -> y")
                .node("Identity", "x -> z")
                .output("y", FLOAT, "n")
                .output("z", FLOAT, "n")
                .model());
    assertEquals(List.of("Relu(x)->y", "Identity(x)->z"), shown(model));
  }

  @Test
  void dropoutThatTrainsStays() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n")
                .constant("ratio", Tensor.scalar(0.5f))
                .constant("training", Tensor.scalar(true))
                .node("Dropout", "x ratio training -> y")
                .output("y", FLOAT, "n")
                .model());
    assertEquals(1, model.graph().nodes().size());
  }

  @Test
  void transposesInARowBecomeOneOrNone() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, 2, 3, 4)
                .node("Transpose", "x -> a", Attribute.of("perm", 1, 2, 0))
                .node("Transpose", "a -> b", Attribute.of("perm", 2, 0, 1))
                .node("Relu", "b -> y")
                .node("Transpose", "a -> z")
                .output("y", FLOAT, 2, 3, 4)
                .output("z", FLOAT, 2, 4, 3)
                .model());
    assertEquals(List.of("Relu(x)->y", "Transpose(x)->z"), shown(model));
    assertEquals(Attribute.of("perm", 0, 2, 1), model.graph().nodes().get(1).attributes().get(0));
  }

  @Test
  void equalNodesAndConstantsAreSharedAndRandomOnesAreNot() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, 2)
                .constant("v", Tensor.of(new float[] {1, 2}, 2))
                .constant("w", Tensor.of(new float[] {1, 2}, 2))
                .node("Add", "x v -> a")
                .node("Add", "x w -> b")
                .node("RandomNormalLike", "x -> r")
                .node("RandomNormalLike", "x -> s")
                .node("Sum", "a b r s -> y")
                .output("y", FLOAT, 2)
                .model());
    assertEquals(
        List.of(
            "Add(x,v)->a", "RandomNormalLike(x)->r", "RandomNormalLike(x)->s", "Sum(a,a,r,s)->y"),
        shown(model));
    assertEquals(1, model.graph().initializers().size());
  }

  @Test
  void theBranchOfAConstantConditionTakesThePlaceOfTheIf() {
    Graph then =
        Models.named("t")
            .constant("one", Tensor.of(new float[] {1}, 1))
            .node("Add", "x one -> t")
            .output("t")
            .graph();
    Graph otherwise = Models.named("e").node("Identity", "x -> e").output("e").graph();
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n")
                .node("Relu", "x -> t_1")
                .node("Shape", "x -> s")
                .node("Size", "s -> k")
                .constant("limit", Tensor.scalar(2L))
                .node("Less", "k limit -> c")
                .node(
                    "If",
                    "c -> z",
                    Attribute.of("then_branch", then),
                    Attribute.of("else_branch", otherwise))
                .node("Add", "z t_1 -> y")
                .output("y", FLOAT, "n")
                .model());
    assertEquals(List.of("Relu(x)->t_1", "Add(x,one_1)->z", "Add(z,t_1)->y"), shown(model));
  }

  @Test
  void valuesThatNestedGraphsReadAreRenamedThereToo() {
    Graph then = Models.named("t").node("Neg", "a -> t").output("t").graph();
    Graph otherwise = Models.named("e").node("Abs", "a -> e").output("e").graph();
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, "n")
                .input("c", BOOL)
                .node("Identity", "x -> a")
                .node(
                    "If",
                    "c -> y",
                    Attribute.of("then_branch", then),
                    Attribute.of("else_branch", otherwise))
                .output("y", FLOAT, "n")
                .model());
    assertEquals(List.of("If(c)->y"), shown(model));
  }

  @Test
  void rulesCanBeLeftOut() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n")
            .node("Identity", "x -> a")
            .node("Relu", "a -> y")
            .output("y", FLOAT, "n")
            .model();
    Simplify without = Simplify.of(Models.OPERATORS).without("identities");
    assertEquals(2, without.apply(model).model().graph().nodes().size());
    assertThrows(
        IllegalArgumentException.class, () -> Simplify.of(Models.OPERATORS).without("nothing"));
  }

  @Test
  void beforeIrVersionFourConstantsAreNodes() {
    Model model =
        simplify(
            Models.named("g")
                .input("x", FLOAT, 2)
                .node("Shape", "x -> s")
                .node("Cast", "s -> f", Attribute.of("to", 1))
                .node("Mul", "x f -> y")
                .output("y", FLOAT, 2)
                .model(3, 8));
    assertEquals(List.of("Constant()->f", "Mul(x,f)->y"), shown(model));
  }
}
