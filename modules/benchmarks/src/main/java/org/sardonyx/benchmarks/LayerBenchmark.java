package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.sardonyx.tensor.Value;

/**
 * Recurrent layers and products with constant weights, natively and in ONNX Runtime, one thread.
 * {@link Layer#of} says how they are written; {@code -p layer=} chooses some.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class LayerBenchmark {

  @Param({
    "MatMul:1:256:1024",
    "MatMul:32:256:1024",
    "MatMul:128:384:384",
    "MatMul:128:384:1536",
    "MatMul:512:512:512",
    "Gemm:1:256:1024",
    "Gemm:128:384:384",
    "LSTM:1:1:64:128",
    "LSTM:1:1:256:256",
    "LSTM:100:1:128:128",
    "LSTM:100:1:256:256",
    "LSTM:100:1:512:512",
    "LSTM:50:16:128:256",
    "LSTM:50:32:256:512",
    "GRU:1:1:64:128",
    "GRU:1:1:256:256:lbr",
    "GRU:100:1:128:128",
    "GRU:100:1:128:128:lbr",
    "GRU:100:1:256:256:lbr",
    "GRU:50:16:128:256:lbr",
    "RNN:100:1:128:128"
  })
  String layer = "";

  @SuppressWarnings("NullAway.Init") // by setUp
  private Layer both;

  /** Builds the model for both engines. */
  @Setup
  public void setUp() throws OrtException {
    both = Layer.of(layer);
  }

  /** Releases ONNX Runtime's session. */
  @TearDown
  public void tearDown() throws OrtException {
    both.close();
  }

  /** This library. */
  @Benchmark
  public Map<String, Value> ours() {
    return both.ours();
  }

  /** ONNX Runtime, new tensors and copied outputs. */
  @Benchmark
  public float[] onnxRuntime() throws OrtException {
    return both.user();
  }

  /** ONNX Runtime, tensors reused and outputs pinned. */
  @Benchmark
  public Map<String, OnnxTensor> onnxRuntimePinned() throws OrtException {
    return both.pinned();
  }
}
