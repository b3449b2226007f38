package org.sardonyx.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Drawn;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limits;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.passes.Check;
import org.sardonyx.tensor.Value;

/**
 * What a model gives in double, node by node as it stands, and whether another gives the same. Runs
 * of the arbiter that take what is rewritten through the same rules would prove nothing.
 */
final class Proof {

  /** Inputs that the model takes, with what it gives for them. */
  record Known(Map<String, Value> inputs, Map<String, Value> outputs) {}

  private final ArbiterEngine arbiter;
  private final Tolerance tolerance;
  private final List<Known> known = new ArrayList<>();
  private final List<Map<String, Value>> failing = new ArrayList<>();
  private final Set<String> drawn;
  private double error;

  /**
   * @throws InvalidInput where the model runs on none of the inputs
   */
  Proof(Model model, List<Map<String, Value>> sets, Tolerance tolerance, Limits limits) {
    this.arbiter = new ArbiterEngine().asWritten().withLimits(limits);
    this.tolerance = tolerance;
    this.drawn = Drawn.of(model);
    String reason = "no inputs could be drawn";
    try (Engine.Loaded loaded = arbiter.load(model)) {
      for (Map<String, Value> set : sets) {
        try {
          known.add(new Known(set, loaded.run(set)));
        } catch (EngineFailed e) {
          reason = String.valueOf(e.getMessage());
          failing.add(set);
        }
      }
    } catch (EngineFailed e) {
      reason = String.valueOf(e.getMessage());
    }
    if (known.isEmpty()) {
      throw new InvalidInput(
          "nothing can be proven: the model runs in double on none of the inputs; give some that it"
              + " takes. The last error: "
              + reason);
    }
    if (model.graph().outputs().stream().allMatch(output -> drawn.contains(output.name()))) {
      throw new InvalidInput("nothing can be proven: every output is drawn at random");
    }
  }

  List<Known> known() {
    return known;
  }

  /** Returns the largest difference of the candidate that was looked at last. */
  double error() {
    return error;
  }

  /** Returns why a model is not the same; null where it is. */
  @Nullable String refute(Model candidate) {
    error = 0;
    for (Diagnostic found : Check.of(Operators.standard()).check(candidate)) {
      if (found.severity() == Diagnostic.Severity.ERROR) {
        return "the result is not valid: " + found;
      }
    }
    try (Engine.Loaded loaded = arbiter.load(candidate)) {
      for (Known set : known) {
        String difference = difference(set.outputs(), loaded.run(set.inputs()));
        if (difference != null) {
          return difference;
        }
      }
      return null;
    } catch (EngineFailed e) {
      return "the result does not run: " + e.getMessage();
    }
  }

  private @Nullable String difference(Map<String, Value> wanted, Map<String, Value> found) {
    for (Map.Entry<String, Value> output : wanted.entrySet()) {
      if (drawn.contains(output.getKey())) {
        continue;
      }
      Value value = found.get(output.getKey());
      if (value == null) {
        return "output \"" + Text.escape(output.getKey()) + "\" is gone";
      }
      Comparison comparison = Comparison.of(output.getValue(), value, tolerance);
      error = Math.max(error, comparison.maxAbs());
      if (!comparison.agrees()) {
        return "output \"" + Text.escape(output.getKey()) + "\": " + comparison.summary();
      }
    }
    return null;
  }

  /** Returns how many sets of inputs a model takes that the original did not. */
  int taken(Model result) {
    int taken = 0;
    try (Engine.Loaded loaded = arbiter.load(result)) {
      for (Map<String, Value> set : failing) {
        try {
          loaded.run(new LinkedHashMap<>(set));
          taken++;
        } catch (EngineFailed _) {
          // It is as it was.
        }
      }
    } catch (EngineFailed _) {
      return 0;
    }
    return taken;
  }
}
