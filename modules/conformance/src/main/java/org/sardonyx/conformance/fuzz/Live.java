package org.sardonyx.conformance.fuzz;

import java.util.List;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * A floating-point value of a graph in the making.
 *
 * @param ref what nodes read
 * @param shape its sizes, in the run that the inputs are drawn for
 * @param bound about how large its elements are at most
 * @param exact whether no engine may round on the way to it, so that its order can be asked for
 */
record Live(Ref ref, List<Integer> shape, double bound, boolean exact) {

  Live {
    shape = List.copyOf(shape);
  }

  int rank() {
    return shape.size();
  }

  int dim(int axis) {
    return shape.get(axis < 0 ? rank() + axis : axis);
  }

  int size() {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }
}
