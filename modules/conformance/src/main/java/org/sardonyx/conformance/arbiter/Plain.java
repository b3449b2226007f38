package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;

/**
 * An operator that is computed here and inferred as the standard one.
 *
 * @param standard the standard operator
 * @param attributes its attributes
 * @param equations what is computed
 */
record Plain(OperatorDef standard, Attributes attributes, Equations equations) implements Operator {

  /** What an operator computes. */
  interface Equations {
    void run(Invocation in);
  }

  @Override
  public void infer(Inference in) {
    standard.create(attributes).infer(in);
  }

  @Override
  public void run(Invocation in) {
    equations.run(in);
  }
}
