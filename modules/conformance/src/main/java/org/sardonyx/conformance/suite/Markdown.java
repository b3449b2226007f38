package org.sardonyx.conformance.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.Text;
import org.sardonyx.oracle.Comparison;

/** Writes a result as a summary in Markdown, and as annotations of GitHub Actions. */
public final class Markdown {

  private static final int MOST_ROWS = 200;

  private Markdown() {}

  /** Returns the summary: the counts, then what fails and what is expected, the worst first. */
  public static String of(SuiteResult result) {
    StringBuilder text = new StringBuilder("## ").append(cell(result.suite())).append("\n\n");
    text.append(result.passes() ? "Passed" : "**Failed**").append(": ").append(result.summary());
    text.append(String.format(Locale.ROOT, ", in %.1f s%n", result.took().toNanos() / 1e9));
    List<Check> shown = new ArrayList<>();
    for (Status status :
        List.of(Status.ERROR, Status.FAILED, Status.UNEXPECTED_PASS, Status.EXPECTED)) {
      result.checks().stream().filter(check -> check.status() == status).forEach(shown::add);
    }
    if (!shown.isEmpty()) {
      text.append("\n| model | inputs | output | status | verdict | ours | reference | |\n");
      text.append("|---|---|---|---|---|---|---|---|\n");
      for (Check check : shown.subList(0, Math.min(shown.size(), MOST_ROWS))) {
        ThreeWay.Output judged = check.judged();
        text.append("| ").append(cell(check.model()));
        text.append(" | ").append(cell(check.inputs()));
        text.append(" | ").append(cell(check.output()));
        text.append(" | ").append(check.status().word());
        text.append(" | ").append(check.verdict() == null ? "" : check.verdict().word());
        text.append(" | ").append(judged == null ? "" : error(judged.ours()));
        text.append(" | ").append(judged == null ? "" : error(judged.reference()));
        text.append(" | ").append(cell(check.message())).append(" |\n");
      }
      if (shown.size() > MOST_ROWS) {
        text.append("\n").append(shown.size() - MOST_ROWS).append(" more are not shown.\n");
      }
    }
    return text.toString();
  }

  /** Returns a line for each failing check that GitHub Actions shows at the model's file. */
  public static List<String> annotations(SuiteResult result) {
    return result.checks().stream()
        .filter(check -> check.status().fails())
        .map(check ->
            "::error file="
                + property(check.model())
                + ",title="
                + property(check.status().word())
                + "::"
                + data(
                    check.inputs()
                        + (check.output().isEmpty() ? "" : ", " + check.output())
                        + ": "
                        + check.message()))
        .toList();
  }

  private static String error(@Nullable Comparison comparison) {
    return comparison == null ? "" : String.format(Locale.ROOT, "%.2g", comparison.maxAbs());
  }

  /** Returns a text that stays in its cell: no line ends, no markup, no HTML. */
  private static String cell(String text) {
    StringBuilder safe = new StringBuilder();
    for (char c : Text.escape(text).toCharArray()) {
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '|', '*', '_', '`', '[', ']', '\\', '#', '!' -> safe.append('\\').append(c);
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
