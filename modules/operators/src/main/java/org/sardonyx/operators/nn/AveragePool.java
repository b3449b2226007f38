package org.sardonyx.operators.nn;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.kernels.Pooling.Divisor;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * AveragePool: the mean of each window. What a window of ceil_mode reaches beyond the padding never
 * counts, also where the padding does. A window of padding alone gives 0.
 *
 * @param spatial where the windows lie
 * @param divisor what counts
 */
public record AveragePool(Spatial spatial, Divisor divisor) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("AveragePool")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .required("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(7)
          .attribute("count_include_pad", 0)
          .version(10)
          .attribute("ceil_mode", 0)
          .version(11)
          .version(19)
          .optional("dilations", Kind.INTS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(AveragePool::of);

  static AveragePool of(Attributes attributes) {
    return new AveragePool(
        Spatial.of(attributes),
        attributes.getFlagOrFalse("count_include_pad") ? Divisor.PADDED_INPUT : Divisor.INPUT);
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
    int planes = Pools.planes(x);
    DataType type = x.dataType();
    if (type == DataType.DOUBLE) {
      pooling.average(planes, divisor, x.doubles(), in.output(0, type, shape).doubles());
    } else if (type == DataType.FLOAT) {
      pooling.average(
          in.kernels(), planes, divisor, x.floats(), in.output(0, type, shape).floats());
    } else {
      float[] y = new float[Tensor.checkedSize(shape)];
      pooling.average(in.kernels(), planes, divisor, x.toFloats(), y);
      in.set(0, Tensor.fromFloats(type, y, shape));
    }
  }
}
