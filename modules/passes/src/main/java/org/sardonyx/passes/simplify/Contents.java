package org.sardonyx.passes.simplify;

import java.util.Arrays;
import org.sardonyx.error.ModelException;
import org.sardonyx.tensor.TensorData;

/** Hashes of what constants hold. */
final class Contents {

  private Contents() {}

  static int hash(TensorData data) {
    try {
      return switch (data.load().array()) {
        case float[] a -> Arrays.hashCode(a);
        case double[] a -> Arrays.hashCode(a);
        case int[] a -> Arrays.hashCode(a);
        case long[] a -> Arrays.hashCode(a);
        case short[] a -> Arrays.hashCode(a);
        case byte[] a -> Arrays.hashCode(a);
        case String[] a -> Arrays.hashCode(a);
        default -> throw new IllegalStateException();
      };
    } catch (ModelException _) {
      return System.identityHashCode(data);
    }
  }
}
