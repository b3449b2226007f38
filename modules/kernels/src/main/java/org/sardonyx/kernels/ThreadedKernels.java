package org.sardonyx.kernels;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that share their larger loops among threads. Since elements of products do not depend on
 * what else is computed, the results are those of one thread, bit for bit.
 */
final class ThreadedKernels implements Kernels {

  /** Multiplications that are worth a second thread: about 20 microseconds. */
  private static final long PRODUCT = 1 << 20;

  /** Elements of a function that are. */
  private static final int ELEMENTS = 1 << 15;

  /** Columns of unpacked matrices are shared in units of so many, whole vectors of any machine. */
  private static final int COLUMNS = 64;

  /** Rows of a product that make good use of a tile, and of a packed panel. */
  private static final int ROWS = 12;

  /** Multiplications, or so many elements, between two looks at whether the run is to go on. */
  private static final long PIECE = 1 << 25;

  /** The same where they take longer. */
  private static final long SCALAR_PIECE = 1 << 22;

  /** Elements of a function between two looks. */
  private static final int STRETCH = 1 << 20;

  /** What a call costs, in multiplications. */
  private static final long CALL = 2048;

  private final Kernels base;
  private final Team team;
  private final @Nullable Runnable between;

  private final long piece;

  /** Work since somebody looked; of several threads, roughly. */
  private long done;

  ThreadedKernels(Kernels base, Executor executor, int threads) {
    this(base, new Team(executor, threads), null);
  }

  private ThreadedKernels(Kernels base, Team team, @Nullable Runnable between) {
    this.base = base;
    this.team = team;
    this.between = between;
    this.piece = base == Kernels.scalar() ? SCALAR_PIECE : PIECE;
  }

  /** Returns kernels on the calling thread that call {@code between} between pieces of loops. */
  static Kernels alone(Kernels base, Runnable between) {
    return new ThreadedKernels(base, new Team(Runnable::run, 1), between);
  }

  @Override
  public int tile() {
    return base.tile();
  }

  @Override
  public String name() {
    return team.threads() == 1 ? base.name() : base.name() + ", " + team.threads() + " threads";
  }

  @Override
  public boolean isWarm() {
    return base.isWarm();
  }

  @Override
  public Kernels plain() {
    return base.plain();
  }

  @Override
  public Kernels single() {
    return between == null ? base : alone(base, between);
  }

  @Override
  public Kernels watched(Runnable newBetween) {
    return new ThreadedKernels(base, team, newBetween);
  }

  @Override
  public int threads() {
    return team.threads();
  }

  @Override
  public void steps(int steps, int parts, Share body) {
    team.run(steps, parts, body);
  }

  @Override
  public void rest() {
    team.rest();
    base.rest();
  }

  /** A range of a loop. */
  @FunctionalInterface
  private interface Range {
    void run(int from, int to);
  }

  /** A block of a product: rows [row, row + m), columns [column, column + n). */
  @FunctionalInterface
  private interface Block {
    void run(int row, int m, int column, int n);
  }

  /** Runs n as ranges that begin at multiples of {@code unit}, about two a thread. */
  private void split(int n, int unit, Range range) {
    int units = (n + unit - 1) / unit;
    int parts = Math.min(Math.min(units, 2 * team.threads()), Long.SIZE);
    share(
        parts,
        part -> {
          int from = (int) ((long) units * part / parts) * unit;
          int to = Math.min(n, (int) ((long) units * (part + 1) / parts) * unit);
          range.run(from, to);
        });
  }

  /** Counts work that is too small for pieces of its own. */
  private void tick(long work) {
    Runnable watch = between;
    if (watch != null) {
      done += work;
      if (done >= piece) {
        done = 0;
        watch.run();
      }
    }
  }

  /** Runs the elements of a function. */
  private void elements(int n, Range range) {
    split(n, COLUMNS, (from, to) -> pieces(from, to, STRETCH, range));
  }

  /** Runs [from, to) at once or, where somebody watches, in steps. */
  private void pieces(int from, int to, int step, Range range) {
    if (between == null || to - from <= step) {
      range.run(from, to);
      return;
    }
    for (int at = from; at < to; at += Math.min(step, to - at)) {
      tick(piece);
      range.run(at, at + Math.min(step, to - at));
    }
  }

