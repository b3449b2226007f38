package org.sardonyx.operators.math;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/** Det: the determinant of each [m, m] matrix, by elimination with row pivots. */
public record Det() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Det")
          .version(11)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new Det());

  @Override
  public void infer(Inference in) {
    Shape shape = in.shape(0);
    if (!shape.hasRank()) {
      return;
    }
    if (shape.rank() < 2) {
      throw in.invalid("Det needs matrices, got " + shape);
    }
    in.shape(0, Shape.of(shape.dims().subList(0, shape.rank() - 2)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 2 || x.dim(-1) != x.dim(-2)) {
      throw new OperatorFailed("Det needs square matrices, got " + x);
    }
    int m = x.dim(-1);
    int[] shape = Arrays.copyOf(x.shape(), x.rank() - 2);
    Tensor y = in.output(0, x.dataType(), shape);
    double[] matrix = new double[Math.multiplyExact(m, m)];
    for (int i = 0; i < y.size(); i++) {
      for (int k = 0; k < matrix.length; k++) {
        matrix[k] = x.getDouble(i * matrix.length + k);
      }
      y.setDouble(i, determinant(matrix, m));
    }
  }

  private static double determinant(double[] a, int m) {
    double product = 1;
    for (int k = 0; k < m; k++) {
      int pivot = k;
      for (int i = k + 1; i < m; i++) {
        if (Math.abs(a[i * m + k]) > Math.abs(a[pivot * m + k])) {
          pivot = i;
        }
      }
      if (pivot != k) {
        product = -product;
        for (int j = k; j < m; j++) {
          double t = a[k * m + j];
          a[k * m + j] = a[pivot * m + j];
          a[pivot * m + j] = t;
        }
      }
      double head = a[k * m + k];
      product *= head;
      if (head == 0) {
        return product;
      }
      for (int i = k + 1; i < m; i++) {
        double factor = a[i * m + k] / head;
        for (int j = k + 1; j < m; j++) {
          a[i * m + j] -= factor * a[k * m + j];
        }
      }
    }
    return product;
  }
}
