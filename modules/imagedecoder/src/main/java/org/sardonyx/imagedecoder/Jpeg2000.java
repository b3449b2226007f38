package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The parts of a JPEG 2000 file that say how much memory decoding takes. */
final class Jpeg2000 {

  private static final int SIZ = 0xff51;
  private static final int COD = 0xff52;
  private static final int COC = 0xff53;
  private static final int SOT = 0xff90;
  private static final int SOD = 0xff93;
  private static final int EOC = 0xffd9;

  private static final int PIXELS_PER_TILE = 1024;

  private static final int MOST_COMPONENTS = 16;
  private static final int MOST_LAYERS = 1024;

  /** Precincts a component may have, all resolutions together, for each of 256 pixels. */
  private static final int PIXELS_PER_PRECINCT = 256;

  private Jpeg2000() {}

  /**
   * Reads the size, and refuses what no encoder writes but costs memory beyond the pixels: tiles
   * and precincts of a few pixels, thousands of components or layers.
   */
  static Header header(ByteBuffer in) throws IOException {
    int at = codestream(in);
    if ((in.getShort(at + 2) & 0xffff) != SIZ) {
      throw new IOException("there is no size");
    }
    int size = at + 4;
    long[] fields = new long[8]; // the image's corners, the tile's size and corner
    for (int i = 0; i < 8; i++) {
      fields[i] = in.getInt(size + 4 + 4 * i) & 0xffffffffL;
    }
    int components = in.getShort(size + 36) & 0xffff;
    long width = fields[0] - fields[2];
    long height = fields[1] - fields[3];
    if (fields[4] == 0 || fields[5] == 0 || width <= 0 || height <= 0) {
      throw new IOException("the size is empty");
    }
    long tiles =
        divide(fields[0] - fields[6], fields[4]) * divide(fields[1] - fields[7], fields[5]);
    if (tiles < 1
        || tiles > 16 + width * height / PIXELS_PER_TILE
        || components > MOST_COMPONENTS) {
      throw new IOException(tiles + " tiles of " + components + " components");
    }
    for (int i = 0; i < components; i++) {
      if (in.get(size + 39 + 3 * i) == 0 || in.get(size + 40 + 3 * i) == 0) {
        throw new IOException("a component has no size");
      }
    }
    int least = precincts(in, at + 2, components);
    if (least < 31 && (width >> least) * (height >> least) > width * height / PIXELS_PER_PRECINCT) {
      throw new IOException("precincts of " + (1L << least) + " pixels");
    }
    return new Header(width, height, components);
  }

  private static long divide(long a, long b) {
    return (a + b - 1) / b;
  }

  /** Returns where the code stream begins. */
  private static int codestream(ByteBuffer in) throws IOException {
    int at = 0;
    if ((in.getShort(0) & 0xffff) == 0xff4f) {
      return 0;
    }
    while (at + 8 <= in.limit()) {
      long length = in.getInt(at) & 0xffffffffL;
      int header = 8;
      if (length == 1) {
        length = in.getLong(at + 8);
        header = 16;
      }
      if ("jp2c".equals(Header.name(in, at + 4))) {
        return at + header;
      }
      if (length < header || length > in.limit() - at) {
        break;
      }
      at += (int) length;
    }
    throw new IOException("there is no code stream");
  }

  /** Returns the least exponent of a precinct's side, over all headers, those of tiles included. */
  private static int precincts(ByteBuffer in, int first, int components) throws IOException {
    int least = 31;
    int at = first;
    int tilePart = -1;
    while (at + 4 <= in.limit()) {
      int marker = in.getShort(at) & 0xffff;
      int length = in.getShort(at + 2) & 0xffff;
      switch (marker) {
        case SOT -> tilePart = at;
        case COD -> {
          int layers = in.getShort(at + 6) & 0xffff;
          if (layers > MOST_LAYERS) {
            throw new IOException(layers + " layers");
          }
          if ((in.get(at + 4) & 1) != 0) {
            least = Math.min(least, least(in, at + 14, in.get(at + 9)));
          }
        }
        case COC -> {
          int wide = components < 257 ? 1 : 2;
          if ((in.get(at + 4 + wide) & 1) != 0) {
            least = Math.min(least, least(in, at + 10 + wide, in.get(at + 5 + wide)));
          }
        }
        case SOD -> {
          long part = tilePart < 0 ? 0 : in.getInt(tilePart + 6) & 0xffffffffL;
          if (part == 0 || part > in.limit() - tilePart) {
            return least; // the last one
          }
          at = tilePart + (int) part;
          continue;
        }
        case EOC -> {
          return least;
        }
        default -> {}
      }
      at += 2 + Math.max(length, 2);
    }
    return least;
  }

  /** The first byte is for the lowest resolution, which is small; the others are for the rest. */
  private static int least(ByteBuffer in, int at, int levels) {
    int least = 31;
    for (int i = 0; i <= levels; i++) {
      int sides = in.get(at + i) & 0xff;
      int coarser = levels - i;
      least = Math.min(least, Math.min(sides & 15, sides >> 4) + Math.min(coarser, 15));
    }
    return least;
  }
}
