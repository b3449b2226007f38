package org.sardonyx.runtime;

import java.util.Arrays;

/**
 * Tells when calls no longer become faster: when the fastest calls of three slices in a row lie
 * within a twentieth of each other. Compilers make calls faster in steps, so one slice says
 * nothing; what else the machine does makes most calls slower, seldom all of a slice.
 */
public final class Pace {

  private static final int SLICES = 3;
  private static final double WITHIN = 0.05;

  private final double[] last = new double[SLICES];
  private int slices;

  public Pace() {}

  /** Adds the times of the calls of a slice and returns whether they have settled. */
  public boolean add(long[] nanos) {
    last[slices++ % SLICES] = Arrays.stream(nanos).min().orElseThrow();
    double most = Arrays.stream(last).max().orElseThrow();
    double least = Arrays.stream(last).min().orElseThrow();
    return slices >= SLICES && most - least <= WITHIN * least;
  }
}
