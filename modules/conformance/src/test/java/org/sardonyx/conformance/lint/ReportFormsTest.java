package org.sardonyx.conformance.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.suite.CodeQuality;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.operators.Operators;
import org.sardonyx.text.OnnxText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** SARIF 2.1.0 and GitLab's code quality, by the rules that their readers hold reports to. */
class ReportFormsTest {

  /** What an object may hold, by where it stands; the schema of SARIF allows nothing else. */
  private static final Map<String, Set<String>> KEYS =
      Map.ofEntries(
          Map.entry("", Set.of("$schema", "version", "runs", "properties")),
          Map.entry("/runs", Set.of("tool", "artifacts", "results", "columnKind", "properties")),
          Map.entry("/runs/tool", Set.of("driver", "extensions")),
          Map.entry(
              "/runs/tool/driver",
              Set.of("name", "version", "semanticVersion", "informationUri", "rules")),
          Map.entry(
              "/runs/tool/driver/rules",
              Set.of("id", "name", "shortDescription", "fullDescription", "help", "helpUri")),
          Map.entry("/runs/artifacts", Set.of("location", "length", "hashes", "mimeType")),
          Map.entry(
              "/runs/results",
              Set.of(
                  "ruleId",
                  "ruleIndex",
                  "level",
                  "kind",
                  "message",
                  "locations",
                  "partialFingerprints",
                  "suppressions")),
          Map.entry("/runs/results/message", Set.of("text", "markdown", "id", "arguments")),
          Map.entry(
              "/runs/results/locations",
              Set.of("id", "physicalLocation", "logicalLocations", "message")),
          Map.entry(
              "/runs/results/locations/physicalLocation",
              Set.of("artifactLocation", "region", "contextRegion")),
          Map.entry(
              "/runs/results/locations/physicalLocation/artifactLocation",
              Set.of("uri", "uriBaseId", "index")),
          Map.entry(
              "/runs/results/locations/logicalLocations",
              Set.of("name", "fullyQualifiedName", "kind", "index", "parentIndex")),
          Map.entry(
              "/runs/results/suppressions", Set.of("kind", "status", "justification", "guid")));

  private static JsonNode sarif(String file, String read, String... ignored) {
    Lint.Result result =
        Lint.of(Operators.standard())
            .lint(
                OnnxText.parse(
                    """
                    <ir_version: 8, opset_import: ["": 17]>
                    g (float[2] x, float[2] "</script>") => (float[2] y) {
                      lost = Exp (x)
                      gone = Neg (x)
                      two = Softmax (x)
                      three = Softmax (two)
                      y = Add (three, %s)
                    }
                    """
                        .formatted(read)),
                List.of(ignored));
    return JsonMapper.shared().valueToTree(Sarif.of(file, "1.2", result));
  }

  private static void allowed(String at, JsonNode node) {
    if (node.isArray()) {
      node.forEach(element -> allowed(at, element));
    } else if (node.isObject()) {
      Set<String> keys = KEYS.get(at);
      node.properties()
          .forEach(property -> {
            assertTrue(
                keys == null || keys.contains(property.getKey()), at + '/' + property.getKey());
            allowed(at + '/' + property.getKey(), property.getValue());
          });
    }
  }

