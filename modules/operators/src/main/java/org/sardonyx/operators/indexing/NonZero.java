package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.EvenRows;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** NonZero: the coordinates of the elements that are not 0, [rank, count], in row-major order. */
public record NonZero() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("NonZero")
          .version(9)
          .input("X", "T")
          .output("Y", "tensor(int64)")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(NonZero::of);

  static NonZero of(Attributes attributes) {
    return new NonZero();
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Dim rank = x.hasRank() ? Dim.of(x.rank()) : Dim.UNKNOWN;
    in.shape(0, Shape.of(rank, in.fresh()));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] found = new int[x.size()];
    byte[] zero = new byte[Math.min(EvenRows.PIECE, found.length)];
    float[] zeros = new float[zero.length];
    long[] longs = new long[zero.length];
    int count = 0;
    for (int i = 0, n; i < found.length; i += n) {
      n = Math.min(zero.length, found.length - i);
      in.checkpoint(n);
      if (x.dataType() == DataType.FLOAT) {
        in.kernels().compare(false, true, x.floats(), i, zeros, 0, zero, 0, n);
      } else if (x.dataType().isInteger() || x.dataType() == DataType.BOOL) {
        x.getLongs(i, n, longs, 0);
        for (int j = 0; j < n; j++) {
          zero[j] = (byte) (~(longs[j] | -longs[j]) >>> (Long.SIZE - 1));
        }
      } else {
        for (int j = 0; j < n; j++) {
          zero[j] = (byte) (isNonZero(x, i + j) ? 0 : 1);
        }
      }
      count = add(zero, n, i, found, count);
    }
    int[] shape = x.shape();
    int all = count;
    long[] y = in.output(0, DataType.INT64, shape.length, count).longs();
    if (shape.length > 0) {
      Elementwise.pieces(in, count, (start, end) -> place(found, shape, y, all, start, end));
    }
  }

  /** Adds those that are not 0 without a branch, which none could foresee. */
  private static int add(byte[] zero, int n, int first, int[] found, int count) {
    int next = count;
    for (int j = 0; j < n; j++) {
      found[next] = first + j;
      next += 1 - zero[j];
    }
    return next;
  }

  /** Sets the coordinates of some; those along the last dimension share the others. */
  private static void place(int[] found, int[] shape, long[] y, int count, int start, int end) {
    int last = shape.length - 1;
    int[] index = new int[last];
    int rowEnd = 0;
    for (int i = start; i < end; i++) {
      if (found[i] >= rowEnd) {
        int row = found[i] / shape[last];
        rowEnd = (row + 1) * shape[last];
        for (int d = last - 1; d >= 0; d--) {
          index[d] = row % shape[d];
          row /= shape[d];
        }
      }
      for (int d = 0; d < last; d++) {
        y[d * count + i] = index[d];
      }
      y[last * count + i] = (long) found[i] - rowEnd + shape[last];
    }
  }

  private static boolean isNonZero(Tensor x, int i) {
    return switch (x.array()) {
      case float[] a -> a[2 * i] != 0 || a[2 * i + 1] != 0;
      case double[] a when x.dataType() == DataType.DOUBLE -> a[i] != 0;
      case double[] a -> a[2 * i] != 0 || a[2 * i + 1] != 0;
      case String[] a -> !a[i].isEmpty();
      default -> x.getDouble(i) != 0;
    };
  }
}
