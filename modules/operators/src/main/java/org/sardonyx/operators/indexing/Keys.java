package org.sardonyx.operators.indexing;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Numbers that order as the elements of a tensor do. */
final class Keys {

  private Keys() {}

  /**
   * Sets {@code keys[i]} to a number for element {@code from + i * stride}: greater elements have
   * greater numbers, equal ones equal numbers, NaN the greatest; or all in reverse.
   */
  static void fill(Tensor x, int from, int stride, long[] keys, boolean reverse) {
    switch (x.array()) {
      case float[] a when x.dataType() == DataType.FLOAT -> {
        for (int i = 0; i < keys.length; i++) {
          keys[i] = of(a[from + i * stride]);
        }
      }
      case double[] a when x.dataType() == DataType.DOUBLE -> {
        for (int i = 0; i < keys.length; i++) {
          keys[i] = of(a[from + i * stride]);
        }
      }
      case long[] a -> {
        long flip = x.dataType() == DataType.UINT64 ? Long.MIN_VALUE : 0;
        for (int i = 0; i < keys.length; i++) {
          keys[i] = a[from + i * stride] ^ flip;
        }
      }
      default -> {
        boolean floats = x.dataType().isFloat();
        for (int i = 0; i < keys.length; i++) {
          int at = from + i * stride;
          keys[i] = floats ? of((float) x.getDouble(at)) : x.getLong(at);
        }
      }
    }
    if (reverse) {
      for (int i = 0; i < keys.length; i++) {
        keys[i] = ~keys[i];
      }
    }
  }

  static long of(float value) {
    // Adding 0 makes one zero of both; the canonical NaN is above infinity.
    int bits = Float.floatToIntBits(value + 0.0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  static long of(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }
}
