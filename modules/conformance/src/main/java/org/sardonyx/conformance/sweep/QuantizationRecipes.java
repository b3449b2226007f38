package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Quantization. */
final class QuantizationRecipes {

  private QuantizationRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(QuantizationRecipes::quantize, "QuantizeLinear", "com.microsoft.QuantizeLinear");
    recipes.put(
        QuantizationRecipes::dequantize, "DequantizeLinear", "com.microsoft.DequantizeLinear");
    recipes.put(
        d -> d.in(Numbers.of(d, DataType.FLOAT, Numbers.shape(d))), "DynamicQuantizeLinear");
    recipes.put(QuantizationRecipes::matMul, "QLinearMatMul");
    recipes.put(QuantizationRecipes::conv, "QLinearConv", "com.microsoft.QLinearConv");
  }

  /** Scales that are powers of two: quotients of short floats are then exact. */
  static Tensor scale(Draw d, DataType type, int... shape) {
    Tensor scale = Tensor.zeros(type, shape);
    for (int i = 0; i < scale.size(); i++) {
      scale.setDouble(
          i, type.isInteger() ? 1 + d.random.nextInt(3) : Math.scalb(1, -d.random.nextInt(4)));
    }
    return scale;
  }

  /** Zero points: 0 where the type has floats or the version allows nothing else. */
  static Tensor zero(Draw d, DataType type, int... shape) {
    return type.isFloat() || type == DataType.INT32
        ? Tensor.zeros(type, shape)
        : Numbers.of(d, type, shape);
  }

  /** Per tensor, per axis or blocked: the shape of the scale for X of shape [2,4,3]. */
  private static int[] granularity(Draw d) {
    boolean microsoft = d.domainIsMicrosoft();
    if (!d.declares("axis")) {
      return new int[] {};
    }
    String way = d.pick("granularity", "tensor", "axis", "axis 0", "axis -1", "one", "blocked");
    return switch (way) {
      case "axis" -> {
        if (d.flag("axis=1")) {
          d.set("axis", 1L);
        }
        yield new int[] {4};
      }
      case "axis 0" -> {
        d.set("axis", 0L);
        yield new int[] {2};
      }
      case "axis -1" -> {
        d.set("axis", -1L);
        yield new int[] {3};
      }
      case "one" -> {
        d.require(!microsoft);
        yield new int[] {1};
      }
      case "blocked" -> {
        d.require(d.declares("block_size") && !microsoft);
        d.set("block_size", 2L);
        yield new int[] {2, 2, 3};
      }
      default -> new int[] {};
    };
  }

  private static void quantize(Draw d) {
    String to = d.hasType("T3") ? "T3" : "T2";
    DataType x = d.type("T1");
    boolean zero = d.flag("zero point");
    DataType dtype = null;
    if (!zero && d.declares("output_dtype") && d.flag("output_dtype")) {
      dtype = d.type(to);
      d.set("output_dtype", (long) dtype.code());
    }
    DataType y = zero ? d.type(to) : dtype == null ? DataType.UINT8 : dtype;
    d.bind(to, y);
    DataType scaleType = DataType.FLOAT;
    if (d.hasType("T3")) {
      scaleType = d.type("T2");
    } else if (d.signature.inputs().get(1).type().equals("T1")) {
      scaleType = x;
    }
    d.require(scaleType != DataType.INT32 || x == DataType.INT32);
    int[] shape = granularity(d);
    if (y.isFloat() && y.bits() == 8) {
      d.attr("saturate", 1L, 0L, 1L);
    }
    if (d.flag("precision") && d.declares("precision")) {
      d.set("precision", 1L);
    }
    // Numbers that every type holds: quotients may be taken in the type of the scale.
    Tensor few = Numbers.integers(d, DataType.INT32, -20, 21, 2, 4, 3);
    Tensor numbers = Tensor.zeros(x, 2, 4, 3);
    for (int i = 0; i < few.size(); i++) {
      numbers.setDouble(i, x.isFloat() ? few.getLong(i) * 0.125 : few.getLong(i));
    }
    d.in(numbers).param(scale(d, scaleType, shape));
    if (zero) {
      d.param(zero(d, y, shape));
    }
    d.out(y);
  }

  private static void dequantize(Draw d) {
    String from = d.hasType("T1") ? "T1" : "T";
    DataType x = d.type(from);
    DataType scaleType = d.hasType("T2") ? d.type("T2") : DataType.FLOAT;
    DataType y = scaleType;
    if (d.declares("output_dtype") && (d.flag("output_dtype") || !d.allows("T3", scaleType))) {
      y = d.type("T3");
      d.set("output_dtype", (long) y.code());
    }
    int[] shape = granularity(d);
    d.in(Numbers.of(d, x, 2, 4, 3)).param(scale(d, scaleType, shape));
    if (d.flag("zero point")) {
      d.param(zero(d, x, shape));
    }
    d.out(y);
  }

  private static void matMul(Draw d) {
    DataType a = d.type("T1");
    DataType b = d.type("T2");
    DataType y = d.type("T3");
    DataType scale = d.hasType("TS") ? d.type("TS") : DataType.FLOAT;
    d.require(a.bits() == 8 && b.bits() == 8 && y.bits() == 8);
    d.require(!a.isFloat() || (b.isFloat() && y.isFloat()));
    d.require(a.isFloat() || (!b.isFloat() && !y.isFloat()));
    int[][] shapes = ProductRecipes.shapes(d);
    boolean columns = shapes[1].length == 2 && d.flag("scale for each column");
    int[] each = columns ? new int[] {shapes[1][1]} : new int[] {};
    d.in(Numbers.of(d, a, shapes[0])).param(scale(d, scale)).param(zero(d, a));
    d.param(Numbers.of(d, b, shapes[1])).param(scale(d, scale, each)).param(zero(d, b, each));
    d.param(Tensor.fromDoubles(scale, new double[] {2})).param(zero(d, y)).out(y);
  }

  private static void conv(Draw d) {
    DataType x = d.type("T1");
    DataType w = d.type("T2");
    DataType y = d.type("T3");
    boolean last = d.attr("channels_last", 0L, 0L, 1L) == 1;
    int group = (int) (long) d.attr("group", 1L, 1L, 2L);
    if (d.flag("strides")) {
      d.set("strides", new long[] {2, 1});
    }
    if (d.flag("dilations")) {
      d.set("dilations", new long[] {1, 2});
    }
    String auto = d.attr("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
    if (auto.equals("NOTSET") && d.flag("pads")) {
      d.set("pads", new long[] {1, 0, 1, 1});
    }
    if (d.flag("kernel_shape")) {
      d.set("kernel_shape", new long[] {2, 3});
    }
    boolean channels = d.flag("scale for each channel");
    int[] each = channels ? new int[] {4} : new int[] {};
    d.in(last ? Numbers.of(d, x, 1, 6, 7, 4) : Numbers.of(d, x, 1, 4, 6, 7));
    d.param(scale(d, DataType.FLOAT)).param(zero(d, x));
    Tensor zero = channels ? Tensor.zeros(w, each) : zero(d, w);
    d.param(Numbers.of(d, w, 4, 4 / group, 2, 3)).param(scale(d, DataType.FLOAT, each));
    d.param(zero).param(Tensor.of(new float[] {2})).param(zero(d, y));
    d.optionalParam("B", () -> Numbers.of(d, DataType.INT32, 4));
    d.out(y);
  }
}
