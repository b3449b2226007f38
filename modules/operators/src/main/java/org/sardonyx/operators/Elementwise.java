package org.sardonyx.operators;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Operators that compute each element of their output from the elements at one place of their
 * inputs. float16, bfloat16 and smaller floats are computed as float and rounded once.
 */
public final class Elementwise {

  /** Elements between two looks at whether the run is to go on. */
  private static final int LOOK = 1 << 18;

  /** Narrow floats that are computed as floats at once. */
  private static final int PIECE = 4 * EvenRows.PIECE;

  private Elementwise() {}

  /** A loop over floats {@code start} to {@code end} of arrays. */
  @FunctionalInterface
  public interface FloatLoop {
    void run(float[] x, float[] y, int start, int end);
  }

  /**
   * Returns a loop over blocks that stay in the nearest cache, from index 0 of arrays of their own:
   * so they may be gone through several times, and C2 makes vectors of what has one index in both.
   */
  public static FloatLoop blocks(FloatLoop block) {
    return (x, y, start, end) -> {
      int most = Math.min(EvenRows.PIECE, end - start);
      float[] from = new float[most];
      float[] to = new float[most];
      for (int i = start, n; i < end; i += n) {
        n = Math.min(most, end - i);
        System.arraycopy(x, i, from, 0, n);
        block.run(from, to, 0, n);
        System.arraycopy(to, 0, y, i, n);
      }
    };
  }

  /** A loop over doubles {@code start} to {@code end} of arrays. */
  @FunctionalInterface
  public interface DoubleLoop {
    void run(double[] x, double[] y, int start, int end);
  }

  /** A loop over longs {@code start} to {@code end}, which it changes. */
  @FunctionalInterface
  public interface LongLoop {
    void run(long[] v, int start, int end);
  }

  /** Something done with elements {@code start} to {@code end}. */
  @FunctionalInterface
  public interface Piece {
    void run(int start, int end);
  }

  /** Does something with n elements in pieces, between which the run may be ended. */
  public static void pieces(Invocation in, int n, Piece piece) {
    for (int start = 0; start < n; start += Math.min(LOOK, n - start)) {
      int end = start + Math.min(LOOK, n - start);
      piece.run(start, end);
      in.checkpoint(end - start);
    }
  }

  /** States that output 0 has the shape of input 0. */
  public static void inferUnary(Inference in) {
    in.shape(0, in.shape(0));
  }

  /** States that output 0 has the shape of input 0, and what becomes of a shape in the making. */
  public static void inferUnary(Inference in, UnaryOperator<Dim> f) {
    in.shape(0, in.shape(0));
    List<Dim> dims = Dims.of(in, 0);
    if (dims != null) {
      Dims.state(in, 0, dims.stream().map(d -> Dims.careful(() -> f.apply(d))).toList());
    }
  }

  /** Computes a function of floats that has a kernel. */
  public static void unary(Invocation in, Unary kernel, DoubleUnaryOperator doubles) {
    Kernels kernels = in.kernels();
    Tensor x = in.tensor(0);
    if (x.dataType() == DataType.FLOAT) {
      float[] y = in.outputLike(0, DataType.FLOAT, x).floats();
      kernels.unary(kernel, x.floats(), 0, y, 0, y.length);
    } else {
      unary(
          in,
          (from, to, start, end) -> kernels.unary(kernel, from, start, to, start, end - start),
          (from, to, start, end) -> {
            if (!kernel.doubles(from, to, start, end)) {
              each(doubles, from, to, start, end);
            }
          });
    }
  }

  /** Computes a function that costs far more than a call, in double. */
  public static void unary(Invocation in, DoubleUnaryOperator doubles) {
    unary(
        in,
        (x, y, start, end) -> {
          for (int i = start; i < end; i++) {
            y[i] = (float) doubles.applyAsDouble(x[i]);
          }
        },
        doubles);
  }

