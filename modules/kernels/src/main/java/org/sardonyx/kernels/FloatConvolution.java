package org.sardonyx.kernels;

import org.jspecify.annotations.Nullable;

/**
 * A convolution of floats, laid out for one shape of input. Any number of threads may use one.
 *
 * <p>Few outputs to a plane are rows of a product with the packed weights; many are its columns,
 * read where they lie in the planes, see {@link Plane}.
 */
public final class FloatConvolution {

  /** Up to this many outputs to a plane are few. */
  private static final int FEW = 32;

  /** Up to this many are, where features fill a panel: weights take twice the memory then. */
  private static final int MORE = 64;

  /** Up to this many are, where weights take no more than {@link #SMALL}. */
  private static final int MOST = 256;

  private static final int SMALL = 1 << 20;

  /** The least features that fill a vector. */
  private static final int FILLED = 8;

  /** The least features that fill a panel. */
  private static final int PANEL = 64;

  /** Elements of all channels that are read, or written, for one block of outputs. */
  private static final int BLOCK = 1 << 15;

  /** Columns below which a block is not cut. */
  private static final int NARROW = 128;

  /** Columns from which on one output to a group is computed row by row. */
  private static final int LONG = 64;

  /** Above this depth, rows of outputs take too much scratch. */
  private static final int DEEPEST = 1 << 20;

  /** The most taps of a channel alone whose products are one sum. */
  private static final int MOST_TAPS = 256;

  private final Convolution shape;
  private final int groupIn;
  private final int groupOut;
  private final int in;
  private final int out;
  private final int outWidth;
  private final int depth;
  private final Mode mode;

  /** Columns of the narrower tiles of products. */
  private final int tile = Kernels.best().tile();

  private final @Nullable Plane plane;

  /** Whether outputs read one channel each. */
  private final boolean apart;

  private final int padded;

  /** Elements from where a row of outputs reads to where the next one does. */
  private final int step;

  /** Outputs, or rows of outputs, or images, that are computed together. */
  private final int block;

  private enum Mode {
    /** Outputs are rows of a product. */
    FEW,
    /** Outputs are columns, one row of outputs after the other. */
    ROWS,
    /** Outputs are columns, with what lies between rows of outputs, which is dropped. */
    FLAT,
    /** Outputs are columns, whose rows are copied. */
    UNFOLDED
  }

  /** Lays out a convolution. */
  public FloatConvolution(Convolution shape) {
    Window window = shape.window();
    this.shape = shape;
    groupIn = shape.channels() / shape.group();
    groupOut = shape.features() / shape.group();
    in = window.inSize();
    out = window.outSize();
    outWidth = window.out()[window.last()];
    depth = groupIn * window.taps();
    int most = groupOut < PANEL ? FEW - 1 : (long) depth * groupOut > SMALL ? MORE : MOST;
    boolean few = out <= most && groupOut >= FILLED && depth <= DEEPEST / Math.max(1, out / FEW);
    boolean alone = groupIn == 1 && groupOut == 1 && depth <= MOST_TAPS;
    Plane laidOut =
        out > 0 && depth > 0 ? Plane.of(window, groupIn, !few, alone && outWidth < NARROW) : null;
    plane = laidOut;
    apart = alone && laidOut != null;
    if (laidOut == null) {
      mode = Mode.UNFOLDED;
      padded = 0;
      step = 0;
      block = 0;
      return;
    }
    padded = Math.toIntExact(laidOut.size() * groupIn);
    step = laidOut.rowStep();
    if (few) {
      mode = Mode.FEW;
      block = Math.max(1, FEW / out);
    } else if (laidOut.isOneRow() || isWide(laidOut)) {
      mode = Mode.ROWS;
      block = 1;
    } else {
      mode = Mode.FLAT;
      int columns = Math.max(NARROW, BLOCK / Math.max(groupIn, groupOut));
      block = Math.min(laidOut.lines(), Math.max(1, columns / step));
    }
  }

  /** Whether rows alone waste less of tiles than what lies between them. */
  private boolean isWide(Plane laidOut) {
    if (groupOut == 1) {
      return outWidth >= LONG;
    }
    // The narrower tiles of what is left of a row take a quarter longer for each column.
    int rest = outWidth % (2 * tile);
    int alone = outWidth - rest + (rest + tile - 1) / tile * (tile + tile / 4);
    return outWidth >= tile && alone <= laidOut.rowStep() + laidOut.rowStep() / 16;
  }

  /** Returns in words how it is computed. */
  public String how() {
    if (apart) {
      return "each channel alone";
    }
    return switch (mode) {
      case FEW -> "product with the outputs as rows: they are few";
      case ROWS -> "product with rows of outputs as columns";
      case FLAT -> "product with all outputs as columns: rows are short";
      case UNFOLDED -> "windows copied side by side: padding too large";
    };
  }

  /** Returns the floats of scratch that {@link #run} needs. */
  public int scratch() {
    return switch (mode) {
      case FEW -> padded + tile + turned() + block * out * (depth + groupOut);
      case ROWS -> padded + tile;
      case FLAT -> padded + tile + groupOut * columns(block);
      case UNFOLDED -> 0;
    };
  }

  /** Returns the elements of the planes of a group, as copied. */
  private int turned() {
    return padded > 0 ? padded : groupIn * in;
  }

  /**
   * Returns the columns of a product for rows of outputs: where planes are copied whole tiles,
   * which may read what follows the planes, for columns that nobody reads.
   */
  private int columns(int rows) {
    int n = (rows - 1) * step + outWidth;
    return padded > 0 ? (n + tile - 1) / tile * tile : n;
  }

