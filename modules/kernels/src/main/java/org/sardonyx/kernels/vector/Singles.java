package org.sardonyx.kernels.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.Unary;

/**
 * Loops of one operation each: chains of one. The compiler itself makes vectors of such loops only
 * where it knows that arrays do not overlap, which offsets hide from it.
 */
final class Singles {

  /** From here on vectors save more than it takes to call them. */
  private static final int LEAST = 4 * UnaryLoops.LANES;

  /** Which inputs move, in bits. */
  static final int LEFT = 1;

  static final int RIGHT = 2;

  /** What folds rows is by this more than how many it folds. */
  private static final int FOLDS = 2;

  /** Rows that one loop folds: the more, the fewer of its own results it loads again. */
  private static final int MOST = 8;

  private static final int FORMS = FOLDS + MOST + 1;
  private static final float[] NONE = {};

  /** What a thread calls a loop with; between calls it holds no array of others. */
  private static final class Room {
    final float[][] arrays = new float[2 * MOST - 1][];
    final int[] offsets = new int[2 * MOST - 1];
    final float[] number = new float[2];

    Room() {
      Arrays.fill(arrays, NONE);
    }

    void clear(int count) {
      Arrays.fill(arrays, 0, count, NONE);
    }
  }

  private final ChainCodes codes;
  private final ThreadLocal<Room> rooms = ThreadLocal.withInitial(Room::new);

  // By what moves; of one that two threads make, either will do.
  private final Map<Unary, @Nullable ChainCode[]> unary = new EnumMap<>(Unary.class);
  private final Map<Binary, @Nullable ChainCode[]> binary = new EnumMap<>(Binary.class);

  private final ChainCode scaled;
  private final ChainCode affine;
  private final ChainCode difference;

  Singles(ChainCodes codes) {
    this.codes = codes;
    // Of a row, a number, a row, and another row to add.
    List<Operation> all =
        List.of(
            new Operation.OfTwo(Binary.MUL, 0, 1),
            new Operation.OfTwo(Binary.MUL, 4, 2),
            new Operation.OfTwo(Binary.ADD, 5, 3));
    affine = codes.get(new Chain(4, all), 0b1101);
    List<Operation> products =
        List.of(new Operation.OfTwo(Binary.MUL, 0, 1), new Operation.OfTwo(Binary.MUL, 3, 2));
    scaled = codes.get(new Chain(3, products), 0b101);
    List<Operation> differences =
        List.of(new Operation.OfTwo(Binary.SUB, 0, 1), new Operation.OfTwo(Binary.SUB, 3, 2));
    difference = codes.get(new Chain(3, differences), LEFT);
    for (Unary f : Unary.values()) {
      unary.put(f, new @Nullable ChainCode[FORMS]);
    }
    for (Binary f : Binary.values()) {
      binary.put(f, new @Nullable ChainCode[FORMS]);
    }
  }

  /** Returns where to find an input that does not move, until the thread asks again. */
  float[] number(float x) {
    float[] number = rooms.get().number;
    number[0] = x;
    return number;
  }

  /**
   * Computes f of as many of the n elements as are whole vectors, where y may be x.
   *
   * @return how many; 0 where vectors are not fast yet
   */
  int run(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    if (n < LEAST) {
      return 0;
    }
    @Nullable ChainCode[] forms = Objects.requireNonNull(unary.get(f));
    ChainCode code = forms[LEFT];
    if (code == null) {
      code = codes.get(new Chain(1, List.of(new Operation.OfOne(f, 0))), LEFT);
      forms[LEFT] = code;
    }
    return run(code, x, xo, y, yo, y, yo, n);
  }

  /** As the other, where an input that does not move is one number. */
  int run(Binary f, int moving, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    return n < LEAST ? 0 : run(code(f, moving, 2), a, ao, b, bo, y, yo, n);
  }

  /**
   * Computes rows as {@link org.sardonyx.kernels.Kernels#binary} does.
   *
   * @return whether it did: not where vectors are not fast yet, or rows are short
   */
  boolean rows(
      Binary f,
      int moving,
      int rows,
      int n,
      float[] a,
      int ao,
      int aRow,
      float[] b,
      int bo,
      int bRow,
      float[] y,
      int yo) {
    // What is left of a row is computed with what is before once more, which must be there still.
    int whole = n - n % UnaryLoops.LANES;
    if (n < UnaryLoops.LANES || (whole < n && (y == a || y == b))) {
      return false;
    }
    ChainCode code = code(f, moving, 2);
    if (!code.isReady()) {
      return false;
    }
    Room room = rooms.get();
    float[][] arrays = room.arrays;
    int[] offsets = room.offsets;
    arrays[0] = a;
    arrays[1] = b;
    arrays[2] = y;
    for (int r = 0; r < rows; r++) {
      offsets[0] = ao + r * aRow;
      offsets[1] = bo + r * bRow;
      offsets[2] = yo + r * n;
      code.run(arrays, offsets, 0, whole);
      if (whole < n) {
        code.run(arrays, offsets, n - UnaryLoops.LANES, n);
      }
    }
    room.clear(3);
    return true;
  }

