package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Invocation;

/** Finds the k greatest of some keys, of equal ones the first; used again and again. */
final class Best {

  /** Keys between two looks at whether the run is to go on. */
  private static final int OFTEN = 1 << 12;

  /** A heap of indices with the worst on top. */
  private final int[] heap;

  private final int[] order;

  Best(int k) {
    heap = new int[k];
    order = new int[k];
  }

  /** Returns the indices, best first; the array is the same in every call. */
  int[] of(Invocation in, long[] keys) {
    int k = heap.length;
    for (int i = 0; i < k; i++) {
      heap[i] = i;
    }
    for (int i = k / 2 - 1; i >= 0; i--) {
      sink(keys, i, k);
    }
    for (int i = k, end; i < keys.length; i = end) {
      end = (int) Math.min(keys.length, (long) i + OFTEN);
      in.checkpoint(end - i);
      long worst = keys[heap[0]];
      for (int j = i; j < end; j++) {
        // An equal key comes later and so is worse.
        if (keys[j] > worst) {
          heap[0] = j;
          sink(keys, 0, k);
          worst = keys[heap[0]];
        }
      }
    }
    for (int size = k; size > 0; size--) {
      in.checkpoint(32);
      order[size - 1] = heap[0];
      heap[0] = heap[size - 1];
      sink(keys, 0, size - 1);
    }
    return order;
  }

  private void sink(long[] keys, int at, int size) {
    int moved = size > 0 ? heap[at] : 0;
    int hole = at;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && worse(keys, heap[child + 1], heap[child])) {
        child++;
      }
      if (!worse(keys, heap[child], moved)) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    if (size > 0) {
      heap[hole] = moved;
    }
  }

  private static boolean worse(long[] keys, int a, int b) {
    return keys[a] < keys[b] || (keys[a] == keys[b] && a > b);
  }
}
