package org.sardonyx.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadedKernelsTest {

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }

  /** Lines of windows that overlap, of a length that is a sum of two. */
  private static void linesAreThoseOfOneEach(
      Kernels one, Kernels three, int m, SplittableRandom random) {
    int lines = 7;
    int n = 173;
    int k = 301;
    float[] a = floats(random, m * k);
    float[] b = floats(random, lines * n + k);
    float[] bias = floats(random, m);
    int[] rows = new int[k];
    for (int p = 0; p < k; p++) {
      rows[p] = p;
    }
    float[] all = new float[m * lines * n];
    float[] shared = new float[m * lines * n];
    float[] each = new float[m * lines * n];
    float[] alone = new float[m * lines * n];
    one.gemm(lines, n, n, m, n, k, a, 0, k, b, 0, rows, bias, 0, all, 0, lines * n);
    three.gemm(lines, n, n, m, n, k, a, 0, k, b, 0, rows, bias, 0, shared, 0, lines * n);
    for (int l = 0; l < lines; l++) {
      one.gemm(1, 0, 0, m, n, k, a, 0, k, b, l * n, rows, bias, 0, each, l * n, lines * n);
      for (int i = 0; i < m; i++) {
        one.gemm(
            1, 0, 0, 1, n, k, a, i * k, k, b, l * n, rows, bias, i, alone, (i * lines + l) * n, n);
      }
    }
    assertArrayEquals(each, all);
    assertArrayEquals(each, shared);
    assertArrayEquals(each, alone);
  }

  /** Shapes that are shared by rows and by columns, with rests of every kind. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resultsAreThoseOfOneThread(boolean scalar) throws InterruptedException {
    Kernels one = scalar ? Kernels.scalar() : Kernels.best();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      Kernels three = one.threaded(executor, 3);
      try {
        compare(one, three);
      } finally {
        // Else the executor waits for threads that wait for loops.
        three.rest();
      }
      executor.shutdown();
      assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS), "threads wait after the run");
    }
  }

  private static void compare(Kernels one, Kernels three) {
    assertEquals(3, three.threads());
    SplittableRandom random = new SplittableRandom(1);
    int[][] shapes = {{1, 2100, 512}, {5, 1111, 200}, {64, 130, 140}, {133, 70, 120}};
    for (int[] shape : shapes) {
      int m = shape[0];
      int n = shape[1];
      int k = shape[2];
      float[] a = floats(random, m * k);
      float[] b = floats(random, k * n);
      float[] bias = floats(random, Math.max(m, n));
      float[] c = floats(random, m * n);
      float[] d = c.clone();
      PackedMatrix packed = one.pack(k, n, b, 0, n, 1);
      one.gemm(m, n, k, 1, a, 0, k, 1, b, 0, n, 1, c, 0, n);
      three.gemm(m, n, k, 1, a, 0, k, 1, b, 0, n, 1, d, 0, n);
      assertArrayEquals(c, d);
      one.gemm(m, 0.5f, a, 0, k, 1, packed, c, 0, n);
      three.gemm(m, 0.5f, a, 0, k, 1, packed, d, 0, n);
      assertArrayEquals(c, d);
      one.gemm(m, a, 0, k, 1, packed, bias, 0, Unary.TANH, c, 0, n);
      three.gemm(m, a, 0, k, 1, packed, bias, 0, Unary.TANH, d, 0, n);
      assertArrayEquals(c, d);
      int[] rows = new int[k];
      for (int p = 0; p < k; p++) {
        rows[p] = p * n;
      }
      one.gemm(1, 0, 0, m, n, k, a, 0, k, b, 0, rows, bias, 0, c, 0, n);
      three.gemm(1, 0, 0, m, n, k, a, 0, k, b, 0, rows, bias, 0, d, 0, n);
      assertArrayEquals(c, d);
      three.rest();
    }
    for (int m : new int[] {2, 5, 64}) {
      linesAreThoseOfOneEach(one, three, m, random);
      three.rest();
    }
    float[] x = floats(random, 100_003);
    float[] y = new float[x.length];
    one.unary(Unary.EXP, x, 0, y, 0, x.length);
    three.unary(Unary.EXP, x, 0, x, 0, x.length);
    assertArrayEquals(y, x);
  }

  @Test
  void partsRunOnSeveralThreads() throws InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
      Kernels two = Kernels.scalar().threaded(executor, 2);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      CountDownLatch both = new CountDownLatch(2);
      two.share(
          2,
          _ -> {
            threads.add(Thread.currentThread());
            both.countDown();
            try {
              assertTrue(both.await(10, TimeUnit.SECONDS), "one thread does both parts");
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertEquals(2, threads.size());
      two.rest();
    }
  }

  @Test
  void anExecutorWithoutThreadsLeavesAllToTheCaller() {
    for (Executor executor :
        new Executor[] {
          _ -> {},
          _ -> {
            throw new RejectedExecutionException("full");
          }
        }) {
      Kernels four = Kernels.scalar().threaded(executor, 4);
      for (int run = 0; run < 3; run++) {
        AtomicInteger sum = new AtomicInteger();
        four.share(10, part -> sum.addAndGet(part + 1));
        // A loop in a loop is the business of the thread that is in it.
        four.share(3, _ -> four.share(4, part -> sum.addAndGet(part)));
        assertEquals(55 + 18, sum.get());
        four.rest();
      }
    }
  }

  @Test
  void eachPartRunsOnceHoweverOftenLoopsFollow() {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      Kernels four = Kernels.scalar().threaded(executor, 4);
      for (int run = 0; run < 20; run++) {
        for (int loop = 0; loop < 200; loop++) {
          int parts = 1 + (loop * 7 + run) % 64;
          int[] done = new int[parts];
          four.share(parts, part -> done[part]++);
          for (int part = 0; part < parts; part++) {
            assertEquals(1, done[part]);
          }
        }
        four.rest();
      }
    }
  }

  @Test
  void whatAPartThrowsReachesTheCaller() {
    try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
      Kernels two = Kernels.scalar().threaded(executor, 2);
      IllegalStateException thrown = new IllegalStateException("part");
      assertSame(
          thrown,
          assertThrows(
              IllegalStateException.class,
              () ->
                  two.share(
                      4,
                      part -> {
                        if (part == 2) {
                          throw thrown;
                        }
                      })));
      AtomicInteger count = new AtomicInteger();
      two.share(4, _ -> count.incrementAndGet());
      assertEquals(4, count.get());
      two.rest();
    }
    assertThrows(IllegalArgumentException.class, () -> Kernels.scalar().threaded(Runnable::run, 0));
  }

  @Test
  void aStepFindsWhatAllPartsOfTheOneBeforeWrote() {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      for (Kernels kernels :
          new Kernels[] {
            Kernels.scalar(),
            Kernels.scalar().threaded(executor, 4),
            Kernels.scalar().threaded(_ -> {}, 4)
          }) {
        for (int run = 0; run < 40; run++) {
          int parts = 1 + run % 6;
          int steps = run % 7 == 0 ? 0 : 1 + 13 * run;
          // In turns, as a part may be a step ahead of others.
          long[][] sums = new long[2][parts];
          sums[0][0] = 1;
          kernels.steps(
              steps,
              parts,
              (step, part) -> {
                long[] before = sums[step & 1];
                sums[step + 1 & 1][part] = Arrays.stream(before).sum() * 31 + part;
              });
          long[] expected = new long[parts];
          expected[0] = 1;
          for (int step = 0; step < steps; step++) {
            long sum = Arrays.stream(expected).sum();
            for (int part = 0; part < parts; part++) {
              expected[part] = sum * 31 + part;
            }
          }
          assertArrayEquals(expected, sums[steps & 1], kernels.name());
          kernels.rest();
        }
      }
    }
  }

  @Test
  void whatAStepThrowsEndsAll() {
    try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
      Kernels two = Kernels.scalar().threaded(executor, 2);
      for (int bad = 0; bad < 2; bad++) {
        int badPart = bad;
        IllegalStateException thrown = new IllegalStateException("step");
        int[] last = new int[2];
        assertSame(
            thrown,
            assertThrows(
                IllegalStateException.class,
                () ->
                    two.steps(
                        1000,
                        2,
                        (step, part) -> {
                          last[part] = step;
                          if (step == 500 && part == badPart) {
                            throw thrown;
                          }
                        })));
        assertEquals(500, last[badPart]);
        assertTrue(last[1 - badPart] <= 500, "steps follow one that failed");
      }
      two.rest();
    }
  }
}
