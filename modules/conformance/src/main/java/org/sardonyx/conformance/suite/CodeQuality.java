package org.sardonyx.conformance.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.conformance.lint.Sarif;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.error.Text;

/** What fails, as a report of code quality that GitLab shows beside merge requests. */
public final class CodeQuality {

  private CodeQuality() {}

  /** Returns the report as lists and maps. */
  public static List<Map<String, Object>> of(SuiteResult result) {
    return result.checks().stream()
        .filter(check -> check.status().fails())
        .map(CodeQuality::of)
        .toList();
  }

  private static Map<String, Object> of(Check check) {
    String where =
        check.output().isEmpty() ? check.inputs() : check.inputs() + ", " + check.output();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("description", Text.escape(where + ": " + check.message()));
    json.put(
        "check_name", check.verdict() == null ? check.status().word() : check.verdict().word());
    json.put(
        "fingerprint", Sarif.digest(check.model() + '\n' + where + '\n' + check.status().word()));
    json.put(
        "severity",
        switch (check.status()) {
          case ERROR -> "critical";
          case FAILED -> "major";
          case UNEXPECTED_PASS -> "minor";
          case PASSED, EXPECTED -> "info";
        });
    json.put("location", Map.of("path", check.model(), "lines", Map.of("begin", 1)));
    return json;
  }
}
