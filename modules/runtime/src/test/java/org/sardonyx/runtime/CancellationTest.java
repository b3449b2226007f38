package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.floats;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Runs end within a tenth of a second of being told to, whatever they are at. Tensors stay below
 * 100 MB: the first use of fresh memory is one step of the JVM that nothing ends early.
 */
class CancellationTest {

  private static final long MOST_MILLIS = 100;

  /** Computed before the word comes, so that it comes in the middle. */
  private static final long BEFORE_NANOS = 20_000_000;

  /** Loops that are not compiled yet may be late for some time, not for ever. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private record LongRun(String name, Model model, Map<String, Value> inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static LongRun endless() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    GraphBuilder body = g.body("body");
    body.input("i", DataType.INT64);
    Ref cond = body.input("cond", DataType.BOOL);
    Ref v = body.input("v", DataType.FLOAT, 1);
    body.output(cond, Models.BOOL);
    body.output(body.node("Add", v, x), Models.FLOAT);
    g.output(
        "y",
        g.call("Loop", Ref.ABSENT, Ref.ABSENT, x).with("body", body.graph()).output(),
        Models.FLOAT);
    return new LongRun("endless Loop", g.model(Models.OPSET), Map.of("x", floats(1)));
  }

  private interface Attributes {
    GraphBuilder.Call with(GraphBuilder.Call call);
  }

  /** One operator that is at work for long. */
  private static LongRun of(String name, String operator, Attributes attributes, Tensor... inputs) {
    GraphBuilder g = new GraphBuilder("g");
    Map<String, Value> values = new java.util.LinkedHashMap<>();
    Ref[] refs = new Ref[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      refs[i] = g.input("x" + i, inputs[i].dataType(), (Object[]) unknown(inputs[i].rank()));
      values.put("x" + i, inputs[i]);
    }
    g.output("y", attributes.with(g.call(operator, refs)).output(), null);
    return new LongRun(name, g.model(Models.OPSET), values);
  }

  private static String[] unknown(int rank) {
    String[] dims = new String[rank];
    java.util.Arrays.fill(dims, "?");
    return dims;
  }

  private static LongRun of(String operator, Tensor... inputs) {
    return of(operator, operator, call -> call, inputs);
  }

  private static Tensor zeros(int... shape) {
    return Tensor.zeros(DataType.FLOAT, shape);
  }

  static Stream<Supplier<LongRun>> longRuns() {
    return Stream.of(
        () -> endless(),
        () -> of("MatMul", zeros(3000, 3000), zeros(3000, 3000)),
        () ->
            of(
                "MatMul in double",
                "MatMul",
                call -> call,
                Tensor.zeros(DataType.DOUBLE, 1500, 1500),
                Tensor.zeros(DataType.DOUBLE, 1500, 1500)),
        () -> of("Gemm", zeros(3000, 3000), zeros(3000, 3000)),
        () -> of("Conv", zeros(8, 64, 256, 256), zeros(64, 64, 3, 3)),
        () -> of("ConvTranspose", zeros(4, 64, 128, 128), zeros(64, 64, 3, 3)),
        () -> of("Erf", zeros(20_000_000)),
        () -> of("Pow", zeros(20_000_000), zeros(1)),
        () -> of("Softmax", zeros(200, 100_000)),
        () -> of("Softmax of rows", "Softmax", call -> call, zeros(1_250_000, 16)),
        () -> of("Add", zeros(5_000, 1, 100), zeros(1, 40, 100)),
        () -> of("Sqrt in double", "Sqrt", call -> call, Tensor.zeros(DataType.DOUBLE, 20_000_000)),
        () -> of("Cast", "Cast", call -> call.with("to", 10), zeros(20_000_000)),
        () -> of("ReduceSum", zeros(4_500, 4_500)),
        () -> of("ArgMax", zeros(4_500, 4_500)),
        () -> of("LayerNormalization", zeros(100_000, 768), zeros(768)),
        () -> of("InstanceNormalization", zeros(10, 3, 1500, 1500), zeros(3), zeros(3)),
        () ->
            of(
                "MaxPool",
                "MaxPool",
                call -> call.with(Attribute.of("kernel_shape", 7, 7)),
                zeros(4, 16, 512, 512)),
        () ->
            of(
                "AveragePool",
                "AveragePool",
                call -> call.with(Attribute.of("kernel_shape", 7, 7)),
                zeros(4, 16, 512, 512)),
        () -> of("Where", Tensor.zeros(DataType.BOOL, 20_000_000), zeros(1), zeros(1)),
        () -> of("Tile", zeros(4_500), Tensor.vector(4_500)),
        () -> of("Expand", zeros(4_500, 1), Tensor.vector(4_500, 4_500)),
        () -> of("CumSum", zeros(4_500, 4_500), Tensor.scalar(0L)),
        () ->
            of(
                "Einsum",
                "Einsum",
                call -> call.with("equation", "ij,jk->ik"),
                zeros(3000, 3000),
                zeros(3000, 3000)),
        () ->
            of(
                "MatMulInteger",
                Tensor.zeros(DataType.UINT8, 4000, 4000),
                Tensor.zeros(DataType.UINT8, 4000, 4000)),
        () -> of("Det", zeros(1500, 1500)));
  }

