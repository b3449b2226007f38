package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Location;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/**
 * A node made ready to run.
 *
 * @param key what its random numbers depend on beside the seed: its place in the model
 * @param node what it came from
 * @param calls the calls of functions that it stands in, outermost first, as steps of a path
 * @param def the operator as the specification has it
 * @param formals what the inputs must be
 * @param operator what runs
 * @param in slots of the inputs; -1 where one is absent
 * @param out slots of the outputs; -1 where nobody wants one
 * @param read inputs that {@link Operator#prepare} has read already, for strict tests
 * @param bodies the graphs among the attributes
 * @param release slots that nothing reads after this step
 * @param place what observers see of it; null where there are none
 * @param reuse why it need not run again
 */
record Step(
    long key,
    Node node,
    List<String> calls,
    OperatorDef def,
    Formals formals,
    Operator operator,
    int[] in,
    int[] out,
    boolean[] read,
    Map<String, Plan> bodies,
    int[] release,
    @Nullable Place place,
    Reuse reuse) {

  Step withSlots(int[] newIn, int[] newOut) {
    return new Step(
        key, node, calls, def, formals, operator, newIn, newOut, read, bodies, release, place,
        reuse);
  }

  Step withOperator(Operator newOperator, boolean[] newRead) {
    return new Step(
        key,
        node,
        calls,
        def,
        formals,
        newOperator,
        in,
        out,
        newRead,
        bodies,
        release,
        place,
        reuse);
  }

  Step withFormals(Formals newFormals) {
    return new Step(
        key, node, calls, def, newFormals, operator, in, out, read, bodies, release, place, reuse);
  }

  Step withPlace(Place newPlace) {
    return new Step(
        key, node, calls, def, formals, operator, in, out, read, bodies, release, newPlace, reuse);
  }

  Step withReuse(Reuse newReuse) {
    return new Step(
        key, node, calls, def, formals, operator, in, out, read, bodies, release, place, newReuse);
  }

  Step withRelease(int[] slots) {
    return new Step(
        key, node, calls, def, formals, operator, in, out, read, bodies, slots, place, reuse);
  }

  /** Returns the slots that the graphs of this node see, one list for each graph. */
  List<int[]> captured() {
    return bodies.isEmpty() ? List.of() : bodies.values().stream().map(Plan::capturedFrom).toList();
  }

  /** Returns the node with its operator and version: {@code node "a" (Add-14)}. */
  String label() {
    return label(node, def, formals.signature().sinceVersion());
  }

  /** Returns a number that a node keeps however the model is compiled. */
  static long key(List<String> calls, Node node) {
    long hash = 1125899906842597L;
    for (String part : calls) {
      hash = 31 * hash + part.hashCode();
    }
    hash = 31 * hash + node.label().hashCode();
    for (String output : node.outputs()) {
      hash = 31 * hash + output.hashCode();
    }
    return hash;
  }

  static String label(Node node, OperatorDef def, int version) {
    return Location.node(node.name(), def + "-" + version);
  }

  /** Returns {@link #label} with the calls around it, innermost first. */
  List<String> path() {
    List<String> path = new ArrayList<>();
    path.add(label());
    path.addAll(calls.reversed());
    return path;
  }
}
