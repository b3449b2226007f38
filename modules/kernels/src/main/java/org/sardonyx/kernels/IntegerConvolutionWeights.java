package org.sardonyx.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of a convolution of integers of at most 8 bits, less their zero points, as floats,
 * which hold them exactly; in slices of so many input channels that sums of their products with
 * anything in [-255, 255] are exact in float too, in whatever order. Any number of threads may use
 * one.
 */
public final class IntegerConvolutionWeights {

  /** Up to here floats hold every integer. */
  private static final int EXACT = 1 << 24;

  private static final int LARGEST = 255;

  /** Some input channels, of every group if there are several. */
  record Slice(int channel, int channels, ConvolutionWeights weights) {}

  private final float[] values;
  private final List<Slice> slices;

  /**
   * Keeps weights.
   *
   * @param values [features, channels / group, taps] less their zero points; kept, not copied
   */
  public IntegerConvolutionWeights(float[] values, int group, int features, int taps) {
    this.values = values;
    int depth = features == 0 ? 0 : values.length / features;
    this.slices = depth == 0 ? List.of() : slices(values, group, features, depth, taps);
  }

  /** Returns the weights; not to be changed. */
  float[] values() {
    return values;
  }

  /** Returns the slices; none where no slice of whole channels is exact. */
  List<Slice> slices() {
    return slices;
  }

  private static List<Slice> slices(float[] values, int group, int features, int depth, int taps) {
    int channels = depth / taps;
    List<Slice> slices = new ArrayList<>();
    float[] sums = new float[features];
    int first = 0;
    for (int c = 0; c < channels; c++) {
      if (!fits(values, features, depth, c * taps, taps, sums)) {
        if (c == first || group > 1) {
          return List.of();
        }
        slices.add(slice(values, features, depth, first, c, taps));
        Arrays.fill(sums, 0);
        first = c--;
      }
    }
    slices.add(
        first == 0
            ? new Slice(0, channels * group, new ConvolutionWeights(values, group, features, depth))
            : slice(values, features, depth, first, channels, taps));
    return List.copyOf(slices);
  }

  /** Adds what the weights of one channel can give, and says whether sums stay exact with it. */
  private static boolean fits(
      float[] values, int features, int depth, int at, int taps, float[] sums) {
    boolean fits = true;
    for (int m = 0; m < features; m++) {
      for (int t = 0; t < taps; t++) {
        sums[m] += Math.abs(values[m * depth + at + t]) * LARGEST;
      }
      fits &= sums[m] < EXACT;
    }
    return fits;
  }

  private static Slice slice(float[] values, int features, int depth, int from, int to, int taps) {
    int length = (to - from) * taps;
    float[] part = new float[features * length];
    for (int m = 0; m < features; m++) {
      System.arraycopy(values, m * depth + from * taps, part, m * length, length);
    }
    return new Slice(from, to - from, new ConvolutionWeights(part, 1, features, length));
  }
}
