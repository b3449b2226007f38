package org.sardonyx.operators.nn;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * GlobalAveragePool: the mean of each channel: [N, C, D1, ..., Dn] to [N, C, 1, ..., 1]; NaN where
 * it has no element.
 */
public record GlobalAveragePool() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GlobalAveragePool")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(GlobalAveragePool::of);

  static GlobalAveragePool of(Attributes attributes) {
    return new GlobalAveragePool();
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Pools.inferGlobal(in.shape(0)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = Pools.globalShape(x);
    int planes = Pools.planes(x);
    int plane = Axes.product(x.shape(), 2, x.rank());
    if (x.dataType() == DataType.DOUBLE) {
      double[] y = in.output(0, x.dataType(), shape).doubles();
      for (int c = 0; c < planes; c++) {
        in.checkpoint(4L + plane);
        y[c] = Sums.sum(x.doubles(), c * plane, plane) / plane;
      }
      return;
    }
    float[] values = x.toFloats();
    float[] y = new float[planes];
    for (int c = 0; c < planes; c++) {
      in.checkpoint(4L + plane);
      y[c] = (float) (Sums.sum(in.kernels(), values, c * plane, plane) / plane);
    }
    in.set(0, Tensor.fromFloats(x.dataType(), y, shape));
  }
}
