package org.sardonyx.passes.infer;

import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;

/**
 * What holds around a graph while it is inferred.
 *
 * @param where the place
 * @param opsets the versions of its operators
 * @param main whether the graph is the main one
 * @param trusted whether shapes that are declared for its values are believed: they are in the main
 *     graph; exporters declare wrong ones in loop bodies
 * @param repeated whether it may run more than once, so that a size inside is no fixed number
 * @param varying whether sizes may differ from one time to the next in what it gives, as they do in
 *     the elements of a sequence
 * @param conditional whether it may not run at all
 */
record Context(
    Where where,
    Opsets opsets,
    boolean main,
    boolean trusted,
    boolean repeated,
    boolean varying,
    boolean conditional) {

  Context at(Where newWhere) {
    return new Context(newWhere, opsets, main, trusted, repeated, varying, conditional);
  }

  /** Returns the context of a graph of a node. */
  Context body(Where newWhere, boolean once, boolean newVarying) {
    return new Context(newWhere, opsets, false, false, repeated || !once, newVarying, true);
  }

  Context function(Where newWhere, Opsets newOpsets) {
    return new Context(newWhere, newOpsets, false, false, repeated, varying, conditional);
  }
}
