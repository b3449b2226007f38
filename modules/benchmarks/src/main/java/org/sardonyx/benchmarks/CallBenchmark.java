package org.sardonyx.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Node;

/** What a call costs where there is next to nothing to compute: {@code Add,elements}. */
public class CallBenchmark extends EngineBenchmark {

  @Param({"Add,4"})
  String row = "";

  @Override
  Subject subject() {
    int[] shape = Subject.sizes(row);
    return Subject.of(
        17,
        new Node("sum", "Add", List.of("x", "w"), List.of("y"), List.of()),
        Map.of("x", Subject.normal(1, 1, shape)),
        Subject.weights("w", shape));
  }
}
