package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an image says of its size, read before anything is decoded.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param layers how many numbers a pixel holds, at least
 */
record Header(long width, long height, int layers) {

  long pixels() {
    return width * height;
  }

  /**
   * Reads the header.
   *
   * @throws IOException where the bytes are none of the format
   */
  static Header of(Format format, byte[] bytes) throws IOException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      Header header =
          switch (format) {
            case BMP -> bmp(in.order(ByteOrder.LITTLE_ENDIAN));
            case JPEG -> jpeg(in);
            case JPEG2000 -> Jpeg2000.header(in);
            case PNG -> new Header(in.getInt(16) & 0xffffffffL, in.getInt(20) & 0xffffffffL, 4);
            case PNM -> Pnm.header(bytes);
            case TIFF -> tiff(in);
            case WEBP -> webp(in.order(ByteOrder.LITTLE_ENDIAN));
          };
      if (header.width <= 0 || header.height <= 0) {
        throw new IOException("the size is " + header.width + " x " + header.height);
      }
      return header;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("the header is cut off", e);
    }
  }

  private static Header bmp(ByteBuffer in) {
    if (in.getInt(14) == 12) { // the oldest kind: 16 bits
      return new Header(in.getShort(18) & 0xffff, in.getShort(20) & 0xffff, 3);
    }
    return new Header(in.getInt(18), Math.abs((long) in.getInt(22)), 4);
  }

  private static Header jpeg(ByteBuffer in) throws IOException {
    in.position(2);
    while (true) {
      int marker = in.get() & 0xff;
      if (marker != 0xff) {
        throw new IOException("a marker is missing");
      }
      while (marker == 0xff) {
        marker = in.get() & 0xff;
      }
      int at = in.position();
      boolean frame = marker == 0xc0 || (marker > 0xc0 && marker < 0xd0 && marker % 4 != 0);
      if (frame) {
        return new Header(
            in.getShort(at + 5) & 0xffff, in.getShort(at + 3) & 0xffff, in.get(at + 7) & 0xff);
      }
      if (marker == 0xda || marker == 0xd9) {
        throw new IOException("there is no frame");
      }
      in.position(at + (in.getShort(at) & 0xffff));
    }
  }

  private static Header tiff(ByteBuffer in) throws IOException {
    in.order(in.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int at = in.getInt(4);
    int entries = in.getShort(at) & 0xffff;
    long[] size = {0, 0, 1, 0, 0};
    for (int i = 0; i < entries; i++) {
      int entry = at + 2 + 12 * i;
      int index =
          switch (in.getShort(entry) & 0xffff) {
            case 256 -> 0; // ImageWidth
            case 257 -> 1; // ImageLength
            case 277 -> 2; // SamplesPerPixel
            case 322 -> 3; // TileWidth
            case 323 -> 4; // TileLength
            default -> -1;
          };
      if (index >= 0) {
        size[index] =
            in.getShort(entry + 2) == 3
                ? in.getShort(entry + 8) & 0xffff
                : in.getInt(entry + 8) & 0xffffffffL;
      }
    }
    // A tile may be larger than the image, and is decoded whole.
    return new Header(
        Math.max(size[0], size[3]), Math.max(size[1], size[4]), (int) Math.min(size[2], 65535));
  }

  private static Header webp(ByteBuffer in) throws IOException {
    long width = 0;
    long height = 0;
    int at = 12;
    while (at + 8 <= in.limit()) {
      String chunk = name(in, at);
      int body = at + 8;
      switch (chunk) {
        case "VP8X" -> {
          width = 1L + (in.getInt(body + 4) & 0xffffff);
          height = 1L + (in.getInt(body + 6) >>> 8);
        }
        case "VP8 " -> {
          width = Math.max(width, in.getShort(body + 6) & 0x3fff);
          height = Math.max(height, in.getShort(body + 8) & 0x3fff);
          return new Header(width, height, 4);
        }
        case "VP8L" -> {
          int bits = in.getInt(body + 1);
          width = Math.max(width, 1 + (bits & 0x3fff));
          height = Math.max(height, 1 + (bits >>> 14 & 0x3fff));
          return new Header(width, height, 4);
        }
        default -> {}
      }
      long next = body + (in.getInt(at + 4) & 0xffffffffL);
      at = (int) Math.min(next + next % 2, in.limit());
    }
    throw new IOException("there is no image");
  }

  static String name(ByteBuffer in, int at) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      name.append((char) (in.get(at + i) & 0xff));
    }
    return name.toString();
  }
}
