package org.sardonyx.imagedecoder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A decoded image.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param rgb the pixels, three bytes each
 */
record Picture(int width, int height, byte[] rgb) {

  /**
   * Decodes an image.
   *
   * @throws IOException where that cannot be done, for whatever reason
   */
  static Picture decode(Format format, byte[] bytes, Header header) throws IOException {
    if (format == Format.WEBP) {
      int frame = lossyFrame(bytes);
      if (frame > 0) {
        return lossy(bytes, frame);
      }
    }
    ImageReader reader = Plugins.reader(format);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      return read(format, reader, bytes, header);
    } finally {
      reader.dispose();
    }
  }

  private static Picture read(Format format, ImageReader reader, byte[] bytes, Header header)
      throws IOException {
    try {
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width > header.width() || height > header.height()) {
        throw new IOException("the header states two sizes");
      }
      byte[] rgb = format == Format.JPEG ? Jpeg.rgb(reader, bytes) : Pixels.rgb(reader.read(0));
      return new Picture(width, height, rgb);
    } catch (RuntimeException e) {
      // Plugins answer damaged files with whatever they run into: an index, a null, a size.
      throw new IOException("damaged: " + e, e);
    }
  }

  /** Returns where the chunk of a lossy WebP image stands, or 0 where there is none. */
  private static int lossyFrame(byte[] bytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = 12;
    while (at + 8 <= bytes.length) {
      switch (Header.name(in, at)) {
        case "VP8 " -> {
          return at;
        }
        case "ANIM", "ANMF" -> throw new IOException("an animation");
        default -> {}
      }
      long next = at + 8 + (in.getInt(at + 4) & 0xffffffffL);
      at = (int) Math.min(next + next % 2, bytes.length);
    }
    return 0;
  }

  private static Picture lossy(byte[] bytes, int chunk) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long end = chunk + 8 + (in.getInt(chunk + 4) & 0xffffffffL);
    if (end > bytes.length) {
      throw new IOException("the file is cut off");
    }
    int width = in.getShort(chunk + 14) & 0x3fff;
    int height = in.getShort(chunk + 16) & 0x3fff;
    Vp8Planes planes = Vp8Frame.decode(bytes, chunk + 8, (int) end);
    return new Picture(width, height, Vp8Colors.rgb(planes, width, height));
  }
}
