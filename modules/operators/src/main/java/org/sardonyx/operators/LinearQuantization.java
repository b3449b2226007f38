package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.DataType.Kind;
import org.sardonyx.tensor.SmallFloat;
import org.sardonyx.tensor.Tensor;

/**
 * Linear quantization: {@code q = saturate(round(x / scale) + zero point)}, rounded half to even,
 * and back: {@code x = (q - zero point) * scale}. NaN becomes the zero point of an integer type.
 */
public final class LinearQuantization {

  private LinearQuantization() {}

  /**
   * Quantizes {@code x} to output 0.
   *
   * @param to the type to quantize to
   * @param precision the type that x is divided in: a 16-bit float rounds x and the quotient,
   *     DOUBLE divides in double, all else in float
   * @param saturate for 8-bit floats: whether what is out of range becomes the greatest finite
   *     value
   */
  public static void quantize(
      Invocation in,
      Tensor x,
      Tensor scale,
      @Nullable Tensor zeroPoint,
      Scales scales,
      DataType to,
      DataType precision,
      boolean saturate) {
    Tensor y = in.output(0, to, x.shape());
    if (y.size() == 0) {
      return;
    }
    boolean fast =
        precision != DataType.DOUBLE
            && precision != DataType.FLOAT16
            && precision != DataType.BFLOAT16
            && (to == DataType.INT8 || to == DataType.UINT8);
    float[] from = precision == DataType.DOUBLE ? new float[0] : x.toFloats();
    float[] factors = scale.toFloats();
    for (int r = 0; r < scales.runs(); r++) {
      int start = scales.start(r);
      int n = scales.size(r);
      int s = scales.scale(r);
      if (fast && scales.step() == 0) {
        int zero = zeroPoint == null ? 0 : (int) zeroPoint.getLong(s);
        int low = to == DataType.INT8 ? -128 : 0;
        Elementwise.pieces(
            in,
            n,
            (a, b) -> {
              int at = start + a;
              in.kernels().quantize(from, at, factors[s], zero, low, y.bytes(), at, b - a);
            });
        continue;
      }
      for (int i = 0; i < n; i++) {
        in.checkpoint(8);
        int k = s + i * scales.step();
        double quotient =
            precision == DataType.DOUBLE
                ? x.getDouble(start + i) / scale.getDouble(k)
                : rounded(rounded(from[start + i], precision) / factors[k], precision);
        put(y, start + i, quotient, zeroPoint, k, saturate);
      }
    }
  }

  /** Returns {@code round(value) + zero}, rounded half to even, within [low, high]. */
  public static int saturate(double value, int zero, int low, int high) {
    double rounded = Math.rint(value);
    // NaN is cast to 0.
    return (int) Math.max(low, Math.min(high, (long) rounded + zero));
  }

  /** Returns the least value of an integer type. */
  public static int low(DataType type) {
    return type.kind() == Kind.SIGNED ? -(1 << (type.bits() - 1)) : 0;
  }

  /** Returns the greatest value of an integer type of at most 16 bits. */
  public static int high(DataType type) {
    return low(type) + (1 << type.bits()) - 1;
  }

  private static float rounded(float value, DataType precision) {
    return precision == DataType.FLOAT16 || precision == DataType.BFLOAT16
        ? SmallFloat.toFloat(precision, SmallFloat.fromFloat(precision, value))
        : value;
  }

