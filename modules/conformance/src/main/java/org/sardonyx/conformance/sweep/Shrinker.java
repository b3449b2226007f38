package org.sardonyx.conformance.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a case that fails smaller: every decision is tried the simplest way first, as long as a
 * problem of the same kind stays.
 */
final class Shrinker {

  /** How many cases are judged at most. */
  private static final int MOST = 200;

  private Shrinker() {}

  /** Says what is wrong with a case; null for nothing. */
  interface Problem {
    @Nullable String of(OperatorSweep.Drawn drawn);
  }

  /** Returns the smallest case found and its problem, in a line. */
  static String smallest(OperatorSweep sweep, SweepRun run, SweepRun.Outcome failed, Judge judge) {
    Problem problem =
        drawn -> {
          List<String> problems = run.judge(judge, drawn).problems();
          return problems.isEmpty() ? null : problems.toString();
        };
    OperatorSweep.Drawn best =
        smallest(sweep, failed.drawn(), failed.problems().toString(), problem);
    return best.what().label() + " of " + inputs(best.what()) + ": " + problem.of(best);
  }

  /** Returns the smallest case found that has a problem of the kind of the given one. */
  static OperatorSweep.Drawn smallest(
      OperatorSweep sweep, OperatorSweep.Drawn failed, String problem, Problem problems) {
    OperatorSweep.Drawn best = failed;
    String kind = kind(problem);
    int judged = 0;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Map.Entry<String, Integer> choice : best.choices().entrySet()) {
        for (int index = 0; index < choice.getValue() && judged < MOST; index++) {
          Map<String, Integer> choices = new LinkedHashMap<>(best.choices());
          choices.put(choice.getKey(), index);
          OperatorSweep.Drawn less = sweep.again(best.item(), choices, best.seed());
          if (less == null) {
            continue;
          }
          judged++;
          String found = problems.of(less);
          if (found != null && kind(found).equals(kind)) {
            best = less;
            smaller = true;
            break;
          }
        }
        if (smaller) {
          break;
        }
      }
    }
    return best;
  }

  private static String kind(String problem) {
    return problem.replaceAll("[-+0-9.Ee]+", "").split(";", 2)[0];
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
