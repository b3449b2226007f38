package org.sardonyx.operators.attention;

import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.Tensor;

/** Keys and values of before and of now in one tensor. */
public final class Caches {

  private Caches() {}

  /**
   * Fills {@code all}, [N, heads, T, size], with the rows of {@code past}, if any, and then those
   * of {@code now}, which is {@code [N, heads, rows, size]} or {@code [N, rows, heads * size]}.
   */
  public static void join(@Nullable Tensor past, Tensor now, Tensor all) {
    int batch = all.dim(0);
    int heads = all.dim(1);
    int size = all.dim(3);
    int before = past == null ? 0 : past.dim(2);
    int rows = all.dim(2) - before;
    Layout from =
        now.rank() == 3 ? Layout.rowFirst(heads, rows, size) : Layout.headFirst(heads, rows, size);
    Layout to = Layout.headFirst(heads, all.dim(2), size);
    for (int n = 0; n < batch; n++) {
      for (int h = 0; h < heads; h++) {
        if (past != null) {
          int at = (n * heads + h) * before * size;
          System.arraycopy(past.array(), at, all.array(), to.at(n, h, 0), before * size);
        }
        for (int i = 0; i < rows; i++) {
          System.arraycopy(
              now.array(), from.at(n, h, i), all.array(), to.at(n, h, before + i), size);
        }
      }
    }
  }
}
