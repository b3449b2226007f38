package org.sardonyx.operators;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;

/**
 * The shapes of a product as NumPy's matmul has them: [..., M, K] by [..., K, N], what stands in
 * front broadcast; a vector on the left is a row, on the right a column, which the output drops.
 *
 * @param m rows of a
 * @param n columns of b
 * @param k columns of a and rows of b
 * @param aMatrices which matrix of a each product takes
 * @param bMatrices which matrix of b each product takes
 * @param shape the shape of the output
 */
public record ProductShapes(int m, int n, int k, int[] aMatrices, int[] bMatrices, int[] shape) {

  /**
   * Finds the products.
   *
   * @throws OperatorFailed where the shapes do not fit
   */
  public static ProductShapes of(int[] a, int[] b) {
    if (a.length == 0 || b.length == 0) {
      throw new OperatorFailed(unfit(a, b));
    }
    int[] left = a.length == 1 ? new int[] {1, a[0]} : a;
    int[] right = b.length == 1 ? new int[] {b[0], 1} : b;
    int m = left[left.length - 2];
    int k = left[left.length - 1];
    int n = right[right.length - 1];
    if (right[right.length - 2] != k) {
      throw new OperatorFailed(unfit(a, b));
    }
    int[] aBatch = Arrays.copyOf(left, left.length - 2);
    int[] bBatch = Arrays.copyOf(right, right.length - 2);
    int[] batch = Broadcast.shape(aBatch, bBatch);
    int[] shape = new int[batch.length + (a.length == 1 ? 0 : 1) + (b.length == 1 ? 0 : 1)];
    System.arraycopy(batch, 0, shape, 0, batch.length);
    int at = batch.length;
    if (a.length > 1) {
      shape[at++] = m;
    }
    if (b.length > 1) {
      shape[at] = n;
    }
    return new ProductShapes(m, n, k, matrices(aBatch, batch), matrices(bBatch, batch), shape);
  }

  private static int[] matrices(int[] from, int[] batch) {
    int[] strides = Broadcast.strides(from, batch);
    int[] matrices = new int[Axes.product(batch, 0, batch.length)];
    int[] place = new int[batch.length];
    int matrix = 0;
    for (int i = 0; i < matrices.length; i++) {
      matrices[i] = matrix;
      for (int d = batch.length - 1; d >= 0; d--) {
        matrix += strides[d];
        if (++place[d] < batch[d]) {
          break;
        }
        matrix -= strides[d] * batch[d];
        place[d] = 0;
      }
    }
    return matrices;
  }

  private static String unfit(int[] a, int[] b) {
    return "shapes "
        + Arrays.toString(a)
        + " and "
        + Arrays.toString(b)
        + " have no product of matrices";
  }
}
