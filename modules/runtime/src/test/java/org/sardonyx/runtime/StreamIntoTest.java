package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Steps of a stream that write into the caller's tensors. */
class StreamIntoTest {

  /** The compiler takes a second where nothing else runs. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  /** A recurrent layer of one step at a time with a product behind it. */
  private static Model recurrent(String cell, int gates) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1, 1, 8);
    Ref h = g.input("h0", DataType.FLOAT, 1, 1, 16);
    Ref w = g.constant("w", Models.waves(1, gates * 16, 8));
    Ref r = g.constant("r", Models.waves(1, gates * 16, 16));
    Ref none = Ref.ABSENT;
    GraphBuilder.Call call;
    if (cell.equals("LSTM")) {
      Ref c = g.input("c0", DataType.FLOAT, 1, 1, 16);
      call = g.call(cell, x, w, r, none, none, h, c);
    } else {
      call = g.call(cell, x, w, r, none, none, h);
    }
    call.with("hidden_size", 16);
    List<Ref> out = call.outputs(cell.equals("LSTM") ? 3 : 2);
    Ref rows = g.node("Reshape", out.get(0), g.constant(Tensor.vector(1, 1, 16)));
    Ref product = g.node("MatMul", rows, g.constant("p", Models.waves(16, 5)));
    g.output("y", g.node("Tanh", product), FLOAT);
    g.output("hn", out.get(1), FLOAT);
    if (out.size() > 2) {
      g.output("cn", out.get(2), FLOAT);
    }
    return g.model(OPSET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LSTM", "GRU"})
  void givesWhatRunGivesAndMakesNothing(String cell) {
    Session session = Session.compile(recurrent(cell, cell.equals("LSTM") ? 4 : 3));
    Stream plain = session.stream();
    Stream into = session.stream();
    Tensor x = Models.waves(1, 1, 8);
    Tensor y = Tensor.zeros(DataType.FLOAT, 1, 1, 5);
    Map<String, Value> inputs = new HashMap<>(Map.of("x", x));
    Map<String, Tensor> outputs = new HashMap<>(Map.of("y", y));
    for (int step = 0; step < 20; step++) {
      x.floats()[step % 8] += 0.25f;
      into.runInto(inputs, outputs);
      assertEquals(plain.run(inputs).get("y"), y, "step " + step);
    }
    Stream.Snapshot point = into.snapshot();
    assertEquals(plain.snapshot(), point);
    into.runInto(inputs, outputs);
    assertEquals(plain.snapshot(), point, "a snapshot stays what it is");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > 0 && System.nanoTime() - start < PATIENCE) {
      for (int k = 0; k < 100; k++) {
        into.runInto(inputs, outputs);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      into.runInto(inputs, outputs);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes of a step");
  }

  /** y = x + a; a goes to b, and x to a: a state that is another one's view. */
  private static Model shifts() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref a = g.input("a", DataType.FLOAT, 2);
    Ref b = g.input("b", DataType.FLOAT, 2);
    g.output("y", g.node("Add", x, g.node("Add", a, b)), FLOAT);
    g.output("a_out", g.node("Identity", x), FLOAT);
    g.output("b_out", g.node("Identity", a), FLOAT);
    return g.model(OPSET);
  }

  @Test
  void statesMayBeViewsOfOneAnother() {
    States states = States.of("a_out", "a").and("b_out", "b");
    Stream stream = Session.compile(shifts()).stream(states);
    Tensor y = Tensor.zeros(DataType.FLOAT, 2);
    float[] last = {0, 0, 0};
    for (int i = 1; i < 7; i++) {
      stream.runInto(Map.of("x", floats(i, 10 * i)), Map.of("y", y));
      last[i % 3] = i;
      float sum = last[0] + last[1] + last[2];
      assertEquals(floats(sum, 10 * sum), y, "step " + i);
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndChangesNothing() {
    States states = States.of("a_out", "a").and("b_out", "b");
    Stream stream = Session.compile(shifts()).stream(states);
    Tensor y = Tensor.zeros(DataType.FLOAT, 2);
    Map<String, Tensor> x = Map.of("x", floats(1, 2));
    stream.runInto(x, Map.of("y", y));
    Tensor wrong = Tensor.zeros(DataType.FLOAT, 3);
    assertThrows(InvalidInput.class, () -> stream.runInto(x, Map.of("y", wrong)));
    assertThrows(InvalidInput.class, () -> stream.runInto(x, Map.of("z", y)));
    assertThrows(InvalidInput.class, () -> stream.runInto(Map.of("x", y, "a", y), Map.of("y", y)));
    stream.runInto(x, Map.of("y", y));
    assertEquals(floats(2, 4), y);
    stream.runInto(x, Map.of("y", y));
    assertEquals(floats(3, 6), y);
  }

  @Test
  void sessionsWriteIntoTensorsToo() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    g.output("y", g.node("Neg", x), FLOAT);
    g.output("same", g.node("Identity", x), FLOAT);
    Session session = Session.compile(g.model(OPSET));
    for (int n = 1; n < 4; n++) {
      Tensor y = Tensor.zeros(DataType.FLOAT, n);
      Tensor same = Tensor.zeros(DataType.FLOAT, n);
      Map<String, Tensor> inputs = Map.of("x", Models.waves(n));
      session.runInto(inputs, Map.of("y", y, "same", same));
      assertEquals(session.run(inputs), Map.of("y", y, "same", same));
      Tensor alone = Tensor.zeros(DataType.FLOAT, n);
      session.runInto(inputs, Map.of("y", alone));
      assertEquals(y, alone);
    }
    Tensor y = floats(7, 7);
    Map<String, Tensor> three = Map.of("x", floats(1, 2, 3));
    assertThrows(InvalidInput.class, () -> session.runInto(three, Map.of("y", y)));
    assertThrows(InvalidInput.class, () -> session.runInto(three, Map.of("z", y)));
    assertThrows(InvalidInput.class, () -> session.runInto(Map.of(), Map.of("y", y)));
    assertEquals(floats(7, 7), y);
  }
}