  private static void put(
      Tensor y, int i, double quotient, @Nullable Tensor zeroPoint, int k, boolean saturate) {
    DataType to = y.dataType();
    if (to.isInteger() && to.bits() <= 16) {
      int zero = zeroPoint == null ? 0 : (int) zeroPoint.getLong(k);
      // A quotient this far out saturates whatever the zero point is.
      double near = Math.max(-1e6, Math.min(1e6, quotient));
      y.setLong(i, saturate(near, zero, low(to), high(to)));
      return;
    }
    double value = zeroPoint == null ? quotient : quotient + zeroPoint.getDouble(k);
    switch (to) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          y.bytes()[i] = (byte) SmallFloat.fromFloat(to, (float) value, saturate);
      case FLOAT4E2M1 -> y.setDouble(i, value);
      default -> throw new UnsupportedModel("quantization to " + to.specName());
    }
  }

  /** Turns {@code x} into numbers of type {@code to}, as output 0. */
  public static void dequantize(
      Invocation in,
      Tensor x,
      Tensor scale,
      @Nullable Tensor zeroPoint,
      Scales scales,
      DataType to) {
    boolean direct = to == DataType.FLOAT;
    float[] y = direct ? in.output(0, to, x.shape()).floats() : new float[x.size()];
    if (y.length == 0) {
      in.set(0, Tensor.zeros(to, x.shape()));
      return;
    }
    float[] factors = scale.toFloats();
    for (int r = 0; r < scales.runs(); r++) {
      int start = scales.start(r);
      int n = scales.size(r);
      int s = scales.scale(r);
      if (scales.step() == 0) {
        Elementwise.pieces(
            in, n, (a, b) -> row(in.kernels(), x, start + a, b - a, factors[s], zeroPoint, s, y));
        continue;
      }
      if (zeroPoint == null || x.dataType().bits() <= 16) {
        // So few bits, and those of the difference, a float holds.
        float[] zeros = zeroPoint == null ? new float[factors.length] : zeroPoint.toFloats();
        Elementwise.pieces(
            in,
            n,
            (a, b) -> {
              row(in.kernels(), x, start + a, b - a, 1, null, 0, y);
              for (int i = a; i < b; i++) {
                y[start + i] = (y[start + i] - zeros[s + i]) * factors[s + i];
              }
            });
        continue;
      }
      for (int i = 0; i < n; i++) {
        in.checkpoint(4);
        row(in.kernels(), x, start + i, 1, factors[s + i], zeroPoint, s + i, y);
      }
    }
    if (!direct) {
      in.set(0, Tensor.fromFloats(to, y, x.shape()));
    }
  }

  private static void row(
      Kernels kernels,
      Tensor x,
      int offset,
      int n,
      float scale,
      @Nullable Tensor zeroPoint,
      int k,
      float[] y) {
    DataType type = x.dataType();
    if (!type.isInteger()) {
      float zero = zeroPoint == null ? 0 : (float) zeroPoint.getDouble(k);
      for (int i = offset; i < offset + n; i++) {
        y[i] = ((float) x.getDouble(i) - zero) * scale;
      }
      return;
    }
    int zero = zeroPoint == null ? 0 : (int) zeroPoint.getLong(k);
    switch (type) {
      case INT8, UINT8 ->
          kernels.dequantize(x.bytes(), offset, type == DataType.INT8, zero, scale, y, offset, n);
      case INT32 -> {
        int[] values = x.ints();
        for (int i = offset; i < offset + n; i++) {
          y[i] = (values[i] - zero) * scale;
        }
      }
      default -> {
        for (int i = offset; i < offset + n; i++) {
          y[i] = ((int) x.getLong(i) - zero) * scale;
        }
      }
    }
  }

  /**
   * Computes {@code y = saturate(round(sum * factor) + zero)} for a row of sums.
   *
   * @param factors one for each of the row
   * @param room for as many floats
   */
  public static void requantize(
      Kernels kernels, int[] sums, int offset, float[] factors, float[] room, int zero, Tensor y) {
    scale(sums, offset, factors, room);
    int low = low(y.dataType());
    kernels.quantize(room, 0, 1, zero, low, y.bytes(), offset, factors.length);
  }

  private static void scale(int[] sums, int offset, float[] factors, float[] y) {
    for (int i = 0; i < factors.length; i++) {
      y[i] = sums[offset + i] * factors[i];
    }
  }
}
