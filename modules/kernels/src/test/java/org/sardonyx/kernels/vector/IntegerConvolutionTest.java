package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.IntegerConvolution;
import org.sardonyx.kernels.IntegerConvolutionWeights;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Window;

/** Integer convolutions are exact, however many products there are to a sum. */
class IntegerConvolutionTest {

  @Test
  void sumsAreExactInOneSliceInSeveralAndWithoutAny() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 60; round++) {
      int group = round % 3 == 0 ? 2 : 1;
      int taps = round % 4 == 0 ? 300 : 1 + random.nextInt(5);
      int channels = group * (1 + random.nextInt(round % 5 == 0 ? 200 : 4));
      int features = group * (1 + random.nextInt(10));
      int out = 1 + random.nextInt(40);
      int in = out + taps - 1;
      Window window =
          new Window(
              new int[] {in - 1},
              new int[] {out},
              new int[] {taps},
              new int[] {1},
              new int[] {1},
              new int[] {1},
              new int[] {0});
      Convolution shape = new Convolution(window, group, channels, features);
      int depth = channels / group * taps;
      float[] w = new float[features * depth];
      for (int i = 0; i < w.length; i++) {
        // Two in three of one sign, so that sums grow.
        w[i] = random.nextInt(3) == 0 ? -255 : 255 - random.nextInt(3);
      }
      boolean signed = random.nextBoolean();
      int zero = signed ? -128 : 0;
      byte[] x = new byte[2 * channels * (in - 1)];
      double[] wide = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (byte) (signed ? 127 - random.nextInt(9) : 255 - random.nextInt(9));
        wide[i] = (signed ? x[i] : x[i] & 0xff) - zero;
      }
      double[] weights = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        weights[i] = w[i];
      }
      double[] sums = new double[2 * features * out];
      shape.run(2, wide, weights, null, sums);
      int[] expected = new int[sums.length];
      for (int i = 0; i < sums.length; i++) {
        expected[i] = (int) sums[i];
      }
      for (Kernels kernels : new Kernels[] {Kernels.scalar(), new VectorKernels(false)}) {
        IntegerConvolution convolution =
            new IntegerConvolution(shape, new IntegerConvolutionWeights(w, group, features, taps));
        int[] y = new int[sums.length];
        convolution.run(kernels, 2, x, signed, zero, y, new float[convolution.scratch()]);
        assertArrayEquals(expected, y, kernels.name() + ", " + shape);
      }
    }
  }
}
