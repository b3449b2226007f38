package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/** Quantization. */
final class QuantizationChanges {

  private QuantizationChanges() {}

  static void add(Changes all) {
    all.since("DequantizeLinear", 10, QuantizationChanges::dequantize);
    all.change("DequantizeLinear", 13, Adapter.KEEP, QuantizationChanges::dequantizeDown);
    all.same("DequantizeLinear", 19, 21);
    all.change(
        "DequantizeLinear",
        23,
        Adapter.KEEP,
        // Kept where the output has the type of the scale, which then is what it says.
        rewrite -> rewrite.keep(rewrite.without("output_dtype")));
    all.types("DequantizeLinear", 24, 25);

    all.begins(10, "QuantizeLinear", "ConvInteger", "QLinearConv", "QLinearMatMul");
    all.change("QuantizeLinear", 13, Adapter.KEEP, QuantizationChanges::quantizeDown);
    all.change(
        "QuantizeLinear",
        19,
        QuantizationChanges::quantizeIntegers,
        // Saturation is of 8-bit floats, which are not there before.
        rewrite -> rewrite.keep(rewrite.without("saturate")));
    all.change("QuantizeLinear", 21, Adapter.KEEP, QuantizationChanges::zeroPoint);
    all.same("QuantizeLinear", 23);
    all.types("QuantizeLinear", 24, 25);
    all.types("QLinearMatMul", 21);
    all.since("MatMulInteger", 10, QuantizationChanges::matMulInteger);
    all.since("DynamicQuantizeLinear", 11, QuantizationChanges::dynamic);
  }

  private static Attribute to(DataType type) {
    return Attribute.of("to", (long) type.code());
  }

  private static void dequantizeDown(Rewrite rewrite) {
    Shape scale = rewrite.shape(1);
    if (scale.hasRank() && scale.rank() == 0) {
      rewrite.keep(rewrite.without("axis"));
    } else {
      dequantize(rewrite);
    }
  }

  /** (x - zero point) in integers, then times the scale, for each index of the axis. */
  private static void dequantize(Rewrite rewrite) {
    String x = rewrite.in(0);
    String difference = x;
    if (rewrite.has(2)) {
      String point = along(rewrite, rewrite.op("Cast", rewrite.in(2), to(DataType.INT32)));
      difference = rewrite.op("Sub", List.of(rewrite.op("Cast", x, to(DataType.INT32)), point));
    }
    String real = rewrite.op("Cast", difference, to(DataType.FLOAT));
    rewrite.last("Mul", List.of(real, along(rewrite, rewrite.in(1))));
  }

  /** Returns a value of one element for each index of the axis, to be laid over the input. */
  private static String along(Rewrite rewrite, String value) {
    Shape scale = rewrite.shape(1);
    if (!scale.hasRank()) {
      throw rewrite.refuse("the shape of the scale is not known");
    }
    if (scale.rank() == 0) {
      return value;
    }
    int rank = rewrite.rank(0);
    long axis = Axes.normal(rewrite, rewrite.integer("axis", 1));
    if (rank == 1) {
      axis = 0;
    }
    long[] behind = LongStream.range(1, rank - axis).toArray();
    return behind.length == 0
        ? value
        : rewrite.op("Unsqueeze", value, Attribute.of("axes", behind));
  }

  private static void quantizeDown(Rewrite rewrite) {
    Shape scale = rewrite.shape(1);
    if (scale.hasRank() && scale.rank() == 0) {
      rewrite.keep(rewrite.without("axis"));
      return;
    }
    DataType type = rewrite.has(2) ? rewrite.element(2) : DataType.UINT8;
    String x = rewrite.in(0);
    if (rewrite.element(0) != DataType.FLOAT) {
      x = rewrite.op("Cast", x, to(DataType.FLOAT));
    }
    String steps = rewrite.op("Div", List.of(x, along(rewrite, rewrite.in(1))));
    String whole = rewrite.op("Round", steps);
    if (rewrite.has(2)) {
      String point = rewrite.op("Cast", rewrite.in(2), to(DataType.FLOAT));
      whole = rewrite.op("Add", List.of(whole, along(rewrite, point)));
    }
    boolean signed = type == DataType.INT8;
    String low = rewrite.scalar(DataType.FLOAT, signed ? -128 : 0);
    String high = rewrite.scalar(DataType.FLOAT, signed ? 127 : 255);
    String clipped = rewrite.op("Clip", List.of(whole, low, high));
    rewrite.last("Cast", List.of(clipped), to(type));
  }

