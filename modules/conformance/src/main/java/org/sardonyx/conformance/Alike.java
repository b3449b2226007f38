package org.sardonyx.conformance;

import java.util.Arrays;
import java.util.Locale;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Whether two tensors of random numbers, drawn independently, may come from the same distributions,
 * one for each element. Where they do, each of two tests says no in one of a million cases at most.
 *
 * <p>The difference of a pair of elements is then as often positive as negative, so that, by
 * Hoeffding's inequality, {@code |sum d| > t sqrt(sum d^2)} has a probability of at most {@code 2
 * exp(-t^2 / 2)}. And the values of all elements together are spread alike: the greatest distance D
 * of the two distribution functions (Kolmogorov and Smirnov) exceeds {@code k sqrt(2 / n)} with a
 * probability of about {@code 2 exp(-2 k^2)}.
 *
 * @param elements how many elements were compared
 * @param shift {@code |sum d| / sqrt(sum d^2)}
 * @param spread {@code D sqrt(n / 2)}
 */
record Alike(int elements, double shift, double spread) {

  private static final double FALSE_ALARM = 1e-6;
  private static final double MOST_SHIFT = Math.sqrt(-2 * Math.log(FALSE_ALARM / 2));
  private static final double MOST_SPREAD = Math.sqrt(-Math.log(FALSE_ALARM / 2) / 2);

  /** Whether the values are tensors of numbers, of which something can be said. */
  static boolean canCompare(Value a, Value b) {
    return a instanceof Tensor x
        && b instanceof Tensor y
        && x.sameShape(y)
        && x.dataType() == y.dataType()
        && (x.dataType().isFloat() || x.dataType() == DataType.BOOL || isInteger(x.dataType()));
  }

  private static boolean isInteger(DataType type) {
    return switch (type) {
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> true;
      default -> false;
    };
  }

  /** Compares two tensors of one type and shape. */
  static Alike of(Tensor a, Tensor b) {
    double[] x = numbers(a);
    double[] y = numbers(b);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - y[i];
      sum += d;
      squares += d * d;
    }
    double shift = squares == 0 ? 0 : Math.abs(sum) / Math.sqrt(squares);
    Arrays.sort(x);
    Arrays.sort(y);
    return new Alike(x.length, shift, distance(x, y) * Math.sqrt(x.length / 2.0));
  }

  private static double[] numbers(Tensor tensor) {
    return tensor.dataType().isFloat()
        ? tensor.toDoubles().clone()
        : Arrays.stream(tensor.toLongs()).asDoubleStream().toArray();
  }

  /** Returns the greatest distance between two distribution functions. */
  private static double distance(double[] x, double[] y) {
    int i = 0;
    int j = 0;
    int most = 0;
    while (i < x.length && j < y.length) {
      double value = Math.min(x[i], y[j]);
      while (i < x.length && x[i] <= value) {
        i++;
      }
      while (j < y.length && y[j] <= value) {
        j++;
      }
      if (Double.isNaN(value)) {
        return 1;
      }
      most = Math.max(most, Math.abs(i - j));
    }
    return x.length == 0 ? 0 : (double) most / x.length;
  }

  boolean agrees() {
    return shift <= MOST_SHIFT && spread <= MOST_SPREAD;
  }

  String summary() {
    return String.format(
        Locale.ROOT,
        "%d random elements: shift %.2f of %.2f, spread %.2f of %.2f",
        elements,
        shift,
        MOST_SHIFT,
        spread,
        MOST_SPREAD);
  }
}
