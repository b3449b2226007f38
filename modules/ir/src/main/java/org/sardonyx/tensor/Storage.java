package org.sardonyx.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.Arrays;
import org.sardonyx.error.LimitExceeded;

/** The arrays that keep the elements of tensors, see {@link Tensor}. */
final class Storage {

  private Storage() {}

  /** Returns an array for {@code size} elements. */
  static Object make(DataType type, int size) {
    int length = length(type, size);
    if (type == DataType.STRING) {
      return new String[length];
    }
    if (type == DataType.FLOAT || type == DataType.COMPLEX64) {
      return new float[length];
    }
    if (type == DataType.DOUBLE || type == DataType.COMPLEX128) {
      return new double[length];
    }
    return switch (type.bits()) {
      case 64 -> new long[length];
      case 32 -> new int[length];
      case 16 -> new short[length];
      default -> new byte[length];
    };
  }

  /** Returns the length of the array that keeps {@code size} elements. */
  static int length(DataType type, int size) {
    if (type.isPacked()) {
      return Math.toIntExact(type.byteSize(size));
    }
    if (type.kind() != DataType.Kind.COMPLEX) {
      return size;
    }
    if (size > Integer.MAX_VALUE / 2 - 8) {
      throw new LimitExceeded("elements", size + " complex elements do not fit one array");
    }
    return 2 * size;
  }

  /**
   * Refuses an array that does not keep {@code size} elements of a type.
   *
   * @param shape how many there are along each axis, for the message
   */
  static void require(DataType type, int size, Object array, int[] shape) {
    Class<?> expected = make(type, 0).getClass();
    if (array.getClass() != expected) {
      throw new IllegalArgumentException(
          "a "
              + type.specName()
              + " tensor is kept in "
              + expected.getSimpleName()
              + ", not "
              + array.getClass().getSimpleName());
    }
    int length = Array.getLength(array);
    if (length != length(type, size)) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " needs an array of "
              + length(type, size)
              + ", got "
              + length);
    }
  }

  static Object copy(Object array) {
    if (array instanceof float[] a) {
      return a.clone(); // as in sameBits
    }
    if (array instanceof long[] a) {
      return a.clone();
    }
    return switch (array) {
      case double[] a -> a.clone();
      case int[] a -> a.clone();
      case short[] a -> a.clone();
      case byte[] a -> a.clone();
      case String[] a -> a.clone();
      default -> throw new IllegalStateException();
    };
  }

  /** Whether two arrays of one kind hold the same bits. */
  static boolean sameBits(Object array, Object other) {
    // What is usual, before a switch and segments, which take milliseconds at first.
    if (array instanceof long[] a) {
      return Arrays.equals(a, (long[]) other);
    }
    if (array instanceof byte[] a) {
      return Arrays.equals(a, (byte[]) other);
    }
    if (array instanceof float[] a) {
      return sameBits(a, (float[]) other);
    }
    return switch (array) {
      case double[] a ->
          MemorySegment.ofArray(a).mismatch(MemorySegment.ofArray((double[]) other)) < 0;
      case int[] a -> Arrays.equals(a, (int[]) other);
      case short[] a -> Arrays.equals(a, (short[]) other);
      case String[] a -> Arrays.equals(a, (String[]) other);
      default -> throw new IllegalStateException();
    };
  }

  private static boolean sameBits(float[] a, float[] b) {
    boolean same = a.length == b.length;
    for (int i = 0; same && i < a.length; i++) {
      same = Float.floatToRawIntBits(a[i]) == Float.floatToRawIntBits(b[i]);
    }
    return same;
  }

  /** Returns element {@code i} of {@code bits} bits, unsigned. */
  static int packed(byte[] bytes, int bits, int i) {
    int perByte = 8 / bits;
    return (bytes[i / perByte] >> (i % perByte * bits)) & ((1 << bits) - 1);
  }

  /** Sets element {@code i} of {@code bits} bits; the last one clears what pads its byte. */
  static void setPacked(byte[] bytes, int bits, int i, boolean last, int value) {
    int perByte = 8 / bits;
    int shift = i % perByte * bits;
    int low = (1 << bits) - 1;
    int replaced = last ? -1 << shift : low << shift;
    bytes[i / perByte] = (byte) ((bytes[i / perByte] & ~replaced) | (value & low) << shift);
  }

  /** Reads integers of whole bytes, see {@link Tensor#getLongs}. */
  static void read(DataType type, Object array, int start, int n, long[] to, int at) {
    switch (array) {
      case long[] a -> System.arraycopy(a, start, to, at, n);
      case int[] a -> {
        for (int i = 0; i < n; i++) {
          to[at + i] = a[start + i];
        }
      }
      case short[] a -> {
        for (int i = 0; i < n; i++) {
          to[at + i] = a[start + i];
        }
      }
      case byte[] a -> {
        for (int i = 0; i < n; i++) {
          to[at + i] = a[start + i];
        }
      }
      default -> throw new IllegalStateException(type + " holds no integers");
    }
    if (type.kind() != DataType.Kind.SIGNED && type.bits() < Long.SIZE) {
      // In a loop of its own: of both together the compiler makes no vectors.
      long own = (1L << type.bits()) - 1;
      for (int i = 0; i < n; i++) {
        to[at + i] &= own;
      }
    }
  }

  /** Writes integers of whole bytes, see {@link Tensor#setLongs}. */
  static void write(DataType type, Object array, int start, int n, long[] from, int at) {
    switch (array) {
      case long[] a -> System.arraycopy(from, at, a, start, n);
      case int[] a -> {
        for (int i = 0; i < n; i++) {
          a[start + i] = (int) from[at + i];
        }
      }
      case short[] a -> {
        for (int i = 0; i < n; i++) {
          a[start + i] = (short) from[at + i];
        }
      }
      case byte[] a when type == DataType.BOOL -> {
        for (int i = 0; i < n; i++) {
          // The sign of what is not 0 or of its opposite.
          a[start + i] = (byte) ((from[at + i] | -from[at + i]) >>> (Long.SIZE - 1));
        }
      }
      case byte[] a -> {
        for (int i = 0; i < n; i++) {
          a[start + i] = (byte) from[at + i];
        }
      }
      default -> throw new IllegalStateException(type + " holds no integers");
    }
  }
}
