package org.sardonyx.conformance.arbiter;

import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Attributes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Operators that divide by a sum over a row. */
final class Normalizations {

  private Normalizations() {}

  /**
   * {@code exp(x) / sum(exp(x))} along the axis, before version 13 over all dimensions from the
   * axis on; or the logarithm of it.
   */
  static Plain.Equations softmax(Attributes attributes, boolean logarithm) {
    int axis = (int) attributes.getInt("axis");
    boolean flat = attributes.version() < 13;
    return in -> {
      Tensor x = in.tensor(0);
      int first = axis < 0 ? axis + Math.max(1, x.rank()) : axis;
      int last = flat ? x.rank() : Math.min(first + 1, x.rank());
      int inner = product(x, last, x.rank());
      int length = product(x, first, last);
      double[] values = x.toDoubles();
      double[] y = new double[values.length];
      for (int row = 0; row < product(x, 0, first) * inner; row++) {
        int start = row / inner * length * inner + row % inner;
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < length; k++) {
          max = Math.max(max, values[start + k * inner]);
        }
        Sum sum = new Sum();
        for (int k = 0; k < length; k++) {
          sum.add(StrictMath.exp(values[start + k * inner] - max));
        }
        for (int k = 0; k < length; k++) {
          int at = start + k * inner;
          y[at] =
              logarithm
                  ? values[at] - max - StrictMath.log(sum.value())
                  : StrictMath.exp(values[at] - max) / sum.value();
        }
      }
      in.set(0, Tensor.fromDoubles(x.dataType(), y, x.shape()));
    };
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} over the dimensions from the axis
   * on.
   */
  static Plain.Equations layerNormalization(Attributes attributes) {
    int axis = (int) attributes.getInt("axis");
    double epsilon = attributes.getFloat("epsilon");
    DataType stash = DataType.of(attributes.getInt("stash_type"));
    return in -> {
      Tensor x = in.tensor(0);
      int first = axis < 0 ? axis + x.rank() : axis;
      int length = product(x, first, x.rank());
      int rows = product(x, 0, first);
      double[] values = x.toDoubles();
      double[] y = new double[values.length];
      double[] means = new double[rows];
      double[] inverses = new double[rows];
      Tensor scale = in.tensor(1);
      Tensor bias = in.optional(2);
      double[] scales = scale.toDoubles();
      double[] biases = bias == null ? new double[0] : bias.toDoubles();
      for (int row = 0; row < rows; row++) {
        Sum sum = new Sum();
        for (int k = 0; k < length; k++) {
          sum.add(values[row * length + k]);
        }
        means[row] = sum.value() / length;
        Sum squares = new Sum();
        for (int k = 0; k < length; k++) {
          double d = values[row * length + k] - means[row];
          squares.addProduct(d, d);
        }
        inverses[row] = 1 / Math.sqrt(squares.value() / length + epsilon);
        for (int k = 0; k < length; k++) {
          int at = row * length + k;
          Sum whole = new Sum();
          whole.addProduct(
              (values[at] - means[row]) * inverses[row], scales[broadcast(scale, x, at)]);
          if (bias != null) {
            whole.add(biases[broadcast(bias, x, at)]);
          }
          y[at] = whole.value();
        }
      }
      int[] shape = x.shape();
      for (int i = first; i < shape.length; i++) {
        shape[i] = 1;
      }
      in.set(0, Tensor.fromDoubles(x.dataType(), y, x.shape()));
      in.set(1, Tensor.fromDoubles(stash, means, shape));
      in.set(2, Tensor.fromDoubles(stash, inverses, shape));
    };
  }

  /** Which element of {@code from} goes with element {@code at} of {@code to}. */
  private static int broadcast(@Nullable Tensor from, Tensor to, int at) {
    int rest = at;
    int index = 0;
    int stride = 1;
    for (int i = 1; from != null && i <= from.rank(); i++) {
      int size = from.dim(-i);
      index += size == 1 ? 0 : rest % to.dim(-i) * stride;
      stride *= size;
      rest /= to.dim(-i);
    }
    return index;
  }

  private static int product(Tensor tensor, int from, int to) {
    int product = 1;
    for (int i = from; i < to; i++) {
      product *= tensor.dim(i);
    }
    return product;
  }
}
