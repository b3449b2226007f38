package org.sardonyx.benchmarks;

import java.util.Arrays;

/**
 * The figures of one measurement.
 *
 * @param values sorted
 */
record Measured(double[] values) {

  Measured {
    values = values.clone();
    Arrays.sort(values);
  }

  double median() {
    return values[values.length / 2];
  }

  /** Returns half of what lies between the quarters at both ends, as a part of the median. */
  double spread() {
    return (values[3 * values.length / 4] - values[values.length / 4]) / 2 / median();
  }
}
