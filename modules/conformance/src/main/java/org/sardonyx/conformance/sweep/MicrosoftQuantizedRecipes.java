package org.sardonyx.conformance.sweep;

import static org.sardonyx.conformance.sweep.AttentionRecipes.normal;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** com.microsoft: what works on 8-bit integers. */
final class MicrosoftQuantizedRecipes {

  private static final String MS = "com.microsoft.";

  private MicrosoftQuantizedRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(MicrosoftQuantizedRecipes::attention, MS + "QAttention");
    recipes.put(MicrosoftQuantizedRecipes::pair, MS + "QLinearAdd", MS + "QLinearMul");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("alpha", 0.01f, 0.25f);
          d.in(Numbers.of(d, type, Numbers.shape(d)));
          scales(d, type, "X_zero_point");
          scales(d, type, "Y_zero_point");
        },
        MS + "QLinearLeakyRelu",
        MS + "QLinearSigmoid");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] shape = d.pick("shape", new int[] {2, 3}, new int[] {2, 3, 4}, new int[] {5});
          Numbers.axis(d, "axis", shape.length, true, -1);
          d.set("opset", d.pick("opset", 13L, 12L));
          d.in(Numbers.of(d, type, shape));
          scales(d, type, "x_zero_point");
          d.fixed(Tensor.of(new float[] {1f / 256}));
          d.fixed(
              type == DataType.INT8
                  ? Tensor.fromLongs(type, new long[] {-128})
                  : Tensor.zeros(type));
        },
        MS + "QLinearSoftmax");
    recipes.put(MicrosoftQuantizedRecipes::averagePool, MS + "QLinearAveragePool");
    recipes.put(
        d -> {
          DataType type = d.type();
          boolean last = d.attr("channels_last", 0L, 0L, 1L) == 1;
          d.in(last ? Numbers.of(d, type, 2, 3, 4, 5) : Numbers.of(d, type, 2, 5, 3, 4));
          scale(d, type, true);
          scale(d, type, true);
        },
        MS + "QLinearGlobalAveragePool");
    recipes.put(
        d -> {
          DataType type = d.type("T8");
          d.set("axis", d.pick("axis", 0L, 1L, -1L));
          scale(d, type, true);
          int count = d.pick("inputs", 1, 2, 3);
          for (int i = 0; i < count; i++) {
            d.in(Numbers.of(d, type, 2, 2));
            scale(d, type, true);
          }
          d.out(type);
        },
        MS + "QLinearConcat");
    recipes.put(MicrosoftQuantizedRecipes::embed, MS + "QEmbedLayerNormalization");
    recipes.put(MicrosoftQuantizedRecipes::gemm, MS + "QGemm");
    recipes.put(
        d -> {
          DataType a = d.type("T1");
          DataType b = d.type("T2");
          DataType type = d.type("T3");
          boolean columns = d.flag("scale for each column");
          int[] each = columns ? new int[] {4} : new int[] {};
          d.in(Numbers.of(d, a, 2, 3)).fixed(Numbers.of(d, b, 3, 4));
          d.fixed(Numbers.between(d, type, 0.1, 0.5));
          d.fixed(Numbers.between(d, type, 0.1, 0.5, each));
          d.optionalParam("a_zero_point", () -> Numbers.of(d, a));
          d.optionalParam("b_zero_point", () -> Numbers.of(d, b, each));
          d.optionalParam("bias", () -> normal(d, type, 4));
        },
        MS + "MatMulIntegerToFloat");
    recipes.put(
        d -> {
          DataType b = d.type("T2");
          boolean columns = d.flag("scale for each column");
          int[] each = columns ? new int[] {4} : new int[] {};
          d.in(normal(d, DataType.FLOAT, 2, 3)).fixed(Numbers.of(d, b, 3, 4));
          d.fixed(Numbers.between(d, DataType.FLOAT, 0.1, 0.5, each));
          d.optionalParam("b_zero_point", () -> Numbers.of(d, b, each));
          d.optionalParam("bias", () -> normal(d, DataType.FLOAT, 4));
        },
        MS + "DynamicQuantizeMatMul");
  }

  /** A scale and, where it must be there or is decided for, a zero point. */
  private static void scale(Draw d, DataType type, boolean zero) {
    d.fixed(QuantizationRecipes.scale(d, DataType.FLOAT));
    if (zero) {
      d.fixed(Numbers.of(d, type));
    }
  }

  private static void scales(Draw d, DataType type, String zero) {
    d.fixed(QuantizationRecipes.scale(d, DataType.FLOAT));
    d.optionalParam(zero, () -> Numbers.of(d, type));
  }

  private static void embed(Draw d) {
    DataType type = d.type("T2");
    int hidden = 6;
    d.attr("epsilon", 1e-12f, 1e-5f);
    d.in(Numbers.integers(d, DataType.INT32, 0, 7, 2, 3));
    boolean segments = d.flag("segments");
    if (segments) {
      d.in(Numbers.integers(d, DataType.INT32, 0, 2, 2, 3));
    } else {
      d.none();
    }
    boolean outside = d.flag("weights from outside");
    MicrosoftRecipes.weight(d, outside, Numbers.of(d, type, 7, hidden));
    MicrosoftRecipes.weight(d, outside, Numbers.of(d, type, 5, hidden));
    if (segments) {
      MicrosoftRecipes.weight(d, outside, Numbers.of(d, type, 2, hidden));
    } else {
      d.none();
    }
    MicrosoftRecipes.weight(d, outside, Numbers.of(d, type, hidden));
    MicrosoftRecipes.weight(d, outside, Numbers.of(d, type, hidden));
    if (d.flag("mask")) {
      d.in(Tensor.of(new int[] {1, 1, 0, 1, 2, 1}, 2, 3));
    } else {
      d.none();
    }
    int[] one = d.flag("vectors of one") ? new int[] {1} : new int[0];
    for (int i = 0; i < 5; i++) {
      if (i == 2 && !segments) {
        d.none();
      } else {
        d.fixed(Numbers.between(d, DataType.FLOAT, 0.01, 0.1, one));
      }
    }
    for (int i = 0; i < 5; i++) {
      if (i == 2 && !segments) {
        d.none();
      } else {
        d.fixed(Numbers.of(d, type, one));
      }
    }
    d.give(DataType.FLOAT).give(DataType.INT32);
  }

  private static void pair(Draw d) {
    DataType type = d.type();
    int[][] shapes = BinaryRecipes.shapes(d);
    d.in(Numbers.of(d, type, shapes[0]));
    scales(d, type, "A_zero_point");
    d.in(Numbers.of(d, type, shapes[1]));
    scales(d, type, "B_zero_point");
    scales(d, type, "C_zero_point");
  }

  private static void averagePool(Draw d) {
    DataType type = d.type();
    boolean last = d.attr("channels_last", 0L, 0L, 1L) == 1;
    d.set("kernel_shape", new long[] {3, 2});
    if (d.flag("strides")) {
      d.set("strides", new long[] {2, 1});
    }
    String auto = d.attr("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");
    if (auto.equals("NOTSET") && d.flag("pads")) {
      d.set("pads", new long[] {1, 0, 1, 1});
    }
    d.attr("ceil_mode", 0L, 0L, 1L);
    d.attr("count_include_pad", 0L, 0L, 1L);
    d.in(last ? Numbers.of(d, type, 1, 6, 5, 2) : Numbers.of(d, type, 1, 2, 6, 5));
    scales(d, type, "x_zero_point");
    scales(d, type, "y_zero_point");
  }

  private static void gemm(Draw d) {
    DataType a = d.type("TA");
    DataType b = d.type("TB");
    boolean quantized = d.flag("y");
    boolean ta = d.attr("transA", 0L, 0L, 1L) == 1;
    boolean tb = d.attr("transB", 0L, 0L, 1L) == 1;
    d.attr("alpha", 1f, 0.5f);
    boolean columns = d.flag("scale for each column");
    int[] each = columns ? new int[] {4} : new int[] {};
    d.in(ta ? Numbers.of(d, a, 3, 2) : Numbers.of(d, a, 2, 3));
    scale(d, a, true);
    d.fixed(tb ? Numbers.of(d, b, 4, 3) : Numbers.of(d, b, 3, 4));
    d.fixed(QuantizationRecipes.scale(d, DataType.FLOAT, each));
    d.fixed(columns ? Tensor.zeros(b, each) : Numbers.of(d, b));
    d.optionalParam("C", () -> Numbers.of(d, DataType.INT32, 4));
    if (!quantized) {
      d.out(DataType.FLOAT);
      return;
    }
    DataType y = d.type("TYZ");
    d.fixed(Tensor.of(new float[] {2})).fixed(Numbers.of(d, y)).out(y);
  }

  private static void attention(Draw d) {
    DataType x = d.type("T1");
    DataType w = d.type("T2");
    DataType type = d.type("T3");
    int heads = 2;
    int size = 4;
    int hidden = heads * size;
    MicrosoftRecipes.common(d, heads);
    int batch = d.pick("batch", 1, 2);
    int length = d.pick("length", 3, 2);
    boolean columns = d.flag("scale for each column");
    int[] each = columns ? new int[] {3 * hidden} : new int[] {};
    d.in(Numbers.of(d, x, batch, length, 6)).fixed(Numbers.of(d, w, 6, 3 * hidden));
    d.fixed(normal(d, type, 3 * hidden));
    d.fixed(Numbers.between(d, type, 0.02, 0.1)).fixed(Numbers.between(d, type, 0.02, 0.1, each));
    boolean past = d.flag("past");
    MicrosoftRecipes.maskIndex(d, batch, length, past ? 2 : 0);
    boolean zeros = d.flag("zero points");
    if (zeros) {
      d.fixed(Numbers.of(d, x)).fixed(Numbers.of(d, w, each));
    } else {
      d.none().none();
    }
    if (past) {
      d.in(normal(d, type, 2, batch, heads, 2, size)).give(type).give(type);
    } else {
      d.give(type);
    }
  }
}
