package org.sardonyx.conformance.sweep;

/**
 * How nodes of an operator are drawn: attributes, inputs and outputs, valid under any version of
 * the operator.
 */
@FunctionalInterface
public interface Recipe {

  /** Draws a node. */
  void draw(Draw draw);

  /** Thrown by a draw whose decisions do not go together. */
  final class Impossible extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Impossible() {
      super(null, null, false, false);
    }
  }
}
