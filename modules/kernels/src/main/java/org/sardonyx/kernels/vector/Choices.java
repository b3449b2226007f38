package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
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
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = UnaryLoops.clamp(load(x, xo + i).div(scale), least, least + 255);
      // The lowest bits of the sum are those of the nearest integer.
      v.blend(0, v.compare(NE, v))
          .add(0x1.8p23f)
          .reinterpretAsInts()
          .add(zero)
          .convertShape(VectorOperators.I2B, BYTES, 0)
          .reinterpretAsBytes()
          .intoArray(y, yo + i);
    }
  }
}
