package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
 * One operator, natively and in ONNX Runtime: as a user calls it (new tensors, outputs copied) and
 * pinned (the same tensors in every run); one thread.
 *
 * <p>Convolutions are written {@code operator,batch,channels,height,width,features,kernel
 * height,kernel width,stride,padding,groups}, height 0 being one axis; others {@code
 * operator,rows,columns}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class OperatorBenchmark {

  @Param({
    "Conv,1,1,0,704,258,1,256,128,0,1",
    "Conv,1,129,0,4,128,1,3,1,1,1",
    "Conv,1,3,48,320,32,3,3,2,1,1",
    "Conv,1,64,20,160,64,1,1,1,0,1",
    "Conv,1,64,20,160,64,3,3,1,1,1",
    "Conv,1,64,20,160,64,3,3,1,1,64",
    "ConvTranspose,1,64,20,32,64,3,3,2,1,1",
    "Relu,128,1536",
    "Sigmoid,128,1536",
    "Tanh,128,1536",
    "Erf,128,1536",
    "Softmax,128,1536",
    "HardSigmoid,128,1536"
  })
  String operator = "";

  private float[] x = {};
  private int[] shape = {};

  @SuppressWarnings("NullAway.Init") // by setUp
  private Session session;

  @SuppressWarnings("NullAway.Init") // by setUp
  private OrtSession reference;

  @SuppressWarnings("NullAway.Init") // by setUp
  private OnnxTensor pinnedInput;

  @SuppressWarnings("NullAway.Init") // by setUp
  private OnnxTensor pinnedOutput;

  /** Builds the model for both engines. */
  @Setup
  public void setUp() throws OrtException {
    String[] parts = operator.split(",", -1);
    int[] sizes = Arrays.stream(parts).skip(1).mapToInt(Integer::parseInt).toArray();
    Random random = new Random(1);
    List<TensorData> weights = new ArrayList<>();
    Node node;
    int rank = 2;
    if (parts[0].startsWith("Conv")) {
      boolean plane = sizes[2] > 0;
      boolean transposed = parts[0].equals("ConvTranspose");
      rank = plane ? 4 : 3;
      shape =
          plane
              ? new int[] {sizes[0], sizes[1], sizes[2], sizes[3]}
              : new int[] {sizes[0], sizes[1], sizes[3]};
      int first = transposed ? sizes[1] : sizes[4];
      int second = (transposed ? sizes[4] : sizes[1]) / sizes[9];
      weights.add(
          plane
              ? weights(random, "w", first, second, sizes[5], sizes[6])
              : weights(random, "w", first, second, sizes[6]));
      weights.add(weights(random, "b", sizes[4]));
      node =
          new Node(
              "node",
              parts[0],
              List.of("x", "w", "b"),
              List.of("y"),
              List.of(
                  Attribute.of("group", (long) sizes[9]),
                  Attribute.of("strides", repeated(sizes[7], rank - 2)),
                  Attribute.of("pads", repeated(sizes[8], 2 * (rank - 2)))));
    } else {
      shape = sizes;
      node = new Node("node", parts[0], List.of("x"), List.of("y"), List.of());
    }
    x = floats(random, Tensor.checkedSize(shape), 1);
    Graph graph =
        new Graph(
            "benchmark",
            List.of(node),
            List.of(new ValueInfo("x", Type.tensor(DataType.FLOAT, Shape.of(shape)))),
            List.of(new ValueInfo("y", Type.tensor(DataType.FLOAT, Shape.ofRank(rank)))),
            weights);
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    session = Session.compile(model);
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    reference = OrtEnvironment.getEnvironment().createSession(Onnx.toBytes(model), options);
    pinnedInput = tensor(x, Arrays.stream(shape).asLongStream().toArray());
    try (OrtSession.Result result = reference.run(Map.of("x", pinnedInput))) {
      OnnxTensor y = (OnnxTensor) result.get(0);
      pinnedOutput = tensor(y.getFloatBuffer().array(), y.getInfo().getShape());
    }
  }

  /** Releases what ONNX Runtime holds. */
  @TearDown
  public void tearDown() throws OrtException {
    pinnedInput.close();
    pinnedOutput.close();
    reference.close();
  }

  /** This library. */
  @Benchmark
  public Map<String, Value> ours() {
    return session.run(Map.of("x", Tensor.of(x, shape)));
  }

  /** ONNX Runtime as a user calls it. */
  @Benchmark
  public float[] onnxRuntime() throws OrtException {
    try (OnnxTensor tensor = tensor(x, Arrays.stream(shape).asLongStream().toArray());
        OrtSession.Result result = reference.run(Map.of("x", tensor))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  /** ONNX Runtime with its tensors reused. */
  @Benchmark
  public OnnxTensor onnxRuntimePinned() throws OrtException {
    reference.run(Map.of("x", pinnedInput), Map.of("y", pinnedOutput)).close();
    return pinnedOutput;
  }

  private static OnnxTensor tensor(float[] values, long[] dims) throws OrtException {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    buffer.put(values).rewind();
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), buffer, dims);
  }

  private static long[] repeated(int value, int count) {
    long[] values = new long[count];
    Arrays.fill(values, value);
    return values;
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
