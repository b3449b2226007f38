package org.sardonyx.conformance.mutate;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;

/** Gives files to a reader, and sees how each ends and what it costs. Used by one thread. */
public final class Trial {

  private static final int MOST_STEPS = 2000;
  private static final long MOST_NANOS_TO_SHRINK = 20_000_000_000L;
  private static final int FRAMES = 6;
  private static final String SLOW = "\nslow";
  private static final String LARGE = "\nlarge";

  private final Target target;
  private final long mostNanos;
  private final long mostBytes;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final AtomicLong begun = new AtomicLong();
  private long refused;
  private long slowest;
  private long largest;

  /**
   * @param mostNanos of processor time for one file
   * @param mostBytes allocated for one file
   */
  public Trial(Target target, long mostNanos, long mostBytes) {
    this.target = target;
    this.mostNanos = mostNanos;
    this.mostBytes = mostBytes;
  }

  /** Returns how many files were begun, those of shrinking too; for any thread. */
  long begun() {
    return begun.get();
  }

  /** Returns how many ended with a {@link ModelException}. */
  long refused() {
    return refused;
  }

  /** Returns the most nanoseconds of processor time of one. */
  long slowest() {
    return slowest;
  }

  /** Returns the most bytes allocated for one. */
  long largest() {
    return largest;
  }

  /** Begins to count anew. */
  void forget() {
    refused = 0;
    slowest = 0;
    largest = 0;
  }

  /**
   * Returns what a file does that it may not: in the first line a message, then the error and where
   * it arose; null where it is read or refused.
   */
  public @Nullable String failure(byte[] file) {
    begun.lazySet(begun.get() + 1);
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long start = threads.getCurrentThreadCpuTime();
    try {
      target.reader().read(file);
    } catch (ModelException e) {
      refused++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      return trace(e);
    }
    long nanos = threads.getCurrentThreadCpuTime() - start;
    long allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
    slowest = Math.max(slowest, nanos);
    largest = Math.max(largest, allocated);
    if (nanos > mostNanos) {
      return nanos / 1_000_000 + " ms of processor time" + SLOW;
    }
    return allocated > mostBytes ? allocated + " bytes allocated" + LARGE : null;
  }

  /** Whether a failure is one of time or of memory alone. */
  static boolean isCost(@Nullable String what) {
    return what != null && (place(what).equals(SLOW) || place(what).equals(LARGE));
  }

  /** Returns what is the same about failures of one cause: the error and where it arose. */
  static String place(String what) {
    int end = what.indexOf('\n');
    return end < 0 ? what : what.substring(end);
  }

  /** Cuts pieces out of a file as long as it fails at the same place. */
  public byte[] smaller(byte[] file, String failure) {
    long before = refused;
    byte[] best = file;
    int steps = 0;
    long until = System.nanoTime() + MOST_NANOS_TO_SHRINK;
    for (int size = Math.max(1, best.length / 2); size > 0; size /= 2) {
      for (int at = 0; at < best.length && steps < MOST_STEPS; steps++) {
        byte[] cut = Mutator.cut(best, at, Math.min(best.length, at + size));
        String what = System.nanoTime() < until ? failure(cut) : null;
        if (what != null && place(what).equals(place(failure))) {
          best = cut;
        } else {
          at += size;
        }
      }
    }
    refused = before;
    return best;
  }

  private static String trace(Throwable e) {
    StringBuilder text = new StringBuilder(String.valueOf(e.getMessage()).replace('\n', ' '));
    text.append('\n').append(e.getClass().getName());
    frames(e, text);
    Throwable cause = e.getCause();
    if (cause != null && cause != e) {
      text.append("\n caused by ").append(cause.getClass().getName());
      frames(cause, text);
    }
    return text.toString();
  }

  /** Adds where an error arose, without how we came there. */
  private static void frames(Throwable e, StringBuilder text) {
    StackTraceElement[] frames = e.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
      if (frames[i].getClassName().equals(Trial.class.getName())) {
        return;
      }
      text.append("\n  at ").append(frames[i]);
    }
  }
}