  private static void each(DoubleUnaryOperator f, double[] x, double[] y, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] = f.applyAsDouble(x[i]);
    }
  }

  /** Computes a function of floats of any width. */
  public static void unary(Invocation in, FloatLoop floats, DoubleUnaryOperator doubles) {
    unary(in, floats, (x, y, start, end) -> each(doubles, x, y, start, end));
  }

  /** As the other one, doubles by a loop. */
  public static void unary(Invocation in, FloatLoop floats, DoubleLoop doubles) {
    Tensor x = in.tensor(0);
    switch (x.dataType()) {
      case FLOAT -> {
        float[] from = x.floats();
        float[] to = in.outputLike(0, DataType.FLOAT, x).floats();
        pieces(in, x.size(), (start, end) -> floats.run(from, to, start, end));
      }
      case DOUBLE -> {
        double[] from = x.doubles();
        double[] to = in.output(0, DataType.DOUBLE, x.shape()).doubles();
        pieces(in, x.size(), (start, end) -> doubles.run(from, to, start, end));
      }
      default -> {
        Tensor y = in.output(0, x.dataType(), x.shape());
        float[] room = in.scratch(Math.min(PIECE, x.size()));
        Piece piece =
            (start, end) -> {
              for (int i = start, m; i < end; i += m) {
                m = Math.min(PIECE, end - i);
                x.getFloats(i, m, room, 0);
                floats.run(room, room, 0, m);
                y.setFloats(i, m, room, 0);
              }
            };
        pieces(in, x.size(), piece);
      }
    }
  }

  /** Computes a function of integers; the low bits of the result count. */
  public static void unaryIntegers(Invocation in, LongUnaryOperator f) {
    unaryIntegers(
        in,
        (v, start, end) -> {
          for (int i = start; i < end; i++) {
            v[i] = f.applyAsLong(v[i]);
          }
        });
  }

  /** As the other one, by a loop of its own. */
  public static void unaryIntegers(Invocation in, LongLoop loop) {
    Tensor x = in.tensor(0);
    Tensor y = in.output(0, x.dataType(), x.shape());
    long[] to =
        y.array() instanceof long[] all ? all : new long[Math.min(EvenRows.PIECE, y.size())];
    pieces(
        in,
        y.size(),
        (start, end) -> {
          for (int i = start, n; i < end; i += n) {
            n = Math.min(EvenRows.PIECE, end - i);
            int at = to == y.array() ? i : 0;
            x.getLongs(i, n, to, at);
            loop.run(to, at, at + n);
            if (to != y.array()) {
              y.setLongs(i, n, to, 0);
            }
          }
        });
  }

  /** Makes output 0 of floats that were computed for a narrower type. */
  public static void store(Invocation in, DataType type, float[] values, int... shape) {
    Tensor y = in.output(0, type, shape);
    round(in, values, y);
  }

  /** Rounds {@code values} into {@code y}, of any type of floats. */
  public static void round(Invocation in, float[] values, Tensor y) {
    pieces(in, y.size(), (start, end) -> y.setFloats(start, end - start, values, start));
  }

  /** Rounds {@code values} into {@code y}, of any type of floats. */
  public static void round(Invocation in, double[] values, Tensor y) {
    Piece piece =
        (start, end) -> {
          for (int i = start; i < end; i++) {
            y.setDouble(i, values[i]);
          }
        };
    pieces(in, y.size(), piece);
  }

  /** Sets the elements of {@code y}, of any type of integers, to the low bits of {@code values}. */
  public static void cut(Invocation in, long[] values, Tensor y) {
    pieces(in, y.size(), (start, end) -> y.setLongs(start, end - start, values, start));
  }

  /** States the shape of the broadcast, and what becomes of shapes in the making. */
  public static void inferBinary(Inference in, Alignment alignment, BinaryFunction f) {
    Shape a = in.shape(0);
    Shape b = in.shape(1);
    in.shape(0, alignment.shape(a, b));
    List<Dim> x = alignment.numpy() ? Dims.of(in, 0) : null;
    List<Dim> y = x == null ? null : Dims.of(in, 1);
    if (y != null) {
      Dims.state(in, 0, Dims.zip(f::apply, x, y));
    }
  }

  /**
   * States the shape of all inputs together, and what becomes of shapes in the making.
   *
   * @param broadcast whether they broadcast; else they have one shape
   */
  public static void inferVariadic(Inference in, boolean broadcast, @Nullable BinaryFunction f) {
    Shape shape = in.shape(0);
    List<Dim> dims = Dims.of(in, 0);
    for (int i = 1; i < in.inputs(); i++) {
      shape = broadcast || !shape.hasRank() ? Broadcast.shape(shape, in.shape(i)) : shape;
      dims = f == null ? null : Dims.zip(f::apply, dims, Dims.of(in, i));
    }
    in.shape(0, shape);
    if (f != null) {
      Dims.state(in, 0, dims);
    }
  }

  /** Computes {@code f(input 0, input 1)} with broadcasting, for every numeric type. */
  public static void binary(Invocation in, Alignment alignment, BinaryFunction f) {
    Tensor a = in.tensor(0);
    Tensor b = in.tensor(1);
    if (a.dataType() == DataType.FLOAT && evenly(in, alignment, f, a, b)) {
      return;
    }
    int[] aShape = a.shape();
    int[] bShape = alignment.align(aShape, b.shape());
    int[] shape = Broadcast.shape(aShape, bShape);
    Tensor y = in.output(0, a.dataType(), shape);
    if (!a.dataType().isFloat()) {
      integers(in, f, a, b.reshaped(bShape), y);
      return;
    }
    if (a.dataType() != DataType.FLOAT) {
      evenRows(in, f, y, a, b.reshaped(bShape));
    } else {
      rows(in, f, BroadcastLoop.of(shape, aShape, bShape), a.floats(), b.floats(), y.floats());
    }
  }

  /**
   * Computes what needs no loop over rows: floats of one shape, or one of them a single number.
   *
   * @return whether this is such a case
   */
  private static boolean evenly(
      Invocation in, Alignment alignment, BinaryFunction f, Tensor a, Tensor b) {
    boolean same = a.sameShape(b);
    boolean single = !same && b.size() == 1 && b.rank() <= a.rank();
    if (!same && !(alignment.numpy() && (single || (a.size() == 1 && a.rank() <= b.rank())))) {
      return false;
    }
    Tensor like = same || single ? a : b;
    float[] y = in.outputLike(0, DataType.FLOAT, like).floats();
    int as = same || single ? 1 : 0;
    int bs = single ? 0 : 1;
    f.floats(in.kernels(), a.floats(), 0, as, b.floats(), 0, bs, y, 0, y.length);
    return true;
  }

  /** Computes {@code f(... f(f(input 0, input 1), input 2) ...)} with broadcasting. */
  public static void variadic(Invocation in, boolean broadcast, BinaryFunction f) {
    Tensor y = fold(in, broadcast, f);
    if (isNarrow(in.tensor(0).dataType())) {
      store(in, in.tensor(0).dataType(), y.floats(), y.shape());
    }
  }

  /** Returns where a value first is, of zeros either, or n; NaN is where one is. */
  public static int indexOf(float value, float[] x, int offset, int n) {
    boolean isNaN = Float.isNaN(value);
    int i = 0;
    while (i < n && x[offset + i] != value && !(isNaN && Float.isNaN(x[offset + i]))) {
      i++;
    }
    return i;
  }

  /**
   * As {@link #variadic}; for narrow floats the result is one of floats yet to be rounded, else
   * output 0 itself, which is input 0 where there is no other.
   */
  public static Tensor fold(Invocation in, boolean broadcast, BinaryFunction f) {
    Tensor first = in.tensor(0);
    int inputs = in.inputs();
    int[] shape = first.shape();
    for (int i = 1; i < inputs; i++) {
      Tensor other = in.tensor(i);
      if (!broadcast && !other.sameShape(first)) {
        throw new OperatorFailed("inputs " + first + " and " + other + " differ in shape");
      }
      shape = Broadcast.shape(shape, other.shape());
    }
    boolean narrow = isNarrow(first.dataType());
    if (inputs == 1) {
      in.set(0, first);
      return narrow ? Tensor.of(first.toFloats(), shape) : first;
    }
    DataType type = narrow ? DataType.FLOAT : first.dataType();
    Tensor y = narrow ? Tensor.zeros(type, shape) : in.output(0, type, shape);
    Tensor a = first;
    for (int i = 1; i < inputs; i++) {
      Tensor b = in.tensor(i);
      if (type == DataType.FLOAT) {
        BroadcastLoop at = BroadcastLoop.of(shape, a.shape(), b.shape());
        rows(in, f, at, a.toFloats(), b.toFloats(), y.floats());
      } else if (type == DataType.DOUBLE) {
        evenRows(in, f, y, a, b);
      } else {
        integers(in, f, a, b, y);
      }
      a = y;
    }
    return y;
  }

  /** Whether floats of this type are computed as float. */
  public static boolean isNarrow(DataType type) {
    return type.isFloat() && type != DataType.FLOAT && type != DataType.DOUBLE;
  }

  private static void integers(Invocation in, BinaryFunction f, Tensor a, Tensor b, Tensor y) {
    boolean bytes = f instanceof Bits && y.array() instanceof byte[];
    boolean longs = !bytes && y.dataType() != DataType.INT32;
    boolean unsigned = y.dataType() == DataType.UINT64;
    EvenRows.Body body =
        (x, to, i, end) -> {
          switch (to) {
            case long[] all -> f.longs(unsigned, (long[]) x[0], (long[]) x[1], all, i, end);
            case int[] all -> f.ints((int[]) x[0], (int[]) x[1], all, i, end);
            default -> ((Bits) f).bytes((byte[]) x[0], (byte[]) x[1], (byte[]) to, i, end);
          }
        };
    EvenRows.run(in, longs, longs, body, y, a, b);
  }

  /** Computes of doubles, or of narrow floats in pieces of floats. */
  private static void evenRows(Invocation in, BinaryFunction f, Tensor y, Tensor a, Tensor b) {
    boolean narrow = y.dataType() != DataType.DOUBLE;
    EvenRows.Body body =
        (x, to, i, end) -> {
          if (to instanceof float[] z) {
            f.floats(in.kernels(), (float[]) x[0], i, 1, (float[]) x[1], i, 1, z, i, end - i);
          } else {
            f.doubles((double[]) x[0], (double[]) x[1], (double[]) to, i, end);
          }
        };
    EvenRows.run(in, narrow, narrow, body, y, a, b);
  }

  private static void rows(
      Invocation in, BinaryFunction f, BroadcastLoop loop, float[] a, float[] b, float[] y) {
    int as = loop.step(0);
    int bs = loop.step(1);
    int ar = loop.rowStep(0);
    int br = loop.rowStep(1);
    Kernels k = in.kernels();
    loop.rows(in, (o, i, m, n) -> f.floats(k, m, n, a, i[0], ar, as, b, i[1], br, bs, y, o));
  }
}
