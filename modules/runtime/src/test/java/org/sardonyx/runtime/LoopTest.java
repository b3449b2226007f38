package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.BOOL;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.INT64;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Loop, with everything that its table of inputs allows. */
class LoopTest {

  /**
   * v = v + 1 until the condition {@code v < end}; scans v. Inputs: v, and M and cond where used.
   */
  private static Model counting(long opset, boolean hasM, boolean hasCond, int end) {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = hasM ? g.input("M", DataType.INT64) : Ref.ABSENT;
    Ref cond = hasCond ? g.input("cond", DataType.BOOL) : Ref.ABSENT;
    Ref v = g.input("v", DataType.FLOAT);
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    body.input("c", BOOL);
    Ref in = body.input("in", FLOAT);
    Ref out = body.node("Add", in, g.constant(Tensor.scalar(1f)));
    body.output("on", body.node("Less", out, g.constant(Tensor.scalar((float) end))), BOOL);
    body.output(out, FLOAT);
    body.output(
        "scan", body.node("Identity", out), Type.tensor(DataType.FLOAT, GraphBuilder.shape()));
    body.output(
        "trip", body.node("Identity", i), Type.tensor(DataType.INT64, GraphBuilder.shape()));
    List<Ref> results =
        g.call("Loop", m, cond, v).with("body", body.graph()).outputs("v_end", "scans", "trips");
    g.output(results.get(0), FLOAT);
    g.output(results.get(1), FLOAT);
    g.output(results.get(2), INT64);
    return g.model(opset);
  }

  private static Map<String, Value> inputs(Long m, Boolean cond) {
    Map<String, Value> inputs = new HashMap<>(Map.of("v", Tensor.scalar(0f)));
    if (m != null) {
      inputs.put("M", Tensor.scalar(m));
    }
    if (cond != null) {
      inputs.put("cond", Tensor.scalar(cond));
    }
    return inputs;
  }

