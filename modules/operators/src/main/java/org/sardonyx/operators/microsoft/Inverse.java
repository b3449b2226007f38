package org.sardonyx.operators.microsoft;

import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;

/** com.microsoft.Inverse: the inverse of each [m, m] matrix, by elimination with row pivots. */
public record Inverse() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Inverse")
          .domain("com.microsoft")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .type("T", Types.FLOATS)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new Inverse());

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.rank() < 2 || x.dim(-1) != x.dim(-2)) {
      throw new OperatorFailed("Inverse needs square matrices, got " + x);
    }
    int m = x.dim(-1);
    int size = Math.multiplyExact(m, m);
    Tensor y = in.output(0, x.dataType(), x.shape());
    double[] a = new double[size];
    double[] inverse = new double[size];
    for (int start = 0; start < x.size(); start += size) {
      for (int k = 0; k < size; k++) {
        a[k] = x.getDouble(start + k);
        inverse[k] = k / m == k % m ? 1 : 0;
      }
      invert(a, inverse, m);
      for (int k = 0; k < size; k++) {
        y.setDouble(start + k, inverse[k]);
      }
    }
  }

  private static void invert(double[] a, double[] inverse, int m) {
    for (int k = 0; k < m; k++) {
      int pivot = k;
      for (int i = k + 1; i < m; i++) {
        pivot = Math.abs(a[i * m + k]) > Math.abs(a[pivot * m + k]) ? i : pivot;
      }
      if (a[pivot * m + k] == 0) {
        throw new OperatorFailed("a matrix of Inverse is singular");
      }
      swap(a, k, pivot, m);
      swap(inverse, k, pivot, m);
      double head = a[k * m + k];
      for (int j = 0; j < m; j++) {
        a[k * m + j] /= head;
        inverse[k * m + j] /= head;
      }
      for (int i = 0; i < m; i++) {
        double factor = a[i * m + k];
        if (i != k && factor != 0) {
          for (int j = 0; j < m; j++) {
            a[i * m + j] -= factor * a[k * m + j];
            inverse[i * m + j] -= factor * inverse[k * m + j];
          }
        }
      }
    }
  }

  private static void swap(double[] a, int i, int j, int m) {
    for (int c = 0; i != j && c < m; c++) {
      double t = a[i * m + c];
      a[i * m + c] = a[j * m + c];
      a[j * m + c] = t;
    }
  }
}
