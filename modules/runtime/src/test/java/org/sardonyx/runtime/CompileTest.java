package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What becomes of a model before it runs. */
class CompileTest {

  private static final ValueInfo X = new ValueInfo("x", FLOAT);
  private static final ValueInfo Y = new ValueInfo("y", FLOAT);

  private static Node node(String op, List<String> inputs, String... outputs) {
    return new Node("", op, inputs, List.of(outputs), List.of());
  }

  private static Model model(Node... nodes) {
    return new Model(
        10,
        List.of(new OpsetImport("", OPSET)),
        new Graph("g", List.of(nodes), List.of(X), List.of(Y), List.of()));
  }

  private static <E extends ModelException> E refused(Class<E> type, Model model, String text) {
    E e = assertThrows(type, () -> Session.compile(model));
    assertTrue(e.getMessage().contains(text), e.getMessage());
    return e;
  }

  @Test
  void namesWhatIsReadAndNeverGiven() {
    refused(
        InvalidModel.class,
        model(node("Add", List.of("x", "w"), "y")),
        "node (Add): nothing gives \"w\"");
  }

  @Test
  void refusesNodesOutOfOrder() {
    refused(
        InvalidModel.class,
        model(node("Neg", List.of("a"), "y"), node("Abs", List.of("x"), "a")),
        "\"a\" is read before it is given");
  }

  @Test
  void refusesACircle() {
    refused(
        InvalidModel.class,
        model(node("Add", List.of("x", "y"), "y")),
        "\"y\" is read before it is given");
  }

  @Test
  void refusesANameGivenTwice() {
    refused(
        InvalidModel.class,
        model(node("Neg", List.of("x"), "y"), node("Abs", List.of("x"), "y")),
        "\"y\" is given twice");
    refused(InvalidModel.class, model(node("Neg", List.of("x"), "x", "y")), "\"x\" is given twice");
  }

  @Test
  void refusesAnOutputThatNothingGives() {
    refused(InvalidModel.class, model(node("Neg", List.of("x"), "z")), "output \"y\"");
  }

  @Test
  void refusesWrongCounts() {
    refused(InvalidModel.class, model(node("Neg", List.of("x", "x"), "y")), "has 2 inputs");
    refused(InvalidModel.class, model(node("Neg", List.of(), "y")), "has 0 inputs, must have 1");
    refused(InvalidModel.class, model(node("Neg", List.of("x"), "y", "z")), "has 2 outputs");
    refused(InvalidModel.class, model(node("Add", List.of("x", ""), "y")), "input 1 is missing");
  }

  @Test
  void namesUnknownOperatorsAndVersions() {
    refused(
        UnsupportedModel.class,
        model(node("Nonsense", List.of("x"), "y")),
        "operator Nonsense of domain ai.onnx");
    Model gelu = model(node("Gelu", List.of("x"), "y"));
    refused(
        InvalidModel.class,
        gelu.withOpsetImports(List.of(new OpsetImport("", 19))),
        "there was no Gelu in version 19 of ai.onnx");
    refused(
        UnsupportedModel.class,
        gelu.withOpsetImports(List.of(new OpsetImport("", 1000))),
        "version 1000 of ai.onnx is newer than");
    refused(InvalidModel.class, gelu.withOpsetImports(List.of()), "imports no version of domain");
    refused(UnsupportedModel.class, gelu.withIrVersion(1000), "IR version 1000");
  }

  @Test
  void bothSpellingsOfTheMainDomainAreOne() {
    Node node = new Node("", "ai.onnx", "Neg", List.of("x"), List.of("y"), List.of());
    Model model = model(node).withOpsetImports(List.of(new OpsetImport("ai.onnx", OPSET)));
    assertEquals(Map.of("y", floats(-1)), Session.compile(model).run(Map.of("x", floats(1))));
  }

