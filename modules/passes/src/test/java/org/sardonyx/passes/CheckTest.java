package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.BOOL;
import static org.sardonyx.tensor.DataType.DOUBLE;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT64;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.graph.TrainingInfo;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class CheckTest {

  private static List<Diagnostic> check(Model model) {
    return Check.of(Models.OPERATORS).check(model);
  }

  private static List<String> rules(Model model) {
    return check(model).stream().map(Diagnostic::rule).sorted().toList();
  }

  private static void assertRules(Model model, String... expected) {
    assertEquals(List.of(expected), rules(model), () -> check(model).toString());
  }

  /** y = Relu(x), which is valid. */
  private static Models relu() {
    return Models.named("g").input("x", FLOAT, "n").node("Relu", "x -> y").output("y", FLOAT, "n");
  }

  @Test
  void aValidModelHasNoFindings() {
    assertRules(relu().model());
    Check.of(Models.OPERATORS).requireValid(relu().model());
  }

  @Test
  void everyFindingIsReportedWithItsPlace() {
    Graph branch =
        Models.named("b")
            .node("Relu", "nowhere -> a")
            .node(Models.of("Relu", "a -> a").withName("again"))
            .output("a")
            .graph();
    Model model =
        Models.named("g")
            .input("c", BOOL)
            .node(
                Models.of(
                        "If",
                        "c -> y",
                        Attribute.of("then_branch", branch),
                        Attribute.of("else_branch", branch))
                    .withName("if"))
            .output("y", FLOAT)
            .output("z", FLOAT)
            .model();
    List<Diagnostic> found = check(model);
    assertRules(model, "ssa", "ssa", "undefined", "undefined", "undefined");
    assertTrue(
        found.stream()
            .anyMatch(d ->
                d.location()
                    .toString()
                    .equals("node \"if\" (If) > then_branch > node \"again\" (Relu)")),
        found::toString);
  }

  @Test
  void versions() {
    assertRules(relu().model(0, 18), "ir-version");
    assertRules(relu().model(99, 18), "unsupported-ir-version");
    assertRules(relu().model(8, 99), "unsupported-opset");
    assertRules(relu().model(8, 0), "opset-import", "unknown-operator");
    assertRules(relu().model().withOpsetImports(List.of()), "opset-import", "opset-import");
    assertRules(
        relu()
            .model()
            .withOpsetImports(List.of(new OpsetImport("", 18), new OpsetImport("ai.onnx", 17))),
        "opset-import");
    assertRules(
        Models.named("g")
            .input("x", FLOAT, 1)
            .node("Gelu", "x -> y")
            .output("y", FLOAT, 1)
            .model(8, 18),
        "unknown-operator");
  }

  /** Before IR version 3 a model imports nothing and means version 1. */
  @Test
  void theFirstFormatsHaveNoImports() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, 2)
            .node("Relu", "x -> y")
            .output("y", FLOAT, 2)
            .model(2, 1);
    assertRules(model, "opset-import");
    assertRules(model.withOpsetImports(List.of()));
    assertRules(model.withOpsetImports(List.of()).withIrVersion(3), "opset-import", "opset-import");
  }

  @Test
  void valuesOfOlderFormats() {
    Models listed = relu().constant("w", Tensor.vector(1));
    assertRules(listed.model(3, 8), "initializer-input");
    Models packed =
        Models.named("g")
            .input("x", DataType.INT4, 2)
            .node("Identity", "x -> y")
            .output("y", DataType.INT4, 2);
    assertRules(packed.model(9, 21), "ir-feature");
    assertRules(packed.model(10, 21));
    Models functions =
        Models.named("g")
            .input("x", FLOAT, 1)
            .node("my:F", "x -> y")
            .output("y", FLOAT, 1)
            .function(Models.function("my", "F", "a", "b", List.of(), Models.of("Relu", "a -> b")));
    assertRules(functions.model(7, 18), "ir-feature");
    assertRules(functions.model(8, 18));
  }

  @Test
  void names() {
    Model model = relu().model();
    Graph graph = model.graph();
    Graph nameless =
        new Graph("", graph.nodes(), graph.inputs(), graph.outputs(), graph.initializers());
    assertRules(model.withGraph(nameless), "graph-name");
    assertRules(
        Models.named("g").input("a.b", FLOAT).node("Relu", "a.b -> y").output("y", FLOAT).model(),
        "identifier");
    assertRules(
        Models.named("g")
            .input("x", FLOAT)
            .node(Models.of("Relu", "x -> t").withName("n"))
            .node(Models.of("Relu", "t -> y").withName("n"))
            .output("y", FLOAT)
            .model(),
        "node-name");
    assertRules(relu().constant("", Tensor.vector(1)).model(), "name");
  }

  @Test
  void singleAssignment() {
    assertRules(relu().node("Tanh", "x -> y").model(), "ssa");
    assertRules(relu().node("Tanh", "y -> x").model(), "ssa");
    assertRules(relu().input("x", FLOAT, "n").model(), "ssa");
    assertRules(
        relu().constant("w", Tensor.vector(1)).constant("w", Tensor.vector(2)).model(), "ssa");
  }

  @Test
  void shadowing() {
    Graph branch = Models.named("b").node("Relu", "x -> x2").output("x2").graph();
    Graph shadow =
        Models.named("b")
            .constant("c", Tensor.vector(1))
            .node("Relu", "x -> x3")
            .output("x3")
            .graph();
    assertRules(
        Models.named("g")
            .input("x", FLOAT, 1)
            .input("c", BOOL)
            .node(
                "If",
                "c -> y",
                Attribute.of("then_branch", branch),
                Attribute.of("else_branch", shadow))
            .output("y", FLOAT, 1)
            .model(),
        "shadowing");
  }

  @Test
  void order() {
    assertRules(
        Models.named("g")
            .input("x", FLOAT)
            .node("Relu", "t -> y")
            .node("Tanh", "x -> t")
            .output("y", FLOAT)
            .model(),
        "order");
    assertRules(
        Models.named("g")
            .input("x", FLOAT)
            .node("Add", "x b -> a")
            .node("Relu", "a -> b")
            .node("Relu", "b -> y")
            .output("y", FLOAT)
            .model(),
        "cycle");
  }

  @Test
  void outputs() {
    assertRules(relu().output("z", FLOAT).model(), "undefined");
    assertRules(relu().output("y", FLOAT, "n").model(), "duplicate-output");
    Graph outer = Models.named("b").output("x").graph();
    Graph inner = Models.named("b").node("Identity", "x -> i").output("i").graph();
    assertRules(
        Models.named("g")
            .input("x", FLOAT, 1)
            .input("c", BOOL)
            .node(
                "If",
                "c -> y",
                Attribute.of("then_branch", outer),
                Attribute.of("else_branch", inner))
            .output("y", FLOAT, 1)
            .model(),
        "outer-output");
  }

  @Test
  void interfaceTypes() {
    assertRules(relu().input(new ValueInfo("u", null)).model(), "interface-type");
    assertRules(relu().input(new ValueInfo("u", Type.tensor(FLOAT))).model(), "interface-type");
    assertRules(
        relu().input(new ValueInfo("u", Type.tensor(FLOAT, Shape.of(-1, 3)))).model(),
        "negative-dimension");
  }

  @Test
  void operatorsInputsAndOutputs() {
    assertRules(relu().node("NoSuchThing", "x -> z").model(), "unknown-operator");
    assertRules(
        relu().node("somewhere:Thing", "x -> z").model(), "opset-import", "unsupported-operator");
    assertRules(relu().node("Relu", "x x -> z").model(), "inputs");
    assertRules(relu().node("Relu", "_ -> z").model(), "inputs");
    assertRules(relu().node("Relu", "x -> z u").model(), "outputs");
    assertRules(relu().node("Clip", "x _ _ -> z").model());
    assertRules(relu().node("Relu", "->").model(), "inputs", "operator", "outputs");
    assertRules(
        Models.named("g")
            .input("x", FLOAT, 1, 1, 1, 1)
            .constant("s", Tensor.of(new float[] {1, 1, 1, 1}, 4))
            .node("Upsample", "x s -> y")
            .output("y", FLOAT, 1, 1, 1, 1)
            .model(8, 10),
        "deprecated-operator");
  }

  @Test
  void attributes() {
    assertRules(relu().node("Softmax", "x -> z", Attribute.of("axes", 1)).model(), "attribute");
    assertRules(relu().node("Softmax", "x -> z", Attribute.of("axis", 1.5f)).model(), "attribute");
    assertRules(relu().node("Cast", "x -> z").model(), "attribute");
    assertRules(
        relu().node("Softmax", "x -> z", Attribute.of("axis", 0), Attribute.of("axis", 0)).model(),
        "attribute");
    Attribute reference = new Attribute("axis", new Attribute.Reference("a", Attribute.Kind.INT));
    assertRules(relu().node("Softmax", "x -> z", reference).model(), "attribute-reference");
  }

  @Test
  void types() {
    assertRules(relu().input("d", DOUBLE, "n").node("Add", "x d -> z").model(), "type-variable");
    assertRules(relu().input("i", INT64, "n").node("Tanh", "i -> z").model(), "type");
    assertRules(
        relu().input("a", FLOAT, 2).input("b", FLOAT, 3).node("Add", "a b -> z").model(), "shape");
  }

  @Test
  void aContradictionInABranchMayNeverBeReached() {
    Graph wrong = Models.named("t").node("Add", "a b -> t").output("t").graph();
    Graph right = Models.named("e").node("Identity", "a -> e").output("e").graph();
    List<Diagnostic> found =
        check(
            Models.named("g")
                .input("c", BOOL)
                .input("a", FLOAT, 2)
                .input("b", FLOAT, 3)
                .node(
                    "If",
                    "c -> y",
                    Attribute.of("then_branch", wrong),
                    Attribute.of("else_branch", right))
                .output("y", FLOAT, 2)
                .model());
    assertEquals(1, found.size());
    assertEquals(Severity.WARNING, found.get(0).severity());
  }

  @Test
  void bodies() {
    Graph none = Models.named("b").node("Identity", "x -> b1").output("b1").graph();
    Graph two = Models.named("b").node("Split", "x -> p q").output("p").output("q").graph();
    assertTrue(
        rules(
                Models.named("g")
                    .input("x", FLOAT, 2)
                    .input("c", BOOL)
                    .node(
                        "If",
                        "c -> y",
                        Attribute.of("then_branch", none),
                        Attribute.of("else_branch", two))
                    .output("y", FLOAT, 2)
                    .model())
            .contains("body-outputs"));
    Graph body =
        Models.named("b")
            .input("i", INT64)
            .input("k", BOOL)
            .node("Identity", "k -> k2")
            .output("k2")
            .graph();
    assertTrue(
        rules(
                Models.named("g")
                    .input("x", FLOAT, 2)
                    .input("m", INT64)
                    .node("Loop", "m _ x -> y", Attribute.of("body", body))
                    .output("y", FLOAT, 2)
                    .model())
            .containsAll(List.of("body-inputs", "body-outputs")));
  }

  @Test
  void functions() {
    Models calls =
        Models.named("g").input("x", FLOAT, 1).node("my:F", "x -> y").output("y", FLOAT, 1);
    assertRules(
        calls
            .function(Models.function("my", "F", "a", "b", List.of(), Models.of("my:F", "a -> b")))
            .model(),
        "recursion",
        "unsupported-nesting");
    Models outer =
        Models.named("g").input("x", FLOAT, 1).node("my:F", "x -> y").output("y", FLOAT, 1);
    assertRules(
        outer
            .function(Models.function("my", "F", "a", "b", List.of(), Models.of("Add", "a x -> b")))
            .model(),
        "undefined");
    Models twice =
        Models.named("g").input("x", FLOAT, 1).node("my:F", "x -> y").output("y", FLOAT, 1);
    Node relu = Models.of("Relu", "a -> b");
    assertRules(
        twice
            .function(Models.function("my", "F", "a", "b", List.of("p", "p"), relu))
            .function(Models.function("my", "F", "a", "b", List.of(), relu))
            .model(),
        "function",
        "function");
    Models many =
        Models.named("g")
            .input("x", FLOAT, 1)
            .node("my:F", "x x -> y", Attribute.of("q", 1))
            .output("y", FLOAT, 1);
    assertRules(
        many.function(Models.function("my", "F", "a", "b", List.of(), relu)).model(),
        "attribute",
        "inputs");
  }

  @Test
  void sparseConstants() {
    assertEquals(List.of(), sparse(new long[] {1, 5}, 2, 3));
    assertEquals(List.of("sparse-tensor"), sparse(new long[] {5, 1}, 2, 3));
    assertEquals(List.of("sparse-tensor"), sparse(new long[] {1, 6}, 2, 3));
    assertEquals(List.of("sparse-tensor"), sparse(new long[] {1, 1}, 2, 3));
    assertEquals(List.of("sparse-tensor"), sparse(new long[] {1}, 2, 3));
    assertEquals(List.of("sparse-tensor"), sparse(new long[] {0, 0}, 0, 3));
  }

  private static List<String> sparse(long[] indices, long... dense) {
    Model model = relu().model();
    SparseTensorData data =
        new SparseTensorData(
            TensorData.of("w", Tensor.of(new float[] {1, 2}, 2)),
            TensorData.of("", Tensor.vector(indices)),
            Shape.of(dense),
            Extra.NONE);
    Graph g = model.graph();
    return rules(
        model.withGraph(
            new Graph(
                g.name(),
                g.nodes(),
                g.inputs(),
                g.outputs(),
                List.of(),
                List.of(),
                List.of(data),
                "",
                List.of(),
                Extra.NONE)));
  }

  @Test
  void training() {
    Model model = relu().constant("w", Tensor.vector(1)).model();
    Graph step = Models.named("step").node("Neg", "w -> w2").output("w2").graph();
    Model good = withTraining(model, step, new Entry("w", "w2"));
    assertRules(good);
    assertRules(
        withTraining(model, step, new Entry("v", "w3")), "training-binding", "training-binding");
  }

  private static Model withTraining(Model model, Graph algorithm, Entry binding) {
    return new Model(
        model.irVersion(),
        model.opsetImports(),
        "",
        "",
        "",
        0,
        "",
        model.graph(),
        List.of(),
        List.of(),
        List.of(new TrainingInfo(null, algorithm, List.of(), List.of(binding), Extra.NONE)),
        Extra.NONE);
  }

  @Test
  void invalidAndUnsupportedAreToldApart() {
    Check check = Check.of(Models.OPERATORS);
    InvalidModel invalid =
        assertThrows(
            InvalidModel.class,
            () -> check.requireValid(relu().node("Tanh", "x -> y").model(8, 99)));
    assertEquals(2, invalid.diagnostics().size());
    assertThrows(UnsupportedModel.class, () -> check.requireValid(relu().model(8, 99)));
  }
}
