package org.sardonyx.kernels.vector;

import java.lang.foreign.MemorySegment;
import org.sardonyx.kernels.PackedMatrix;
import org.sardonyx.kernels.Unary;

/** What loops there are, and how each is run until it is fast. */
final class Parts {

  /** Vectors of the small arrays that a loop goes through. */
  static final int VECTORS = 8;

  /** Operations of a function, for each vector: GELU takes 21 ns where nothing else runs. */
  static final int FUNCTION = 15;

  /** Operations of other loops, for each vector: loads, stores, one to compute. */
  private static final int SIMPLE = 3;

  private Parts() {}

  /** Returns the work of a function. */
  static Part.Work of(Unary f) {
    return switch (f) {
      case RELU ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.relu(x, xo, y, yo, n);
            return 0;
          });
      case EXP ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.exp(x, xo, y, yo, n);
            return 0;
          });
      case LOG ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.log(x, xo, y, yo, n);
            return 0;
          });
      case SIGMOID ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.sigmoid(x, xo, y, yo, n);
            return 0;
          });
      case TANH ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.tanh(x, xo, y, yo, n);
            return 0;
          });
      case ERF ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.erf(x, xo, y, yo, n);
            return 0;
          });
      case SOFTPLUS ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.softplus(x, xo, y, yo, n);
            return 0;
          });
      case GELU ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.gelu(x, xo, y, yo, n);
            return 0;
          });
      case GELU_TANH ->
          loop((n, x, xo, _, _, y, yo, _, _) -> {
            UnaryLoops.geluTanh(x, xo, y, yo, n);
            return 0;
          });
      case SILU ->
          loop((n, x, xo, _, _, y, yo, z, zo) -> {
            UnaryLoops.silu(x, xo, y, yo, z, zo, n);
            return 0;
          });
      case ABS, NEG, SQRT, RECIPROCAL -> throw new IllegalArgumentException(f.toString());
    };
  }

  static Part.Work of(Kind kind) {
    int lanes = UnaryLoops.LANES;
    return switch (kind) {
      case SUM -> simple(1, (n, x, xo, _, _, _, _, _, _) -> Sums.sum(x, xo, n));
      case DOT -> simple(1, (n, x, xo, _, _, y, yo, _, _) -> Sums.dot(x, xo, y, yo, n));
      case MAX -> simple(1, (n, x, xo, _, _, _, _, _, _) -> Sums.max(x, xo, n));
      case MIN -> simple(1, (n, x, xo, _, _, _, _, _, _) -> Sums.min(x, xo, n));
      case LOGISTIC -> loop((n, x, xo, _, _, y, yo, _, _) -> UnaryLoops.logistic(x, xo, y, yo, n));
      case TIMES_LOGISTIC ->
          loop((n, x, xo, _, _, y, yo, _, _) -> UnaryLoops.timesLogistic(x, xo, y, yo, n));
      case NEAR_EXP -> loop((n, x, xo, _, _, y, yo, _, _) -> UnaryLoops.nearExp(x, xo, y, yo, n));
      case CLAMP ->
          part(
              2 * SIMPLE * VECTORS, (x, y) -> UnaryLoops.clamp(-6, 6, x, 0, y, 0, Part.LENGTH / 8));
      case TAKE ->
          part(2 * SIMPLE * VECTORS, (x, y) -> UnaryLoops.takeSecond(x, 0, y, 0, Part.LENGTH / 8));
      case TURN -> part(4 * Turned.OPERATIONS, (x, y) -> Turned.run(x, 0, 17, y, 0, 17, 17, 17));
      case TWICE ->
          part(
              2 * SIMPLE * VECTORS,
              (x, y) -> UnaryLoops.twice(x, 0, 0, y, 0, Part.LENGTH / 16, 2, 2));
      case COMPARE -> {
        byte[] bytes = new byte[Part.LENGTH / 8];
        yield part(
            2 * SIMPLE * VECTORS,
            (x, y) -> Choices.compare(true, false, x, 0, x, lanes, bytes, 0, bytes.length));
      }
      case SELECT -> {
        byte[] bytes = new byte[Part.LENGTH / 8];
        yield part(
            2 * SIMPLE * VECTORS,
            (x, y) -> Choices.select(bytes, 0, x, 0, x, lanes, y, 0, bytes.length));
      }
      case PICK -> {
        int[] at = new int[Part.LENGTH / 8];
        for (int i = 0; i < at.length; i++) {
          at[i] = i * 7 % at.length;
        }
        yield part(16 * SIMPLE * VECTORS, (x, y) -> Choices.gather(x, 0, at, 0, y, 0, at.length));
      }
      case QUANTIZE -> {
        byte[] bytes = new byte[Part.LENGTH / 8];
        yield part(
            4 * SIMPLE * VECTORS,
            (x, y) -> Choices.quantize(x, 0, 0.1f, 1, -128, bytes, 0, bytes.length));
      }
      case DEQUANTIZE -> {
        byte[] bytes = new byte[Part.LENGTH / 8];
        yield part(
            4 * SIMPLE * VECTORS,
            (x, y) -> {
              Choices.dequantize(bytes, 0, true, 1, 0.1f, y, 0, bytes.length);
              Choices.dequantize(bytes, 0, false, 1, 0.1f, y, 0, bytes.length);
            });
      }
      case GREATEST ->
          simple(
              2,
              (n, x, xo, rows, _, _, _, z, zo) -> {
                Sums.greatest(n, rows, x, xo, z, zo);
                return 0;
              });
      case POWERS ->
          loop(
              2,
              2 * FUNCTION * VECTORS,
              (n, x, xo, rows, _, y, yo, z, zo) -> {
                Sums.powers(n, rows, x, xo, y, yo, z, zo);
                return 0;
              });
      case DIVIDE ->
          simple(
              2,
              (n, _, _, rows, _, y, yo, z, zo) -> {
                Sums.divide(n, rows, y, yo, z, zo);
                return 0;
              });
      case GATHER -> {
        int[] at = rows(8);
        yield part(
            2 * 16,
            (x, y) -> {
              Gather.panels(1, 8, x, 0, at, 0, y);
              Gather.panels(1, 8, x, 0, 2 * lanes, y);
            });
      }
      case TAPS -> {
        int[] at = rows(18);
        yield part(
            9 * 20,
            (x, y) -> {
              Taps.run(8 * lanes, 2, x, 0, x, 0, at, 1, y, 0);
              Taps.run(8 * lanes + 1, 18, x, 0, x, 0, at, 1, y, 0);
            });
      }
      case WINDOWS -> {
        int[] at = rows(8);
        yield part(Windows.OPERATIONS, (x, y) -> Windows.sample(at, x, y));
      }
      case POOLS -> {
        int[] at = rows(8);
        yield part(Pools.OPERATIONS, (x, y) -> Pools.sample(at, x, y));
      }
      case CELL ->
          loop((n, x, i, f, next, gates, g, c, unit) -> {
            Cells.cell(n, x, i, f, next, gates, g, c, unit);
            return 0;
          });
      case OUTPUT ->
          loop((n, x, o, next, _, c, unit, h, _) -> {
            Cells.output(n, x, o, next, c, h, unit);
            return 0;
          });
      case RESET ->
          loop((n, x, r, a, next, gates, g, _, _) -> {
            Cells.reset(n, x, r, next, gates, g, a);
            return 0;
          });
      case MIX ->
          loop((n, x, z, g, _, h, unit, next, _) -> {
            Cells.mix(n, x, z, g, h, next, unit);
            return 0;
          });
      case AHEAD ->
          part(
              8 * (8 + SIMPLE) * Panels.VECTORS,
              (x, y) -> {
                for (int rows = Ahead4.LEAST; rows <= 6; rows++) {
                  Ahead4.run(rows, 8, x, 0, 8, x, 0, 0, y, 0, 4 * lanes);
                }
              });
      case WIDE ->
          part(
              64, (x, y) -> Tile2.wide(8, x, 0, x, 0, 2 * lanes, 4 * lanes, 6 * lanes, y, 0, y, 0));
      case BYTES -> {
        // With all heights of tiles that come first, and of those that come after them.
        int[] heights = {1, 2, 3, 4, 5, 6, 8, 10, 12};
        byte[] b = new byte[8 * ByteTile.WIDTH];
        int[] c = new int[12 * ByteTile.WIDTH];
        float[] room = new float[ByteTile.DEPTH * ByteTile.WIDTH + c.length];
        yield part(
            51 * 4 * (8 + 2 * SIMPLE),
            (x, y) -> {
              for (int rows : heights) {
                ByteTile.run(rows, 8, x, 0, 8, b, room, 0, c, 0, ByteTile.WIDTH);
              }
            });
      }
      case STRIPES -> {
        MemorySegment b =
            Stripes.copy(new PackedMatrix(8, 8 * lanes, Panels.WIDTH, new float[64 * lanes]));
        yield part(64, (x, y) -> Stripes.row(8, x, 0, b, 0, y, 0, y, 0));
      }
      case PAIRS -> {
        MemorySegment ints = Stripes.room(64L * lanes);
        yield part(
            64 + 64,
            (x, y) -> {
              Pairs.row(8, x, 0, ints, 0, y, 0, y, 0);
              Pairs.widen(8, ints, 0, y);
            });
      }
      case STRIPS ->
          part(
              3 * 64,
              (x, y) -> {
                Strip.wide(8, x, 0, x, 0, 8 * lanes, y, 0, y, 0);
                for (int r = 1; r <= Strip.ROWS; r++) {
                  Strip.run(r, 8, x, 0, 8, x, 0, 2 * lanes, y, 0, 2 * lanes, y, 0, 2 * lanes);
                }
              });
    };
  }

  /** Returns where rows of one vector begin. */
  private static int[] rows(int n) {
    int[] at = new int[n];
    for (int p = 0; p < n; p++) {
      at[p] = p * UnaryLoops.LANES;
    }
    return at;
  }

  /** Returns the work of tiles of this many vectors and rows. */
  static Part.Work tile(int vectors, int rows) {
    int width = vectors * UnaryLoops.LANES;
    return switch (vectors) {
      case 1 -> tile(rows, width, (x, y) -> Tile1.run(rows, 8, x, 0, 8, x, 0, y, 0, width));
      case 2 -> tile(rows, width, (x, y) -> Tile2.run(rows, 8, x, 0, 8, x, 0, y, 0, width));
      case 4 -> tile(rows, width, (x, y) -> Tile4.run(rows, 8, x, 0, 8, x, 0, y, 0, width));
      default -> throw new IllegalArgumentException(vectors + " vectors");
    };
  }

  /** As {@link #tile}, of {@link Placed4} and {@link Placed2}. */
  static Part.Work placed(int vectors, int rows) {
    int width = vectors * UnaryLoops.LANES;
    int[] at = rows(8);
    float[] a = new float[rows * Placed4.LDA];
    return vectors == 2
        ? tile(rows, width, (x, y) -> Placed2.run(rows, 8, a, 0, x, at, y, 0, width))
        : tile(rows, width, (x, y) -> Placed4.run(rows, 8, a, 0, x, at, y, 0, width));
  }

  private static Part.Work tile(int rows, int width, Part.Sample tile) {
    int vectors = rows * width / UnaryLoops.LANES;
    return part(
        (8 + SIMPLE) * vectors,
        (x, y) -> {
          tile.run(x, y);
          Tiles.add(rows, width, y, x, 0, 0, y, 0, width);
        });
  }

  private static Part.Work part(int operations, Part.Sample sample) {
    return new Part.Work(operations, sample, null);
  }

  private static Part.Work loop(Loop loop) {
    return loop(Part.LENGTH / 8, FUNCTION * VECTORS, loop);
  }

  private static Part.Work loop(int p, int operations, Loop loop) {
    return Part.Work.of(operations, p, loop);
  }

  /** Returns the work of a loop that computes little of each vector. */
  private static Part.Work simple(int rows, Loop loop) {
    return loop(rows, rows * SIMPLE * VECTORS, loop);
  }
}