  @Test
  void modelsBeforeOpsetImportsAreOfVersion1() {
    Model model =
        model(node("Neg", List.of("x"), "y")).withOpsetImports(List.of()).withIrVersion(2);
    assertEquals(Map.of("y", floats(-1)), Session.compile(model).run(Map.of("x", floats(1))));
  }

  @Test
  void refusesAttributesThatAreNotDeclared() {
    Model model =
        model(new Node("n", "Neg", List.of("x"), List.of("y"), List.of(Attribute.of("alpha", 1f))));
    refused(InvalidModel.class, model, "node \"n\" (Neg): Neg-13 has no attribute \"alpha\"");
  }

  @Test
  void whatNobodyNeedsIsLeftOut() {
    Model model = model(node("Nonsense", List.of("x"), "z"), node("Neg", List.of("x"), "y"));
    assertEquals(Map.of("y", floats(-1)), Session.compile(model).run(Map.of("x", floats(1))));
  }

  @Test
  void constantsAreComputedOnce() {
    AtomicInteger calls = new AtomicInteger();
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref c = g.callOf("test", "Count", g.constant("c", floats(2))).output();
    g.output("y", g.node("Mul", x, g.node("Neg", c)), FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            Models.strict()
                .withOperators(TestOperators.identity("Count", _ -> calls.incrementAndGet())));
    assertEquals(Map.of("y", floats(-6)), session.run(Map.of("x", floats(3))));
    assertEquals(Map.of("y", floats(-8)), session.run(Map.of("x", floats(4))));
    assertEquals(1, calls.get());
  }

