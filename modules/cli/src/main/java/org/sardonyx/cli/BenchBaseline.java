package org.sardonyx.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an earlier {@code bench --format json} found, to compare with.
 *
 * @param median our median in microseconds
 * @param ratio ONNX Runtime's median by ours: it stays what it is on a slower machine
 */
record BenchBaseline(double median, double ratio) {

  /**
   * Reads a result.
   *
   * @throws InvalidInput where the file is none, or is of another model or number of threads
   */
  static BenchBaseline read(Path file, String model, int threads) {
    String name = Text.escape(String.valueOf(file.getFileName()));
    JsonNode json;
    try {
      json = new JsonMapper().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new InvalidInput(name + " is no JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double median = json.path("native_us").path("median").asDouble(0);
    double ratio = json.path("ratio").asDouble(0);
    if (!(median > 0 && ratio > 0)) {
      throw new InvalidInput(name + " is no result of bench --format json");
    }
    String measured = json.path("model").asString("");
    if (!measured.equals(model) || json.path("threads").asInt(0) != threads) {
      throw new InvalidInput(
          "%s is of \"%s\" on %d threads, not of \"%s\" on %d"
              .formatted(
                  name,
                  Text.escape(measured),
                  json.path("threads").asInt(0),
                  Text.escape(model),
                  threads));
    }
    return new BenchBaseline(median, ratio);
  }

  /** Returns by what part of the baseline a median is slower; negative where it is faster. */
  double regress(double nowMedian) {
    return nowMedian / median - 1;
  }

  /**
   * Returns a part written as {@code 0.1} or {@code 10%}.
   *
   * @throws NumberFormatException where it is none, or less than 0
   */
  static double part(String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
    double part = Double.parseDouble(number) / (text.endsWith("%") ? 100 : 1);
    if (!(part >= 0) || Double.isInfinite(part)) {
      throw new NumberFormatException(text);
    }
    return part;
  }

  /** Returns a line for people. */
  String says(double nowMedian, double nowRatio) {
    return String.format(
        Locale.ROOT,
        "against the baseline: median %+.1f %% (%.3f us, was %.3f), ratio %.3f, was %.3f",
        100 * regress(nowMedian),
        nowMedian,
        median,
        nowRatio,
        ratio);
  }
}
