package org.sardonyx.operators;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.MatrixProduct.Operand;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;

/**
 * {@code alpha * a * b + beta * c} of matrices that may be transposed; c is laid over the product,
 * or missing.
 *
 * @param alpha the factor of the product
 * @param beta the factor of c
 * @param transA whether a is transposed
 * @param transB whether b is transposed
 * @param broadcast whether c may be smaller than the product
 * @param packed b, packed, or null
 * @param f what is applied to each element of the result, or null
 */
public record GeneralProduct(
    float alpha,
    float beta,
    boolean transA,
    boolean transB,
    boolean broadcast,
    @Nullable PackedMatrix packed,
    @Nullable Unary f) {

  /** Reads the attributes of Gemm. */
  public static GeneralProduct of(Attributes attributes) {
    return new GeneralProduct(
        attributes.getFloat("alpha"),
        attributes.getFloat("beta"),
        attributes.getFlag("transA"),
        attributes.getFlag("transB"),
        !attributes.declares("broadcast") || attributes.getFlag("broadcast"),
        null,
        null);
  }

  /** States the shape [m, n]. */
  public void infer(Inference in) {
    Shape a = in.shape(0);
    Shape b = in.shape(1);
    if ((a.hasRank() && a.rank() != 2) || (b.hasRank() && b.rank() != 2)) {
      throw in.invalid("Gemm needs matrices, got " + a + " and " + b);
    }
    a = a.hasRank() ? a : Shape.ofRank(2);
    b = b.hasRank() ? b : Shape.ofRank(2);
    a = transA ? MatrixShapes.transposed(a) : a;
    b = transB ? MatrixShapes.transposed(b) : b;
    in.shape(0, MatrixShapes.product(in, a, b));
  }

  /** Packs b where it never changes. */
  public GeneralProduct prepare(Constants constants) {
    Tensor b = constants.tensor(1);
    if (b == null || b.rank() != 2) {
      return this;
    }
    Operand operand = Operand.of(b.shape(), false);
    PackedMatrix matrix = MatrixProduct.pack(constants, b, transB ? operand.transposed() : operand);
    return new GeneralProduct(alpha, beta, transA, transB, broadcast, matrix, null);
  }

  /** Returns the same with a function of each element; null where b is not packed. */
  public @Nullable GeneralProduct finishing(Unary function) {
    return packed == null || f != null
        ? null
        : new GeneralProduct(alpha, beta, transA, transB, broadcast, packed, function);
  }

  /** Whether {@link #run} may ask for an input: b no more where it is packed. */
  public boolean reads(int input) {
    return input != 1 || packed == null;
  }

  /** Computes the product; of narrow floats not yet rounded. */
  public Tensor run(Invocation in) {
    Tensor a = in.tensor(0);
    Tensor c = in.optional(2);
    Operand right = right(in, a);
    if (a.rank() != 2) {
      throw unfit(in, a);
    }
    Operand left = Operand.of(a.shape(), true);
    left = transA ? left.transposed() : left;
    if (left.columns() != right.rows()) {
      throw unfit(in, a);
    }
    int m = left.rows();
    int n = right.columns();
    int[] shape = {m, n};
    if (c != null) {
      int[] cShape = c.shape();
      if (broadcast
          ? !Arrays.equals(Broadcast.shape(shape, cShape), shape)
          : !Arrays.equals(cShape, shape)) {
        throw new OperatorFailed(
            c + " cannot be laid over a product of " + a + " and " + second(in, a));
      }
    }
    DataType type = a.dataType();
    if (type.isInteger()) {
      return integers(in, left, right, c, type, m, n);
    }
    boolean narrow = Elementwise.isNarrow(type);
    if (packed != null && !narrow && alpha == 1 && isRow(c, n)) {
      Tensor y = in.output(0, type, shape);
      in.kernels()
          .gemm(
              m,
              a.floats(),
              0,
              left.rowStride(),
              left.columnStride(),
              packed,
              c == null || beta == 0 ? new float[0] : c.floats(),
              0,
              f,
              y.floats(),
              0,
              n);
      return y;
    }
    Tensor y = narrow ? Tensor.zeros(DataType.FLOAT, shape) : in.zeros(0, type, shape);
    if (c != null && beta != 0) {
      lay(in, c, narrow, y, shape);
    }
    if (packed != null) {
      in.kernels()
          .gemm(
              m,
              alpha,
              a.toFloats(),
              0,
              left.rowStride(),
              left.columnStride(),
              packed,
              y.floats(),
              0,
              n);
      if (f != null) {
        in.kernels().unary(f, y.floats(), 0, y.floats(), 0, y.size());
      }
      return y;
    }
    Tensor b = in.tensor(1);
    MatrixProduct.multiply(
        in.kernels(),
        m,
        n,
        left.columns(),
        alpha,
        narrow ? a.toFloats() : a.array(),
        0,
        left.rowStride(),
        left.columnStride(),
        narrow ? b.toFloats() : b.array(),
        0,
        right.rowStride(),
        right.columnStride(),
        y.array(),
        0,
        n);
    return y;
  }

  /** Whether c is one row that is added to each of the product as it is, or nothing at all. */
  private boolean isRow(@Nullable Tensor c, int n) {
    return c == null
        || beta == 0
        || (beta == 1 && c.rank() > 0 && c.size() == n && c.dim(c.rank() - 1) == n);
  }

  /** Returns b as it is multiplied. */
  private Operand right(Invocation in, Tensor a) {
    if (packed != null) {
      return Operand.of(new int[] {packed.k(), packed.n()}, false);
    }
    Tensor b = in.tensor(1);
    if (b.rank() != 2) {
      throw unfit(in, a);
    }
    Operand operand = Operand.of(b.shape(), false);
    return transB ? operand.transposed() : operand;
  }

  private OperatorFailed unfit(Invocation in, Tensor a) {
    return new OperatorFailed(
        "there is no product of "
            + a
            + " and "
            + second(in, a)
            + " as matrices"
            + (transA ? ", transA" : "")
            + (transB && packed == null ? ", transB" : ""));
  }

  /** Returns b for messages; a packed one as it is multiplied. */
  private String second(Invocation in, Tensor a) {
    return packed == null ? in.tensor(1).toString() : MatrixProduct.describe(a.dataType(), packed);
  }

  /** Writes {@code beta * c} to every row. */
  private void lay(Invocation in, Tensor c, boolean narrow, Tensor y, int[] shape) {
    BroadcastLoop loop = BroadcastLoop.of(shape, c.shape());
    int step = loop.step(0);
    if (y.array() instanceof double[] to) {
      double[] from = c.doubles();
      loop.each(
          in,
          (o, at, n) -> {
            for (int i = 0; i < n; i++) {
              to[o + i] = beta * from[at[0] + i * step];
            }
          });
      return;
    }
    float[] to = y.floats();
    float[] from = narrow ? c.toFloats() : c.floats();
    loop.each(
        in,
        (o, at, n) -> {
          if (step == 0) {
            Arrays.fill(to, o, o + n, beta * from[at[0]]);
          } else {
            in.kernels().binaryRight(Binary.MUL, from, at[0], beta, to, o, n);
          }
        });
  }

  /** Integers wrap; factors that are no integers are applied in double and cut. */
  private Tensor integers(
      Invocation in, Operand a, Operand b, @Nullable Tensor c, DataType type, int m, int n) {
    long[] products = new long[Math.multiplyExact(m, n)];
    MatrixProduct.multiply(
        in.kernels(),
        m,
        n,
        a.columns(),
        1,
        in.tensor(0).toLongs(),
        0,
        a.rowStride(),
        a.columnStride(),
        in.tensor(1).toLongs(),
        0,
        b.rowStride(),
        b.columnStride(),
        products,
        0,
        n);
    long factor = (long) alpha;
    long addend = (long) beta;
    boolean whole = alpha == factor && beta == addend;
    long[] added = new long[products.length];
    if (c != null) {
      BroadcastLoop loop = BroadcastLoop.of(new int[] {m, n}, c.shape());
      loop.each(
          in,
          (o, at, count) -> {
            for (int i = 0; i < count; i++) {
              added[o + i] = c.getLong(at[0] + i * loop.step(0));
            }
          });
    }
    Tensor y = in.output(0, type, m, n);
    for (int i = 0; i < products.length; i++) {
      y.setLong(
          i,
          whole
              ? factor * products[i] + addend * added[i]
              : (long) ((double) alpha * products[i] + (double) beta * added[i]));
    }
    return y;
  }
}
