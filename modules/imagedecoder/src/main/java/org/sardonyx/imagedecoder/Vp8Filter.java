package org.sardonyx.imagedecoder;

/** The loop filter, over the whole frame after all of it is predicted: RFC 6386, section 15. */
final class Vp8Filter {

  private final Vp8Header header;
  private final Vp8Planes planes;
  private final byte[] levels;
  private final boolean[] inner;

  Vp8Filter(Vp8Header header, Vp8Planes planes) {
    this.header = header;
    this.planes = planes;
    this.levels = new byte[planes.columns() * planes.rows()];
    this.inner = new boolean[levels.length];
  }

  void set(int column, int row, int level, boolean inside) {
    int at = row * planes.columns() + column;
    levels[at] = (byte) level;
    inner[at] = inside;
  }

  void run() {
    for (int row = 0; row < planes.rows(); row++) {
      for (int column = 0; column < planes.columns(); column++) {
        int at = row * planes.columns() + column;
        if (levels[at] > 0) {
          macroblock(column, row, levels[at], inner[at]);
        }
      }
    }
  }

  private void macroblock(int column, int row, int level, boolean inside) {
    int inner = level;
    if (header.sharpness > 0) {
      inner >>= header.sharpness > 4 ? 2 : 1;
      inner = Math.min(inner, 9 - header.sharpness);
    }
    inner = Math.max(inner, 1);
    int limit = 2 * level + inner;
    int variance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    int stride = planes.lumaStride();
    Edge y = new Edge(planes.y(), stride, 16, inner, variance);
    Edge u = new Edge(planes.u(), planes.chromaStride(), 8, inner, variance);
    Edge v = new Edge(planes.v(), planes.chromaStride(), 8, inner, variance);
    int luma = 16 * row * stride + 16 * column;
    int chroma = 8 * row * planes.chromaStride() + 8 * column;
    for (int direction = 0; direction < 2; direction++) {
      boolean across = direction == 0; // first the edges that run down
      if (across ? column > 0 : row > 0) {
        if (header.simpleFilter) {
          y.simple(luma, across, limit + 4);
        } else {
          y.normal(luma, across, limit + 4, true);
          u.normal(chroma, across, limit + 4, true);
          v.normal(chroma, across, limit + 4, true);
        }
      }
      if (!inside) {
        continue;
      }
      for (int i = 4; i < 16; i += 4) {
        int at = luma + (across ? i : i * stride);
        if (header.simpleFilter) {
          y.simple(at, across, limit);
        } else {
          y.normal(at, across, limit, false);
        }
      }
      if (!header.simpleFilter) {
        int at = chroma + (across ? 4 : 4 * planes.chromaStride());
        u.normal(at, across, limit, false);
        v.normal(at, across, limit, false);
      }
    }
  }

  /** Filters the edges of one plane. */
  private record Edge(byte[] p, int stride, int length, int inner, int variance) {

    void simple(int at, boolean across, int limit) {
      int step = across ? 1 : stride;
      int along = across ? stride : 1;
      for (int i = 0; i < length; i++) {
        int o = at + i * along;
        if (needed(o, step, limit)) {
          two(o, step);
        }
      }
    }

    void normal(int at, boolean across, int limit, boolean outer) {
      int step = across ? 1 : stride;
      int along = across ? stride : 1;
      for (int i = 0; i < length; i++) {
        int o = at + i * along;
        if (!needed(o, step, limit) || !smooth(o, step)) {
          continue;
        }
        if (difference(o - 2 * step, o - step) > variance || difference(o + step, o) > variance) {
          two(o, step);
        } else if (outer) {
          six(o, step);
        } else {
          four(o, step);
        }
      }
    }

    private int difference(int a, int b) {
      return Math.abs((p[a] & 0xff) - (p[b] & 0xff));
    }

    private boolean needed(int o, int step, int limit) {
      return 4 * difference(o - step, o) + difference(o - 2 * step, o + step) <= 2 * limit + 1;
    }

    private boolean smooth(int o, int step) {
      for (int k = -4; k < 3; k++) {
        if (k != -1 && difference(o + k * step, o + (k + 1) * step) > inner) {
          return false;
        }
      }
      return true;
    }

    private int at(int o) {
      return p[o] & 0xff;
    }

    private void add(int o, int value) {
      p[o] = Vp8Residual.clip(at(o) + value);
    }

    private static int signed(int value) {
      return Math.clamp(value, -128, 127);
    }

    private void two(int o, int step) {
      int a = 3 * (at(o) - at(o - step)) + signed(at(o - 2 * step) - at(o + step));
      add(o - step, Math.clamp((a + 3) >> 3, -16, 15));
      add(o, -Math.clamp((a + 4) >> 3, -16, 15));
    }

    private void four(int o, int step) {
      int a = 3 * (at(o) - at(o - step));
      int b = Math.clamp((a + 4) >> 3, -16, 15);
      int c = (b + 1) >> 1;
      add(o - 2 * step, c);
      add(o - step, Math.clamp((a + 3) >> 3, -16, 15));
      add(o, -b);
      add(o + step, -c);
    }

    private void six(int o, int step) {
      int a = signed(3 * (at(o) - at(o - step)) + signed(at(o - 2 * step) - at(o + step)));
      for (int k = 0; k < 3; k++) {
        int b = (9 * (3 - k) * a + 63) >> 7;
        add(o - (k + 1) * step, b);
        add(o + k * step, -b);
      }
    }
  }
}
