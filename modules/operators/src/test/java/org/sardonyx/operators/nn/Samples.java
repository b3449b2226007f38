package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Random tensors, and tensors against what they should be. */
final class Samples {

  private Samples() {}

  static Tensor normal(Random random, DataType type, int... shape) {
    Tensor x = Tensor.zeros(type, shape);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, random.nextGaussian());
    }
    return x;
  }

  static Tensor counting(int... shape) {
    Tensor x = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = i + 1;
    }
    return x;
  }

  /** Each element within {@code relative} of the largest expected one. */
  static void near(double[] expected, Tensor actual, double relative) {
    double largest = 1;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, actual.toDoubles(), relative * largest);
  }

  /** The rows of a batch are bit for bit what each gives alone. */
  static void batchIndependent(Tensor together, Tensor alone, int row) {
    int n = alone.size();
    for (int i = 0; i < n; i++) {
      assertTrue(
          Double.doubleToLongBits(together.getDouble(row * n + i))
              == Double.doubleToLongBits(alone.getDouble(i)),
          "row " + row + " differs beside others");
    }
  }

  /** Returns row {@code row} of a batch as a batch of its own. */
  static Tensor row(Tensor x, int row) {
    int[] shape = x.shape();
    shape[0] = 1;
    Tensor y = Tensor.zeros(x.dataType(), shape);
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, x.getDouble(row * y.size() + i));
    }
    return y;
  }
}
