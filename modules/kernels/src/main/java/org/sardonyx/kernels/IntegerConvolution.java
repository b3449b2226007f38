package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Convolution of integers of at most 8 bits with sums in int, which wrap; padding is the zero
 * point. Exact, by way of the convolution of floats. Laid out for one shape of input; any number of
 * threads may use one.
 */
public final class IntegerConvolution {

  /** The most elements that the unfolded columns of one product take. */
  private static final int SCRATCH = 1 << 18;

  private final Convolution shape;
  private final IntegerConvolutionWeights weights;
  private final FloatConvolution[] parts;
  private final int planes;
  private final int sums;

  /** Lays out a convolution. */
  public IntegerConvolution(Convolution shape, IntegerConvolutionWeights weights) {
    this.shape = shape;
    this.weights = weights;
    this.planes = shape.channels() * shape.window().inSize();
    this.sums = shape.features() * shape.window().outSize();
    this.parts =
        weights.slices().stream()
            .map(slice ->
                new FloatConvolution(
                    new Convolution(
                        shape.window(), shape.group(), slice.channels(), shape.features())))
            .toArray(FloatConvolution[]::new);
  }

  private int inner() {
    int most = 0;
    for (FloatConvolution part : parts) {
      most = Math.max(most, part.scratch());
    }
    return most;
  }

  /** Returns the floats of scratch that {@link #run} needs. */
  public int scratch() {
    return Math.addExact(Math.addExact(inner(), planes), parts.length == 0 ? 0 : sums);
  }

  /**
   * Computes y [batch, features, out] from x [batch, channels, in].
   *
   * @param signed whether x is signed
   * @param zero the zero point of x
   * @param scratch at least {@link #scratch} floats
   */
  public void run(
      Kernels kernels, int batch, byte[] x, boolean signed, int zero, int[] y, float[] scratch) {
    int inner = inner();
    int in = shape.window().inSize();
    for (int n = 0; n < batch; n++) {
      kernels.dequantize(x, n * planes, signed, zero, 1, scratch, inner, planes);
      if (parts.length == 0) {
        unfolded(kernels, scratch, inner, y, n * sums);
      }
      for (int i = 0; i < parts.length; i++) {
        IntegerConvolutionWeights.Slice slice = weights.slices().get(i);
        int to = inner + planes;
        parts[i].run(
            kernels,
            1,
            scratch,
            inner + slice.channel() * in,
            slice.weights(),
            null,
            scratch,
            to,
            scratch);
        if (i == 0) {
          set(scratch, to, y, n * sums, sums);
        } else {
          IntegerProduct.add(scratch, to, y, n * sums, sums);
        }
      }
    }
  }

  private static void set(float[] from, int offset, int[] to, int toOffset, int n) {
    for (int i = 0; i < n; i++) {
      to[toOffset + i] = (int) from[offset + i];
    }
  }

  /** One image, with the windows copied to columns and summed up a few at a time. */
  private void unfolded(Kernels kernels, float[] planes, int offset, int[] y, int start) {
    Window window = shape.window();
    int in = window.inSize();
    int out = window.outSize();
    int groupIn = shape.channels() / shape.group();
    int groupOut = shape.features() / shape.group();
    int depth = groupIn * window.taps();
    Arrays.fill(y, start, start + sums, 0);
    if (out == 0 || depth == 0) {
      return;
    }
    Patches patches = new Patches(window);
    int tile = Math.min(out, Math.max(1, SCRATCH / depth));
    float[] columns = new float[depth * tile];
    float[] products = new float[groupOut * tile];
    for (int g = 0; g < shape.group(); g++) {
      for (int p = 0; p < out; p += tile) {
        int width = Math.min(tile, out - p);
        patches.unfold(planes, offset + g * groupIn * in, groupIn, p, p + width, columns);
        for (int q = 0; q < depth; q += IntegerProduct.CHUNK) {
          int length = Math.min(IntegerProduct.CHUNK, depth - q);
          IntegerProduct.chunk(
              kernels,
              groupOut,
              width,
              length,
              weights.values(),
              g * groupOut * depth + q,
              depth,
              columns,
              q * width,
              width,
              products,
              y,
              start + g * groupOut * out + p,
              out);
        }
      }
    }
  }
}