  /** With no condition given, what the body says of it is ignored, as the table has it. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // M, cond, end of the condition, trips
        "3,-,100,3",
        "3,-,2,3",
        "0,-,100,0",
        "-5,-,100,0",
        "-,true,4,4",
        "-,false,4,0",
        "9,true,4,4",
        "2,true,4,2",
        "2,false,4,0",
        "0,true,4,0",
        "-1,true,4,0",
        "1,true,1,1"
      })
  void trips(Long m, Boolean cond, int end, int trips) {
    for (int opset : new int[] {11, 13, 16, 19, 21, 23, 24, 25}) {
      Map<String, Value> outputs =
          strict(counting(opset, m != null, cond != null, end)).run(inputs(m, cond));
      assertEquals(Tensor.scalar((float) trips), outputs.get("v_end"));
      Tensor scans = (Tensor) outputs.get("scans");
      Tensor numbers = (Tensor) outputs.get("trips");
      assertTrue(scans.hasShape(trips), scans.toString());
      for (int i = 0; i < trips; i++) {
        assertEquals(i + 1f, scans.floats()[i]);
        assertEquals(i, numbers.longs()[i]);
      }
    }
  }

  @Test
  void limitsMayBeOfRankOne() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64, 1);
    Ref cond = g.input("cond", DataType.BOOL, 1);
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", DataType.INT64, 1);
    Ref c = body.input("c", DataType.BOOL);
    Ref on = body.node("Identity", c);
    body.output(on, BOOL);
    body.output("shape", body.node("Shape", i), INT64);
    body.output("cshape", body.node("Shape", c), INT64);
    List<Ref> results =
        g.call("Loop", m, cond).with("body", body.graph()).outputs("shapes", "cshapes");
    g.output(results.get(0), INT64);
    g.output(results.get(1), INT64);
    Map<String, Value> outputs =
        strict(g.model(21))
            .run(Map.of("M", Tensor.vector(2), "cond", Tensor.of(new boolean[] {true}, 1)));
    // The body gets the rank that it declares.
    assertEquals(Tensor.of(new long[] {1, 1}, 2, 1), outputs.get("shapes"));
    assertTrue(((Tensor) outputs.get("cshapes")).hasShape(2, 0));
  }

  @Test
  void limitsMustBeSingle() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64, "?");
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    body.output(c, BOOL);
    body.output("k", body.node("Identity", c), BOOL);
    g.output(g.call("Loop", m).with("body", body.graph()).output("y"), BOOL);
    // One input only is no error of counts: cond is optional as well.
    Model model = g.model(21);
    ModelException e =
        assertThrows(
            ModelException.class, () -> strict(model).run(Map.of("M", Tensor.vector(1, 2))));
    assertTrue(e instanceof InvalidModel || e instanceof OperatorFailed, e.getMessage());
  }

  @Test
  void carriedValuesMayChangeTheirShape() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64);
    Ref v = g.input("v", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    // The declared shape is that of the first trip: it is not trusted.
    Ref in = body.input("in", DataType.FLOAT, 1);
    body.output(c, BOOL);
    body.output("out", body.call("Concat", in, in).with("axis", 0).output(), FLOAT);
    g.output(g.call("Loop", m, Ref.ABSENT, v).with("body", body.graph()).output("y"), FLOAT);
    assertEquals(
        floats(3, 3, 3, 3, 3, 3, 3, 3),
        strict(g.model(21)).run(Map.of("M", Tensor.scalar(3L), "v", floats(3))).get("y"));
    assertEquals(
        floats(3),
        strict(g.model(21)).run(Map.of("M", Tensor.scalar(0L), "v", floats(3))).get("y"));
  }

  @Test
  void sequencesAreCarried() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64);
    Ref empty = g.node("SequenceEmpty");
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    Ref in = body.input("in", new Type.OfSequence(FLOAT));
    body.output(c, BOOL);
    Ref f = body.call("Cast", i).with("to", DataType.FLOAT.code()).output();
    body.output("out", body.node("SequenceInsert", in, f), new Type.OfSequence(FLOAT));
    g.output(
        g.call("Loop", m, Ref.ABSENT, empty).with("body", body.graph()).output("y"),
        new Type.OfSequence(FLOAT));
    SequenceValue y =
        (SequenceValue) strict(g.model(16)).run(Map.of("M", Tensor.scalar(3L))).get("y");
    assertEquals(List.of(Tensor.scalar(0f), Tensor.scalar(1f), Tensor.scalar(2f)), y.elements());
    y = (SequenceValue) strict(g.model(16)).run(Map.of("M", Tensor.scalar(0L))).get("y");
    assertEquals(List.of(), y.elements());
  }

  @Test
  void optionalsAreCarriedAndFilled() {
    Type optional = new Type.OfOptional(FLOAT);
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64);
    Ref none = g.input("none", optional);
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    Ref in = body.input("in", optional);
    body.output(c, BOOL);
    Ref has = body.node("OptionalHasElement", in);
    GraphBuilder then = body.body("then");
    then.output("t", then.node("OptionalGetElement", in), FLOAT);
    GraphBuilder otherwise = body.body("else");
    otherwise.output("e", otherwise.node("Identity", g.constant(Tensor.scalar(0f))), FLOAT);
    Ref now =
        body.call("If", has)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output();
    Ref next = body.node("Add", now, g.constant(Tensor.scalar(5f)));
    body.output("out", body.node("Optional", next), optional);
    Ref end = g.call("Loop", m, Ref.ABSENT, none).with("body", body.graph()).output("y");
    g.output(end, optional);
    g.output("has", g.node("OptionalHasElement", end), BOOL);
    Session session = strict(g.model(21));
    Map<String, Value> outputs =
        session.run(Map.of("M", Tensor.scalar(3L), "none", new OptionalValue(FLOAT, null)));
    assertEquals(Tensor.scalar(15f), ((OptionalValue) outputs.get("y")).value());
    assertEquals(Tensor.scalar(true), outputs.get("has"));
    outputs = session.run(Map.of("M", Tensor.scalar(0L), "none", new OptionalValue(FLOAT, null)));
    assertEquals(Tensor.scalar(false), outputs.get("has"));
  }

  @Test
  void scansOfNoTripsHaveTheShapeOfASlice() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64);
    Ref x = g.input("x", DataType.FLOAT, "n", 3);
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    body.output(c, BOOL);
    // Declared wrongly, as exporters do; what can be inferred goes before.
    body.output(
        "known",
        body.node("Transpose", g.constant(Models.waves(2, 5))),
        Type.tensor(DataType.FLOAT, GraphBuilder.shape(7)));
    body.output("part", body.node("Neg", x), FLOAT);
    body.output("flags", body.node("IsNaN", x), null);
    List<Ref> results = g.call("Loop", m).with("body", body.graph()).outputs("a", "b", "d");
    for (Ref result : results) {
      g.output(result, null);
    }
    Model model = withCond(g.model(21));
    Map<String, Value> outputs =
        strict(model).run(Map.of("M", Tensor.scalar(0L), "x", Tensor.zeros(DataType.FLOAT, 4, 3)));
    assertTrue(((Tensor) outputs.get("a")).hasShape(0, 5, 2), outputs.get("a").toString());
    // Of a dimension that only a trip would show nothing is known: 0.
    assertTrue(((Tensor) outputs.get("b")).hasShape(0, 0, 3), outputs.get("b").toString());
    assertEquals(DataType.BOOL, ((Tensor) outputs.get("d")).dataType());
  }

  /** Adds the empty condition that the operator's count of inputs wants. */
  private static Model withCond(Model model) {
    var nodes =
        model.graph().nodes().stream()
            .map(n ->
                n.opType().equals("Loop") ? n.withInputs(List.of(n.inputs().getFirst(), "")) : n)
            .toList();
    return model.withGraph(model.graph().withNodes(nodes));
  }

