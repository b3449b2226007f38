package org.sardonyx.conformance.bisect;

import java.util.function.UnaryOperator;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.Tensor;

/**
 * An RNN with R = I / 2, W = I and no bias whose row 2 forgets to halve the state from step 1 on.
 */
final class WrongRow {

  NativeEngine engine() {
    OperatorDef standard = Operators.standard().find("", "RNN");
    if (standard == null) {
      throw new AssertionError();
    }
    OperatorDef wrong =
        standard.implementedBy(UnaryOperator.identity(), a -> new Wrong(standard.create(a), a));
    return new NativeEngine("wrong row", SessionOptions.standard().withOperators(wrong));
  }

  private record Wrong(Operator right, Attributes attributes) implements Operator {

    @Override
    public void infer(Inference in) {
      right.infer(in);
    }

    @Override
    public void run(Invocation in) {
      Tensor x = in.tensor(0);
      int steps = x.dim(0);
      int batch = x.dim(1);
      int hidden = in.tensor(2).dim(2);
      float[] y =
          in.wants(0)
              ? in.output(0, x.dataType(), steps, 1, batch, hidden).floats()
              : new float[steps * batch * hidden];
      float[] last = in.output(1, x.dataType(), 1, batch, hidden).floats();
      for (int n = 0; n < batch; n++) {
        for (int k = 0; k < hidden; k++) {
          float h = in.tensor(5).floats()[n * hidden + k];
          int length = in.tensor(4).ints()[n];
          for (int t = 0; t < length; t++) {
            float factor = n == 2 && t >= 1 ? 1 : 0.5f;
            h = (float) Math.tanh(factor * h + x.floats()[(t * batch + n) * hidden + k]);
            y[(t * batch + n) * hidden + k] = h;
          }
          last[n * hidden + k] = h;
        }
      }
    }
  }
}
