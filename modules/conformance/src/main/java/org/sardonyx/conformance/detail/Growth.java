package org.sardonyx.conformance.detail;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How an error goes on along the time axis, in the order in which the steps are computed: for a
 * reverse direction from the end.
 *
 * @param direction {@code forward} or {@code reverse}
 * @param steps how many steps there are
 * @param stride how many steps a number below stands for, the last one maybe fewer
 * @param maxAbs the largest absolute error; infinite where one side is not finite and the other is
 * @param rms the root mean square of the errors of elements finite on both sides
 * @param kind what it looks like
 * @param rate for {@link Kind#EXPONENTIAL} the growth by step, {@code log(e[t+1] / e[t])}; for
 *     {@link Kind#LINEAR} by what it grows each step; for {@link Kind#STEP} the step; else 0
 */
public record Growth(
    String direction,
    int steps,
    int stride,
    List<Double> maxAbs,
    List<Double> rms,
    Kind kind,
    double rate) {

  public Growth {
    maxAbs = List.copyOf(maxAbs);
    rms = List.copyOf(rms);
  }

  /** Forms of growth. */
  public enum Kind {
    /** It stays within bounds: the dynamics forget. */
    FLAT,
    /** It adds up. */
    LINEAR,
    /** It is multiplied each step: nothing can be compared but the first steps. */
    EXPONENTIAL,
    /** It jumps at one step: a length, a reset, a branch. */
    STEP;

    /** Returns the word used in reports. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int POINTS = 256;
  private static final double JUMP = 50;
  private static final double EXPONENTIAL_FROM = 1e3;
  private static final int FEWEST = 4;

  /**
   * Makes one of the errors of each step.
   *
   * @param noise what rounding alone may give
   */
  static Growth of(String direction, double[] maxAbs, double[] rms, double noise) {
    int steps = maxAbs.length;
    int stride = Math.max(1, (steps + POINTS - 1) / POINTS);
    int points = (steps + stride - 1) / stride;
    double[] most = new double[points];
    double[] mean = new double[points];
    for (int t = 0; t < steps; t++) {
      most[t / stride] = Math.max(most[t / stride], maxAbs[t]);
      mean[t / stride] = Math.max(mean[t / stride], rms[t]);
    }
    Kind kind = Kind.FLAT;
    double rate = 0;
    int jump = jump(maxAbs, noise);
    double slope = exponent(maxAbs, noise);
    if (jump >= 0) {
      kind = Kind.STEP;
      rate = jump;
    } else if (slope > 0) {
      kind = Kind.EXPONENTIAL;
      rate = slope;
    } else if (steps >= 2 * FEWEST) {
      double early = mean(maxAbs, steps / 4, steps / 2);
      double late = mean(maxAbs, steps - steps / 4, steps);
      if (late > 2 * early && late > 4 * noise) {
        kind = Kind.LINEAR;
        rate = (late - early) / (0.5 * steps);
      }
    }
    return new Growth(direction, steps, stride, list(most), list(mean), kind, rate);
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / Math.max(1, to - from);
  }

  /** The step at which the error leaves all before it far behind; -1 for none. */
  private static int jump(double[] errors, double noise) {
    double before = noise;
    for (int t = 0; t < errors.length; t++) {
      if (t > 0 && errors[t] > JUMP * before && errors[t] > 2 * JUMP * noise) {
        return t;
      }
      before = Math.max(before, errors[t]);
    }
    return -1;
  }

  /**
   * The slope of the logarithm where it rises, by least squares; 0 where the error does not grow a
   * thousandfold, or a power of t fits better.
   */
  private static double exponent(double[] errors, double noise) {
    double most = 0;
    for (double e : errors) {
      most = Math.max(most, Math.min(e, Double.MAX_VALUE));
    }
    if (!(most > EXPONENTIAL_FROM * noise)) {
      return 0;
    }
    int end = 0;
    while (errors[end] < 0.3 * most) {
      end++;
    }
    int begin = end;
    while (begin > 0 && errors[begin] > 2 * noise) {
      begin--;
    }
    int n = end - begin + 1;
    if (n < FEWEST) {
      return 0;
    }
    double[] logs = new double[n];
    double[] times = new double[n];
    double[] logTimes = new double[n];
    double running = noise;
    for (int i = 0; i < n; i++) {
      running = Math.max(running, Math.min(errors[begin + i], Double.MAX_VALUE));
      logs[i] = Math.log(running);
      times[i] = i;
      logTimes[i] = Math.log(begin + i + 1.0);
    }
    double[] straight = fit(times, logs);
    double[] power = fit(logTimes, logs);
    return straight[1] > 0.8 && straight[1] >= power[1] - 0.02 ? straight[0] : 0;
  }

  /** Slope and share of the variance that it explains. */
  private static double[] fit(double[] x, double[] y) {
    double mx = mean(x, 0, x.length);
    double my = mean(y, 0, y.length);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - mx) * (x[i] - mx);
      xy += (x[i] - mx) * (y[i] - my);
      yy += (y[i] - my) * (y[i] - my);
    }
    return xx == 0 || yy == 0 ? new double[] {0, 0} : new double[] {xy / xx, xy * xy / (xx * yy)};
  }
}
