package org.sardonyx.optimize;

import java.util.List;
import java.util.Map;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Value;

/**
 * What came of a model.
 *
 * @param model the result
 * @param before how large it was
 * @param after how large it is
 * @param steps what the rules did, each rule once, in the order in which they did something first
 * @param refused what was taken back, and why
 * @param warnings what is likely wrong with the model, whatever is done here
 * @param repairs what was changed because it was asked for, before anything was proven
 * @param repaired the model after that; the model as it was where nothing was
 * @param proofs the inputs on which each step was proven, with the outputs in double
 * @param newlyTaken how many further inputs, of other sizes, the result takes and the model did not
 */
public record Optimized(
    Model model,
    NodeCount before,
    NodeCount after,
    List<Step> steps,
    List<Refused> refused,
    List<Diagnostic> warnings,
    List<String> repairs,
    Model repaired,
    List<Sample> proofs,
    int newlyTaken) {

  public Optimized {
    steps = List.copyOf(steps);
    refused = List.copyOf(refused);
    warnings = List.copyOf(warnings);
    repairs = List.copyOf(repairs);
    proofs = List.copyOf(proofs);
  }

  /**
   * What a rule did.
   *
   * @param rule its name
   * @param changes how often it did something
   * @param nodes how many nodes fewer there were after it
   * @param error the largest difference of any output in double
   */
  public record Step(String rule, int changes, int nodes, double error) {

    Step plus(Step other) {
      return new Step(
          rule, changes + other.changes(), nodes + other.nodes(), Math.max(error, other.error()));
    }
  }

  /**
   * A step that was taken back; the rule did nothing more after it.
   *
   * @param rule its name
   * @param changes how much was taken back
   * @param why what was different
   */
  public record Refused(String rule, int changes, String why) {}

  /**
   * Inputs with what the model gives for them.
   *
   * @param inputs the inputs
   * @param outputs every floating-point output in double
   */
  public record Sample(Map<String, Value> inputs, Map<String, Value> outputs) {}
}