  /**
   * Computes what {@link org.sardonyx.kernels.Kernels#fold} does.
   *
   * @return whether it did
   */
  boolean fold(Binary f, float[] x, int xo, int[] rows, float[] y, int yo, int n) {
    if (n < UnaryLoops.LANES || rows.length == 1) {
      return false;
    }
    int whole = n - n % UnaryLoops.LANES;
    // All are to be asked: each becomes fast only then.
    boolean ready = true;
    for (int of = 2; of <= MOST; of *= 2) {
      ready &= code(f, LEFT | RIGHT, of).isReady();
    }
    if (ready) {
      Room room = rooms.get();
      fold(room, f, x, xo, rows, y, yo, 0, whole);
      if (whole < n) {
        fold(room, f, x, xo, rows, y, yo, n - UnaryLoops.LANES, n);
      }
      room.clear(2 * MOST - 1);
    }
    return ready;
  }

  private void fold(
      Room room, Binary f, float[] x, int xo, int[] rows, float[] y, int yo, int from, int to) {
    for (int done = 0; done < rows.length; ) {
      int own = done == 0 ? 0 : 1;
      int left = rows.length - done + own;
      int of = left >= MOST ? MOST : left >= MOST / 2 ? MOST / 2 : 2;
      room.arrays[0] = y;
      room.offsets[0] = yo;
      for (int k = own; k < of; k++) {
        room.arrays[k] = x;
        room.offsets[k] = xo + rows[done++];
      }
      room.arrays[2 * of - 2] = y;
      room.offsets[2 * of - 2] = yo;
      code(f, LEFT | RIGHT, of).run(room.arrays, room.offsets, from, to);
    }
  }

  /**
   * Computes what {@link org.sardonyx.kernels.Kernels#affine} does of elements that are whole
   * vectors.
   *
   * @return of how many; 0 where vectors are not fast yet
   */
  int affine(
      float[] x,
      int xo,
      float factor,
      float[] scale,
      int so,
      float[] bias,
      int bo,
      float[] y,
      int yo,
      int n) {
    ChainCode code = bias.length == 0 ? scaled : affine;
    if (n < UnaryLoops.LANES || !code.isReady()) {
      return 0;
    }
    Room room = rooms.get();
    float[][] arrays = room.arrays;
    int[] offsets = room.offsets;
    arrays[0] = x;
    offsets[0] = xo;
    room.number[0] = factor;
    arrays[1] = room.number;
    offsets[1] = 0;
    arrays[2] = scale;
    offsets[2] = so;
    arrays[3] = bias;
    offsets[3] = bo;
    int to = bias.length == 0 ? 4 : 6;
    arrays[to] = y;
    offsets[to] = yo;
    int whole = n - n % UnaryLoops.LANES;
    code.run(arrays, offsets, 0, whole);
    room.clear(to + 1);
    return whole;
  }

  /** As {@link #affine}, of {@code y[i] = x[i] - first - second}. */
  int difference(float[] x, int xo, float first, float second, float[] y, int yo, int n) {
    if (n < UnaryLoops.LANES || !difference.isReady()) {
      return 0;
    }
    Room room = rooms.get();
    room.number[0] = first;
    room.number[1] = second;
    room.arrays[0] = x;
    room.offsets[0] = xo;
    room.arrays[1] = room.number;
    room.offsets[1] = 0;
    room.arrays[2] = room.number;
    room.offsets[2] = 1;
    room.arrays[4] = y;
    room.offsets[4] = yo;
    int whole = n - n % UnaryLoops.LANES;
    difference.run(room.arrays, room.offsets, 0, whole);
    room.clear(5);
    return whole;
  }

  /** Returns what computes f of two inputs or, where all move, of more, one after the other. */
  private ChainCode code(Binary f, int moving, int of) {
    @Nullable ChainCode[] forms = Objects.requireNonNull(binary.get(f));
    int form = of == 2 ? moving : FOLDS + of;
    ChainCode code = forms[form];
    if (code == null) {
      List<Operation> operations = new ArrayList<>();
      for (int k = 1; k < of; k++) {
        operations.add(new Operation.OfTwo(f, k == 1 ? 0 : of + k - 2, k));
      }
      code = codes.get(new Chain(of, operations), of == 2 ? moving : (1 << of) - 1);
      forms[form] = code;
    }
    return code;
  }

  private int run(ChainCode code, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    if (!code.isReady()) {
      return 0;
    }
    Room room = rooms.get();
    float[][] arrays = room.arrays;
    arrays[0] = a;
    arrays[1] = b;
    arrays[2] = y;
    room.offsets[0] = ao;
    room.offsets[1] = bo;
    room.offsets[2] = yo;
    int whole = n - n % UnaryLoops.LANES;
    code.run(arrays, room.offsets, 0, whole);
    room.clear(3);
    return whole;
  }
}
