package org.sardonyx.operators.attention.microsoft;

import java.util.Arrays;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.attention.Heads;
import org.sardonyx.operators.attention.Mask;
import org.sardonyx.tensor.Tensor;

/**
 * The masks of int32 that hide keys by adding {@code mask_filter_value}, so that a query whose keys
 * are all hidden sees them all alike. With N rows, S queries and T keys they are:
 *
 * <ul>
 *   <li>[N]: how many keys each row has
 *   <li>[2 N]: where the keys of each row end, then where they begin
 *   <li>[3 N + 2]: how many keys each row has, then sums of lengths, which say no more
 *   <li>[N, T], [N, S, T]: greater than 0 where a key is seen
 *   <li>[N, 1, M, M]: the same for M positions, of which the queries are those before T
 * </ul>
 */
final class MaskIndex {

  private MaskIndex() {}

  /** Adds such a mask. */
  static void add(Mask mask, String name, Tensor index, Heads heads, float filter) {
    int n = heads.batch();
    int t = heads.keys();
    int s = heads.queries();
    float[] added;
    int rows = 1;
    if (index.rank() == 1
        && (index.size() == n || index.size() == 2 * n || index.size() == 3 * n + 2)) {
      added = ranges(index.ints(), n, t, index.size() == 2 * n, filter);
    } else if (index.hasShape(n, t)) {
      added = flags(index.ints(), filter);
    } else if (index.hasShape(n, s, t)) {
      added = flags(index.ints(), filter);
      rows = s;
    } else if (index.rank() == 4
        && index.dim(0) == n
        && index.dim(1) == 1
        && index.dim(2) == index.dim(3)
        && index.dim(3) >= t
        && t >= s) {
      added = flags(corner(index, n, s, t), filter);
      rows = s;
    } else {
      throw new InvalidInput(
          name
              + " of shape "
              + Arrays.toString(index.shape())
              + " does not fit batch_size "
              + n
              + ", sequence_length "
              + s
              + " and total_sequence_length "
              + t);
    }
    mask.tensor(name, Tensor.of(added, n, 1, rows, t), false);
  }

  private static float[] flags(int[] seen, float filter) {
    float[] added = new float[seen.length];
    for (int i = 0; i < seen.length; i++) {
      added[i] = seen[i] > 0 ? 0 : filter;
    }
    return added;
  }

  private static float[] ranges(int[] index, int n, int t, boolean hasStarts, float filter) {
    float[] added = new float[n * t];
    for (int b = 0; b < n; b++) {
      int end = Math.clamp(index[b], 0, t);
      int start = hasStarts ? Math.clamp(index[n + b], 0, t) : 0;
      Arrays.fill(added, b * t + end, (b + 1) * t, filter);
      Arrays.fill(added, b * t, b * t + start, filter);
    }
    return added;
  }

  private static int[] corner(Tensor index, int n, int s, int t) {
    int m = index.dim(3);
    int[] seen = new int[n * s * t];
    for (int b = 0; b < n; b++) {
      for (int i = 0; i < s; i++) {
        System.arraycopy(index.ints(), (b * m + t - s + i) * m, seen, (b * s + i) * t, t);
      }
    }
    return seen;
  }
}
