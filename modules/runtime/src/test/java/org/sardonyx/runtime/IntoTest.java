package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.INT64;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Outputs in the caller's tensors: which of them nodes write themselves, and which are copied. */
class IntoTest {

  /** Sees where nodes write. */
  private static final class Written implements Observer {
    private final List<Object> arrays = new ArrayList<>();

    @Override
    public void ends(
        Place place,
        @Nullable Object begun,
        @Nullable Value[] inputs,
        @Nullable Value[] outputs,
        long start,
        long nanos,
        long own) {
      for (Value output : outputs) {
        if (output instanceof Tensor tensor) {
          arrays.add(tensor.array());
        }
      }
    }

    boolean has(Tensor tensor) {
      return arrays.stream().anyMatch(array -> array == tensor.array());
    }
  }

  /** a = -x; b = cos(a); view, same: a again; c = cos(b); shape of a; and a constant. */
  private static Model many() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n", 2);
    Ref a = g.node("Neg", x);
    Ref b = g.node("MatMul", a, g.constant(Models.waves(2, 2)));
    g.output("b", b, FLOAT);
    g.output("view", g.node("Reshape", a, g.constant(Tensor.vector(-1))), FLOAT);
    g.output("c", g.node("Cos", b), FLOAT);
    g.output("a", a, FLOAT);
    g.output("input", g.node("Identity", x), FLOAT);
    g.output("shape", g.node("Shape", a), INT64);
    return g.model(OPSET);
  }

  private static Map<String, Tensor> tensors(Map<String, Value> like) {
    Map<String, Tensor> tensors = new HashMap<>();
    like.forEach((name, value) -> {
      Tensor tensor = (Tensor) value;
      tensors.put(name, Tensor.zeros(tensor.dataType(), tensor.shape()));
    });
    return tensors;
  }

  private static Tensor x(int rows) {
    return Models.waves(rows, 2);
  }

  @Test
  void nodesWriteWhereTheCallerWants() {
    Written written = new Written();
    Session session = Session.compile(many(), SessionOptions.standard().withObserver(written));
    Map<String, Tensor> into = tensors(session.run(Map.of("x", x(40))));
    session.runInto(Map.of("x", x(40)), into);
    for (String name : new String[] {"b", "c"}) {
      assertEquals(true, written.has(into.get(name)), name);
    }
    for (String name : new String[] {"a", "view", "input"}) {
      assertEquals(false, written.has(into.get(name)), name);
    }
    assertEquals(session.run(Map.of("x", x(40))), into);
  }

  @Test
  void theSameAsRunWhateverTheShapesAndWhoeverSpoilsThem() {
    for (SessionOptions options : List.of(SessionOptions.standard(), Models.strict())) {
      Session session = Session.compile(many(), options);
      Session plain = Session.compile(many(), options);
      int[] sizes = {3, 3, 5, 3, 3, 3, 0, 1, 3, 5};
      for (int run = 0; run < 4 * sizes.length; run++) {
        Map<String, Value> inputs = Map.of("x", x(sizes[run % sizes.length]));
        Map<String, Value> expected = plain.run(inputs);
        Map<String, Tensor> into = tensors(expected);
        if (run % 3 == 1) {
          into.remove("b");
        }
        session.runInto(inputs, into);
        into.forEach((name, tensor) -> assertEquals(expected.get(name), tensor, name));
        into.values().forEach(IntoTest::spoil);
        if (run % 4 == 2) {
          assertEquals(expected, session.run(inputs));
        }
      }
    }
  }

  private static void spoil(Tensor tensor) {
    switch (tensor.array()) {
      case float[] a -> Arrays.fill(a, Float.NaN);
      case long[] a -> Arrays.fill(a, -7);
      default -> throw new AssertionError(tensor);
    }
  }

  @Test
  void inputsAndConstantsAreNotWrittenInMidRun() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref first = g.node("Neg", x);
    Tensor constant = floats(10, 20);
    g.output("first", first, FLOAT);
    g.output("last", g.node("Sub", g.node("Sub", g.constant(constant), x), first), FLOAT);
    Session session = Session.compile(g.model(OPSET), Models.strict().withSimplify(false));
    Tensor both = floats(1, 2);
    Tensor last = floats(0, 0);
    session.runInto(Map.of("x", both), Map.of("first", both, "last", last));
    assertEquals(floats(-1, -2), both);
    assertEquals(floats(10, 20), last);
    session.runInto(Map.of("x", floats(1, 2)), Map.of("first", constant, "last", last));
    assertEquals(floats(10, 20), last);
  }

  @Test
  void outputsInOneArrayAreWrittenOneAfterTheOther() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref y = g.node("Neg", x);
    g.output("y", y, FLOAT);
    g.output("z", g.node("Mul", g.node("Cos", y), y), FLOAT);
    g.output("w", g.node("Add", y, y), FLOAT);
    Session session = Session.compile(g.model(OPSET), Models.strict());
    Tensor one = floats(0, 0);
    Tensor w = floats(0, 0);
    session.runInto(Map.of("x", floats(1, 2)), Map.of("y", one, "z", one, "w", w));
    assertEquals(session.run(Map.of("x", floats(1, 2))).get("z"), one);
    assertEquals(floats(-2, -4), w);
  }

  @Test
  void aRunThatFailedIsForgotten() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    Ref to = g.input("to", DataType.INT64, 1);
    g.output("y", g.node("Neg", x), FLOAT);
    g.output("z", g.node("Cos", g.node("Reshape", x, to)), FLOAT);
    Session session = Session.compile(g.model(OPSET));
    for (int i = 1; i < 6; i++) {
      Tensor failed = floats(0, 0);
      Map<String, Tensor> into = Map.of("y", failed, "z", floats(0, 0));
      Map<String, Tensor> wrong = Map.of("x", floats(1, 2), "to", Tensor.vector(3));
      assertThrows(OperatorFailed.class, () -> session.runInto(wrong, into));
      Map<String, Tensor> right = Map.of("x", floats(i, i), "to", Tensor.vector(2));
      Tensor y = floats(0, 0);
      Tensor small = floats(0);
      assertThrows(InvalidInput.class, () -> session.runInto(right, Map.of("y", y, "z", small)));
      assertEquals(floats(0), small);
      float[] before = failed.floats().clone();
      session.runInto(right, Map.of("y", y));
      assertEquals(floats(-i, -i), y);
      assertArrayEquals(before, failed.floats());
    }
  }

  /** h = tanh(h + x), and h as it is; both states. */
  @Test
  void statesAreWrittenBesideThoseThatAreRead() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref h = g.input("h", DataType.FLOAT, 2);
    Ref next = g.node("Tanh", g.node("Add", h, x));
    g.output("h_out", next, FLOAT);
    g.output("y", g.node("Sub", next, h), FLOAT);
    Written written = new Written();
    Session session =
        Session.compile(g.model(OPSET), SessionOptions.standard().withObserver(written));
    States states = States.of("h_out", "h");
    Stream stream = session.stream(states);
    Stream plain = session.stream(states);
    Tensor y = floats(0, 0);
    Tensor out = floats(0, 0);
    for (int i = 0; i < 8; i++) {
      Map<String, Tensor> in = Map.of("x", floats(i, -0.5f * i));
      written.arrays.clear();
      stream.runInto(in, i % 3 == 2 ? Map.of("y", y, "h_out", out) : Map.of("y", y));
      Map<String, Value> expected = plain.run(in);
      assertEquals(expected.get("y"), y);
      if (i % 3 == 2) {
        assertEquals(expected.get("h_out"), out);
      }
    }
    Tensor state = (Tensor) stream.snapshot().values().get("h");
    stream.runInto(Map.of("x", floats(1, 1)), Map.of("y", y, "h_out", state));
    assertEquals(plain.run(Map.of("x", floats(1, 1))).get("y"), y, "into what a snapshot holds");
    Stream again = session.stream(states);
    for (int i = 0; i < 5; i++) {
      again.runInto(Map.of("x", floats(i, i)), Map.of());
    }
    assertTrue(written.has((Tensor) again.snapshot().values().get("h")));
  }
}
