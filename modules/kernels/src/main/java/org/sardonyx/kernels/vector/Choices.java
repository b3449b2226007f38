package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Loops between floats and bytes, over whole vectors. */
final class Choices {

  /** Fewer bytes than these are no vector. */
  private static final int LEAST = 8;

  /** As many bytes as a vector has floats. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Byte.SIZE * Math.max(LEAST, LANES)));

  /** Adding and taking away this rounds a float below 2^22 to an integer, half to even. */
  private static final float ROUNDING = 0x1.8p23f;

  /**
   * So far from an integer, 2^-10 from a half, a number of at most 511 that is wrong by 2^-14 has
   * the same nearest integer.
   */
  private static final float NEAR_HALF = 0.499f;

  private Choices() {}

  /** Returns how many of n elements these loops can do. */
  static int whole(int n) {
    return LANES < LEAST ? 0 : n - n % LANES;
  }

  static void compare(
      boolean less,
      boolean equal,
      float[] a,
      int ao,
      float[] b,
      int bo,
      byte[] y,
      int yo,
      int whole) {
    byte lessValue = (byte) (less ? 1 : 0);
    byte equalValue = (byte) (equal ? 1 : 0);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector l = load(a, ao + i);
      FloatVector r = load(b, bo + i);
      ByteVector.zero(BYTES)
          .blend(lessValue, l.compare(LT, r).cast(BYTES))
          .blend(equalValue, l.compare(EQ, r).cast(BYTES))
          .intoArray(y, yo + i);
    }
  }

  static void select(
      byte[] c, int co, float[] a, int ao, float[] b, int bo, float[] y, int yo, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(b, bo + i)
          .blend(
              load(a, ao + i),
              ByteVector.fromArray(BYTES, c, co + i).compare(NE, 0).cast(Elementary.S))
          .intoArray(y, yo + i);
    }
  }

  static void gather(float[] x, int xo, int[] map, int mo, float[] y, int yo, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(Elementary.S, x, xo, map, mo + i).intoArray(y, yo + i);
    }
  }

  static void quantize(
      float[] x, int xo, float scale, int zero, int low, byte[] y, int yo, int whole) {
    float least = low - zero;
    float inverse = 1 / scale;
    // Between these, products with the inverse are as near to quotients as floats can be.
    float near = Math.abs(scale) > 1e-30f && Math.abs(scale) < 1e30f ? NEAR_HALF : -1;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = UnaryLoops.clamp(load(x, xo + i).mul(inverse), least, least + 255);
      FloatVector far = v.sub(v.add(ROUNDING).sub(ROUNDING)).abs();
      if (!far.compare(LE, near).allTrue()) {
        v = UnaryLoops.clamp(load(x, xo + i).div(scale), least, least + 255);
      }
      // The lowest bits of the sum are those of the nearest integer.
      v.blend(0, v.compare(NE, v))
          .add(ROUNDING)
          .reinterpretAsInts()
          .add(zero)
          .convertShape(VectorOperators.I2B, BYTES, 0)
          .reinterpretAsBytes()
          .intoArray(y, yo + i);
    }
  }

  static void dequantize(
      byte[] x, int xo, boolean signed, int zero, float scale, float[] y, int yo, int whole) {
    // Unsigned bytes with the other first bit are signed ones, 128 less.
    byte flip = (byte) (signed ? 0 : 0x80);
    float base = signed ? zero : zero - 128;
    for (int i = 0; i < whole; i += LANES) {
      ByteVector.fromArray(BYTES, x, xo + i)
          .lanewise(VectorOperators.XOR, flip)
          .convertShape(VectorOperators.B2F, Elementary.S, 0)
          .reinterpretAsFloats()
          .sub(base)
          .mul(scale)
          .intoArray(y, yo + i);
    }
  }
}
