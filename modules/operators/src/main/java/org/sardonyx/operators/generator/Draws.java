package org.sardonyx.operators.generator;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Where the random operators get their numbers from and put them. */
final class Draws {

  private Draws() {}

  static @Nullable Float seed(Attributes attributes) {
    return attributes.has("seed") ? attributes.getFloat("seed") : null;
  }

  /** Returns a source that every run of a node with a seed begins anew. */
  static RandomGenerator source(Invocation in, @Nullable Float seed) {
    return seed == null ? in.random() : new SplittableRandom(Float.floatToIntBits(seed));
  }

  static @Nullable DataType dtype(Attributes attributes) {
    return attributes.has("dtype") ? DataType.of(attributes.getInt("dtype")) : null;
  }

  /** Returns a type that must be a floating-point one. */
  static DataType floating(DataType type) {
    if (!type.isFloat()) {
      throw new InvalidModel("random numbers of type " + type.specName());
    }
    return type;
  }

  static int[] shape(long[] shape) {
    int[] sizes = new int[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Axes.size(shape[i]);
    }
    return sizes;
  }

  static void normal(Invocation in, RandomGenerator random, float mean, float scale, Tensor y) {
    for (int i = 0; i < y.size(); i++) {
      in.checkpoint(8);
      y.setDouble(i, mean + scale * random.nextGaussian());
    }
  }

  /** Numbers that rounding takes up to {@code high} are drawn again. */
  static void uniform(Invocation in, RandomGenerator random, float low, float high, Tensor y) {
    for (int i = 0; i < y.size(); i++) {
      in.checkpoint(8);
      int tries = 0;
      do {
        y.setDouble(i, low + ((double) high - low) * random.nextDouble());
      } while (y.getDouble(i) >= high && low < high && ++tries < 100);
    }
  }
}
