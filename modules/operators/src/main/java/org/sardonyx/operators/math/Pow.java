package org.sardonyx.operators.math;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Elementwise;
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
      loop.each(
          in,
          (o, at, n) -> {
            for (int i = 0; i < n; i++) {
              z.setLong(
                  o + i, power(x.getLong(at[0] + i * xs), y.getLong(at[1] + i * ys), unsigned));
            }
          });
    } else {
      loop.each(
          in,
          (o, at, n) -> {
            for (int i = 0; i < n; i++) {
              in.checkpoint(32);
              double base = x.getDouble(at[0] + i * xs);
              z.setDouble(o + i, StrictMath.pow(base, y.getDouble(at[1] + i * ys)));
            }
          });
    }
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
}
