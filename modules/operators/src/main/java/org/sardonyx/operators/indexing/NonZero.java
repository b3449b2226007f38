package org.sardonyx.operators.indexing;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
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
    int count = 0;
    int[] found = new int[x.size()];
    for (int i = 0; i < found.length; i++) {
      in.checkpoint(1);
      if (isNonZero(x, i)) {
        found[count++] = i;
      }
    }
    int rank = x.rank();
    long[] y = in.output(0, DataType.INT64, rank, count).longs();
    int[] strides = Axes.strides(x.shape());
    for (int i = 0; i < count; i++) {
      in.checkpoint(rank);
      int rest = found[i];
      for (int d = 0; d < rank; d++) {
        y[d * count + i] = rest / strides[d];
        rest %= strides[d];
      }
    }
  }

  private static boolean isNonZero(Tensor x, int i) {
    return switch (x.array()) {
      case float[] a when x.dataType() == DataType.FLOAT -> a[i] != 0;
      case float[] a -> a[2 * i] != 0 || a[2 * i + 1] != 0;
      case double[] a when x.dataType() == DataType.DOUBLE -> a[i] != 0;
      case double[] a -> a[2 * i] != 0 || a[2 * i + 1] != 0;
      case long[] a -> a[i] != 0;
      case int[] a -> a[i] != 0;
      case String[] a -> !a[i].isEmpty();
      default -> x.getDouble(i) != 0;
    };
  }
}
