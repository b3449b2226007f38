package org.sardonyx.conformance.suite;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.detail.Details;
import org.sardonyx.conformance.detail.ErrorDetail;
import org.sardonyx.conformance.detail.Growth;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.sweep.RegisterCheck;

/** A result as JSON; {@code docs/report.schema.json} has its keys. */
public final class JsonReport {

  /** Counts up when keys change their meaning or go. */
  public static final int VERSION = 2;

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
    json.put("register", result.register().stream().map(JsonReport::of).toList());
    return json;
  }

  private static Map<String, Object> of(RegisterCheck.Outcome outcome) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", outcome.deviation().id());
    json.put("operator", outcome.operator());
    json.put("engine", outcome.deviation().engine());
    json.put("state", outcome.state().word());
    json.put("message", outcome.message());
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
      json.put("details", of(judged.details()));
    }
    return json;
  }

  /** Returns the details of an output as maps and lists. */
  public static Map<String, Object> of(Details details) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("spread", Double.isNaN(details.spread()) ? null : details.spread());
    json.put("comparable_steps", details.comparable() < 0 ? null : details.comparable());
    json.put("time_axis", details.time() == null ? null : details.time().axis());
    json.put("native_to_arbiter", of(details.ours()));
    json.put("reference_to_arbiter", of(details.reference()));
    json.put("native_to_reference", of(details.between()));
    return json;
  }

  private static @Nullable Map<String, Object> of(@Nullable ErrorDetail detail) {
    if (detail == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ulps", detail.ulps());
    json.put("over_time", detail.overTime().stream().map(JsonReport::of).toList());
    json.put("ranking", detail.ranking());
    return json;
  }

  private static Map<String, Object> of(Growth growth) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("direction", growth.direction());
    json.put("steps", growth.steps());
    json.put("stride", growth.stride());
    json.put("kind", growth.kind().word());
    json.put("rate", growth.rate());
    json.put("maxAbs", growth.maxAbs());
    json.put("rms", growth.rms());
    return json;
  }
}
