package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Quantization, and products of what is quantized. What goes in is rounded by no engine, and scales
 * are powers of two, so that every engine comes to the same integers.
 */
final class Quantized {

  private Quantized() {}

  static Live any(Draft d) {
    if (d.type != DataType.FLOAT) {
      return Whole.any(d);
    }
    return switch (d.between(0, 4)) {
      case 0 -> thereAndBack(d);
      case 1 -> dynamic(d);
      case 2 -> product(d);
      case 3 -> convolution(d);
      default -> aroundProduct(d);
    };
  }

  /** A value in 8 bits with its scale and zero point. */
  private record Bytes(Ref ref, Ref scale, Ref zero, Live of) {}

  private static Bytes bytes(Draft d, Live x, DataType type, float scale) {
    Ref factor = d.graph.constant(Tensor.scalar(scale));
    int zero = type == DataType.UINT8 ? d.between(90, 160) : d.between(-20, 20);
    Ref middle = number(d, type, zero);
    return new Bytes(d.node("QuantizeLinear", x.ref(), factor, middle), factor, middle, x);
  }

  private static Ref number(Draft d, DataType type, long... value) {
    return d.graph.constant(
        value.length == 1
            ? Tensor.fromLongs(type, value)
            : Tensor.fromLongs(type, value, value.length));
  }

  private static float step(Draft d) {
    return d.any(0x1p-4f, 0x1p-5f, 0x1p-6f);
  }

  private static DataType type(Draft d) {
    return d.any(DataType.UINT8, DataType.UINT8, DataType.INT8);
  }

  private static Tensor weights(Draft d, DataType type, int most, int... shape) {
    long[] values = new long[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = type == DataType.UINT8 ? d.between(0, 2 * most) : d.between(-most, most);
    }
    return Tensor.fromLongs(type, values, shape);
  }

