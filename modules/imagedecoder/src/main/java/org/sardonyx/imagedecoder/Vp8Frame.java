package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.util.Arrays;

/** A key frame of VP8, which is what a lossy WebP image is: RFC 6386. */
final class Vp8Frame {

  /** The tree of the modes of blocks: an inner node is positive, a mode is complemented. */
  private static final int[] MODES = {
    ~0, 2, ~1, 4, ~2, 6, 8, 12, ~3, 10, ~5, ~6, ~4, 14, ~7, 16, ~8, ~9
  };

  private static final int DIVIDED = 4;

  private final Vp8Header header;
  private final Vp8Planes planes;
  private final Vp8Filter filter;

  // What the macroblocks above and to the left leave: modes of blocks, and whether blocks of luma
  // (4), of U (2) and V (2) and of second order (1) had coefficients.
  private final int[] modesAbove;
  private final int[] modesLeft = new int[4];
  private final boolean[] above;
  private final boolean[] left = new boolean[9];

  private final int[] blockModes = new int[16];
  private final int[] coefficients = new int[25 * 16];
  private final int[] edge = new int[13];

  private Vp8Frame(Vp8Header header) {
    this.header = header;
    this.planes = Vp8Planes.of(header.width, header.height);
    this.filter = new Vp8Filter(header, planes);
    this.modesAbove = new int[4 * planes.columns()];
    this.above = new boolean[9 * planes.columns()];
  }

  /**
   * Decodes a frame.
   *
   * @throws IOException where it is none, or is cut off
   */
  static Vp8Planes decode(byte[] data, int start, int end) throws IOException {
    Vp8Frame frame = new Vp8Frame(new Vp8Header(data, start, end));
    frame.decode();
    return frame.planes;
  }

  private void decode() throws IOException {
    for (int row = 0; row < planes.rows(); row++) {
      BoolDecoder tokens = header.partitions[row % header.partitions.length];
      Arrays.fill(modesLeft, Vp8Prediction.DC);
      Arrays.fill(left, false);
      for (int column = 0; column < planes.columns(); column++) {
        macroblock(tokens, column, row);
      }
      if (header.modes.overrun() || tokens.overrun()) {
        throw new IOException("the frame is cut off");
      }
    }
    filter.run();
  }

  private void macroblock(BoolDecoder tokens, int column, int row) {
    BoolDecoder in = header.modes;
    int segment = 0;
    if (header.segmentMap) {
      int[] p = header.segmentProbabilities;
      segment = in.bit(p[0]) == 0 ? in.bit(p[1]) : 2 + in.bit(p[2]);
    }
    boolean skip = header.skip >= 0 && in.bit(header.skip) != 0;
    int mode = mode(in, column);
    int chroma =
        in.bit(142) == 0
            ? Vp8Prediction.DC
            : in.bit(114) == 0
                ? Vp8Prediction.VE
                : in.bit(183) == 0 ? Vp8Prediction.HE : Vp8Prediction.TM;
    boolean coded = false;
    if (skip) {
      Arrays.fill(left, 0, 8, false);
      Arrays.fill(above, 9 * column, 9 * column + 8, false);
      if (mode != DIVIDED) {
        left[8] = false;
        above[9 * column + 8] = false;
      }
    } else {
      Arrays.fill(coefficients, 0);
      coded = read(tokens, column, header.steps[segment], mode == DIVIDED);
    }
    luma(mode, column, row, coded);
    chroma(planes.u(), chroma, column, row, 16, coded);
    chroma(planes.v(), chroma, column, row, 20, coded);
    int divided = mode == DIVIDED ? 1 : 0;
    filter.set(column, row, header.levels[segment][divided], divided == 1 || coded);
  }

  private int mode(BoolDecoder in, int column) {
    if (in.bit(145) != 0) {
      int mode =
          in.bit(156) != 0
              ? in.bit(128) != 0 ? Vp8Prediction.TM : Vp8Prediction.HE
              : in.bit(163) != 0 ? Vp8Prediction.VE : Vp8Prediction.DC;
      Arrays.fill(modesLeft, mode);
      Arrays.fill(modesAbove, 4 * column, 4 * column + 4, mode);
      return mode;
    }
    for (int i = 0; i < 16; i++) {
      int[] p = Vp8Tables.MODES[modesAbove[4 * column + i % 4]][modesLeft[i / 4]];
      int node = 0;
      do {
        node = MODES[node + in.bit(p[node / 2])];
      } while (node > 0);
      blockModes[i] = ~node;
      modesAbove[4 * column + i % 4] = ~node;
      modesLeft[i / 4] = ~node;
    }
    return DIVIDED;
  }

