package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/**
 * Models of a few bytes that ask for much, and models of many parts: what would take hours or all
 * memory, were it quadratic or without a bound. The time is one that no machine needs.
 */
@Timeout(120)
class LargeModelsTest {

  private static Model of(UnaryOperator<Call> attributes, String operator, Object... inputs) {
    GraphBuilder g = new GraphBuilder("g");
    Ref[] refs = new Ref[inputs.length];
    for (int i = 0; i < refs.length; i++) {
      refs[i] =
          inputs[i] instanceof Tensor constant ? g.constant(constant) : g.input("x", (Type) null);
    }
    g.output("y", attributes.apply(g.call(operator, refs)).output(), null);
    return g.model(OPSET);
  }

  private static String fails(Model model, Tensor... input) {
    return assertThrows(
            ModelException.class,
            () -> Session.compile(model).run(input.length == 0 ? Map.of() : Map.of("x", input[0])))
        .getMessage();
  }

  private static void fails(String message, Model model, Tensor... input) {
    String said = fails(model, input);
    assertTrue(said.contains(message), said);
  }

  @Test
  void constantStringsThatDoubleAreLeftToTheRun() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.constant(Tensor.of(new String[] {"ab"}, 1));
    for (int i = 0; i < 40; i++) {
      x = g.node("StringConcat", x, x);
    }
    g.output("y", x, null);
    SessionOptions options =
        SessionOptions.standard().withLimits(Limits.standard().with(Limit.STRING_LENGTH, 1000));
    Session session = Session.compile(g.model(OPSET), options);
    LimitExceeded e = assertThrows(LimitExceeded.class, () -> session.run(Map.of()));
    assertEquals("stringLength", e.limit());
  }

  @Test
  void kernelsLargerThanAnyMemory() {
    Tensor x = floats(1, 2).reshaped(1, 1, 2);
    for (String pool : List.of("AveragePool", "MaxPool", "LpPool")) {
      Model model =
          of(
              call ->
                  call.withInts("kernel_shape", 2_000_000_000)
                      .with(Attribute.of("pads", 1_000_000_000, 1_000_000_000)),
              pool,
              "x");
      fails("limit samples", model, x);
      Model constant =
          of(
              call ->
                  call.withInts("kernel_shape", 2_000_000_000)
                      .with(Attribute.of("pads", 1_000_000_000, 1_000_000_000)),
              pool,
              x);
      fails("limit samples", constant);
    }
  }

  @Test
  void placesThatAnIntDoesNotCount() {
    Tensor x = floats(1, 2).reshaped(1, 1, 2);
    Tensor w = floats(1).reshaped(1, 1, 1);
    long most = Integer.MAX_VALUE;
    fails(
        "places",
        of(
            call ->
                call.withInts("kernel_shape", 1)
                    .withInts("strides", 1_000_000_000)
                    .with(Attribute.of("pads", most, most)),
            "MaxPool",
            "x"),
        x);
    fails("places", of(call -> call.with(Attribute.of("pads", most, most)), "Conv", "x", w), x);
    fails("places", of(call -> call.withInts("strides", most), "ConvTranspose", "x", w), x);
    for (String name : List.of("output_shape", "output_padding")) {
      Model model = of(call -> call.withInts(name, 1L << 62), "ConvTranspose", "x", w);
      fails(name, model, x);
    }
    Tensor none = Tensor.zeros(DataType.FLOAT, 1, 0, 2);
    Tensor noWeights = Tensor.zeros(DataType.FLOAT, 0, 0, 1);
    for (long group : new long[] {1L << 32, 1L << 62, Long.MAX_VALUE, 0, -1}) {
      fails("group", of(call -> call.with("group", group), "Conv", "x", noWeights), none);
    }
  }

  /** Counts how often a run asks whether to go on. */
  private static long asked(Model model, Tensor x) {
    AtomicLong asked = new AtomicLong();
    Session.compile(model, SessionOptions.standard().withCheckpoint(asked::incrementAndGet))
        .run(Map.of("x", x));
    return asked.get();
  }

  private static void assertAsked(Model model, Tensor x) {
    long asked = asked(model, x);
    assertTrue(asked > 10, () -> model.graph().nodes().getFirst().opType() + ": " + asked);
  }

  /** As {@link CheckpointsTest}, where neither inputs nor outputs say how long it takes. */
  @Test
  void workThatNoTensorShowsAsks() {
    Model pool =
        of(
            call ->
                call.withInts("kernel_shape", 20_000_000)
                    .with(Attribute.of("pads", 10_000_000, 10_000_000)),
            "AveragePool",
            "x");
    assertAsked(pool, floats(1, 2).reshaped(1, 1, 2));
    Model lrn = of(call -> call.with("size", 20_001), "LRN", "x");
    assertAsked(lrn, Tensor.zeros(DataType.FLOAT, 1, 10_000, 1));
    Model grams =
        of(
            call ->
                call.with("mode", "TF")
                    .with("min_gram_length", 2)
                    .with("max_gram_length", 2)
                    .with("max_skip_count", 5000)
                    .withInts("ngram_counts", 0, 0)
                    .withInts("ngram_indexes", 0)
                    .withInts("pool_int64s", 1, 2),
            "TfIdfVectorizer",
            "x");
    assertAsked(grams, Tensor.zeros(DataType.INT64, 5000));
    Model regex = of(call -> call.with("pattern", "((a?){500})*b"), "RegexFullMatch", "x");
    assertAsked(regex, Tensor.of(new String[] {"a".repeat(20_000)}, 1));
  }

  /** One constant takes a second, thousands of them an hour. */
  @Test
  void constantsThatTakeLongAreLeftToTheRun() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.constant(Tensor.of(new String[] {"a".repeat(1_000_000)}, 1));
    List<Ref> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(g.call("RegexFullMatch", x).with("pattern", "((a?){900})*b{" + i + "}").output());
    }
    g.output("y", g.call("Concat", all.toArray(Ref[]::new)).with("axis", 0).output(), Models.BOOL);
    Session session = Session.compile(g.model(OPSET));
    Cancellation cancelled = Cancellation.create();
    cancelled.cancel();
    assertThrows(
        java.util.concurrent.CancellationException.class, () -> session.run(Map.of(), cancelled));
  }

  @Test
  void constantsThatAreLargeTogetherAreLeftToTheRun() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref shape = g.constant(Tensor.vector(15_000_000));
    Ref sum = x;
    for (int i = 0; i < 2000; i++) {
      Tensor value = Tensor.of(new float[] {i}, 1);
      Ref large = g.call("ConstantOfShape", shape).with("value", value).output();
      sum = g.node("Add", sum, g.call("ReduceMax", large).output());
    }
    g.output("y", sum, null);
    Session.compile(g.model(OPSET));
  }

  @Test
  void manyOutputsOfOneNode() {
    int n = 20_000;
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, n);
    List<Ref> parts = g.call("Split", x).with("num_outputs", n).outputs(n);
    for (int i = 0; i < n; i++) {
      g.output("y" + i, parts.get(i), FLOAT);
    }
    Session session = Session.compile(g.model(OPSET));
    var results = session.run(Map.of("x", Models.waves(n)));
    assertEquals(n, results.size());
    assertEquals(
        Tensor.of(new float[] {Models.waves(n).floats()[n - 1]}, 1), results.get("y" + (n - 1)));
  }

  /** Outputs that are views of an input, of a constant and of each other, many and few. */
  @Test
  void whatLeavesIsTheCallersOwn() {
    for (int n : new int[] {3, 100}) {
      GraphBuilder g = new GraphBuilder("g");
      Ref x = g.input("x", DataType.FLOAT, 2);
      Ref w = g.constant(floats(5, 6));
      Ref sum = g.node("Add", x, w);
      for (int i = 0; i < n; i++) {
        g.output("y" + i, g.node("Identity", List.of(x, w, sum).get(i % 3)), FLOAT);
      }
      Session session = Session.compile(g.model(OPSET));
      Tensor given = floats(1, 2);
      var results = session.run(Map.of("x", given));
      given.floats()[0] = 100;
      for (int i = 0; i < n; i++) {
        Tensor y = (Tensor) results.get("y" + i);
        assertEquals(List.of(floats(1, 2), floats(5, 6), floats(6, 8)).get(i % 3), y, "y" + i);
        y.floats()[0] = -1;
      }
      assertEquals(floats(5, 6), session.run(Map.of("x", floats(1, 2))).get("y1"));
    }
  }

  @Test
  void manyLoops() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref trips = g.constant(Tensor.scalar(2L));
    Ref y = x;
    for (int i = 0; i < 5000; i++) {
      GraphBuilder body = g.body("body" + i);
      body.input("i" + i, DataType.INT64);
      Ref cond = body.input("cond" + i, DataType.BOOL);
      Ref v = body.input("v" + i, DataType.FLOAT, 1);
      body.output(cond, Models.BOOL);
      body.output(body.node("Neg", v), FLOAT);
      y = g.call("Loop", trips, Ref.ABSENT, y).with("body", body.graph()).output();
    }
    g.output("y", y, FLOAT);
    Session session = Session.compile(g.model(OPSET));
    assertEquals(floats(3), session.run(Map.of("x", floats(3))).get("y"));
  }

  /** A loop that in each trip makes every second value anew, and passes the one before it on. */
  @Test
  void manyValuesOfOneLoop() {
    for (int n : new int[] {4, 5000}) {
      GraphBuilder g = new GraphBuilder("g");
      Ref x = g.input("x", DataType.FLOAT, 1);
      GraphBuilder body = g.body("body");
      Ref trip = body.input("trip", DataType.INT64);
      Ref cond = body.input("cond", DataType.BOOL);
      Ref step = body.call("Cast", trip).with("to", DataType.FLOAT.code()).output();
      List<Ref> given = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        given.add(body.input("v" + i, DataType.FLOAT, 1));
      }
      body.output(cond, Models.BOOL);
      for (int i = 0; i < n; i++) {
        body.output(i % 2 == 0 ? body.node("Add", given.get(i), step) : given.get(i - 1), FLOAT);
      }
      List<Ref> inputs = new ArrayList<>(List.of(g.constant(Tensor.scalar(20L)), Ref.ABSENT));
      inputs.addAll(Collections.nCopies(n, x));
      List<Ref> results =
          g.call("Loop", inputs.toArray(Ref[]::new)).with("body", body.graph()).outputs(n);
      g.output("even", results.get(n - 2), FLOAT);
      g.output("odd", results.get(n - 1), FLOAT);
      Session session = Session.compile(g.model(OPSET));
      for (int run = 0; run < 2; run++) {
        var found = session.run(Map.of("x", floats(1)));
        // 1 and the sum of 0 to 19; without the last.
        assertEquals(floats(191), found.get("even"));
        assertEquals(floats(172), found.get("odd"));
      }
    }
  }

  private record Failing(Throwable error, boolean early) implements TestOperators.Run {

    private void fail() {
      switch (error) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(error);
      }
    }

    @Override
    public void infer(Inference in) {}

    @Override
    public Operator prepare(Constants constants) {
      if (early) {
        fail();
      }
      return this;
    }

    @Override
    public void run(Invocation in) {
      fail();
    }
  }

  private static void failsWith(String limit, Throwable error, boolean early) {
    GraphBuilder g = new GraphBuilder("g");
    Ref w = g.constant(floats(1));
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("test", "Failing", x, w).output(), FLOAT);
    OperatorDef def =
        OperatorDef.named("Failing")
            .domain("test")
            .version(1)
            .input("X", "T")
            .input("W", "T")
            .output("Y", "T")
            .type("T", Types.ALL)
            .create(_ -> new Failing(error, early));
    SessionOptions options = SessionOptions.standard().withOperators(def);
    LimitExceeded e =
        assertThrows(
            LimitExceeded.class,
            () ->
                Session.compile(g.model(TestOperators.imports()), options)
                    .run(Map.of("x", floats(1))));
    assertEquals(limit, e.limit());
  }

  /** Wherever memory ends, or a size that is computed exactly. */
  @Test
  void endsOfMemoryAndOfNumbersAreLimits() {
    ArithmeticException overflow =
        assertThrows(ArithmeticException.class, () -> Math.multiplyExact(1 << 30, 1 << 30));
    for (boolean early : new boolean[] {true, false}) {
      failsWith("heap", new OutOfMemoryError("test"), early);
      failsWith("sizes", overflow, early);
    }
  }
}
