package org.sardonyx.kernels;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = f(scale q k^T) v} for every head, a block of queries at a time: their scores stay
 * near, and those of all queries are never there at once. Several runs may use one object.
 */
public final class AttentionHeads {

  /** Makes weights of scores. */
  public interface Weights {

    /** Returns the first key that one of {@code rows} queries from {@code query} on may see. */
    default int from(int head, int query, int rows) {
      return 0;
    }

    /** Returns the end of the keys that one of them may see; those of later keys are not read. */
    default int to(int head, int query, int rows, int keys) {
      return keys;
    }

    /**
     * Makes weights of scores in place.
     *
     * @param kernels what to compute with
     * @param query the first of {@code rows} queries
     * @param key the first of {@code count} keys
     * @param x {@code [rows, count]}
     */
    void weigh(Kernels kernels, int head, int query, int rows, int key, int count, float[] x);
  }

  /**
   * A matrix for each head: element (i, j) of that of head h lies at {@code begins[h] + i * row + j
   * * column}.
   */
  public record Matrices(int[] begins, int row, int column) {}

  /** Queries of a block where keys are few, a multiple of what a tile has. */
  private static final int BLOCK = 48;

  private static final int LEAST = 12;

  /** Scores that stay in the second cache. */
  private static final int MOST_SCORES = 1 << 16;

  /** Fewer queries are not worth a copy of the keys. */
  private static final int FEW = 6;

  /** Multiplications that are worth a second thread. */
  private static final long SHARED = 1 << 20;

  private static final float[] NONE = {};

  private final int queries;
  private final int keys;
  private final int size;
  private final int valueSize;
  private final float scale;
  private final Matrices q;
  private final Matrices k;
  private final Matrices v;
  private final Matrices y;
  private final boolean whole;
  private final int block;
  private final AtomicReference<Room @Nullable []> idle = new AtomicReference<>();

  /** What one thread computes in. */
  private static final class Room {
    private @Nullable PackedMatrix keys;
    private @Nullable PackedMatrix values;
    private float[] x = NONE;

    /** Where the keys and values begin that are packed. */
    private int key = -1;

    private int value = -1;
  }

  /**
   * Takes the sizes, and where everything lies.
   *
   * @param queries rows of q and y
   * @param keys rows of k and v
   * @param size columns of q and k
   * @param valueSize columns of v and y
   * @param y where columns lie side by side
   * @param whole whether hidden keys have scores too
   */
  public AttentionHeads(
      int queries,
      int keys,
      int size,
      int valueSize,
      float scale,
      Matrices q,
      Matrices k,
      Matrices v,
      Matrices y,
      boolean whole) {
    this.queries = queries;
    this.keys = keys;
    this.size = size;
    this.valueSize = valueSize;
    this.scale = scale;
    this.q = q;
    this.k = k;
    this.v = v;
    this.y = y;
    this.whole = whole;
    int most = Math.clamp(MOST_SCORES / Math.max(1, keys), LEAST, BLOCK) / FEW * FEW;
    this.block = Math.min(most, Math.max(1, queries));
  }

  /**
   * Computes y.
   *
   * @param checkpoint called between blocks, by whichever thread computes them
   */
  public void run(
      Kernels kernels,
      float[] qs,
      float[] ks,
      float[] vs,
      float[] ys,
      Weights weights,
      Runnable checkpoint) {
    int heads = q.begins.length;
    int threads =
        (long) heads * queries * keys * (size + valueSize) < SHARED ? 1 : kernels.threads();
    Room[] spare = idle.getAndSet(null);
    Room[] rooms = spare != null && spare.length >= threads ? spare : rooms(threads);
    for (Room room : rooms) {
      room.key = -1;
      room.value = -1;
    }
    if (threads == 1) {
      for (int h = 0; h < heads; h++) {
        pack(kernels, rooms[0], h, ks, vs);
        blocks(kernels, rooms[0], rooms[0], h, 0, 1, qs, ks, vs, ys, weights, checkpoint);
      }
    } else if (heads % threads == 0 || heads > 3 * threads) {
      kernels.share(
          threads,
          part -> {
            Kernels own = kernels.single();
            Room room = rooms[part];
            for (int h = at(heads, part, threads); h < at(heads, part + 1, threads); h++) {
              pack(own, room, h, ks, vs);
              blocks(own, room, room, h, 0, 1, qs, ks, vs, ys, weights, checkpoint);
            }
          });
    } else {
      for (int h = 0; h < heads; h++) {
        int head = h;
        pack(kernels, rooms[0], h, ks, vs);
        kernels.share(
            threads,
            part ->
                blocks(
                    kernels.single(),
                    rooms[0],
                    rooms[part],
                    head,
                    part,
                    threads,
                    qs,
                    ks,
                    vs,
                    ys,
                    weights,
                    checkpoint));
      }
    }
    idle.set(rooms);
  }

