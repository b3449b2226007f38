package org.sardonyx.conformance.lint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;

/** Findings in the Static Analysis Results Interchange Format, version 2.1.0. */
public final class Sarif {

  private Sarif() {}

  /**
   * Returns a log of one run as maps and lists.
   *
   * @param file the model as the log names it: a relative path with slashes
   * @param version of this program
   */
  public static Map<String, Object> of(String file, String version, Lint.Result result) {
    Set<String> ids = new LinkedHashSet<>();
    result.found().forEach(finding -> ids.add(finding.rule()));
    result.suppressed().forEach(finding -> ids.add(finding.rule()));
    List<String> order = List.copyOf(ids);
    List<Object> results = new ArrayList<>();
    result.found().forEach(finding -> results.add(result(file, order, finding, false)));
    result.suppressed().forEach(finding -> results.add(result(file, order, finding, true)));
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "sardonyx");
    driver.put("version", version);
    driver.put("rules", order.stream().map(Sarif::rule).toList());
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("artifacts", List.of(Map.of("location", Map.of("uri", uri(file)))));
    run.put("columnKind", "utf16CodeUnits");
    run.put("results", results);
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return log;
  }

  private static Map<String, Object> rule(String id) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", id);
    LintRule.named(id)
        .ifPresent(known -> {
          rule.put("shortDescription", Map.of("text", known.says()));
          rule.put("help", Map.of("text", known.fix()));
        });
    return rule;
  }

  private static Map<String, Object> result(
      String file, List<String> order, Diagnostic finding, boolean suppressed) {
    Map<String, Object> physical = new LinkedHashMap<>();
    physical.put("artifactLocation", Map.of("uri", uri(file), "index", 0));
    // A model has no lines; what shows findings beside files wants one.
    physical.put("region", Map.of("startLine", 1));
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", physical);
    List<String> path = finding.location().path();
    if (!path.isEmpty()) {
      location.put(
          "logicalLocations",
          List.of(
              Map.of(
                  "name", path.getLast(),
                  "fullyQualifiedName", finding.location().toString(),
                  "kind", "element")));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ruleId", finding.rule());
    json.put("ruleIndex", order.indexOf(finding.rule()));
    json.put("level", finding.severity() == Severity.ERROR ? "error" : "warning");
    json.put(
        "message",
        Map.of(
            "text",
            path.isEmpty() ? finding.message() : finding.location() + ": " + finding.message()));
    json.put("locations", List.of(location));
    json.put("partialFingerprints", Map.of("finding/v1", fingerprint(file, finding)));
    if (suppressed) {
      json.put("suppressions", List.of(Map.of("kind", "external")));
    }
    return json;
  }

  /** The same for the same finding at the same place of the same file, whatever else changes. */
  private static String fingerprint(String file, Diagnostic finding) {
    return digest(file + '\n' + finding.rule() + '\n' + finding.location());
  }

  /** Returns a short digest, for reports that want findings to be known again. */
  public static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Returns a path as a relative reference, an absolute one with a scheme: everything but
   * unreserved characters is escaped.
   */
  static String uri(String path) {
    StringBuilder uri = new StringBuilder(path.startsWith("/") ? "file://" : "");
    for (byte b : path.replace('\\', '/').getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
      uri.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return uri.toString();
  }
}
