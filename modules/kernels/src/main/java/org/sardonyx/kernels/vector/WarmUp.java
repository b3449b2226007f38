package org.sardonyx.kernels.vector;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Unary;

/**
 * Which loops the compiler is done with. The first call that wants a loop has it run in the
 * background on small arrays until it is fast; the thread ends when there is nothing left to do.
 */
final class WarmUp {

  /** How long loops wait for the end of the first run. */
  private static final int DELAY_MILLIS = 500;

  private static final int ROWS = 6;
  private static final int WIDEST = 4;
  private static final int TILES = (ROWS + 1) * (WIDEST + 1);

  private final @Nullable Executor background;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final AtomicInteger waiting = new AtomicInteger();

  // Each is made when it is first asked for: a process that starts needs a few, and each of them
  // is a class. They lie in what is copied when one comes: they are looked up on the way to loops,
  // and what does more there would leave some of their vectors objects.
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

  /** Has loops be compiled from now on: a run is over that asked for some. */
  void begin() {
    begun.countDown();
  }

  /** Whether loops are cold at first. */
  boolean isCold() {
    return background != null;
  }

  /** Has something done in the background. */
  void later(Runnable task) {
    Executor executor = background;
    if (executor == null) {
      return;
    }
    waiting.incrementAndGet();
    executor.execute(() -> {
      try {
        task.run();
      } finally {
        waiting.decrementAndGet();
      }
    });
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
    Part known = more.get(f);
    Part part = known != null ? known : new Part(this, () -> Parts.of(f));
    more.put(f, part);
    unary = more;
    return part;
  }

  private synchronized Part add(Kind kind) {
    Map<Kind, Part> more = new EnumMap<>(kinds);
    Part known = more.get(kind);
    Part part = known != null ? known : new Part(this, () -> Parts.of(kind));
    more.put(kind, part);
    kinds = more;
    return part;
  }

  private synchronized Part addTile(int at, int vectors, int rows) {
    @Nullable Part[] more = tiles.clone();
    Part known = more[at];
    Part part =
        known != null
            ? known
            : new Part(
                this, () -> at < TILES ? Parts.tile(vectors, rows) : Parts.placed(vectors, rows));
    more[at] = part;
    tiles = more;
    return part;
  }

  private ThreadPoolExecutor background() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(() -> warmWhenBegun(task), "sardonyx warm-up");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private void warmWhenBegun(Runnable task) {
    try {
      boolean ended = begun.await(DELAY_MILLIS, TimeUnit.MILLISECONDS);
      if (!ended) {
        begin();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    task.run(); // the executor counts on it
  }
}