  /** Reads the coefficients of a macroblock and says whether there are any. */
  private boolean read(BoolDecoder in, int column, int[] steps, boolean divided) {
    int[][][][] p = header.coefficients;
    int top = 9 * column;
    int first = 0;
    int[][][] type = p[3];
    if (!divided) {
      int context = (left[8] ? 1 : 0) + (above[top + 8] ? 1 : 0);
      int[] second = new int[16];
      int n = Vp8Residual.read(in, p[1], context, 0, steps[2], steps[3], second, 0);
      left[8] = n > 0;
      above[top + 8] = n > 0;
      if (n > 0) {
        Vp8Residual.spread(second, coefficients);
      }
      first = 1;
      type = p[0];
    }
    boolean any = false;
    for (int i = 0; i < 16; i++) {
      any |= block(in, type, i / 4, top + i % 4, first, steps[0], steps[1], 16 * i);
    }
    for (int i = 0; i < 8; i++) {
      int plane = 4 + i / 4 * 2;
      any |=
          block(
              in,
              p[2],
              plane + i % 4 / 2,
              top + plane + i % 2,
              0,
              steps[4],
              steps[5],
              16 * (16 + i));
    }
    return any;
  }

  private boolean block(
      BoolDecoder in, int[][][] type, int l, int a, int first, int dc, int ac, int at) {
    int context = (left[l] ? 1 : 0) + (above[a] ? 1 : 0);
    int n = Vp8Residual.read(in, type, context, first, dc, ac, coefficients, at);
    left[l] = n > first;
    above[a] = n > first;
    return n > 1 || coefficients[at] != 0;
  }

  private void luma(int mode, int column, int row, boolean coded) {
    byte[] y = planes.y();
    int stride = planes.lumaStride();
    int at = 16 * row * stride + 16 * column;
    if (mode != DIVIDED) {
      Vp8Prediction.square(mode, y, stride, 16 * column, 16 * row, 16);
    }
    for (int i = 0; i < 16; i++) {
      int to = at + i / 4 * 4 * stride + i % 4 * 4;
      if (mode == DIVIDED) {
        edge(i, column, row, to);
        Vp8Prediction.block(blockModes[i], edge, y, to, stride);
      }
      if (coded) {
        Vp8Residual.add(coefficients, 16 * i, y, to, stride);
      }
    }
  }

  private void chroma(byte[] plane, int mode, int column, int row, int first, boolean coded) {
    int stride = planes.chromaStride();
    Vp8Prediction.square(mode, plane, stride, 8 * column, 8 * row, 8);
    for (int i = 0; coded && i < 4; i++) {
      int to = (8 * row + i / 2 * 4) * stride + 8 * column + i % 2 * 4;
      Vp8Residual.add(coefficients, 16 * (first + i), plane, to, stride);
    }
  }

  /**
   * Collects the pixels around a block: 4 to the left from below, the corner, 8 above. Those above
   * and to the right are the macroblock's above for all blocks at its right side.
   */
  private void edge(int block, int column, int row, int at) {
    byte[] y = planes.y();
    int stride = planes.lumaStride();
    boolean top = row == 0 && block < 4;
    boolean side = column == 0 && block % 4 == 0;
    for (int i = 0; i < 4; i++) {
      edge[3 - i] = side ? 129 : y[at + i * stride - 1] & 0xff;
      edge[5 + i] = top ? 127 : y[at - stride + i] & 0xff;
    }
    edge[4] = top ? 127 : side ? 129 : y[at - stride - 1] & 0xff;
    if (block % 4 < 3) {
      for (int i = 4; i < 8; i++) {
        edge[5 + i] = top ? 127 : y[at - stride + i] & 0xff;
      }
      return;
    }
    int corner = (16 * row - 1) * stride + 16 * column + 16;
    boolean last = column == planes.columns() - 1;
    for (int i = 0; i < 4; i++) {
      edge[9 + i] = row == 0 ? 127 : y[last ? corner - 1 : corner + i] & 0xff;
    }
  }
}
