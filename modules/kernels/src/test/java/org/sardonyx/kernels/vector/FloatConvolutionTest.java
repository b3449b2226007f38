package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.kernels.ConvolutionWeights;
import org.sardonyx.kernels.FloatConvolution;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.kernels.TransposedConvolution;
import org.sardonyx.kernels.Window;

/** Convolutions of every layout against their formula, by every implementation. */
class FloatConvolutionTest {

  private static final long SEED = Long.getLong("seed", 20261128L);
  private static final Kernels VECTOR = new VectorKernels(false);

  @Test
  void ofEveryLayout() {
    for (int i = 0; i < 600; i++) {
      long seed = SEED + i;
      try {
        compare(new SplittableRandom(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void compare(SplittableRandom random) {
    int rank = 1 + random.nextInt(3);
    int batch = 1 + random.nextInt(2) * random.nextInt(5);
    int group = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    int groupIn = 1 + random.nextInt(random.nextInt(4) == 0 ? 80 : 3);
    int groupOut = 1 + random.nextInt(random.nextInt(2) == 0 ? 40 : 8);
    Window window = window(random, rank, random.nextInt(3) == 0);
    compare(random, batch, new Convolution(window, group, group * groupIn, group * groupOut));
  }

  @Test
  void ofChannelsFarApart() {
    int[] one = {1};
    int[] none = {0};
    for (int out : new int[] {512, 700, 703}) {
      int[] size = {out};
      Window window = new Window(size, size, one, one, one, none, none);
      compare(new SplittableRandom(out), 2, new Convolution(window, 2, 140, 34));
    }
  }

  private static void compare(SplittableRandom random, int batch, Convolution shape) {
    Window window = shape.window();
    int group = shape.group();
    int groupIn = shape.channels() / group;
    int depth = groupIn * window.taps();
    float[] x = floats(random, batch * shape.channels() * window.inSize());
    float[] w = floats(random, shape.features() * depth);
    float[] bias = random.nextBoolean() ? floats(random, shape.features()) : null;
    double[] expected = naive(shape, batch, x, w, bias);
    FloatConvolution convolution = new FloatConvolution(shape);
    ConvolutionWeights weights = new ConvolutionWeights(w, group, shape.features(), depth);
    float[] scalar = dirty(expected.length);
    shape.run(Kernels.scalar(), batch, x, w, bias, scalar);
    near(expected, scalar, depth);
    float[] vector = dirty(expected.length);
    convolution.run(VECTOR, batch, x, 0, weights, bias, vector, 0, dirty(convolution.scratch()));
    near(expected, vector, depth);
    float[] again = dirty(expected.length);
    convolution.run(VECTOR, batch, x, 0, weights, bias, again, 0, dirty(convolution.scratch()));
    assertArrayEquals(vector, again);
    if (random.nextInt(20) > 0) {
      return;
    }
    float[] cold = dirty(expected.length);
    shape.run(new VectorKernels(true), batch, x, w, bias, cold);
    assertArrayEquals(vector, cold, "before the compiler is done");
  }

  @Test
  void transposes() {
    for (int i = 0; i < 400; i++) {
      long seed = SEED + i;
      SplittableRandom random = new SplittableRandom(seed);
      int group = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1;
      int channels = group * (1 + random.nextInt(5));
      int features = group * (1 + random.nextInt(12));
      int batch = 1 + random.nextInt(2);
      Window window = window(random, 1 + random.nextInt(2), false);
      Convolution shape = new Convolution(window, group, channels, features);
      float[] x = floats(random, batch * channels * window.outSize());
      float[] w = floats(random, channels * features / group * window.taps());
      float[] bias = random.nextBoolean() ? floats(random, features) : null;
      double[] expected = new double[batch * features * window.inSize()];
      shape.transposed(batch, wide(x), wide(w), bias == null ? null : wide(bias), expected);
      assertTrue(TransposedConvolution.suits(shape));
      for (Kernels kernels : new Kernels[] {Kernels.scalar(), VECTOR}) {
        TransposedConvolution transposed = new TransposedConvolution(shape, w);
        float[] y = dirty(expected.length);
        transposed.run(kernels, batch, x, bias, y, dirty(transposed.scratch()));
        near(expected, y, channels * window.taps());
      }
    }
  }

  @Test
  void channelsAlone() {
    Kernels cold = new VectorKernels(true);
    for (int i = 0; i < 1200; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      Window window = planes(random);
      int batch = 1 + random.nextInt(2);
      int channels = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9);
      Convolution shape = new Convolution(window, channels, channels, channels);
      float[] x = floats(random, batch * channels * window.inSize());
      float[] w = floats(random, channels * window.taps());
      float[] bias = floats(random, channels);
      ConvolutionWeights weights = new ConvolutionWeights(w, channels, channels, window.taps());
      FloatConvolution convolution = new FloatConvolution(shape);
      String where = window + ", -Dseed=" + (SEED + i);
      float[] y = dirty(batch * channels * window.outSize());
      float[] scratch = dirty(convolution.scratch());
      convolution.run(VECTOR, batch, x, 0, weights, bias, y, 0, scratch);
      double[] expected = naive(shape, batch, x, w, bias);
      for (int j = 0; j < y.length; j++) {
        assertEquals(expected[j], y[j], 2e-7 * (window.taps() + 4), where);
      }
      // Padding is multiplied too, by weights that may be infinite.
      sprinkle(random, x);
      sprinkle(random, w);
      float[] twin = dirty(y.length);
      convolution.run(VECTOR, batch, x, 0, weights, bias, y, 0, scratch);
      convolution.run(cold, batch, x, 0, weights, bias, twin, 0, dirty(scratch.length));
      assertArrayEquals(twin, y, where);
    }
  }

  /** Pooling by vectors has the bits of the loops that run before the compiler is done. */
  @Test
  void pooling() {
    Kernels cold = new VectorKernels(true);
    for (int i = 0; i < 1200; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      Window window = random.nextInt(3) == 0 ? planes(random) : window(random, 1 + i % 3, false);
      int planes = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9);
      float[] x = floats(random, planes * window.inSize());
      String where = window + ", -Dseed=" + (SEED + i);
      for (int special = 0; special < 2; special++) {
        float[] y = dirty(planes * window.outSize());
        float[] twin = y.clone();
        Pooling pooling = new Pooling(window);
        pooling.max(VECTOR, planes, x, y);
        pooling.max(cold, planes, x, twin);
        assertArrayEquals(twin, y, where);
        for (Pooling.Divisor divisor : Pooling.Divisor.values()) {
          pooling.average(VECTOR, planes, divisor, x, y);
          pooling.average(cold, planes, divisor, x, twin);
          assertArrayEquals(twin, y, where);
        }
        sprinkle(random, x);
      }
    }
  }

  /** Returns windows over planes as networks of images have them, of any size and padding. */
  private static Window planes(SplittableRandom random) {
    int[][] w = new int[7][2];
    int kernel = 1 + random.nextInt(7);
    int stride = 1 + random.nextInt(3);
    int dilation = random.nextInt(4) == 0 ? 2 : 1;
    for (int a = 0; a < 2; a++) {
      int extent = (kernel - 1) * dilation + 1;
      int in = 1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 20);
      int begin = random.nextInt(kernel + 1);
      int end = random.nextInt(kernel + 1) + Math.max(0, extent - in);
      int[] axis = {
        in, (in + begin + end - extent) / stride + 1, kernel, stride, dilation, begin, end
      };
      for (int s = 0; s < axis.length; s++) {
        w[s][a] = axis[s];
      }
    }
    return new Window(w[0], w[1], w[2], w[3], w[4], w[5], w[6]);
  }

  /** Puts what is no ordinary number among others. */
  private static void sprinkle(SplittableRandom random, float[] x) {
    float[] odd = {
      Float.NaN,
      Float.intBitsToFloat(0xffc00000),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      0f,
      -0f,
      -0f
    };
    for (int i = 0; i < x.length; i++) {
      if (random.nextInt(20) == 0) {
        x[i] = odd[random.nextInt(odd.length)];
      }
    }
  }

  private static double[] wide(float[] x) {
    double[] wide = new double[x.length];
    Arrays.setAll(wide, i -> x[i]);
    return wide;
  }

  private static Window window(SplittableRandom random, int rank, boolean plain) {
    int[][] w = new int[7][rank];
    for (int a = 0; a < rank; a++) {
      int kernel = plain ? 1 : 1 + random.nextInt(4);
      int stride = plain || random.nextBoolean() ? 1 : 1 + random.nextInt(3);
      int dilation = random.nextBoolean() ? 1 : 1 + random.nextInt(3);
      int begin = plain || random.nextBoolean() ? 0 : random.nextInt(4);
      int end = plain || random.nextBoolean() ? 0 : random.nextInt(4);
      int extent = (kernel - 1) * dilation + 1;
      int out = 1 + random.nextInt(rank == 1 ? 900 : a == rank - 1 ? 60 : 6);
      int in = Math.max(1, (out - 1) * stride + extent - begin - end + random.nextInt(stride));
      w[0][a] = in;
      w[1][a] = (in + begin + end - extent) / stride + 1;
      w[2][a] = kernel;
      w[3][a] = stride;
      w[4][a] = dilation;
      w[5][a] = begin;
      w[6][a] = end;
    }
    return new Window(w[0], w[1], w[2], w[3], w[4], w[5], w[6]);
  }

  private static double[] naive(
      Convolution shape, int batch, float[] x, float[] w, float @Nullable [] bias) {
    Window window = shape.window();
    int out = window.outSize();
    double[] y = new double[batch * shape.features() * out];
    shape.run(batch, wide(x), wide(w), null, y);
    for (int i = 0; i < y.length && bias != null; i++) {
      y[i] += bias[i / out % shape.features()];
    }
    return y;
  }

  private static void near(double[] expected, float[] actual, int depth) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 2e-7 * (depth + 4), "element " + i);
    }
  }

  private static float[] dirty(int n) {
    float[] x = new float[n];
    Arrays.fill(x, Float.NaN);
    return x;
  }

  private static float[] floats(SplittableRandom random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    return x;
  }
}
