package org.sardonyx.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;
import org.sardonyx.type.Type;

/**
 * Operators that have no row elsewhere, each alone, of some 200,000 elements: {@code operator}, or
 * {@code operator-what}.
 */
public class OperatorBenchmark extends EngineBenchmark {

  private static final String X = "float[128,1536] x";
  private static final String PLANES = "float[1,64,56,56] x";

  @Param({
    "Add",
    "Add-row",
    "Add-int64",
    "Add-float16",
    "Add-double-row",
    "Exp-float16",
    "Exp-double",
    "Clip-double",
    "Mul-column",
    "Div-number",
    "Max",
    "Sqrt",
    "Exp",
    "Pow",
    "Sin",
    "Clip",
    "LeakyRelu",
    "Elu",
    "HardSwish",
    "Less",
    "Where",
    "Not",
    "Cast-int64",
    "Cast-float16",
    "QuantizeLinear",
    "DequantizeLinear",
    "Cast-bytes",
    "Cast-uint8",
    "DynamicQuantizeLinear",
    "MatMulInteger",
    "QLinearMatMul",
    "QLinearConv",
    "ReduceSum-first",
    "ReduceSum-last",
    "ReduceMean-middle",
    "ReduceMax-last",
    "ReduceSum-double",
    "ReduceSum-float16",
    "ArgMax",
    "ArgMax-first",
    "Softmax-first",
    "Softmax-short",
    "LogSoftmax",
    "CumSum-first",
    "TopK",
    "Transpose-021",
    "Transpose-0213",
    "Transpose-0231",
    "Transpose-uint8",
    "Tile-short",
    "Concat-last",
    "Slice-last",
    "Gather",
    "GatherElements",
    "Pad",
    "MaxPool-2",
    "MaxPool-3",
    "AveragePool-3",
    "InstanceNormalization",
    "MeanVarianceNormalization",
    "RotaryEmbedding",
    "Resize-nearest",
    "Resize-linear",
    "MatMul-inputs"
  })
  String row = "";

  /** Returns all rows. */
  static String[] rows() {
    try {
      return OperatorBenchmark.class.getDeclaredField("row").getAnnotation(Param.class).value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  Subject subject() {
    Model model =
        OnnxText.parse(
            "<ir_version: 9, opset_import: [\"\" : %d]>\noperator %s"
                .formatted(version(row), text(row)));
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor type) {
        inputs.put(input.name(), random(inputs.size(), type, input.name().equals("p")));
      }
    }
    return new Subject(model, inputs);
  }

  /** Floats are normal, or their absolute values, integers from 0 to 99. */
  private static Tensor random(int seed, Type.OfTensor type, boolean isPositive) {
    int[] shape = Arrays.stream(type.shape().sizes()).mapToInt(Math::toIntExact).toArray();
    if (type.elementType() == DataType.FLOAT) {
      Tensor tensor = Subject.normal(seed, 1, shape);
      float[] elements = tensor.floats();
      for (int i = 0; isPositive && i < elements.length; i++) {
        elements[i] = Math.abs(elements[i]);
      }
      return tensor;
    }
    Random random = new Random(seed);
    Tensor tensor = Tensor.zeros(type.elementType(), shape);
    for (int i = 0; i < tensor.size(); i++) {
      if (type.elementType().isFloat()) {
        tensor.setDouble(i, random.nextGaussian());
      } else {
        tensor.setLong(i, random.nextInt(type.elementType() == DataType.BOOL ? 2 : 100));
      }
    }
    return tensor;
  }

  /** Of a version of ONNX that has it. */
  private static long version(String row) {
    return row.startsWith("Rotary") ? 23 : 20;
  }

