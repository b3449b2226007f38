package org.sardonyx.kernels.vector;

import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.PlainProduct;
import org.sardonyx.kernels.Plane;
import org.sardonyx.kernels.Unary;
import org.sardonyx.kernels.Window;

/**
 * Kernels by the Vector API, at the width the machine prefers. They differ from {@link
 * Kernels#scalar} in the order of sums, in fused multiplications, and in the functions of {@link
 * Unary}, whose bounds {@code Elementary} states; what is a loop over single operations is left to
 * the compiler, and the same.
 */
public final class VectorKernels implements Kernels {

  private static final int LANES = UnaryLoops.LANES;
  private static final int NARROWEST = 128;

  /** Numbers of which one that is far from 0 has all be looked at once more. */
  private static final int PIECE = 64 * LANES;

  /** Below so many rows of a product it does not pay to copy what lies anywhere. */
  private static final int FEW = 4;

  /** Elements of rows that go from loop to loop together, and stay in the nearest cache. */
  private static final int SOFTMAX_PIECE = 4096;

  private final Kernels scalar = Kernels.scalar();

  private final WarmUp warmUp;

  private final ThreadLocal<Product> product;

  private final ThreadLocal<Units> units;

  private final ThreadLocal<Windows> windows = ThreadLocal.withInitial(Windows::new);

  private final ThreadLocal<Pools> pools = ThreadLocal.withInitial(Pools::new);

  /** For each of some rows what the first loop tells the second, and then what is added to that. */
  private final ThreadLocal<float[]> softmaxSums = ThreadLocal.withInitial(() -> new float[128]);

  private final ThreadLocal<float[]> pieces = ThreadLocal.withInitial(() -> new float[PIECE]);

  private final ChainCodes codes;
  private final Singles singles;

  /**
   * Makes kernels that are cold at first.
   *
   * @throws UnsupportedOperationException where this machine has no vectors worth the name
   */
  public VectorKernels() {
    this(true);
    if (width() < NARROWEST) {
      throw new UnsupportedOperationException(
          "the vectors of this machine have only " + width() + " bits");
    }
  }

  /**
   * Makes kernels.
   *
   * @param cold whether scalar loops of the same bits are to run until the compiler is done with
   *     the vectors, which takes about a second
   */
  public VectorKernels(boolean cold) {
    warmUp = new WarmUp(cold);
    product = ThreadLocal.withInitial(() -> new Product(warmUp));
    units = ThreadLocal.withInitial(() -> new Units(warmUp, this));
    codes = new ChainCodes(warmUp, this::unary);
    singles = new Singles(codes);
  }

  /** Returns the width of a vector in bits. */
  public static int width() {
    return Elementary.S.vectorBitSize();
  }

  @Override
  public boolean isWarm() {
    return warmUp.isIdle();
  }

  @Override
  public void rehearse(boolean windows) {
    if (warmUp.isCold()) {
      Rehearsal.run(windows);
    }
  }

  /** Has what the run asked for be compiled: while it ran, what it ran itself came first. */
  @Override
  public void rest() {
    warmUp.begin();
  }

  @Override
  public Kernels plain() {
    return scalar;
  }

  @Override
  public int tile() {
    return Tiles.PAIR;
  }

  @Override
  public String name() {
    return "vector " + width();
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (f == Unary.ABS || f == Unary.NEG || f == Unary.SQRT || f == Unary.RECIPROCAL) {
      int done = singles.run(f, x, xOffset, y, yOffset, n);
      scalar.unary(f, x, xOffset + done, y, yOffset + done, n - done);
    } else if (f == Unary.RELU) {
      Part relu = warmUp.of(f);
      if (n >= LANES && relu.isReady()) {
        relu.run(n, x, xOffset, y, yOffset);
      } else {
        scalar.unary(f, x, xOffset, y, yOffset, n);
      }
    } else if (n >= LANES) {
      apply(f, x, xOffset, y, yOffset, n);
    } else {
      Twin.unary(f, x, xOffset, y, yOffset, n);
    }
  }

