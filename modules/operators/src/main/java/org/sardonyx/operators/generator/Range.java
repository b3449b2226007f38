package org.sardonyx.operators.generator;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Range: {@code start + i * delta} for i from 0 on, as far as that lies before the limit.
 *
 * <p>float16 and bfloat16 are computed in float, whatever {@code stash_type} says of them.
 */
public record Range() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Range")
          .version(11)
          .input("start", "T")
          .input("limit", "T")
          .input("delta", "T")
          .output("output", "T")
          .type(
              "T", DataType.DOUBLE, DataType.FLOAT, DataType.INT16, DataType.INT32, DataType.INT64)
          .version(27)
          .attribute("stash_type", 1)
          .type(
              "T",
              Types.union(
                  Types.FLOATS_BF16, Types.tensors(DataType.INT16, DataType.INT32, DataType.INT64)))
          .accuracy(Accuracy.ROUNDED)
          .create(Range::of);

  static Range of(Attributes attributes) {
    long stash = attributes.getInt("stash_type", 1);
    if (stash != DataType.FLOAT.code()) {
      throw new UnsupportedModel("stash_type " + stash);
    }
    return new Range();
  }

  @Override
  public void infer(Inference in) {
    Dim start = Sizes.only(in, 0);
    Dim limit = Sizes.only(in, 1);
    Dim delta = Sizes.only(in, 2);
    Tensor a = in.constant(0);
    Tensor b = in.constant(1);
    Tensor c = in.constant(2);
    if (a != null
        && b != null
        && c != null
        && isFloat(a)
        && isFloat(b)
        && isFloat(c)
        && c.getDouble(0) != 0) {
      in.shape(0, Shape.of(count(a.getDouble(0), b.getDouble(0), c.getDouble(0))));
      return;
    }
    if (!(delta instanceof Dim.Known(long step)) || step == 0 || Math.abs(step) >> 31 != 0) {
      in.shape(0, Shape.of(in.fresh()));
      return;
    }
    Dim distance = step > 0 ? limit.minus(start) : start.minus(limit);
    Dim count = Sizes.ceilDivide(Sizes.atLeastZero(distance), Math.abs(step));
    in.shape(0, Shape.of(Sizes.orFresh(count, in)));
    if (count instanceof Dim.Known(long n) && n <= Sizes.MAX_CONTENTS) {
      List<Dim> contents = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        contents.add(start.plus(i * step));
      }
      in.dims(0, contents);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor start = in.tensor(0);
    Tensor limit = in.tensor(1);
    Tensor delta = in.tensor(2);
    if (start.size() != 1 || limit.size() != 1 || delta.size() != 1) {
      throw new OperatorFailed("Range from " + start + " to " + limit + " by " + delta);
    }
    DataType type = start.dataType();
    if (delta.getDouble(0) == 0) {
      throw new OperatorFailed("Range with a delta of 0");
    }
    if (type.isInteger()) {
      integers(in, type, start.getLong(0), limit.getLong(0), delta.getLong(0));
      return;
    }
    double first = start.getDouble(0);
    double step = delta.getDouble(0);
    int n = Axes.size(count(first, limit.getDouble(0), step));
    if (type == DataType.DOUBLE) {
      double[] y = in.output(0, type, n).doubles();
      for (int i = 0; i < n; i++) {
        in.checkpoint(1);
        y[i] = first + i * step;
      }
    } else {
      Tensor y = in.output(0, type, n);
      for (int i = 0; i < n; i++) {
        in.checkpoint(1);
        y.setDouble(i, (float) first + i * (float) step);
      }
    }
  }

  private static long count(double start, double limit, double delta) {
    // NaN gives 0.
    return (long) Math.max(Math.ceil((limit - start) / delta), 0);
  }

  private static void integers(Invocation in, DataType type, long start, long limit, long delta) {
    boolean none = delta > 0 ? start >= limit : start <= limit;
    // The distance and a delta of Long.MIN_VALUE fit an unsigned number.
    long distance = delta > 0 ? limit - start : start - limit;
    long count = none ? 0 : Long.divideUnsigned(distance - 1, delta > 0 ? delta : -delta) + 1;
    int n = Axes.size(count);
    Tensor y = in.output(0, type, n);
    if (y.array() instanceof long[] values) {
      Elementwise.pieces(
          in,
          n,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              values[i] = start + i * delta;
            }
          });
    } else {
      for (int i = 0; i < n; i++) {
        in.checkpoint(1);
        y.setLong(i, start + i * delta);
      }
    }
  }

  /** Whether this is one float. */
  private static boolean isFloat(Tensor constant) {
    return constant.size() == 1 && constant.dataType().isFloat();
  }
}
