package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

/** A model of one node with constant weights in both engines, one thread each. */
final class Layer implements AutoCloseable {

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final float[] x;
  private final int[] shape;
  private final Session session;
  private final OrtSession reference;
  private final Map<String, OnnxTensor> pinnedInputs;
  private final Map<String, OnnxTensor> pinnedOutputs;

  private Layer(int[] shape, int[] yShape, Node node, List<TensorData> weights, Random random)
      throws OrtException {
    this.shape = shape;
    this.x = floats(random, Tensor.checkedSize(shape), 1);
    Graph graph =
        new Graph(
            "benchmark",
            List.of(node),
            List.of(new ValueInfo("x", Type.tensor(DataType.FLOAT, Shape.of(shape)))),
            List.of(new ValueInfo("Y", Type.tensor(DataType.FLOAT, Shape.of(yShape)))),
            weights);
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    session = Session.compile(model);
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    reference = ENVIRONMENT.createSession(Onnx.toBytes(model), options);
    pinnedInputs = Map.of("x", tensor(direct(x), shape));
    FloatBuffer y = direct(new float[Tensor.checkedSize(yShape)]);
    pinnedOutputs = Map.of("Y", tensor(y, yShape));
  }

  /**
   * Makes a layer.
   *
   * @param text {@code MatMul|Gemm:m:k:n} or {@code LSTM|GRU|RNN:time:batch:input:hidden[:lbr]},
   *     where lbr is linear_before_reset
   */
  static Layer of(String text) throws OrtException {
    String[] parts = text.split(":", -1);
    return switch (parts[0]) {
      case "MatMul", "Gemm" -> product(parts);
      default -> recurrent(parts);
    };
  }

  private static Layer recurrent(String[] parts) throws OrtException {
    int gates =
        switch (parts[0]) {
          case "LSTM" -> 4;
          case "GRU" -> 3;
          default -> 1;
        };
    int time = Integer.parseInt(parts[1]);
    int batch = Integer.parseInt(parts[2]);
    int input = Integer.parseInt(parts[3]);
    int hidden = Integer.parseInt(parts[4]);
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("hidden_size", (long) hidden));
    if (parts.length > 5) {
      attributes.add(Attribute.of("linear_before_reset", 1L));
    }
    Random random = new Random(1);
    return new Layer(
        new int[] {time, batch, input},
        new int[] {time, 1, batch, hidden},
        new Node("layer", parts[0], List.of("x", "W", "R", "B"), List.of("Y"), attributes),
        List.of(
            weights(random, "W", 1, gates * hidden, input),
            weights(random, "R", 1, gates * hidden, hidden),
            weights(random, "B", 1, 2 * gates * hidden)),
        random);
  }

  private static Layer product(String[] parts) throws OrtException {
    int m = Integer.parseInt(parts[1]);
    int k = Integer.parseInt(parts[2]);
    int n = Integer.parseInt(parts[3]);
    Random random = new Random(1);
    boolean general = parts[0].equals("Gemm");
    TensorData w = weights(random, "W", k, n);
    return new Layer(
        new int[] {m, k},
        new int[] {m, n},
        new Node(
            "product",
            parts[0],
            general ? List.of("x", "W", "C") : List.of("x", "W"),
            List.of("Y"),
            List.of()),
        general ? List.of(w, weights(random, "C", n)) : List.of(w),
        random);
  }

  /** This library, as a user calls it. */
  Map<String, Value> ours() {
    return session.run(Map.of("x", Tensor.of(x, shape)));
  }

  /** ONNX Runtime as a user calls it: new tensors, outputs copied. */
  float[] user() throws OrtException {
    try (OnnxTensor tensor = tensor(direct(x), shape);
        OrtSession.Result result = reference.run(Map.of("x", tensor))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  /** ONNX Runtime at its best: tensors made once, outputs pinned. */
  Map<String, OnnxTensor> pinned() throws OrtException {
    try (OrtSession.Result result = reference.run(pinnedInputs, Set.of(), pinnedOutputs)) {
      if (result.size() != pinnedOutputs.size()) {
        throw new IllegalStateException("outputs are missing");
      }
      return pinnedOutputs;
    }
  }

  @Override
  public void close() throws OrtException {
    pinnedInputs.values().forEach(OnnxTensor::close);
    pinnedOutputs.values().forEach(OnnxTensor::close);
    reference.close();
  }

  private static OnnxTensor tensor(FloatBuffer data, int[] shape) throws OrtException {
    long[] dims = new long[shape.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape[i];
    }
    return OnnxTensor.createTensor(ENVIRONMENT, data, dims);
  }

  private static FloatBuffer direct(float[] data) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * data.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    return buffer.put(data).rewind();
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