  /**
   * Runs a product in blocks: by columns, in multiples of {@code unit}, or by rows.
   *
   * @param unit columns that stay together; 0 where all do
   */
  private void blocks(boolean byColumns, int m, int n, int k, int unit, Block block) {
    split(
        byColumns ? n : m,
        byColumns ? unit : ROWS,
        (from, to) -> {
          int row = byColumns ? 0 : from;
          int column = byColumns ? from : 0;
          tiles(row, byColumns ? m : to, column, byColumns ? to : n, k, unit, block);
        });
  }

  private void tiles(int row, int rowEnd, int column, int columnEnd, int k, int unit, Block block) {
    long one = Math.max(1, (long) ROWS * k);
    int columns = unit == 0 ? Integer.MAX_VALUE : steps(piece / one, unit);
    long wide = Math.max(1, (long) k * Math.min(columns, columnEnd - column));
    int rows = steps(piece / wide, ROWS);
    pieces(
        column,
        columnEnd,
        columns,
        (c, cTo) ->
            pieces(
                row,
                rowEnd,
                rows,
                (r, rTo) -> {
                  tick((long) (rTo - r) * (cTo - c) * k);
                  block.run(r, rTo - r, c, cTo - c);
                }));
  }

  /** Returns the multiple of {@code unit} at or below n, at least one. */
  private static int steps(long n, int unit) {
    return (int) Math.min(Integer.MAX_VALUE / unit, Math.max(1, n / unit)) * unit;
  }

  private static boolean isSmall(int m, int n, int k) {
    return (long) m * n * k < PRODUCT;
  }

  /** Returns how many columns of a packed matrix stay together; 0 for all of them. */
  private static int unit(PackedMatrix b) {
    return b.width() == 0 ? 0 : Math.max(COLUMNS, b.width());
  }

  private static PackedMatrix columns(PackedMatrix b, int from, int n) {
    return n == b.n() ? b : b.columns(from, from + n);
  }

  /** Whether there are enough rows to share them rather than columns. */
  private boolean byRows(int m) {
    return m >= ROWS * team.threads();
  }

  @Override
  public void unary(Unary f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    tick(n);
    if (n < ELEMENTS) {
      base.unary(f, x, xOffset, y, yOffset, n);
    } else {
      elements(n, (from, to) -> base.unary(f, x, xOffset + from, y, yOffset + from, to - from));
    }
  }

  @Override
  public void binary(
      Binary f, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, int n) {
    tick(n);
    pieces(
        0,
        n,
        STRETCH,
        (i, to) -> base.binary(f, a, aOffset + i, b, bOffset + i, y, yOffset + i, to - i));
  }

  @Override
  public void binaryRight(
      Binary f, float[] a, int aOffset, float b, float[] y, int yOffset, int n) {
    tick(n);
    pieces(
        0, n, STRETCH, (i, to) -> base.binaryRight(f, a, aOffset + i, b, y, yOffset + i, to - i));
  }

  @Override
  public void binaryLeft(Binary f, float a, float[] b, int bOffset, float[] y, int yOffset, int n) {
    tick(n);
    pieces(0, n, STRETCH, (i, to) -> base.binaryLeft(f, a, b, bOffset + i, y, yOffset + i, to - i));
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
    tick((long) rows * n);
    base.binary(f, rows, n, a, aOffset, aRow, aStep, b, bOffset, bRow, bStep, y, yOffset);
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
    tick(n);
    base.affine(x, xOffset, factor, scale, scaleOffset, bias, biasOffset, y, yOffset, n);
  }

  @Override
  public void fold(Binary f, float[] x, int xOffset, int[] rows, float[] y, int yOffset, int n) {
    tick((long) rows.length * n);
    base.fold(f, x, xOffset, rows, y, yOffset, n);
  }

  @Override
  public void clamp(
      float least, float greatest, float[] x, int xOffset, float[] y, int yOffset, int n) {
    tick(n);
    base.clamp(least, greatest, x, xOffset, y, yOffset, n);
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
    base.take(from, to, x, xOffset, step, none, y, yOffset, n);
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
    int k = plane.rows().length;
    return planes(
        planes,
        (long) k * plane.outSize() + plane.size(),
        (from, count) ->
            base.convolve(
                plane,
                count,
                x,
                xOffset + from * plane.inSize(),
                w,
                wOffset + from * k,
                bias,
                biasOffset + from,
                y,
                yOffset + from * plane.outSize()));
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
    int in = window.inSize();
    int out = window.outSize();
    return planes(
        planes,
        (long) (window.outerTaps() + 1) * in + (long) window.taps() * out,
        (from, count) ->
            base.pool(window, f, count, x, xOffset + from * in, divisors, y, yOffset + from * out));
  }

