package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * One model natively and in ONNX Runtime. A subclass lists its rows as {@code @Param String row}
 * and makes the subject of each; the four ways to call take turns in one process, or each runs in
 * forks of its own where threads of one engine would disturb the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class EngineBenchmark {

  static final String INTO = "into";
  static final String PINNED = "pinned";
  static final String OURS = "ours";
  static final String USER = "user";

  private static final Duration MOST_WARM_UP = Duration.ofSeconds(20);

  /** Threads that each engine computes in. */
  @Param("1")
  int threads = 1;

  /** Which ways take turns. */
  @Param(INTO + "," + PINNED + "," + OURS + "," + USER)
  String ways = "";

  private @Nullable BothEngines both;

  /** Returns what the row that JMH has set stands for. */
  abstract Subject subject();

  /** Returns what a call of a row has to do at least; nothing where that is not known. */
  List<Floor.Part> work(String of) {
    return List.of();
  }

  /** Returns how our side is compiled. */
  SessionOptions options() {
    return SessionOptions.standard();
  }

  /** Builds the model for both engines; ours is measured when Java's compiler is done with it. */
  @Setup
  public void setUp(BenchmarkParams what) throws OrtException {
    SessionOptions options = options();
    both =
        new BothEngines(subject(), threads == 1 ? options : options.withThreads(threads), threads);
    if (what.getBenchmark().matches(".*\\.(ours|into|turns)") && !engines().warmUp(MOST_WARM_UP)) {
      System.err.println("ours was not warm after " + MOST_WARM_UP.toSeconds() + " s");
    }
  }

  /** Releases ONNX Runtime's session. */
  @TearDown
  public void tearDown() throws OrtException {
    engines().close();
  }

  /** This library, outputs new. */
  @Benchmark
  public Map<String, Value> ours() {
    return engines().ours();
  }

  /** This library, tensors reused and outputs written into them. */
  @Benchmark
  public Map<String, Tensor> into() {
    return engines().into();
  }

  /** ONNX Runtime, new tensors and copied outputs. */
  @Benchmark
  public List<Object> user() throws OrtException {
    return engines().user();
  }

  /** ONNX Runtime, tensors reused and outputs pinned. */
  @Benchmark
  public Map<String, OnnxTensor> pinned() throws OrtException {
    return engines().pinned();
  }

  /** All ways that are asked for, in turn. */
  @Benchmark
  public void turns(Turns turns, Blackhole hole) throws Exception {
    BothEngines engines = engines();
    List<String> asked = List.of(ways.split(",", -1));
    turns.into += asked.contains(INTO) ? Turns.micros(engines::into, hole) : 0;
    turns.pinned += asked.contains(PINNED) ? Turns.micros(engines::pinned, hole) : 0;
    turns.ours += asked.contains(OURS) ? Turns.micros(engines::ours, hole) : 0;
    turns.user += asked.contains(USER) ? Turns.micros(engines::user, hole) : 0;
    turns.rounds++;
  }

  private BothEngines engines() {
    BothEngines engines = both;
    if (engines == null) {
      throw new IllegalStateException("not set up");
    }
    return engines;
  }
}
