package org.sardonyx.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.Value;

/**
 * Several nodes as one step. Whether the values that a run brings can be computed so shows in the
 * run; those that cannot go through the nodes one after the other.
 */
interface Fused extends Operator {

  /** Whether the values in slots {@code in} are computed together. */
  boolean fits(@Nullable Value[] frame, int[] in);

  /** Returns the nodes, for values that do not fit. */
  List<Step> parts();
}
