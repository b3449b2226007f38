package org.sardonyx.operators;

import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Moves elements from one tensor to another of the same element type, whatever that is. All
 * offsets, strides and counts are in elements; {@link #done} ends the moves.
 *
 * <p>Complex elements are two array slots; the packed types are unpacked to one byte an element
 * while they move.
 */
public final class Moves {

  /** Rows of a piece of a large grid. */
  private static final int TALL = 64;

  /** Shorter runs are moved one by one. */
  static final int SHORT = 16;

  /** Most slots between two looks at whether the run is to go on. */
  private static final int PIECE = 1 << 18;

  private Invocation in;
  private Object from;
  private Object to;
  private final int unit;
  private final Tensor source;
  private final Tensor target;
  private final @Nullable MovePlan plan;
  private long worked;

  private Moves(
      Invocation in, Object from, Object to, int unit, Tensor source, Tensor target, boolean kept) {
    this.in = in;
    this.from = from;
    this.to = to;
    this.unit = unit;
    this.source = source;
    this.target = target;
    this.plan = kept ? in.moves() : null;
  }

  /**
   * Returns what moves elements of {@code from} into {@code to}.
   *
   * @param in looks now and then whether the run is to go on
   */
  public static Moves of(Invocation in, Tensor from, Tensor to) {
    if (from.dataType() != to.dataType()) {
      throw new IllegalArgumentException(from + " does not move into " + to);
    }
    DataType type = from.dataType();
    if (type.isPacked()) {
      MovePlan plan = in.moves();
      if (plan != null) {
        plan.fail();
      }
      return new Moves(in, unpack(from), unpack(to), 1, from, to, false);
    }
    int unit = type.kind() == DataType.Kind.COMPLEX ? 2 : 1;
    return new Moves(in, from.array(), to.array(), unit, from, to, true);
  }

  /** Returns moves between the same arrays that nobody keeps account of. */
  Moves repeated() {
    return new Moves(in, from, to, unit, source, target, false);
  }

  /** Has the next moves go from and to other arrays. */
  void between(Invocation newIn, Object newFrom, Object newTo) {
    in = newIn;
    from = newFrom;
    to = newTo;
  }

  /** Keeps no arrays. */
  void rest() {
    from = "";
    to = "";
  }

  Tensor source() {
    return source;
  }

  Tensor target() {
    return target;
  }

  private void fail() {
    if (plan != null) {
      plan.fail();
    }
  }

  /** Moves the elements of {@code from}, all of them, into the first places of {@code to}. */
  public static void copy(Invocation in, Tensor from, Tensor to) {
    Moves moves = of(in, from, to);
    moves.copy(0, 0, from.size());
    moves.done();
  }

  /** Sets every element of {@code to} to the one element of {@code from}. */
  public static void fill(Invocation in, Tensor from, Tensor to) {
    Moves moves = of(in, from, to);
    moves.strided(0, new int[1], 0, new int[] {1}, new int[] {to.size()});
    moves.done();
  }

  /** Moves {@code count} elements that lie side by side. */
  public void copy(int fromOffset, int toOffset, int count) {
    fail();
    slots(fromOffset * unit, toOffset * unit, count * unit);
  }

  /** Copies slots, many of them in pieces. */
  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one kind
  void slots(int fromSlot, int toSlot, int count) {
    int done = 0;
    for (; count - done > PIECE; done += PIECE) {
      System.arraycopy(from, fromSlot + done, to, toSlot + done, PIECE);
      look(PIECE);
    }
    if (from instanceof float[] floats) {
      // Where the compiler knows of what kind arrays are, short runs take less.
      System.arraycopy(floats, fromSlot + done, (float[]) to, toSlot + done, count - done);
    } else {
      System.arraycopy(from, fromSlot + done, to, toSlot + done, count - done);
    }
    look(count - done);
  }

  /** Copies the slots before these: the source is the same. */
  @SuppressWarnings("SuspiciousSystemArraycopy") // one array
  public void again(int slot, int count) {
    System.arraycopy(to, slot - count, to, slot, count);
    look(count);
  }

  /** Copies rows of floats, each float to two slots, and each row {@code copies} times. */
  void twice(int fromSlot, int row, int toSlot, int count, int rows, int copies) {
    in.kernels().twice((float[]) from, fromSlot, row, (float[]) to, toSlot, count, rows, copies);
    look(2L * count * rows * copies);
  }

  /** Notes that so many slots were moved, or nearly as many looked at. */
  private void look(long slots) {
    worked += slots + 1;
    if (worked >= PIECE) {
      in.checkpoint(worked);
      worked = 0;
    }
  }

  /**
   * Moves, for every index into {@code shape}, the element at {@code fromOffset + index .
   * fromStrides} to {@code toOffset + index . toStrides}. Strides may be negative, and those of the
   * source may be 0.
   */
  public void strided(
      int fromOffset, int[] fromStrides, int toOffset, int[] toStrides, int[] shape) {
    Nest nest = Nest.of(fromOffset, fromStrides, toOffset, toStrides, shape, unit);
    if (nest == null) {
      return;
    }
    if (plan != null) {
      plan.add(this, nest);
    }
    run(nest);
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one kind
  void run(Nest nest) {
    int fromOffset = nest.from();
    int toOffset = nest.to();
    if (nest.rank() == 0) {
      System.arraycopy(from, fromOffset, to, toOffset, 1);
      return;
    }
    int[] n = nest.n();
    int[] f = nest.f();
    int[] t = nest.t();
    int[] index = nest.index();
    int inner = nest.rank() - 1;
    int second = nest.second();
    int outer = nest.outer();
    boolean rows =
        nest.runs()
            && outer > 0
            && (long) n[outer - 1] * n[inner] <= PIECE
            && from instanceof float[];
    outer -= rows ? 1 : 0;
    while (true) {
      if (rows) {
        rows(fromOffset, f[outer], toOffset, t[outer], n[outer], n[inner]);
      } else if (nest.runs()) {
        slots(fromOffset, toOffset, n[inner]);
      } else if (second < 0) {
        row(fromOffset, f[inner], toOffset, t[inner], n[inner]);
      } else if ((long) n[second] * n[inner] <= PIECE) {
        int fi = f[second];
        int ti = t[second];
        tile(fromOffset, fi, f[inner], toOffset, ti, t[inner], n[second], n[inner]);
        look((long) n[second] * n[inner]);
      } else {
        grid(fromOffset, f[second], f[inner], toOffset, t[second], t[inner], n[second], n[inner]);
      }
      int i = outer - 1;
      while (i >= 0 && ++index[i] == n[i]) {
        index[i] = 0;
        fromOffset -= (n[i] - 1) * f[i];
        toOffset -= (n[i] - 1) * t[i];
        i--;
      }
      if (i < 0) {
        return;
      }
      fromOffset += f[i];
      toOffset += t[i];
    }
  }

  /** Copies some rows of floats. */
  private void rows(int f, int fi, int t, int ti, int rows, int count) {
    float[] x = (float[]) from;
    float[] y = (float[]) to;
    for (int i = 0; i < rows; i++) {
      System.arraycopy(x, f + i * fi, y, t + i * ti, count);
    }
    look((long) rows * (count + 1));
  }

  /** Moves elements at even distances, many of them in pieces. */
  private void row(int f, int fj, int t, int tj, int count) {
    for (int j = 0, wide; j < count; j += wide) {
      wide = Math.min(PIECE, count - j);
      tile(f + j * fj, 0, fj, t + j * tj, 0, tj, 1, wide);
      look(wide);
    }
  }

  private void tile(int f, int fi, int fj, int t, int ti, int tj, int rows, int columns) {
    Grid.move(in.kernels(), from, f, fi, fj, to, t, ti, tj, rows, columns);
  }

  /** Moves a large grid in pieces of whole tiles. */
  private void grid(int f, int fi, int fj, int t, int ti, int tj, int rows, int columns) {
    int wide = Math.min(columns, PIECE / TALL);
    for (int i = 0, high; i < rows; i += high) {
      high = Math.min(TALL, rows - i);
      for (int j = 0, now; j < columns; j += now) {
        now = Math.min(wide, columns - j);
        tile(f + i * fi + j * fj, fi, fj, t + i * ti + j * tj, ti, tj, high, now);
        look((long) high * now);
      }
    }
  }

  /**
   * Fills the target of shape [outer, map.length, block] from a source of shape [outer, rows,
   * block]: {@code to[o, i] = from[o, map[i]]}; where an index is negative nothing is moved.
   */
  public void rows(int outer, int rows, int[] map, int block) {
    Rows all = new Rows(outer, rows, map, block);
    if (plan != null) {
      plan.add(this, all);
    }
    run(all);
  }

  /** What {@link #rows} is called with. */
  record Rows(int outer, int rows, int[] map, int block) {}

  void run(Rows all) {
    int outer = all.outer;
    int rows = all.rows;
    int[] map = all.map;
    int block = all.block;
    if (block == 1 && unit == 1 && map.length < SHORT && outer > SHORT) {
      // Columns rather than rows.
      for (int i = 0; i < map.length; i++) {
        if (map[i] >= 0) {
          row(map[i], rows, i, map.length, outer);
        }
      }
      return;
    }
    for (int o = 0; o < outer; o++) {
      int f = o * rows * block;
      int t = o * map.length * block;
      if (block == 1 && unit == 1) {
        pick(f, map, 0, map.length, t);
        continue;
      }
      for (int i = 0; i < map.length; i++) {
        if (map[i] >= 0) {
          slots((f + map[i] * block) * unit, (t + i * block) * unit, block * unit);
        }
      }
    }
  }

  /**
   * Fills the target from a source of shape {@code fromShape}: {@code to[i, j, ...] =
   * from[maps[0][i], maps[1][j], ...]}; where an index is negative nothing is moved.
   */
  public void select(int[] fromShape, int[][] maps) {
    fail();
    new Selection(this, fromShape, maps, unit, from instanceof float[]).run();
  }

  /** Returns the map of {@link #select} that takes every index in order. */
  public static int[] identity(int size) {
    int[] map = new int[size];
    for (int i = 0; i < size; i++) {
      map[i] = i;
    }
    return map;
  }

  /** Moves {@code from[sources[i]]} to {@code to[toOffset + i]}; negative sources move nothing. */
  public void pick(int[] sources, int toOffset) {
    fail();
    if (unit == 1) {
      pick(0, sources, 0, sources.length, toOffset);
      return;
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] >= 0) {
        copy(sources[i], toOffset + i, 1);
      }
    }
  }

  /**
   * Moves {@code from[fromOffset + map[m + i]]} to {@code to[toOffset + i]} for i below n; no index
   * is negative.
   */
  public void gather(int fromOffset, int[] map, int m, int toOffset, int n) {
    fail();
    if (unit == 1 && from instanceof float[] x) {
      in.kernels().gather(x, fromOffset, map, m, (float[]) to, toOffset, n);
    } else if (unit == 1) {
      Grid.pick(from, fromOffset, map, m, m + n, to, toOffset - m);
    } else {
      for (int i = 0; i < n; i++) {
        copy(fromOffset + map[m + i], toOffset + i, 1);
      }
    }
    look(n);
  }

  void pick(int f, int[] map, int start, int end, int t) {
    for (int i = start, n; i < end; i += n) {
      n = Math.min(PIECE, end - i);
      Grid.pick(from, f, map, i, i + n, to, t);
      look(n);
    }
  }

  /** Moves {@code from[fromOffset + i]} to {@code to[targets[i]]}, in order of i. */
  public void put(int fromOffset, int[] targets) {
    fail();
    if (unit == 1) {
      for (int i = 0, n; i < targets.length; i += n) {
        n = Math.min(PIECE, targets.length - i);
        Grid.put(from, fromOffset, targets, i, i + n, to);
        look(n);
      }
      return;
    }
    for (int i = 0; i < targets.length; i++) {
      copy(fromOffset + i, targets[i], 1);
    }
  }

  /** Ends the moves: the target tensor holds the result from now on. */
  public void done() {
    if (target.dataType().isPacked()) {
      byte[] cells = (byte[]) to;
      for (int i = 0; i < cells.length; i++) {
        target.setPacked(i, cells[i]);
      }
    }
  }

  private static byte[] unpack(Tensor tensor) {
    byte[] cells = new byte[tensor.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) tensor.packed(i);
    }
    return cells;
  }
}
