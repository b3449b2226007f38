package org.sardonyx.operators.math;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Invocation;

/**
 * A view of an array whose dimensions have labels, each at most once.
 *
 * @param array {@code float[]}, {@code double[]} or {@code long[]}
 * @param labels one for each dimension
 * @param sizes the dimensions
 * @param strides in elements; 0 where the only element of a dimension is repeated
 */
record Labelled(Object array, int[] labels, int[] sizes, int[] strides) {

  /** Takes a whole tensor; dimensions of one label become their diagonal. */
  static Labelled of(Object array, int[] labels, int[] shape) {
    int[] strides = Axes.strides(shape);
    int[] outLabels = new int[labels.length];
    int[] sizes = new int[labels.length];
    int[] outStrides = new int[labels.length];
    int count = 0;
    for (int i = 0; i < labels.length; i++) {
      int found = indexOf(outLabels, count, labels[i]);
      if (found < 0) {
        outLabels[count] = labels[i];
        sizes[count] = shape[i];
        outStrides[count++] = strides[i];
      } else if (sizes[found] != shape[i]) {
        throw new OperatorFailed(
            "Einsum: one letter for sizes " + sizes[found] + " and " + shape[i]);
      } else {
        outStrides[found] += strides[i];
      }
    }
    return new Labelled(
        array,
        Arrays.copyOf(outLabels, count),
        Arrays.copyOf(sizes, count),
        Arrays.copyOf(outStrides, count));
  }

  private static int indexOf(int[] labels, int count, int label) {
    for (int i = 0; i < count; i++) {
      if (labels[i] == label) {
        return i;
      }
    }
    return -1;
  }

  boolean has(int label) {
    return indexOf(labels, labels.length, label) >= 0;
  }

  /** Returns the size of a dimension; 1 where there is none of this label. */
  int size(int label) {
    int at = indexOf(labels, labels.length, label);
    return at < 0 ? 1 : sizes[at];
  }

  /** Returns the stride of a dimension; 0 where there is none of this label, or one of size 1. */
  int stride(int label) {
    int at = indexOf(labels, labels.length, label);
    return at < 0 || sizes[at] == 1 ? 0 : strides[at];
  }

  /**
   * Returns the stride that walks over the dimensions of {@code group}, last fastest, as if they
   * were one; -1 where no one stride does.
   */
  int joint(int[] group, int[] groupSizes) {
    int stride = 0;
    long expected = -1;
    for (int i = group.length - 1; i >= 0; i--) {
      if (groupSizes[i] == 1) {
        continue;
      }
      int own = stride(group[i]);
      if (expected < 0) {
        stride = own;
      } else if (own != expected) {
        return -1;
      }
      expected = (long) own * groupSizes[i];
    }
    return stride;
  }

  /** Returns the offsets of all places of the dimensions in {@code group}, last fastest. */
  int[] offsets(int[] group, int[] groupSizes) {
    int[] offsets = new int[Axes.product(groupSizes, 0, groupSizes.length)];
    int filled = offsets.length == 0 ? 0 : 1;
    for (int d = group.length - 1; d >= 0 && filled > 0; d--) {
      int stride = stride(group[d]);
      for (int i = 1; i < groupSizes[d]; i++) {
        for (int j = 0; j < filled; j++) {
          offsets[i * filled + j] = offsets[j] + i * stride;
        }
      }
      filled *= groupSizes[d];
    }
    return offsets;
  }

  /** Returns the same elements in a new array in which the dimensions come in this order. */
  Labelled arranged(Invocation in, int[] order, int[] orderSizes) {
    int[] from = offsets(order, orderSizes);
    Object to =
        switch (array) {
          case float[] x -> {
            float[] y = new float[from.length];
            Elementwise.pieces(
                in,
                y.length,
                (start, end) -> {
                  for (int i = start; i < end; i++) {
                    y[i] = x[from[i]];
                  }
                });
            yield y;
          }
          case double[] x -> {
            double[] y = new double[from.length];
            Elementwise.pieces(
                in,
                y.length,
                (start, end) -> {
                  for (int i = start; i < end; i++) {
                    y[i] = x[from[i]];
                  }
                });
            yield y;
          }
          case long[] x -> {
            long[] y = new long[from.length];
            Elementwise.pieces(
                in,
                y.length,
                (start, end) -> {
                  for (int i = start; i < end; i++) {
                    y[i] = x[from[i]];
                  }
                });
            yield y;
          }
          default -> throw new IllegalStateException();
        };
    return new Labelled(to, order, orderSizes, Axes.strides(orderSizes));
  }

  /** Sums out the dimensions in {@code gone}; the others come in the order {@code kept}. */
  Labelled summed(Invocation in, int[] kept, int[] keptSizes, int[] gone, int[] goneSizes) {
    int[] outer = offsets(kept, keptSizes);
    int[] inner = offsets(gone, goneSizes);
    Object to =
        switch (array) {
          case float[] x -> {
            float[] y = new float[outer.length];
            for (int o = 0; o < y.length; o++) {
              int at = o;
              Elementwise.pieces(
                  in,
                  inner.length,
                  (start, end) -> {
                    for (int i = start; i < end; i++) {
                      y[at] += x[outer[at] + inner[i]];
                    }
                  });
            }
            yield y;
          }
          case double[] x -> {
            double[] y = new double[outer.length];
            for (int o = 0; o < y.length; o++) {
              int at = o;
              Elementwise.pieces(
                  in,
                  inner.length,
                  (start, end) -> {
                    for (int i = start; i < end; i++) {
                      y[at] += x[outer[at] + inner[i]];
                    }
                  });
            }
            yield y;
          }
          case long[] x -> {
            long[] y = new long[outer.length];
            for (int o = 0; o < y.length; o++) {
              int at = o;
              Elementwise.pieces(
                  in,
                  inner.length,
                  (start, end) -> {
                    for (int i = start; i < end; i++) {
                      y[at] += x[outer[at] + inner[i]];
                    }
                  });
            }
            yield y;
          }
          default -> throw new IllegalStateException();
        };
    return new Labelled(to, kept, keptSizes, Axes.strides(keptSizes));
  }
}
