package org.sardonyx.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** A model ready to run natively and in ONNX Runtime, each called as JMH wants it. */
final class BothEngines implements AutoCloseable {

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final Map<String, Tensor> inputs;
  private final Subject subject;
  private final SessionOptions options;
  private @Nullable Session session;
  private @Nullable Map<String, Tensor> given;
  private final OrtSession reference;
  private final Map<String, ByteBuffer> buffers;
  private final Map<String, OnnxTensor> pinnedInputs;
  private @Nullable Map<String, OnnxTensor> pinnedOutputs;

  BothEngines(Subject subject, SessionOptions options, int threads) throws OrtException {
    this.subject = subject;
    this.options = options;
    inputs = subject.inputs();
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(threads);
      settings.setInterOpNumThreads(1);
      reference = ENVIRONMENT.createSession(Onnx.toBytes(subject.model()), settings);
    }
    buffers = buffers();
    pinnedInputs = tensors(buffers());
  }

  /** Runs until this library's runs no longer become faster; returns whether they have settled. */
  boolean warmUp(Duration atMost) {
    return session().warmUp(inputs, atMost);
  }

  /** Only where ours is measured: loops that warm up disturb the other engine. */
  private Session session() {
    Session made = session;
    if (made == null) {
      made = Session.compile(subject.model(), options);
      session = made;
    }
    return made;
  }

  /** This library, as a user calls it: new tensors on arrays that are there, outputs new. */
  Map<String, Value> ours() {
    Map<String, Tensor> given = LinkedHashMap.newLinkedHashMap(inputs.size());
    inputs.forEach((name, value) ->
        given.put(name, Tensor.of(value.dataType(), value.array(), value.shape())));
    return session().run(given);
  }

  /** This library at its best: tensors made once, and outputs written into them. */
  Map<String, Tensor> into() {
    Map<String, Tensor> outputs = given;
    if (outputs == null) {
      outputs = new LinkedHashMap<>();
      for (Map.Entry<String, Value> output : session().run(inputs).entrySet()) {
        outputs.put(output.getKey(), ((Tensor) output.getValue()).copy());
      }
      given = outputs;
    }
    session().runInto(inputs, outputs);
    return outputs;
  }

  /**
   * ONNX Runtime as a user calls it who knows what memory costs: new tensors over buffers that are
   * there and filled anew, outputs copied. New direct buffers in each call, which many people make,
   * wait for pages of the system and the collector instead of the engine.
   */
  List<Object> user() throws OrtException {
    Map<String, OnnxTensor> given = tensors(buffers);
    try (OrtSession.Result result = reference.run(given)) {
      List<Object> outputs = new ArrayList<>(result.size());
      for (var output : result) {
        outputs.add(copy((OnnxTensor) output.getValue()));
      }
      return outputs;
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  /** ONNX Runtime at its best: tensors made once, outputs pinned. */
  Map<String, OnnxTensor> pinned() throws OrtException {
    Map<String, OnnxTensor> outputs = pinnedOutputs;
    if (outputs == null) {
      outputs = new LinkedHashMap<>();
      try (OrtSession.Result shapes = reference.run(pinnedInputs)) {
        for (Map.Entry<String, OnnxValue> output : shapes) {
          TensorInfo info = ((OnnxTensor) output.getValue()).getInfo();
          long bytes =
              info.type.size * Arrays.stream(info.getShape()).reduce(1, Math::multiplyExact);
          ByteBuffer buffer =
              ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
          outputs.put(
              output.getKey(),
              OnnxTensor.createTensor(ENVIRONMENT, buffer, info.getShape(), info.type));
        }
      }
      pinnedOutputs = outputs;
    }
    try (OrtSession.Result result = reference.run(pinnedInputs, Set.of(), outputs)) {
      if (result.size() != outputs.size()) {
        throw new IllegalStateException("outputs are missing");
      }
      return outputs;
    }
  }

  @Override
  public void close() throws OrtException {
    pinnedInputs.values().forEach(OnnxTensor::close);
    if (pinnedOutputs != null) {
      pinnedOutputs.values().forEach(OnnxTensor::close);
    }
    reference.close();
  }

  private Map<String, ByteBuffer> buffers() {
    Map<String, ByteBuffer> made = LinkedHashMap.newLinkedHashMap(inputs.size());
    inputs.forEach((name, value) -> {
      int bytes = type(value).size * value.size();
      made.put(name, ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
    });
    return made;
  }

  /** Fills buffers with the inputs and makes tensors of them. */
  private Map<String, OnnxTensor> tensors(Map<String, ByteBuffer> filled) throws OrtException {
    Map<String, OnnxTensor> tensors = LinkedHashMap.newLinkedHashMap(filled.size());
    for (Map.Entry<String, ByteBuffer> entry : filled.entrySet()) {
      Tensor tensor = Objects.requireNonNull(inputs.get(entry.getKey()));
      ByteBuffer buffer = entry.getValue();
      switch (tensor.array()) {
        case float[] array -> buffer.asFloatBuffer().put(array);
        case double[] array -> buffer.asDoubleBuffer().put(array);
        case int[] array -> buffer.asIntBuffer().put(array);
        case long[] array -> buffer.asLongBuffer().put(array);
        case short[] array -> buffer.asShortBuffer().put(array);
        case byte[] array -> buffer.put(array).rewind();
        default -> throw new IllegalArgumentException(tensor.type().spec());
      }
      long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
      tensors.put(
          entry.getKey(), OnnxTensor.createTensor(ENVIRONMENT, buffer, shape, type(tensor)));
    }
    return tensors;
  }

  private static OnnxJavaType type(Tensor tensor) {
    return switch (tensor.dataType()) {
      case FLOAT -> OnnxJavaType.FLOAT;
      case DOUBLE -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      default -> throw new IllegalArgumentException(tensor.type().spec());
    };
  }

  /** Returns the elements as an array on the heap, which is what users ask for. */
  private static Object copy(OnnxTensor tensor) {
    Buffer buffer =
        switch (tensor.getInfo().type) {
          case FLOAT -> tensor.getFloatBuffer();
          case DOUBLE -> tensor.getDoubleBuffer();
          case INT32 -> tensor.getIntBuffer();
          case INT64 -> tensor.getLongBuffer();
          default -> tensor.getByteBuffer();
        };
    return buffer == null || !buffer.hasArray() ? String.valueOf(buffer) : buffer.array();
  }
}
