package org.sardonyx.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A process that prints what one core of this machine does at most in Java, each time the best of
 * some tries: {@code fma} the floating-point operations of multiplications and additions in
 * registers, in 1e9 a second; {@code read SIZE} and {@code copy SIZE} the bytes, in 1e9 a second,
 * of memory of that size that is gone through again and again (of a copy, both sides together, and
 * their bytes).
 */
final class Peaks {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int TRIES = 20;
  private static final long NANOS = 4_000_000;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long LEAST = 16 << 10;
  private static final long MOST = 128 << 20;

  private Peaks() {}

  /** Something that says how much it did. */
  private interface Work {
    double amount();
  }

  private static float sink;

  /** Runs. */
  public static void main(String[] arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(MOST, 4096);
      long start = System.nanoTime();
      while (System.nanoTime() - start < WARM_UP_NANOS) {
        fma(100);
        read(memory, LEAST);
        copy(memory, LEAST / 2);
      }
      System.out.println("fma " + best(() -> fma(1000)));
      for (long size = LEAST; size <= MOST; size *= 2) {
        long bytes = size;
        System.out.println("read " + bytes + " " + best(() -> read(memory, bytes)));
        System.out.println("copy " + bytes + " " + best(() -> copy(memory, bytes / 2)));
      }
    }
    if (Float.isNaN(sink)) {
      throw new IllegalStateException();
    }
  }

  private static double best(Work work) {
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
      long start = System.nanoTime();
      long took;
      double done = 0;
      do {
        done += work.amount();
        took = System.nanoTime() - start;
      } while (took < NANOS);
      best = Math.max(best, done / took);
    }
    return best;
  }

  /** Twelve sums at once: more than what one core has begun and not ended. */
  private static double fma(int n) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector y = FloatVector.broadcast(SPECIES, 1f);
    FloatVector a = y;
    FloatVector b = y;
    FloatVector c = y;
    FloatVector d = y;
    FloatVector e = y;
    FloatVector f = y;
    FloatVector g = y;
    FloatVector h = y;
    FloatVector i = y;
    FloatVector j = y;
    FloatVector k = y;
    FloatVector l = y;
    for (int turn = 0; turn < n; turn++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
      k = k.fma(x, y);
      l = l.fma(x, y);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k);
    sink = sum.add(l).lane(0);
    return 2.0 * 12 * SPECIES.length() * n;
  }

  private static double read(MemorySegment from, long bytes) {
    int step = SPECIES.vectorByteSize();
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (long i = 0; i < bytes; i += 4L * step) {
      a = a.add(FloatVector.fromMemorySegment(SPECIES, from, i, ORDER));
      b = b.add(FloatVector.fromMemorySegment(SPECIES, from, i + step, ORDER));
      c = c.add(FloatVector.fromMemorySegment(SPECIES, from, i + 2L * step, ORDER));
      d = d.add(FloatVector.fromMemorySegment(SPECIES, from, i + 3L * step, ORDER));
    }
    sink = a.add(b).add(c).add(d).lane(0);
    return bytes;
  }

  private static double copy(MemorySegment memory, long bytes) {
    int step = SPECIES.vectorByteSize();
    for (long i = 0; i < bytes; i += 2L * step) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, memory, i, ORDER);
      FloatVector b = FloatVector.fromMemorySegment(SPECIES, memory, i + step, ORDER);
      a.intoMemorySegment(memory, bytes + i, ORDER);
      b.intoMemorySegment(memory, bytes + i + step, ORDER);
    }
    return 2.0 * bytes;
  }
}