  @Test
  void sarifHoldsToItsSchema() {
    JsonNode log = sarif("models/a b%ü.onnx", "x", "dead-node", "softmax-of-softmax");
    allowed("", log);
    assertEquals("2.1.0", log.get("version").stringValue());
    assertTrue(URI.create(log.get("$schema").stringValue()).isAbsolute());
    JsonNode run = log.get("runs").get(0);
    JsonNode driver = run.get("tool").get("driver");
    assertFalse(driver.get("name").stringValue().isEmpty());
    JsonNode rules = driver.get("rules");
    Set<String> ids = new HashSet<>();
    for (JsonNode rule : rules) {
      assertTrue(ids.add(rule.get("id").stringValue()), rule::toString);
      for (String text : List.of("shortDescription", "help")) {
        assertTrue(
            !rule.has(text) || !rule.get(text).get("text").stringValue().isBlank(), rule::toString);
      }
    }
    Set<String> levels = new HashSet<>();
    Set<String> fingerprints = new HashSet<>();
    int suppressed = 0;
    for (JsonNode result : run.get("results")) {
      int index = result.get("ruleIndex").intValue();
      assertEquals(result.get("ruleId"), rules.get(index).get("id"));
      levels.add(result.get("level").stringValue());
      assertFalse(result.get("message").get("text").stringValue().isBlank());
      assertEquals(1, result.get("locations").size());
      JsonNode physical = result.get("locations").get(0).get("physicalLocation");
      JsonNode artifact = physical.get("artifactLocation");
      assertEquals("models/a%20b%25%C3%BC.onnx", artifact.get("uri").stringValue());
      URI uri = URI.create(artifact.get("uri").stringValue());
      assertFalse(uri.isAbsolute() || uri.getPath().startsWith("/"), uri::toString);
      assertEquals("models/a b%ü.onnx", uri.getPath());
      assertEquals(
          artifact.get("uri"),
          run.get("artifacts").get(artifact.get("index").intValue()).get("location").get("uri"));
      assertTrue(physical.get("region").get("startLine").intValue() >= 1);
      assertTrue(fingerprints.add(result.get("partialFingerprints").toString()), result::toString);
      if (result.has("suppressions")) {
        suppressed++;
        assertEquals("external", result.get("suppressions").get(0).get("kind").stringValue());
      }
    }
    assertEquals(Set.of("warning"), levels);
    assertTrue(suppressed >= 2, log::toString);
    assertTrue(fingerprints.size() > suppressed, log::toString);
  }

  /** A file elsewhere has an absolute address, with a scheme; what is forbidden is an error. */
  @Test
  void filesElsewhere() {
    JsonNode log = sarif("/else where/m.onnx", "nowhere");
    allowed("", log);
    JsonNode run = log.get("runs").get(0);
    String uri = run.get("artifacts").get(0).get("location").get("uri").stringValue();
    assertEquals("file:///else%20where/m.onnx", uri);
    assertTrue(URI.create(uri).isAbsolute());
    JsonNode result = run.get("results").get(0);
    assertEquals("error", result.get("level").stringValue());
    assertEquals("undefined", result.get("ruleId").stringValue());
  }

  @Test
  void codeQualityOfGitLab() {
    List<Check> checks =
        List.of(
            check("y", Status.PASSED, Verdict.AGREE),
            check("y", Status.EXPECTED, Verdict.DISAGREE),
            check("y", Status.FAILED, Verdict.OURS_WORSE),
            check("z\u0007", Status.FAILED, Verdict.BOTH_OFF),
            check("metamorphic chunks", Status.FAILED, Verdict.DISAGREE),
            check("y", Status.UNEXPECTED_PASS, Verdict.DISAGREE),
            check("", Status.ERROR, null));
    JsonNode report =
        JsonMapper.shared()
            .valueToTree(CodeQuality.of(new SuiteResult("s", checks, Duration.ofSeconds(1))));
    assertTrue(report.isArray());
    assertEquals(5, report.size());
    Set<String> fingerprints = new HashSet<>();
    for (JsonNode one : report) {
      assertFalse(one.get("description").stringValue().isBlank());
      assertFalse(one.get("description").stringValue().contains("\u0007"));
      assertFalse(one.get("check_name").stringValue().isBlank());
      assertTrue(fingerprints.add(one.get("fingerprint").stringValue()), one::toString);
      assertTrue(
          Set.of("info", "minor", "major", "critical", "blocker")
              .contains(one.get("severity").stringValue()));
      assertEquals("a/m.onnx", one.get("location").get("path").stringValue());
      assertEquals(1, one.get("location").get("lines").get("begin").intValue());
    }
    assertEquals("critical", report.get(4).get("severity").stringValue());
    assertEquals("ours-worse", report.get(0).get("check_name").stringValue());
  }

  private static Check check(String output, Status status, Verdict verdict) {
    return new Check(
        "a/m.onnx", "seed 1", output, status, verdict, "told", null, Duration.ofMillis(1));
  }
}
