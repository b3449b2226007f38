package org.sardonyx.conformance.suite;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.suite.SuiteResult.Check;

/** A result as JSON; {@code docs/report.schema.json} has its keys. */
public final class JsonReport {

  /** Counts up when keys change their meaning or go. */
  public static final int VERSION = 1;

  private JsonReport() {}

  /** Returns the report as maps and lists. */
  public static Map<String, Object> of(SuiteResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    json.put("suite", result.suite());
    json.put("passed", result.passes());
    Map<String, Object> counts = new LinkedHashMap<>();
    for (SuiteResult.Status status : SuiteResult.Status.values()) {
      counts.put(status.word(), result.count(status));
    }
    json.put("counts", counts);
    json.put("seconds", result.took().toNanos() / 1e9);
    json.put("checks", result.checks().stream().map(JsonReport::of).toList());
    return json;
  }

  private static Map<String, Object> of(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", check.model());
    json.put("inputs", check.inputs());
    json.put("output", check.output());
    json.put("status", check.status().word());
    json.put("verdict", check.verdict() == null ? null : check.verdict().word());
    json.put("message", check.message());
    json.put("seconds", check.took().toNanos() / 1e9);
    ThreeWay.Output judged = check.judged();
    if (judged != null) {
      json.put("budget", judged.budget().toString());
      json.put("native_to_arbiter", judged.ours());
      json.put("reference_to_arbiter", judged.reference());
      json.put("native_to_reference", judged.between());
    }
    return json;
  }
}
