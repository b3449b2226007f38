package org.sardonyx.junit;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.suite.Checks;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.Suite.Expectation;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.tensor.Value;

/** A model with its inputs, each of which runs once, when the first of its outputs is asked for. */
final class ModelRun {

  private final Engines engines;
  private final Entry entry;
  private final Map<String, Supplier<Map<String, Value>>> sets;
  private final Map<String, List<Check>> done = new HashMap<>();
  private final Map<String, List<Check>> related = new HashMap<>();
  private final Set<Expectation> met = new HashSet<>();

  ModelRun(Engines engines, Entry entry, Map<String, Supplier<Map<String, Value>>> sets) {
    this.engines = engines;
    this.entry = entry;
    this.sets = sets;
  }

  /** Returns the worst that is said about an output, or about the whole run. */
  synchronized Check check(String set, String output) {
    return run(set).stream()
        .filter(check -> check.output().equals(output) || check.output().isEmpty())
        .max(Comparator.comparing(Check::status))
        .orElseGet(() -> missing(set, output));
  }

  /** Returns what became of a relation; null where it does not apply to the model. */
  synchronized @Nullable Check relation(String set, String name) {
    return related(set).stream()
        .filter(check -> check.output().equals(name))
        .findFirst()
        .orElse(null);
  }

  private List<Check> related(String set) {
    List<Check> checks = related.get(set);
    if (checks == null) {
      checks = engines.relations(entry, set, sets.getOrDefault(set, Map::of), met);
      related.put(set, checks);
    }
    return checks;
  }

  /** Returns what became of the expectations on all inputs. */
  synchronized Check expectations() {
    sets.keySet().forEach(this::run);
    sets.keySet().forEach(this::related);
    return Checks.unmet(entry, met).stream()
        .findFirst()
        .orElseGet(
            () -> new Check(entry.label(), "", "", Status.PASSED, null, "", null, Duration.ZERO));
  }

  private List<Check> run(String set) {
    List<Check> checks = done.get(set);
    if (checks == null) {
      checks = engines.run(entry, set, sets.getOrDefault(set, Map::of), met);
      done.put(set, checks);
    }
    return checks;
  }

  private Check missing(String set, String output) {
    String message = "no engine gave output \"" + output + "\"";
    return new Check(entry.label(), set, output, Status.ERROR, null, message, null, Duration.ZERO);
  }
}