  /**
   * Computes {@code y[n] = w * x[n] + bias} with x [batch, channels, in], bias [features] and y
   * [batch, features, out]. x and y may be parts of scratch that begin behind what is needed.
   *
   * @param scratch at least {@link #scratch} floats
   */
  public void run(
      Kernels kernels,
      int batch,
      float[] x,
      int xOffset,
      ConvolutionWeights w,
      float @Nullable [] bias,
      float[] y,
      int yOffset,
      float[] scratch) {
    Plane p = plane;
    if (p == null) {
      shape.unfolded(kernels, batch, x, xOffset, w.values(), bias, y, yOffset);
      return;
    }
    float[] start = bias == null ? w.zeros() : bias;
    boolean done = apart;
    for (int n = 0; n < batch && done; n++) {
      int from = xOffset + n * shape.channels() * in;
      int to = yOffset + n * shape.features() * out;
      done = kernels.convolve(p, shape.group(), x, from, w.values(), 0, start, 0, y, to);
    }
    if (done) {
      return;
    }
    for (int g = 0; g < shape.group(); g++) {
      if (mode == Mode.FEW) {
        for (int n = 0; n < batch; n += block) {
          few(
              kernels,
              p,
              n,
              Math.min(batch, n + block),
              g,
              x,
              xOffset,
              w,
              start,
              y,
              yOffset,
              scratch);
        }
        continue;
      }
      for (int n = 0; n < batch; n++) {
        int at = xOffset + (n * shape.channels() + g * groupIn) * in;
        float[] planes = x;
        if (p.isCopied()) {
          p.copy(kernels, x, at, groupIn, 0, true, scratch, 0);
          planes = scratch;
          at = 0;
        }
        int to = yOffset + (n * shape.features() + g * groupOut) * out;
        if (mode == Mode.ROWS) {
          rows(kernels, p, planes, at, w.values(), start, g, y, to);
        } else {
          flat(kernels, p, planes, at, w.values(), start, g, y, to, scratch);
        }
      }
    }
  }

  private void few(
      Kernels kernels,
      Plane p,
      int from,
      int to,
      int g,
      float[] x,
      int xOffset,
      ConvolutionWeights w,
      float[] bias,
      float[] y,
      int yOffset,
      float[] scratch) {
    int[] taps = p.rows();
    int turned = padded + tile;
    int rows = turned + turned();
    int products = rows + (to - from) * out * depth;
    int size = turned() / groupIn;
    int count = depth / groupIn;
    for (int n = from; n < to; n++) {
      int at = xOffset + (n * shape.channels() + g * groupIn) * in;
      float[] planes = x;
      if (p.isCopied()) {
        p.copy(kernels, x, at, groupIn, 0, true, scratch, 0);
        planes = scratch;
        at = 0;
      }
      // The channels of an element side by side, and so those of each tap.
      kernels.transpose(planes, at, size, scratch, turned, groupIn, groupIn, size);
      for (int o = 0; o < out; o++) {
        int start = p.start(o);
        int row = rows + ((n - from) * out + o) * depth;
        for (int t = 0; t < count; t++) {
          int place = turned + (start + taps[t]) * groupIn;
          System.arraycopy(scratch, place, scratch, row + t * groupIn, groupIn);
        }
      }
    }
    kernels.gemm(
        (to - from) * out,
        scratch,
        rows,
        depth,
        1,
        w.packed(kernels, g, count),
        bias,
        g * groupOut,
        null,
        scratch,
        products,
        groupOut);
    for (int n = from; n < to; n++) {
      int first = yOffset + (n * shape.features() + g * groupOut) * out;
      int product = products + (n - from) * out * groupOut;
      kernels.transpose(scratch, product, groupOut, y, first, out, out, groupOut);
    }
  }

  private void rows(
      Kernels kernels,
      Plane p,
      float[] planes,
      int at,
      float[] w,
      float[] bias,
      int g,
      float[] y,
      int to) {
    int width = p.isOneRow() ? out : outWidth;
    int lines = width == out ? 1 : p.lines();
    for (int row = 0; row < out / width; row += lines) {
      kernels.gemm(
          lines,
          step,
          width,
          groupOut,
          width,
          depth,
          w,
          g * groupOut * depth,
          depth,
          planes,
          at + p.row(row),
          p.rows(),
          bias,
          g * groupOut,
          y,
          to + row * width,
          out);
    }
  }

  private void flat(
      Kernels kernels,
      Plane p,
      float[] planes,
      int at,
      float[] w,
      float[] bias,
      int g,
      float[] y,
      int to,
      float[] scratch) {
    int height = out / outWidth;
    int lines = p.lines();
    for (int row = 0, rows; row < height; row += rows) {
      rows = Math.min(block, lines - row % lines);
      int n = columns(rows);
      kernels.gemm(
          1,
          0,
          0,
          groupOut,
          n,
          depth,
          w,
          g * groupOut * depth,
          depth,
          planes,
          at + p.row(row),
          p.rows(),
          bias,
          g * groupOut,
          scratch,
          padded + tile,
          n);
      for (int m = 0; m < groupOut; m++) {
        for (int r = 0; r < rows; r++) {
          System.arraycopy(
              scratch,
              padded + tile + m * n + r * step,
              y,
              to + m * out + (row + r) * outWidth,
              outWidth);
        }
      }
    }
  }
}
