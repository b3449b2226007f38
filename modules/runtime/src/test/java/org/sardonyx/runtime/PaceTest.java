package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class PaceTest {

  private static long[] slice(long nanos) {
    long[] times = new long[5];
    Arrays.fill(times, nanos);
    times[4] = 100 * nanos; // one call that something else disturbed
    return times;
  }

  @Test
  void settledIsWhatStaysAsItIs() {
    Pace pace = new Pace();
    assertFalse(pace.add(slice(900)));
    assertFalse(pace.add(slice(900)));
    assertFalse(pace.add(slice(300)), "it has just become faster");
    assertFalse(pace.add(slice(102)));
    assertFalse(pace.add(slice(100)));
    assertTrue(pace.add(slice(104)));
    assertFalse(pace.add(slice(50)));
  }

  private static Session sleeping(IntUnaryOperator millisOfRun, AtomicInteger runs) {
    GraphBuilder g = new GraphBuilder("g");
    g.output(
        "y", g.callOf("test", "Sleep", g.input("x", DataType.FLOAT, 1)).output(), Models.FLOAT);
    OperatorDef sleep =
        TestOperators.identity(
            "Sleep",
            _ ->
                LockSupport.parkNanos(1_000_000L * millisOfRun.applyAsInt(runs.getAndIncrement())));
    return Session.compile(
        g.model(TestOperators.imports()),
        SessionOptions.standard().withOperators(sleep).withKernels(Kernels.scalar()));
  }

  @Test
  void whatTakesLongerAndLongerDoesNotSettle() {
    AtomicInteger runs = new AtomicInteger();
    Session session = sleeping(run -> 1 << run, runs);
    Map<String, Tensor> inputs = Map.of("x", Models.floats(1));
    assertFalse(session.warmUp(inputs, Duration.ZERO));
    assertEquals(0, runs.get());
    assertFalse(session.warmUp(inputs, Duration.ofMillis(500)));
    assertTrue(runs.get() > 1 && runs.get() < 12, () -> runs + " runs");
  }

  @Test
  void whatStaysAsItIsSettles() {
    AtomicInteger runs = new AtomicInteger();
    Session session = sleeping(_ -> 20, runs);
    assertTrue(session.warmUp(Map.of("x", Models.floats(1)), Duration.ofMinutes(1)));
    assertTrue(runs.get() < 2000, () -> runs + " runs");
  }
}
