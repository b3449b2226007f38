package org.sardonyx.operators;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Tensors for tests: short to write, and shown with their elements where two differ. */
public final class Tensors {

  private Tensors() {}

  public static Tensor floats(int[] shape, float... values) {
    return Tensor.of(values, shape);
  }

  public static Tensor doubles(int[] shape, double... values) {
    return Tensor.of(values, shape);
  }

  public static Tensor longs(int[] shape, long... values) {
    return Tensor.of(values, shape);
  }

  public static Tensor ints(int[] shape, int... values) {
    return Tensor.of(values, shape);
  }

  public static Tensor strings(int[] shape, String... values) {
    return Tensor.of(values, shape);
  }

  public static int[] shape(int... sizes) {
    return sizes;
  }

  /** Returns 0, 1, 2, ... */
  public static Tensor count(int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(values, shape);
  }

  /** Returns a tensor of any type whose elements have bits that differ. */
  public static Tensor random(RandomGenerator random, DataType type, int... shape) {
    Tensor tensor = Tensor.zeros(type, shape);
    switch (tensor.array()) {
      case float[] a -> Arrays.setAll(new Object[a.length], i -> a[i] = random.nextInt(1000));
      case double[] a -> Arrays.setAll(new Object[a.length], i -> a[i] = random.nextInt(1000));
      case String[] a -> Arrays.setAll(a, i -> "s" + random.nextInt(1000));
      default -> {
        for (int i = 0; i < tensor.size(); i++) {
          if (type.isFloat()) {
            tensor.setDouble(i, random.nextInt(4));
          } else {
            tensor.setLong(i, random.nextLong());
          }
        }
      }
    }
    return tensor;
  }

  /** Fails, showing both, unless type, shape and bits are the same. */
  public static void same(Tensor expected, Tensor actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + text(expected) + " but was " + text(actual));
    }
  }

  /** Fails unless type and shape are the same and elements differ by at most {@code tolerance}. */
  public static void close(Tensor expected, Tensor actual, double tolerance) {
    boolean close = expected.dataType() == actual.dataType() && expected.sameShape(actual);
    for (int i = 0; close && i < expected.size(); i++) {
      double a = expected.getDouble(i);
      double b = actual.getDouble(i);
      close = a == b || Math.abs(a - b) <= tolerance || (Double.isNaN(a) && Double.isNaN(b));
    }
    if (!close) {
      throw new AssertionError("expected " + text(expected) + " but was " + text(actual));
    }
  }

  private static String text(Tensor tensor) {
    String elements =
        switch (tensor.array()) {
          case float[] a -> Arrays.toString(a);
          case double[] a -> Arrays.toString(a);
          case long[] a -> Arrays.toString(a);
          case int[] a -> Arrays.toString(a);
          case short[] a -> Arrays.toString(a);
          case byte[] a -> Arrays.toString(a);
          case String[] a -> Arrays.toString(a);
          default -> "";
        };
    return tensor + " " + elements;
  }
}
