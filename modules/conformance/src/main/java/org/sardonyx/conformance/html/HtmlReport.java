package org.sardonyx.conformance.html;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.JsonReport;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.Text;
import org.sardonyx.oracle.Comparison;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a result as one HTML page that opens from a file, offline, and loads nothing.
 *
 * <p>Names in it come from models that nobody need trust. They stand in the table as escaped text
 * and in a block of data whose every {@code <}, {@code >} and {@code &} is a JSON escape; the
 * script puts them into the page as text only; and a Content-Security-Policy lets no script or
 * style run but the two that this class writes, by their hashes, and nothing be loaded at all.
 */
public final class HtmlReport {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private HtmlReport() {}

  /**
   * Returns the page.
   *
   * @param pictures the graphs to draw
   */
  public static String of(SuiteResult result, Pictures pictures) {
    String style = resource("report.css");
    String script = resource("report.js");
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("style-src '")
        .append(hash(style))
        .append("'; script-src '")
        .append(hash(script))
        .append("'; base-uri 'none'; form-action 'none'\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.append("<title>").append(text(result.suite())).append(" · conformance</title>\n");
    page.append("<style>").append(style).append("</style>\n</head>\n<body>\n");
    header(page, result);
    table(page, result);
    page.append("<section id=\"detail\" aria-label=\"Details\" hidden></section>\n</main>\n");
    page.append("<script type=\"application/json\" id=\"data\">")
        .append(data(result, pictures))
        .append("</script>\n");
    page.append("<script>").append(script).append("</script>\n</body>\n</html>\n");
    return page.toString();
  }

  private static void header(StringBuilder page, SuiteResult result) {
    page.append("<header>\n<h1>").append(text(result.suite())).append("</h1>\n");
    page.append("<p class=\"sum ").append(result.passes() ? "passed" : "failed").append("\">");
    page.append(result.passes() ? "Conforms" : "Does not conform").append("</p>\n");
    page.append("<p class=\"time\">")
        .append(result.checks().size())
        .append(" checks of ")
        .append(result.checks().stream().map(Check::model).distinct().count())
        .append(" models in ")
        .append(String.format(Locale.ROOT, "%.1f s", result.took().toNanos() / 1e9))
        .append("</p>\n");
    page.append("<button id=\"theme\" type=\"button\" hidden>Theme: system</button>\n</header>\n");
    page.append("<main>\n<div class=\"tools\" role=\"search\">\n");
    page.append("<input id=\"search\" type=\"search\" placeholder=\"Search models, outputs, ")
        .append("messages\" aria-label=\"Search\" autocomplete=\"off\">\n");
    for (Status status : Status.values()) {
      long count = result.count(status);
      if (count > 0) {
        page.append("<button type=\"button\" class=\"chip ")
            .append(status.word())
            .append("\" data-status=\"")
            .append(status.word())
            .append("\" aria-pressed=\"true\">")
            .append(count)
            .append(' ')
            .append(status.word())
            .append("</button>\n");
      }
    }
    page.append("<output id=\"shown\" aria-live=\"polite\"></output>\n</div>\n");
  }

  private static void table(StringBuilder page, SuiteResult result) {
    page.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Checks\">\n");
    page.append("<table id=\"checks\">\n<thead><tr>");
    String[] heads = {
      "Status", "Model", "Inputs", "Output", "Verdict", "Ours", "ULP", "Reference", "Time", "Says"
    };
    for (String head : heads) {
      page.append("<th scope=\"col\">").append(head).append("</th>");
    }
    page.append("</tr></thead>\n<tbody>\n");
    for (int i = 0; i < result.checks().size(); i++) {
      row(page, i, result.checks().get(i));
    }
    page.append("</tbody>\n</table>\n</div>\n");
  }

  private static void row(StringBuilder page, int index, Check check) {
    ThreeWay.Output judged = check.judged();
    Comparison ours = judged == null ? null : judged.ours();
    Comparison reference = judged == null ? null : judged.reference();
    if (judged != null && ours == null) {
      ours = judged.between();
    }
    page.append("<tr data-i=\"")
        .append(index)
        .append("\" data-status=\"")
        .append(check.status().word())
        .append("\">");
    page.append("<td><span class=\"badge ")
        .append(check.status().word())
        .append("\">")
        .append(check.status().word())
        .append("</span></td>");
    page.append("<td class=\"name\">").append(text(check.model())).append("</td>");
    cell(page, check.inputs());
    page.append("<td class=\"name\">").append(text(check.output())).append("</td>");
    cell(page, check.verdict() == null ? "" : check.verdict().word());
    number(page, ours == null ? Double.NaN : ours.maxAbs(), ours != null);
    number(page, ours == null ? Double.NaN : ours.maxUlp(), ours != null);
    number(page, reference == null ? Double.NaN : reference.maxAbs(), reference != null);
    page.append("<td class=\"num\" data-v=\"")
        .append(check.took().toNanos())
        .append("\">")
        .append(String.format(Locale.ROOT, "%.3f s", check.took().toNanos() / 1e9))
        .append("</td>");
    page.append("<td class=\"says\"><div>")
        .append(check.verdict() == Verdict.AGREE && ours != null ? "" : text(check.message()))
        .append("</div></td></tr>\n");
  }

  private static void cell(StringBuilder page, String content) {
    page.append("<td>").append(text(content)).append("</td>");
  }

  private static void number(StringBuilder page, double value, boolean there) {
    page.append("<td class=\"num\" data-v=\"")
        .append(there ? value : "")
        .append("\">")
        .append(there ? String.format(Locale.ROOT, "%.2g", value) : "")
        .append("</td>");
  }

  private static String data(SuiteResult result, Pictures pictures) {
    Map<String, Object> json = new LinkedHashMap<>(JsonReport.of(result));
    json.put("models", pictures.models());
    return JSON.writeValueAsString(json)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** Returns a text as HTML shows it, between tags or in a quoted attribute. */
  static String text(@Nullable String raw) {
    if (raw == null) {
      return "";
    }
    StringBuilder safe = new StringBuilder();
    for (char c : Text.escape(raw).toCharArray()) {
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  private static String hash(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
