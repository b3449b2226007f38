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
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Functions that a model defines itself. */
class FunctionTest {

  private static final OpsetImport[] IMPORTS = {
    new OpsetImport("", OPSET), new OpsetImport("mine", 1)
  };

  private static Function function(
      String name,
      String overload,
      List<String> inputs,
      List<String> outputs,
      List<String> attributes,
      List<Attribute> defaults,
      OpsetImport[] imports,
      Node... nodes) {
    return new Function(
        "mine",
        name,
        overload,
        inputs,
        outputs,
        attributes,
        defaults,
        List.of(nodes),
        List.of(imports),
        List.of(),
        "",
        List.of(),
        Extra.NONE);
  }

  private static Function simple(String name, Node... nodes) {
    return function(name, "", List.of("x"), List.of("y"), List.of(), List.of(), IMPORTS, nodes);
  }

  private static Node node(String domain, String op, String in, String out) {
    return new Node("", domain, op, List.of(in.split(",")), List.of(out), List.of());
  }

  private static GraphBuilder caller(Function... functions) {
    GraphBuilder g = new GraphBuilder("g");
    for (Function function : functions) {
      g.function(function);
    }
    return g;
  }

  @Test
  void namesInsideAreItsOwn() {
    Function twice = simple("Twice", node("", "Add", "x,x", "t"), node("", "Identity", "t", "y"));
    GraphBuilder g = caller(twice);
    Ref t = g.node("Neg", g.input("x", DataType.FLOAT, 1));
    Ref once = g.callOf("mine", "Twice", t).output("t");
    g.output("y", g.callOf("mine", "Twice", once).output(), FLOAT);
    assertEquals(Map.of("y", floats(-12)), strict(g.model(IMPORTS)).run(Map.of("x", floats(3))));
  }

  @Test
  void seesNothingOfItsCaller() {
    GraphBuilder g = caller(simple("Bad", node("", "Add", "x,w", "y")));
    g.constant("w", floats(1));
    g.output("z", g.callOf("mine", "Bad", g.input("a", DataType.FLOAT, 1)).output(), FLOAT);
    InvalidModel e = assertThrows(InvalidModel.class, () -> Session.compile(g.model(IMPORTS)));
    assertEquals("node (mine.Bad) > node (Add): nothing gives \"w\"", e.getMessage());
  }

  @Test
  void attributesComeFromTheCallOrTheDefault() {
    Node leaky =
        new Node(
            "",
            "LeakyRelu",
            List.of("x"),
            List.of("y"),
            List.of(
                new Attribute("alpha", new Attribute.Reference("slope", Attribute.Kind.FLOAT))));
    Function with =
        function(
            "With",
            "",
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of(Attribute.of("slope", 0.5f)),
            IMPORTS,
            leaky);
    Function without =
        function(
            "Without", "", List.of("x"), List.of("y"), List.of("slope"), List.of(), IMPORTS, leaky);
    GraphBuilder g = caller(with, without);
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("a", g.callOf("mine", "With", x).output(), FLOAT);
    g.output("b", g.callOf("mine", "With", x).with("slope", 0.25f).output(), FLOAT);
    g.output("c", g.callOf("mine", "Without", x).output(), FLOAT);
    g.output("d", g.callOf("mine", "Without", x).with("slope", 2f).output(), FLOAT);
    assertEquals(
        Map.of("a", floats(-4), "b", floats(-2), "c", floats(-8 * 0.01f), "d", floats(-16)),
        strict(g.model(IMPORTS)).run(Map.of("x", floats(-8))));
    GraphBuilder bad = caller(with);
    bad.output(
        "y",
        bad.callOf("mine", "With", bad.input("x", DataType.FLOAT, 1)).with("no", 1).output(),
        FLOAT);
    assertThrows(InvalidModel.class, () -> Session.compile(bad.model(IMPORTS)));
  }

