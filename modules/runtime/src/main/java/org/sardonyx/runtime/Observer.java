package org.sardonyx.runtime;

import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Value;

/**
 * Sees what the runs of a session do, see {@link SessionOptions#withObserver}. Runs of several
 * threads call it at the same time; what it throws ends the run as a fault of this library would.
 */
public interface Observer {

  /** Called before a step; what it returns comes back after it. */
  default @Nullable Object begins(Place place) {
    return null;
  }

  /**
   * Called after a step.
   *
   * @param begun what {@link #begins} returned
   * @param inputs the inputs; null where one is absent, or a constant that was packed
   * @param outputs the outputs; null where nobody wants one. To be looked at, not kept
   * @param start when it began, by {@link System#nanoTime}
   * @param nanos what it took, the graphs inside it included
   * @param own what it took, the graphs inside it not included
   */
  void ends(
      Place place,
      @Nullable Object begun,
      @Nullable Value[] inputs,
      @Nullable Value[] outputs,
      long start,
      long nanos,
      long own);

  /** Called after a run of the whole model. */
  default void ran(long start, long nanos) {}
}
