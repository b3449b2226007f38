package org.sardonyx.kernels.vector;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.PackedMatrix;
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
    private final Loop loop;
    private final int vectors;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private volatile boolean ready;
    private int tries;

    private Part(WarmUp owner, int vectors, Sample sample, Loop loop) {
      this.loop = loop;
      this.owner = owner;
      this.vectors = vectors;
      this.sample = sample;
      this.ready = owner.background == null;
    }

    /** Whether the loop is fast; where not, sees to it that it will be. */
    boolean isReady() {
      Executor background = owner.background;
      if (!ready && background != null && wanted.compareAndSet(false, true)) {
        owner.waiting.incrementAndGet();
        background.execute(this::warm);
      }
      return ready;
    }

    /** Runs the loop where C2 does not take it into its caller: see {@link Loop}. */
    float run(int n, float[] x, int xo, int p, int q, float[] y, int yo, float[] z, int zo) {
      return call(loop, n, x, xo, p, q, y, yo, z, zo);
    }

    private static float call(
        Loop loop, int n, float[] x, int xo, int p, int q, float[] y, int yo, float[] z, int zo) {
      return loop.run(n, x, xo, p, q, y, yo, z, zo);
    }

    /** As the other one, of a loop from one array to another. */
    float run(int n, float[] x, int xo, float[] y, int yo) {
      return call(loop, n, x, xo, 0, 0, y, yo, y, yo);
    }

    private void warm() {
      try {
        ready = isFast();
      } finally {
        // What took too long or failed, perhaps for want of memory, begins anew when it is wanted.
        tries++;
        wanted.set(ready || tries == MOST_TRIES);
        owner.waiting.decrementAndGet();
      }
    }

    /** Runs the loop until each of its vectors takes tens of nanoseconds, not thousands. */
    private boolean isFast() {
      // Of every kind that loops distinguish: code for the other kind would not be compiled.
      float[] x = new float[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        x[i] = i / UnaryLoops.LANES % 2 == 0 ? i % 31 - 15 : i % 19 - 3;
      }
      float[] y = new float[LENGTH];
      for (int i = 0; i < SEEN; i++) {
        for (Loop other : OTHERS) {
          call(other, 0, x, 0, 0, 0, y, 0, y, 0);
        }
      }
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
          return false;
        }
      }
      return true;
    }
  }

  static final int LENGTH = 64 * UnaryLoops.LANES;
  private static final int CALLS = 16;
  private static final int ENOUGH = 3;

  /** GELU takes 21 where nothing else runs; loops that are not compiled take hundreds and more. */
  private static final int FAST_NANOS = 60;

  private static final int SEEN = 3000;
  private static final int PATIENCE_SECONDS = 30;
  private static final int MOST_TRIES = 3;
  private static final int VECTORS = 8;
  private static final int ROWS = 6;
  private static final int WIDEST = 4;
  private static final int TILES = (ROWS + 1) * (WIDEST + 1);

  /** What the place that calls loops has seen first: enough not to take any of them in. */
  private static final Loop[] OTHERS = {
    (n, _, _, _, _, _, _, _, _) -> n,
    (n, _, _, _, _, _, _, _, _) -> n + 1,
    (n, _, _, _, _, _, _, _, _) -> n + 2,
  };

  /** What loops there are, besides those of {@link Unary} and the tiles. */
  enum Kind {
    SUM,
    DOT,
    MAX,
    MIN,

    /** {@link Sums#greatest}. */
    GREATEST,

    /** {@link Sums#powers}. */
    POWERS,

    /** {@link Sums#divide}. */
    DIVIDE,

    /** {@link UnaryLoops#logistic}. */
    LOGISTIC,

    CLAMP,
    TAKE,

    /** All of {@link Gather}. */
    GATHER,

    /** All of {@link Taps}. */
    TAPS,

    /** {@link Tile2#wide}. */
    WIDE,

    /** {@link Stripes#row}. */
    STRIPES,

    /** All of {@link Strip}. */
    STRIPS,

    /** All of {@link Pairs}. */
    PAIRS,

    /** {@link Cells#cell}: of gates i, f and g to c. */
    CELL,

    /** {@link Cells#output}: of gate o and c to h. */
    OUTPUT,

    /** {@link Cells#mix}: of gates z and g to h. */
    MIX
  }

  // Each is made when it is first asked for: a process that starts needs a few, and each of them
  // is a class. They lie in what is copied when one comes: loops are called from here, and what
  // does more on the way to them would leave some of their vectors objects.
  private final @Nullable Executor background;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Map<Unary, Part> unary = new EnumMap<>(Unary.class);
  private volatile Map<Kind, Part> kinds = new EnumMap<>(Kind.class);
  private volatile @Nullable Part[] tiles = new @Nullable Part[2 * TILES];

  /**
   * Makes one whose loops are cold at first.
   *
   * @param cold whether they are; else all are ready
   */
  WarmUp(boolean cold) {
    background = cold ? background() : null;
  }

  /** Whether no loop waits to become fast. */
  boolean isIdle() {
    return waiting.get() == 0;
  }

  /** Returns the part of a function. */
  Part of(Unary f) {
    Part part = unary.get(f);
    return part != null ? part : add(f);
  }

  Part of(Kind kind) {
    Part part = kinds.get(kind);
    return part != null ? part : add(kind);
  }

  /** Returns the part for tiles of this many vectors and rows. */
  Part tile(int vectors, int rows) {
    int at = rows * (WIDEST + 1) + vectors;
    Part part = tiles[at];
    return part != null ? part : addTile(at, vectors, rows);
  }

  /** As {@link #tile}, of {@link Placed4} and {@link Placed2}. */
  Part placed(int vectors, int rows) {
    int at = TILES + rows * (WIDEST + 1) + vectors;
    Part part = tiles[at];
    return part != null ? part : addTile(at, vectors, rows);
  }

  private synchronized Part add(Unary f) {
    Map<Unary, Part> more = new EnumMap<>(unary);
    Part part = more.computeIfAbsent(f, this::make);
    unary = more;
    return part;
  }

  private synchronized Part add(Kind kind) {
    Map<Kind, Part> more = new EnumMap<>(kinds);
    Part part = more.computeIfAbsent(kind, this::make);
    kinds = more;
    return part;
  }

  private synchronized Part addTile(int at, int vectors, int rows) {
    @Nullable Part[] more = tiles.clone();
    Part known = more[at];
    Part part =
        known != null ? known : at < TILES ? makeTile(vectors, rows) : makePlaced(vectors, rows);
    more[at] = part;
    tiles = more;
    return part;
  }

  private Part make(Unary f) {
    return switch (f) {
      case RELU ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.relu(x, xo, y, yo, n);
            return 0;
          });
      case EXP ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.exp(x, xo, y, yo, n);
            return 0;
          });
      case LOG ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.log(x, xo, y, yo, n);
            return 0;
          });
      case SIGMOID ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.sigmoid(x, xo, y, yo, n);
            return 0;
          });
      case TANH ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.tanh(x, xo, y, yo, n);
            return 0;
          });
      case ERF ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.erf(x, xo, y, yo, n);
            return 0;
          });
      case SOFTPLUS ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.softplus(x, xo, y, yo, n);
            return 0;
          });
      case GELU ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.gelu(x, xo, y, yo, n);
            return 0;
          });
      case GELU_TANH ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.geluTanh(x, xo, y, yo, n);
            return 0;
          });
      case SILU ->
          loop((n, x, xo, _, _, y, yo, z, zo) -> {
            UnaryLoops.silu(x, xo, y, yo, z, zo, n);
            return 0;
          });
      case ABS, NEG, SQRT, RECIPROCAL -> throw new IllegalArgumentException(f.toString());
    };
  }

  private Part make(Kind kind) {
    int lanes = UnaryLoops.LANES;
    return switch (kind) {
      case SUM -> loop((n, x, xo, _, _, _, _, _, _) -> Sums.sum(x, xo, n));
      case DOT -> loop((n, x, xo, _, _, y, yo, _, _) -> Sums.dot(x, xo, y, yo, n));
      case MAX -> loop((n, x, xo, _, _, _, _, _, _) -> Sums.max(x, xo, n));
      case MIN -> loop((n, x, xo, _, _, _, _, _, _) -> Sums.min(x, xo, n));
      case LOGISTIC -> loop((n, x, xo, _, _, y, yo, _, _) -> UnaryLoops.logistic(x, xo, y, yo, n));
      case CLAMP -> part((x, y) -> UnaryLoops.clamp(-6, 6, x, 0, y, 0, LENGTH / 8));
      case TAKE -> part((x, y) -> UnaryLoops.takeSecond(x, 0, y, 0, LENGTH / 8));
      case GREATEST ->
          loop(
              2,
              (n, x, xo, rows, _, _, _, z, zo) -> {
                Sums.greatest(n, rows, x, xo, z, zo);
                return 0;
              });
      case POWERS ->
          loop(
              2,
              (n, x, xo, rows, _, y, yo, z, zo) -> {
                Sums.powers(n, rows, x, xo, y, yo, z, zo);
                return 0;
              });
      case DIVIDE ->
          loop(
              2,
              (n, _, _, rows, _, y, yo, z, zo) -> {
                Sums.divide(n, rows, y, yo, z, zo);
                return 0;
              });
      case GATHER -> {
        int[] at = rows(8);
        yield part(
            2 * 16,
            (x, y) -> {
              Gather.panels(1, 8, x, 0, at, 0, y);
              Gather.panels(1, 8, x, 0, 2 * lanes, y);
            });
      }
      case TAPS -> {
        int[] at = rows(18);
        yield part(
            9 * 20,
            (x, y) -> {
              Taps.run(8 * lanes, 2, x, 0, x, 0, at, 1, y, 0);
              Taps.run(8 * lanes + 1, 18, x, 0, x, 0, at, 1, y, 0);
            });
      }
      case CELL ->
          loop((n, gates, i, f, g, c, co, _, _) -> {
            Cells.cell(n, gates, i, f, g, c, co);
            return 0;
          });
      case OUTPUT ->
          loop((n, gates, o, _, _, c, co, h, ho) -> {
            Cells.output(n, gates, o, c, co, h, ho);
            return 0;
          });
      case MIX ->
          loop((n, gates, z, g, _, h, ho, _, _) -> {
            Cells.mix(n, gates, z, g, h, ho);
            return 0;
          });
      case WIDE ->
          part(
              64, (x, y) -> Tile2.wide(8, x, 0, x, 0, 2 * lanes, 4 * lanes, 6 * lanes, y, 0, y, 0));
      case STRIPES -> {
        MemorySegment b =
            Stripes.copy(new PackedMatrix(8, 8 * lanes, Product.WIDTH, new float[64 * lanes]));
        yield part(64, (x, y) -> Stripes.row(8, x, 0, b, 0, y, 0, y, 0));
      }
      case PAIRS -> {
        MemorySegment ints = Stripes.room(64L * lanes);
        yield part(
            64 + 64,
            (x, y) -> {
              Pairs.row(8, x, 0, ints, 0, y, 0, y, 0);
              Pairs.widen(8, ints, 0, y);
            });
      }
      case STRIPS ->
          part(
              3 * 64,
              (x, y) -> {
                Strip.wide(8, x, 0, x, 0, 8 * lanes, y, 0, y, 0);
                for (int r = 1; r <= Strip.ROWS; r++) {
                  Strip.run(r, 8, x, 0, 8, x, 0, 2 * lanes, y, 0, 2 * lanes, y, 0, 2 * lanes);
                }
              });
    };
  }

  /** Returns where rows of one vector begin. */
  private static int[] rows(int n) {
    int[] at = new int[n];
    for (int p = 0; p < n; p++) {
      at[p] = p * UnaryLoops.LANES;
    }
    return at;
  }

  private Part makeTile(int vectors, int rows) {
    int ldc = vectors * UnaryLoops.LANES;
    int work = rows * 8 * vectors;
    return switch (vectors) {
      case 1 -> part(work, (x, y) -> Tile1.run(1, rows, 8, x, 0, 8, x, 0, y, 0, ldc, y, 0, ldc));
      case 2 -> part(work, (x, y) -> Tile2.run(1, rows, 8, x, 0, 8, x, 0, y, 0, ldc, y, 0, ldc));
      case WIDEST ->
          part(work, (x, y) -> Tile4.run(1, rows, 8, x, 0, 8, x, 0, y, 0, ldc, y, 0, ldc));
      default -> throw new IllegalArgumentException(vectors + " vectors");
    };
  }

  private Part makePlaced(int vectors, int rows) {
    int ldc = vectors * UnaryLoops.LANES;
    int[] at = rows(8);
    float[] a = new float[rows * Placed4.LDA];
    int work = rows * 8 * vectors;
    return vectors == 2
        ? part(work, (x, y) -> Placed2.run(1, rows, 8, a, 0, x, at, y, 0, ldc, y, 0, ldc))
        : part(work, (x, y) -> Placed4.run(1, rows, 8, a, 0, x, at, y, 0, ldc, y, 0, ldc));
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
    return new Part(
        this,
        vectors,
        sample,
        (_, _, _, _, _, _, _, _, _) -> {
          throw new IllegalStateException("no loop of its own");
        });
  }

  private Part loop(Loop loop) {
    return loop(LENGTH / 8, loop);
  }

  /** Returns the part of a loop over so many rows, or that has something else there. */
  private Part loop(int p, Loop loop) {
    // Not whole vectors: what is left of them is to be compiled as well.
    int n = LENGTH / 8 - 1;
    return new Part(
        this,
        VECTORS,
        (x, y) -> Part.call(loop, n, x, 0, p, LENGTH / 4, y, 0, y, LENGTH / 2),
        loop);
  }
}
