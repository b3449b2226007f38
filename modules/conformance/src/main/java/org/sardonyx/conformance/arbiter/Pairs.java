package org.sardonyx.conformance.arbiter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.DynamicQuantization;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Products of uint8 and int8 as processors compute them that have no instruction for it: the
 * products of two neighbouring terms are added in 16 bits, which saturate, before they go into the
 * 32 bits of the sum. Zero points are taken off afterwards, so they are not in these products.
 *
 * <pre>
 * sum(k, a_k b_k) becomes sum(i, clamp(a_2i b_2i + a_2i+1 b_2i+1, -32768, 32767))
 * </pre>
 *
 * Any other pair of types is computed by the standard operator.
 */
final class Pairs {

  /** Where the operands of an operator are; -1 where it has none. */
  private record Places(int a, int aZero, int b, int bZero) {}

  private static final Map<String, Places> PRODUCTS =
      Map.of(
          "MatMulInteger", new Places(0, 2, 1, 3),
          "QLinearMatMul", new Places(0, 2, 3, 5),
          "com.microsoft.QGemm", new Places(0, 2, 3, 5),
          "com.microsoft.MatMulIntegerToFloat", new Places(0, 4, 1, 5),
          "com.microsoft.DynamicQuantizeMatMul", new Places(0, -1, 1, 3));

  private Pairs() {}

  /** Returns the operators that add pairs in 16 bits. */
  static List<OperatorDef> operators() {
    List<OperatorDef> defs = new ArrayList<>();
    PRODUCTS.forEach((name, places) ->
        defs.add(def(name, (attributes, standard) -> product(name, places, attributes, standard))));
    defs.add(def("QLinearConv", PairedConvolution::quantized));
    defs.add(def("ConvInteger", PairedConvolution::integers));
    return defs;
  }

  /** Makes what is computed in place of an operator. */
  interface Maker {
    Plain.Equations of(Attributes attributes, Operator standard);
  }

  private static OperatorDef def(String name, Maker maker) {
    int dot = name.lastIndexOf('.');
    OperatorDef standard =
        Operators.standard().find(dot < 0 ? "" : name.substring(0, dot), name.substring(dot + 1));
    if (standard == null) {
      throw new IllegalStateException("there is no operator " + name);
    }
    return standard.implementedBy(
        signature -> signature,
        attributes ->
            new Plain(standard, attributes, maker.of(attributes, standard.create(attributes))));
  }

  /** Returns the sum of {@code (a_k - aZero) (b_k - bZero)}, its products added in pairs. */
  static long sum(int k, IntToLongFunction a, long aZero, IntToLongFunction b, long bZero) {
    long sum = 0;
    for (int p = 0; p < k; p += 2) {
      long pair = a.applyAsLong(p) * b.applyAsLong(p);
      sum += (a.applyAsLong(p) - aZero) * (b.applyAsLong(p) - bZero);
      if (p + 1 < k) {
        pair += a.applyAsLong(p + 1) * b.applyAsLong(p + 1);
        sum += (a.applyAsLong(p + 1) - aZero) * (b.applyAsLong(p + 1) - bZero);
      }
      sum += Math.clamp(pair, Short.MIN_VALUE, Short.MAX_VALUE) - pair;
    }
    return sum;
  }

