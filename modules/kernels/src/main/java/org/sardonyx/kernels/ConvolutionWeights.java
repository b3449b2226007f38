package org.sardonyx.kernels;

import org.jspecify.annotations.Nullable;

/**
 * The weights of a convolution, and what runs of it have packed of them; they belong to the kernels
 * of the first run. Any number of threads may use one.
 */
public final class ConvolutionWeights {

  private final float[] values;
  private final int group;
  private final int features;
  private final int depth;
  private final float[] zeros;
  private volatile PackedMatrix @Nullable [] packed;

  /**
   * Keeps weights.
   *
   * @param values [features, depth], depth being channels / group * taps; kept, not copied
   */
  public ConvolutionWeights(float[] values, int group, int features, int depth) {
    this.values = values;
    this.group = group;
    this.features = features;
    this.depth = depth;
    this.zeros = new float[features];
  }

  /** Returns the weights [features, depth]; not to be changed. */
  float[] values() {
    return values;
  }

  /** Returns the bias where there is none; not to be changed. */
  float[] zeros() {
    return zeros;
  }

  /**
   * Returns the weights of a group as a right-hand matrix [taps, depth / taps, features / group].
   */
  PackedMatrix packed(Kernels kernels, int g, int taps) {
    PackedMatrix[] matrices = packed;
    if (matrices == null) {
      matrices = new PackedMatrix[group];
      int n = features / group;
      float[] byTap = values;
      if (taps > 1 && taps < depth) {
        byTap = new float[values.length];
        for (int i = 0; i < features; i++) {
          for (int p = 0; p < depth; p++) {
            byTap[i * depth + p % taps * (depth / taps) + p / taps] = values[i * depth + p];
          }
        }
      }
      for (int i = 0; i < group; i++) {
        matrices[i] = kernels.pack(depth, n, byTap, i * n * depth, 1, depth);
      }
      packed = matrices;
    }
    return matrices[g];
  }
}