  private void apply(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    Part part = warmUp.of(f);
    boolean ready = part.isReady();
    if (f == Unary.EXP) {
      apply(ready, f, warmUp.of(Kind.NEAR_EXP), part, x, xOffset, y, yOffset, n);
    } else if (f == Unary.SIGMOID) {
      apply(ready, f, warmUp.of(Kind.LOGISTIC), part, x, xOffset, y, yOffset, n);
    } else if (f == Unary.SILU) {
      apply(ready, f, warmUp.of(Kind.TIMES_LOGISTIC), part, x, xOffset, y, yOffset, n);
    } else if (ready) {
      part.run(n, x, xOffset, y, yOffset);
    } else {
      Twin.unary(f, x, xOffset, y, yOffset, n);
    }
  }

  /**
   * A function in pieces: where no number of a piece is far from 0, less is to be computed.
   *
   * @param isReady whether {@code far} is ready
   * @param near says whether it could compute a piece
   * @param far does so where it could not; of SiLU it takes the sigmoid
   */
  private void apply(
      boolean isReady,
      Unary f,
      Part near,
      Part far,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int n) {
    Part logistic = f == Unary.SILU ? warmUp.of(Kind.LOGISTIC) : near;
    Part sigmoid = f == Unary.SILU ? warmUp.of(Unary.SIGMOID) : far;
    // All are to be asked: each becomes fast only then.
    boolean nearReady = near.isReady();
    boolean logisticReady = logistic.isReady();
    boolean ready = sigmoid.isReady() && nearReady && logisticReady && isReady;
    int whole = ready ? n - n % LANES : 0;
    // x may be needed once more.
    float[] room = x == y ? pieces.get() : y;
    for (int i = 0; i < whole; i += PIECE) {
      int count = Math.min(PIECE, whole - i);
      int from = xOffset + i;
      int at = x == y ? 0 : yOffset + i;
      if (near.run(count, x, from, room, at) > 0) {
        if (f == Unary.SILU) {
          float[] factors = pieces.get();
          logistic.run(count, x, from, factors, 0);
          sigmoid.run(count, x, from, factors, 0);
          far.run(count, x, from, 0, 0, room, at, factors, 0);
        } else {
          far.run(count, x, from, room, at);
        }
      }
      if (x == y) {
        System.arraycopy(room, 0, y, yOffset + i, count);
      }
    }
    Twin.unary(f, x, xOffset + whole, y, yOffset + whole, n - whole);
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    int moving = Singles.LEFT | Singles.RIGHT;
    int done = singles.run(f, moving, a, aOffset, b, bOffset, y, yOffset, n);
    scalar.binary(f, a, aOffset + done, b, bOffset + done, y, yOffset + done, n - done);
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    float[] right = singles.number(b);
    int done = singles.run(f, Singles.LEFT, a, aOffset, right, 0, y, yOffset, n);
    scalar.binaryRight(f, a, aOffset + done, b, y, yOffset + done, n - done);
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    float[] left = singles.number(a);
    int done = singles.run(f, Singles.RIGHT, left, 0, b, bOffset, y, yOffset, n);
    scalar.binaryLeft(f, a, b, bOffset + done, y, yOffset + done, n - done);
  }

  @Override
  public void binary(
      Binary f,
      int rows,
      int n,
      float[] a,
      int aOffset,
      int aRow,
      int aStep,
      float[] b,
      int bOffset,
      int bRow,
      int bStep,
      float[] y,
      int yOffset) {
    int moving = aStep * Singles.LEFT + bStep * Singles.RIGHT;
    if (!singles.rows(f, moving, rows, n, a, aOffset, aRow, b, bOffset, bRow, y, yOffset)) {
      Kernels.super.binary(
          f, rows, n, a, aOffset, aRow, aStep, b, bOffset, bRow, bStep, y, yOffset);
    }
  }

  @Override
  public void affine(
      float[] x,
      int xOffset,
      float factor,
      float[] scale,
      int scaleOffset,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int n) {
    int done =
        singles.affine(x, xOffset, factor, scale, scaleOffset, bias, biasOffset, y, yOffset, n);
    if (done < n) {
      Kernels.super.affine(
          x,
          xOffset + done,
          factor,
          scale,
          scaleOffset + done,
          bias,
          biasOffset + done,
          y,
          yOffset + done,
          n - done);
    }
  }

  @Override
  public void fold(Binary f, float[] x, int xOffset, int[] rows, float[] y, int yOffset, int n) {
    if (!singles.fold(f, x, xOffset, rows, y, yOffset, n)) {
      Kernels.super.fold(f, x, xOffset, rows, y, yOffset, n);
    }
  }