  @Test
  void constantsOfAWrongTypeAreSeenBeforeARun() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.node("MatMul", x, g.constant("w", Tensor.scalar(true))), FLOAT);
    refused(InvalidModel.class, g.model(OPSET), "input 1 (B) is tensor(bool)");
  }

  @Test
  void largeConstantsAreLeftToTheRun() {
    AtomicInteger calls = new AtomicInteger();
    GraphBuilder g = new GraphBuilder("g");
    Ref big = g.node("Expand", g.constant(floats(1)), g.constant(Tensor.vector(1000)));
    Ref c = g.callOf("test", "Count", big).output();
    g.output("y", g.node("Mul", g.input("x", DataType.FLOAT, 1), c), FLOAT);
    SessionOptions options =
        Models.strict()
            .withSimplify(false)
            .withOperators(TestOperators.identity("Count", _ -> calls.incrementAndGet()));
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            options.withLimits(
                Limits.standard()
                    .with(Limit.FOLDED_NODE_BYTES, 3999)
                    .with(Limit.FOLDED_BYTES, 10_000)));
    assertEquals(0, calls.get());
    session.run(Map.of("x", floats(1)));
    session.run(Map.of("x", floats(1)));
    assertEquals(2, calls.get());
    Session.compile(
        g.model(TestOperators.imports()),
        options.withLimits(
            Limits.standard().with(Limit.FOLDED_NODE_BYTES, 4000).with(Limit.FOLDED_BYTES, 4000)));
    assertEquals(3, calls.get());
  }

  @Test
  void aConstantThatCannotBeComputedFailsOnlyWhereItIsReached() {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL);
    Ref zero = g.constant(Tensor.vector(0));
    GraphBuilder then = g.body("then");
    then.output("t", then.node("Div", zero, zero), Models.INT64);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e", otherwise.node("Identity", zero), Models.INT64);
    g.output(
        "y",
        g.call("If", cond)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output(),
        Models.INT64);
    Session session = strict(g.model(OPSET));
    assertEquals(Map.of("y", Tensor.vector(0)), session.run(Map.of("cond", Tensor.scalar(false))));
    ModelException e =
        assertThrows(ModelException.class, () -> session.run(Map.of("cond", Tensor.scalar(true))));
    assertTrue(e.getMessage().contains("(If-21) > then_branch > node (Div-14)"), e.getMessage());
  }

  @Test
  void ofABranchThatIsNeverTakenNothingIsAsked() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder then = g.body("then");
    then.output("t", then.node("Neg", x), FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e", otherwise.node("Nonsense", x), FLOAT);
    Ref y =
        g.call("If", g.constant(Tensor.scalar(true)))
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output();
    g.output("y", g.node("Neg", y), FLOAT);
    assertEquals(Map.of("y", floats(1)), strict(g.model(OPSET)).run(Map.of("x", floats(1))));
  }

  @Test
  void whatOnlyABranchNeverTakenNeedsIsLeftOut() {
    AtomicInteger calls = new AtomicInteger();
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref dear = g.callOf("test", "Count", x).output();
    GraphBuilder then = g.body("then");
    then.output("t", then.node("Neg", x), FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e", otherwise.node("Neg", dear), FLOAT);
    g.output(
        "y",
        g.call("If", g.constant(Tensor.scalar(true)))
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output(),
        FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            Models.strict()
                .withOperators(TestOperators.identity("Count", _ -> calls.incrementAndGet())));
    assertEquals(Map.of("y", floats(-1)), session.run(Map.of("x", floats(1))));
    assertEquals(0, calls.get());
  }

  @Test
  void deepNestingIsRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref cond = g.input("cond", DataType.BOOL);
    g.output("y", nested(g, cond, 30), Models.BOOL);
    assertThrows(LimitExceeded.class, () -> Session.compile(g.model(OPSET)));
    Session session =
        Session.compile(
            g.model(OPSET),
            SessionOptions.standard().withLimits(Limits.standard().with(Limit.DEPTH, 30)));
    Map<String, Value> in = Map.of("cond", Tensor.scalar(true));
    assertEquals(Map.of("y", Tensor.scalar(true)), session.run(in));
  }

  private static Ref nested(GraphBuilder g, Ref cond, int depth) {
    if (depth == 0) {
      return g.node("Identity", cond);
    }
    List<Graph> branches = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      GraphBuilder branch = g.body("branch");
      branch.output(nested(branch, cond, i == 0 ? depth - 1 : 0), Models.BOOL);
      branches.add(branch.graph());
    }
    return g.call("If", cond)
        .with("then_branch", branches.get(0))
        .with("else_branch", branches.get(1))
        .output();
  }

  @Test
  void tooManyNodesAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    for (int i = 0; i < 10; i++) {
      x = g.node("Neg", x);
    }
    g.output("y", x, FLOAT);
    SessionOptions options = SessionOptions.standard();
    Session.compile(g.model(OPSET), options.withLimits(Limits.standard().with(Limit.NODES, 11)));
    assertThrows(
        LimitExceeded.class,
        () ->
            Session.compile(
                g.model(OPSET), options.withLimits(Limits.standard().with(Limit.NODES, 10))));
  }

  @Test
  void aNodeMayNotHideWhatIsAroundIt() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref cond = g.input("cond", DataType.BOOL);
    Graph hiding =
        new Graph(
            "then",
            List.of(node("Neg", List.of("x"), "x")),
            List.of(),
            List.of(new ValueInfo("x", FLOAT)),
            List.of());
    g.output(
        "y",
        g.call("If", cond).with("then_branch", hiding).with("else_branch", hiding).output(),
        FLOAT);
    refused(InvalidModel.class, g.model(OPSET), "\"x\" is given here and in a graph around");
    assertEquals("x", x.name());
  }

  @Test
  void aBranchMayNotGiveAValueFromAroundItDirectly() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref cond = g.input("cond", DataType.BOOL);
    GraphBuilder branch = g.body("branch");
    branch.output(x, FLOAT);
    g.output(
        "y",
        g.call("If", cond)
            .with("then_branch", branch.graph())
            .with("else_branch", branch.graph())
            .output(),
        FLOAT);
    refused(InvalidModel.class, g.model(OPSET), "pass it through Identity");
  }
}