  /**
   * Returns how many milliseconds a run still computed after the word: time of its own thread, so
   * that what else the machine does counts for nothing.
   */
  private static long late(Session session, LongRun run, RuntimeException[] how) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Cancellation cancellation = Cancellation.create();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (executor) {
      long thread = executor.submit(() -> Thread.currentThread().threadId()).get();
      long begun = threads.getThreadCpuTime(thread);
      var task =
          executor.submit(() -> {
            try {
              session.run(run.inputs(), cancellation);
            } catch (RuntimeException e) {
              how[0] = e;
            }
            return threads.getCurrentThreadCpuTime();
          });
      long told = begun;
      while (told - begun < BEFORE_NANOS && !task.isDone()) {
        Thread.sleep(1);
        told = Math.max(told, threads.getThreadCpuTime(thread)); // -1 where it has ended
      }
      cancellation.cancel();
      return TimeUnit.NANOSECONDS.toMillis(task.get() - told);
    }
  }

  @ParameterizedTest
  @MethodSource("longRuns")
  @Timeout(600)
  void endsSoon(Supplier<LongRun> made) throws Exception {
    LongRun run = made.get();
    for (Kernels kernels : new Kernels[] {Kernels.best(), Kernels.scalar()}) {
      Session session =
          Session.compile(run.model(), SessionOptions.standard().withKernels(kernels));
      long best = Long.MAX_VALUE;
      long start = System.nanoTime();
      while (best > MOST_MILLIS && System.nanoTime() - start < PATIENCE_NANOS) {
        best = Math.min(best, late(session, run, new RuntimeException[1]));
      }
      assertTrue(best <= MOST_MILLIS, best + " ms computed on, with " + kernels.name());
    }
  }

  @Test
  void saysWhyAndTheSessionGoesOn() throws Exception {
    LongRun run = endless();
    Session session = Session.compile(run.model());
    RuntimeException[] how = new RuntimeException[1];
    late(session, run, how);
    assertInstanceOf(CancellationException.class, how[0]);
    Cancellation soon = Cancellation.after(Duration.ofMillis(20));
    LimitExceeded e = assertThrows(LimitExceeded.class, () -> session.run(run.inputs(), soon));
    assertEquals("deadline", e.limit());
    assertEquals(20, e.most());
    assertTrue(e.getMessage().contains("Loop"), e.getMessage());
    Cancellation cancelled = Cancellation.create();
    cancelled.cancel();
    assertThrows(CancellationException.class, () -> session.run(run.inputs(), cancelled));
  }

  @Test
  void aStreamIsWhereItWas() {
    Session session = Session.compile(Models.gru("h0", "hn"));
    Map<String, Value> step = Map.of("x", Models.waves(2, 1, 3));
    org.sardonyx.runtime.Stream stream = session.stream();
    stream.run(step);
    Map<String, Value> second = session.stream().run(step);
    org.sardonyx.runtime.Stream.Snapshot here = stream.snapshot();
    Cancellation cancelled = Cancellation.create();
    cancelled.cancel();
    assertThrows(CancellationException.class, () -> stream.run(step, cancelled));
    assertEquals(here, stream.snapshot());
    stream.reset();
    assertEquals(second.get("y"), stream.run(step).get("y"));
  }

  /** Pieces change no bit. */
  @Test
  void watchedRunsGiveTheSame() {
    for (Kernels kernels : new Kernels[] {Kernels.best(), Kernels.scalar()}) {
      SessionOptions options = SessionOptions.standard().withKernels(kernels);
      for (SessionOptions how : new SessionOptions[] {options, options.withThreads(2)}) {
        LongRun product = of("MatMul", Models.waves(300, 500), Models.waves(500, 700));
        LongRun convolution = of("Conv", Models.waves(1, 16, 90, 90), Models.waves(64, 16, 3, 3));
        for (LongRun run : new LongRun[] {product, convolution}) {
          Session session = Session.compile(run.model(), how);
          Value expected = session.run(run.inputs()).get("y");
          assertEquals(expected, session.run(run.inputs(), Cancellation.create()).get("y"));
        }
      }
    }
  }
}
