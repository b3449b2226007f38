package org.sardonyx.kernels.vector;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;

/**
 * Kernels by the Vector API, at the width the machine prefers. They differ from {@link
 * Kernels#scalar} in the order of sums, in fused multiplications, and in the functions of {@link
 * Unary}, whose bounds {@code Elementary} states; what is a loop over single operations is left to
 * the compiler, and the same.
 */
public final class VectorKernels implements Kernels {

  private static final int LANES = UnaryLoops.LANES;

  private final Kernels scalar = Kernels.scalar();

  private final WarmUp warmUp;

  private final ThreadLocal<Product> product;

  private final ChainCodes codes;

  /**
   * Makes kernels.
   *
   * @param cold whether scalar loops of the same bits are to run until the compiler is done with
   *     the vectors, which takes about a second
   */
  public VectorKernels(boolean cold) {
    warmUp = new WarmUp(cold);
    product = ThreadLocal.withInitial(() -> new Product(warmUp));
    codes = new ChainCodes(warmUp);
  }

  /** Returns the width of a vector in bits. */
  public static int width() {
    return Elementary.S.vectorBitSize();
  }

  @Override
  public String name() {
    return "vector " + width();
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    switch (f) {
      case ABS, NEG, SQRT, RECIPROCAL -> scalar.unary(f, x, xOffset, y, yOffset, n);
      case RELU -> {
        if (n >= LANES && warmUp.of(f).isReady()) {
          UnaryLoops.relu(x, xOffset, y, yOffset, n);
        } else {
          scalar.unary(f, x, xOffset, y, yOffset, n);
        }
      }
      case EXP, LOG, SIGMOID, TANH, ERF, SOFTPLUS, GELU, GELU_TANH, SILU -> {
        if (n >= LANES) {
          apply(f, x, xOffset, y, yOffset, n);
        } else {
          Twin.unary(f, x, xOffset, y, yOffset, n);
        }
      }
    }
  }

  private void apply(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (!warmUp.of(f).isReady()) {
      Twin.unary(f, x, xOffset, y, yOffset, n);
      return;
    }
    switch (f) {
      case EXP -> UnaryLoops.exp(x, xOffset, y, yOffset, n);
      case LOG -> UnaryLoops.log(x, xOffset, y, yOffset, n);
      case SIGMOID -> UnaryLoops.sigmoid(x, xOffset, y, yOffset, n);
      case TANH -> UnaryLoops.tanh(x, xOffset, y, yOffset, n);
      case ERF -> UnaryLoops.erf(x, xOffset, y, yOffset, n);
      case SOFTPLUS -> UnaryLoops.softplus(x, xOffset, y, yOffset, n);
      case GELU -> UnaryLoops.gelu(x, xOffset, y, yOffset, n);
      case GELU_TANH -> UnaryLoops.geluTanh(x, xOffset, y, yOffset, n);
      case SILU -> UnaryLoops.silu(x, xOffset, y, yOffset, n);
      case ABS, NEG, RELU, SQRT, RECIPROCAL -> throw new IllegalArgumentException(f.toString());
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    scalar.binary(f, a, aOffset, b, bOffset, y, yOffset, n);
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    scalar.binaryRight(f, a, aOffset, b, y, yOffset, n);
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    scalar.binaryLeft(f, a, b, bOffset, y, yOffset, n);
  }

  @Override
  public void clamp(
      float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (n >= LANES && warmUp.clamp.isReady()) {
      UnaryLoops.clamp(least, greatest, x, xOffset, y, yOffset, n);
    } else {
      scalar.clamp(least, greatest, x, xOffset, y, yOffset, n);
    }
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    return warmUp.sum.isReady() ? Sums.sum(x, xOffset, n) : Twin.sum(x, xOffset, n);
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    return warmUp.max.isReady() ? Sums.max(x, xOffset, n) : Twin.max(x, xOffset, n);
  }

  @Override
  public float min(float[] x, int xOffset, int n) {
    return n >= LANES && warmUp.min.isReady() ? Sums.min(x, xOffset, n) : scalar.min(x, xOffset, n);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    return warmUp.dot.isReady()
        ? Sums.dot(a, aOffset, b, bOffset, n)
        : Twin.dot(a, aOffset, b, bOffset, n);
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    scalar.axpy(alpha, x, xOffset, y, yOffset, n);
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      float[] b,
      int bOffset,
      int bRow,
      int bColumn,
      float[] c,
      int cOffset,
      int cRow) {
    product
        .get()
        .of(a, aOffset, aRow, aColumn, alpha, c, cOffset, cRow)
        .run(m, n, k, b, bOffset, bRow, bColumn);
  }

  @Override
  public PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return Product.pack(k, n, b, bOffset, bRow, bColumn);
  }

  @Override
  public void gemm(
      int m,
      float alpha,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int cRow) {
    if (b.width() != Product.WIDTH) {
      throw new IllegalArgumentException("the matrix was packed by other kernels");
    }
    product.get().of(a, aOffset, aRow, aColumn, alpha, c, cOffset, cRow).run(m, b, null, this);
  }

  @Override
  public void gemm(
      int m,
      float[] a,
      int aOffset,
      int aRow,
      int aColumn,
      PackedMatrix b,
      float[] bias,
      int biasOffset,
      @Nullable Unary f,
      float[] c,
      int cOffset,
      int cRow) {
    if (b.width() != Product.WIDTH) {
      throw new IllegalArgumentException("the matrix was packed by other kernels");
    }
    product
        .get()
        .of(a, aOffset, aRow, aColumn, 1, c, cOffset, cRow)
        .from(bias, biasOffset, b.n())
        .run(m, b, f, this);
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      float[] b,
      int bOffset,
      int[] rows,
      float[] bias,
      int biasOffset,
      float[] c,
      int cOffset,
      int cRow) {
    Gather.run(
        m, n, k, a, aOffset, aRow, b, bOffset, rows, bias, biasOffset, c, cOffset, cRow, warmUp);
  }

  @Override
  public void gemm(
      int m,
      int n,
      int k,
      double alpha,
      double[] a,
      int aOffset,
      int aRow,
      int aColumn,
      double[] b,
      int bOffset,
      int bRow,
      int bColumn,
      double[] c,
      int cOffset,
      int cRow) {
    scalar.gemm(
        m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = max(x, xOffset, n);
    if (n < LANES || !warmUp.expFrom.isReady()) {
      Twin.expFrom(x, xOffset, max, y, yOffset, n);
    } else {
      Sums.expFrom(x, xOffset, max, y, yOffset, n);
    }
    float sum = sum(y, yOffset, n);
    scalar.binaryRight(Binary.MUL, y, yOffset, 1 / sum, y, yOffset, n);
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    int o = offset + n;
    int f = o + n;
    int g = f + n;
    unary(Unary.SIGMOID, gates, offset, gates, offset, 3 * n);
    int whole = warmUp.lstm.isReady() ? n - n % LANES : 0;
    Cells.cell(whole, gates, offset, f, g, c, unit);
    Cells.output(whole, gates, o, c, h, unit);
    Twin.lstm(whole, n, gates, offset, c, h, unit);
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, int unit) {
    int whole = warmUp.gru.isReady() ? n - n % LANES : 0;
    Cells.mix(whole, gates, z, g, h, unit);
    Twin.gru(whole, n, gates, z, g, h, unit);
  }

  @Override
  public Chain.Code code(Chain chain, int moving) {
    return codes.get(chain, moving);
  }
}
