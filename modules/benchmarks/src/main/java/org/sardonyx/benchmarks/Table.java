package org.sardonyx.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers as the tables of the report have them. */
final class Table {

  private Table() {}

  static String figure(@Nullable Measured measured) {
    return measured == null
        ? "-"
        : String.format(Locale.ROOT, "%.4g ± %.0f %%", measured.median(), 100 * measured.spread());
  }

  static String micros(double micros) {
    return Double.isNaN(micros) ? "-" : String.format(Locale.ROOT, "%.4g", micros);
  }

  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  static String percent(double part) {
    return Double.isNaN(part) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  static double median(@Nullable Measured measured) {
    return measured == null ? Double.NaN : measured.median();
  }

  static String goals(double[] goals) {
    return Arrays.stream(goals)
        .mapToObj(goal -> goal == 0 ? "-" : String.valueOf(goal))
        .collect(Collectors.joining(" / "));
  }
}
