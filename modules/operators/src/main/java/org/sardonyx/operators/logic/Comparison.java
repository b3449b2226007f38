package org.sardonyx.operators.logic;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Alignment;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.EvenRows;
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
    Tensor right = in.tensor(1);
    int[] bShape = alignment.align(a.shape(), right.shape());
    Tensor b = right.reshaped(bShape);
    Tensor y = in.output(0, DataType.BOOL, Broadcast.shape(a.shape(), bShape));
    switch (this) {
      case GREATER -> LESS.run(in, b, a, y);
      case GREATER_OR_EQUAL -> LESS_OR_EQUAL.run(in, b, a, y);
      default -> run(in, a, b, y);
    }
  }

  private void run(Invocation in, Tensor a, Tensor b, Tensor y) {
    DataType type = a.dataType();
    boolean less = this != EQUAL;
    boolean equal = this != LESS;
    if (type == DataType.FLOAT) {
      byte[] bytes = y.bytes();
      EvenRows.places(
          in,
          (x, at, to, n) -> {
            float[] l = (float[]) x[0];
            float[] r = (float[]) x[1];
            in.kernels().compare(less, equal, l, at[0], r, at[1], bytes, to, n);
          },
          y,
          a,
          b);
    } else if (type.isFloat() && type != DataType.DOUBLE) {
      EvenRows.run(
          in,
          true,
          false,
          (x, to, i, end) -> {
            float[] l = (float[]) x[0];
            in.kernels().compare(less, equal, l, i, (float[]) x[1], i, (byte[]) to, i, end - i);
          },
          y,
          a,
          b);
    } else if (type == DataType.DOUBLE
        || type == DataType.STRING
        || type == DataType.INT32
        || (type == DataType.BOOL && this == EQUAL)) {
      EvenRows.run(
          in,
          false,
          false,
          (x, to, start, end) -> {
            byte[] bytes = (byte[]) to;
            switch (x[0]) {
              case double[] l -> doubles(l, (double[]) x[1], bytes, start, end);
              case int[] l -> ints(l, (int[]) x[1], bytes, start, end);
              case byte[] l -> truths(l, (byte[]) x[1], bytes, start, end);
              default -> strings((String[]) x[0], (String[]) x[1], bytes, start, end);
            }
          },
          y,
          a,
          b);
    } else {
      // Flipping the highest bit turns the order of unsigned numbers into that of signed ones.
      long flip = type == DataType.UINT64 ? Long.MIN_VALUE : 0;
      EvenRows.run(
          in,
          true,
          false,
          (x, to, start, end) -> longs((long[]) x[0], (long[]) x[1], flip, (byte[]) to, start, end),
          y,
          a,
          b);
    }
  }

  private void doubles(double[] a, double[] b, byte[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      double l = a[i];
      double r = b[i];
      y[i] = bit(this == EQUAL ? l == r : this == LESS ? l < r : l <= r);
    }
  }

  private static void strings(String[] a, String[] b, byte[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = bit(a[i].equals(b[i]));
    }
  }

  private static void truths(byte[] a, byte[] b, byte[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = (byte) (a[i] ^ b[i] ^ 1);
    }
  }

  private void ints(int[] a, int[] b, byte[] y, int start, int end) {
    long less = this == EQUAL ? 0 : -1;
    long equal = this == LESS ? 0 : -1;
    for (int i = start; i < end; i++) {
      long distance = (long) a[i] - b[i];
      long same = ~(distance | -distance);
      y[i] = (byte) (((distance & less) | (same & equal)) >>> (Long.SIZE - 1));
    }
  }

  private void longs(long[] a, long[] b, long flip, byte[] y, int start, int end) {
    // Where one of these is set the highest bit of what is computed with it counts.
    long less = this == EQUAL ? 0 : -1;
    long equal = this == LESS ? 0 : -1;
    for (int i = start; i < end; i++) {
      long l = a[i] ^ flip;
      long r = b[i] ^ flip;
      long differ = l ^ r;
      long below = (l & ~r) | (~differ & (l - r));
      long same = ~(differ | -differ);
      y[i] = (byte) (((below & less) | (same & equal)) >>> (Long.SIZE - 1));
    }
  }

  private static byte bit(boolean value) {
    return (byte) (value ? 1 : 0);
  }
}
