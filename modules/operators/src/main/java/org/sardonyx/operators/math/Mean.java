package org.sardonyx.operators.math;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Mean: the sum of all inputs, added from the first on, divided by their number. */
public record Mean(boolean broadcast) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Mean")
          .version(1)
          .variadicInput("data_0", "T", 1)
          .output("mean", "T")
          .optional("consumed_inputs", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(6)
          .without("consumed_inputs")
          .version(8)
          .version(13)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Mean::of);

  static Mean of(Attributes attributes) {
    attributes.ignore("consumed_inputs", "says that memory may be reused, not what is computed");
    return new Mean(attributes.version() >= 8);
  }

  @Override
  public void infer(Inference in) {
    Elementwise.inferVariadic(in, broadcast, null);
  }

  @Override
  public void run(Invocation in) {
    Tensor sum = Elementwise.fold(in, broadcast, Arithmetic.ADD);
    int n = sum.size();
    int count = in.inputs();
    if (count == 1) {
      in.set(0, in.tensor(0));
    } else if (sum.dataType() == DataType.DOUBLE) {
      double[] values = sum.doubles();
      for (int i = 0; i < n; i++) {
        values[i] /= count;
      }
    } else {
      float[] values = sum.floats();
      in.kernels().binaryRight(Binary.DIV, values, 0, count, values, 0, n);
      if (Elementwise.isNarrow(in.tensor(0).dataType())) {
        Elementwise.store(in, in.tensor(0).dataType(), values, sum.shape());
      }
    }
  }
}
