package org.sardonyx.conformance.sweep;

import java.util.Random;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Random tensors, the same for the same seed everywhere. */
final class Tensors {

  private Tensors() {}

  /** Returns normal numbers of mean 0 and the deviation given, rounded to the type. */
  static Tensor normal(Random random, DataType type, double deviation, int... shape) {
    double[] values = new double[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian() * deviation;
    }
    return Tensor.fromDoubles(type, values, shape);
  }

  /** Returns integers from {@code low} up to and without {@code high}. */
  static Tensor integers(Random random, DataType type, long low, long high, int... shape) {
    long[] values = new long[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (long) (random.nextDouble() * (high - low));
    }
    return Tensor.fromLongs(type, values, shape);
  }
}
