package org.sardonyx.conformance.sweep;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes a case that fails smaller: every decision is tried the simplest way first, as long as a
 * problem of the same kind stays.
 */
final class Shrinker {

  /** How many cases are judged at most. */
  private static final int MOST = 200;

  private Shrinker() {}

  /** Returns the smallest case found and its problem, in a line. */
  static String smallest(OperatorSweep sweep, SweepRun run, SweepRun.Outcome failed, Judge judge) {
    SweepRun.Outcome best = failed;
    String kind = kind(failed);
    int judged = 0;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Map.Entry<String, Integer> choice : best.drawn().choices().entrySet()) {
        for (int index = 0; index < choice.getValue() && judged < MOST; index++) {
          Map<String, Integer> choices = new LinkedHashMap<>(best.drawn().choices());
          choices.put(choice.getKey(), index);
          OperatorSweep.Drawn less = sweep.again(best.drawn().item(), choices, best.drawn().seed());
          if (less == null) {
            continue;
          }
          judged++;
          SweepRun.Outcome outcome = run.judge(judge, less);
          if (kind(outcome).equals(kind)) {
            best = outcome;
            smaller = true;
            break;
          }
        }
        if (smaller) {
          break;
        }
      }
    }
    return best.drawn().what().label()
        + " of "
        + inputs(best.drawn().what())
        + ": "
        + best.problems();
  }

  private static String kind(SweepRun.Outcome outcome) {
    return outcome.problems().isEmpty()
        ? ""
        : outcome.problems().getFirst().replaceAll("[-+0-9.Ee]+", "").split(";", 2)[0];
  }

  private static String inputs(Case what) {
    StringBuilder text = new StringBuilder();
    what.inputs()
        .forEach((name, value) -> {
          text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value);
          if (value instanceof org.sardonyx.tensor.Tensor t
              && t.size() <= 8
              && t.dataType() != org.sardonyx.tensor.DataType.STRING
              && t.dataType().kind() != org.sardonyx.tensor.DataType.Kind.COMPLEX) {
            text.append(' ').append(java.util.Arrays.toString(t.toDoubles()));
          }
        });
    return text.toString();
  }
}
