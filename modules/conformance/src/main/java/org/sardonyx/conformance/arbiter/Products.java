package org.sardonyx.conformance.arbiter;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/** Products of matrices, one element at a time. */
final class Products {

  private Products() {}

  /** MatMul as numpy.matmul: the last two dimensions are matrices, the others broadcast. */
  static void matMul(Invocation in) {
    Tensor left = in.tensor(0);
    Tensor right = in.tensor(1);
    if (left.dataType().isInteger()) {
      integers(in, left, right);
      return;
    }
    Grid grid = Grid.of(left, right);
    double[] a = left.toDoubles();
    double[] b = right.toDoubles();
    double[] y = new double[Tensor.checkedSize(grid.shape())];
    for (int i = 0; i < y.length; i++) {
      Sum sum = new Sum();
      sum.addDot(a, grid.a(i), 1, b, grid.b(i), grid.n, grid.k);
      y[i] = sum.value();
    }
    in.set(0, Tensor.fromDoubles(left.dataType(), y, grid.shape()));
  }

  private static void integers(Invocation in, Tensor left, Tensor right) {
    Grid grid = Grid.of(left, right);
    long[] y = new long[Tensor.checkedSize(grid.shape())];
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < grid.k; k++) {
        y[i] += left.getLong(grid.a(i) + k) * right.getLong(grid.b(i) + k * grid.n);
      }
    }
    in.set(0, Tensor.fromLongs(left.dataType(), y, grid.shape()));
  }

  /** Where the operands of an element lie. */
  record Grid(int[] batch, int[] aBatch, int[] bBatch, int[] ends, int m, int k, int n) {

    static Grid of(Tensor left, Tensor right) {
      int[] a = left.shape();
      int[] b = right.shape();
      if (a.length == 0 || b.length == 0) {
        throw new OperatorFailed("MatMul takes no scalars");
      }
      boolean row = a.length == 1;
      boolean column = b.length == 1;
      int[] x = row ? new int[] {1, a[0]} : a;
      int[] y = column ? new int[] {b[0], 1} : b;
      int m = x[x.length - 2];
      int k = x[x.length - 1];
      int n = y[y.length - 1];
      if (y[y.length - 2] != k) {
        throw new OperatorFailed(Arrays.toString(a) + " times " + Arrays.toString(b));
      }
      int rank = Math.max(x.length, y.length) - 2;
      int[] batch = new int[rank];
      int[] xs = leading(x, rank);
      int[] ys = leading(y, rank);
      for (int i = 0; i < rank; i++) {
        if (xs[i] != ys[i] && xs[i] != 1 && ys[i] != 1) {
          throw new OperatorFailed(Arrays.toString(a) + " times " + Arrays.toString(b));
        }
        batch[i] = xs[i] == 1 ? ys[i] : xs[i];
      }
      int[] ends = row ? column ? new int[0] : new int[] {n} : new int[] {m, n};
      return new Grid(batch, xs, ys, !row && column ? new int[] {m} : ends, m, k, n);
    }

    private static int[] leading(int[] shape, int rank) {
      int[] result = new int[rank];
      for (int i = 0; i < rank; i++) {
        int at = i - rank + shape.length - 2;
        result[i] = at < 0 ? 1 : shape[at];
      }
      return result;
    }

    int[] shape() {
      int[] shape = Arrays.copyOf(batch, batch.length + ends.length);
      System.arraycopy(ends, 0, shape, batch.length, ends.length);
      return shape;
    }

    int a(int element) {
      return (matrix(element, aBatch) * m + element / n % m) * k;
    }

    int b(int element) {
      return matrix(element, bBatch) * k * n + element % n;
    }

    private int matrix(int element, int[] own) {
      int rest = element / (m * n);
      int at = 0;
      int stride = 1;
      for (int i = batch.length - 1; i >= 0; i--) {
        at += own[i] == 1 ? 0 : rest % batch[i] * stride;
        stride *= own[i];
        rest /= batch[i];
      }
      return at;
    }
  }

  /** {@code alpha * A' * B' + beta * C}, C broadcast one way. */
  static Plain.Equations gemm(Attributes attributes) {
    double alpha = attributes.getFloat("alpha");
    double beta = attributes.getFloat("beta");
    boolean transA = attributes.getFlag("transA");
    boolean transB = attributes.getFlag("transB");
    attributes.ignore("broadcast", "C is broadcast where its shape asks for it");
    return in -> {
      Tensor left = in.tensor(0);
      Tensor right = in.tensor(1);
      Tensor c = in.optional(2);
      double[] a = left.toDoubles();
      double[] b = right.toDoubles();
      double[] added = c == null ? new double[0] : c.toDoubles();
      int m = left.dim(transA ? 1 : 0);
      int k = left.dim(transA ? 0 : 1);
      int n = right.dim(transB ? 0 : 1);
      if (right.dim(transB ? 1 : 0) != k) {
        throw new OperatorFailed(left + " times " + right);
      }
      double[] y = new double[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          Sum sum = new Sum();
          sum.addDot(
              a, transA ? i : i * k, transA ? m : 1, b, transB ? j * k : j, transB ? 1 : n, k);
          Sum whole = new Sum();
          whole.addProduct(alpha, sum.value());
          if (c != null) {
            whole.addProduct(beta, added[inC(c, i, j)]);
          }
          y[i * n + j] = whole.value();
        }
      }
      in.set(
          0,
          left.dataType().isInteger()
              ? Tensor.fromLongs(left.dataType(), toLongs(y), m, n)
              : Tensor.fromDoubles(left.dataType(), y, m, n));
    };
  }

  static int inC(Tensor c, int i, int j) {
    int column = c.rank() < 1 || c.dim(-1) == 1 ? 0 : j;
    int row = c.rank() < 2 || c.dim(-2) == 1 ? 0 : i;
    return row * (c.rank() < 1 ? 1 : c.dim(-1)) + column;
  }

  private static long[] toLongs(double[] y) {
    long[] longs = new long[y.length];
    for (int i = 0; i < y.length; i++) {
      longs[i] = (long) y[i];
    }
    return longs;
  }
}
