package org.sardonyx.operators.math;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.MatrixProduct;
import org.sardonyx.tensor.DataType;

/** Contracts labelled arrays two by two, each time as a batch of products of matrices. */
final class Contraction {

  private final Invocation in;
  private final Map<Integer, Integer> sizes = new HashMap<>();

  private @Nullable Object made;

  Contraction(Invocation in) {
    this.in = in;
  }

  /** Whether this is the array of the output itself. */
  boolean isOutput(Object array) {
    return array == made;
  }

  /** Takes note of the sizes of an operand; a size of 1 gives way to another. */
  void learn(Labelled operand) {
    for (int i = 0; i < operand.labels().length; i++) {
      int size = operand.sizes()[i];
      Integer known = sizes.putIfAbsent(operand.labels()[i], size);
      if (known != null && known != size) {
        if (known != 1 && size != 1) {
          throw new OperatorFailed("Einsum: one letter for sizes " + known + " and " + size);
        }
        sizes.put(operand.labels()[i], known == 1 ? size : known);
      }
    }
  }

  private int[] sizes(int[] labels) {
    return Arrays.stream(labels).map(label -> sizes.getOrDefault(label, 1)).toArray();
  }

  private static int[] pick(Labelled operand, IntPredicate which) {
    return Arrays.stream(operand.labels()).filter(which).toArray();
  }

  private static int[] join(int[]... groups) {
    return Arrays.stream(groups).flatMapToInt(IntStream::of).toArray();
  }

  /** Brings one operand to the labels of the output, in their order. */
  Labelled finish(Labelled operand, int[] output) {
    int[] gone = pick(operand, label -> IntStream.of(output).noneMatch(o -> o == label));
    if (gone.length > 0) {
      return operand.summed(in, output, sizes(output), gone, sizes(gone));
    }
    boolean inPlace =
        Arrays.equals(operand.labels(), output)
            && Arrays.equals(operand.sizes(), sizes(output))
            && Arrays.equals(operand.strides(), Axes.strides(operand.sizes()))
            && java.lang.reflect.Array.getLength(operand.array())
                == Axes.product(operand.sizes(), 0, operand.sizes().length);
    return inPlace ? operand : operand.arranged(in, output, sizes(output));
  }

  /**
   * Multiplies two operands and sums over the labels that nothing else needs.
   *
   * @param needed whether a label is in the output or in an operand yet to come
   * @param output the labels of the output of floats that this may be the last step to; else null
   */
  Labelled contract(Labelled a, Labelled b, IntPredicate needed, int @Nullable [] output) {
    Labelled left = withoutLoners(a, b, needed);
    Labelled right = withoutLoners(b, a, needed);
    int[] batch = pick(left, label -> right.has(label) && needed.test(label));
    int[] summed = pick(left, label -> right.has(label) && !needed.test(label));
    int[] rows = pick(left, label -> !right.has(label));
    int[] columns = pick(right, label -> !left.has(label));
    int[] rowSizes = sizes(rows);
    int[] columnSizes = sizes(columns);
    int[] summedSizes = sizes(summed);
    int[] batchSizes = sizes(batch);
    Labelled x = matrices(left, rows, summed);
    Labelled y = matrices(right, summed, columns);
    int m = Axes.product(rowSizes, 0, rows.length);
    int n = Axes.product(columnSizes, 0, columns.length);
    int k = Axes.product(summedSizes, 0, summed.length);
    int[] result = join(batch, rows, columns);
    int[] resultSizes = sizes(result);
    int length = Axes.product(resultSizes, 0, result.length);
    Object product =
        switch (x.array()) {
          case float[] _ when Arrays.equals(result, output) ->
              in.zeros(0, DataType.FLOAT, resultSizes).floats();
          case float[] _ -> new float[length];
          case double[] _ -> new double[length];
          default -> new long[length];
        };
    made = Arrays.equals(result, output) ? product : null;
    int[] xOffsets = x.offsets(batch, batchSizes);
    int[] yOffsets = y.offsets(batch, batchSizes);
    for (int i = 0; i < xOffsets.length; i++) {
      in.checkpoint((long) m * n * k);
      MatrixProduct.multiply(
          in.kernels(),
          m,
          n,
          k,
          1,
          x.array(),
          xOffsets[i],
          x.joint(rows, rowSizes),
          x.joint(summed, summedSizes),
          y.array(),
          yOffsets[i],
          y.joint(summed, summedSizes),
          y.joint(columns, columnSizes),
          product,
          i * m * n,
          n);
    }
    return new Labelled(product, result, resultSizes, Axes.strides(resultSizes));
  }

  /** Sums out the labels that neither the other operand nor anything later has. */
  private Labelled withoutLoners(Labelled operand, Labelled other, IntPredicate needed) {
    int[] gone = pick(operand, label -> !other.has(label) && !needed.test(label));
    if (gone.length == 0) {
      return operand;
    }
    int[] kept = pick(operand, label -> other.has(label) || needed.test(label));
    int[] own = Arrays.stream(kept).map(operand::size).toArray();
    return operand.summed(in, kept, own, gone, sizes(gone));
  }

  /** Returns the operand with rows and columns that one stride each walks over. */
  private Labelled matrices(Labelled operand, int[] rows, int[] columns) {
    if (operand.joint(rows, sizes(rows)) >= 0 && operand.joint(columns, sizes(columns)) >= 0) {
      return operand;
    }
    int[] rest =
        pick(
            operand,
            label ->
                IntStream.of(rows).noneMatch(r -> r == label)
                    && IntStream.of(columns).noneMatch(c -> c == label));
    int[] order = join(rest, rows, columns);
    int[] own = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      // Batch dimensions stay as they are; repeated ones within a matrix are written out.
      own[i] = i < rest.length ? operand.size(order[i]) : sizes.getOrDefault(order[i], 1);
    }
    return operand.arranged(in, order, own);
  }
}
