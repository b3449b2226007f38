package org.sardonyx.operators.activation;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Softmax: {@code exp(x - max(x)) / sum(exp(x - max(x)))} along an axis; before version 13 over all
 * dimensions from the axis on, taken as one.
 *
 * @param axis the axis, negative from the end
 * @param flatten whether the dimensions from the axis on are one
 */
public record Softmax(long axis, boolean flatten) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Softmax")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .attribute("axis", 1)
          .type("T", Types.FLOATS)
          .version(11)
          .version(13)
          .attribute("axis", -1)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Softmax::of);

  static Softmax of(Attributes attributes) {
    return new Softmax(attributes.getInt("axis"), attributes.version() < 13);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int first = x.rank() == 0 ? 0 : Axes.normalize(axis, x.rank());
    int last = flatten ? x.rank() : Math.min(first + 1, x.rank());
    int outer = Axes.product(shape, 0, first);
    int length = Axes.product(shape, first, last);
    int inner = Axes.product(shape, last, x.rank());
    if (x.dataType() == DataType.DOUBLE) {
      softmax(
          x.doubles(), in.output(0, DataType.DOUBLE, shape).doubles(), outer, length, inner);
      return;
    }
    float[] from = x.toFloats();
    float[] to = new float[x.size()];
    if (inner == 1) {
      for (int i = 0; i < outer; i++) {
        in.kernels().softmax(from, i * length, to, i * length, length);
      }
    } else {
      float[] row = new float[length];
      for (int i = 0; i < outer * inner; i++) {
        int start = i / inner * length * inner + i % inner;
        for (int k = 0; k < length; k++) {
          row[k] = from[start + k * inner];
        }
        in.kernels().softmax(row, 0, row, 0, length);
        for (int k = 0; k < length; k++) {
          to[start + k * inner] = row[k];
        }
      }
    }
    in.set(0, Tensor.fromFloats(x.dataType(), to, shape));
  }

  private static void softmax(double[] x, double[] y, int outer, int length, int inner) {
    for (int i = 0; i < outer * inner; i++) {
      int start = i / inner * length * inner + i % inner;
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < length; k++) {
        max = Math.max(max, x[start + k * inner]);
      }
      double sum = 0;
      for (int k = 0; k < length; k++) {
        double e = StrictMath.exp(x[start + k * inner] - max);
        y[start + k * inner] = e;
        sum += e;
      }
      for (int k = 0; k < length; k++) {
        y[start + k * inner] /= sum;
      }
    }
  }
}
