package org.sardonyx.conformance.bisect;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.tensor.Value;

/**
 * Where an engine departs from the truth.
 *
 * @param engine the engine
 * @param off the outputs of the model that are off when it runs as a whole
 * @param failure why it did not run as a whole; empty where it did
 * @param rows the nodes' outputs in the order of the graph, with those of a body where the culprit
 *     is in one
 * @param culprit the first node that is off on exact inputs; null where none is
 * @param healing where no node is off alone: values that make the model right when they are tapped,
 *     so that the engine cannot fuse across them
 * @param skipped what was not compared, and why
 */
public record Bisection(
    String engine,
    List<String> off,
    String failure,
    List<Row> rows,
    @Nullable Culprit culprit,
    List<String> healing,
    List<String> skipped) {

  /**
   * An output of a node.
   *
   * @param place the bodies around the node, the outermost first; empty for the main graph
   * @param node its name and operator
   * @param output the value
   * @param accumulated how far the engine is off in the run of the whole model; null where it did
   *     not say
   * @param isolated how far it is off where the node alone is given the exact inputs; null where it
   *     gave nothing
   * @param off whether the node alone is off by more than its budget, and by more than what the
   *     node magnifies rounding
   * @param message why it gave nothing, or what kind of error it is; else empty
   */
  public record Row(
      List<String> place,
      String node,
      String output,
      @Nullable Comparison accumulated,
      @Nullable Comparison isolated,
      boolean off,
      String message) {

    public Row {
      place = List.copyOf(place);
    }
  }

  /**
   * The node that is to blame.
   *
   * @param place the bodies around it, with trip and step
   * @param node its name and operator
   * @param output the output that is off
   * @param message how
   * @param step the first time step that is off, in the order in which they are computed; -1 where
   *     there are none
   * @param direction of those steps; empty where there are none
   * @param batchRows the rows of the batch that are off; empty where there is no batch
   * @param batch the size of the batch; 0 where there is none
   * @param alone the node as a model
   * @param inputs the inputs on which it is off
   */
  public record Culprit(
      List<String> place,
      String node,
      String output,
      String message,
      int step,
      String direction,
      List<Integer> batchRows,
      int batch,
      Model alone,
      Map<String, Value> inputs) {

    public Culprit {
      place = List.copyOf(place);
      batchRows = List.copyOf(batchRows);
    }
  }

  public Bisection {
    off = List.copyOf(off);
    rows = List.copyOf(rows);
    healing = List.copyOf(healing);
    skipped = List.copyOf(skipped);
  }

  /** Whether nothing is off anywhere. */
  public boolean clear() {
    return off.isEmpty() && failure.isEmpty() && culprit == null;
  }
}
