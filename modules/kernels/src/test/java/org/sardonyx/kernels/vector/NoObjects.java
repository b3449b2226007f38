package org.sardonyx.kernels.vector;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;

/** A process that runs loops until they make no object, or too long. */
final class NoObjects {

  /** Whole vectors, of every width, and not. */
  private static final int[] LENGTHS = {96, 100, 40};

  private static final int MOST = 100;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final Unary[] FUNCTIONS = {
    Unary.EXP, Unary.SIGMOID, Unary.TANH, Unary.ERF, Unary.GELU
  };

  /** Rows of a product with bytes: of tiles of each height. */
  private static final int[] ROWS = {4, 5, 22};

  private static final int DEPTH = 8;
  private static final int WIDTH = 64;

  private NoObjects() {}

  /** Everything that a recurrent layer, a softmax and a mean do, in one method, as models do. */
  private static float all(Kernels kernels, int n, float[] gates, float[] c, float[] h) {
    kernels.lstm(n, gates, 0, c, h, 0);
    kernels.gru(n, gates, 0, n, c, h, 0);
    kernels.gruLinear(n, gates, 0, h, c, 0);
    for (Unary f : FUNCTIONS) {
      kernels.unary(f, gates, 0, gates, 0, n);
    }
    kernels.softmax(gates, 0, c, 0, n);
    return kernels.sum(c, 0, n) + kernels.max(c, 0, n) + kernels.dot(c, 0, h, 0, n);
  }

  /** Prints the bytes of a thousand calls; ends with 0 where twenty thousand calls made none. */
  public static void main(String[] args) {
    Kernels kernels = new VectorKernels(true);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    float[] gates = new float[4 * MOST];
    float[] c = new float[MOST];
    float[] h = new float[MOST];
    byte[] b = new byte[DEPTH * WIDTH];
    float[] room = new float[(DEPTH + 22) * WIDTH];
    int[] sums = new int[22 * WIDTH];
    long start = System.nanoTime();
    int without = 0;
    long bytes = 0;
    float sum = 0;
    while (without < 20 && System.nanoTime() - start < PATIENCE) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        Arrays.fill(gates, i % 11 - 5);
        sum += all(kernels, LENGTHS[i % LENGTHS.length], gates, c, h);
        int rows = ROWS[i % ROWS.length];
        kernels.gemm(rows, DEPTH, gates, 0, DEPTH, b, WIDTH, room, 0, sums, 0, WIDTH);
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      without = bytes < 20_000 ? without + 1 : 0;
    }
    System.out.println(bytes + " bytes in a thousand calls, " + sum);
    System.exit(without == 20 && Float.isFinite(sum) ? 0 : 1);
  }
}
