package org.sardonyx.kernels;

import java.util.Arrays;

/**
 * Convolution of integers of at most 8 bits with sums in int, which wrap; padding is the zero
 * point. Exact, see {@link IntegerProduct}.
 *
 * @param shape the sizes
 */
public record IntegerConvolution(Convolution shape) {

  /** The most elements that the unfolded columns of one product take. */
  private static final int SCRATCH = 1 << 18;

  /**
   * Computes y [batch, features, out] from x [batch, channels, in].
   *
   * @param signed whether x is signed
   * @param zero the zero point of x
   * @param w the weights less their zero points, [features, channels / group, taps]
   */
  public void run(
      Kernels kernels, int batch, byte[] x, boolean signed, int zero, float[] w, int[] y) {
    Window window = shape.window();
    int in = window.inSize();
    int out = window.outSize();
    int groupIn = shape.channels() / shape.group();
    int groupOut = shape.features() / shape.group();
    int depth = groupIn * window.taps();
    Arrays.fill(y, 0, batch * shape.features() * out, 0);
    if (out == 0 || depth == 0) {
      return;
    }
    boolean pointwise = window.isPointwise();
    boolean direct = !pointwise && groupOut <= 2 && depth <= IntegerProduct.CHUNK;
    Patches patches = new Patches(window);
    float[] planes = new float[groupIn * in];
    int tile = Math.min(out, Math.max(1, SCRATCH / depth));
    float[] columns = direct || pointwise ? planes : new float[depth * tile];
    float[] sums = new float[direct ? out : groupOut * (pointwise ? out : tile)];
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < shape.group(); g++) {
        int xOffset = (n * shape.channels() + g * groupIn) * in;
        int wOffset = g * groupOut * depth;
        int yOffset = (n * shape.features() + g * groupOut) * out;
        IntegerProduct.widen(x, xOffset, signed, zero, planes, 0, groupIn * in);
        if (direct) {
          direct(kernels, patches, planes, w, wOffset, sums, y, yOffset);
          continue;
        }
        int step = pointwise ? out : tile;
        for (int p = 0; p < out; p += step) {
          int width = Math.min(step, out - p);
          if (!pointwise) {
            patches.unfold(planes, 0, groupIn, p, p + width, columns);
          }
          for (int q = 0; q < depth; q += IntegerProduct.CHUNK) {
            int length = Math.min(IntegerProduct.CHUNK, depth - q);
            IntegerProduct.chunk(
                kernels,
                groupOut,
                width,
                length,
                w,
                wOffset + q,
                depth,
                columns,
                q * width,
                width,
                sums,
                y,
                yOffset + p,
                out);
          }
        }
      }
    }
  }

  private void direct(
      Kernels kernels,
      Patches patches,
      float[] planes,
      float[] w,
      int wOffset,
      float[] sums,
      int[] y,
      int yOffset) {
    Window window = shape.window();
    int taps = window.taps();
    int groupIn = shape.channels() / shape.group();
    for (int m = 0; m < shape.features() / shape.group(); m++) {
      Arrays.fill(sums, 0);
      for (int c = 0; c < groupIn; c++) {
        for (int t = 0; t < taps; t++) {
          float weight = w[wOffset + (m * groupIn + c) * taps + t];
          patches.accumulate(kernels, planes, c * window.inSize(), t, weight, sums, 0);
        }
      }
      IntegerProduct.add(sums, 0, y, yOffset + m * sums.length, sums.length);
    }
  }
}
