package org.sardonyx.imagedecoder;

/** The coefficients of a macroblock and the transforms back: RFC 6386, sections 13 and 14. */
final class Vp8Residual {

  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129},
  };

  private Vp8Residual() {}

  /**
   * Reads a block.
   *
   * @param first the first coefficient that is there
   * @param dc the step of coefficient 0
   * @param ac the step of the others
   * @param out where 16 coefficients go, which hold 0
   * @return the number of coefficients up to the last that is there
   */
  static int read(
      BoolDecoder in, int[][][] type, int context, int first, int dc, int ac, int[] out, int at) {
    int[] p = type[BANDS[first]][context];
    for (int n = first; n < 16; ) {
      if (in.bit(p[0]) == 0) {
        return n;
      }
      while (in.bit(p[1]) == 0) {
        if (++n == 16) {
          return 16;
        }
        p = type[BANDS[n]][0];
      }
      int value = in.bit(p[2]) == 0 ? 1 : large(in, p);
      int next = value == 1 ? 1 : 2;
      out[at + ZIGZAG[n]] = (in.flag() ? -value : value) * (n == 0 ? dc : ac);
      if (++n < 16) {
        p = type[BANDS[n]][next];
      }
    }
    return 16;
  }

  private static int large(BoolDecoder in, int[] p) {
    if (in.bit(p[3]) == 0) {
      return in.bit(p[4]) == 0 ? 2 : 3 + in.bit(p[5]);
    }
    if (in.bit(p[6]) == 0) {
      if (in.bit(p[7]) == 0) {
        return 5 + in.bit(159);
      }
      return 7 + 2 * in.bit(165) + in.bit(145);
    }
    int high = in.bit(p[8]);
    int category = 2 * high + in.bit(p[9 + high]);
    int value = 0;
    for (int probability : LARGE[category]) {
      value = 2 * value + in.bit(probability);
    }
    return value + 3 + (8 << category);
  }

  /** Spreads second-order coefficients over the first coefficients of 16 blocks. */
  static void spread(int[] in, int[] out) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[i] + in[12 + i];
      int b = in[4 + i] + in[8 + i];
      int c = in[4 + i] - in[8 + i];
      int d = in[i] - in[12 + i];
      t[i] = a + b;
      t[4 + i] = d + c;
      t[8 + i] = a - b;
      t[12 + i] = d - c;
    }
    for (int i = 0; i < 4; i++) {
      int r = 4 * i;
      int a = t[r] + t[r + 3] + 3;
      int b = t[r + 1] + t[r + 2];
      int c = t[r + 1] - t[r + 2];
      int d = t[r] - t[r + 3] + 3;
      out[16 * r] = (a + b) >> 3;
      out[16 * (r + 1)] = (d + c) >> 3;
      out[16 * (r + 2)] = (a - b) >> 3;
      out[16 * (r + 3)] = (d - c) >> 3;
    }
  }

  /** Adds the inverse transform of a block to 4 x 4 pixels. */
  static void add(int[] in, int at, byte[] pixels, int to, int stride) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[at + i] + in[at + 8 + i];
      int b = in[at + i] - in[at + 8 + i];
      int c = sine(in[at + 4 + i]) - cosine(in[at + 12 + i]);
      int d = cosine(in[at + 4 + i]) + sine(in[at + 12 + i]);
      t[i] = a + d;
      t[4 + i] = b + c;
      t[8 + i] = b - c;
      t[12 + i] = a - d;
    }
    for (int i = 0; i < 4; i++) {
      int r = 4 * i;
      int a = t[r] + t[r + 2] + 4;
      int b = t[r] - t[r + 2] + 4;
      int c = sine(t[r + 1]) - cosine(t[r + 3]);
      int d = cosine(t[r + 1]) + sine(t[r + 3]);
      int o = to + i * stride;
      pixels[o] = clip((pixels[o] & 0xff) + ((a + d) >> 3));
      pixels[o + 1] = clip((pixels[o + 1] & 0xff) + ((b + c) >> 3));
      pixels[o + 2] = clip((pixels[o + 2] & 0xff) + ((b - c) >> 3));
      pixels[o + 3] = clip((pixels[o + 3] & 0xff) + ((a - d) >> 3));
    }
  }

  static byte clip(int value) {
    return (byte) Math.clamp(value, 0, 255);
  }

  /** sqrt(2) cos(pi / 8) in 16 bits. */
  private static int cosine(int x) {
    return x + ((x * 20091) >> 16);
  }

  /** sqrt(2) sin(pi / 8) in 16 bits. */
  private static int sine(int x) {
    return (x * 35468) >> 16;
  }
}
