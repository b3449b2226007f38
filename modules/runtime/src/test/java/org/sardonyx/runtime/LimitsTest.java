package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Runs that end with an error. */
class LimitsTest {

  private static Session session(Model model, Limits limits) {
    return Session.compile(model, SessionOptions.standard().withLimits(limits));
  }

  /** A loop whose condition never ends it: v = v + x. */
  private static Model endless() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", DataType.INT64);
    Ref cond = body.input("cond", DataType.BOOL);
    Ref v = body.input("v", DataType.FLOAT, 1);
    Ref sum = body.node("Add", v, x);
    body.output(cond, Models.BOOL);
    body.output(sum, FLOAT);
    g.output(
        "y", g.call("Loop", Ref.ABSENT, Ref.ABSENT, x).with("body", body.graph()).output(), FLOAT);
    return g.model(OPSET);
  }

  private static void stops(String limit, Limits limits, Model model) {
    Session session = session(model, limits);
    LimitExceeded e = assertThrows(LimitExceeded.class, () -> session.run(Map.of("x", floats(1))));
    assertEquals(limit, e.limit());
  }

  @Test
  void endlessLoopsEnd() {
    stops("loopTrips", Limits.standard().with(Limit.LOOP_TRIPS, 1000), endless());
    stops("nodeRuns", Limits.standard().with(Limit.NODE_RUNS, 1000), endless());
    stops("time", Limits.standard().with(Limit.TIME, 20), endless());
  }

  /** Without a trip count and a condition nothing that the body says ends a loop. */
  @Test
  void aLoopWithoutLimitsDoesNotHearItsBody() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", DataType.INT64);
    body.input("cond", DataType.BOOL);
    Ref v = body.input("v", DataType.FLOAT, 1);
    body.output("no", body.node("Identity", g.constant(Tensor.scalar(false))), Models.BOOL);
    body.output("sum", body.node("Add", v, x), FLOAT);
    g.output(
        "y", g.call("Loop", Ref.ABSENT, Ref.ABSENT, x).with("body", body.graph()).output(), FLOAT);
    stops("loopTrips", Limits.standard().with(Limit.LOOP_TRIPS, 1000), g.model(OPSET));
  }

  @Test
  void theCallerMayEndARun() {
    int[] left = {100};
    CancellationException stop = new CancellationException("enough");
    Session session =
        Session.compile(
            endless(),
            SessionOptions.standard()
                .withCheckpoint(() -> {
                  if (left[0]-- == 0) {
                    throw stop;
                  }
                }));
    assertSame(
        stop, assertThrows(CancellationException.class, () -> session.run(Map.of("x", floats(1)))));
  }

  @Test
  void memoryThatGrowsIsSeen() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "?");
    for (int i = 0; i < 40; i++) {
      x = g.call("Concat", x, x).with("axis", 0).output();
    }
    g.output("y", x, FLOAT);
    stops("liveBytes", Limits.standard().with(Limit.LIVE_BYTES, 1 << 20), g.model(OPSET));
  }

  @Test
  void whatScansCollectIsSeen() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", DataType.INT64);
    Ref cond = body.input("cond", DataType.BOOL);
    Ref big = body.node("Expand", x, g.constant(Tensor.vector(1000)));
    body.output(cond, Models.BOOL);
    body.output(big, FLOAT);
    g.output(
        "y", g.call("Loop", Ref.ABSENT, Ref.ABSENT).with("body", body.graph()).output(), FLOAT);
    stops("liveBytes", Limits.standard().with(Limit.LIVE_BYTES, 1 << 20), g.model(OPSET));
  }

  @Test
  void deadValuesDoNotCount() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "?");
    Ref y = g.node("Expand", x, g.constant(Tensor.vector(1000)));
    for (int i = 0; i < 100; i++) {
      y = g.node("Neg", y);
    }
    g.output("y", y, FLOAT);
    // Input and output of one node are alive together.
    session(g.model(OPSET), Limits.standard().with(Limit.LIVE_BYTES, 8000))
        .run(Map.of("x", floats(1)));
    stops("liveBytes", Limits.standard().with(Limit.LIVE_BYTES, 7999), g.model(OPSET));
  }

  @Test
  void sizesBeyondReasonAreRefusedBeforeTheyAreMade() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref shape = g.input("shape", DataType.INT64, "?");
    g.output("y", g.node("Expand", x, shape), FLOAT);
    Session session = Session.compile(g.model(OPSET));
    assertThrows(
        LimitExceeded.class,
        () ->
            session.run(Map.of("x", floats(1), "shape", Tensor.vector(100_000, 100_000, 100_000))));
    assertThrows(
        LimitExceeded.class,
        () -> session.run(Map.of("x", floats(1), "shape", Tensor.vector(2_000_000_000))));
  }

  @Test
  void defectsOfOperatorsStayDefects() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("test", "Bad", x).named("bad").output(), FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            SessionOptions.standard()
                .withOperators(
                    TestOperators.of(
                        "test",
                        "Bad",
                        in -> in.set(0, in.tensor(0).copy().reshaped(in.tensor(0).ints())))));
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> session.run(Map.of("x", floats(1))));
    assertTrue(e.getMessage().contains("node \"bad\" (test.Bad-1) of (float[1])"), e.getMessage());
    assertTrue(e.getCause() instanceof ClassCastException);
  }

  @Test
  void strictRunsNameInputsThatNobodyReads() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("test", "Lazy", x, x).output(), FLOAT);
    Model model = g.model(TestOperators.imports());
    SessionOptions options =
        SessionOptions.standard()
            .withOperators(TestOperators.of("test", "Lazy", in -> in.set(0, in.value(0))));
    assertEquals(
        Map.of("y", floats(1)), Session.compile(model, options).run(Map.of("x", floats(1))));
    Session strict = Session.compile(model, options.withStrictInputs(true));
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> strict.run(Map.of("x", floats(1))));
    assertTrue(e.getMessage().contains("input 1 is given and was never read"), e.getMessage());
  }

  @Test
  void strictRunsNoteOutputsOfTheWrongType() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.node("Neg", x), FLOAT);
    SessionOptions options =
        SessionOptions.standard()
            .withStrictInputs(true)
            .withOperators(
                org.sardonyx.operators.OperatorDef.named("Neg")
                    .version(1)
                    .input("X", "T")
                    .output("Y", "T")
                    .type("T", org.sardonyx.operators.Types.ALL)
                    .create(_ ->
                        (TestOperators.Run)
                            in -> in.set(0, Tensor.scalar((long) in.tensor(0).size()))));
    Session session = Session.compile(g.model(OPSET), options);
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> session.run(Map.of("x", floats(1))));
    assertTrue(e.getMessage().contains("output 0 is tensor(int64)"), e.getMessage());
  }

  @Test
  void poisonShowsWhatWasNotWritten() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    g.output("y", g.callOf("test", "Half", x).output(), FLOAT);
    SessionOptions options =
        SessionOptions.standard()
            .withOperators(
                TestOperators.of(
                    "test",
                    "Half",
                    in -> in.output(0, DataType.FLOAT, 2).floats()[0] = in.tensor(0).floats()[0]));
    Model model = g.model(TestOperators.imports());
    Tensor y =
        (Tensor)
            Session.compile(model, options.withPoison(true))
                .run(Map.of("x", floats(1, 2)))
                .get("y");
    assertEquals(floats(1, Float.NaN), y);
  }

  @Test
  void typesThatAnOperatorDoesNotTakeAreRefused() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", (org.sardonyx.type.Type) null);
    Ref z = g.input("z", (org.sardonyx.type.Type) null);
    g.output("y", g.call("Add", x, z).named("sum").output(), null);
    Session session = Session.compile(g.model(OPSET));
    InvalidModel e =
        assertThrows(
            InvalidModel.class,
            () -> session.run(Map.of("x", Tensor.scalar(true), "z", Tensor.scalar(true))));
    assertEquals(
        "node \"sum\" (Add-14) of (bool[], bool[]): input 0 (A) is tensor(bool), which Add-14 does"
            + " not take",
        e.getMessage());
    e =
        assertThrows(
            InvalidModel.class,
            () -> session.run(Map.of("x", Tensor.scalar(1f), "z", Tensor.scalar(1L))));
    assertTrue(
        e.getMessage().contains("input 1 (B) is tensor(int64), but another input of type T is"),
        e.getMessage());
    assertEquals(ValueInfo.class, session.inputs().getFirst().getClass());
  }
}