  private static Live thereAndBack(Draft d) {
    Live x = d.exact(1);
    int axis = d.axis(x);
    if (d.oneIn(3)) {
      float[] scales = new float[x.dim(axis)];
      long[] zeros = new long[scales.length];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = step(d);
        zeros[i] = d.between(-9, 9);
      }
      Ref scale = d.graph.constant(Tensor.of(scales, scales.length));
      Ref zero = d.graph.constant(Tensor.fromLongs(DataType.INT8, zeros, zeros.length));
      long spelled = d.spelled(axis, x.rank());
      Ref q = d.call("QuantizeLinear", x.ref(), scale, zero).with("axis", spelled).output();
      Ref y = d.call("DequantizeLinear", q, scale, zero).with("axis", spelled).output();
      return d.moved(y, x.shape(), new Live(y, x.shape(), Math.max(9, x.bound()), true));
    }
    Bytes q = bytes(d, x, type(d), step(d));
    Ref y = d.node("DequantizeLinear", q.ref(), q.scale(), q.zero());
    return d.moved(y, x.shape(), new Live(y, x.shape(), Math.max(18, x.bound()), true));
  }

  /** Scale and zero point from the range of the value, as exporters of dynamic models do. */
  private static Live dynamic(Draft d) {
    Live x = d.exact(2);
    List<Ref> parts = d.call("DynamicQuantizeLinear", x.ref()).outputs(3);
    int columns = d.size();
    Ref w =
        d.graph.constant(weights(d, d.any(DataType.INT8, DataType.UINT8), 127, x.dim(-1), columns));
    Ref sums = d.node("MatMulInteger", parts.getFirst(), w, parts.getLast());
    Ref floats = d.call("Cast", sums).with("to", DataType.FLOAT.code()).output();
    Ref scaled = d.node("Mul", floats, d.node("Mul", parts.get(1), d.scalar(1.0 / 128)));
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, columns);
    return d.add(scaled, shape, 2 * x.bound() * x.dim(-1));
  }

  private static Live product(Draft d) {
    Live x = d.exact(2);
    int columns = d.size();
    DataType kind = type(d);
    Bytes a = bytes(d, x, kind, step(d));
    DataType type = DataType.INT8;
    Ref w = d.graph.constant(weights(d, type, 127, x.dim(-1), columns));
    Ref scale = d.graph.constant(Tensor.scalar(0x1p-7f));
    Ref zero = number(d, type, d.oneIn(3) ? d.between(-9, 9) : 0);
    Ref yScale = d.graph.constant(Tensor.scalar(0x1p-3f));
    Ref yZero = number(d, kind, kind == DataType.UINT8 ? d.between(100, 150) : d.between(-9, 9));
    Ref y = d.node("QLinearMatMul", a.ref(), a.scale(), a.zero(), w, scale, zero, yScale, yZero);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, columns);
    Ref floats = d.node("DequantizeLinear", y, yScale, yZero);
    return d.add(floats, shape, 20);
  }

  private static Live convolution(Draft d) {
    Live x = d.exact(3);
    if (x.rank() > 4 || x.size() > 600) {
      x = d.fresh(1, d.between(1, 4), d.between(3, 6), d.between(3, 6));
    }
    int channels = x.dim(1);
    int groups = d.oneIn(3) ? channels : 1;
    int to = groups * d.between(1, 3);
    int[] kernel = new int[x.rank()];
    kernel[0] = to;
    kernel[1] = channels / groups;
    List<Integer> shape = new ArrayList<>(List.of(x.dim(0), to));
    long[] pads = new long[2 * (x.rank() - 2)];
    for (int axis = 2; axis < x.rank(); axis++) {
      kernel[axis] = d.between(1, Math.min(3, x.dim(axis)));
      boolean padded = kernel[axis] == 3;
      pads[axis - 2] = padded ? 1 : 0;
      shape.add(x.dim(axis) - kernel[axis] + 1 + (padded ? 1 : 0));
    }
    if (d.oneIn(3)) {
      Bytes a = bytes(d, x, DataType.UINT8, step(d));
      Ref w = d.graph.constant(weights(d, DataType.INT8, 127, kernel));
      Call call = d.call("ConvInteger", a.ref(), w, a.zero());
      Ref sums = call.with("group", groups).withInts("pads", pads).output();
      Ref floats = d.call("Cast", sums).with("to", DataType.FLOAT.code()).output();
      return d.add(d.node("Mul", floats, d.scalar(0x1p-12)), shape, 12);
    }
    Bytes a = bytes(d, x, DataType.UINT8, step(d));
    Ref w = d.graph.constant(weights(d, DataType.INT8, 127, kernel));
    Ref scale = d.graph.constant(Tensor.scalar(0x1p-7f));
    Ref zero = number(d, DataType.INT8, 0);
    Ref yScale = d.graph.constant(Tensor.scalar(0x1p-3f));
    Ref yZero = number(d, DataType.UINT8, d.between(100, 150));
    Call call = d.call("QLinearConv", a.ref(), a.scale(), a.zero(), w, scale, zero, yScale, yZero);
    Ref y = call.with("group", groups).withInts("pads", pads).output();
    return d.add(d.node("DequantizeLinear", y, yScale, yZero), shape, 20);
  }

  /** As exporters write quantized products for engines that fuse them. */
  private static Live aroundProduct(Draft d) {
    Live x = d.exact(2);
    int columns = d.size();
    Bytes a = bytes(d, x, DataType.UINT8, step(d));
    Ref scale = d.graph.constant(Tensor.scalar(0x1p-6f));
    Ref zero = number(d, DataType.INT8, 0);
    Ref w = d.graph.constant(weights(d, DataType.INT8, 127, x.dim(-1), columns));
    Ref left = d.node("DequantizeLinear", a.ref(), a.scale(), a.zero());
    Ref right = d.node("DequantizeLinear", w, scale, zero);
    Ref yScale = d.graph.constant(Tensor.scalar(0x1p-3f));
    Ref yZero = number(d, DataType.UINT8, d.between(100, 150));
    Ref q = d.node("QuantizeLinear", d.node("MatMul", left, right), yScale, yZero);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, columns);
    return d.add(d.node("DequantizeLinear", q, yScale, yZero), shape, 20);
  }
}
