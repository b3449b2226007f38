package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.FloatVector;

/**
 * What recurrent cells do after their products, of n units that fill one vector at least. As in
 * {@link UnaryLoops}, one function to a loop, and the last vector overlaps the one before.
 */
final class Cells {

  private Cells() {}

  /** {@code c = f * c + i * tanh(g)}. */
  static void cell(int n, float[] gates, int i, int f, int g, float[] c, int co) {
    int end = n - LANES;
    FloatVector last = cell(gates, i + end, f + end, g + end, c, co + end);
    for (int j = 0; j < end; j += LANES) {
      cell(gates, i + j, f + j, g + j, c, co + j).intoArray(c, co + j);
    }
    last.intoArray(c, co + end);
  }

  private static FloatVector cell(float[] gates, int i, int f, int g, float[] c, int co) {
    FloatVector candidate = load(gates, i).mul(Elementary.tanh(load(gates, g)));
    return load(gates, f).mul(load(c, co)).add(candidate);
  }

  /** {@code h = o * tanh(c)}. */
  static void output(int n, float[] gates, int o, float[] c, float[] h, int unit) {
    int end = n - LANES;
    for (int j = 0; j < end; j += LANES) {
      output(gates, o + j, c, h, unit + j);
    }
    output(gates, o + end, c, h, unit + end);
  }

  private static void output(float[] gates, int o, float[] c, float[] h, int unit) {
    load(gates, o).mul(Elementary.tanh(load(c, unit))).intoArray(h, unit);
  }

  /** {@code h = (1 - z) * tanh(g) + z * h}. */
  static void mix(int n, float[] gates, int z, int g, float[] h, int unit) {
    int end = n - LANES;
    FloatVector last = mix(gates, z + end, g + end, h, unit + end);
    for (int j = 0; j < end; j += LANES) {
      mix(gates, z + j, g + j, h, unit + j).intoArray(h, unit + j);
    }
    last.intoArray(h, unit + end);
  }

  private static FloatVector mix(float[] gates, int z, int g, float[] h, int unit) {
    FloatVector update = load(gates, z);
    FloatVector fresh = update.neg().add(1f).mul(Elementary.tanh(load(gates, g)));
    return fresh.add(update.mul(load(h, unit)));
  }
}
