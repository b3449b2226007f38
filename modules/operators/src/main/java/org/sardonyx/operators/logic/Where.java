package org.sardonyx.operators.logic;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.operators.Broadcast;
import org.sardonyx.operators.BroadcastLoop;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.EvenRows;
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
    Tensor z = in.output(0, x.dataType(), shape);
    if (x.array() instanceof String[] || x.dataType().kind() == DataType.Kind.COMPLEX) {
      oneByOne(in, condition, x, y, z);
    } else if (z.array() instanceof float[] floats) {
      EvenRows.places(
          in,
          (from, at, to, n) -> {
            float[] a = (float[]) from[1];
            float[] b = (float[]) from[2];
            in.kernels().select((byte[]) from[0], at[0], a, at[1], b, at[2], floats, to, n);
          },
          z,
          condition,
          x,
          y);
    } else {
      EvenRows.run(in, false, false, Where::choose, z, condition, x, y);
    }
  }

  private static void choose(Object[] from, Object to, int start, int end) {
    byte[] c = (byte[]) from[0];
    switch (to) {
      case double[] y -> {
        double[] a = (double[]) from[1];
        double[] b = (double[]) from[2];
        for (int i = start; i < end; i++) {
          long left = Double.doubleToRawLongBits(a[i]);
          y[i] = Double.longBitsToDouble(chosen(c[i], left, Double.doubleToRawLongBits(b[i])));
        }
      }
      case long[] y -> {
        long[] a = (long[]) from[1];
        long[] b = (long[]) from[2];
        for (int i = start; i < end; i++) {
          y[i] = chosen(c[i], a[i], b[i]);
        }
      }
      case int[] y -> {
        int[] a = (int[]) from[1];
        int[] b = (int[]) from[2];
        for (int i = start; i < end; i++) {
          y[i] = (int) chosen(c[i], a[i], b[i]);
        }
      }
      case short[] y -> {
        short[] a = (short[]) from[1];
        short[] b = (short[]) from[2];
        for (int i = start; i < end; i++) {
          y[i] = (short) chosen(c[i], a[i], b[i]);
        }
      }
      default -> {
        byte[] a = (byte[]) from[1];
        byte[] b = (byte[]) from[2];
        byte[] y = (byte[]) to;
        for (int i = start; i < end; i++) {
          y[i] = (byte) chosen(c[i], a[i], b[i]);
        }
      }
    }
  }

  /** Returns a where c is not 0, else b, by no branch. */
  private static long chosen(long c, long a, long b) {
    return b ^ ((a ^ b) & ((c | -c) >> (Long.SIZE - 1)));
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // all are arrays of one kind
  private static void oneByOne(Invocation in, Tensor condition, Tensor x, Tensor y, Tensor z) {
    byte[] c = condition.bytes();
    BroadcastLoop loop = BroadcastLoop.of(z.shape(), condition.shape(), x.shape(), y.shape());
    int width = z.dataType().kind() == DataType.Kind.COMPLEX ? 2 : 1;
    loop.each(
        in,
        (o, at, n) -> {
          for (int i = 0; i < n; i++) {
            boolean first = c[at[0] + i * loop.step(0)] != 0;
            int which = first ? 1 : 2;
            Object from = first ? x.array() : y.array();
            int place = at[which] + i * loop.step(which);
            System.arraycopy(from, place * width, z.array(), (o + i) * width, width);
          }
        });
  }
}
