package org.sardonyx.imagedecoder;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The formats that the specification names, and their first bytes. */
enum Format {
  BMP("bmp.BMPImageReaderSpi", 8),
  JPEG("com.sun.imageio.plugins.jpeg.JPEGImageReaderSpi", 12),
  JPEG2000("com.github.jaiimageio.jpeg2000.impl.J2KImageReaderSpi", 48),
  PNG("com.sun.imageio.plugins.png.PNGImageReaderSpi", 16),
  PNM("pnm.PNMImageReaderSpi", 16),
  TIFF("tiff.TIFFImageReaderSpi", 16),
  WEBP("webp.WebPImageReaderSpi", 16);

  private static final String TWELVE_MONKEYS = "com.twelvemonkeys.imageio.plugins.";

  private final String plugin;

  /** Bytes of memory that decoding takes a pixel, the output included. */
  final int bytesPerPixel;

  Format(String plugin, int bytesPerPixel) {
    this.plugin = plugin.startsWith("com.") ? plugin : TWELVE_MONKEYS + plugin;
    this.bytesPerPixel = bytesPerPixel;
  }

  /** Returns the class of the plugin that reads the format. */
  String plugin() {
    return plugin;
  }

  /** Returns the format of these bytes, or null where it is none of ours. */
  static @Nullable Format of(byte[] bytes) {
    if (starts(bytes, 0, "BM")) {
      return BMP;
    }
    if (starts(bytes, 0, "\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (starts(bytes, 0, "\u00ffO\u00ffQ") || starts(bytes, 4, "jP  \r\n\u0087\n")) {
      return JPEG2000;
    }
    if (starts(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
      return PNG;
    }
    if (starts(bytes, 0, "II*\0") || starts(bytes, 0, "MM\0*")) {
      return TIFF;
    }
    if (starts(bytes, 0, "RIFF") && starts(bytes, 8, "WEBP")) {
      return WEBP;
    }
    if (bytes.length > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7') {
      return Character.isWhitespace(bytes[2]) || bytes[2] == '#' ? PNM : null;
    }
    return null;
  }

  private static boolean starts(byte[] bytes, int at, String magic) {
    byte[] first = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < at + first.length) {
      return false;
    }
    for (int i = 0; i < first.length; i++) {
      if (bytes[at + i] != first[i]) {
        return false;
      }
    }
    return true;
  }
}
