package org.sardonyx.operators.nn;

import org.sardonyx.kernels.Pooling;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * GlobalLpPool: {@code (sum |x|^p)^(1/p)} of each channel: [N, C, D1, ..., Dn] to [N, C, 1, ...,
 * 1]; summed in double.
 *
 * @param p the order of the norm
 */
public record GlobalLpPool(double p) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("GlobalLpPool")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("p", 2f)
          .type("T", Types.FLOATS)
          .version(2)
          .attribute("p", 2)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(GlobalLpPool::of);

  static GlobalLpPool of(Attributes attributes) {
    return new GlobalLpPool(LpPool.norm(attributes, 2));
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
    double[] values = x.toDoubles();
    double[] y = new double[planes];
    for (int c = 0; c < planes; c++) {
      in.checkpoint(16L * plane);
      double sum = 0;
      for (int i = 0; i < plane; i++) {
        sum += Pooling.power(Math.abs(values[c * plane + i]), p);
      }
      y[c] = Pooling.root(sum, p);
    }
    in.set(0, Tensor.fromDoubles(x.dataType(), y, shape));
  }
}
