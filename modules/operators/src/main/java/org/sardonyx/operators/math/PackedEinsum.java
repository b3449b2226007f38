package org.sardonyx.operators.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Einsum of two operands of which the second is constant: a packed matrix for each place of what
 * both share and the output keeps. Products go to where the output wants them; shapes for which
 * that is no matrix run as {@link Einsum} does.
 */
final class PackedEinsum implements Operator {

  private final Einsum einsum;
  private final Labelled b;
  private final int[] aLabels;
  private final int[] output;
  private final int[] batch;
  private final int[] summed;
  private final int[] columns;
  private final List<PackedMatrix> matrices = new ArrayList<>();

  private PackedEinsum(Einsum einsum, Labelled b, int[] aLabels, int[] output) {
    this.einsum = einsum;
    this.b = b;
    this.aLabels = aLabels;
    this.output = output;
    batch = pick(b.labels(), label -> has(aLabels, label) && has(output, label));
    summed = pick(b.labels(), label -> has(aLabels, label) && !has(output, label));
    columns = pick(b.labels(), label -> !has(aLabels, label));
  }

  /** Packs the second input; returns null where it is not constant, or no batch of matrices. */
  static @Nullable PackedEinsum of(Einsum einsum, Constants constants) {
    EinsumEquation equation = einsum.equation();
    Tensor w = constants.has(1) ? constants.tensor(1) : null;
    if (equation.inputs().size() != 2 || w == null || w.dataType() != DataType.FLOAT) {
      return null;
    }
    int[] aLabels = letters(equation.inputs().get(0));
    int[] bLabels = letters(equation.inputs().get(1));
    int[] output = equation.outputLabels(0);
    if (!areDistinct(aLabels)
        || !areDistinct(bLabels)
        || bLabels.length != w.rank()
        || Arrays.stream(aLabels).anyMatch(l -> !has(bLabels, l) && !has(output, l))
        || Arrays.stream(bLabels).anyMatch(l -> !has(aLabels, l) && !has(output, l))) {
      return null;
    }
    Labelled b = Labelled.of(w.floats(), bLabels, w.shape());
    PackedEinsum packed = new PackedEinsum(einsum, b, aLabels, output);
    return packed.pack(constants) ? packed : null;
  }

  private boolean pack(Constants constants) {
    int k = Axes.product(sizes(b, summed), 0, summed.length);
    int n = Axes.product(sizes(b, columns), 0, columns.length);
    int row = b.joint(summed, sizes(b, summed));
    int column = b.joint(columns, sizes(b, columns));
    if (row < 0 || column < 0) {
      return false;
    }
    for (int offset : b.offsets(batch, sizes(b, batch))) {
      matrices.add(constants.kernels().pack(k, n, (float[]) b.array(), offset, row, column));
    }
    return true;
  }

  @Override
  public void infer(Inference in) {
    einsum.infer(in);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    // The constant stays, for shapes that take the other way.
    boolean fits = in.inputs() == 2 && in.tensor(1).rank() == b.labels().length;
    if (!fits || x.rank() != aLabels.length || !multiply(in, x)) {
      einsum.run(in);
    }
  }

  /** Multiplies, unless the dimensions of x, or of the output, do not lie as a matrix. */
  private boolean multiply(Invocation in, Tensor x) {
    Labelled a = Labelled.of(x.floats(), aLabels, x.shape());
    for (int label : b.labels()) {
      if (a.has(label) && a.size(label) != b.size(label)) {
        return false;
      }
    }
    int[] rows = pick(aLabels, label -> !b.has(label));
    int[] shape = Arrays.stream(output).map(l -> a.has(l) ? a.size(l) : b.size(l)).toArray();
    Labelled y = new Labelled(x.array(), output, shape, Axes.strides(shape));
    int[] rowSizes = sizes(a, rows);
    int n = Axes.product(sizes(b, columns), 0, columns.length);
    int aRow = a.joint(rows, rowSizes);
    int aColumn = a.joint(summed, sizes(a, summed));
    int yRow = y.joint(rows, rowSizes);
    if (aRow < 0
        || aColumn < 0
        || yRow < 0
        || (n > 1 && y.joint(columns, sizes(b, columns)) != 1)) {
      return false;
    }
    float[] to = in.zeros(0, DataType.FLOAT, shape).floats();
    int m = Axes.product(rowSizes, 0, rows.length);
    int[] from = a.offsets(batch, sizes(a, batch));
    int[] at = y.offsets(batch, sizes(a, batch));
    for (int i = 0; i < from.length; i++) {
      in.kernels().gemm(m, 1, x.floats(), from[i], aRow, aColumn, matrices.get(i), to, at[i], yRow);
    }
    return true;
  }

  private static int[] sizes(Labelled operand, int[] labels) {
    return Arrays.stream(labels).map(operand::size).toArray();
  }

  private static int[] letters(List<Integer> term) {
    return term.stream().mapToInt(Integer::intValue).toArray();
  }

  private static boolean areDistinct(int[] labels) {
    return !has(labels, EinsumEquation.ELLIPSIS)
        && Arrays.stream(labels).distinct().count() == labels.length;
  }

  private static boolean has(int[] labels, int label) {
    return Arrays.stream(labels).anyMatch(l -> l == label);
  }

  private static int[] pick(int[] labels, IntPredicate which) {
    return Arrays.stream(labels).filter(which).toArray();
  }
}