  private static Room[] rooms(int threads) {
    Room[] rooms = new Room[threads];
    Arrays.setAll(rooms, _ -> new Room());
    return rooms;
  }

  /** Returns where a share of n begins. */
  private static int at(int n, int part, int parts) {
    return (int) ((long) n * part / parts);
  }

  /** Lays out the keys and values of a head, unless they are those of the head before. */
  private void pack(Kernels kernels, Room room, int head, float[] ks, float[] vs) {
    if (queries < FEW) {
      return;
    }
    if (room.key != k.begins[head]) {
      room.key = k.begins[head];
      PackedMatrix packed = kernels.pack(size, keys, ks, room.key, k.column, k.row, room.keys);
      room.keys = packed;
      float[] all = packed.panels();
      if (scale != 1) {
        kernels.binaryRight(Binary.MUL, all, 0, scale, all, 0, all.length);
      }
    }
    if (room.value != v.begins[head]) {
      room.value = v.begins[head];
      room.values = kernels.pack(keys, valueSize, vs, room.value, v.row, v.column, room.values);
    }
  }

  /** Computes one of {@code parts} shares of the blocks of a head. */
  private void blocks(
      Kernels kernels,
      Room packed,
      Room room,
      int head,
      int part,
      int parts,
      float[] qs,
      float[] ks,
      float[] vs,
      float[] ys,
      Weights weights,
      Runnable checkpoint) {
    int blocks = (queries + block - 1) / block;
    if (room.x.length < block * keys) {
      room.x = new float[Math.multiplyExact(block, keys)];
    }
    float[] x = room.x;
    for (int b = at(blocks, part, parts); b < at(blocks, part + 1, parts); b++) {
      int query = b * block;
      int rows = Math.min(block, queries - query);
      int low = weights.from(head, query, rows);
      int high = Math.max(low, weights.to(head, query, rows, keys));
      int yAt = y.begins[head] + query * y.row;
      PackedMatrix panels = packed.keys;
      PackedMatrix values = packed.values;
      boolean few = panels == null || values == null || queries < FEW;
      int width = panels == null ? 0 : panels.width();
      int from = whole ? 0 : few ? low : width == 0 ? 0 : low - low % width;
      int to = whole || (!few && width == 0) ? keys : high;
      if (!few && width > 0) {
        to = Math.min(keys, (to + width - 1) / width * width);
      }
      int count = high == low && !whole ? 0 : to - from;
      if (count > 0) {
        scores(kernels, few ? null : panels, head, query, rows, from, count, qs, ks, x);
        weights.weigh(kernels, head, query, rows, from, count, x);
      }
      if (few || values == null || low > 0 || high < keys) {
        for (int r = 0; r < rows; r++) {
          Arrays.fill(ys, yAt + r * y.row, yAt + r * y.row + valueSize, 0);
        }
        if (high > low) {
          kernels.gemm(
              rows,
              valueSize,
              high - low,
              1,
              x,
              low - from,
              count,
              1,
              vs,
              v.begins[head] + low * v.row,
              v.row,
              v.column,
              ys,
              yAt,
              y.row);
        }
      } else {
        kernels.gemm(rows, x, 0, count, 1, values, NONE, 0, null, ys, yAt, y.row);
      }
      checkpoint.run();
    }
  }

  /** Computes the scores of some queries and keys. */
  private void scores(
      Kernels kernels,
      @Nullable PackedMatrix panels,
      int head,
      int query,
      int rows,
      int from,
      int count,
      float[] qs,
      float[] ks,
      float[] x) {
    int qAt = q.begins[head] + query * q.row;
    if (panels != null) {
      PackedMatrix some = count == keys ? panels : panels.columns(from, from + count);
      kernels.gemm(rows, qs, qAt, q.row, q.column, some, NONE, 0, null, x, 0, count);
      return;
    }
    Arrays.fill(x, 0, rows * count, 0);
    int kAt = k.begins[head] + from * k.row;
    kernels.gemm(
        rows, count, size, scale, qs, qAt, q.row, q.column, ks, kAt, k.column, k.row, x, 0, count);
  }
}
