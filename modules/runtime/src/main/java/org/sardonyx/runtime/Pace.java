package org.sardonyx.runtime;

import java.util.Arrays;

/**
 * Tells when calls no longer become faster: when the medians of three slices of calls in a row lie
 * within a twentieth of each other. Compilers make calls faster in steps, so one slice says
 * nothing.
 */
public final class Pace {

  private static final int SLICES = 3;
  private static final double WITHIN = 0.05;

  private final double[] last = new double[SLICES];
  private int slices;

  public Pace() {}

  /** Adds the times of the calls of a slice and returns whether they have settled. */
  public boolean add(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    last[slices++ % SLICES] = sorted[sorted.length / 2];
    double most = Arrays.stream(last).max().orElseThrow();
    double least = Arrays.stream(last).min().orElseThrow();
    return slices >= SLICES && most - least <= WITHIN * least;
  }
}
