package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.sardonyx.kernels.vector.Elementary.S;
import static org.sardonyx.kernels.vector.UnaryLoops.LANES;
import static org.sardonyx.kernels.vector.UnaryLoops.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.sardonyx.kernels.PackedMatrix;

/**
 * Packed matrices of bfloat16, in panels of {@link #WIDTH} columns, the last one filled up with
 * zeros: rows of a panel are read one after another, which brings them sooner than four places at
 * once do. An int holds the elements of one row of which one lies {@link UnaryLoops#LANES} columns
 * behind the other, so that a vector of ints widens to two vectors of floats by a shift and a mask.
 * They lie off the heap, as {@link Stripes} do.
 */
final class Pairs {

  /** Columns of a panel: the eight vectors that one row of a is multiplied with at once. */
  static final int WIDTH = Product.PAIRS;

  private static final VectorSpecies<Integer> INTS = S.withLanes(int.class);

  /** The bits of the element in the upper half. */
  private static final int UPPER = 0xffff0000;

  /** Ints of one row of a panel. */
  static final int ROW = WIDTH / 2;

  private static final long VECTOR = (long) LANES * Integer.BYTES;

  private Pairs() {}

  static PackedMatrix pack(int k, int n, float[] b, int bOffset, int bRow, int bColumn) {
    int panels = (n + WIDTH - 1) / WIDTH;
    MemorySegment pairs = Stripes.room(Math.multiplyExact(Math.multiplyExact(panels, ROW), k));
    int[] row = new int[ROW];
    for (int panel = 0; panel < panels; panel++) {
      for (int p = 0; p < k; p++) {
        pack(row, n - panel * WIDTH, b, bOffset + p * bRow + panel * WIDTH * bColumn, bColumn);
        long at = ((long) panel * k + p) * ROW * Integer.BYTES;
        MemorySegment.copy(row, 0, pairs, ValueLayout.JAVA_INT, at, ROW);
      }
    }
    return new PackedMatrix(k, n, WIDTH, pairs);
  }

  /** Packs one row of a panel, of which n columns are there. */
  private static void pack(int[] row, int n, float[] b, int from, int step) {
    for (int i = 0; i < ROW; i++) {
      int first = 2 * i - i % LANES;
      int second = first + LANES;
      row[i] =
          PackedMatrix.pair(
              first < n ? b[from + first * step] : 0, second < n ? b[from + second * step] : 0);
    }
  }

  private static IntVector ints(MemorySegment from, long at) {
    return IntVector.fromMemorySegment(INTS, from, at, ByteOrder.nativeOrder());
  }

  private static FloatVector lower(IntVector pairs) {
    return pairs.lanewise(LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upper(IntVector pairs) {
    return pairs.and(UPPER).reinterpretAsFloats();
  }

  private static void add(FloatVector sum, float[] d, int from, float[] c, int to) {
    sum.add(load(d, from)).intoArray(c, to);
  }

  /** As {@link Stripes#row}, with a panel that begins at byte {@code bo}. */
  static void row(
      long k, float[] a, int ao, MemorySegment b, long bo, float[] d, int dd, float[] c, int co) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (long p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(S, a[ao + (int) p]);
      long at = bo + p * (4 * VECTOR);
      IntVector p0 = ints(b, at);
      s0 = x.fma(lower(p0), s0);
      s1 = x.fma(upper(p0), s1);
      IntVector p1 = ints(b, at + VECTOR);
      s2 = x.fma(lower(p1), s2);
      s3 = x.fma(upper(p1), s3);
      IntVector p2 = ints(b, at + 2 * VECTOR);
      s4 = x.fma(lower(p2), s4);
      s5 = x.fma(upper(p2), s5);
      IntVector p3 = ints(b, at + 3 * VECTOR);
      s6 = x.fma(lower(p3), s6);
      s7 = x.fma(upper(p3), s7);
    }
    add(s0, d, dd, c, co);
    add(s1, d, dd + LANES, c, co + LANES);
    add(s2, d, dd + 2 * LANES, c, co + 2 * LANES);
    add(s3, d, dd + 3 * LANES, c, co + 3 * LANES);
    add(s4, d, dd + 4 * LANES, c, co + 4 * LANES);
    add(s5, d, dd + 5 * LANES, c, co + 5 * LANES);
    add(s6, d, dd + 6 * LANES, c, co + 6 * LANES);
    add(s7, d, dd + 7 * LANES, c, co + 7 * LANES);
  }

  /**
   * Widens {@link Panels#WIDTH} columns of so many rows to a panel of floats.
   *
   * @param from the first byte of theirs
   */
  static void widen(int rows, MemorySegment pairs, long from, float[] to) {
    for (int p = 0; p < rows; p++) {
      int at = Panels.FIRST + p * Panels.WIDTH;
      for (int v = 0; v < Panels.WIDTH; v += 2 * LANES) {
        IntVector both = ints(pairs, from + (p * ROW + v / 2) * (long) Integer.BYTES);
        lower(both).intoArray(to, at + v);
        upper(both).intoArray(to, at + v + LANES);
      }
    }
  }

  /**
   * As {@link #widen}, without vectors, and all columns to one panel after the other.
   *
   * @param room for pairs, which are copied at once: a call that is not compiled takes as long as
   *     hundreds of numbers
   * @return room that is large enough
   */
  static int[] widenSlowly(int rows, MemorySegment pairs, long from, int[] room, float[] to) {
    int[] ints = room.length < rows * ROW ? new int[rows * ROW] : room;
    MemorySegment.copy(pairs, ValueLayout.JAVA_INT, from, ints, 0, rows * ROW);
    for (int i = 0; i < ROW; i += LANES) {
      int inside = 2 * i % Panels.WIDTH;
      for (int p = 0; p < rows; p++) {
        int at = Panels.FIRST + (2 * i - inside) * rows + inside + p * Panels.WIDTH;
        widen(ints, p * ROW + i, to, at);
      }
    }
    return ints;
  }

  private static void widen(int[] pairs, int from, float[] to, int at) {
    for (int i = 0; i < LANES; i++) {
      int pair = pairs[from + i];
      to[at + i] = Float.intBitsToFloat(pair << 16);
      to[at + LANES + i] = Float.intBitsToFloat(pair & UPPER);
    }
  }
}
