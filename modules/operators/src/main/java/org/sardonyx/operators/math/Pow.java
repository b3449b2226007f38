package org.sardonyx.operators.math;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Pow: {@code x ^ y}, of the type of x. Integers to integers stay integers and wrap; a negative
 * exponent gives the quotient cut towards zero.
 */
public record Pow(Alignment alignment) implements Operator {

  private static final int BLOCK = 256;
  private static final int SMALLEST = 0x00800000;
  private static final int GREATEST = 0x7f7fffff;
  private static final int ROOT_HALF = 0x3f3504f3;
  private static final double LN2 = 0.6931471805599453;

  /** Beyond it, powers of 2 are infinity, or 0, as floats. */
  private static final double FAR = 200;

  public static final OperatorDef DEF =
      OperatorDef.named("Pow")
          .version(1)
          .input("X", "T")
          .input("Y", "T")
          .output("Z", "T")
          .optional("axis", Kind.INT)
          .attribute("broadcast", 0)
          .type("T", Types.FLOATS)
          .version(7)
          .without("axis")
          .without("broadcast")
          .version(12)
          .input("Y", "T1")
          .type(
              "T",
              DataType.DOUBLE,
              DataType.FLOAT,
              DataType.FLOAT16,
              DataType.INT32,
              DataType.INT64)
          .type("T1", Types.NUMERIC)
          .version(13)
          .type("T", Types.union(Types.FLOATS_BF16, Types.tensors(DataType.INT32, DataType.INT64)))
          .version(15)
          .type("T1", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ROUNDED)
          .create(Pow::of);

