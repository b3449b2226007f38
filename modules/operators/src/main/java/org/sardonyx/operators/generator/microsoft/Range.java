package org.sardonyx.operators.generator.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Range of com.microsoft: {@code start + i * delta} before limit; delta is 1 where it is absent.
 */
public record Range() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Range")
          .domain("com.microsoft")
          .version(1)
          .input("start", "T")
          .input("limit", "T")
          .optionalInput("delta", "T")
          .output("Y", "T")
          .type(
              "T", DataType.FLOAT, DataType.DOUBLE, DataType.INT16, DataType.INT32, DataType.INT64)
          .accuracy(Accuracy.ROUNDED)
          .create(Range::of);

  private static Range of(Attributes attributes) {
    return new Range();
  }

  @Override
  public void infer(Inference in) {
    Dim start = Sizes.only(in, 0);
    Dim limit = Sizes.only(in, 1);
    Dim step = in.has(2) ? Sizes.only(in, 2) : Dim.of(1);
    Dim count =
        step instanceof Dim.Known(long delta) && delta > 0 && delta < Integer.MAX_VALUE
            ? Sizes.ceilDivide(Sizes.atLeastZero(limit.minus(start)), delta)
            : Dim.UNKNOWN;
    in.shape(0, Shape.of(Sizes.orFresh(count, in)));
  }

  @Override
  public void run(Invocation in) {
    Tensor start = in.tensor(0);
    Tensor limit = in.tensor(1);
    Tensor delta = in.optional(2);
    if (start.size() != 1 || limit.size() != 1 || (delta != null && delta.size() != 1)) {
      throw new OperatorFailed("Range from " + start + " to " + limit);
    }
    DataType type = start.dataType();
    if (type.isFloat()) {
      double first = start.getDouble(0);
      double step = delta == null ? 1 : delta.getDouble(0);
      refuseZero(step == 0);
      // NaN gives 0.
      long n = (long) Math.max(Math.ceil((limit.getDouble(0) - first) / step), 0);
      Tensor y = in.output(0, type, Axes.size(n));
      for (int i = 0; i < y.size(); i++) {
        y.setDouble(
            i, type == DataType.FLOAT ? (float) first + i * (float) step : first + i * step);
      }
      return;
    }
    long first = start.getLong(0);
    long step = delta == null ? 1 : delta.getLong(0);
    refuseZero(step == 0);
    long distance = Math.subtractExact(limit.getLong(0), first);
    Tensor y = in.output(0, type, Axes.size(Math.max(0, Math.ceilDiv(distance, step))));
    for (int i = 0; i < y.size(); i++) {
      y.setLong(i, first + i * step);
    }
  }

  private static void refuseZero(boolean zero) {
    if (zero) {
      throw new OperatorFailed("Range with a delta of 0");
    }
  }
}
