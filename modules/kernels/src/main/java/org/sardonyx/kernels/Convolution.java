package org.sardonyx.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution over any number of spatial axes, and its transpose.
 *
 * <p>Element (m, p) of an output is the bias and the sum over (channel, tap), added in an order
 * that the shapes of one image alone decide.
 *
 * @param window where the windows lie
 * @param group the number of groups
 * @param channels input channels, of all groups
 * @param features output channels, of all groups
 */
public record Convolution(Window window, int group, int channels, int features) {

  /** The most elements that the unfolded columns of one product take. */
  private static final int SCRATCH = 1 << 18;

  /**
   * Computes {@code y[n] = w * x[n] + bias} with x [batch, channels, in], w [features, channels /
   * group, taps], bias [features] and y [batch, features, out].
   */
  public void run(
      Kernels kernels, int batch, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    FloatConvolution convolution = new FloatConvolution(this);
    int depth = channels / group * window.taps();
    ConvolutionWeights weights = new ConvolutionWeights(w, group, features, depth);
    convolution.run(kernels, batch, x, 0, weights, bias, y, 0, new float[convolution.scratch()]);
  }

  /** As {@link #run}, for any number of axes, with the windows copied to columns. */
  void unfolded(
      Kernels kernels,
      int batch,
      float[] x,
      int xStart,
      float[] w,
      float @Nullable [] bias,
      float[] y,
      int yStart) {
    int in = window.inSize();
    int out = window.outSize();
    int groupIn = channels / group;
    int groupOut = features / group;
    spread(bias, batch, out, y, yStart);
    int depth = groupIn * window.taps();
    if (out == 0 || depth == 0) {
      return;
    }
    Patches patches = new Patches(window);
    int tile = Math.min(out, Math.max(1, SCRATCH / depth));
    float[] columns = new float[depth * tile];
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < group; g++) {
        int xOffset = xStart + (n * channels + g * groupIn) * in;
        int wOffset = g * groupOut * depth;
        int yOffset = yStart + (n * features + g * groupOut) * out;
        for (int p = 0; p < out; p += tile) {
          int width = Math.min(tile, out - p);
          patches.unfold(x, xOffset, groupIn, p, p + width, columns);
          kernels.gemm(
              groupOut,
              width,
              depth,
              1,
              w,
              wOffset,
              depth,
              1,
              columns,
              0,
              width,
              1,
              y,
              yOffset + p,
              out);
        }
      }
    }
  }

  /** As {@link #run}, in double. */
  public void run(int batch, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    int in = window.inSize();
    int out = window.outSize();
    int taps = window.taps();
    int groupIn = channels / group;
    int groupOut = features / group;
    spread(bias, batch, out, y);
    Patches patches = new Patches(window);
    for (int n = 0; n < batch; n++) {
      for (int m = 0; m < features; m++) {
        int first = m / groupOut * groupIn;
        for (int c = 0; c < groupIn; c++) {
          for (int t = 0; t < taps; t++) {
            patches.accumulate(
                x,
                (n * channels + first + c) * in,
                t,
                w[(m * groupIn + c) * taps + t],
                y,
                (n * features + m) * out);
          }
        }
      }
    }
  }

  /**
   * Computes the transpose: the window is that of the convolution whose inputs are y [batch,
   * features, in] and whose outputs are x [batch, channels, out]; w [channels, features / group,
   * taps].
   */
  public void transposed(
      Kernels kernels, int batch, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int in = window.inSize();
    int out = window.outSize();
    int groupIn = channels / group;
    int groupOut = features / group;
    spread(bias, batch, in, y, 0);
    int depth = groupOut * window.taps();
    if (out == 0 || depth == 0) {
      return;
    }
    Patches patches = new Patches(window);
    int tile = Math.min(out, Math.max(1, SCRATCH / depth));
    float[] columns = new float[depth * tile];
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < group; g++) {
        int xOffset = (n * channels + g * groupIn) * out;
        int wOffset = g * groupIn * depth;
        for (int p = 0; p < out; p += tile) {
          int width = Math.min(tile, out - p);
          Arrays.fill(columns, 0, depth * width, 0);
          kernels.gemm(
              depth,
              width,
              groupIn,
              1,
              w,
              wOffset,
              1,
              depth,
              x,
              xOffset + p,
              out,
              1,
              columns,
              0,
              width);
          patches.fold(columns, groupOut, p, p + width, y, (n * features + g * groupOut) * in);
        }
      }
    }
  }

  /** As {@link #transposed}, in double. */
  public void transposed(int batch, double[] x, double[] w, double @Nullable [] bias, double[] y) {
    int in = window.inSize();
    int out = window.outSize();
    int taps = window.taps();
    int groupIn = channels / group;
    int groupOut = features / group;
    spread(bias, batch, in, y);
    Patches patches = new Patches(window);
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        int first = c / groupIn * groupOut;
        for (int m = 0; m < groupOut; m++) {
          for (int t = 0; t < taps; t++) {
            patches.scatter(
                x,
                (n * channels + c) * out,
                t,
                w[(c * groupOut + m) * taps + t],
                y,
                (n * features + first + m) * in);
          }
        }
      }
    }
  }

  private void spread(float @Nullable [] bias, int batch, int plane, float[] y, int start) {
    for (int i = 0; i < batch * features; i++) {
      int at = start + i * plane;
      Arrays.fill(y, at, at + plane, bias == null ? 0 : bias[i % features]);
    }
  }

  private void spread(double @Nullable [] bias, int batch, int plane, double[] y) {
    if (bias == null) {
      Arrays.fill(y, 0, batch * features * plane, 0);
      return;
    }
    for (int i = 0; i < batch * features; i++) {
      Arrays.fill(y, i * plane, (i + 1) * plane, bias[i % features]);
    }
  }
}
