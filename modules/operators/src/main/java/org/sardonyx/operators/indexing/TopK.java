package org.sardonyx.operators.indexing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * TopK: the k largest or smallest elements along an axis, best first, and where they are. Of equal
 * elements the one with the smaller index comes first; NaN counts as larger than all numbers.
 *
 * @param axis the axis, negative from the end
 * @param fixed k where it is an attribute; null where it is input 1
 * @param largest whether to take the largest
 */
public record TopK(long axis, @Nullable Long fixed, boolean largest) implements Operator {

  /** The least groups. */
  private static final int GROUPS = 128;

  /** The k-th of more is found by sorting. */
  private static final int FEW = 32;

  public static final OperatorDef DEF =
      OperatorDef.named("TopK")
          .version(1)
          .input("X", "T")
          .output("Values", "T")
          .output("Indices", "I")
          .attribute("axis", -1)
          .required("k", Kind.INT)
          .type("T", Types.FLOATS)
          .type("I", DataType.INT64)
          .version(10)
          .input("K", "tensor(int64)")
          .without("k")
          .version(11)
          .attribute("largest", 1)
          .attribute("sorted", 1)
          .type("T", Types.NUMERIC)
          .version(24)
          .type("T", Types.NUMERIC_BF16)
          .create(TopK::of);

  static TopK of(Attributes attributes) {
    attributes.ignore("sorted", "the order is free where it is 0, so it may be sorted too");
    return new TopK(
        attributes.getInt("axis"),
        attributes.declares("k") ? attributes.getInt("k") : null,
        attributes.getInt("largest", 1) != 0);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    Dim k = fixed != null ? Dim.of(Math.max(0, fixed)) : Sizes.only(in, 1);
    List<Dim> result = new ArrayList<>(x.dims());
    result.set(Axes.normalize(axis, x.rank()), Sizes.orFresh(k, in));
    in.shape(0, Shape.of(result));
    in.shape(1, Shape.of(result));
  }

  /**
   * Rows of floats. Of groups of elements the best is found, by vectors; what is worse than the
   * k-th of these is none of the k, which leaves little to look at.
   */
  private void floats(
      Invocation in, float[] x, int outer, int n, int k, float[] values, long[] indices) {
    Kernels kernels = in.kernels();
    int groups = Math.max(GROUPS, Math.min(4 * k, n / 2));
    int depth = n / groups;
    int[] rows = new int[depth];
    for (int i = 0; i < depth; i++) {
      rows[i] = i * groups;
    }
    float[] extremes = new float[groups];
    float[] best = new float[groups];
    long[] found = new long[n];
    for (int o = 0; o < outer; o++) {
      int from = o * n;
      in.checkpoint(2L * n);
      kernels.fold(largest ? Binary.MAX : Binary.MIN, x, from, rows, extremes, 0, groups);
      float least = least(extremes, k, best);
      int count = 0;
      for (int j = 0; j < groups; j++) {
        // Of NaN neither is true: where one is, which is worst of the smallest, there may be
        // others.
        if (!(largest ? extremes[j] < least : extremes[j] > least)) {
          count = candidates(x, from, j, groups, groups * depth, least, found, count);
        }
      }
      count = candidates(x, from, groups * depth, 1, n, least, found, count);
      Arrays.sort(found, 0, count);
      for (int j = 0; j < k; j++) {
        int index = (int) ~found[count - 1 - j];
        indices[o * k + j] = index;
        values[o * k + j] = x[from + index];
      }
    }
  }

  /**
   * Returns the k-th best of {@code x}.
   *
   * @param best room for all
   */
  private float least(float[] x, int k, float[] best) {
    int filled = 0;
    for (int i = 0; i < x.length && k <= FEW; i++) {
      float v = x[i];
      if (Float.isNaN(v)) {
        filled = 0;
        break;
      }
      if (filled == k && !(largest ? v > best[k - 1] : v < best[k - 1])) {
        continue;
      }
      int at = filled == k ? k - 1 : filled++;
      for (; at > 0 && (largest ? v > best[at - 1] : v < best[at - 1]); at--) {
        best[at] = best[at - 1];
      }
      best[at] = v;
    }
    if (filled == k) {
      return best[k - 1];
    }
    System.arraycopy(x, 0, best, 0, x.length);
    Arrays.sort(best);
    return best[largest ? x.length - k : k - 1];
  }

  /**
   * Adds the elements that are no worse than {@code least}: the key, and in its lower half the
   * index in reverse, since of equal ones the first is the best.
   */
  private int candidates(
      float[] x, int from, int start, int step, int end, float least, long[] found, int count) {
    int next = count;
    for (int i = start; i < end; i += step) {
      float v = x[from + i];
      if (!(largest ? v < least : v > least)) {
        long key = largest ? Keys.of(v) : ~Keys.of(v);
        found[next++] = key << 32 | (~i & 0xffffffffL);
      }
    }
    return next;
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int along = Axes.normalize(axis, shape.length);
    int n = shape[along];
    long count = fixed != null ? fixed : in.one(1).getLong(0);
    if (count < 0 || count > n) {
      throw new OperatorFailed("k is " + count + " for axis " + along + " of " + x);
    }
    int k = (int) count;
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    shape[along] = k;
    Tensor values = in.output(0, x.dataType(), shape);
    long[] indices = in.output(1, DataType.INT64, shape).longs();
    if (k == 0) {
      return;
    }
    if (x.dataType() == DataType.FLOAT && inner == 1 && k <= n / 4 && n >= 2 * GROUPS) {
      floats(in, x.floats(), outer, n, k, values.floats(), indices);
      return;
    }
    int[] sources = new int[outer * k * inner];
    long[] keys = new long[n];
    Best best = new Best(k);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int from = o * n * inner + i;
        Keys.fill(x, from, inner, keys, !largest);
        in.checkpoint(4L * n);
        int[] order = best.of(in, keys);
        for (int j = 0; j < k; j++) {
          int to = (o * k + j) * inner + i;
          indices[to] = order[j];
          sources[to] = from + order[j] * inner;
        }
      }
    }
    Moves moves = Moves.of(in, x, values);
    moves.pick(sources, 0);
    moves.done();
  }
}
