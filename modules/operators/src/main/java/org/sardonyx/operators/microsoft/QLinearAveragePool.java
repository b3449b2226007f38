package org.sardonyx.operators.microsoft;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.kernels.Pooling.Divisor;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.ChannelsLast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Spatial;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QLinearAveragePool: {@code quantize(AveragePool(dequantize(X)))}.
 *
 * @param spatial where the windows lie
 * @param divisor what counts; ONNX Runtime divides by the whole window where padding does
 * @param channelsLast whether X and Y are [N, D1, ..., Dn, C]
 */
public record QLinearAveragePool(Spatial spatial, Divisor divisor, boolean channelsLast)
    implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearAveragePool")
          .input("X", "T")
          .input("x_scale", "tensor(float)")
          .optionalInput("x_zero_point", "T")
          .input("y_scale", "tensor(float)")
          .optionalInput("y_zero_point", "T")
          .output("Y", "T")
          .attribute("auto_pad", "NOTSET")
          .attribute("ceil_mode", 0)
          .attribute("channels_last", 0)
          .attribute("count_include_pad", 0)
          .required("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearAveragePool::of);

  static QLinearAveragePool of(Attributes attributes) {
    return new QLinearAveragePool(
        Spatial.of(attributes),
        attributes.getFlag("count_include_pad") ? Divisor.WINDOW : Divisor.INPUT,
        attributes.getFlag("channels_last"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, inferPool(in, spatial, channelsLast));
  }

  /** Returns the shape of the output of a pooling. */
  static Shape inferPool(Inference in, Spatial spatial, boolean channelsLast) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return x;
    }
    if (x.rank() < 3) {
      throw in.invalid("input " + x + " has no spatial axis");
    }
    Shape first = channelsLast ? ChannelsLast.toFirst(x) : x;
    List<Dim> dims = new ArrayList<>(first.dims().subList(0, 2));
    dims.addAll(spatial.output(first, spatial.kernel(x.rank() - 2, (Shape) null)));
    return channelsLast ? ChannelsLast.toLast(Shape.of(dims)) : Shape.of(dims);
  }

  @Override
  public void run(Invocation in) {
    Tensor given = in.tensor(0);
    if (given.rank() < 3) {
      throw new OperatorFailed("input " + given + " has no spatial axis");
    }
    DataType type = given.dataType();
    Tensor x = channelsLast ? ChannelsLast.toFirst(given) : given;
    float xScale = Microsoft.scale(in, 1);
    int xZero = Microsoft.zeroPoint(in, 2);
    float[] values = new float[x.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = xScale * (x.getLong(i) - xZero);
    }
    Pooling pooling = new Pooling(spatial.pool(x.shape()), in::checkpoint);
    int[] shape = x.shape();
    System.arraycopy(pooling.window().out(), 0, shape, 2, shape.length - 2);
    float[] means = new float[Tensor.checkedSize(shape)];
    pooling.average(in.kernels(), shape[0] * shape[1], divisor, values, means);
    Tensor y = Tensor.zeros(type, shape);
    int low = LinearQuantization.low(type);
    float scale = Microsoft.scale(in, 3);
    int zero = Microsoft.zeroPoint(in, 4);
    for (int i = 0; i < means.length; i++) {
      // The zero point is added before the rounding, which halves notice.
      double rounded = Math.rint(means[i] / scale + zero);
      y.bytes()[i] = (byte) (int) Math.clamp(rounded, low, low + 255);
    }
    in.set(0, channelsLast ? ChannelsLast.toLast(y) : y);
  }
}
