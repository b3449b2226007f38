package org.sardonyx.operators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Products of matrices, and of batches of matrices that broadcast, for every numeric type. A vector
 * on the left is a row, on the right a column, and leaves no dimension in the result.
 */
public final class MatrixProduct {

  private static final float[] NONE = {};

  private MatrixProduct() {}

  /**
   * A batch of matrices in the array of a tensor.
   *
   * @param batch sizes of the batch dimensions
   * @param strides their strides in elements
   * @param rows rows of a matrix
   * @param columns columns of a matrix
   * @param rowStride distance of neighbours in a column
   * @param columnStride distance of neighbours in a row
   * @param vector whether the tensor has rank 1
   */
  public record Operand(
      int[] batch,
      int[] strides,
      int rows,
      int columns,
      int rowStride,
      int columnStride,
      boolean vector) {

    /**
     * Takes the last two dimensions of {@code shape} as a matrix; a vector as a row or a column.
     */
    public static Operand of(int[] shape, boolean left) {
      int rank = shape.length;
      if (rank == 0) {
        throw new OperatorFailed("a scalar has no product of matrices");
      }
      if (rank == 1) {
        return left
            ? new Operand(new int[0], new int[0], 1, shape[0], shape[0], 1, true)
            : new Operand(new int[0], new int[0], shape[0], 1, 1, 1, true);
      }
      return new Operand(
          Arrays.copyOf(shape, rank - 2),
          Arrays.copyOf(Axes.strides(shape), rank - 2),
          shape[rank - 2],
          shape[rank - 1],
          shape[rank - 1],
          1,
          false);
    }

    /** Returns the transposed matrices; a vector stays what it is. */
    public Operand transposed() {
      return vector
          ? this
          : new Operand(batch, strides, columns, rows, columnStride, rowStride, false);
    }

    /** Takes the first dimension as the rows, and what were rows as the last batch dimension. */
    public Operand batchTransposed() {
      int count = batch.length;
      if (count == 0) {
        return this;
      }
      int[] newBatch = Arrays.copyOfRange(batch, 1, count + 1);
      int[] newStrides = Arrays.copyOfRange(strides, 1, count + 1);
      newBatch[count - 1] = rows;
      newStrides[count - 1] = rowStride;
      return new Operand(newBatch, newStrides, batch[0], columns, strides[0], columnStride, false);
    }

    /** Whether there is one matrix only. */
    public boolean isOne() {
      return Axes.product(batch, 0, batch.length) == 1;
    }

    /** Whether the matrices lie one after another, so that they can be one of more rows. */
    boolean stacks() {
      int expected = rows * rowStride;
      for (int i = batch.length - 1; i >= 0; i--) {
        if (batch[i] != 1 && strides[i] != expected) {
          return false;
        }
        expected *= batch[i];
      }
      return true;
    }

    /** Returns where the matrix for each place of a broadcast batch begins. */
    int[] offsets(int[] wholeBatch) {
      int[] offsets = new int[Axes.product(wholeBatch, 0, wholeBatch.length)];
      int filled = offsets.length == 0 ? 0 : 1;
      int shift = wholeBatch.length - batch.length;
      for (int d = wholeBatch.length - 1; d >= 0 && filled > 0; d--) {
        int stride = d < shift || batch[d - shift] == 1 ? 0 : strides[d - shift];
        for (int i = 1; i < wholeBatch[d]; i++) {
          for (int j = 0; j < filled; j++) {
            offsets[i * filled + j] = offsets[j] + i * stride;
          }
        }
        filled *= wholeBatch[d];
      }
      return offsets;
    }
  }

  /** Returns the shape of the product. */
  public static int[] shape(Operand a, Operand b) {
    int[] batch = Broadcast.shape(a.batch, b.batch);
    int[] shape = Arrays.copyOf(batch, batch.length + (a.vector ? 0 : 1) + (b.vector ? 0 : 1));
    int at = batch.length;
    if (!a.vector) {
      shape[at++] = a.rows;
    }
    if (!b.vector) {
      shape[at] = b.columns;
    }
    return shape;
  }

