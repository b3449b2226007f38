package org.sardonyx.oracle;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/**
 * ONNX Runtime through its Java API, in this process: a crash of its native code ends the JVM, so
 * use {@link ProcessEngine#onnxRuntime}.
 */
final class OnnxRuntimeEngine implements Engine {

  private final OrtEnvironment environment =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);

  private OnnxRuntimeEngine() {}

  /** Serves ONNX Runtime to another process. */
  public static void main(String[] arguments) throws IOException {
    EngineServer.serve(new OnnxRuntimeEngine());
  }

  @Override
  public String name() {
    return "onnxruntime " + environment.getVersion();
  }

  @Override
  public Loaded load(Path model, Options options) throws EngineFailed {
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.threads());
      settings.setInterOpNumThreads(1);
      settings.setOptimizationLevel(
          switch (options.optimization()) {
            case NONE -> OrtSession.SessionOptions.OptLevel.NO_OPT;
            case BASIC -> OrtSession.SessionOptions.OptLevel.BASIC_OPT;
            case EXTENDED -> OrtSession.SessionOptions.OptLevel.EXTENDED_OPT;
            case ALL -> OrtSession.SessionOptions.OptLevel.ALL_OPT;
          });
      return new Model(environment.createSession(model.toString(), settings));
    } catch (OrtException e) {
      throw new EngineFailed(EngineFailed.Kind.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {}

  private final class Model implements Loaded {
    private final OrtSession session;

    Model(OrtSession session) {
      this.session = session;
    }

    @Override
    public List<String> inputs() {
      return List.copyOf(session.getInputNames());
    }

    @Override
    public List<String> outputs() {
      return new ArrayList<>(session.getOutputNames());
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) throws EngineFailed {
      Map<String, OnnxTensor> given = Map.of();
      try {
        given = toOrt(inputs);
        try (OrtSession.Result result = session.run(given)) {
          Map<String, NodeInfo> declared = session.getOutputInfo();
          Map<String, Value> outputs = new LinkedHashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            if (!declared.containsKey(output.getKey())) {
              throw new EngineFailed(
                  EngineFailed.Kind.FAILED, "undeclared output " + output.getKey());
            }
            outputs.put(output.getKey(), fromOrt(output.getValue()));
          }
          return outputs;
        }
      } catch (OrtException e) {
        throw new EngineFailed(EngineFailed.Kind.FAILED, String.valueOf(e.getMessage()));
      } finally {
        given.values().forEach(OnnxTensor::close);
      }
    }

    @Override
    public long[] time(Map<String, Value> inputs, Timing how) throws EngineFailed {
      try {
        return new OnnxRuntimeTiming(OnnxRuntimeEngine.this, session, inputs, how).times();
      } catch (OrtException e) {
        throw new EngineFailed(EngineFailed.Kind.FAILED, String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void close() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Makes tensors of all values, or of none where one cannot be made. */
  Map<String, OnnxTensor> toOrt(Map<String, Value> values) throws OrtException, EngineFailed {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    boolean done = false;
    try {
      for (Map.Entry<String, Value> value : values.entrySet()) {
        tensors.put(value.getKey(), toOrt(value.getKey(), value.getValue()));
      }
      done = true;
      return tensors;
    } finally {
      if (!done) {
        tensors.values().forEach(OnnxTensor::close);
      }
    }
  }

  OnnxTensor toOrt(String name, Value value) throws OrtException, EngineFailed {
    Value held =
        value instanceof OptionalValue optional && optional.value() != null
            ? optional.value()
            : value;
    if (!(held instanceof Tensor tensor)) {
      throw new EngineFailed(
          EngineFailed.Kind.REFUSED,
          "its Java API takes no " + value.type().spec() + " as input (" + name + ")");
    }
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    if (tensor.dataType() == DataType.STRING) {
      return OnnxTensor.createTensor(environment, tensor.strings(), shape);
    }
    OnnxJavaType type =
        switch (tensor.dataType()) {
          case FLOAT -> OnnxJavaType.FLOAT;
          case DOUBLE -> OnnxJavaType.DOUBLE;
          case INT8 -> OnnxJavaType.INT8;
          case INT16 -> OnnxJavaType.INT16;
          case INT32 -> OnnxJavaType.INT32;
          case INT64 -> OnnxJavaType.INT64;
          case UINT8 -> OnnxJavaType.UINT8;
          case BOOL -> OnnxJavaType.BOOL;
          case FLOAT16 -> OnnxJavaType.FLOAT16;
          case BFLOAT16 -> OnnxJavaType.BFLOAT16;
          default ->
              throw new EngineFailed(
                  EngineFailed.Kind.REFUSED,
                  "its Java API takes no tensor("
                      + tensor.dataType().specName()
                      + ") as input ("
                      + name
                      + ")");
        };
    ByteBuffer buffer = ByteBuffer.allocateDirect(Wire.size(tensor)).order(ByteOrder.nativeOrder());
    Wire.put(tensor, buffer);
    return OnnxTensor.createTensor(environment, buffer, shape, type);
  }

  static Value fromOrt(OnnxValue value) throws OrtException, EngineFailed {
    return switch (value) {
      case OnnxTensor tensor -> fromOrt(tensor);
      case OnnxSequence sequence -> {
        List<Value> elements = new ArrayList<>();
        for (OnnxValue element : sequence.getValue()) {
          elements.add(fromOrt(element));
          element.close();
        }
        Type type =
            elements.isEmpty()
                ? Type.tensor(DataType.FLOAT)
                : elements.getFirst() instanceof Tensor first
                    ? Type.tensor(first.dataType())
                    : elements.getFirst().type();
        yield new SequenceValue(type, elements);
      }
      case OnnxMap map -> fromOrt(map.getValue());
      default ->
          throw new EngineFailed(
              EngineFailed.Kind.REFUSED, "its Java API gives no " + value.getType() + " back");
    };
  }

  private static Tensor fromOrt(OnnxTensor tensor) throws OrtException, EngineFailed {
    TensorInfo info = tensor.getInfo();
    int[] shape = Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray();
    DataType type = type(info.onnxType);
    Tensor result = Tensor.zeros(type, shape);
    if (result.size() == 0) {
      return result;
    }
    if (type == DataType.STRING) {
      Object[] flat = flatten(tensor.getValue());
      for (int i = 0; i < flat.length; i++) {
        result.strings()[i] = (String) flat[i];
      }
      return result;
    }
    ByteBuffer bytes = tensor.getByteBuffer();
    if (bytes == null) {
      throw new EngineFailed(
          EngineFailed.Kind.REFUSED, "its Java API gives no tensor(" + type.specName() + ") back");
    }
    Wire.fill(result, bytes);
    return result;
  }

  /** The numbers of its enumeration are not those of the format; the names are. */
  private static DataType type(TensorInfo.OnnxTensorType type) throws EngineFailed {
    String name = type.name().substring("ONNX_TENSOR_ELEMENT_DATA_TYPE_".length());
    for (DataType candidate : DataType.values()) {
      if (candidate.name().equals(name)) {
        return candidate;
      }
    }
    throw new EngineFailed(EngineFailed.Kind.REFUSED, "its Java API knows no " + type);
  }

  private static Object[] flatten(Object nested) {
    if (!(nested instanceof Object[] array)) {
      return new Object[] {nested};
    }
    List<Object> flat = new ArrayList<>();
    for (Object element : array) {
      flat.addAll(Arrays.asList(flatten(element)));
    }
    return flat.toArray();
  }

  private static MapValue fromOrt(Map<?, ?> map) throws EngineFailed {
    List<Value> values = new ArrayList<>();
    List<Object> keys = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      keys.add(entry.getKey());
      values.add(
          switch (entry.getValue()) {
            case Float f -> Tensor.scalar(f);
            case Double d -> Tensor.of(new double[] {d});
            case Long l -> Tensor.scalar(l);
            case String s -> Tensor.of(new String[] {s});
            default ->
                throw new EngineFailed(
                    EngineFailed.Kind.REFUSED, "a map of " + entry.getValue().getClass());
          });
    }
    Tensor keyTensor =
        !keys.isEmpty() && keys.getFirst() instanceof String
            ? Tensor.of(keys.toArray(String[]::new), keys.size())
            : Tensor.vector(keys.stream().mapToLong(k -> (Long) k).toArray());
    Type type = values.isEmpty() ? Type.tensor(DataType.FLOAT) : values.getFirst().type();
    return new MapValue(keyTensor, new SequenceValue(type, values));
  }
}