  static Pow of(Attributes attributes) {
    return new Pow(Alignment.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, alignment.shape(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor y = in.tensor(1);
    int[] xShape = x.shape();
    int[] yShape = alignment.align(xShape, y.shape());
    int[] shape = Broadcast.shape(xShape, yShape);
    Tensor z = in.output(0, x.dataType(), shape);
    if (x.dataType().isFloat() && y.size() == 1 && constantPower(in, x, y.getDouble(0), z)) {
      return;
    }
    BroadcastLoop loop = BroadcastLoop.of(shape, xShape, yShape);
    int xs = loop.step(0);
    int ys = loop.step(1);
    boolean unsigned = y.dataType() == DataType.UINT64;
    if (x.dataType().isInteger() && y.dataType().isInteger()) {
      boolean square = y.size() == 1 && y.getLong(0) == 2;
      EvenRows.run(
          in,
          true,
          true,
          (v, to, start, end) -> {
            long[] bases = (long[]) v[0];
            if (square) {
              square(bases, (long[]) to, start, end);
            } else {
              powers(bases, (long[]) v[1], unsigned, (long[]) to, start, end);
            }
          },
          z,
          x,
          y.reshaped(yShape));
    } else if (isShort(x.dataType()) && (isShort(y.dataType()) || isFloat(y))) {
      float[] bases = x.toFloats();
      float[] exponents = y.toFloats();
      float[] to = z.dataType() == DataType.FLOAT ? z.floats() : new float[z.size()];
      double[] room = new double[3 * BLOCK];
      loop.each(
          in,
          (o, at, n) -> {
            for (int i = 0; i < n; i += BLOCK) {
              int some = Math.min(BLOCK, n - i);
              int x0 = at[0] + i * xs;
              int y0 = at[1] + i * ys;
              powers(bases, x0, xs, exponents, y0, ys, to, o + i, room, some);
            }
          });
      if (z.dataType() != DataType.FLOAT) {
        Elementwise.round(in, to, z);
      }
    } else {
      loop.each(
          in,
          (o, at, n) -> {
            for (int i = 0; i < n; i++) {
              in.checkpoint(32);
              double base = x.getDouble(at[0] + i * xs);
              z.setDouble(o + i, Math.pow(base, y.getDouble(at[1] + i * ys)));
            }
          });
    }
  }

  private static boolean isShort(DataType type) {
    return type == DataType.FLOAT || Elementwise.isNarrow(type);
  }

  /** Whether this is one number, which float holds. */
  private static boolean isFloat(Tensor y) {
    return y.size() == 1 && (float) y.getDouble(0) == y.getDouble(0);
  }

  /** Powers that are a product: the same as rounding pow once, and far faster. */
  private static boolean constantPower(Invocation in, Tensor x, double exponent, Tensor z) {
    if (exponent != 2 && exponent != 0.5 && exponent != 3) {
      return false;
    }
    if (x.dataType() == DataType.DOUBLE) {
      return false;
    }
    float[] from = x.toFloats();
    float[] to = z.dataType() == DataType.FLOAT ? z.floats() : new float[from.length];
    Elementwise.pieces(in, to.length, (start, end) -> power(from, exponent, to, start, end));
    if (z.dataType() != DataType.FLOAT) {
      Elementwise.round(in, to, z);
    }
    return true;
  }

  private static void power(float[] from, double exponent, float[] to, int start, int end) {
    if (exponent == 2) {
      for (int i = start; i < end; i++) {
        to[i] = from[i] * from[i];
      }
    } else if (exponent == 3) {
      for (int i = start; i < end; i++) {
        to[i] = (float) ((double) from[i] * from[i] * from[i]);
      }
    } else {
      for (int i = start; i < end; i++) {
        // As pow: +0 for -0, infinity for minus infinity.
        to[i] =
            from[i] == Float.NEGATIVE_INFINITY
                ? Float.POSITIVE_INFINITY
                : (float) Math.sqrt(from[i]) + 0f;
      }
    }
  }

  private static void square(long[] x, long[] z, int start, int end) {
    for (int i = start; i < end; i++) {
      z[i] = x[i] * x[i];
    }
  }

  private static void powers(long[] x, long[] y, boolean unsigned, long[] z, int start, int end) {
    for (int i = start; i < end; i++) {
      z[i] = power(x[i], y[i], unsigned);
    }
  }

  private static long power(long base, long exponent, boolean unsigned) {
    if (exponent < 0 && !unsigned) {
      if (base == 0) {
        throw new OperatorFailed("zero to a negative power");
      }
      return base == 1 ? 1 : base == -1 ? ((exponent & 1) == 0 ? 1 : -1) : 0;
    }
    long result = 1;
    for (long square = base, left = exponent; left != 0; left >>>= 1, square *= square) {
      if ((left & 1) != 0) {
        result *= square;
      }
    }
    return result;
  }

  /**
   * Powers of floats, {@code 2^(y log2(x))} in double: in several loops, of which C2 makes vectors
   * where no bits are taken for numbers.
   */
  private static void powers(
      float[] x, int xo, int xs, float[] y, int yo, int ys, float[] z, int zo, double[] m, int n) {
    int any = 0;
    for (int i = 0; i < n; i++) {
      int bits = Float.floatToRawIntBits(x[xo + i * xs]);
      any |= bits | (bits - SMALLEST) | (GREATEST - bits);
      // |x| is m 2^e, with m from sqrt(1/2) to sqrt(2).
      int above = (bits & Integer.MAX_VALUE) - ROOT_HALF;
      int e = above >> 23;
      m[i] = Float.intBitsToFloat(above - (e << 23) + ROOT_HALF);
      m[i + BLOCK] = e;
      m[i + 2 * BLOCK] = y[yo + i * ys];
    }
    multiplyLogarithms(m, n);
    power(m, n);
    for (int i = 0; i < n; i++) {
      long bits = (long) ((int) m[i + BLOCK] + 1023) << 52;
      z[zo + i] = (float) (m[i] * Double.longBitsToDouble(bits));
    }
    for (int i = 0; i < n && any < 0; i++) {
      z[zo + i] = signed(x[xo + i * xs], y[yo + i * ys], z[zo + i]);
    }
  }

  /** Sets m to y log2(x), by the series of log(m) = 2 atanh(t). */
  private static void multiplyLogarithms(double[] m, int n) {
    for (int i = 0; i < n; i++) {
      double t = (m[i] - 1) / (m[i] + 1);
      double q = t * t;
      double p = 2 / 9.0 + q * (2 / 11.0 + q * (2 / 13.0 + q * (2 / 15.0)));
      p = 2 + q * (2 / 3.0 + q * (2 / 5.0 + q * (2 / 7.0 + q * p)));
      double y = m[i + 2 * BLOCK];
      m[i] = Math.max(-FAR, Math.min(FAR, y * (m[i + BLOCK] + t * p * (1 / LN2))));
    }
  }

  /** Makes of m 2^e anew, by the Taylor series of the rest. */
  private static void power(double[] m, int n) {
    for (int i = 0; i < n; i++) {
      double e = Math.rint(m[i]);
      double r = (m[i] - e) * LN2;
      double p = 1 / 720.0 + r * (1 / 5040.0 + r * (1 / 40320.0 + r * (1 / 362880.0)));
      p = 1 / 6.0 + r * (1 / 24.0 + r * (1 / 120.0 + r * p));
      m[i] = 1 + r * (1 + r * (1 / 2.0 + r * p));
      m[i + BLOCK] = e;
    }
  }

  /** Returns x to the power of y where that of |x| is z, if x is not too small. */
  private static float signed(float x, float y, float z) {
    if (Math.abs(x) >= Float.MIN_NORMAL && Math.abs(x) <= Float.MAX_VALUE) {
      return x > 0 || 0.5 * y == Math.rint(0.5 * y) ? z : y == Math.rint(y) ? -z : Float.NaN;
    }
    return (float) Math.pow(x, y);
  }
}
