package org.sardonyx.operators;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Tensors for tests, and how they are compared with what is expected. */
public final class Samples {

  private Samples() {}

  /** Returns a tensor of any type but string and complex whose elements are {@code values}. */
  public static Tensor tensor(DataType type, int[] shape, double... values) {
    Tensor tensor = Tensor.zeros(type, shape);
    for (int i = 0; i < values.length; i++) {
      tensor.setDouble(i, values[i]);
    }
    return tensor;
  }

  /** As {@link #tensor(DataType, int[], double...)}, of rank 1. */
  public static Tensor vector(DataType type, double... values) {
    return tensor(type, new int[] {values.length}, values);
  }

  public static int[] shape(int... sizes) {
    return sizes;
  }

  /** Returns small numbers: floats of four digits, integers from -5 or 0 to 5. */
  public static Tensor random(DataType type, long seed, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(type, shape);
    for (int i = 0; i < tensor.size(); i++) {
      if (type == DataType.BOOL) {
        tensor.setLong(i, random.nextInt(2));
      } else if (type.isInteger()) {
        tensor.setLong(i, random.nextInt(type.kind() == DataType.Kind.SIGNED ? -5 : 0, 6));
      } else {
        tensor.setDouble(i, random.nextInt(-2000, 2001) / 1000.0);
      }
    }
    return tensor;
  }

  /**
   * Fails unless every element is within {@code tolerance * max(1, |expected|)} of what is
   * expected; infinities, NaN and the sign of zero must be the same.
   */
  public static void assertClose(Tensor actual, double tolerance, double... expected) {
    if (actual.size() != expected.length) {
      throw new AssertionError(actual + " has not " + expected.length + " elements");
    }
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual.getDouble(i);
      boolean same = Double.compare(a, e) == 0;
      boolean near = Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e)) && tolerance > 0;
      if (!same && !near) {
        throw new AssertionError(
            "element "
                + i
                + " is "
                + a
                + ", not "
                + e
                + ", of "
                + Arrays.toString(actual.toDoubles()));
      }
    }
  }

  /** Fails unless every element is exactly what is expected. */
  public static void assertExact(Tensor actual, double... expected) {
    assertClose(actual, 0, expected);
  }
}
