package org.sardonyx.passes.simplify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** What constants hold. */
public final class Contents {

  private Contents() {}

  /** Returns a constant; null where its data are not there. */
  public static @Nullable Tensor load(TensorData data) {
    try {
      return data.load();
    } catch (ModelException _) {
      return null;
    }
  }

  static int hash(TensorData data) {
    try {
      Object array = data.load().array();
      // What is usual, before a switch that takes milliseconds at first.
      if (array instanceof float[] a) {
        return Arrays.hashCode(a);
      }
      if (array instanceof byte[] a) {
        return Arrays.hashCode(a);
      }
      if (array instanceof long[] a) {
        return Arrays.hashCode(a);
      }
      return switch (array) {
        case double[] a -> Arrays.hashCode(a);
        case int[] a -> Arrays.hashCode(a);
        case short[] a -> Arrays.hashCode(a);
        case String[] a -> Arrays.hashCode(a);
        default -> throw new IllegalStateException();
      };
    } catch (ModelException _) {
      return System.identityHashCode(data);
    }
  }
}
