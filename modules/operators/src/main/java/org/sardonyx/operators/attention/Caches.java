package org.sardonyx.operators.attention;

import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.Tensor;

/** Keys and values of before and of now in one tensor. */
public final class Caches {

  private Caches() {}

  /**
   * Returns {@code [N, keyHeads, T, size]}: the rows of {@code past} and then those of {@code now},
   * which is {@code [N, keyHeads, rows, size]} or {@code [N, rows, keyHeads * size]}.
   */
  public static Tensor join(@Nullable Tensor past, Tensor now, Heads heads, int size) {
    int before = past == null ? 0 : past.dim(2);
    int rows = heads.keys() - before;
    Layout from =
        now.rank() == 3
            ? Layout.rowFirst(heads.keyHeads(), rows, size)
            : Layout.headFirst(heads.keyHeads(), rows, size);
    Tensor all = Tensor.zeros(now.dataType(), heads.batch(), heads.keyHeads(), heads.keys(), size);
    Layout to = Layout.headFirst(heads.keyHeads(), heads.keys(), size);
    for (int n = 0; n < heads.batch(); n++) {
      for (int h = 0; h < heads.keyHeads(); h++) {
        if (past != null) {
          int at = (n * heads.keyHeads() + h) * before * size;
          System.arraycopy(past.array(), at, all.array(), to.at(n, h, 0), before * size);
        }
        for (int i = 0; i < rows; i++) {
          System.arraycopy(
              now.array(), from.at(n, h, i), all.array(), to.at(n, h, before + i), size);
        }
      }
    }
    return all;
  }
}
