package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * What recurrent cells do after their products, in whole vectors. Each loop has one function,
 * called at one place: a second call would be beyond what C2 inlines, and box its vectors. None
 * writes what it reads, so that the last vector can overlap the one before, in a call of its own.
 */
final class Cells {

  private Cells() {}

  /** {@code next = f * c + i * tanh(g)}, with i, f and next in x. */
  static void cell(
      int n, float[] x, int i, int f, int next, float[] gates, int g, float[] c, int unit) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector candidate = load(x, i + j).mul(Elementary.tanh(load(gates, g + j)));
      load(x, f + j).mul(load(c, unit + j)).add(candidate).intoArray(x, next + j);
    }
  }

  /** {@code h = o * tanh(next)}, with o and next in x, and {@code c = next}. */
  static void output(int n, float[] x, int o, int next, float[] c, float[] h, int unit) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector cell = load(x, next + j);
      cell.intoArray(c, unit + j);
      load(x, o + j).mul(Elementary.tanh(cell)).intoArray(h, unit + j);
    }
  }

  /** {@code next = g + r * a}, with r and next in x. */
  static void reset(int n, float[] x, int r, int next, float[] gates, int g, int a) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector scaled = load(x, r + j).mul(load(gates, a + j));
      load(gates, g + j).add(scaled).intoArray(x, next + j);
    }
  }

  /** {@code next = (1 - z) * tanh(g) + z * h}, with z and g in x. */
  static void mix(int n, float[] x, int z, int g, float[] h, float[] next, int unit) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector candidate = Elementary.tanh(load(x, g + j));
      FloatVector update = load(x, z + j);
      FloatVector fresh = update.neg().add(1f).mul(candidate);
      fresh.add(update.mul(load(h, unit + j))).intoArray(next, unit + j);
    }
  }
}
