package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * What recurrent cells do after their products, of as many units as fill whole vectors; {@link
 * Twin} does the rest. Each loop has one function, called at one place: a second call would be
 * beyond what C2 inlines, and box its vectors.
 */
final class Cells {

  private Cells() {}

  /** {@code c = f * c + i * tanh(g)}. */
  static void cell(int n, float[] gates, int i, int f, int g, float[] c, int co) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector candidate = load(gates, i + j).mul(Elementary.tanh(load(gates, g + j)));
      load(gates, f + j).mul(load(c, co + j)).add(candidate).intoArray(c, co + j);
    }
  }

  /** {@code h = o * tanh(c)}. */
  static void output(int n, float[] gates, int o, float[] c, int co, float[] h, int ho) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector squashed = Elementary.tanh(load(c, co + j));
      load(gates, o + j).mul(squashed).intoArray(h, ho + j);
    }
  }

  /** {@code h = (1 - z) * tanh(g) + z * h}. */
  static void mix(int n, float[] gates, int z, int g, float[] h, int unit) {
    for (int j = 0; j + LANES <= n; j += LANES) {
      FloatVector candidate = Elementary.tanh(load(gates, g + j));
      FloatVector update = load(gates, z + j);
      FloatVector fresh = update.neg().add(1f).mul(candidate);
      fresh.add(update.mul(load(h, unit + j))).intoArray(h, unit + j);
    }
  }
}