  /** Some planes; whether they were computed. */
  @FunctionalInterface
  private interface Planes {
    boolean run(int from, int count);
  }

  private boolean planes(int planes, long work, Planes some) {
    int most = steps(piece / Math.max(1, work), 1);
    if (team.threads() == 1 || work * planes < PRODUCT) {
      boolean done = true;
      for (int from = 0; from < planes && done; from += Math.min(most, planes - from)) {
        int count = Math.min(most, planes - from);
        tick(work * count);
        done = some.run(from, count);
      }
      return done;
    }
    AtomicBoolean done = new AtomicBoolean(true);
    split(
        planes,
        1,
        (first, last) ->
            pieces(
                first,
                last,
                most,
                (from, to) -> {
                  tick(work * (to - from));
                  if (!some.run(from, to - from)) {
                    done.set(false);
                  }
                }));
    return done.get();
  }

  @Override
  public void take(float[] x, int xOffset, int step, float[] y, int yOffset, int n) {
    base.take(x, xOffset, step, y, yOffset, n);
  }

  @Override
  public void transpose(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int yRow, int rows, int columns) {
    base.transpose(x, xOffset, xRow, y, yOffset, yRow, rows, columns);
  }

  @Override
  public void gather(
      float[] x, int xOffset, int[] map, int mapOffset, float[] y, int yOffset, int n) {
    base.gather(x, xOffset, map, mapOffset, y, yOffset, n);
  }

  @Override
  public void twice(
      float[] x, int xOffset, int xRow, float[] y, int yOffset, int n, int rows, int copies) {
    base.twice(x, xOffset, xRow, y, yOffset, n, rows, copies);
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
    tick(n);
    base.compare(less, equal, a, aOffset, b, bOffset, y, yOffset, n);
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
    tick(n);
    base.select(c, cOffset, a, aOffset, b, bOffset, y, yOffset, n);
  }

  @Override
  public void quantize(
      float[] x, int xOffset, float scale, int zero, int low, byte[] y, int yOffset, int n) {
    tick(n);
    base.quantize(x, xOffset, scale, zero, low, y, yOffset, n);
  }

  @Override
  public void dequantize(
      byte[] x, int xOffset, boolean signed, int zero, float scale, float[] y, int yOffset, int n) {
    tick(n);
    base.dequantize(x, xOffset, signed, zero, scale, y, yOffset, n);
  }

  @Override
  public float sum(float[] x, int xOffset, int n) {
    tick(n);
    return base.sum(x, xOffset, n);
  }

  @Override
  public float max(float[] x, int xOffset, int n) {
    tick(n);
    return base.max(x, xOffset, n);
  }

  @Override
  public float min(float[] x, int xOffset, int n) {
    tick(n);
    return base.min(x, xOffset, n);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    tick(n);
    return base.dot(a, aOffset, b, bOffset, n);
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    tick(n);
    base.axpy(alpha, x, xOffset, y, yOffset, n);
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
    if (isSmall(m, n, k)) {
      tick(CALL + (long) m * n * k);
      base.gemm(
          m, n, k, alpha, a, aOffset, aRow, aColumn, b, bOffset, bRow, bColumn, c, cOffset, cRow);
    } else {
      // By columns where there are some, since every thread would copy all of b.
      blocks(
          n >= COLUMNS * team.threads() || !byRows(m),
          m,
          n,
          k,
          COLUMNS,
          (row, rows, column, columns) ->
              base.gemm(
                  rows,
                  columns,
                  k,
                  alpha,
                  a,
                  aOffset + row * aRow,
                  aRow,
                  aColumn,
                  b,
                  bOffset + column * bColumn,
                  bRow,
                  bColumn,
                  c,
                  cOffset + row * cRow + column,
                  cRow));
    }
  }

