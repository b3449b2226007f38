package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class SessionTest {

  @Test
  void outputsComeInTheOrderOfTheModel() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    g.output("z", g.node("Neg", x), FLOAT);
    g.output("a", g.node("Abs", x), FLOAT);
    g.output("m", x, FLOAT);
    Map<String, Value> outputs = strict(g.model(OPSET)).run(Map.of("x", floats(1, -2)));
    assertEquals(List.of("z", "a", "m"), List.copyOf(outputs.keySet()));
    assertEquals(floats(-1, 2), outputs.get("z"));
    assertEquals(floats(1, 2), outputs.get("a"));
    assertEquals(floats(1, -2), outputs.get("m"));
  }

  @Test
  void outputsMayBeInputsOrConstantsOrTheSameTwice() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output(x, FLOAT);
    g.output(g.constant("c", floats(7)), FLOAT);
    g.output(x, FLOAT);
    Map<String, Value> outputs = strict(g.model(OPSET)).run(Map.of("x", floats(3)));
    assertEquals(Map.of("x", floats(3), "c", floats(7)), outputs);
  }

  @Test
  void outputsShareNothingWithInputsOrTheSession() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref cond = g.input("cond", DataType.BOOL);
    GraphBuilder then = g.body("then");
    then.output(
        "t",
        then.node("Reshape", then.constant(floats(5, 6)), g.constant(Tensor.vector(2, 1))),
        FLOAT);
    GraphBuilder otherwise = g.body("else");
    otherwise.output("e", otherwise.node("Identity", x), FLOAT);
    g.output(
        "branch",
        g.call("If", cond)
            .with("then_branch", then.graph())
            .with("else_branch", otherwise.graph())
            .output(),
        FLOAT);
    g.output("view", g.node("Reshape", x, g.constant(Tensor.vector(2, 1))), FLOAT);
    g.output("constant", g.node("Neg", g.constant(floats(1))), FLOAT);
    g.output("sequence", g.node("SequenceConstruct", x), null);
    Session session = strict(g.model(OPSET));
    Map<String, Value> in = Map.of("x", floats(1, 2), "cond", Tensor.scalar(true));
    Map<String, Value> outputs = session.run(in);
    ((Tensor) in.get("x")).floats()[0] = 99;
    assertEquals(Tensor.of(new float[] {1, 2}, 2, 1), outputs.get("view"));
    assertEquals(floats(1, 2), ((SequenceValue) outputs.get("sequence")).elements().getFirst());
    ((Tensor) outputs.get("constant")).floats()[0] = 99;
    ((Tensor) outputs.get("branch")).floats()[0] = 99;
    outputs = session.run(in);
    assertEquals(floats(-1), outputs.get("constant"));
    assertEquals(Tensor.of(new float[] {5, 6}, 2, 1), outputs.get("branch"));
    in = Map.of("x", floats(1, 2), "cond", Tensor.scalar(false));
    outputs = session.run(in);
    ((Tensor) in.get("x")).floats()[0] = 99;
    assertEquals(floats(1, 2), outputs.get("branch"));
  }

  @Test
  void computesOnlyWhatTheOutputsAskedForNeed() {
    AtomicInteger calls = new AtomicInteger();
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("cheap", g.node("Neg", x), FLOAT);
    g.output("dear", g.callOf("test", "Count", x).output(), FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            Models.strict()
                .withOperators(TestOperators.identity("Count", _ -> calls.incrementAndGet())));
    assertEquals(
        Map.of("cheap", floats(-1)), session.run(Map.of("x", floats(1)), List.of("cheap")));
    assertEquals(0, calls.get());
    assertEquals(2, session.run(Map.of("x", floats(1)), List.of("dear", "cheap")).size());
    assertEquals(1, calls.get());
    InvalidInput e =
        assertThrows(
            InvalidInput.class, () -> session.run(Map.of("x", floats(1)), List.of("dead")));
    assertTrue(e.getMessage().contains("\"dead\""), e.getMessage());
  }

  @Test
  void namesEveryProblemOfTheInputs() {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", DataType.FLOAT, "n", 2);
    Ref b = g.input("b", DataType.FLOAT, "n", "?");
    Ref c = g.input("c", DataType.INT64);
    Ref d = g.input("d", DataType.FLOAT, 1);
    g.output("y", g.node("Add", a, b), FLOAT);
    g.output("z", g.node("Neg", c), Models.INT64);
    g.output("w", d, FLOAT);
    Session session = Session.compile(g.model(OPSET));
    InvalidInput e =
        assertThrows(
            InvalidInput.class,
            () ->
                session.run(
                    Map.of(
                        "a", Tensor.zeros(DataType.FLOAT, 3, 4),
                        "b", Tensor.zeros(DataType.FLOAT, 5, 2, 1),
                        "c", Tensor.scalar(1f),
                        "e", Tensor.scalar(1f))));
    String message = e.getMessage();
    assertTrue(message.contains("there is no input \"e\""), message);
    assertTrue(message.contains("\"a\" (float[n,2]) cannot be float[3,4]"), message);
    assertTrue(message.contains("dimension 1 must be 2"), message);
    assertTrue(message.contains("\"b\" (float[n,?]) cannot be float[5,2,1]"), message);
    assertTrue(message.contains("\"c\" (int64[]) cannot be float[]"), message);
    assertTrue(message.contains("\"d\" (float[1]) is missing"), message);
  }

  @Test
  void aNamedDimensionHasOneSize() {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", DataType.FLOAT, "n");
    Ref b = g.input("b", DataType.FLOAT, "n");
    g.output("y", g.node("Add", a, b), FLOAT);
    Session session = strict(g.model(OPSET));
    assertEquals(
        Map.of("y", floats(4, 6)), session.run(Map.of("a", floats(1, 2), "b", floats(3, 4))));
    InvalidInput e =
        assertThrows(
            InvalidInput.class, () -> session.run(Map.of("a", floats(1, 2), "b", floats(3))));
    assertTrue(e.getMessage().contains("n, is 2 elsewhere"), e.getMessage());
  }

  @Test
  void declaredShapesOfOutputsAreNotTrusted() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    g.output("y", g.node("Neg", x), Type.tensor(DataType.FLOAT, GraphBuilder.shape("n", "n", 3)));
    assertEquals(
        Map.of("y", floats(-1, -2)), strict(g.model(OPSET)).run(Map.of("x", floats(1, 2))));
  }

  @Test
  void anInputWithAnInitializerHasADefault() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref scale = g.input("scale", floats(10));
    g.output("y", g.node("Mul", x, scale), FLOAT);
    Session session = strict(g.model(OPSET));
    assertEquals(List.of("x"), session.requiredInputs());
    assertEquals(2, session.inputs().size());
    assertEquals(Map.of("y", floats(20)), session.run(Map.of("x", floats(2))));
    assertEquals(Map.of("y", floats(6)), session.run(Map.of("x", floats(2), "scale", floats(3))));
    assertEquals(Map.of("y", floats(20)), session.run(Map.of("x", floats(2))));
  }

  @Test
  void sparseInitializersAreDense() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.node("Neg", g.input("x", DataType.FLOAT, 4)), FLOAT);
    Model model = g.model(OPSET);
    SparseTensorData sparse =
        new SparseTensorData(
            TensorData.of("s", floats(5)),
            TensorData.of("", Tensor.vector(2)),
            Shape.of(4),
            Extra.NONE);
    var graph = model.graph();
    var withSparse =
        new org.sardonyx.graph.Graph(
            graph.name(),
            List.of(
                new org.sardonyx.graph.Node("", "Add", List.of("x", "s"), List.of("y"), List.of())),
            graph.inputs(),
            graph.outputs(),
            List.of(),
            List.of(),
            List.of(sparse),
            "",
            List.of(),
            Extra.NONE);
    assertEquals(
        Map.of("y", floats(1, 1, 6, 1)),
        strict(model.withGraph(withSparse)).run(Map.of("x", floats(1, 1, 1, 1))));
  }

  @Test
  void aPlainValueGoesWhereAnOptionalIsDeclared() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", new Type.OfOptional(FLOAT));
    g.output("y", g.node("OptionalHasElement", x), Models.BOOL);
    Session session = strict(g.model(OPSET));
    assertEquals(Map.of("y", Tensor.scalar(true)), session.run(Map.of("x", floats(1))));
    assertEquals(
        Map.of("y", Tensor.scalar(false)),
        session.run(Map.of("x", new OptionalValue(FLOAT, null))));
  }

  @Test
  void manyThreadsShareASession() throws Exception {
    Session session = Session.compile(Models.gru("h0", "hn"));
    List<Map<String, Value>> inputs = new ArrayList<>();
    List<Map<String, Value>> expected = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      inputs.add(Map.of("x", Models.waves(5 + i, i, 3), "h0", Models.waves(1, i, 4)));
      expected.add(session.run(inputs.getLast()));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int t = 0; t < 200; t++) {
        int which = t % inputs.size();
        tasks.add(() -> session.run(inputs.get(which)).equals(expected.get(which)));
      }
      for (Future<Boolean> result : threads.invokeAll(tasks)) {
        assertTrue(result.get());
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameNumbersWhateverElseRuns() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("a", g.callOf("test", "Random").output(), FLOAT);
    g.output("b", g.callOf("test", "Random").output(), FLOAT);
    Model model = g.model(TestOperators.imports());
    SessionOptions options =
        Models.strict()
            .withOperators(
                TestOperators.of(
                    "test", "Random", in -> in.set(0, Tensor.scalar(in.random().nextFloat()))));
    Session seeded = Session.compile(model, options.withSeed(3L));
    Map<String, Value> first = seeded.run(Map.of());
    assertEquals(first, seeded.run(Map.of()));
    assertEquals(first.get("b"), seeded.run(Map.of(), List.of("b")).get("b"));
    assertNotEquals(first.get("a"), first.get("b"));
    Session other = Session.compile(model, options.withSeed(4L));
    assertNotEquals(first, other.run(Map.of()));
    Session unseeded = Session.compile(model, options);
    assertNotEquals(unseeded.run(Map.of()), unseeded.run(Map.of()));
  }

  @Test
  void operatorsOfAUserTakePrecedence() {
    GraphBuilder g = new GraphBuilder("g");
    g.output("y", g.node("Neg", g.input("x", DataType.FLOAT, 1)), FLOAT);
    Session session =
        Session.compile(
            g.model(OPSET),
            Models.strict()
                .withOperators(TestOperators.of("", "Neg", in -> in.set(0, in.value(0)))));
    assertEquals(Map.of("y", floats(1)), session.run(Map.of("x", floats(1))));
  }

  @Test
  void weightsArePackedOnce() {
    AtomicInteger prepared = new AtomicInteger();
    record Packed(float sum) implements TestOperators.Run {
      @Override
      public void run(Invocation in) {
        assertTrue(in.has(1));
        assertThrows(NullPointerException.class, () -> in.value(1));
        in.set(0, floats(in.tensor(0).floats()[0] * sum));
      }

      @Override
      public boolean reads(int input) {
        return input != 1;
      }
    }
    record Plain(AtomicInteger prepared) implements TestOperators.Run {
      @Override
      public void run(Invocation in) {
        throw new AssertionError("not prepared");
      }

      @Override
      public Operator prepare(org.sardonyx.operators.Constants constants) {
        prepared.incrementAndGet();
        Tensor weights = constants.tensor(1);
        return weights == null ? this : new Packed(weights.floats()[0]);
      }
    }
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref w = g.node("Neg", g.constant("w", floats(3)));
    g.output("y", g.callOf("test", "Scale", x, w).output(), FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            Models.strict().withOperators(TestOperators.of("test", "Scale", new Plain(prepared))));
    assertEquals(Map.of("y", floats(-6)), session.run(Map.of("x", floats(2))));
    assertEquals(Map.of("y", floats(-9)), session.run(Map.of("x", floats(3))));
    assertEquals(1, prepared.get());
  }

  @Test
  void anObserverSeesEveryStep() {
    List<String> seen = new ArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public Object begins(Place place) {
            return place.path();
          }

          @Override
          public void ends(
              Place place,
              @Nullable Object begun,
              @Nullable Value[] inputs,
              @Nullable Value[] outputs,
              long start,
              long nanos,
              long own) {
            assertEquals(begun, place.path());
            assertTrue(nanos >= own && own >= 0 && inputs[0] != null && outputs[0] != null);
            seen.add(place.path());
          }

          @Override
          public void ran(long start, long nanos) {
            seen.add("run");
          }
        };
    Session session =
        Session.compile(Models.addOne(), SessionOptions.standard().withObserver(observer));
    session.run(Map.of("x", Tensor.zeros(DataType.FLOAT, 1, 2)));
    assertEquals(List.of("node (Add-14)", "run"), seen);
  }
}
