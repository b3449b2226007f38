package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.Operators;

/** Broken nodes of every version of every operator end in a result or in an error of ours. */
class HostileTest {

  /** How often each case is broken; in the ordinary form one case in a number of them. */
  private static final int TIMES = Integer.getInteger("sweep.hostile", 1);

  private static final int SHARE = Boolean.getBoolean("sweep.full") ? 1 : 8;

  @Test
  void nothingButResultsAndModelExceptions() {
    long seed = Sweep.seed();
    OperatorSweep sweep = new OperatorSweep(Operators.standard(), Recipes.standard(), seed);
    Map<String, String> problems = new TreeMap<>();
    int count = 0;
    int number = 0;
    for (OperatorSweep.Item item : sweep.items()) {
      List<OperatorSweep.Drawn> draws = sweep.draws(item);
      for (OperatorSweep.Drawn drawn : draws) {
        if (number++ % SHARE != 0) {
          continue;
        }
        for (int i = 0; i < TIMES; i++) {
          count++;
          String problem = new Hostile(drawn.what(), new Random(drawn.seed() + 31L * i)).attempt();
          if (problem != null) {
            String place = problem.replaceAll("(?s).* at ", "");
            problems.putIfAbsent(
                item.def() + " " + place, drawn.what().label() + "\n    " + problem);
          }
        }
      }
    }
    System.out.printf("hostile: seed %d, %d cases%n", seed, count);
    assertTrue(
        problems.isEmpty(), () -> problems.size() + "\n" + String.join("\n", problems.values()));
  }
}
