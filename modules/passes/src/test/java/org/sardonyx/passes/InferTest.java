package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class InferTest {

  private static Inferred infer(Model model) {
    return Infer.of(Models.OPERATORS).infer(model);
  }

  private static @Nullable Type type(Inferred inferred, String name) {
    return inferred.type(inferred.model().graph(), name);
  }

  private static void assertType(Inferred inferred, String name, String expected) {
    assertEquals(expected, String.valueOf(type(inferred, name)), name);
  }

  private static Graph body(Node node, String attribute) {
    Attribute found = node.attribute(attribute);
    assertNotNull(found);
    return ((Attribute.OfGraph) found.value()).value();
  }

  @Test
  void namedDimensionsGoThroughShapesInTheMaking() {
    // y = reshape(x, [shape(x)[0], shape(x)[1] * 2, -1]) of x [n, t, 8]
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, "n", "t", 8)
                .constant("zero", Tensor.vector(0))
                .constant("one", Tensor.vector(1))
                .constant("two", Tensor.vector(2))
                .constant("minus", Tensor.vector(-1))
                .node("Shape", "x -> s")
                .node("Gather", "s zero -> n")
                .node("Gather", "s one -> t")
                .node("Mul", "t two -> tt")
                .node("Concat", "n tt minus -> to", Attribute.of("axis", 0))
                .node("Reshape", "x to -> y")
                .output("y", FLOAT, "?", "?", "?")
                .model());
    assertType(inferred, "y", "float[n,(t*2),4]");
    assertEquals(
        List.of(Dim.named("n"), Dim.named("t"), Dim.of(8)),
        inferred.elements(inferred.model().graph(), "s"));
  }

  @Test
  void declaredOutputsKeepTheirNamesAndAreFilledUp() {
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, "n", 3)
                .node("Relu", "x -> y")
                .output("y", FLOAT, "batch", "?")
                .model());
    assertEquals(
        "float[batch,3]", String.valueOf(inferred.model().graph().outputs().get(0).type()));
    assertType(inferred, "y", "float[n,3]");
  }

  @Test
  void whatIsProvedWinsOverWhatIsDeclared() {
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, 2, 3)
                .value("t", FLOAT, 7, 3)
                .node("Relu", "x -> t")
                .node("Relu", "t -> y")
                .output("y", FLOAT, 2, 3)
                .model());
    assertType(inferred, "t", "float[2,3]");
    assertEquals("declared-type", inferred.findings().get(0).rule());
  }

  @Test
  void declaredShapesFillGapsUnlessOnlyProofCounts() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n")
            .input("to", INT64, "r")
            .value("t", FLOAT, 2, "n")
            .node("Reshape", "x to -> t")
            .node("Relu", "t -> y")
            .output("y", FLOAT, "?", "?")
            .model();
    assertType(infer(model), "y", "float[2,n]");
    Inferred proved = Infer.of(Models.OPERATORS).provedOnly().infer(model);
    assertEquals("float[...]", String.valueOf(type(proved, "t")));
  }

  @Test
  void branchesOfDifferentRankHaveNoRankTogether() {
    Graph squeeze = Models.named("then").node("Squeeze", "x -> a").output("a").graph();
    Graph keep = Models.named("else").node("Identity", "x -> b").output("b").graph();
    Models models =
        Models.named("g")
            .input("x", FLOAT, 1, 3)
            .node(
                "If",
                "c -> z",
                Attribute.of("then_branch", squeeze),
                Attribute.of("else_branch", keep))
            .node("Size", "z -> y");
    Inferred open = infer(models.input("c", BOOL).output("y", INT64).model());
    assertType(open, "z", "float[...]");
    Node node = open.model().graph().nodes().get(0);
    assertEquals("float[3]", String.valueOf(open.type(body(node, "then_branch"), "a")));
    assertEquals("float[1,3]", String.valueOf(open.type(body(node, "else_branch"), "b")));
  }

  /** Names of sizes know no scopes: n of a branch is n of the graph around it. */
  @Test
  void aNameMeansOneSizeInTheWholeModel() {
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, "n")
                .input("to", INT64, 1)
                .input("c", BOOL)
                .node("NonZero", "x -> z")
                .node(
                    "If",
                    "c -> y",
                    Attribute.of("then_branch", reshaping("a", "n")),
                    Attribute.of("else_branch", reshaping("b", "n")))
                .node(
                    "If",
                    "c -> u",
                    Attribute.of("then_branch", reshaping("d", "_d0")),
                    Attribute.of("else_branch", reshaping("e", "n")))
                .node("Add", "x y -> s")
                .output("s", FLOAT, "?")
                .output("u", FLOAT, "?")
                .output("z", INT64, "?", "?")
                .model());
    assertType(inferred, "y", "float[n]");
    assertType(inferred, "s", "float[n]");
    // A size that is named here alone is no size of a branch that has a name like it.
    assertType(inferred, "z", "int64[1,_d1]");
  }

  /** Gives x a shape that only a run knows, declared as one of a named size. */
  private static Graph reshaping(String output, String size) {
    return Models.named("branch")
        .node("Reshape", "x to -> " + output)
        .output(output, FLOAT, size)
        .graph();
  }

  @Test
  void aConditionThatIsKnownDecides() {
    Graph one = Models.named("then").node("Shape", "x -> a").output("a").graph();
    Graph two = Models.named("else").node("Identity", "x -> b").output("b").graph();
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", INT64, "n", 3)
                .constant("c", Tensor.scalar(true))
                .node(
                    "If",
                    "c -> y",
                    Attribute.of("then_branch", one),
                    Attribute.of("else_branch", two))
                .output("y", INT64, "?")
                .model());
    assertType(inferred, "y", "int64[2]");
    assertEquals(
        List.of(Dim.named("n"), Dim.of(3)), inferred.elements(inferred.model().graph(), "y"));
  }

  @Test
  void whatGrowsInALoopIsNotKnownAndWhatItDeclaresIsNotBelieved() {
    Graph body =
        Models.named("body")
            .input("i", INT64)
            .input("c", BOOL)
            .input("h", FLOAT, "n", "time") // wrong, as exporters write it
            .input("all", FLOAT, "n", 7)
            .node("Identity", "c -> c2")
            .node("Tanh", "h -> h2")
            .node("Concat", "all h2 -> all2", Attribute.of("axis", 1))
            .node("Identity", "h2 -> scan")
            .output("c2")
            .output("h2")
            .output("all2")
            .output("scan")
            .graph();
    Inferred inferred =
        infer(
            Models.named("g")
                .input("m", INT64)
                .input("h0", FLOAT, "n", 14)
                .input("a0", FLOAT, "n", 0)
                .node("Loop", "m _ h0 a0 -> h a s", Attribute.of("body", body))
                .output("h", FLOAT, "?", "?")
                .output("a", FLOAT, "?", "?")
                .output("s", FLOAT, "?", "?", "?")
                .model());
    assertType(inferred, "h", "float[n,14]");
    Graph typed = body(inferred.model().graph().nodes().get(0), "body");
    assertEquals("float[n,14]", String.valueOf(inferred.type(typed, "h2")));
    Shape grown = ((Type.OfTensor) java.util.Objects.requireNonNull(type(inferred, "a"))).shape();
    assertEquals(Dim.named("n"), grown.dim(0));
    assertFalse(grown.dim(1).isKnown());
    Shape scanned = ((Type.OfTensor) java.util.Objects.requireNonNull(type(inferred, "s"))).shape();
    assertEquals(List.of(Dim.named("n"), Dim.of(14)), scanned.dims().subList(1, 3));
    // The size of one trip is no size of the model.
    Type inside = typed.inputs().get(3).type();
    assertEquals("float[n,?]", String.valueOf(inside));
  }

  @Test
  void functionsAreInferredForEachCall() {
    Attribute.Reference axis = new Attribute.Reference("axis", Attribute.Kind.INT);
    var function =
        Models.function(
            "my",
            "Twice",
            "x",
            "y",
            List.of("axis"),
            Models.of("Concat", "x x -> y", new Attribute("axis", axis)));
    Inferred inferred =
        infer(
            Models.named("g")
                .function(function)
                .input("a", FLOAT, "n", 3)
                .node("my:Twice", "a -> b", Attribute.of("axis", 1))
                .node("my:Twice", "a -> c", Attribute.of("axis", 0))
                .output("b", FLOAT, "?", "?")
                .output("c", FLOAT, "?", "?")
                .model());
    assertType(inferred, "b", "float[n,6]");
    assertType(inferred, "c", "float[(n*2),3]");
    assertEquals("float[?,?]", String.valueOf(inferred.types(function).get("y")));
    assertEquals("float[n,3]", String.valueOf(inferred.types(function).get("x")));
  }

  @Test
  void orderDoesNotMatter() {
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, "n")
                .node("Relu", "t -> y")
                .node("Tanh", "x -> t")
                .output("y", FLOAT, "?")
                .model());
    assertType(inferred, "y", "float[n]");
  }

  @Test
  void smallConstantsAreComputed() {
    Inferred inferred =
        infer(
            Models.named("g")
                .constant("a", Tensor.vector(1, 2, 3))
                .node("ReduceProd", "a -> p", Attribute.of("keepdims", 0))
                .node("Range", "p p2 p3 -> r")
                .constant("p2", Tensor.scalar(9L))
                .constant("p3", Tensor.scalar(1L))
                .output("r", INT64, "?")
                .model());
    Tensor range = inferred.constant(inferred.model().graph(), "r");
    assertEquals(Tensor.vector(6, 7, 8), range);
  }

  @Test
  void anInputWithADefaultIsNoConstant() {
    Models models =
        Models.named("g")
            .input("a", INT64, 2)
            .constant("a", Tensor.vector(1, 2))
            .node("Identity", "a -> y")
            .output("y", INT64, 2);
    Inferred overridable = infer(models.model(8, 18));
    assertNull(overridable.constant(overridable.model().graph(), "y"));
    Inferred listed = infer(models.model(3, 8));
    assertNotNull(listed.constant(listed.model().graph(), "y"));
  }

  @Test
  void unknownSizesAreSharedByWhatHasThem() {
    Inferred inferred =
        infer(
            Models.named("g")
                .input("x", FLOAT, "n")
                .node("NonZero", "x -> z")
                .node("Identity", "z -> y")
                .output("y", INT64, "?", "?")
                .model());
    assertEquals(type(inferred, "z"), type(inferred, "y"));
    assertTrue(
        ((Type.OfTensor) java.util.Objects.requireNonNull(type(inferred, "z"))).shape().dim(1)
            instanceof Dim.Named);
  }

  @Test
  void sizesThatDoubleAThousandTimesStaySmall() {
    Models models = Models.named("g").input("x0", FLOAT, "n", "t");
    for (int i = 0; i < 1000; i++) {
      String edges = "x" + i + " x" + i + " -> x" + (i + 1);
      models.node("Concat", edges, Attribute.of("axis", i % 2));
    }
    Inferred inferred = infer(models.output("x1000", FLOAT, "?", "?").model());
    assertTrue(String.valueOf(type(inferred, "x1000")).length() < 400);
  }

  @Test
  void nestingHasALimit() {
    Graph other = Models.named("g").node("Identity", "x -> z").output("z").graph();
    Graph inner = Models.named("g").node("Identity", "x -> y0").output("y0").graph();
    for (int i = 1; i < 20; i++) {
      inner =
          Models.named("g")
              .node(
                  "If",
                  "c -> y" + i,
                  Attribute.of("then_branch", inner),
                  Attribute.of("else_branch", other))
              .output("y" + i)
              .graph();
    }
    Model model =
        Models.named("g")
            .input("x", FLOAT)
            .input("c", BOOL)
            .node(
                "If",
                "c -> y",
                Attribute.of("then_branch", inner),
                Attribute.of("else_branch", other))
            .output("y", FLOAT)
            .model();
    assertThrows(LimitExceeded.class, () -> infer(model));
    assertTrue(
        Check.of(Models.OPERATORS).check(model).stream()
            .anyMatch(d -> d.rule().equals("unsupported-nesting")));
  }

  @Test
  void functionsThatCallOneAnotherTooOftenAreRefused() {
    Models models = Models.named("g").input("x", FLOAT, 1);
    for (int i = 0; i < 12; i++) {
      Node[] calls = new Node[20];
      for (int k = 0; k < calls.length; k++) {
        calls[k] =
            Models.of(i == 11 ? "Relu" : "my:F" + (i + 1), "x -> " + (k == 0 ? "y" : "y" + k));
      }
      models.function(Models.function("my", "F" + i, "x", "y", List.of(), calls));
    }
    Model model = models.node("my:F0", "x -> y").output("y", FLOAT, 1).model();
    assertThrows(LimitExceeded.class, () -> infer(model));
    assertThrows(
        LimitExceeded.class, () -> Inline.of(Models.OPERATORS).withMaxNodes(5000).apply(model));
  }
}
