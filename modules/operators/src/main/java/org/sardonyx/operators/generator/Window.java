package org.sardonyx.operators.generator;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.Sizes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * The cosine windows: {@code a0 - a1 cos(2 pi i / m) + a2 cos(4 pi i / m)} with m the size, or one
 * less where the window is symmetric. A symmetric window of size 1 is NaN, 0 / 0 by the body of the
 * function.
 *
 * @param a0 the mean
 * @param a1 the first harmonic
 * @param a2 the second harmonic
 * @param type the type of the output
 * @param periodic whether m is the size
 */
record Window(double a0, double a1, double a2, DataType type, boolean periodic)
    implements Operator {

  static Window of(Attributes attributes, double a0, double a1, double a2) {
    return new Window(
        a0,
        a1,
        a2,
        DataType.of(attributes.getInt("output_datatype")),
        attributes.getFlag("periodic"));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, type, Shape.of(Sizes.orFresh(Sizes.only(in, 0), in)));
  }

  @Override
  public void run(Invocation in) {
    int size = Axes.size(in.one(0).getLong(0));
    int m = periodic ? size : size - 1;
    Tensor y = in.output(0, type, size);
    for (int i = 0; i < size; i++) {
      in.checkpoint(32);
      double angle = 2 * Math.PI * i / m;
      double value = a0 - a1 * StrictMath.cos(angle) + a2 * StrictMath.cos(2 * angle);
      // By the body of the function, numbers are float before they are cut to integers.
      y.setDouble(i, type.isInteger() ? (float) value : value);
    }
  }
}
