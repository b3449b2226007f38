package org.sardonyx.operators.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.ChannelsLast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * NhwcMaxPool: MaxPool of bytes x [N, D1, ..., Dn, C].
 *
 * @param spatial where the windows lie
 */
public record NhwcMaxPool(Spatial spatial) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("NhwcMaxPool")
          .input("x", "T")
          .output("y", "T")
          .attribute("auto_pad", "NOTSET")
          .attribute("ceil_mode", 0)
          .optional("dilations", Kind.INTS)
          .required("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.EXACT)
          .create(NhwcMaxPool::of);

  static NhwcMaxPool of(Attributes attributes) {
    return new NhwcMaxPool(Spatial.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, QLinearAveragePool.inferPool(in, spatial, true));
  }

  @Override
  public void run(Invocation in) {
    if (in.tensor(0).rank() < 3) {
      throw new OperatorFailed("input " + in.tensor(0) + " has no spatial axis");
    }
    Tensor x = ChannelsLast.toFirst(in.tensor(0));
    Pooling pooling = new Pooling(spatial.pool(x.shape()), in::checkpoint);
    int[] shape = x.shape();
    System.arraycopy(pooling.window().out(), 0, shape, 2, shape.length - 2);
    float[] greatest = new float[Tensor.checkedSize(shape)];
    pooling.max(in.kernels(), shape[0] * shape[1], x.toFloats(), greatest);
    int lowest = x.dataType() == DataType.INT8 ? Byte.MIN_VALUE : 0;
    Tensor y = Tensor.zeros(x.dataType(), shape);
    for (int i = 0; i < greatest.length; i++) {
      y.bytes()[i] = (byte) Math.max(lowest, (int) greatest[i]);
    }
    in.set(0, ChannelsLast.toLast(y));
  }
}
