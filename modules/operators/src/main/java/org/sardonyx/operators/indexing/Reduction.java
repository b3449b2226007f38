package org.sardonyx.operators.indexing;

import java.util.Locale;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** What the Scatter operators do where an element is updated: replace it, or combine the two. */
enum Reduction {
  NONE,
  ADD,
  MUL,
  MAX,
  MIN;

  static Reduction of(Attributes attributes) {
    return switch (attributes.getString("reduction", "none")) {
      case "none" -> NONE;
      case "add" -> ADD;
      case "mul" -> MUL;
      case "max" -> MAX;
      case "min" -> MIN;
      default ->
          throw new UnsupportedModel("reduction \"" + attributes.getString("reduction") + "\"");
    };
  }

  /**
   * Returns {@code data} with block i of the updates put into or combined with the block at {@code
   * offsets[i]}, in order of i.
   */
  void scatter(Invocation in, Tensor data, int[] offsets, Tensor updates, int block) {
    DataType type = data.dataType();
    if (this == NONE) {
      Tensor y = in.output(0, type, data.shape());
      Moves.copy(in, data, y);
      if (updates.size() == 0) {
        return;
      }
      Moves moves = Moves.of(in, updates, y);
      if (block == 1) {
        moves.put(0, offsets);
      } else {
        for (int i = 0; i < offsets.length; i++) {
          moves.copy(i * block, offsets[i], block);
        }
      }
      moves.done();
      return;
    }
    switch (type.kind()) {
      case STRING, COMPLEX ->
          throw new UnsupportedModel(
              "reduction \"" + name().toLowerCase(Locale.ROOT) + "\" of " + type.specName());
      case FLOAT -> {
        if (type == DataType.DOUBLE) {
          double[] y = data.doubles().clone();
          combine(y, offsets, updates.doubles(), block);
          in.set(0, Tensor.of(type, y, data.shape()));
        } else {
          float[] x = data.toFloats();
          boolean whole = type == DataType.FLOAT;
          float[] y = whole ? in.outputLike(0, type, data).floats() : x;
          if (whole) {
            System.arraycopy(x, 0, y, 0, x.length);
          }
          combine(in.kernels(), y, offsets, updates.toFloats(), block);
          if (!whole) {
            in.set(0, Tensor.fromFloats(type, y, data.shape()));
          }
        }
      }
      default -> {
        long[] x = data.toLongs();
        long[] y = x == data.array() ? x.clone() : x;
        combine(y, offsets, updates.toLongs(), block, type == DataType.UINT64);
        in.set(0, Tensor.fromLongs(type, y, data.shape()));
      }
    }
  }

  private void combine(Kernels kernels, float[] y, int[] offsets, float[] updates, int block) {
    if (block == 1 && this == ADD) {
      for (int i = 0; i < offsets.length; i++) {
        y[offsets[i]] += updates[i];
      }
      return;
    }
    Binary f =
        switch (this) {
          case MUL -> Binary.MUL;
          case MAX -> Binary.MAX;
          case MIN -> Binary.MIN;
          case ADD -> Binary.ADD;
          case NONE -> throw new IllegalStateException(); // scatter moves those
        };
    for (int i = 0; i < offsets.length; i++) {
      kernels.binary(f, y, offsets[i], updates, i * block, y, offsets[i], block);
    }
  }

  private void combine(double[] y, int[] offsets, double[] updates, int block) {
    for (int i = 0; i < offsets.length; i++) {
      for (int j = 0; j < block; j++) {
        int to = offsets[i] + j;
        double u = updates[i * block + j];
        y[to] =
            switch (this) {
              case NONE -> u;
              case ADD -> y[to] + u;
              case MUL -> y[to] * u;
              case MAX -> Math.max(y[to], u);
              case MIN -> Math.min(y[to], u);
            };
      }
    }
  }

  private void combine(long[] y, int[] offsets, long[] updates, int block, boolean unsigned) {
    long flip = unsigned ? Long.MIN_VALUE : 0;
    for (int i = 0; i < offsets.length; i++) {
      for (int j = 0; j < block; j++) {
        int to = offsets[i] + j;
        long u = updates[i * block + j];
        y[to] =
            switch (this) {
              case NONE -> u;
              case ADD -> y[to] + u;
              case MUL -> y[to] * u;
              case MAX -> Math.max(y[to] ^ flip, u ^ flip) ^ flip;
              case MIN -> Math.min(y[to] ^ flip, u ^ flip) ^ flip;
            };
      }
    }
  }
}
