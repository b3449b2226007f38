package org.sardonyx.operators.logic;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Comparisons of two tensors, for every type that has an order or equality. */
enum Comparison {
  EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL;

  void infer(Inference in, Alignment alignment) {
    in.shape(0, alignment.shape(in.shape(0), in.shape(1)));
    if (alignment.numpy()) {
      List<Dim> dims = Dims.zip(this::decide, Dims.of(in, 0), Dims.of(in, 1));
      if (dims != null) {
        in.dims(0, dims);
      }
    }
  }

  private Dim decide(Dim a, Dim b) {
    Boolean holds = holds(a, b);
    return holds == null ? Dim.UNKNOWN : Dim.of(holds ? 1 : 0);
  }

  private @Nullable Boolean holds(Dim a, Dim b) {
    if (a instanceof Dim.Known(long x) && b instanceof Dim.Known(long y)) {
      return holds(Long.compare(x, y));
    }
    if (a.sameAs(b)) {
      return holds(0);
    }
    if (a instanceof Dim.Known(long x) && x < 0 && Dims.isNotNegative(b)) {
      return holds(-1);
    }
    if (b instanceof Dim.Known(long y) && y < 0 && Dims.isNotNegative(a)) {
      return holds(1);
    }
    return null;
  }

  private boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  void run(Invocation in, Alignment alignment) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(1);
    int[] aShape = a.shape();
    int[] bShape = alignment.align(aShape, b.shape());
    int[] shape = Broadcast.shape(aShape, bShape);
    byte[] y = in.output(0, DataType.BOOL, shape).bytes();
    switch (this) {
      case GREATER -> LESS.rows(in, b, a, BroadcastLoop.of(shape, bShape, aShape), y);
      case GREATER_OR_EQUAL ->
          LESS_OR_EQUAL.rows(in, b, a, BroadcastLoop.of(shape, bShape, aShape), y);
      default -> rows(in, a, b, BroadcastLoop.of(shape, aShape, bShape), y);
    }
  }

  private void rows(Invocation in, Tensor a, Tensor b, BroadcastLoop loop, byte[] y) {
    int as = loop.step(0);
    int bs = loop.step(1);
    switch (a.dataType()) {
      case FLOAT, FLOAT16, BFLOAT16 -> {
        float[] l = a.toFloats();
        float[] r = b.toFloats();
        loop.each(in, (o, at, n) -> floats(l, at[0], as, r, at[1], bs, y, o, n));
      }
      case DOUBLE -> {
        double[] l = a.doubles();
        double[] r = b.doubles();
        loop.each(in, (o, at, n) -> doubles(l, at[0], as, r, at[1], bs, y, o, n));
      }
      case STRING -> {
        String[] l = a.strings();
        String[] r = b.strings();
        loop.each(
            in,
            (o, at, n) -> {
              for (int i = 0; i < n; i++) {
                y[o + i] = bit(l[at[0] + i * as].equals(r[at[1] + i * bs]));
              }
            });
      }
      default -> {
        long[] l = a.toLongs();
        long[] r = b.toLongs();
        // Flipping the highest bit turns the order of unsigned numbers into that of signed ones.
        long flip = a.dataType() == DataType.UINT64 ? Long.MIN_VALUE : 0;
        loop.each(in, (o, at, n) -> longs(l, at[0], as, r, at[1], bs, flip, y, o, n));
      }
    }
  }

  private void floats(
      float[] a, int aOffset, int as, float[] b, int bOffset, int bs, byte[] y, int o, int n) {
    switch (this) {
      case EQUAL -> {
        for (int i = 0; i < n; i++) {
          y[o + i] = bit(a[aOffset + i * as] == b[bOffset + i * bs]);
        }
      }
      case LESS -> {
        for (int i = 0; i < n; i++) {
          y[o + i] = bit(a[aOffset + i * as] < b[bOffset + i * bs]);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          y[o + i] = bit(a[aOffset + i * as] <= b[bOffset + i * bs]);
        }
      }
    }
  }

  private void doubles(
      double[] a, int aOffset, int as, double[] b, int bOffset, int bs, byte[] y, int o, int n) {
    for (int i = 0; i < n; i++) {
      double l = a[aOffset + i * as];
      double r = b[bOffset + i * bs];
      y[o + i] = bit(this == EQUAL ? l == r : this == LESS ? l < r : l <= r);
    }
  }

  private void longs(
      long[] a,
      int aOffset,
      int as,
      long[] b,
      int bOffset,
      int bs,
      long flip,
      byte[] y,
      int o,
      int n) {
    for (int i = 0; i < n; i++) {
      long l = a[aOffset + i * as] ^ flip;
      long r = b[bOffset + i * bs] ^ flip;
      y[o + i] = bit(this == EQUAL ? l == r : this == LESS ? l < r : l <= r);
    }
  }

  private static byte bit(boolean value) {
    return (byte) (value ? 1 : 0);
  }
}
