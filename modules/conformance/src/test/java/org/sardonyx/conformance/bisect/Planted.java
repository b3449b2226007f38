package org.sardonyx.conformance.bisect;

import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;

/** Our engine with a defect planted: an operator whose first output is spoilt. */
final class Planted {

  private Planted() {}

  /** Spoils the first output of every node of an operator of one input and one output. */
  static NativeEngine in(String operator, BiConsumer<Tensor, Tensor> spoil) {
    OperatorDef standard = Operators.standard().find("", operator);
    if (standard == null) {
      throw new AssertionError(operator);
    }
    OperatorDef wrong =
        standard.implementedBy(
            UnaryOperator.identity(),
            attributes -> {
              Operator right = standard.create(attributes);
              return new Wrong(right, spoil);
            });
    return new NativeEngine(
        "planted", SessionOptions.standard().withOperators(wrong).withSimplify(false));
  }

  private record Wrong(Operator right, BiConsumer<Tensor, Tensor> spoil) implements Operator {

    @Override
    public void infer(Inference in) {
      right.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Tensor x = in.tensor(0);
      Tensor y = in.output(0, x.dataType(), x.shape());
      for (int i = 0; i < x.size(); i++) {
        y.setDouble(i, StrictMath.tanh(x.getDouble(i)));
      }
      spoil.accept(x, y);
    }
  }
}