  @Test
  void scansMayNotChangeTheirShape() {
    GraphBuilder g = new GraphBuilder("g");
    Ref v = g.input("v", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    Ref in = body.input("in", FLOAT);
    Ref out = body.call("Concat", in, in).with("axis", 0).output();
    body.output(c, BOOL);
    body.output(out, FLOAT);
    body.output("scan", body.node("Identity", out), FLOAT);
    List<Ref> results =
        g.call("Loop", g.constant(Tensor.scalar(2L)), Ref.ABSENT, v)
            .with("body", body.graph())
            .outputs("y", "z");
    g.output(results.get(1), FLOAT);
    OperatorFailed e =
        assertThrows(OperatorFailed.class, () -> strict(g.model(21)).run(Map.of("v", floats(1))));
    assertTrue(e.getMessage().contains("float[4] in trip 2"), e.getMessage());
  }

  @Test
  void bodiesSeeEverythingAroundThemAtAnyDepth() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT);
    Ref two = g.constant(Tensor.scalar(2L));
    Ref outer = g.node("Neg", x);
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    Ref v = body.input("v", FLOAT);
    GraphBuilder inner = body.body("inner");
    Ref k = inner.input("k", INT64);
    Ref c2 = inner.input("c2", BOOL);
    Ref w = inner.input("w", FLOAT);
    inner.output(c2, BOOL);
    Ref sum = inner.node("Add", inner.node("Mul", i, g.constant(Tensor.scalar(10L))), k);
    Ref number = inner.call("Cast", sum).with("to", DataType.FLOAT.code()).output();
    Ref here = inner.node("Sum", w, x, outer, v, number);
    inner.output(here, FLOAT);
    body.output(c, BOOL);
    Ref result = body.call("Loop", two, Ref.ABSENT, v).with("body", inner.graph()).output();
    body.output("out", result, FLOAT);
    g.output(g.call("Loop", two, Ref.ABSENT, x).with("body", body.graph()).output("y"), FLOAT);
    float v0 = 5;
    for (int a = 0; a < 2; a++) {
      float w0 = v0;
      for (int b = 0; b < 2; b++) {
        w0 = w0 + v0 + (10 * a + b);
      }
      v0 = w0;
    }
    assertEquals(
        Map.of("y", Tensor.scalar(v0)), strict(g.model(21)).run(Map.of("x", Tensor.scalar(5f))));
  }

  @Test
  void outputsMayBeUnwanted() {
    GraphBuilder g = new GraphBuilder("g");
    Ref v = g.input("v", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    Ref in = body.input("in", FLOAT);
    body.output(c, BOOL);
    Ref out = body.node("Neg", in);
    body.output(out, FLOAT);
    body.output("s", body.node("Abs", in), FLOAT);
    List<Ref> results =
        g.call("Loop", g.constant(Tensor.scalar(2L)), Ref.ABSENT, v)
            .with("body", body.graph())
            .outputs("", "z");
    g.output(results.get(1), FLOAT);
    assertEquals(
        Map.of("z", Tensor.of(new float[] {1, 1}, 2, 1)),
        strict(g.model(21)).run(Map.of("v", floats(1))));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void bodiesOfAWrongSizeAreRefused(int inputs) {
    GraphBuilder g = new GraphBuilder("g");
    Ref v = g.input("v", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    Ref last = Ref.ABSENT;
    for (int i = 0; i < inputs; i++) {
      last = body.input("in" + i, BOOL);
    }
    body.output(last, BOOL);
    g.output(
        g.call("Loop", Ref.ABSENT, Ref.ABSENT, v, v).with("body", body.graph()).output("y"), FLOAT);
    assertThrows(InvalidModel.class, () -> Session.compile(g.model(21)));
  }

  @Test
  void longLoopsStayLinear() {
    GraphBuilder g = new GraphBuilder("g");
    Ref m = g.input("M", DataType.INT64);
    GraphBuilder body = g.body("body");
    Ref i = body.input("i", INT64);
    Ref c = body.input("c", BOOL);
    body.output(c, BOOL);
    body.output("n", body.node("Neg", i), INT64);
    g.output(g.call("Loop", m, Ref.ABSENT).with("body", body.graph()).output("y"), INT64);
    Tensor y =
        (Tensor) Session.compile(g.model(21)).run(Map.of("M", Tensor.scalar(300_000L))).get("y");
    assertEquals(300_000, y.size());
    assertEquals(-299_999, y.longs()[299_999]);
  }
}
