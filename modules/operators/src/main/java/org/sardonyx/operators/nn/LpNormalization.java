package org.sardonyx.operators.nn;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.kernels.Binary;
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
import org.sardonyx.type.Shape;

/**
 * LpNormalization: {@code x / (sum |x|^p)^(1/p)} along an axis, p 1 or 2, summed in double; zeros
 * where the norm is 0.
 *
 * @param axis the axis, negative from the end
 * @param p 1 or 2
 */
public record LpNormalization(long axis, long p) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("LpNormalization")
          .version(1)
          .input("input", "T")
          .output("output", "T")
          .attribute("axis", -1)
          .attribute("p", 2)
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(LpNormalization::of);

  static LpNormalization of(Attributes attributes) {
    long p = attributes.getInt("p");
    if (p != 1 && p != 2) {
      throw new InvalidModel("p " + p + " must be 1 or 2");
    }
    return new LpNormalization(attributes.getInt("axis"), p);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank() && (axis < -x.rank() || axis >= x.rank())) {
      throw in.invalid("axis " + axis + " is out of range for " + x);
    }
    in.shape(0, x);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int a = Axes.normalize(axis, shape.length);
    int length = shape[a];
    int inner = Axes.product(shape, a + 1, shape.length);
    int rows = length == 0 ? 0 : x.size() / length;
    boolean isDouble = x.dataType() == DataType.DOUBLE;
    double[] doubles = isDouble ? x.doubles() : new double[0];
    float[] floats = isDouble ? new float[0] : x.toFloats();
    double[] y = isDouble ? in.output(0, DataType.DOUBLE, shape).doubles() : doubles;
    float[] z = new float[floats.length];
    for (int r = 0; r < rows; r++) {
      int start = r / inner * length * inner + r % inner;
      in.checkpoint(2L * length);
      boolean isRow = inner == 1 && p == 2 && !isDouble;
      double sum = isRow ? Sums.squares(floats, start, length, 0) : 0;
      for (int i = 0; i < length && !isRow; i++) {
        int at = start + i * inner;
        double v = Math.abs(isDouble ? doubles[at] : floats[at]);
        sum += p == 1 ? v : v * v;
      }
      double norm = p == 1 ? sum : Math.sqrt(sum);
      if (inner == 1 && !isDouble && norm >= Float.MIN_NORMAL && norm <= Float.MAX_VALUE) {
        in.kernels().binaryRight(Binary.DIV, floats, start, (float) norm, z, start, length);
        continue;
      }
      for (int i = 0; i < length; i++) {
        int at = start + i * inner;
        if (isDouble) {
          y[at] = norm == 0 ? 0 : doubles[at] / norm;
        } else {
          z[at] = norm == 0 ? 0 : (float) (floats[at] / norm);
        }
      }
    }
    if (!isDouble) {
      in.set(0, Tensor.fromFloats(x.dataType(), z, shape));
    }
  }
}
