package org.sardonyx.operators.nn;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/**
 * LpPool: {@code (sum |x|^p)^(1/p)} of each window, padding left out; summed in double.
 *
 * @param spatial where the windows lie
 * @param p the order of the norm
 */
public record LpPool(Spatial spatial, double p) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LpPool")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .optional("kernel_shape", Kind.INTS)
          .attribute("p", 2f)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(2)
          .required("kernel_shape", Kind.INTS)
          .attribute("p", 2)
          .version(11)
          .version(18)
          .attribute("ceil_mode", 0)
          .optional("dilations", Kind.INTS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LpPool::of);

  static LpPool of(Attributes attributes) {
    return new LpPool(Spatial.of(attributes), norm(attributes, 2));
  }

  /** Reads p, a float before {@code intFrom} and an int from then on. */
  static double norm(Attributes attributes, int intFrom) {
    double p = attributes.version() < intFrom ? attributes.getFloat("p") : attributes.getInt("p");
    if (!(p > 0)) {
      throw new InvalidModel("p must be positive");
    }
    return p;
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Pools.infer(spatial, in.shape(0)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Pooling pooling = Pools.at(in, spatial, x);
    int[] shape = Pools.shape(x, pooling);
    double[] y = new double[Tensor.checkedSize(shape)];
    pooling.lp(Pools.planes(x), p, x.toDoubles(), y);
    in.set(0, Tensor.fromDoubles(x.dataType(), y, shape));
  }
}
