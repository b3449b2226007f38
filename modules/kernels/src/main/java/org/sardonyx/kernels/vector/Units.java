package org.sardonyx.kernels.vector;

import static org.sardonyx.kernels.vector.UnaryLoops.LANES;

import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;

/**
 * Takes units of recurrent layers a step on by the loops of {@link Cells}. Gates go from one loop
 * to the next beside the caller's arrays: nothing is copied back, and the last vector, which may
 * overlap the one before, finds what the others have found.
 *
 * <p>An object is the room that one thread works in.
 */
final class Units {

  private final WarmUp warmUp;
  private final Kernels kernels;

  /** What functions make of gates, and what is made of that behind it. */
  private float[] x = {};

  Units(WarmUp warmUp, Kernels kernels) {
    this.warmUp = warmUp;
    this.kernels = kernels;
  }

  /** As {@link Kernels#lstm}. */
  void lstm(int n, float[] gates, int offset, float[] c, float[] h, int unit) {
    Part cell = warmUp.of(Kind.CELL);
    Part output = warmUp.of(Kind.OUTPUT);
    // All are to be asked: each becomes fast only then.
    boolean cellReady = cell.isReady();
    boolean outputReady = output.isReady();
    if (!cellReady || !outputReady || n < LANES) {
      kernels.unary(Unary.SIGMOID, gates, offset, gates, offset, 3 * n);
      Twin.lstm(n, gates, offset, c, h, unit);
      return;
    }
    int o = n;
    int f = 2 * n;
    int g = offset + 3 * n;
    int next = sigmoids(gates, offset, 3 * n, n);
    int whole = n - n % LANES;
    int last = n - LANES;
    cell.run(whole, x, 0, f, next, gates, g, c, unit);
    if (whole < n) {
      cell.run(LANES, x, last, f + last, next + last, gates, g + last, c, unit + last);
    }
    output.run(whole, x, o, next, 0, c, unit, h, unit);
    if (whole < n) {
      output.run(LANES, x, o + last, next + last, 0, c, unit + last, h, unit + last);
    }
  }

  /** As {@link Kernels#gru}. */
  void gru(int n, float[] gates, int z, int g, float[] h, float[] next, int unit) {
    Part mix = warmUp.of(Kind.MIX);
    if (mix.isReady() && n >= LANES) {
      mix(mix, n, gates, z, g, h, next, unit);
    } else {
      Twin.gru(n, gates, z, g, h, next, unit);
    }
  }

  /** As {@link Kernels#gruLinear}. */
  void gruLinear(int n, float[] gates, int offset, float[] h, float[] next, int unit) {
    Part reset = warmUp.of(Kind.RESET);
    Part mix = warmUp.of(Kind.MIX);
    boolean resetReady = reset.isReady();
    boolean mixReady = mix.isReady();
    int z = offset + n;
    int a = offset + 3 * n;
    if (!resetReady || !mixReady || n < LANES) {
      kernels.unary(Unary.SIGMOID, gates, z, gates, z, 2 * n);
      for (int j = 0; j < n; j++) {
        gates[offset + j] += gates[z + n + j] * gates[a + j];
      }
      Twin.gru(n, gates, z, offset, h, next, unit);
      return;
    }
    int g = sigmoids(gates, z, 2 * n, n);
    int whole = n - n % LANES;
    int last = n - LANES;
    reset.run(whole, x, n, a, g, gates, offset, gates, 0);
    if (whole < n) {
      reset.run(LANES, x, n + last, a + last, g + last, gates, offset + last, gates, 0);
    }
    mix(mix, n, x, 0, g, h, next, unit);
  }

  private static void mix(
      Part mix, int n, float[] from, int z, int g, float[] h, float[] next, int unit) {
    int whole = n - n % LANES;
    int last = n - LANES;
    mix.run(whole, from, z, g, 0, h, unit, next, unit);
    if (whole < n) {
      mix.run(LANES, from, z + last, g + last, 0, h, unit + last, next, unit + last);
    }
  }

  /**
   * Applies the function to {@code count} gates, and to what is behind them up to a whole vector,
   * which others are.
   *
   * @return where in {@link #x} room for n numbers begins
   */
  private int sigmoids(float[] gates, int offset, int count, int n) {
    int whole = (count + LANES - 1) / LANES * LANES;
    if (x.length < whole + n) {
      x = new float[whole + n];
    }
    kernels.unary(Unary.SIGMOID, gates, offset, x, 0, whole);
    return whole;
  }
}