  /**
   * Computes {@code alpha * a * b} into output 0.
   *
   * @param packed the matrix b, packed, where it is one and has been; else null
   */
  public static void run(
      Invocation in, Operand a, Operand b, float alpha, @Nullable PackedMatrix packed) {
    Tensor left = in.tensor(0);
    if (a.columns != b.rows) {
      throw new OperatorFailed(
          "matrices of "
              + a.columns
              + " columns and "
              + b.rows
              + " rows have no product: "
              + left
              + ", "
              + (packed == null ? in.tensor(1).toString() : describe(left.dataType(), packed)));
    }
    DataType type = left.dataType();
    int[] shape = shape(a, b);
    switch (type) {
      case FLOAT -> {
        if (packed != null && alpha == 1 && a.stacks()) {
          Tensor y = in.output(0, type, shape);
          int rows = Axes.product(a.batch, 0, a.batch.length) * a.rows;
          in.kernels()
              .gemm(
                  rows,
                  left.floats(),
                  0,
                  a.rowStride,
                  a.columnStride,
                  packed,
                  NONE,
                  0,
                  null,
                  y.floats(),
                  0,
                  b.columns);
          return;
        }
        Tensor y = in.zeros(0, type, shape);
        float[] right = packed == null ? in.tensor(1).floats() : new float[0];
        batches(in, a, b, alpha, packed, left.array(), right, y.array());
      }
      case FLOAT16, BFLOAT16 -> {
        float[] y = new float[Axes.product(shape, 0, shape.length)];
        float[] right = packed == null ? in.tensor(1).toFloats() : new float[0];
        batches(in, a, b, alpha, packed, left.toFloats(), right, y);
        Elementwise.store(in, type, y, shape);
      }
      case DOUBLE -> {
        Tensor y = in.zeros(0, type, shape);
        batches(in, a, b, alpha, null, left.array(), in.tensor(1).array(), y.array());
      }
      default -> {
        Tensor y = in.output(0, type, shape);
        long[] products = new long[y.size()];
        batches(in, a, b, alpha, null, left.toLongs(), in.tensor(1).toLongs(), products);
        Elementwise.cut(in, products, y);
      }
    }
  }

  private static void batches(
      Invocation in,
      Operand a,
      Operand b,
      float alpha,
      @Nullable PackedMatrix packed,
      Object left,
      Object right,
      Object y) {
    int[] batch = Broadcast.shape(a.batch, b.batch);
    int count = Axes.product(batch, 0, batch.length);
    Kernels kernels = in.kernels();
    if (b.isOne() && a.stacks()) {
      multiply(kernels, count * a.rows, a, b, alpha, packed, left, 0, right, 0, y, 0);
      return;
    }
    int[] aOffsets = a.offsets(batch);
    int[] bOffsets = b.offsets(batch);
    int size = a.rows * b.columns;
    for (int i = 0; i < count; i++) {
      in.checkpoint(16L + size);
      multiply(
          kernels, a.rows, a, b, alpha, packed, left, aOffsets[i], right, bOffsets[i], y, i * size);
    }
  }

  private static void multiply(
      Kernels kernels,
      int rows,
      Operand a,
      Operand b,
      float alpha,
      @Nullable PackedMatrix packed,
      Object left,
      int aOffset,
      Object right,
      int bOffset,
      Object y,
      int offset) {
    if (packed != null) {
      kernels.gemm(
          rows,
          alpha,
          (float[]) left,
          aOffset,
          a.rowStride,
          a.columnStride,
          packed,
          (float[]) y,
          offset,
          b.columns);
    } else {
      multiply(
          kernels,
          rows,
          b.columns,
          a.columns,
          alpha,
          left,
          aOffset,
          a.rowStride,
          a.columnStride,
          right,
          bOffset,
          b.rowStride,
          b.columnStride,
          y,
          offset,
          b.columns);
    }
  }

  /**
   * Computes {@code c += alpha * a * b} as {@link Kernels} does it, for {@code float[]}, {@code
   * double[]} and {@code long[]}; of integers, alpha is 1.
   */
  public static void multiply(
      Kernels kernels,
      int m,
      int n,
      int k,
      float alpha,
      Object a,
      int aOffset,
      int aRow,
      int aColumn,
      Object b,
      int bOffset,
      int bRow,
      int bColumn,
      Object c,
      int cOffset,
      int cRow) {
    switch (c) {
      case float[] y ->
          kernels.gemm(
              m,
              n,
              k,
              alpha,
              (float[]) a,
              aOffset,
              aRow,
              aColumn,
              (float[]) b,
              bOffset,
              bRow,
              bColumn,
              y,
              cOffset,
              cRow);
      case double[] y ->
          kernels.gemm(
              m,
              n,
              k,
              (double) alpha,
              (double[]) a,
              aOffset,
              aRow,
              aColumn,
              (double[]) b,
              bOffset,
              bRow,
              bColumn,
              y,
              cOffset,
              cRow);
      case long[] y -> {
        long[] left = (long[]) a;
        long[] right = (long[]) b;
        for (int i = 0; i < m; i++) {
          for (int p = 0; p < k; p++) {
            long x = left[aOffset + i * aRow + p * aColumn];
            int at = bOffset + p * bRow;
            int to = cOffset + i * cRow;
            for (int j = 0; j < n; j++) {
              y[to + j] += x * right[at + j * bColumn];
            }
          }
        }
      }
      default -> throw new IllegalStateException();
    }
  }

  /** Returns what a packed matrix was, as {@link Tensor#toString} has it. */
  public static String describe(DataType type, PackedMatrix packed) {
    return new Type.OfTensor(type, Shape.of(packed.k(), packed.n())).toString();
  }

  /** Packs a constant right-hand matrix of floats; null where it is none, or there are several. */
  public static @Nullable PackedMatrix pack(
      Constants constants, @Nullable Tensor tensor, Operand b) {
    if (tensor == null
        || !b.isOne()
        || !(tensor.dataType() == DataType.FLOAT || Elementwise.isNarrow(tensor.dataType()))) {
      return null;
    }
    return constants
        .packing()
        .pack(b.rows, b.columns, tensor.toFloats(), 0, b.rowStride, b.columnStride);
  }
}
