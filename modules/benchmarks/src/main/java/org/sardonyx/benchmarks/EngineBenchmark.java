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
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * One model natively and in ONNX Runtime. A subclass lists its rows as {@code @Param String row}
 * and makes the subject of each; each of the four ways to call runs in forks of its own, so that no
 * thread of one engine disturbs the other.
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

  private static final Duration MOST_WARM_UP = Duration.ofSeconds(20);

  /** Threads that each engine computes in. */
  @Param("1")
  int threads = 1;

  private @Nullable BothEngines both;

  /** Returns what the row that JMH has set stands for. */
  abstract Subject subject();

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
    if (what.getBenchmark().matches(".*\\.(ours|into)") && !engines().warmUp(MOST_WARM_UP)) {
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

  private BothEngines engines() {
    BothEngines engines = both;
    if (engines == null) {
      throw new IllegalStateException("not set up");
    }
    return engines;
  }
}
