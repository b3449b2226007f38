package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;

/** Once they are warm, loops make no object: a vector that the compiler left as one is slow. */
class NoObjectsTest {

  private static final int N = 96;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  /** Everything that a recurrent layer, a softmax and a mean do, in one method, as models do. */
  private static float all(Kernels kernels, float[] gates, float[] c, float[] h) {
    kernels.lstm(N, gates, 0, c, h, 0);
    kernels.gru(N, gates, 0, N, h, 0);
    for (Unary f : new Unary[] {Unary.EXP, Unary.SIGMOID, Unary.TANH, Unary.ERF, Unary.GELU}) {
      kernels.unary(f, gates, 0, gates, 0, N);
    }
    kernels.softmax(gates, 0, c, 0, N);
    return kernels.sum(c, 0, N) + kernels.max(c, 0, N) + kernels.dot(c, 0, h, 0, N);
  }

  @Test
  void warmLoopsMakeNone() {
    Kernels kernels = new VectorKernels(true);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    float[] gates = new float[4 * N];
    float[] c = new float[N];
    float[] h = new float[N];
    long start = System.nanoTime();
    int without = 0;
    long bytes = 0;
    float sum = 0;
    while (without < 20 && System.nanoTime() - start < PATIENCE) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        Arrays.fill(gates, i % 7 - 3);
        sum += all(kernels, gates, c, h);
      }
      // The array of functions above is the test's own.
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      without = bytes < 100_000 ? without + 1 : 0;
    }
    long last = bytes;
    assertTrue(without == 20, () -> last + " bytes in a thousand calls");
    assertTrue(Float.isFinite(sum));
  }
}
