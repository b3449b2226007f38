package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** One session and many threads. */
@Timeout(120)
class ManyRunsTest {

  private static final int SHAPES = 7;
  private static final int RUNS = 10_000;

  private static Map<String, Value> inputs(int shape) {
    return Map.of(
        "x", Models.waves(1 + shape, 1 + shape % 3, 3), "h0", Models.waves(1, 1 + shape % 3, 4));
  }

  @Test
  void tenThousandRunsAtOnce() throws Exception {
    Session session = Session.compile(Models.gru("h0", "hn"));
    List<Map<String, Value>> expected = new ArrayList<>();
    for (int shape = 0; shape < SHAPES; shape++) {
      expected.add(session.run(inputs(shape)));
    }
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
        ExecutorService platform = Executors.newFixedThreadPool(8)) {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<Map<String, Value>>> runs = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        int shape = i % SHAPES;
        // Those of the pool wait for the word, too, eight at a time.
        runs.add(
            (i % 10 == 0 ? platform : virtual)
                .submit(() -> {
                  go.await();
                  return session.run(inputs(shape));
                }));
      }
      go.countDown();
      for (int i = 0; i < RUNS; i++) {
        assertEquals(expected.get(i % SHAPES), runs.get(i).get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void streamsDoNotMeet() throws Exception {
    Session session = Session.compile(Models.gru("h0", "hn"));
    List<Value> expected = states(session, 3);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Value>>> streams = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        streams.add(virtual.submit(() -> states(session, 3)));
      }
      for (Future<List<Value>> stream : streams) {
        assertEquals(expected, stream.get(60, TimeUnit.SECONDS));
      }
    }
  }

  private static List<Value> states(Session session, int steps) {
    Stream stream = session.stream();
    List<Value> states = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      states.add(stream.run(Map.of("x", Models.waves(2, 1, 3))).get("hn"));
    }
    return states;
  }

  @Test
  void anInterruptedThreadComputesAndStaysInterrupted() {
    Session session = Session.compile(Models.gru("h0", "hn"));
    Map<String, Value> expected = session.run(inputs(1));
    Thread.currentThread().interrupt();
    try {
      assertEquals(expected, session.run(inputs(1)));
      assertEquals(true, Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  /** Runs out of memory where its input says so. */
  private static void greedy(Invocation in) {
    if (in.tensor(0).floats()[0] == 1) {
      // More than any array may have: the error comes at once, as from a heap that is full.
      throw new AssertionError(new long[Integer.MAX_VALUE].length);
    }
  }

  @Test
  void aRunWithoutMemoryHarmsNoOther() throws Exception {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.callOf("test", "Greedy", x).output(), Models.FLOAT);
    Session session =
        Session.compile(
            g.model(TestOperators.imports()),
            SessionOptions.standard()
                .withOperators(TestOperators.identity("Greedy", ManyRunsTest::greedy)));
    Map<String, Value> bad = Map.of("x", Tensor.of(new float[] {1}, 1));
    Map<String, Value> good = Map.of("x", Tensor.of(new float[] {2}, 1));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Map<String, Value>>> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        others.add(threads.submit(() -> session.run(good)));
        if (i % 20 == 0) {
          LimitExceeded e = assertThrows(LimitExceeded.class, () -> session.run(bad));
          assertEquals("heap", e.limit());
        }
      }
      for (Future<Map<String, Value>> other : others) {
        assertEquals(good.get("x"), other.get(20, TimeUnit.SECONDS).get("y"));
      }
    }
  }
}
