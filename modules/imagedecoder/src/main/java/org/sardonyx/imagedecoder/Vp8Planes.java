package org.sardonyx.imagedecoder;

/**
 * What a VP8 frame holds: luma, and chroma at half the size, both of whole macroblocks.
 *
 * @param y luma, {@code 16 * rows} rows of {@code 16 * columns}
 * @param u chroma, {@code 8 * rows} rows of {@code 8 * columns}
 * @param v as {@code u}
 */
record Vp8Planes(int columns, int rows, byte[] y, byte[] u, byte[] v) {

  static Vp8Planes of(int width, int height) {
    int columns = (width + 15) / 16;
    int rows = (height + 15) / 16;
    return new Vp8Planes(
        columns,
        rows,
        new byte[256 * columns * rows],
        new byte[64 * columns * rows],
        new byte[64 * columns * rows]);
  }

  int lumaStride() {
    return 16 * columns;
  }

  int chromaStride() {
    return 8 * columns;
  }
}
