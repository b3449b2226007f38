package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** What of all that was measured reaches its goals. */
final class Verdicts {

  /** More than this part of a median says nothing about it. */
  static final double MOST_SPREAD = 0.5;

  final List<String> below = new ArrayList<>();
  final List<String> unsteady = new ArrayList<>();
  final List<String> missing = new ArrayList<>();
  final List<Double> whole = new ArrayList<>();
  int met;
  int aimed;

  /** Counts what reaches what it must, and returns the word for it. */
  String reaches(boolean aim) {
    met++;
    aimed += aim ? 1 : 0;
    return aim ? "aim" : "must";
  }

  /** Keeps what does not, with a line that says what and why. */
  String below(String line) {
    below.add(line);
    return "**below**";
  }

  String unsteady(String line) {
    unsteady.add(line);
    return "unsteady";
  }

  String missing(String line) {
    missing.add(line);
    return "did not run";
  }

  /** Returns how many there are of each, and the lists, as Markdown. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d rows reach what they must, %d of them what they aim at; %d do not.\n"
            .formatted(met, aimed, below.size()));
    if (!whole.isEmpty()) {
      double mean = Math.exp(whole.stream().mapToDouble(Math::log).average().orElseThrow());
      text.append("Whole float32 models, user, geometric mean: %s.\n".formatted(Table.ratio(mean)));
    }
    list(text, "Below what they must, and what limits them:", below);
    list(
        text,
        "Too unsteady to judge: half of the rounds are further apart than the median",
        unsteady);
    list(text, "Did not run:", missing);
    return text.toString();
  }

  private static void list(StringBuilder text, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append('\n').append(title).append("\n\n");
      lines.forEach(line -> text.append("- ").append(line).append('\n'));
    }
  }
}
