package org.sardonyx.conformance.detail;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * How one tensor differs from what is expected, beyond the figures of a {@link Comparison}.
 *
 * @param ulps how far elements are off, with their sign
 * @param overTime how errors go on, one for each direction; empty where there is no time axis
 * @param ranking where the greatest elements of rows are; null where the last axis has one element,
 *     or the type is no floating point
 */
public record ErrorDetail(UlpHistogram ulps, List<Growth> overTime, @Nullable Ranking ranking) {

  public ErrorDetail {
    overTime = List.copyOf(overTime);
  }

  /**
   * Returns the details; null where the two are no numeric tensors of one shape.
   *
   * @param expected what is expected, in the type of {@code found} or in double
   * @param budget how far elements may be off
   * @param time where the steps are; null for nowhere
   */
  public static @Nullable ErrorDetail of(
      @Nullable Value expected, @Nullable Value found, Tolerance budget, @Nullable TimeAxis time) {
    if (!(expected instanceof Tensor e) || !(found instanceof Tensor f) || !comparable(e, f)) {
      return null;
    }
    DataType type = f.dataType();
    double[] truth = numbers(e);
    double[] values = numbers(f);
    int last = f.rank() == 0 ? 1 : f.dim(-1);
    return new ErrorDetail(
        UlpHistogram.of(truth, values, type),
        time == null || !time.fits(f.shape()) || f.size() == 0
            ? List.of()
            : overTime(truth, values, f, time),
        type.isFloat() && last > 1 && f.size() > 0
            ? Ranking.of(truth, values, last, budget)
            : null);
  }

  private static boolean comparable(Tensor e, Tensor f) {
    DataType type = f.dataType();
    boolean number = type.isFloat() || type.isInteger() || type == DataType.BOOL;
    return number
        && e.sameShape(f)
        && (e.dataType() == type || (e.dataType() == DataType.DOUBLE && type.isFloat()));
  }

  private static double[] numbers(Tensor tensor) {
    double[] numbers = new double[tensor.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = tensor.getDouble(i);
    }
    return numbers;
  }

  private static List<Growth> overTime(double[] truth, double[] found, Tensor like, TimeAxis time) {
    int[] shape = like.shape();
    int steps = shape[time.axis()];
    int directions = time.directions().size();
    double[][] most = new double[directions][steps];
    double[][] squares = new double[directions][steps];
    int[][] counts = new int[directions][steps];
    double scale = 0;
    for (int i = 0; i < truth.length; i++) {
      int direction = time.direction(i, shape);
      int step = time.step(i, shape);
      double e = truth[i];
      double f = found[i];
      boolean same = e == f || (Double.isNaN(e) && Double.isNaN(f));
      double error = same ? 0 : Math.abs(f - e);
      if (Double.isFinite(error)) {
        squares[direction][step] += error * error;
        counts[direction][step]++;
      }
      if (Double.isFinite(e)) {
        scale = Math.max(scale, Math.abs(e));
      }
      most[direction][step] =
          Math.max(most[direction][step], Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }
    double noise =
        like.dataType().isFloat()
            ? Math.max(Comparison.ulp(like.dataType(), scale) / 2, Double.MIN_NORMAL)
            : 0.5;
    List<Growth> all = new ArrayList<>();
    for (int d = 0; d < directions; d++) {
      double[] rms = new double[steps];
      for (int t = 0; t < steps; t++) {
        rms[t] = Math.sqrt(squares[d][t] / Math.max(1, counts[d][t]));
      }
      all.add(Growth.of(time.directions().get(d), most[d], rms, noise));
    }
    return all;
  }
}
