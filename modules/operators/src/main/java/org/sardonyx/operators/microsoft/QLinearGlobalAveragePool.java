package org.sardonyx.operators.microsoft;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.ChannelsLast;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.LinearQuantization;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * QLinearGlobalAveragePool: {@code quantize(GlobalAveragePool(dequantize(X)))}, summed in int.
 *
 * @param channelsLast whether X and Y are [N, D1, ..., Dn, C]
 */
public record QLinearGlobalAveragePool(boolean channelsLast) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("QLinearGlobalAveragePool")
          .input("X", "T")
          .input("x_scale", "tensor(float)")
          .input("x_zero_point", "T")
          .input("y_scale", "tensor(float)")
          .input("y_zero_point", "T")
          .output("Y", "T")
          .attribute("channels_last", 0)
          .type("T", Microsoft.BYTES)
          .accuracy(Accuracy.ROUNDED)
          .create(QLinearGlobalAveragePool::of);

  static QLinearGlobalAveragePool of(Attributes attributes) {
    return new QLinearGlobalAveragePool(attributes.getFlag("channels_last"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank()) {
      if (x.rank() < 3) {
        throw in.invalid("input " + x + " has no spatial axis");
      }
      List<Dim> dims = new ArrayList<>(x.dims());
      int first = channelsLast ? 1 : 2;
      for (int a = first; a < first + x.rank() - 2; a++) {
        dims.set(a, Dim.of(1));
      }
      x = Shape.of(dims);
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor given = in.tensor(0);
    if (given.rank() < 3) {
      throw new OperatorFailed("input " + given + " has no spatial axis");
    }
    Tensor x = channelsLast ? ChannelsLast.toFirst(given) : given;
    int planes = x.dim(0) * x.dim(1);
    int plane = Axes.product(x.shape(), 2, x.rank());
    int[] shape = given.shape();
    int first = channelsLast ? 1 : 2;
    for (int a = first; a < first + shape.length - 2; a++) {
      shape[a] = 1;
    }
    DataType type = x.dataType();
    int xZero = Microsoft.zeroPoint(in, 2);
    float factor = Microsoft.scale(in, 1) / (Microsoft.scale(in, 3) * plane);
    int yZero = Microsoft.zeroPoint(in, 4);
    byte[] y = in.output(0, type, shape).bytes();
    for (int c = 0; c < planes; c++) {
      long sum = 0;
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        sum += x.getLong(i) - xZero;
      }
      y[c] =
          (byte)
              LinearQuantization.saturate(
                  sum * factor, yZero, LinearQuantization.low(type), LinearQuantization.high(type));
    }
  }
}