  @Test
  void referencesInsideGraphsOfNodesAreReplacedToo() {
    Graph then =
        new Graph(
            "then",
            List.of(
                new Node(
                    "",
                    "LeakyRelu",
                    List.of("x"),
                    List.of("t"),
                    List.of(
                        new Attribute(
                            "alpha", new Attribute.Reference("slope", Attribute.Kind.FLOAT))))),
            List.of(),
            List.of(new ValueInfo("t", FLOAT)),
            List.of());
    Graph otherwise =
        new Graph(
            "else",
            List.of(node("", "Neg", "x", "e")),
            List.of(),
            List.of(new ValueInfo("e", FLOAT)),
            List.of());
    Function choose =
        function(
            "Choose",
            "",
            List.of("c", "x"),
            List.of("y"),
            List.of("slope"),
            List.of(),
            IMPORTS,
            new Node(
                "",
                "If",
                List.of("c"),
                List.of("y"),
                List.of(
                    Attribute.of("then_branch", then), Attribute.of("else_branch", otherwise))));
    GraphBuilder g = caller(choose);
    Ref c = g.input("c", DataType.BOOL);
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("mine", "Choose", c, x).with("slope", 3f).output(), FLOAT);
    Session session = strict(g.model(IMPORTS));
    assertEquals(
        Map.of("y", floats(-6)), session.run(Map.of("x", floats(-2), "c", Tensor.scalar(true))));
    assertEquals(
        Map.of("y", floats(2)), session.run(Map.of("x", floats(-2), "c", Tensor.scalar(false))));
  }

  @Test
  void inputsLeftOutAreLeftOutInside() {
    Function clip =
        function(
            "MyClip",
            "",
            List.of("x", "low", "high"),
            List.of("y"),
            List.of(),
            List.of(),
            IMPORTS,
            node("", "Clip", "x,low,high", "y"));
    GraphBuilder g = caller(clip);
    Ref x = g.input("x", DataType.FLOAT, 3);
    Ref one = g.constant(Tensor.scalar(1f));
    g.output("a", g.callOf("mine", "MyClip", x, one).output(), FLOAT);
    g.output("b", g.callOf("mine", "MyClip", x, Ref.ABSENT, one).output(), FLOAT);
    assertEquals(
        Map.of("a", floats(1, 1, 2), "b", floats(-1, 0, 1)),
        strict(g.model(IMPORTS)).run(Map.of("x", floats(-1, 0, 2))));
  }

  @Test
  void overloadsAndVersionsAreItsOwn() {
    OpsetImport[] old = {new OpsetImport("", 12)};
    Node softmax = node("", "Softmax", "x", "y");
    GraphBuilder g =
        caller(
            function("F", "", List.of("x"), List.of("y"), List.of(), List.of(), old, softmax),
            function(
                "F", "new", List.of("x"), List.of("y"), List.of(), List.of(), IMPORTS, softmax));
    Ref x = g.input("x", DataType.FLOAT, 1, 2, 2);
    g.output("a", g.callOf("mine", "F", x).output(), FLOAT);
    var model = g.model(IMPORTS);
    Node call = model.graph().nodes().getFirst();
    Node overloaded =
        new Node(
            "",
            "mine",
            "F",
            "new",
            List.of("x"),
            List.of("b"),
            List.of(),
            "",
            List.of(),
            Extra.NONE);
    var nodes = new ArrayList<>(model.graph().nodes());
    nodes.add(overloaded);
    var outputs = new ArrayList<>(model.graph().outputs());
    outputs.add(new ValueInfo("b", FLOAT));
    var results =
        strict(model.withGraph(model.graph().withNodes(nodes).withOutputs(outputs)))
            .run(Map.of("x", Tensor.zeros(DataType.FLOAT, 1, 2, 2)));
    // Version 11 takes the dimensions from 1 on as one; version 13 the last alone.
    assertEquals(Tensor.of(new float[] {.25f, .25f, .25f, .25f}, 1, 2, 2), results.get("a"));
    assertEquals(Tensor.of(new float[] {.5f, .5f, .5f, .5f}, 1, 2, 2), results.get("b"));
    assertEquals("F", call.opType());
  }

  @Test
  void constantsPassThrough() {
    GraphBuilder g = caller(simple("Negate", node("", "Neg", "x", "y")));
    Ref shape = g.callOf("mine", "Negate", g.constant(Tensor.vector(-2, -1))).output();
    g.output("y", g.node("Reshape", g.input("x", DataType.FLOAT, 2), shape), FLOAT);
    Seen seen = new Seen();
    Session session = Session.compile(g.model(IMPORTS), Models.strict().withObserver(seen));
    session.run(Map.of("x", floats(1, 2)));
    assertTrue(
        seen.operators().stream().noneMatch(name -> name.startsWith("Neg")),
        seen.operators().toString());
  }

  @Test
  void recursionIsRefused() {
    GraphBuilder g =
        caller(simple("A", node("mine", "B", "x", "y")), simple("B", node("mine", "A", "x", "y")));
    g.output("z", g.callOf("mine", "A", g.input("w", DataType.FLOAT, 1)).output(), FLOAT);
    InvalidModel e = assertThrows(InvalidModel.class, () -> Session.compile(g.model(IMPORTS)));
    assertTrue(e.getMessage().contains("calls itself"), e.getMessage());
  }

  @Test
  void growthIsLimited() {
    List<Function> functions = new ArrayList<>();
    functions.add(simple("F0", node("", "Neg", "x", "y")));
    for (int i = 1; i < 12; i++) {
      String inner = "F" + (i - 1);
      List<Node> nodes = new ArrayList<>();
      for (int k = 0; k < 10; k++) {
        nodes.add(node("mine", inner, k == 0 ? "x" : "t" + k, k == 9 ? "y" : "t" + (k + 1)));
      }
      functions.add(simple("F" + i, nodes.toArray(Node[]::new)));
    }
    GraphBuilder g = caller(functions.toArray(Function[]::new));
    g.output("z", g.callOf("mine", "F11", g.input("w", DataType.FLOAT, 1)).output(), FLOAT);
    SessionOptions options =
        SessionOptions.standard().withLimits(Limits.standard().with(Limit.NODES, 100_000));
    assertThrows(LimitExceeded.class, () -> Session.compile(g.model(IMPORTS), options));
  }

  @Test
  void errorsNameTheCall() {
    GraphBuilder g = caller(simple("Pick", node("", "Gather", "x,x", "y")));
    g.output(
        "z",
        g.callOf("mine", "Pick", g.input("a", DataType.INT64, 1)).named("first").output(),
        Models.INT64);
    Session session = strict(g.model(IMPORTS));
    OperatorFailed e =
        assertThrows(OperatorFailed.class, () -> session.run(Map.of("a", Tensor.vector(5))));
    assertTrue(
        e.getMessage()
            .startsWith("node \"first\" (mine.Pick) > node (Gather-13) of (int64[1], int64[1]): "),
        e.getMessage());
  }
}