  @Override
  public void clamp(
      float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n) {
    if (n >= LANES && warmUp.of(Kind.CLAMP).isReady()) {
      UnaryLoops.clamp(least, greatest, x, xOffset, y, yOffset, n);
    } else {
      scalar.clamp(least, greatest, x, xOffset, y, yOffset, n);
    }
  }

  @Override
  public void take(float[] x, int xOffset, int step, float[] y, int yOffset, int n) {
    if (step == 2 && n >= LANES && warmUp.of(Kind.TAKE).isReady()) {
      UnaryLoops.takeSecond(x, xOffset, y, yOffset, n);
    } else {
      Kernels.super.take(x, xOffset, step, y, yOffset, n);
    }
  }

  @Override
  public void take(
      int[] from,
      int[] to,
      float[] x,
      int xOffset,
      int step,
      float none,
      float[] y,
      int yOffset,
      int n) {
    if (step <= 2 && n > 0 && warmUp.of(Kind.WINDOWS).isReady()) {
      Windows.take(from, to, x, xOffset, step, none, y, yOffset, n);
    } else {
      Kernels.super.take(from, to, x, xOffset, step, none, y, yOffset, n);
    }
  }

  @Override
  public boolean convolve(
      Plane plane,
      int planes,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset) {
    if (!warmUp.of(Kind.WINDOWS).isReady()) {
      return false;
    }
    windows.get().run(plane, this, planes, x, xOffset, w, wOffset, bias, biasOffset, y, yOffset);
    return true;
  }

  @Override
  public boolean pool(
      Window window,
      Binary f,
      int planes,
      float[] x,
      int xOffset,
      float[] divisors,
      float[] y,
      int yOffset) {
    return warmUp.of(Kind.POOLS).isReady()
        && pools.get().run(this, window, f, planes, x, xOffset, divisors, y, yOffset);
  }

  @Override
  public void transpose(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int yRow, int rows, int columns) {
    if (Math.min(rows, columns) >= Turned.SIDE && Turned.isReady(warmUp)) {
      Turned.run(x, xOffset, xRow, y, yOffset, yRow, rows, columns);
    } else {
      Kernels.super.transpose(x, xOffset, xRow, y, yOffset, yRow, rows, columns);
    }
  }

  @Override
  public void gather(
      float[] x, int xOffset, int[] map, int mapOffset, float[] y, int yOffset, int n) {
    int whole = LANES >= FEW * 2 && warmUp.of(Kind.PICK).isReady() ? n - n % LANES : 0;
    if (whole > 0) {
      Choices.gather(x, xOffset, map, mapOffset, y, yOffset, whole);
    }
    Kernels.super.gather(x, xOffset, map, mapOffset + whole, y, yOffset + whole, n - whole);
  }

  @Override
  public void twice(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int n, int rows, int copies) {
    if (n >= LANES && warmUp.of(Kind.TWICE).isReady()) {
      UnaryLoops.twice(x, xOffset, xRow, y, yOffset, n, rows, copies);
    } else {
      Kernels.super.twice(x, xOffset, xRow, y, yOffset, n, rows, copies);
    }
  }

  @Override
  public void compare(
      boolean less,
      boolean equal,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      byte[] y,
      int yOffset,
      int n) {
    int whole = Choices.whole(n);
    if (whole > 0 && warmUp.of(Kind.COMPARE).isReady()) {
      Choices.compare(less, equal, a, aOffset, b, bOffset, y, yOffset, whole);
    } else {
      whole = 0;
    }
    Kernels.super.compare(
        less, equal, a, aOffset + whole, b, bOffset + whole, y, yOffset + whole, n - whole);
  }

