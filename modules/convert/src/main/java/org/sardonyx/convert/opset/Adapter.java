package org.sardonyx.convert.opset;

/** Writes a node of one version of its operator in the operators of the next or last version. */
@FunctionalInterface
interface Adapter {

  /** The node means the same; what the other version lacks must have no effect in it. */
  Adapter KEEP = Rewrite::keep;

  /**
   * Emits the nodes that stand for the one of {@code rewrite}.
   *
   * @throws org.sardonyx.error.UnsupportedModel where there are none
   */
  void adapt(Rewrite rewrite);

  /** Nothing stands for the node, whatever its inputs are. */
  static Adapter refuse(String reason) {
    return rewrite -> {
      throw rewrite.refuse(reason);
    };
  }
}
