package org.sardonyx.kernels.vector;

import java.util.concurrent.locks.LockSupport;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PlainProduct;
import org.sardonyx.kernels.Unary;
import org.sardonyx.kernels.Window;

/**
 * Calls of the loops that a first run goes through, so that the compiler is done with them when it
 * comes. A loop that is met on the way stays in the interpreter for 60,000 steps, and C2 compiles
 * it twice; one that is called as often as here stays there for 2,000, and is compiled once.
 */
final class Rehearsal {

  /** C1 compiles after 100 calls with 2,000 steps in all. */
  private static final int FIRST = 250;

  /**
   * C2 compiles after 600 calls of that with 15,000 steps, and only while little waits for it: it
   * is asked again and again beside the load, and the load's own work goes on meanwhile.
   */
  private static final int ROUNDS = 30;

  private static final int AGAIN = 100;

  private static final long PAUSE_NANOS = 4_000_000;

  /** Steps of a call: so few that the calls are reached before 40,000 steps are. */
  private static final int N = 32;

  private static final int LOOPS = 9;
  private static final int LOOPS_OF_WINDOWS = 10;

  private final Kernels scalar = Kernels.scalar();
  private final PlainProduct product = new PlainProduct();
  private final float[] x = new float[8 * N];
  private final float[] y = new float[8 * N];
  private final int[] rows = new int[N];

  private Rehearsal() {
    // Below, within and above what loops distinguish.
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 5 - 1.5f;
    }
  }

  /**
   * Calls them.
   *
   * @param windows whether convolutions are among them
   */
  static void run(boolean windows) {
    Rehearsal rehearsal = new Rehearsal();
    int loops = windows ? LOOPS_OF_WINDOWS : LOOPS;
    rehearsal.all(loops, FIRST);
    if (windows) {
      rehearsal.convolve();
    }
    for (int i = 0; i < ROUNDS; i++) {
      LockSupport.parkNanos(PAUSE_NANOS);
      rehearsal.all(loops, AGAIN);
    }
  }

  /** Once: what there is to load of classes, rather than of loops. */
  private void convolve() {
    int[] ones = {1, 1};
    int[] sizes = {4, 4};
    Window window = new Window(sizes, sizes, new int[] {3, 3}, ones, ones, ones, ones);
    new Convolution(window, 2, 2, 2).run(scalar, 1, x, x, null, y);
  }

  private void all(int loops, int times) {
    // Few calls of much: C2 is to compile what is called there, not to take all of that into it.
    for (int i = 0; i < times; i += 10) {
      product.of(9, N, 26, x, 0, 4, 1, x, 0, 0, 1).addTo(1, x, 0, 0, 0, y, 0, 0);
      product.of(9, N, 26, x, 0, 4, x, 0, rows, 0).addTo(1, x, 0, 0, 1, y, 0, 0);
      product.ofPanels(9, N, 4, x, 0, 4, x, 0, N, N, 4, 0).addTo(1, x, 0, 0, 0, y, 0, 0);
    }
    // Nor is this: all of it has fewer steps than would have the interpreter ask for that.
    for (int i = 0; i < loops * times; i++) {
      switch (i / times) {
        case 0 -> scalar.unary(Unary.RELU, x, 0, y, 0, N);
        case 1 -> scalar.binaryRight(Binary.ADD, x, 0, 1, y, 0, N);
        case 2 -> scalar.binaryRight(Binary.MUL, x, 0, 1, y, 0, N);
        case 3 -> scalar.binaryRight(Binary.DIV, x, 0, 1, y, 0, N);
        case 4 -> scalar.binary(Binary.ADD, x, 0, x, 0, y, 0, N);
        case 5 -> scalar.binary(Binary.MUL, x, 0, x, 0, y, 0, N);
        case 6 -> scalar.clamp(0, 1, x, 0, y, 0, N);
        case 7 -> Twin.sum(x, 0, 3 * N - 1);
        case 8 -> Twin.softmax(x, 0, y, 0, N + 1, 1);
        default -> scalar.take(x, 0, 2, y, 0, N);
      }
    }
  }
}
