package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Recurrent layers, natively and in ONNX Runtime as a user calls it (new tensors, outputs copied),
 * one thread. Shapes are written {@code operator,time,batch,input,hidden}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class RecurrentBenchmark {

  @Param({"LSTM,1,1,64,128", "LSTM,100,1,128,128", "LSTM,50,16,128,256", "GRU,100,1,128,128"})
  String layer = "";

  private float[] x = {};
  private int[] shape = {};

  @SuppressWarnings("NullAway.Init") // by setUp
  private Session session;

  @SuppressWarnings("NullAway.Init") // by setUp
  private OrtSession reference;

  /** Builds the model for both engines. */
  @Setup
  public void setUp() throws OrtException {
    String[] parts = layer.split(",", -1);
    int gates = parts[0].equals("LSTM") ? 4 : 3;
    int time = Integer.parseInt(parts[1]);
    int batch = Integer.parseInt(parts[2]);
    int input = Integer.parseInt(parts[3]);
    int hidden = Integer.parseInt(parts[4]);
    Random random = new Random(1);
    shape = new int[] {time, batch, input};
    x = floats(random, time * batch * input, 1);
    Node node =
        new Node(
            "layer",
            parts[0],
            List.of("x", "W", "R", "B"),
            List.of("Y"),
            List.of(Attribute.of("hidden_size", (long) hidden)));
    Graph graph =
        new Graph(
            "benchmark",
            List.of(node),
            List.of(new ValueInfo("x", Type.tensor(DataType.FLOAT, Shape.of(shape)))),
            List.of(
                new ValueInfo("Y", Type.tensor(DataType.FLOAT, Shape.of(time, 1L, batch, hidden)))),
            List.of(
                weights(random, "W", 1, gates * hidden, input),
                weights(random, "R", 1, gates * hidden, hidden),
                weights(random, "B", 1, 2 * gates * hidden)));
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    session = Session.compile(model);
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    reference = OrtEnvironment.getEnvironment().createSession(Onnx.toBytes(model), options);
  }

  /** Releases ONNX Runtime's session. */
  @TearDown
  public void tearDown() throws OrtException {
    reference.close();
  }

  /** This library. */
  @Benchmark
  public Map<String, Value> ours() {
    return session.run(Map.of("x", Tensor.of(x, shape)));
  }

  /** ONNX Runtime. */
  @Benchmark
  public float[] onnxRuntime() throws OrtException {
    long[] dims = {shape[0], shape[1], shape[2]};
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * x.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    buffer.put(x).rewind();
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, dims);
        OrtSession.Result result = reference.run(Map.of("x", tensor))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  private static TensorData weights(Random random, String name, int... shape) {
    return TensorData.of(name, Tensor.of(floats(random, Tensor.checkedSize(shape), 0.1), shape));
  }

  private static float[] floats(Random random, int n, double deviation) {
    float[] data = new float[n];
    for (int i = 0; i < n; i++) {
      data[i] = (float) (random.nextGaussian() * deviation);
    }
    return data;
  }
}
