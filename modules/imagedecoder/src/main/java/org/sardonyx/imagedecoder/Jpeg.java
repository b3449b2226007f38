package org.sardonyx.imagedecoder;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * JPEG by the JDK's plugin, which is libjpeg with its accurate transform and the interpolation of
 * chroma that the specification describes. Colours are made here, from the samples, so that neither
 * profiles nor the plugin's guesses have a say.
 */
final class Jpeg {

  private Jpeg() {}

  static byte[] rgb(ImageReader reader, byte[] bytes) throws IOException {
    boolean[] cut = new boolean[1];
    reader.addIIOReadWarningListener(
        (_, warning) -> cut[0] |= warning.contains("Premature end") || warning.contains("Corrupt"));
    Raster raster = reader.readRaster(0, null);
    if (cut[0]) {
      throw new IOException("the data are cut off or damaged");
    }
    Markers markers = Markers.of(bytes);
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
    switch (bands) {
      case 1 -> {
        for (int band = 0; band < 3; band++) {
          Pixels.band(raster, 0, rgb, band, 3);
        }
      }
      case 3 -> {
        for (int band = 0; band < 3; band++) {
          Pixels.band(raster, band, rgb, band, 3);
        }
        if (markers.isLumaAndChroma()) {
          toRgb(rgb);
        }
      }
      case 4 -> {
        if (markers.transform == 2) {
          throw new IOException("four colours from luma and chroma");
        }
        return Pixels.inks(raster, markers.transform >= 0);
      }
      default -> throw new IOException(bands + " components");
    }
    return rgb;
  }

  /** BT.601 with luma and chroma from 0 to 255, in 16 bits as libjpeg has it. */
  private static void toRgb(byte[] pixels) {
    int half = 1 << 15;
    for (int i = 0; i < pixels.length; i += 3) {
      int y = pixels[i] & 0xff;
      int b = (pixels[i + 1] & 0xff) - 128;
      int r = (pixels[i + 2] & 0xff) - 128;
      pixels[i] = Vp8Residual.clip(y + ((91881 * r + half) >> 16));
      pixels[i + 1] = Vp8Residual.clip(y + ((-22554 * b - 46802 * r + half) >> 16));
      pixels[i + 2] = Vp8Residual.clip(y + ((116130 * b + half) >> 16));
    }
  }

  /** What markers say of the colours. */
  private static final class Markers {

    private boolean jfif;
    private int transform = -1;
    private String components = "";

    static Markers of(byte[] bytes) {
      Markers markers = new Markers();
      int at = 2;
      while (at + 4 <= bytes.length && bytes[at] == (byte) 0xff) {
        int marker = bytes[at + 1] & 0xff;
        if (marker == 0xff) {
          at++;
          continue;
        }
        int length = (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
        int end = at + 2 + length;
        if (marker == 0xda || end > bytes.length) {
          break;
        }
        if (marker == 0xe0) {
          markers.jfif |= length >= 14 && bytes[at + 4] == 'J' && bytes[at + 7] == 'F';
        } else if (marker == 0xee && length >= 14 && bytes[at + 4] == 'A' && bytes[at + 5] == 'd') {
          markers.transform = bytes[at + 15] & 0xff;
        } else if (marker >= 0xc0 && marker <= 0xc2) {
          StringBuilder ids = new StringBuilder();
          for (int i = at + 10; i < end; i += 3) {
            ids.append((char) (bytes[i] & 0xff));
          }
          markers.components = ids.toString();
        }
        at = end;
      }
      return markers;
    }

    /** As libjpeg decides it for three components. */
    boolean isLumaAndChroma() {
      if (jfif) {
        return true;
      }
      return transform >= 0 ? transform != 0 : !"RGB".equals(components);
    }
  }
}
