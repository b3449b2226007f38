package org.sardonyx.operators.math;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Clip: {@code min(max(x, low), high)}; all is high where low is greater. NaN stays NaN.
 *
 * @param low the least value as an attribute, or null: an input or none
 * @param high the greatest value as an attribute, or null: an input or none
 */
public record Clip(@Nullable Float low, @Nullable Float high) implements Operator {

  // The two defaults of version 6 are the limits of the input's type.
  public static final OperatorDef DEF =
      OperatorDef.named("Clip")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .optional("consumed_inputs", Kind.INTS)
          .optional("max", Kind.FLOAT)
          .optional("min", Kind.FLOAT)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .attribute("max", Float.MAX_VALUE)
          .attribute("min", -Float.MAX_VALUE)
          .version(11)
          .optionalInput("min", "T")
          .optionalInput("max", "T")
          .without("max")
          .without("min")
          .version(12)
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.NUMERIC_BF16)
          .create(Clip::of);

  static Clip of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Clip(
        attributes.has("min") ? attributes.getFloat("min") : null,
        attributes.has("max") ? attributes.getFloat("max") : null);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferUnary(in);
  }

  @Override
  public void run(Invocation in) {
    DataType type = in.tensor(0).dataType();
    if (type.isFloat()) {
      boolean wide = type == DataType.DOUBLE;
      double least = bound(in, 1, low, -Float.MAX_VALUE, wide, Double.NEGATIVE_INFINITY);
      double greatest = bound(in, 2, high, Float.MAX_VALUE, wide, Double.POSITIVE_INFINITY);
      float from = (float) least;
      float to = (float) greatest;
      Elementwise.unary(
          in,
          (x, y, start, end) -> in.kernels().clamp(from, to, x, start, y, start, end - start),
          (x, y, start, end) -> clamp(least, greatest, x, y, start, end));
    } else if (type == DataType.UINT64) {
      long least = in.has(1) ? one(in, 1).getLong(0) : 0;
      long greatest = in.has(2) ? one(in, 2).getLong(0) : -1;
      Elementwise.unaryIntegers(
          in,
          x -> {
            long v = Long.compareUnsigned(x, least) < 0 ? least : x;
            return Long.compareUnsigned(v, greatest) > 0 ? greatest : v;
          });
    } else {
      long least = in.has(1) ? one(in, 1).getLong(0) : Long.MIN_VALUE;
      long greatest = in.has(2) ? one(in, 2).getLong(0) : Long.MAX_VALUE;
      Elementwise.unaryIntegers(
          in,
          (v, start, end) -> {
            for (int i = start; i < end; i++) {
              v[i] = Math.min(Math.max(v[i], least), greatest);
            }
          });
    }
  }

  private static void clamp(
      double least, double greatest, double[] x, double[] y, int start, int end) {
    // Bounds of NaN or zero, whose sign does not count, would not be what these take them for.
    if (Math.abs(least) > 0 && Math.abs(greatest) > 0) {
      for (int i = start; i < end; i++) {
        y[i] = Math.min(Math.max(x[i], least), greatest);
      }
      return;
    }
    for (int i = start; i < end; i++) {
      double v = x[i] < least ? least : x[i];
      y[i] = v > greatest ? greatest : v;
    }
  }

  private static double bound(
      Invocation in, int input, @Nullable Float attribute, float limit, boolean wide, double none) {
    if (attribute != null) {
      return !wide || attribute != limit ? attribute : Math.copySign(Double.MAX_VALUE, limit);
    }
    return in.has(input) ? one(in, input).getDouble(0) : none;
  }

  private static Tensor one(Invocation in, int input) {
    Tensor bound = in.tensor(input);
    if (bound.size() != 1) {
      throw new OperatorFailed("a bound of Clip is a scalar, got " + bound);
    }
    return bound;
  }
}
