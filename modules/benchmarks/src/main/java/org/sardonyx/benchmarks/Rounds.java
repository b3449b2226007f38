package org.sardonyx.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of several things that took turns, kept in a file, so that a report that was
 * stopped goes on where it was.
 *
 * @param values by what it is of, in the order of the rounds
 */
record Rounds(Map<String, double[]> values) {

  /** Returns the figures of one; null where it was not measured. */
  @Nullable Measured of(String what) {
    double[] all = values.get(what);
    return all == null ? null : new Measured(all);
  }

  /** Returns, round by round, how many times one is another; null where one was not measured. */
  @Nullable Measured ratio(String other, String ours) {
    double[] above = values.get(other);
    double[] below = values.get(ours);
    if (above == null || below == null || above.length != below.length) {
      return null;
    }
    double[] ratios = new double[above.length];
    Arrays.setAll(ratios, i -> above[i] / below[i]);
    return new Measured(ratios);
  }

  /** Returns what a file holds; null where it lacks something. */
  static @Nullable Rounds read(Path file, Collection<String> what) {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      Map<String, double[]> values = new TreeMap<>();
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ", -1);
        values.put(
            words[0], Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray());
      }
      return values.keySet().containsAll(what) ? new Rounds(values) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes one of lists of the same length, and writes it. */
  static Rounds write(Map<String, List<Double>> lists, Path file) {
    Map<String, double[]> values = new TreeMap<>();
    StringBuilder text = new StringBuilder();
    lists.forEach((what, list) -> {
      values.put(what, list.stream().mapToDouble(Double::doubleValue).toArray());
      text.append(what);
      list.forEach(value -> text.append(String.format(Locale.ROOT, " %.6g", value)));
      text.append('\n');
    });
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Rounds(values);
  }
}