  /** From version 19 to 22 the scale has the type of x, so that integers have no float scale. */
  private static void quantizeIntegers(Rewrite rewrite) {
    if (rewrite.element(0) != DataType.INT32) {
      rewrite.keep();
      return;
    }
    String x = rewrite.op("Cast", rewrite.in(0), to(DataType.FLOAT));
    List<String> inputs = new ArrayList<>(rewrite.node().inputs());
    inputs.set(0, x);
    rewrite.put(rewrite.node().withInputs(inputs));
  }

  /** What output_dtype says, a zero point says. */
  private static void zeroPoint(Rewrite rewrite) {
    Node node = rewrite.without("output_dtype");
    long code = rewrite.integer("output_dtype", 0);
    if (code == 0 || rewrite.has(2) || code == DataType.UINT8.code()) {
      rewrite.keep(node);
      return;
    }
    Shape scale = rewrite.shape(1);
    if (!scale.isKnown()) {
      throw rewrite.refuse("the shape of the scale is not known, which a zero point must have");
    }
    int[] shape = java.util.Arrays.stream(scale.sizes()).mapToInt(Math::toIntExact).toArray();
    String point = rewrite.constant(Tensor.zeros(DataType.of(code), shape));
    rewrite.keep(node.withInputs(List.of(rewrite.in(0), rewrite.in(1), point)));
  }

  private static void matMulInteger(Rewrite rewrite) {
    String[] operands = new String[2];
    for (int i = 0; i < 2; i++) {
      operands[i] = rewrite.op("Cast", rewrite.in(i), to(DataType.INT32));
      if (rewrite.has(2 + i)) {
        String point = rewrite.op("Cast", rewrite.in(2 + i), to(DataType.INT32));
        int rank = rewrite.rank(2 + i);
        if (i == 0 && rank == 1) {
          point = rewrite.op("Unsqueeze", point, Attribute.of("axes", new long[] {1})); // rows of A
        }
        operands[i] = rewrite.op("Sub", List.of(operands[i], point));
      }
    }
    rewrite.last("MatMul", List.of(operands));
  }

  private static void dynamic(Rewrite rewrite) {
    String zero = rewrite.scalar(DataType.FLOAT, 0);
    Attribute flat = Attribute.of("keepdims", 0L);
    String least = rewrite.op("Min", List.of(rewrite.op("ReduceMin", rewrite.in(0), flat), zero));
    String most = rewrite.op("Max", List.of(rewrite.op("ReduceMax", rewrite.in(0), flat), zero));
    String range = rewrite.op("Sub", List.of(most, least));
    String scale = rewrite.fresh("scale");
    rewrite.op("Div", List.of(range, rewrite.scalar(DataType.FLOAT, 255)), List.of(scale));
    String none = rewrite.constant(Tensor.zeros(DataType.UINT8));
    String point = rewrite.op("QuantizeLinear", List.of(rewrite.op("Neg", least), scale, none));
    String x = rewrite.in(0);
    rewrite.last("QuantizeLinear", List.of(x, scale, point));
    String[] given = {"", scale, point};
    for (int i = 1; i < 3; i++) {
      if (!rewrite.out(i).isEmpty()) {
        rewrite.op("Identity", List.of(given[i]), List.of(rewrite.out(i)));
      }
    }
  }
}
