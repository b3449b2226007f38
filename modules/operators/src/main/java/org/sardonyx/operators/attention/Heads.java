package org.sardonyx.operators.attention;

/**
 * The sizes of one attention.
 *
 * @param batch N
 * @param queryHeads heads of Q
 * @param keyHeads heads of K and V; each serves {@code queryHeads / keyHeads} neighbouring heads of
 *     Q
 * @param queries S, rows of Q
 * @param keys T, rows of K and V
 * @param size E, columns of Q and K
 * @param valueSize columns of V
 */
public record Heads(
    int batch, int queryHeads, int keyHeads, int queries, int keys, int size, int valueSize) {

  /** Returns the head of K and V that serves a head of Q: 0, 0, 1, 1 with two each. */
  public int keyHead(int queryHead) {
    return queryHead / (queryHeads / keyHeads);
  }

  /**
   * Where the rows of a matrix for each batch and head lie in an array.
   *
   * @param batch elements from one batch to the next
   * @param head elements from one head to the next
   * @param row elements from one row to the next; a row is contiguous
   */
  public record Layout(int offset, int batch, int head, int row) {

    /** Rows as in a tensor {@code [N, heads, rows, size]}. */
    public static Layout headFirst(int heads, int rows, int size) {
      return new Layout(0, heads * rows * size, rows * size, size);
    }

    /** Rows as in a tensor {@code [N, rows, heads * size]}. */
    public static Layout rowFirst(int heads, int rows, int size) {
      return new Layout(0, rows * heads * size, size, heads * size);
    }

    /** Returns where row {@code i} begins. */
    public int at(int n, int h, int i) {
      return offset + n * batch + h * head + i * row;
    }
  }
}
