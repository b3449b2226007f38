package org.sardonyx.imagedecoder;

import java.io.IOException;

/** The header of a key frame: RFC 6386, sections 9.2 to 9.11. */
final class Vp8Header {

  private static final int SEGMENTS = 4;

  final int width;
  final int height;
  final BoolDecoder modes;
  final BoolDecoder[] partitions;
  final int[][][][] coefficients;

  /** Whether macroblocks say which segment they are of, and the probabilities of what they say. */
  boolean segmentMap;

  final int[] segmentProbabilities = {255, 255, 255};
  boolean simpleFilter;
  int sharpness;

  /** The filter's level by segment, for whole and for divided macroblocks; all 0 for no filter. */
  final int[][] levels = new int[SEGMENTS][2];

  /** The steps of the coefficients by segment: DC and AC of luma, of second-order luma, chroma. */
  final int[][] steps = new int[SEGMENTS][6];

  /** The probability that a macroblock has coefficients; -1 where all have. */
  final int skip;

  private boolean absolute;
  private final int[] segmentQuantizers = new int[SEGMENTS];
  private final int[] segmentLevels = new int[SEGMENTS];

  Vp8Header(byte[] data, int start, int end) throws IOException {
    if (end - start < 10) {
      throw new IOException("the frame is cut off");
    }
    int tag = word(data, start) | (data[start + 2] & 0xff) << 16;
    if ((tag & 1) != 0 || data[start + 3] != (byte) 0x9d || word(data, start + 4) != 0x2a01) {
      throw new IOException("the frame is no key frame");
    }
    width = word(data, start + 6) & 0x3fff;
    height = word(data, start + 8) & 0x3fff;
    int first = start + 10;
    int rest = first + (tag >> 5);
    if (rest > end || width == 0 || height == 0) {
      throw new IOException("the frame is cut off");
    }
    modes = new BoolDecoder(data, first, rest);
    modes.number(2); // colour space and clamping: decoders of images look at neither
    boolean segments = modes.flag();
    if (segments) {
      segments();
    }
    simpleFilter = modes.flag();
    int level = modes.number(6);
    sharpness = modes.number(3);
    levels(segments, level);
    partitions = partitions(data, rest, end, 1 << modes.number(2));
    steps(segments);
    modes.flag(); // whether probabilities stay for the next frame
    coefficients = Vp8Tables.coefficients();
    for (int i = 0; i < Vp8Tables.TYPES; i++) {
      for (int j = 0; j < Vp8Tables.BANDS; j++) {
        for (int k = 0; k < Vp8Tables.CONTEXTS; k++) {
          for (int l = 0; l < Vp8Tables.NODES; l++) {
            if (modes.bit(Vp8Tables.UPDATES[i][j][k][l]) != 0) {
              coefficients[i][j][k][l] = modes.number(8);
            }
          }
        }
      }
    }
    skip = modes.flag() ? modes.number(8) : -1;
  }

  private static int word(byte[] data, int at) {
    return (data[at] & 0xff) | (data[at + 1] & 0xff) << 8;
  }

  private void segments() {
    segmentMap = modes.flag();
    if (modes.flag()) {
      absolute = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        segmentQuantizers[i] = modes.delta(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segmentLevels[i] = modes.delta(6);
      }
    }
    if (segmentMap) {
      for (int i = 0; i < 3; i++) {
        segmentProbabilities[i] = modes.flag() ? modes.number(8) : 255;
      }
    }
  }

  private void levels(boolean segments, int level) {
    int[] ofReference = new int[4];
    int[] ofMode = new int[4];
    boolean deltas = modes.flag();
    if (deltas && modes.flag()) {
      for (int i = 0; i < 4; i++) {
        ofReference[i] = modes.delta(6);
      }
      for (int i = 0; i < 4; i++) {
        ofMode[i] = modes.delta(6);
      }
    }
    if (level == 0) {
      return;
    }
    for (int i = 0; i < SEGMENTS; i++) {
      int base = segments ? segmentLevels[i] + (absolute ? 0 : level) : level;
      for (int divided = 0; divided < 2; divided++) {
        int all = base;
        if (deltas) {
          all += ofReference[0] + (divided == 1 ? ofMode[0] : 0);
        }
        levels[i][divided] = Math.clamp(all, 0, 63);
      }
    }
  }

  private void steps(boolean segments) {
    int base = modes.number(7);
    int[] deltas = new int[5]; // DC of luma; DC and AC of second-order luma; DC and AC of chroma
    for (int i = 0; i < 5; i++) {
      deltas[i] = modes.delta(4);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      int q = segments ? segmentQuantizers[i] + (absolute ? 0 : base) : base;
      steps[i][0] = Vp8Tables.DC[Math.clamp(q + deltas[0], 0, 127)];
      steps[i][1] = Vp8Tables.AC[Math.clamp(q, 0, 127)];
      steps[i][2] = 2 * Vp8Tables.DC[Math.clamp(q + deltas[1], 0, 127)];
      steps[i][3] = Math.max(8, Vp8Tables.AC[Math.clamp(q + deltas[2], 0, 127)] * 155 / 100);
      steps[i][4] = Vp8Tables.DC[Math.clamp(q + deltas[3], 0, 117)];
      steps[i][5] = Vp8Tables.AC[Math.clamp(q + deltas[4], 0, 127)];
    }
  }

  private static BoolDecoder[] partitions(byte[] data, int start, int end, int count)
      throws IOException {
    int at = start + 3 * (count - 1);
    if (at > end) {
      throw new IOException("the frame is cut off");
    }
    BoolDecoder[] partitions = new BoolDecoder[count];
    for (int i = 0; i < count; i++) {
      int size = end - at;
      if (i < count - 1) {
        int stated = word(data, start + 3 * i) | (data[start + 3 * i + 2] & 0xff) << 16;
        size = Math.min(size, stated);
      }
      partitions[i] = new BoolDecoder(data, at, at + size);
      at += size;
    }
    return partitions;
  }
}
