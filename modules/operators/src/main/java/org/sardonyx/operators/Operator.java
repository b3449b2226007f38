package org.sardonyx.operators;

/**
 * An operator whose attributes are read: ready to infer and to run. Immutable, so that any number
 * of threads may use one.
 */
public interface Operator {

  /** States the types, shapes and, where cheap, small integer values of the outputs. */
  void infer(Inference in);

  /**
   * Computes the outputs.
   *
   * @throws org.sardonyx.error.OperatorFailed where the data make it impossible
   */
  void run(Invocation in);

  /**
   * Returns an operator that gives the same results and has packed what it can of the inputs that
   * never change. Called once, when a session is compiled; {@link #run} of this object stays the
   * meaning.
   */
  default Operator prepare(Constants constants) {
    return this;
  }

  /**
   * Whether {@link #run} may ask for an input. A prepared operator says no of a constant that it
   * has packed; the plan then forgets the constant, and {@link Invocation#has} stays true.
   */
  default boolean reads(int input) {
    return true;
  }

  /**
   * Returns what computes it, for profiles: the name of the class, and after a colon what kept it
   * from a faster form, or which form the data got.
   */
  default String how() {
    return getClass().getSimpleName();
  }
}
