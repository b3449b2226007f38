package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The slices of a tensor [outer, n, inner] along its middle dimension, as things to sort. */
final class Slices {

  private final int outer;
  private final int n;
  private final int inner;
  private final long[] keys;
  private final String[] strings;

  Slices(Tensor x, int outer, int n, int inner) {
    this.outer = outer;
    this.n = n;
    strings = x.dataType() == DataType.STRING ? x.strings() : new String[0];
    Tensor real =
        x.dataType() == DataType.COMPLEX64
            ? Tensor.of(x.floats(), 2 * x.size())
            : x.dataType() == DataType.COMPLEX128 ? Tensor.of(x.doubles(), 2 * x.size()) : x;
    this.inner = x.size() == 0 ? inner : inner * (real.size() / x.size());
    keys = new long[strings.length > 0 ? 0 : real.size()];
    if (keys.length > 0) {
      Keys.fill(real, 0, 1, keys, false);
    }
  }

  /** Orders two slices by their first elements that differ. */
  int compare(int a, int b) {
    for (int o = 0; o < outer; o++) {
      int i = (o * n + a) * inner;
      int j = (o * n + b) * inner;
      for (int k = 0; k < inner; k++) {
        int order =
            strings.length > 0
                ? compare(strings[i + k], strings[j + k])
                : Long.compare(keys[i + k], keys[j + k]);
        if (order != 0) {
          return order;
        }
      }
    }
    return 0;
  }

  /** Orders as the UTF-8 bytes do: by code points. */
  private static int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Returns the slices in order; those that are the same stay in theirs. */
  int[] sorted(Invocation in) {
    int[] from = Moves.identity(n);
    int[] to = new int[n];
    for (long width = 1; width < n; width *= 2) {
      for (long start = 0; start < n; start += 2 * width) {
        int middle = (int) Math.min(start + width, n);
        in.checkpoint(16 * width);
        merge(from, (int) start, middle, (int) Math.min(start + 2 * width, n), to);
      }
      int[] swapped = from;
      from = to;
      to = swapped;
    }
    return from;
  }

  private void merge(int[] from, int start, int middle, int end, int[] to) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft = left < middle && (right >= end || compare(from[left], from[right]) <= 0);
      to[i] = takeLeft ? from[left++] : from[right++];
    }
  }
}
