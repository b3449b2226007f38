package org.sardonyx.imagedecoder;

import java.util.Arrays;

/** Pixels from those above and to the left: RFC 6386, section 12. */
final class Vp8Prediction {

  static final int DC = 0;
  static final int TM = 1;
  static final int VE = 2;
  static final int HE = 3;

  private Vp8Prediction() {}

  /**
   * Predicts a square of a plane.
   *
   * @param mode one of {@link #DC}, {@link #TM}, {@link #VE}, {@link #HE}
   */
  static void square(int mode, byte[] plane, int stride, int x, int y, int size) {
    int at = y * stride + x;
    if (mode == DC) {
      int sum = 0;
      int shift = size == 16 ? 4 : 3;
      for (int i = 0; i < size; i++) {
        sum += y > 0 ? plane[at - stride + i] & 0xff : 0;
        sum += x > 0 ? plane[at + i * stride - 1] & 0xff : 0;
      }
      if (x > 0 && y > 0) {
        shift++;
      }
      int value = x > 0 || y > 0 ? (sum + (1 << (shift - 1))) >> shift : 128;
      for (int r = 0; r < size; r++) {
        Arrays.fill(plane, at + r * stride, at + r * stride + size, (byte) value);
      }
      return;
    }
    int corner = y == 0 ? 127 : x == 0 ? 129 : plane[at - stride - 1] & 0xff;
    for (int r = 0; r < size; r++) {
      int left = x > 0 ? plane[at + r * stride - 1] & 0xff : 129;
      for (int c = 0; c < size; c++) {
        int above = y > 0 ? plane[at - stride + c] & 0xff : 127;
        plane[at + r * stride + c] =
            switch (mode) {
              case TM -> Vp8Residual.clip(left + above - corner);
              case VE -> (byte) above;
              default -> (byte) left;
            };
      }
    }
  }

  /**
   * Predicts a block of 4 x 4.
   *
   * @param e the edge: 4 pixels to the left from below, the corner, 8 above
   */
  static void block(int mode, int[] e, byte[] plane, int at, int stride) {
    switch (mode) {
      case DC -> {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
          sum += e[i] + e[5 + i];
        }
        for (int i = 0; i < 16; i++) {
          put(plane, at, stride, i / 4, i % 4, sum >> 3);
        }
      }
      case TM -> {
        for (int i = 0; i < 16; i++) {
          int value = e[3 - i / 4] + e[5 + i % 4] - e[4];
          put(plane, at, stride, i / 4, i % 4, Math.clamp(value, 0, 255));
        }
      }
      case VE -> {
        for (int i = 0; i < 16; i++) {
          put(plane, at, stride, i / 4, i % 4, three(e, 5 + i % 4));
        }
      }
      case HE -> {
        for (int c = 0; c < 4; c++) {
          for (int r = 0; r < 3; r++) {
            put(plane, at, stride, r, c, three(e, 3 - r));
          }
          put(plane, at, stride, 3, c, (e[1] + 3 * e[0] + 2) >> 2);
        }
      }
      default -> {
        for (int i = 0; i < 16; i++) {
          put(plane, at, stride, i / 4, i % 4, slanted(mode, e, i / 4, i % 4));
        }
      }
    }
  }

  /** The modes LD, RD, VR, VL, HD and HU: means of two or three neighbours on the edge. */
  private static int slanted(int mode, int[] e, int r, int c) {
    return switch (mode) {
      case 4 -> r + c == 6 ? (e[11] + 3 * e[12] + 2) >> 2 : three(e, 6 + r + c);
      case 5 -> three(e, 4 - r + c);
      case 6 -> {
        int k = 2 * c - r; // where the line through the pixel meets the edge, in half pixels
        yield k < 0
            ? three(e, k == -1 ? 4 : 5 + k)
            : k % 2 == 0 ? two(e, 4 + k / 2) : three(e, 4 + k / 2 + (k % 2));
      }
      case 7 -> {
        if (c == 3 && r > 1) {
          yield three(e, 8 + r);
        }
        int k = c + r / 2;
        yield r % 2 == 0 ? two(e, 5 + k) : three(e, 6 + k);
      }
      case 8 -> {
        int k = 2 * r - c;
        yield k < 0 ? three(e, 3 - k) : k % 2 == 0 ? two(e, 3 - k / 2) : three(e, 3 - k / 2);
      }
      default -> {
        int k = c + 2 * r;
        if (k > 5) {
          yield e[0];
        }
        if (k == 5) {
          yield (e[1] + 3 * e[0] + 2) >> 2;
        }
        yield k % 2 == 0 ? two(e, 2 - k / 2) : three(e, 2 - k / 2);
      }
    };
  }

  private static int two(int[] e, int i) {
    return (e[i] + e[i + 1] + 1) >> 1;
  }

  private static int three(int[] e, int i) {
    return (e[i - 1] + 2 * e[i] + e[i + 1] + 2) >> 2;
  }

  private static void put(byte[] plane, int at, int stride, int r, int c, int value) {
    plane[at + r * stride + c] = (byte) value;
  }
}
