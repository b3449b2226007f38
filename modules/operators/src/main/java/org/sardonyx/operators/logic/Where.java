package org.sardonyx.operators.logic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Where: {@code x} where the condition holds, else {@code y}, with broadcasting. */
public record Where() implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Where")
          .version(9)
          .input("condition", "B")
          .input("X", "T")
          .input("Y", "T")
          .output("output", "T")
          .type("B", DataType.BOOL)
          .type("T", Types.ALL)
          .version(16)
          .type("T", Types.ALL_IR4)
          .create(attributes -> new Where());

  @Override
  public void infer(Inference in) {
    in.shape(0, Broadcast.shape(Broadcast.shape(in.shape(0), in.shape(1)), in.shape(2)));
    List<Dim> condition = Dims.of(in, 0);
    List<Dim> x = Dims.of(in, 1);
    List<Dim> y = Dims.of(in, 2);
    if (condition == null || x == null || y == null) {
      return;
    }
    int length = condition.size() != 1 ? condition.size() : x.size() != 1 ? x.size() : y.size();
    if (!fits(condition, length) || !fits(x, length) || !fits(y, length)) {
      return;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Dim which = condition.get(condition.size() == 1 ? 0 : i);
      Dim left = x.get(x.size() == 1 ? 0 : i);
      Dim right = y.get(y.size() == 1 ? 0 : i);
      boolean same = left.sameAs(right);
      dims.add(which.is(1) || same ? left : which.is(0) ? right : Dim.UNKNOWN);
    }
    in.dims(0, dims);
  }

  private static boolean fits(List<Dim> dims, int length) {
    return dims.size() == 1 || dims.size() == length;
  }

  @Override
  public void run(Invocation in) {
    Tensor condition = in.tensor(0);
    Tensor x = in.tensor(1);
    Tensor y = in.tensor(2);
    int[] shape = Broadcast.shape(Broadcast.shape(condition.shape(), x.shape()), y.shape());
    Object to = in.output(0, x.dataType(), shape).array();
    byte[] c = condition.bytes();
    BroadcastLoop loop = BroadcastLoop.of(shape, condition.shape(), x.shape(), y.shape());
    int width = x.dataType().kind() == DataType.Kind.COMPLEX ? 2 : 1;
    if (loop.step(0) == 0) {
      // One answer for the whole row.
      loop.each(
          in,
          (o, at, n) -> {
            boolean first = c[at[0]] != 0;
            Object from = first ? x.array() : y.array();
            fill(from, at[first ? 1 : 2], loop.step(first ? 1 : 2), to, o, n, width);
          });
    } else {
      loop.each(
          in,
          (o, at, n) -> {
            // Runs of equal answers.
            int start = 0;
            while (start < n) {
              byte answer = c[at[0] + start];
              int end = start + 1;
              while (end < n && c[at[0] + end] == answer) {
                end++;
              }
              int which = answer != 0 ? 1 : 2;
              int step = loop.step(which);
              Object from = answer != 0 ? x.array() : y.array();
              fill(from, at[which] + start * step, step, to, o + start, end - start, width);
              start = end;
            }
          });
    }
  }

  /** Copies n elements, or n times one. */
  private static void fill(Object from, int at, int step, Object to, int start, int n, int width) {
    if (step == 1 || n == 1) {
      System.arraycopy(from, at * width, to, start * width, n * width);
      return;
    }
    if (width == 2) {
      for (int i = 0; i < n; i++) {
        System.arraycopy(from, at * 2, to, (start + i) * 2, 2);
      }
      return;
    }
    switch (to) {
      case float[] a -> Arrays.fill(a, start, start + n, ((float[]) from)[at]);
      case double[] a -> Arrays.fill(a, start, start + n, ((double[]) from)[at]);
      case long[] a -> Arrays.fill(a, start, start + n, ((long[]) from)[at]);
      case int[] a -> Arrays.fill(a, start, start + n, ((int[]) from)[at]);
      case short[] a -> Arrays.fill(a, start, start + n, ((short[]) from)[at]);
      case byte[] a -> Arrays.fill(a, start, start + n, ((byte[]) from)[at]);
      case String[] a -> Arrays.fill(a, start, start + n, ((String[]) from)[at]);
      default -> throw new IllegalStateException();
    }
  }
}
