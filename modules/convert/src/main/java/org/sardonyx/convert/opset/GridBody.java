package org.sardonyx.convert.opset;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * AffineGrid before 20: the points of the grid are a constant, and what theta makes of them a
 * product.
 */
final class GridBody {

  private static final long MOST = 1 << 22;

  private GridBody() {}

  static void affineGrid(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    long[] size = rewrite.fixedLongs(1);
    int r = size.length - 2;
    long count = 1;
    for (int d = 0; d < r; d++) {
      if (size[d + 2] < 1 || size[d + 2] > MOST || (count *= size[d + 2]) > MOST) {
        throw rewrite.refuse("a grid of no points, or of more than " + MOST);
      }
    }
    if (r < 2 || r > 3) {
      throw rewrite.refuse("a grid has 2 or 3 dimensions, not " + r);
    }
    boolean aligned = rewrite.integer("align_corners", 0) != 0;
    double[] points = new double[(int) count * (r + 1)];
    for (int p = 0; p < count; p++) {
      int rest = p;
      for (int d = r - 1; d >= 0; d--) { // theta takes the last dimension first
        int n = (int) size[d + 2];
        points[p * (r + 1) + r - 1 - d] = place(rest % n, n, aligned);
        rest /= n;
      }
      points[p * (r + 1) + r] = 1;
    }
    String grid = rewrite.constant(Tensor.fromDoubles(type, points, 1, (int) count, r + 1));
    String theta = rewrite.op("Transpose", rewrite.in(0), Attribute.of("perm", 0, 2, 1));
    String flat = rewrite.op("MatMul", List.of(grid, theta));
    long[] shape = new long[r + 2];
    System.arraycopy(size, 2, shape, 1, r); // 0 before them takes over the batch
    shape[r + 1] = r;
    rewrite.last("Reshape", List.of(flat, rewrite.longs(shape)));
  }

  private static double place(int i, int size, boolean aligned) {
    if (aligned) {
      return size == 1 ? 0 : 2.0 * i / (size - 1) - 1;
    }
    return (2.0 * i + 1) / size - 1;
  }
}
