package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.floats;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Value;

/** Nothing is locked while a model computes: a run that stands still stops no other. */
@Timeout(60)
class LocksTest {

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  private final AtomicReference<Thread> standing = new AtomicReference<>();

  /** Stands still in the middle of a run with a positive input, until the latch opens. */
  private void gate(Invocation in) {
    if (in.tensor(0).floats()[0] < 0) {
      standing.set(Thread.currentThread());
      entered.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Model model() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    Ref held = g.callOf("test", "Gate", g.node("Neg", x)).output();
    g.output("y", g.node("Abs", held), Models.FLOAT);
    return g.model(TestOperators.imports());
  }

  @Test
  void aRunThatStandsStillStopsNoOther() throws Exception {
    SessionOptions options =
        SessionOptions.standard().withOperators(TestOperators.identity("Gate", this::gate));
    Session session = Session.compile(model(), options);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Map<String, Value>> first = threads.submit(() -> session.run(Map.of("x", floats(3))));
      assertTrue(entered.await(30, TimeUnit.SECONDS));
      try {
        assertNothingIsHeld(standing.get());
        // The same session, in another thread and in this one; and another session.
        Map<String, Value> negative = Map.of("x", floats(-2));
        Map<String, Value> two = Map.of("y", floats(2));
        assertEquals(two, threads.submit(() -> session.run(negative)).get(20, TimeUnit.SECONDS));
        assertEquals(two, session.run(negative));
        assertEquals(two, Session.compile(model(), options).run(negative));
        assertFalse(first.isDone());
      } finally {
        open.countDown();
      }
      assertEquals(Map.of("y", floats(3)), first.get(20, TimeUnit.SECONDS));
    }
  }

  /** What the executor of threads holds is not ours; nor is the latch, which it waits for. */
  private static void assertNothingIsHeld(Thread thread) {
    ThreadInfo info =
        ManagementFactory.getThreadMXBean()
            .getThreadInfo(new long[] {thread.threadId()}, true, true)[0];
    List<String> monitors =
        Arrays.stream(info.getLockedMonitors()).map(MonitorInfo::toString).toList();
    List<String> locks =
        Arrays.stream(info.getLockedSynchronizers())
            .map(LockInfo::getClassName)
            .filter(name -> !name.startsWith("java.util.concurrent.ThreadPoolExecutor"))
            .toList();
    assertEquals(List.of(), monitors);
    assertEquals(List.of(), locks);
  }
}
