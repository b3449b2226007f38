package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What runs of the same shapes allocate: the least of many runs, since the compiler comes late. */
class NoBytesTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  /** What the tensor of an output and its place in the map take beside its elements. */
  private static final int OBJECTS = 256;

  private static Ref vector(GraphBuilder g, long... values) {
    return g.constant(Tensor.vector(values));
  }

  /** Elements moved in every way, views, chains and products. */
  private static Model steps() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n", 8);
    Ref y = g.node("MatMul", x, g.constant("w", Models.waves(8, 16)));
    Ref both = g.call("Concat", y, g.node("Tanh", y)).with("axis", 1).output();
    Ref turned = g.node("Transpose", both);
    Ref part = g.node("Slice", turned, vector(g, 4), vector(g, 28), vector(g, 0), vector(g, 3));
    Ref padded = g.node("Pad", part, vector(g, 0, 1, 0, 2));
    Ref taken = g.call("Gather", padded, vector(g, 0, 3, 1)).with("axis", 1).output();
    List<Ref> halves = g.call("Split", taken).with("axis", 0).outputs(2);
    g.output("sum", g.node("Add", halves.get(0), halves.get(1)), FLOAT);
    Ref view = g.node("Reshape", g.node("Sigmoid", y), vector(g, -1));
    g.output("chain", g.node("Mul", g.node("Exp", view), view), FLOAT);
    g.output("y", g.node("Relu", y), FLOAT);
    return g.model(OPSET);
  }

  private static long leastBytes(Runnable run, long enough) {
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > enough && System.nanoTime() - start < PATIENCE) {
      for (int i = 0; i < 100; i++) {
        run.run();
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      run.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void runsIntoTensorsMakeNothing() {
    Session session = Session.compile(steps());
    Map<String, Value> inputs = new HashMap<>(Map.of("x", Models.waves(4, 8)));
    Map<String, Tensor> into = new HashMap<>();
    session.run(inputs).forEach((name, value) -> into.put(name, ((Tensor) value).copy()));
    assertEquals(0, leastBytes(() -> session.runInto(inputs, into), 0));
  }

  @Test
  void runsMakeTheirOutputs() {
    Session session = Session.compile(steps());
    Map<String, Value> inputs = new HashMap<>(Map.of("x", Models.waves(4, 8)));
    long most = 0;
    for (Value value : session.run(inputs).values()) {
      most += 4L * ((Tensor) value).size() + OBJECTS;
    }
    long least = leastBytes(() -> session.run(inputs), most);
    assertTrue(least <= most, least + " bytes where " + most + " may be");
  }
}
