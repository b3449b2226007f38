package org.sardonyx.operators;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.IntegerProduct;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedIntegers;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Products of matrices of 8-bit integers: {@code (a - a zero point) * (b - b zero point)} in int. A
 * zero point, and likewise a scale, is one for all, one for each row of a or column of b ([M],
 * [N]), or one for each of each matrix ([..., M, 1], [..., 1, N]).
 */
public final class IntegerMatrix {

  private static final float[] NONE = {};

  private IntegerMatrix() {}

  /** Multiplies into {@code y}, the products one after the other. */
  public static void multiply(
      Invocation in,
      ProductShapes product,
      Tensor a,
      @Nullable Tensor aZero,
      Tensor b,
      @Nullable Tensor bZero,
      int[] y) {
    multiply(in, product, a, aZero, b, bZero, null, y);
  }

  /**
   * As the other.
   *
   * @param b the right-hand matrices; may be null where there is a packed one
   * @param packed b less its zero point, from {@link #pack}, or null
   */
  public static void multiply(
      Invocation in,
      ProductShapes product,
      Tensor a,
      @Nullable Tensor aZero,
      @Nullable Tensor b,
      @Nullable Tensor bZero,
      @Nullable PackedIntegers packed,
      int[] y) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    int aCount = m * k == 0 ? 0 : a.size() / (m * k);
    boolean together = isOneProduct(product, aZero);
    int products = together ? 1 : product.aMatrices().length;
    int rows = together ? m * product.aMatrices().length : m;
    Kernels kernels = in.kernels();
    float[] scratch = packed == null ? NONE : in.scratch(packed.scratch(kernels, rows));
    for (int i = 0; i < products; i++) {
      int[] aZeros = zeros(aZero, product.aMatrices()[i], aCount, m);
      int aOffset = product.aMatrices()[i] * m * k;
      boolean aSigned = a.dataType() == DataType.INT8;
      if (packed != null) {
        packed.multiply(kernels, rows, a.bytes(), aOffset, aSigned, aZeros, y, i * m * n, scratch);
        continue;
      }
      Tensor right = Objects.requireNonNull(b);
      int bCount = n * k == 0 ? 0 : right.size() / (n * k);
      IntegerProduct.gemm(
          kernels,
          rows,
          n,
          k,
          a.bytes(),
          aOffset,
          aSigned,
          aZeros,
          right.bytes(),
          product.bMatrices()[i] * k * n,
          right.dataType() == DataType.INT8,
          zeros(bZero, product.bMatrices()[i], bCount, n),
          y,
          i * m * n);
    }
  }

  /** Returns the shapes of a product with b, or with what was packed of it. */
  public static ProductShapes shapes(
      Tensor a, @Nullable Tensor b, @Nullable PackedIntegers packed) {
    return ProductShapes.of(
        a.shape(),
        packed == null ? Objects.requireNonNull(b).shape() : new int[] {packed.k(), packed.n()});
  }

  /**
   * Packs the right-hand input {@code b} where it is a constant matrix and its zero point, input
   * {@code bZero}, is constant or absent; else returns null.
   */
  public static @Nullable PackedIntegers pack(Constants constants, int b, int bZero) {
    Tensor matrix = constants.tensor(b);
    Tensor zero = constants.tensor(bZero);
    if (matrix == null
        || matrix.rank() != 2
        || matrix.dataType().bits() != 8
        || !matrix.dataType().isInteger()
        || (constants.has(bZero) && zero == null)
        || (zero != null && zero.size() != 1 && zero.size() != matrix.dim(1))) {
      return null;
    }
    return PackedIntegers.pack(
        constants.kernels(),
        matrix.dim(0),
        matrix.dim(1),
        matrix.bytes(),
        matrix.dataType() == DataType.INT8,
        zeros(zero, 0, 1, matrix.dim(1)));
  }

  /** Whether all matrices of a lie side by side and meet the same b. */
  private static boolean isOneProduct(ProductShapes product, @Nullable Tensor aZero) {
    int[] order = product.aMatrices();
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i || product.bMatrices()[i] != 0) {
        return false;
      }
    }
    return order.length > 1 && (aZero == null || aZero.size() == 1);
  }

  /**
   * Returns the zero points of matrix {@code matrix} of {@code matrices}: one or {@code length}.
   */
  private static int[] zeros(@Nullable Tensor zero, int matrix, int matrices, int length) {
    if (zero == null) {
      return new int[1];
    }
    int from = first(zero, matrix, matrices, length);
    int[] zeros = new int[zero.size() == 1 ? 1 : length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = (int) zero.getLong(from + i);
    }
    return zeros;
  }

  /** Returns where the parameters of matrix {@code matrix} of {@code matrices} begin. */
  public static int first(Tensor parameter, int matrix, int matrices, int length) {
    if (parameter.size() == 1 || parameter.size() == length) {
      return 0;
    }
    if (matrices > 0 && parameter.size() == length * matrices) {
      return matrix * length;
    }
    throw new OperatorFailed(
        "parameter "
            + parameter
            + " does not fit "
            + matrices
            + " matrices with "
            + length
            + " rows or columns");
  }
}