  @Override
  public PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return base.pack(k, n, b, bOffset, bRow, bColumn);
  }

  @Override
  public PackedMatrix pack(
      int k, int n, float[] b, int bOffset, int bRow, int bColumn, @Nullable PackedMatrix over) {
    return base.pack(k, n, b, bOffset, bRow, bColumn, over);
  }

  @Override
  public PackedMatrix packBfloat16(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    return base.packBfloat16(k, n, b, bOffset, bRow, bColumn);
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
    if (isSmall(m, b.n(), b.k())) {
      tick(CALL + (long) m * b.n() * b.k());
      base.gemm(m, alpha, a, aOffset, aRow, aColumn, b, c, cOffset, cRow);
    } else {
      blocks(
          b.width() != 0 && !byRows(m),
          m,
          b.n(),
          b.k(),
          unit(b),
          (row, rows, column, columns) ->
              base.gemm(
                  rows,
                  alpha,
                  a,
                  aOffset + row * aRow,
                  aRow,
                  aColumn,
                  columns(b, column, columns),
                  c,
                  cOffset + row * cRow + column,
                  cRow));
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
    if (isSmall(m, b.n(), b.k())) {
      tick(CALL + (long) m * b.n() * b.k());
      base.gemm(m, a, aOffset, aRow, aColumn, b, bias, biasOffset, f, c, cOffset, cRow);
    } else {
      blocks(
          b.width() != 0 && !byRows(m),
          m,
          b.n(),
          b.k(),
          unit(b),
          (row, rows, column, columns) ->
              base.gemm(
                  rows,
                  a,
                  aOffset + row * aRow,
                  aRow,
                  aColumn,
                  columns(b, column, columns),
                  bias,
                  biasOffset + column,
                  f,
                  c,
                  cOffset + row * cRow + column,
                  cRow));
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
    boolean does = base.gemm(m, k, a, aOffset, aRow, b, width, room, roomOffset, c, cOffset, cRow);
    if (does) {
      tick((long) m * k * width);
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
      int[] bRows,
      float[] bias,
      int biasOffset,
      float[] c,
      int cOffset,
      int cRow) {
    long line = Math.max(1, (long) m * n * k);
    if (line * lines < PRODUCT) {
      tick(CALL + line * lines);
      base.gemm(
          lines,
          bLine,
          cLine,
          m,
          n,
          k,
          a,
          aOffset,
          aRow,
          b,
          bOffset,
          bRows,
          bias,
          biasOffset,
          c,
          cOffset,
          cRow);
    } else if (lines >= team.threads() && line <= piece) {
      split(
          lines,
          1,
          (first, last) ->
              pieces(
                  first,
                  last,
                  steps(piece / line, 1),
                  (from, to) -> {
                    tick((to - from) * line);
                    base.gemm(
                        to - from,
                        bLine,
                        cLine,
                        m,
                        n,
                        k,
                        a,
                        aOffset,
                        aRow,
                        b,
                        bOffset + from * bLine,
                        bRows,
                        bias,
                        biasOffset,
                        c,
                        cOffset + from * cLine,
                        cRow);
                  }));
    } else {
      for (int l = 0; l < lines; l++) {
        int bFrom = bOffset + l * bLine;
        int cFrom = cOffset + l * cLine;
        blocks(
            n >= COLUMNS * team.threads() || !byRows(m),
            m,
            n,
            k,
            COLUMNS,
            (row, rows, column, columns) ->
                base.gemm(
                    1,
                    0,
                    0,
                    rows,
                    columns,
                    k,
                    a,
                    aOffset + row * aRow,
                    aRow,
                    b,
                    bFrom + column,
                    bRows,
                    bias,
                    biasOffset + row,
                    c,
                    cFrom + row * cRow + column,
                    cRow));
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
    tiles(
        0,
        m,
        0,
        n,
        k,
        COLUMNS,
        (row, rows, column, columns) ->
            base.gemm(
                rows,
                columns,
                k,
                alpha,
                a,
                aOffset + row * aRow,
                aRow,
                aColumn,
                b,
                bOffset + column * bColumn,
                bRow,
                bColumn,
                c,
                cOffset + row * cRow + column,
                cRow));
  }

  @Override
  public void softmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    tick((long) n * rows);
    base.softmax(x, xOffset, y, yOffset, n, rows);
  }

  @Override
  public void logSoftmax(float[] x, int xOffset, float[] y, int yOffset, int n, int rows) {
    tick((long) n * rows);
    base.logSoftmax(x, xOffset, y, yOffset, n, rows);
  }

  @Override
  public void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    tick(n);
    base.lstm(n, gates, offset, c, h, unit);
  }

  @Override
  public void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    tick(n);
    base.gru(n, gates, z, g, h, next, unit);
  }

  @Override
  public void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit) {
    tick(n);
    base.gruLinear(n, gates, offset, h, next, unit);
  }

  @Override
  public Chain.@Nullable Code code(Chain chain, int moving) {
    return base.code(chain, moving);
  }
}
