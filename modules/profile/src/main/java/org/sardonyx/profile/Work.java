package org.sardonyx.profile;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.runtime.Place;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * What a node has to do, by the formula of its operator, however it is done: floating-point
 * operations, of which a multiplication and an addition are two, and bytes of its inputs and
 * outputs. The one place of these formulas.
 */
final class Work {

  private static final int[] NONE = {};

  private Work() {}

  /**
   * Returns the operations of one call; 0 where nothing is computed, as in layout, or the operator
   * has no formula here.
   */
  static double flops(Place place, @Nullable Value[] inputs, @Nullable Value[] outputs) {
    String operator = place.operator();
    double flops = 0;
    int begin = 0;
    int dash = operator.lastIndexOf('-');
    String names = dash < 0 ? operator : operator.substring(0, dash);
    names = names.substring(names.lastIndexOf(':') + 1);
    double size = size(shape(null, outputs.length == 0 ? null : outputs[0]));
    while (begin <= names.length()) {
      int plus = names.indexOf('+', begin);
      String name = names.substring(begin, plus < 0 ? names.length() : plus);
      flops += flops(name, place, inputs, size);
      begin = plus < 0 ? names.length() + 1 : plus + 1;
    }
    return flops;
  }

  private static double flops(String name, Place place, @Nullable Value[] inputs, double size) {
    return switch (name) {
      case "MatMul",
          "MatMulInteger",
          "QLinearMatMul",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "Gemm",
          "FusedMatMul",
          "FusedGemm",
          "MatMulNBits" ->
          2 * size * depth(place, inputs);
      case "Conv", "FusedConv", "ConvInteger" -> 2 * size * perFeature(shape(place, inputs, 1));
      case "QLinearConv" -> 2 * size * perFeature(shape(place, inputs, 3));
      case "ConvTranspose" ->
          2 * size(shape(place, inputs, 0)) * perFeature(shape(place, inputs, 1));
      case "LSTM", "GRU", "RNN", "DynamicQuantizeLSTM" -> {
        int[] x = shape(place, inputs, 0);
        double weights = size(shape(place, inputs, 1)) + size(shape(place, inputs, 2));
        yield x.length == 3 ? 2.0 * x[0] * x[1] * weights : 0;
      }
      case "Attention", "MultiHeadAttention", "GroupQueryAttention" -> {
        int[] q = shape(place, inputs, 0);
        int[] k = shape(place, inputs, 1);
        // Keys of an earlier call, which only the outputs would show, are not counted.
        yield q.length == k.length && k.length >= 3 ? 2 * (size(q) + size) * k[k.length - 2] : 0;
      }
      case "Softmax", "LogSoftmax" -> 5 * size;
      case "LayerNormalization",
          "SkipLayerNormalization",
          "RMSNormalization",
          "SimplifiedLayerNormalization",
          "InstanceNormalization",
          "GroupNormalization" ->
          8 * size;
      case "BatchNormalization" -> 2 * size;
      case "ReduceSum",
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceL1",
          "ReduceL2",
          "ReduceProd",
          "ReduceSumSquare",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "CumSum" ->
          size(shape(place, inputs, 0));
      case "Abs",
          "Add",
          "Ceil",
          "Clip",
          "Cos",
          "Div",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Sigmoid",
          "Sin",
          "Softplus",
          "Sqrt",
          "Sub",
          "Sum",
          "Swish",
          "Tanh" ->
          size;
      default -> 0;
    };
  }

  /** Returns the bytes of what a call reads and writes, packed constants among it. */
  static long bytes(Place place, @Nullable Value[] inputs, @Nullable Value[] outputs) {
    long bytes = 0;
    for (int i = 0; i < inputs.length; i++) {
      bytes += inputs[i] == null ? typeBytes(constant(place, i)) : bytes(inputs[i]);
    }
    for (Value output : outputs) {
      bytes += bytes(output);
    }
    return bytes;
  }

  /** Returns how many products make an element: the dimension that a product sums over. */
  private static double depth(Place place, @Nullable Value[] inputs) {
    int[] a = shape(place, inputs, 0);
    int back = isSet(place, "transA") && a.length > 1 ? 2 : 1;
    return a.length == 0 ? 0 : a[a.length - back];
  }

  private static boolean isSet(Place place, String attribute) {
    Attribute found = place.node().attribute(attribute);
    return found != null && found.value() instanceof Attribute.OfInt(long value) && value != 0;
  }

  private static double perFeature(int[] weights) {
    return weights.length == 0 || weights[0] == 0 ? 0 : size(weights) / weights[0];
  }

  private static @Nullable Type constant(Place place, int input) {
    return input < place.constants().size() ? place.constants().get(input) : null;
  }

  private static int[] shape(Place place, @Nullable Value[] inputs, int input) {
    return input < inputs.length ? shape(constant(place, input), inputs[input]) : NONE;
  }

  private static int[] shape(@Nullable Type type, @Nullable Value value) {
    if (value instanceof Tensor tensor) {
      return tensor.shape();
    }
    return type instanceof Type.OfTensor(DataType _, var shape) && shape.hasRank()
        ? shape.dims().stream()
            .mapToInt(dim -> dim instanceof Dim.Known(long size) ? (int) size : 0)
            .toArray()
        : NONE;
  }

  private static double size(int[] shape) {
    return Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
  }

  private static long typeBytes(@Nullable Type type) {
    return type instanceof Type.OfTensor(DataType dataType, var _)
        ? dataType.byteSize((long) size(shape(type, null)))
        : 0;
  }

  private static long bytes(@Nullable Value value) {
    return switch (value) {
      case null -> 0;
      case Tensor tensor ->
          tensor.dataType() == DataType.STRING ? 0 : tensor.dataType().byteSize(tensor.size());
      case SparseTensor sparse -> bytes(sparse.values()) + bytes(sparse.indices());
      case OptionalValue(var _, Value inner) -> bytes(inner);
      case MapValue(Tensor keys, SequenceValue values) -> bytes(keys) + bytes(values);
      case SequenceValue(var _, var elements) -> elements.stream().mapToLong(Work::bytes).sum();
    };
  }
}
