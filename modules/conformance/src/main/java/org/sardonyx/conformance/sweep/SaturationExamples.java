package org.sardonyx.conformance.sweep;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/** Products of uint8 and int8 whose pairs do not fit into 16 bits: 255 * 127 over and over. */
final class SaturationExamples {

  private static final Tensor ONE = Tensor.scalar(1f);
  private static final Tensor LARGE = Tensor.scalar(8192f);
  private static final Tensor UNSIGNED_ZERO = Tensor.fromLongs(DataType.UINT8, new long[] {0});
  private static final Tensor SIGNED_ZERO = Tensor.fromLongs(DataType.INT8, new long[] {0});

  private SaturationExamples() {}

  static Case of(String operator) {
    // Whole rows and columns, as kernels like them.
    Tensor a = filled(DataType.UINT8, 255, 4, 32);
    Tensor b = filled(DataType.INT8, 127, 32, 16);
    String name = operator.substring(operator.lastIndexOf('.') + 1);
    return switch (name) {
      case "MatMulInteger" ->
          Case.of(name, 10).input("A", a).input("B", b).output("Y", DataType.INT32).build(name);
      case "QLinearMatMul" ->
          parameters(Case.of(name, 10), "a", a, UNSIGNED_ZERO, "b", b, SIGNED_ZERO)
              .input("y_scale", LARGE)
              .input("y_zero_point", UNSIGNED_ZERO)
              .output("y", DataType.UINT8)
              .build(name);
      case "QGemm" ->
          parameters(Case.of("com.microsoft", name, 1), "A", a, UNSIGNED_ZERO, "B", b, SIGNED_ZERO)
              .noInput()
              .input("y_scale", LARGE)
              .input("y_zero_point", UNSIGNED_ZERO)
              .output("Y", DataType.UINT8)
              .build(name);
      case "MatMulIntegerToFloat" ->
          Case.of("com.microsoft", name, 1)
              .input("A", a)
              .input("B", b)
              .input("a_scale", ONE)
              .input("b_scale", ONE)
              .output("Y", DataType.FLOAT)
              .build(name);
      case "DynamicQuantizeMatMul" ->
          Case.of("com.microsoft", name, 1)
              .input("A", filled(DataType.FLOAT, 255, 4, 32))
              .input("B", b)
              .input("b_scale", ONE)
              .output("Y", DataType.FLOAT)
              .build(name);
      case "ConvInteger" ->
          Case.of(name, 10)
              .input("x", filled(DataType.INT8, 127, 1, 3, 4, 4))
              .input("w", filled(DataType.UINT8, 255, 4, 3, 2, 2))
              .output("y", DataType.INT32)
              .build(name);
      case "QLinearConv" ->
          parameters(
                  Case.of(name, 10),
                  "x",
                  filled(DataType.UINT8, 255, 1, 3, 4, 4),
                  UNSIGNED_ZERO,
                  "w",
                  filled(DataType.INT8, 127, 4, 3, 2, 2),
                  SIGNED_ZERO)
              .input("y_scale", LARGE)
              .input("y_zero_point", UNSIGNED_ZERO)
              .output("y", DataType.UINT8)
              .build(name);
      default -> throw new IllegalStateException("there is no example for " + operator);
    };
  }

  /** A product between DequantizeLinear and QuantizeLinear. */
  static Case between(String operator) {
    boolean conv = operator.equals("Conv");
    Tensor x = conv ? filled(DataType.UINT8, 255, 1, 3, 4, 4) : filled(DataType.UINT8, 255, 4, 32);
    Tensor w = conv ? filled(DataType.INT8, 127, 4, 3, 2, 2) : filled(DataType.INT8, 127, 32, 16);
    Graph graph =
        new Graph(
            "quantized",
            List.of(
                node("DequantizeLinear", "a", "x", "one", "unsigned"),
                node("DequantizeLinear", "b", "w", "one", "signed"),
                node(operator, "product", "a", "b"),
                node("QuantizeLinear", "y", "product", "large", "unsigned")),
            List.of(new ValueInfo("x", x.type())),
            List.of(new ValueInfo("y", Type.tensor(DataType.UINT8))),
            List.of(
                TensorData.of("w", w),
                TensorData.of("one", ONE),
                TensorData.of("large", LARGE),
                TensorData.of("unsigned", UNSIGNED_ZERO),
                TensorData.of("signed", SIGNED_ZERO)));
    return new Case(
        operator, new Model(8, List.of(new OpsetImport("", 13)), graph), Map.of("x", x));
  }

  private static Node node(String operator, String output, String... inputs) {
    return new Node("", operator, List.of(inputs), List.of(output), List.of());
  }

  private static Case.Builder parameters(
      Case.Builder builder, String a, Tensor left, Tensor zero, String b, Tensor right, Tensor z) {
    return builder
        .input(a, left)
        .constant(a + "_scale", ONE)
        .constant(a + "_zero_point", zero)
        .constant(b, right)
        .constant(b + "_scale", ONE)
        .constant(b + "_zero_point", z);
  }

  private static Tensor filled(DataType type, int value, int... shape) {
    long[] values = new long[Tensor.checkedSize(shape)];
    Arrays.fill(values, value);
    return type.isFloat()
        ? Tensor.fromDoubles(type, Arrays.stream(values).asDoubleStream().toArray(), shape)
        : Tensor.fromLongs(type, values, shape);
  }
}