  private static String text(String row) {
    String operator = row.replaceFirst("-.*", "");
    String floats = "float[a,b]";
    String planes = "float[a,b,c,d]";
    return switch (row) {
      case "Add", "Max" -> one(X + ", float[128,1536] z", floats, "", operator + "(x, z)");
      case "Less" -> one(X + ", float[128,1536] z", "bool[a,b]", "", "Less(x, z)");
      case "Add-row" -> one(X + ", float[1536] z", floats, "", "Add(x, z)");
      case "Mul-column" -> one(X + ", float[128,1] z", floats, "", "Mul(x, z)");
      case "Div-number" -> one(X, floats, "float z = {3}", "Div(x, z)");
      case "Add-int64" ->
          one("int64[128,1536] x, int64[128,1536] z", "int64[a,b]", "", "Add(x, z)");
      case "Pow" -> one("float[128,1536] p", floats, "float e = {1.7}", "Pow(p, e)");
      case "Sqrt" -> one("float[128,1536] p", floats, "", "Sqrt(p)");
      case "Clip" -> one(X, floats, "float l = {-1}, float g = {1}", "Clip(x, l, g)");
      case "Where" ->
          one("bool[128,1536] c, " + X + ", float[128,1536] z", floats, "", "Where(c, x, z)");
      case "Not" -> one("bool[128,1536] c", "bool[a,b]", "", "Not(c)");
      case "Cast-int64" -> one(X, "int64[a,b]", "", "Cast<to = 7>(x)");
      case "Cast-float16" -> one(X, floats, "", "Cast<to = 1>(h)", "h = Cast<to = 10>(x)");
      case "QuantizeLinear" ->
          one(X, "uint8[a,b]", "float s = {0.05}, uint8 o = {128}", "QuantizeLinear(x, s, o)");
      case "DequantizeLinear" ->
          one(
              "uint8[128,1536] x",
              floats,
              "float s = {0.05}, uint8 o = {128}",
              "DequantizeLinear(x, s, o)");
      case "Cast-bytes" -> one("uint8[128,1536] x", floats, "", "Cast<to = 1>(x)");
      case "Cast-uint8" -> one("float[128,1536] p", "uint8[a,b]", "", "Cast<to = 2>(p)");
      case "DynamicQuantizeLinear" ->
          "(" + X + ") => (uint8[a,b] y) {\n  y, s, o = DynamicQuantizeLinear(x)\n}\n";
      case "MatMulInteger" ->
          one("uint8[22,384] x, int8[384,1536] z", "int32[a,b]", "", "MatMulInteger(x, z)");
      case "QLinearMatMul" ->
          one(
              "uint8[128,384] x, int8[384,384] z",
              "uint8[a,b]",
              "float s = {0.05}, uint8 o = {50}, int8 p = {3}, float t = {90}",
              "QLinearMatMul(x, s, o, z, s, p, t, o)");
      case "QLinearConv" ->
          one(
              "uint8[1,64,28,28] x, int8[64,64,3,3] z",
              "uint8[a,b,c,d]",
              "float s = {0.05}, uint8 o = {50}, int8 p = {3}, float t = {90}",
              "QLinearConv<pads = [1,1,1,1]>(x, s, o, z, s, p, t, o)");
      case "ReduceSum-first" -> one(X, floats, "int64[1] axes = {0}", "ReduceSum(x, axes)");
      case "ReduceSum-last" -> one(X, floats, "int64[1] axes = {1}", "ReduceSum(x, axes)");
      case "ReduceMax-last" -> one(X, floats, "int64[1] axes = {1}", "ReduceMax(x, axes)");
      case "ReduceMean-middle" ->
          one("float[16,32,384] x", "float[a,b,c]", "int64[1] axes = {1}", "ReduceMean(x, axes)");
      case "Add-float16" ->
          one("float16[128,1536] x, float16[128,1536] z", "float16[a,b]", "", "Add(x, z)");
      case "Add-double-row" ->
          one("double[128,1536] x, double[1536] z", "double[a,b]", "", "Add(x, z)");
      case "Exp-float16" -> one("float16[128,1536] x", "float16[a,b]", "", "Exp(x)");
      case "Exp-double" -> one("double[128,1536] x", "double[a,b]", "", "Exp(x)");
      case "Clip-double" ->
          one(
              "double[128,1536] x",
              "double[a,b]",
              "double l = {0.5}, double g = {9.0}",
              "Clip(x, l, g)");
      case "ReduceSum-double", "ReduceSum-float16" -> {
        String type = row.replaceFirst(".*-", "");
        yield one(
            type + "[128,1536] x", type + "[a,b]", "int64[1] axes = {1}", "ReduceSum(x, axes)");
      }
      case "ArgMax-first" -> one(X, "int64[a,b]", "", "ArgMax<axis = 0>(x)");
      case "Softmax-short" -> one("float[20000,10] x", floats, "", "Softmax<axis = 1>(x)");
      case "Transpose-uint8" ->
          one("uint8[512,384] x", "uint8[a,b]", "", "Transpose<perm = [1,0]>(x)");
      case "Tile-short" -> one("float[64,3] x", floats, "int64[2] n = {2,512}", "Tile(x, n)");
      case "RotaryEmbedding" ->
          one(
              "float[1,12,256,64] x, float[1,256,32] z, float[1,256,32] s",
              planes,
              "",
              "RotaryEmbedding(x, z, s)");
      case "MeanVarianceNormalization" -> one(PLANES, planes, "", operator + "(x)");
      case "ArgMax" -> one(X, "int64[a,b]", "", "ArgMax<axis = 1>(x)");
      case "Softmax-first" -> one(X, floats, "", "Softmax<axis = 0>(x)");
      case "CumSum-first" -> one(X, floats, "int64 axis = {0}", "CumSum(x, axis)");
      case "TopK" ->
          "(" + X + ") => (float[a,b] y) <int64[1] k = {10}> {\n  y, i = TopK(x, k)\n}\n";
      case "Transpose-021" ->
          one("float[8,64,384] x", "float[a,b,c]", "", "Transpose<perm = [0,2,1]>(x)");
      case "Transpose-0213" ->
          one("float[1,128,12,128] x", planes, "", "Transpose<perm = [0,2,1,3]>(x)");
      case "Transpose-0231" -> one(PLANES, planes, "", "Transpose<perm = [0,2,3,1]>(x)");
      case "Concat-last" -> one(X + ", float[128,1536] z", floats, "", "Concat<axis = 1>(x, z)");
      case "Slice-last" ->
          one(
              X,
              floats,
              "int64[1] from = {10}, int64[1] to = {1000}, int64[1] axes = {1}",
              "Slice(x, from, to, axes)");
      case "Gather" -> one("float[1000,384] x, int64[512] i", floats, "", "Gather<axis = 0>(x, i)");
      case "GatherElements" ->
          one(X + ", int64[128,400] i", floats, "", "GatherElements<axis = 1>(x, i)");
      case "Pad" -> one(PLANES, planes, "int64[8] pads = {0,0,1,1,0,0,1,1}", "Pad(x, pads)");
      case "MaxPool-2" ->
          one(PLANES, planes, "", "MaxPool<kernel_shape = [2,2], strides = [2,2]>(x)");
      case "MaxPool-3", "AveragePool-3" ->
          one(
              PLANES,
              planes,
              "",
              operator + "<kernel_shape = [3,3], strides = [2,2], pads = [1,1,1,1]>(x)");
      case "InstanceNormalization" ->
          one(PLANES + ", float[64] s, float[64] b", planes, "", operator + "(x, s, b)");
      case "Resize-nearest" ->
          one(
              "float[1,64,28,28] x",
              planes,
              "float[4] scales = {1,1,2,2}",
              "Resize<mode = \"nearest\", nearest_mode = \"floor\", "
                  + "coordinate_transformation_mode = \"asymmetric\">(x, , scales)");
      case "Resize-linear" ->
          one(
              "float[1,64,28,28] x",
              planes,
              "float[4] scales = {1,1,2,2}",
              "Resize<mode = \"linear\">(x, , scales)");
      case "MatMul-inputs" -> one("float[128,384] x, float[384,384] z", floats, "", "MatMul(x, z)");
      default -> one(X, floats, "", operator + "(x)");
    };
  }

  private static String one(
      String inputs, String output, String constants, String node, String... before) {
    return "(%s) => (%s y) <%s> {\n  %s\n  y = %s\n}\n"
        .formatted(inputs, output, constants, String.join("\n  ", before), node);
  }
}
