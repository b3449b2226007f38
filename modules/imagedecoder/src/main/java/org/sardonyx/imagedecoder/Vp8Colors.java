package org.sardonyx.imagedecoder;

/**
 * From luma and chroma to red, green and blue as libwebp does it: chroma is interpolated with the
 * weights 9, 3, 3 and 1, in two steps that round each, and the colours are those of BT.601 with
 * luma from 16 to 235.
 */
final class Vp8Colors {

  private Vp8Colors() {}

  /** Returns {@code width * height} pixels of three bytes. */
  static byte[] rgb(Vp8Planes planes, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    int[] u = new int[width];
    int[] v = new int[width];
    int rows = (height + 1) / 2;
    int stride = planes.chromaStride();
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.clamp(y % 2 == 0 ? near - 1 : near + 1, 0, rows - 1);
      row(planes.u(), near * stride, far * stride, u);
      row(planes.v(), near * stride, far * stride, v);
      int luma = y * planes.lumaStride();
      int out = 3 * y * width;
      for (int x = 0; x < width; x++) {
        int scaled = high(planes.y()[luma + x] & 0xff, 19077);
        rgb[out++] = clip(scaled + high(v[x], 26149) - 14234);
        rgb[out++] = clip(scaled - high(u[x], 6419) - high(v[x], 13320) + 8708);
        rgb[out++] = clip(scaled + high(u[x], 33050) - 17685);
      }
    }
    return rgb;
  }

  /** Fills a row from the row of chroma it lies in and the row it lies nearest to. */
  private static void row(byte[] plane, int near, int far, int[] out) {
    int width = out.length;
    int columns = (width + 1) / 2;
    for (int x = 0; x < width; x++) {
      int i = x / 2;
      int j = x % 2 == 0 ? i - 1 : i + 1;
      int a = plane[near + i] & 0xff;
      int c = plane[far + i] & 0xff;
      if (j < 0 || j >= columns) {
        out[x] = (3 * a + c + 2) >> 2;
      } else {
        int b = plane[near + j] & 0xff;
        int d = plane[far + j] & 0xff;
        out[x] = (((a + 3 * b + 3 * c + d + 8) >> 3) + a) >> 1;
      }
    }
  }

  private static int high(int value, int factor) {
    return (value * factor) >> 8;
  }

  private static byte clip(int value) {
    return (byte) Math.clamp(value >> 6, 0, 255);
  }
}
