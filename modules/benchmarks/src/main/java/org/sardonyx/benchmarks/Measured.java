package org.sardonyx.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one measurement, in a file, so that a report that was stopped goes on where it
 * was.
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

  /** Returns half of what lies between the least and the most, as a part of the median. */
  double spread() {
    return (values[values.length - 1] - values[0]) / 2 / median();
  }

  /** Returns what a file holds; null where there is none. */
  static @Nullable Measured read(Path file) {
    try {
      return Files.exists(file)
          ? new Measured(
              Arrays.stream(Files.readString(file).strip().split(" ", -1))
                  .mapToDouble(Double::parseDouble)
                  .toArray())
          : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Measured write(Path file) {
    StringBuilder text = new StringBuilder();
    for (double value : values) {
      text.append(String.format(Locale.ROOT, "%.6g ", value));
    }
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }
}
