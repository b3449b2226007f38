package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Arrays are kept from run to run, and nobody sees it. */
class BuffersTest {

  private static Session strict(GraphBuilder g) {
    return Session.compile(g.model(OPSET), Models.strict().withSimplify(false));
  }

  private static Tensor get(Map<String, Value> outputs, String name) {
    return (Tensor) outputs.get(name);
  }

  /** x through Neg and Abs n times, then Neg; with a view at the end. */
  private static GraphBuilder chain(int length) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    Ref at = x;
    for (int i = 0; i < length; i++) {
      at = g.node("Add", g.node(i % 2 == 0 ? "Neg" : "Abs", at), x);
    }
    g.output("y", g.node("Neg", at), FLOAT);
    return g;
  }

  private static long bytesOfARun(Session session, Map<String, Value> inputs) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 2000; i++) {
      long before = threads.getThreadAllocatedBytes(thread);
      session.run(inputs);
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    return least;
  }

  @Test
  void aRunMakesNothingButItsOutputs() {
    int n = 4096;
    Map<String, Value> x = Map.of("x", Tensor.zeros(DataType.FLOAT, n));
    long few = bytesOfARun(Session.compile(chain(2).model(OPSET)), x);
    long many = bytesOfARun(Session.compile(chain(40).model(OPSET)), x);
    assertTrue(few < 4 * n + 1024, () -> few + " bytes");
    assertTrue(many <= few + 64, () -> few + " bytes for 5 nodes, " + many + " for 81");
  }

  @Test
  void whatEndsWithAStepIsWrittenOver() {
    Buffers buffers = new Buffers(4);
    for (int run = 0; run < 3; run++) {
      buffers.begin();
      Tensor a = buffers.take(0, DataType.FLOAT, new int[] {4});
      buffers.ending(new int[] {0});
      Tensor b = buffers.take(1, DataType.FLOAT, new int[] {2, 2});
      assertSame(a.array(), b.array());
      buffers.drop(0);
      // Another type, another size, and what is shown twice.
      buffers.ending(new int[] {1});
      assertNotSame(b.array(), buffers.take(2, DataType.FLOAT, new int[] {5}).array());
      assertNotSame(b.array(), buffers.take(2, DataType.INT32, new int[] {4}).array());
      buffers.noneEnding();
      assertNotSame(b.array(), buffers.take(3, DataType.FLOAT, new int[] {4}).array());
      Buffers.Buffer pinned = buffers.pin(1);
      buffers.ending(new int[] {1});
      assertNotSame(b.array(), buffers.take(2, DataType.FLOAT, new int[] {4}).array());
      buffers.unpin(pinned);
      buffers.noneEnding();
      buffers.end();
    }
  }

  /**
   * A step may write over what only it reads, not over an input, a constant or what is read later.
   */
  @Test
  void nobodySeesWhatIsWrittenOver() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 4, 5);
    Ref constant = g.constant(filled(new int[] {4, 5}, 1));
    Ref first = g.node("Relu", x);
    Ref sum = g.node("Add", g.node("Relu", g.node("Neg", x)), constant);
    Ref ended = g.node("Sigmoid", g.node("Tanh", g.node("Abs", sum)));
    Ref view = g.node("Reshape", sum, g.constant(Tensor.vector(20)));
    Ref late = g.node("Mul", g.node("Add", g.node("Neg", view), view), view);
    g.output("first", first, FLOAT);
    g.output("sum", sum, FLOAT);
    g.output("ended", ended, FLOAT);
    g.output("late", late, FLOAT);
    Session over = Session.compile(g.model(OPSET));
    Session apart = strict(g);
    for (int run = 1; run < 6; run++) {
      Tensor in = filled(new int[] {4, 5}, -run);
      Tensor before = in.copy();
      assertEquals(apart.run(Map.of("x", in)), over.run(Map.of("x", in)), "run " + run);
      assertEquals(before, in);
    }
  }

  private static Tensor filled(int[] shape, float first) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = first + i * 0.37f;
    }
    return tensor;
  }

  @Test
  void outputsBelongToTheCaller() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 4);
    Ref a = g.node("Neg", x);
    Ref view = g.node("Reshape", a, g.constant(Tensor.vector(2, 2)));
    g.output("view", view, FLOAT);
    g.output("same", g.node("Identity", a), FLOAT);
    g.output("other", g.node("Abs", g.node("Neg", a)), FLOAT);
    Session session = strict(g);
    Map<String, Value> first = session.run(Map.of("x", floats(1, 2, 3, 4)));
    assertNotSame(get(first, "view").array(), get(first, "same").array());
    Map<String, Value> second = session.run(Map.of("x", floats(5, 6, 7, 8)));
    Arrays.fill(get(second, "view").floats(), 99);
    Map<String, Value> third = session.run(Map.of("x", floats(9, 8, 7, 6)));
    assertEquals(Tensor.of(new float[] {-1, -2, -3, -4}, 2, 2), first.get("view"));
    assertEquals(floats(1, 2, 3, 4), first.get("other"));
    assertEquals(floats(-5, -6, -7, -8), second.get("same"));
    assertEquals(Tensor.of(new float[] {-9, -8, -7, -6}, 2, 2), third.get("view"));
  }

  @Test
  void shapesMayChangeFromRunToRun() {
    Session session = strict(chain(6));
    Session once = null;
    for (int n : new int[] {4, 9, 4, 0, 9, 1, 4, 4, 4, 4, 4, 4, 9}) {
      Tensor x = Models.waves(n);
      once = strict(chain(6));
      assertEquals(once.run(Map.of("x", x)), session.run(Map.of("x", x)), () -> "n = " + n);
    }
  }

  @Test
  void whatASequenceHoldsIsNotFilledAnew() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref a = g.node("Neg", x);
    Ref sequence = g.node("SequenceConstruct", a, g.node("Abs", x));
    Ref b = g.node("Neg", g.node("Neg", g.node("Neg", x)));
    Ref last = g.node("SequenceAt", sequence, g.constant(Tensor.scalar(0L)));
    g.output("y", g.call("Concat", last, b).with("axis", 0).output(), FLOAT);
    Session session = strict(g);
    for (int i = 1; i < 5; i++) {
      assertEquals(Map.of("y", floats(-i, i, -i, i)), session.run(Map.of("x", floats(i, -i))));
    }
  }

  @Test
  void branchesMayGiveWhatTheyMadeOrWhatTheySee() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref cond = g.input("c", DataType.BOOL);
    Ref a = g.node("Neg", x);
    GraphBuilder seen = g.body("then");
    seen.output("t", seen.node("Identity", a), FLOAT);
    GraphBuilder made = g.body("else");
    made.output("e", made.node("Abs", made.node("Neg", a)), FLOAT);
    Ref either =
        g.call("If", cond)
            .with("then_branch", seen.graph())
            .with("else_branch", made.graph())
            .output();
    Ref b = g.node("Abs", g.node("Abs", x));
    g.output("y", g.node("Add", g.node("Neg", either), b), FLOAT);
    Session session = strict(g);
    for (int i = 1; i < 9; i++) {
      boolean then = i % 3 != 0;
      assertEquals(
          Map.of("y", then ? floats(2 * i, 2 * i) : floats(0, 0)),
          session.run(Map.of("x", floats(i, i), "c", Tensor.scalar(then))));
    }
  }

  @Test
  void aRunThatFailsLeavesNothingBehind() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    Ref to = g.input("to", DataType.INT64, 1);
    g.output("y", g.node("Abs", g.node("Reshape", g.node("Neg", x), to)), FLOAT);
    Session session = strict(g);
    for (int i = 1; i < 4; i++) {
      Map<String, Value> good = Map.of("x", floats(i, i), "to", Tensor.vector(2));
      assertEquals(Map.of("y", floats(i, i)), session.run(good));
      assertThrows(
          OperatorFailed.class,
          () -> session.run(Map.of("x", floats(1, 2), "to", Tensor.vector(3))));
    }
  }

  @Test
  void threadsShareASessionAndNoArrays() throws Exception {
    Session session = Session.compile(chain(20).model(OPSET));
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int task = 0; task < 8; task++) {
        Tensor x = Models.waves(50 + task % 3);
        for (int i = 0; i < x.size(); i++) {
          x.floats()[i] += task;
        }
        Map<String, Value> inputs = Map.of("x", x);
        Map<String, Value> expected = strict(chain(20)).run(inputs);
        tasks.add(() -> {
          boolean right = true;
          for (int i = 0; i < 300; i++) {
            right &= expected.equals(session.run(inputs));
          }
          return right;
        });
      }
      for (Future<Boolean> result : pool.invokeAll(tasks)) {
        assertTrue(result.get());
      }
    }
  }
}
