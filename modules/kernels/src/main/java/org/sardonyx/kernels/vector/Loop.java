package org.sardonyx.kernels.vector;

/**
 * A loop that C2 is to compile alone. Where it took such a loop into what calls it, and that into
 * what calls that, it came to the end of what it inlines into one method, and vectors of whatever
 * was left became objects. {@link Part#run} calls all of these at one place, which so has seen too
 * many of them to take any of them in.
 */
@FunctionalInterface
interface Loop {

  /**
   * Runs over n elements; what places mean is for each loop to say.
   *
   * @param p a second place in x
   * @param q a third place in x
   * @return the result where it is one number
   */
  float run(int n, float[] x, int xo, int p, int q, float[] y, int yo, float[] z, int zo);
}
