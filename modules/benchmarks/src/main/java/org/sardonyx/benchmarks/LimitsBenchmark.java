package org.sardonyx.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.runtime.Cancellation;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * What limits and deadlines cost: the same model with none that is looked at often and with all,
 * run after run in turns, so that whatever else the machine does meets both alike. {@code
 * costPercent} is how much longer the run with limits took: the median of the pairs of an
 * iteration, and the mean of the iterations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 8, time = 3)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class LimitsBenchmark {

  /** What the pairs came to. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Cost {

    private final List<Double> percents = new ArrayList<>();
    private final List<Double> all = new ArrayList<>();
    private boolean measured;
    private int share;

    /** Forgets the iteration before. */
    @Setup(Level.Iteration)
    public void begin(BenchmarkParams benchmark, IterationParams iteration) {
      percents.clear();
      measured = iteration.getType() == IterationType.MEASUREMENT;
      share = iteration.getCount() * Math.max(1, benchmark.getForks());
    }

    void add(long without, long with) {
      double percent = 100.0 * (with - without) / without;
      percents.add(percent);
      if (measured) {
        all.add(percent);
      }
    }

    /** Returns the median, shared out so that the sum over all iterations is their mean. */
    public double costPercent() {
      return at(percents, 0) / share;
    }

    /** Prints the median of all pairs of a fork and where it lies in 95 of 100 cases. */
    @TearDown(Level.Trial)
    public void end() {
      System.out.printf(
          Locale.ROOT,
          "%nlimits cost %.2f %% (%.2f to %.2f; median of %d pairs)%n",
          at(all, 0),
          at(all, -1),
          at(all, 1),
          all.size());
    }

    /** Returns the median, or what lies so many times 1.96 standard errors of ranks from it. */
    private static double at(List<Double> values, int errors) {
      List<Double> sorted = values.stream().sorted().toList();
      int n = sorted.size();
      int rank = (int) Math.rint(n / 2.0 + errors * 0.98 * Math.sqrt(n));
      return n == 0 ? 0 : sorted.get(Math.clamp(rank, 0, n - 1));
    }
  }

  /** Rows of a product with constant weights, and how many follow one another. */
  @Param({"1:20", "128:4", "1024:1"})
  String size = "";

  private boolean firstFree;

  private final Cancellation cancellation = Cancellation.after(Duration.ofDays(1));

  @SuppressWarnings("NullAway.Init") // by setUp
  private Session free;

  @SuppressWarnings("NullAway.Init") // by setUp
  private Session limited;

  @SuppressWarnings("NullAway.Init") // by setUp
  private Map<String, Value> inputs;

  /** Compiles the model twice. */
  @Setup
  public void setUp() {
    int rows = Integer.parseInt(size.split(":", -1)[0]);
    int layers = Integer.parseInt(size.split(":", -1)[1]);
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "rows", 512);
    for (int i = 0; i < layers; i++) {
      Ref w = g.constant("w" + i, Tensor.zeros(DataType.FLOAT, 512, 512));
      x = g.node("Tanh", g.node("MatMul", x, w));
    }
    g.output("y", x, null);
    Model model = g.model(21);
    free = Session.compile(model, SessionOptions.standard().withLimits(Limits.greatest()));
    limited =
        Session.compile(
            model,
            SessionOptions.standard().withLimits(Limits.standard().with(Limit.TIME, 86_400_000)));
    inputs = Map.of("x", Tensor.zeros(DataType.FLOAT, rows, 512));
  }

  /** One run without limits and one with all; which goes first alternates. */
  @Benchmark
  public void pair(Cost cost, Blackhole hole) {
    long without = firstFree ? withoutLimits(hole) : 0;
    long with = withLimits(hole);
    cost.add(firstFree ? without : withoutLimits(hole), with);
    firstFree = !firstFree;
  }

  /** Nothing is ever reached, and nobody looks at the clock. */
  private long withoutLimits(Blackhole hole) {
    long start = System.nanoTime();
    hole.consume(free.run(inputs));
    return System.nanoTime() - start;
  }

  /** The standard limits, a time limit, and a deadline that another thread may move up. */
  private long withLimits(Blackhole hole) {
    long start = System.nanoTime();
    hole.consume(limited.run(inputs, cancellation));
    return System.nanoTime() - start;
  }
}
