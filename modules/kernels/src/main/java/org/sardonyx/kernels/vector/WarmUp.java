package org.sardonyx.kernels.vector;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Unary;

/**
 * Which loops the compiler is done with. The first call that wants a loop has it run in the
 * background on small arrays until it is fast; the thread ends when there is nothing left to do.
 */
final class WarmUp {

  /** A loop on small arrays. */
  @FunctionalInterface
  interface Sample {
    void run(float[] x, float[] y);
  }

  /** One loop. */
  static final class Part {

    private final WarmUp owner;
    private final Sample sample;
    private final int vectors;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private volatile boolean ready;

    private Part(WarmUp owner, int vectors, Sample sample) {
      this.owner = owner;
      this.vectors = vectors;
      this.sample = sample;
      this.ready = owner.background == null;
    }

    /** Whether the loop is fast; where not, sees to it that it will be. */
    boolean isReady() {
      Executor background = owner.background;
      if (!ready && background != null && wanted.compareAndSet(false, true)) {
        background.execute(this::warm);
      }
      return ready;
    }

    /** Runs the loop until each of its vectors takes tens of nanoseconds, not thousands. */
    private void warm() {
      // Of every kind that loops distinguish: code for the other kind would not be compiled.
      float[] x = new float[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        x[i] = i % 31 - 15;
      }
      float[] y = new float[LENGTH];
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      int fast = 0;
      while (fast < ENOUGH) {
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
          sample.run(x, y);
        }
        long end = System.nanoTime();
        fast = end - start < (long) FAST_NANOS * CALLS * vectors ? fast + 1 : 0;
        if (end > giveUp) {
          return;
        }
      }
      ready = true;
    }
  }

  static final int LENGTH = 64 * UnaryLoops.LANES;
  private static final int CALLS = 16;
  private static final int ENOUGH = 3;
  private static final int FAST_NANOS = 25;
  private static final int PATIENCE_SECONDS = 30;
  private static final int VECTORS = 8;
  private static final int ROWS = 6;

  private final @Nullable Executor background;
  private final Map<Unary, Part> unary = new EnumMap<>(Unary.class);
  private final Part[] tile1 = new Part[ROWS + 1];
  private final Part[] tile2 = new Part[ROWS + 1];
  private final Part[] tile4 = new Part[ROWS + 1];
  private final Part[] gather = new Part[ROWS + 1];
  final Part sum;
  final Part dot;
  final Part max;
  final Part min;
  final Part expFrom;
  final Part clamp;

  /** {@link Tile2#wide}. */
  final Part wide;

  /** All of {@link Strip}. */
  final Part strips;

  /** {@link Cells#cell} and {@link Cells#output}. */
  final Part lstm;

  /** {@link Cells#mix}. */
  final Part gru;

  /**
   * Makes one whose loops are cold at first.
   *
   * @param cold whether they are; else all are ready
   */
  WarmUp(boolean cold) {
    background = cold ? background() : null;
    unary.put(Unary.RELU, part((x, y) -> UnaryLoops.relu(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.EXP, part((x, y) -> UnaryLoops.exp(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.LOG, part((x, y) -> UnaryLoops.log(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.SIGMOID, part((x, y) -> UnaryLoops.sigmoid(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.TANH, part((x, y) -> UnaryLoops.tanh(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.ERF, part((x, y) -> UnaryLoops.erf(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.SOFTPLUS, part((x, y) -> UnaryLoops.softplus(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.GELU, part((x, y) -> UnaryLoops.gelu(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.GELU_TANH, part((x, y) -> UnaryLoops.geluTanh(x, 0, y, 0, LENGTH / 8)));
    unary.put(Unary.SILU, part((x, y) -> UnaryLoops.silu(x, 0, y, 0, LENGTH / 8)));
    sum = part((x, _) -> x[0] = Sums.sum(x, 0, LENGTH / 8));
    dot = part((x, y) -> y[0] = Sums.dot(x, 0, y, 0, LENGTH / 8));
    max = part((x, _) -> x[0] = Sums.max(x, 0, LENGTH / 8));
    min = part((x, _) -> x[0] = Sums.min(x, 0, LENGTH / 8));
    clamp = part((x, y) -> UnaryLoops.clamp(-6, 6, x, 0, y, 0, LENGTH / 8));
    expFrom = part((x, y) -> Sums.expFrom(x, 0, 1, y, 0, LENGTH / 8));
    int lanes = UnaryLoops.LANES;
    int[] at = new int[8];
    for (int p = 0; p < 8; p++) {
      at[p] = p * lanes;
    }
    gather[1] = part(5 * 8, (x, y) -> GatherRow.run(6 * lanes, 8, x, 0, x, 0, at, 1, y, 0));
    int units = LENGTH / 8;
    lstm =
        part(
            2 * VECTORS,
            (x, y) -> {
              Cells.cell(units, x, 0, units, 2 * units, y, 0);
              Cells.output(units, x, 0, y, y, 0);
            });
    gru = part((x, y) -> Cells.mix(units, x, 0, units, y, 0));
    wide =
        part(64, (x, y) -> Tile2.wide(8, x, 0, x, 0, 2 * lanes, 4 * lanes, 6 * lanes, y, 0, y, 0));
    strips =
        part(
            3 * 64,
            (x, y) -> {
              Strip.wide(8, x, 0, x, 0, 8 * lanes, y, 0, y, 0);
              for (int r = 1; r <= Strip.ROWS; r++) {
                Strip.run(r, 8, x, 0, 8, x, 0, 2 * lanes, y, 0, 2 * lanes, y, 0, 2 * lanes);
              }
            });
    for (int r = 1; r <= ROWS; r++) {
      int rows = r;
      tile1[r] =
          part(rows * 8, (x, y) -> Tile1.run(rows, 8, x, 0, 8, x, 0, y, 0, lanes, y, 0, lanes));
      tile2[r] =
          part(
              rows * 16,
              (x, y) -> Tile2.run(rows, 8, x, 0, 8, x, 0, y, 0, 2 * lanes, y, 0, 2 * lanes));
      tile4[r] =
          part(
              rows * 32,
              (x, y) -> Tile4.run(rows, 8, x, 0, 8, x, 0, y, 0, 4 * lanes, y, 0, 4 * lanes));
      if (r > 1) {
        gather[r] =
            part(
                rows * 16,
                (x, y) -> GatherTile.run(rows, 8, x, 0, 8, x, 0, at, x, 0, y, 0, 2 * lanes));
      }
    }
  }

  private static ThreadPoolExecutor background() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "sardonyx warm-up");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private Part part(Sample sample) {
    return part(VECTORS, sample);
  }

  /** Returns the part of a loop that takes so many vectors of work on small arrays. */
  Part part(int vectors, Sample sample) {
    return new Part(this, vectors, sample);
  }

  Part of(Unary f) {
    Part part = unary.get(f);
    if (part == null) {
      throw new IllegalArgumentException(f.toString());
    }
    return part;
  }

  /** Returns the part for products of this many rows whose right-hand rows lie anywhere. */
  Part gather(int rows) {
    return gather[rows];
  }

  /** Returns the part for tiles of this many vectors and rows. */
  Part tile(int vectors, int rows) {
    return (vectors == 4 ? tile4 : vectors == 2 ? tile2 : tile1)[rows];
  }
}
