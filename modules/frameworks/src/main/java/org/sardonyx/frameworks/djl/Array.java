package org.sardonyx.frameworks.djl;

import java.util.List;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;

/**
 * An NDArray.
 *
 * @param dims its shape; -1 for dimensions that are not fixed
 */
record Array(Ref ref, List<Integer> dims) {

  Array {
    dims = List.copyOf(dims);
  }

  int rank() {
    return dims.size();
  }

  int last() {
    return dims.getLast();
  }

  /** Returns another value of the same shape but for its last dimension. */
  Array with(Ref value, int last) {
    List<Integer> changed = new java.util.ArrayList<>(dims);
    changed.set(changed.size() - 1, last);
    return new Array(value, changed);
  }

  /** Refuses another rank than a block takes. */
  Array requireRank(String block, int rank) {
    if (rank() != rank) {
      throw new UnsupportedModel(block + " takes rank " + rank + ", not " + dims);
    }
    return this;
  }
}