  private static Plain.Equations product(
      String name, Places at, Attributes attributes, Operator standard) {
    boolean dynamic = at.aZero < 0;
    return in -> {
      Tensor a = in.tensor(at.a);
      Tensor b = in.tensor(at.b);
      boolean pairs = (dynamic || a.dataType() == DataType.UINT8) && b.dataType() == DataType.INT8;
      if (!pairs) {
        standard.run(in);
        return;
      }
      Tensor aZero = dynamic ? null : in.optional(at.aZero);
      float aScale = 1;
      if (dynamic) {
        DynamicQuantization range = DynamicQuantization.of(in.kernels(), a.floats());
        byte[] bytes = new byte[a.size()];
        range.quantize(in, a.floats(), bytes);
        aZero = Tensor.fromLongs(DataType.UINT8, new long[] {range.zeroPoint()});
        aScale = range.scale();
        a = Tensor.of(DataType.UINT8, bytes, a.shape());
      }
      boolean gemm = name.endsWith("QGemm");
      Tensor left = gemm && attributes.getFlag("transA") ? transposed(a) : a;
      Tensor right = gemm && attributes.getFlag("transB") ? transposed(b) : b;
      Products.Grid grid = Products.Grid.of(left, right);
      long[] sums = sums(grid, left, aZero, right, in.optional(at.bZero));
      switch (name) {
        case "MatMulInteger" -> in.set(0, Tensor.fromLongs(DataType.INT32, sums, grid.shape()));
        case "QLinearMatMul" ->
            quantized(in, sums, grid, 1, in.tensor(1), in.tensor(4), in.tensor(6), in.tensor(7));
        case "com.microsoft.QGemm" -> {
          Tensor c = in.optional(6);
          for (int i = 0; i < sums.length && c != null; i++) {
            sums[i] += c.getLong(Products.inC(c, i / grid.n(), i % grid.n()));
          }
          float alpha = attributes.getFloat("alpha");
          Tensor yZero = in.optional(8);
          if (yZero == null) {
            scaled(in, sums, grid, alpha * one(in.tensor(1)), in.tensor(4), null);
          } else {
            quantized(in, sums, grid, alpha, in.tensor(1), in.tensor(4), in.tensor(7), yZero);
          }
        }
        case "com.microsoft.MatMulIntegerToFloat" ->
            scaled(in, sums, grid, one(in.tensor(2)), in.tensor(3), in.optional(6));
        default -> scaled(in, sums, grid, aScale, in.tensor(2), in.optional(4));
      }
    };
  }

  private static long[] sums(
      Products.Grid grid, Tensor a, @Nullable Tensor aZero, Tensor b, @Nullable Tensor bZero) {
    long[] sums = new long[Tensor.checkedSize(grid.shape())];
    for (int i = 0; i < sums.length; i++) {
      int left = grid.a(i);
      int right = grid.b(i);
      sums[i] =
          sum(
              grid.k(),
              p -> a.getLong(left + p),
              aZero == null ? 0 : aZero.getLong(row(aZero, i, grid)),
              p -> b.getLong(right + p * grid.n()),
              bZero == null ? 0 : bZero.getLong(column(bZero, i, grid)));
    }
    return sums;
  }

  /** Which element of a parameter, one for all or one for each row, is about an element. */
  private static int row(Tensor parameter, int element, Products.Grid grid) {
    return parameter.size() == 1 ? 0 : element / grid.n() % parameter.size();
  }

  private static int column(Tensor parameter, int element, Products.Grid grid) {
    return parameter.size() == 1 ? 0 : element % grid.n() % parameter.size();
  }

  private static float one(Tensor scale) {
    return (float) scale.getDouble(0);
  }

  private static void quantized(
      Invocation in,
      long[] sums,
      Products.Grid grid,
      float alpha,
      Tensor aScale,
      Tensor bScale,
      Tensor yScale,
      Tensor yZero) {
    DataType type = yZero.dataType();
    long[] y = new long[sums.length];
    for (int i = 0; i < y.length; i++) {
      float factor =
          alpha
              * (float) aScale.getDouble(row(aScale, i, grid))
              * (float) bScale.getDouble(column(bScale, i, grid));
      float divisor = (float) yScale.getDouble(row(yScale, i, grid));
      y[i] = requantized(sums[i], factor / divisor, yZero.getLong(row(yZero, i, grid)), type);
    }
    in.set(0, Tensor.fromLongs(type, y, grid.shape()));
  }

  static long requantized(long sum, float factor, long zero, DataType type) {
    return LinearQuantization.saturate(
        (float) sum * factor,
        (int) zero,
        LinearQuantization.low(type),
        LinearQuantization.high(type));
  }

  private static void scaled(
      Invocation in,
      long[] sums,
      Products.Grid grid,
      float aScale,
      Tensor bScale,
      @Nullable Tensor bias) {
    double[] y = new double[sums.length];
    for (int i = 0; i < y.length; i++) {
      double scale = aScale * bScale.getDouble(column(bScale, i, grid));
      y[i] = sums[i] * scale + (bias == null ? 0 : bias.getDouble(column(bias, i, grid)));
    }
    DataType type = bScale.dataType();
    in.set(0, Tensor.fromDoubles(type, y, grid.shape()));
  }

  private static Tensor transposed(Tensor x) {
    long[] y = new long[x.size()];
    for (int i = 0; i < x.dim(0); i++) {
      for (int j = 0; j < x.dim(1); j++) {
        y[j * x.dim(0) + i] = x.getLong(i * x.dim(1) + j);
      }
    }
    return Tensor.fromLongs(x.dataType(), y, x.dim(1), x.dim(0));
  }
}
