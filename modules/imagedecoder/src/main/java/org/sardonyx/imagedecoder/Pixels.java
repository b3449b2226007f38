package org.sardonyx.imagedecoder;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.IOException;

/**
 * From what plugins give to bytes of red, green and blue. Samples are taken as they are: no colour
 * profile is applied, transparency is left out, 16 bits lose their lower 8, fewer than 8 are
 * stretched.
 */
final class Pixels {

  private Pixels() {}

  static byte[] rgb(BufferedImage image) throws IOException {
    ColorModel colors = image.getColorModel();
    Raster raster = image.getRaster();
    if (colors instanceof IndexColorModel palette) {
      return palette(raster, palette);
    }
    int space = colors.getColorSpace().getType();
    return switch (space) {
      case ColorSpace.TYPE_GRAY -> gray(raster);
      case ColorSpace.TYPE_RGB -> colors(raster);
      case ColorSpace.TYPE_CMYK -> inks(raster, false);
      default -> throw new IOException("colour space " + space);
    };
  }

  private static byte[] palette(Raster raster, IndexColorModel palette) {
    int[] colors = new int[palette.getMapSize()];
    palette.getRGBs(colors);
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[width];
    for (int y = 0, o = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int index : row) {
        int color = index < colors.length ? colors[index] : 0;
        rgb[o++] = (byte) (color >> 16);
        rgb[o++] = (byte) (color >> 8);
        rgb[o++] = (byte) color;
      }
    }
    return rgb;
  }

  private static byte[] gray(Raster raster) throws IOException {
    byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
    for (int band = 0; band < 3; band++) {
      band(raster, 0, rgb, band, 3);
    }
    return rgb;
  }

  private static byte[] colors(Raster raster) throws IOException {
    byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
    for (int band = 0; band < 3; band++) {
      band(raster, band, rgb, band, 3);
    }
    return rgb;
  }

  /**
   * From cyan, magenta, yellow and black: what an ink leaves of the light, times what black leaves.
   *
   * @param light whether samples say how much light is left, not how much ink there is
   */
  static byte[] inks(Raster raster, boolean light) throws IOException {
    int pixels = raster.getWidth() * raster.getHeight();
    byte[] rgb = new byte[3 * pixels];
    byte[] black = new byte[pixels];
    for (int band = 0; band < 3; band++) {
      band(raster, band, rgb, band, 3);
    }
    band(raster, 3, black, 0, 1);
    for (int i = 0; i < rgb.length; i++) {
      int ink = light ? 255 - (rgb[i] & 0xff) : rgb[i] & 0xff;
      int left = light ? black[i / 3] & 0xff : 255 - (black[i / 3] & 0xff);
      rgb[i] = (byte) (left - (ink * left + 127) / 255);
    }
    return rgb;
  }

  /** Copies a band, in bytes, to every {@code step}th byte. */
  static void band(Raster raster, int band, byte[] out, int first, int step) throws IOException {
    SampleModel model = raster.getSampleModel();
    if (model.getDataType() == DataBuffer.TYPE_FLOAT
        || model.getDataType() == DataBuffer.TYPE_DOUBLE) {
      throw new IOException("the samples are floating-point numbers");
    }
    int bits = model.getSampleSize(band);
    int most = bits < 31 ? (1 << bits) - 1 : Integer.MAX_VALUE;
    int width = raster.getWidth();
    int[] row = new int[width];
    for (int y = 0, o = first; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
      for (int sample : row) {
        out[o] = (byte) (bits >= 8 ? sample >>> (bits - 8) : (sample * 255 + most / 2) / most);
        o += step;
      }
    }
  }

  /** Weighs red, green and blue by BT.601, in 16 bits. */
  static void luma(byte[] rgb, byte[] gray) {
    for (int i = 0; i < gray.length; i++) {
      int sum =
          19595 * (rgb[3 * i] & 0xff)
              + 38470 * (rgb[3 * i + 1] & 0xff)
              + 7471 * (rgb[3 * i + 2] & 0xff);
      gray[i] = (byte) ((sum + 0x8000) >> 16);
    }
  }
}
