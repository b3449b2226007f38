package org.sardonyx.kernels.vector;

import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.PlainProduct;
import org.sardonyx.kernels.Unary;

/**
 * Calls of the loops that a first run goes through, so that the compiler has begun with them when
 * it comes: a loop that it meets on the way runs ten times as long in the interpreter as short ones
 * need to be called, and is compiled once more as a method.
 */
final class Rehearsal {

  /** C1 compiles after 100 calls with 2000 steps, C2 after 600 of that code with 15000. */
  private static final int FIRST = 250;

  private static final int SECOND = 1000;
  private static final int ROUNDS = 3;

  /** So few that C2 has seen as many calls before it has seen 40000 steps. */
  private static final int N = 32;

  private Rehearsal() {}

  static void run(boolean windows) {
    float[] x = new float[8 * N];
    float[] y = new float[8 * N];
    int[] at = new int[9];
    PlainProduct product = new PlainProduct();
    Kernels scalar = Kernels.scalar();
    Runnable[] samples = {
      () -> TwinProduct.gather(N, 2, x, 0, x, 0, at, 1, y, 0),
      () -> scalar.unary(Unary.RELU, x, 0, y, 0, N),
      () -> scalar.binaryRight(Binary.ADD, x, 0, 1, y, 0, N),
      () -> scalar.binaryRight(Binary.MUL, x, 0, 1, y, 0, N),
      () -> scalar.binaryRight(Binary.DIV, x, 0, 1, y, 0, N),
      () -> scalar.binary(Binary.ADD, x, 0, x, 0, y, 0, N),
      () -> scalar.binary(Binary.MUL, x, 0, x, 0, y, 0, N),
      () -> scalar.clamp(0, 1, x, 0, y, 0, N),
      () -> scalar.take(x, 0, 2, y, 0, N),
    };
    // Few calls of much: C2 is to compile what it calls, not to take all of that into it.
    Runnable[] products = {
      () -> product.of(9, N, 24, x, 0, 4, 1, x, 0, 0, 1).addTo(1, x, 0, 0, 0, y, 0, 0),
      () -> product.of(9, N, 24, x, 0, 4, 1, x, 0, 0, 1).addTo(1, y, 0, 0, 1, y, 0, 0),
    };
    for (Runnable sample : products) {
      call(sample, 20);
    }
    for (Runnable sample : samples) {
      call(sample, FIRST);
    }
    for (int i = 0; i < ROUNDS; i++) {
      for (Runnable sample : products) {
        call(sample, 100);
      }
      for (Runnable sample : samples) {
        call(sample, SECOND);
      }
    }
  }

  private static void call(Runnable sample, int times) {
    for (int i = 0; i < times; i++) {
      sample.run();
    }
  }
}