  @Override
  public void select(
      byte[] c,
      int cOffset,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] y,
      int yOffset,
      int n) {
    int whole = Choices.whole(n);
    if (whole > 0 && warmUp.of(Kind.SELECT).isReady()) {
      Choices.select(c, cOffset, a, aOffset, b, bOffset, y, yOffset, whole);
    } else {
      whole = 0;
    }
    Kernels.super.select(
        c, cOffset + whole, a, aOffset + whole, b, bOffset + whole, y, yOffset + whole, n - whole);
  }

  @Override
  public void quantize(
      float[] x, int xOffset, float scale, int zero, int low, byte[] y, int yOffset, int n) {
    int whole = Choices.whole(n);
    if (whole > 0 && warmUp.of(Kind.QUANTIZE).isReady()) {
      Choices.quantize(x, xOffset, scale, zero, low, y, yOffset, whole);
    } else {
      whole = 0;
    }
    Kernels.super.quantize(x, xOffset + whole, scale, zero, low, y, yOffset + whole, n - whole);
  }

  @Override
  public void dequantize(
      byte[] x, int xOffset, boolean signed, int zero, float scale, float[] y, int yOffset, int n) {
    int whole = Choices.whole(n);
    if (whole > 0 && warmUp.of(Kind.DEQUANTIZE).isReady()) {
      Choices.dequantize(x, xOffset, signed, zero, scale, y, yOffset, whole);
    } else {
      whole = 0;
    }
    int rest = n - whole;
    Kernels.super.dequantize(x, xOffset + whole, signed, zero, scale, y, yOffset + whole, rest);
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    Part part = warmUp.of(Kind.SUM);
    return part.isReady() ? part.run(n, x, xOffset, x, xOffset) : Twin.sum(x, xOffset, n);
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    Part part = warmUp.of(Kind.MAX);
    return part.isReady() ? part.run(n, x, xOffset, x, xOffset) : Twin.max(x, xOffset, n);
  }

  @Override
  public float min(float[] x, int xOffset, int n) {
    Part part = warmUp.of(Kind.MIN);
    return n >= LANES && part.isReady()
        ? part.run(n, x, xOffset, x, xOffset)
        : scalar.min(x, xOffset, n);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Part part = warmUp.of(Kind.DOT);
    return part.isReady()
        ? part.run(n, a, aOffset, b, bOffset)
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
    return Panels.pack(k, n, b, bOffset, bRow, bColumn, Panels.shared(k, n));
  }

  @Override
  public PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over) {
    return Panels.pack(k, n, b, bOffset, bRow, bColumn, over);
  }

  @Override
  public PackedMatrix packBfloat16(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return Pairs.pack(k, n, b, bOffset, bRow, bColumn);
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
    if (b.width() != Panels.WIDTH && b.width() != Product.PAIRS) {
      throw new IllegalArgumentException("the matrix was packed by other kernels");
    }
    Product room = product.get();
    int done =
        m == 1 && alpha == 1 && aColumn == 1
            ? room.stripes(b, a, aOffset, c, cOffset, c, cOffset)
            : 0;
    if (done < b.n()) {
      room.of(a, aOffset, aRow, aColumn, alpha, c, cOffset, cRow).run(m, b, done, null, this);
    }
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
    if (b.width() != Panels.WIDTH && b.width() != Product.PAIRS) {
      throw new IllegalArgumentException("the matrix was packed by other kernels");
    }
    Product room = product.get();
    int done =
        m == 1 && aColumn == 1 && f == null && bias.length > 0
            ? room.stripes(b, a, aOffset, bias, biasOffset, c, cOffset)
            : 0;
    if (done < b.n()) {
      room.of(a, aOffset, aRow, aColumn, 1, c, cOffset, cRow)
          .from(bias, biasOffset, b.n())
          .run(m, b, done, f, this);
    }
  }

  @Override
  public boolean gemm(
      int m,
      int k,
      float[] a,
      int aOffset,
      int aRow,
      byte[] b,
      int width,
      float[] room,
      int roomOffset,
      int[] c,
      int cOffset,
      int cRow) {
    boolean does =
        Panels.VECTORS == 4 && width == ByteTile.WIDTH && warmUp.of(Kind.BYTES).isReady();
    if (does) {
      ByteTile.run(m, k, a, aOffset, aRow, b, room, roomOffset, c, cOffset, cRow);
    }
    return does;
  }

  @Override
  public void gemm(
      int lines,
      int bLine,
      int cLine,
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
    if ((m >= FEW && k > 0) || k > Spread.DEPTH) {
      product
          .get()
          .of(a, aOffset, aRow, 1, 1, c, cOffset, cRow)
          .spread()
          .run(lines, bLine, cLine, m, n, k, b, bOffset, rows, bias, biasOffset);
      return;
    }
    boolean ready = warmUp.of(Kind.TAPS).isReady();
    PlainProduct cold = ready && n >= LANES ? null : product.get().cold();
    for (int line = 0; line < lines; line++) {
      int start = bOffset + line * bLine;
      int at = cOffset + line * cLine;
      if (cold != null) {
        cold.of(m, n, k, a, aOffset, aRow, b, start, rows, 0)
            .addTo(1, bias, biasOffset, 1, 0, c, at, cRow);
        continue;
      }
      for (int row = 0; row < m; row++) {
        int from = aOffset + row * aRow;
        Taps.run(n, k, a, from, b, start, rows, bias[biasOffset + row], c, at + row * cRow);
      }
    }
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
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    softmax(false, x, xOffset, y, yOffset, n, rows);
  }

  @Override
  public void logSoftmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    softmax(true, x, xOffset, y, yOffset, n, rows);
  }

  private void softmax(
      boolean log, float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    Part greatest = warmUp.of(Kind.GREATEST);
    Part powers = warmUp.of(Kind.POWERS);
    Part divide = warmUp.of(Kind.DIVIDE);
    // All are to be asked: each becomes fast only then.
    boolean greatestReady = greatest.isReady();
    boolean powersReady = powers.isReady();
    boolean divideReady = divide.isReady();
    if (!greatestReady || !powersReady || !divideReady || n < LANES) {
      for (int r = 0; r < rows && log; r++) {
        int from = xOffset + r * n;
        int to = yOffset + r * n;
        float max = Twin.max(x, from, n);
        difference(x, from, max, Twin.powers(x, from, max, y, to, n), y, to, n);
      }
      if (!log) {
        Twin.softmax(x, xOffset, y, yOffset, n, rows);
      }
      return;
    }
    float[] sums = softmaxSums.get();
    int most = Math.clamp(SOFTMAX_PIECE / n, 1, sums.length / 3);
    for (int r = 0; r < rows; r += most) {
      int m = Math.min(most, rows - r);
      int from = xOffset + r * n;
      int to = yOffset + r * n;
      greatest.run(n, x, from, m, 0, y, to, sums, 0);
      for (int i = 0; i < m; i++) {
        if (Float.isNaN(sums[i])) {
          sums[i] = Twin.max(x, from + i * n, n);
        }
      }
      if (log) {
        System.arraycopy(sums, 0, sums, 2 * most, m);
      }
      int rest = n % LANES;
      if (rest > 0) {
        rests(powers, m, n, rest, x, from, y, to, sums, most);
      }
      powers.run(n, x, from, m, 0, y, to, sums, 0);
      for (int i = 0; i < m && rest > 0; i++) {
        sums[i] += sums[most + i];
      }
      for (int i = 0; i < m && log; i++) {
        difference(x, from + i * n, sums[2 * most + i], sums[i], y, to + i * n, n);
      }
      if (!log) {
        divide.run(n, y, to, m, 0, y, to, sums, 0);
      }
    }
  }

  /** Computes {@code y[i] = x[i] - max - log(sum)}. */
  private void difference(float[] x, int xo, float max, float sum, float[] y, int yo, int n) {
    float log = Twin.log(sum);
    int done = singles.difference(x, xo, max, log, y, yo, n);
    for (int i = done; i < n; i++) {
      y[yo + i] = x[xo + i] - max - log;
    }
  }

  /**
   * Computes the powers behind whole vectors, each row of them in a vector of its own, and sums.
   */
  private void rests(
      Part powers,
      int rows,
      int n,
      int rest,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] sums,
      int most) {
    float[] room = pieces.get();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, xo + i * n + n - rest, room, i * LANES, rest);
      sums[most + i] = sums[i];
    }
    powers.run(LANES, room, 0, rows, 0, room, 0, sums, most);
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int j = i * LANES; j < i * LANES + rest; j++) {
        sum += room[j];
      }
      sums[most + i] = sum;
      System.arraycopy(room, i * LANES, y, yo + i * n + n - rest, rest);
    }
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    units.get().lstm(n, gates, offset, c, h, unit);
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    units.get().gru(n, gates, z, g, h, next, unit);
  }

  @Override
  public void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit) {
    units.get().gruLinear(n, gates, offset, h, next, unit);
  }

  @Override
  public Chain.Code code(Chain chain, int moving) {
    return codes.get(chain, moving);
  }
}
