package org.sardonyx.kernels;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Elementwise operations that are computed together, a tile of elements after the other, so that
 * what lies between them never leaves the nearest cache. Every element is what the loops of {@link
 * Kernels} give one after the other, bit for bit. Immutable; what a run needs is a {@link Work}.
 */
public final class Chain {

  /** Elements of a tile: a few of them fit into a cache of 32 KiB, and loops are long enough. */
  public static final int TILE = 1024;

  /** Code costs milliseconds to make, and time until the compiler is done with it. */
  private static final int ROWS_BEFORE_CODE = 4;

  private final int inputs;
  private final List<Operation> operations;

  /** The tile that each operation writes to; the last one writes to the output. */
  private final int[] tiles;

  private final int tileCount;

  /** One operation; values are numbered, the inputs first and then what the operations give. */
  public sealed interface Operation {

    /** Returns the values that it is computed of. */
    int[] operands();

    /** Appends what tells it from every other operation. */
    void describe(StringBuilder to);

    /**
     * Computes a tile, and notes whether it moves. A method of each operation: C2 would take the
     * loops of all into one, which costs it 17 MB and a tenth of a second.
     *
     * @param values by value; all begin at 0, where loops need no vectors of their own to be fast
     * @param value what is computed
     * @param most elements of what moves
     */
    void apply(Kernels kernels, float[][] values, int[] steps, int value, int most);

    record OfOne(Unary f, int x) implements Operation {
      @Override
      public int[] operands() {
        return new int[] {x};
      }

      @Override
      public void describe(StringBuilder to) {
        to.append(f.name()).append(' ').append(x);
      }

      @Override
      public void apply(Kernels kernels, float[][] values, int[] steps, int value, int most) {
        kernels.unary(f, values[x], 0, values[value], 0, length(steps, value, steps[x], most));
      }
    }

    record OfTwo(Binary f, int a, int b) implements Operation {
      @Override
      public int[] operands() {
        return new int[] {a, b};
      }

      @Override
      public void describe(StringBuilder to) {
        to.append(f.name()).append(' ').append(a).append(' ').append(b);
      }

      @Override
      public void apply(Kernels kernels, float[][] values, int[] steps, int value, int most) {
        float[] y = values[value];
        int n = length(steps, value, steps[a] | steps[b], most);
        Kernels plain = kernels.plain();
        if (steps[a] == steps[b]) {
          plain.binary(f, values[a], 0, values[b], 0, y, 0, n);
        } else if (steps[b] == 0) {
          plain.binaryRight(f, values[a], 0, values[b][0], y, 0, n);
        } else {
          plain.binaryLeft(f, values[a][0], values[b], 0, y, 0, n);
        }
      }
    }

    /** See {@link Kernels#clamp}. */
    record Clamp(float least, float greatest, int x) implements Operation {
      @Override
      public int[] operands() {
        return new int[] {x};
      }

      @Override
      public void describe(StringBuilder to) {
        to.append("clamp ").append(least).append(' ').append(greatest).append(' ').append(x);
      }

      @Override
      public void apply(Kernels kernels, float[][] values, int[] steps, int value, int most) {
        int n = length(steps, value, steps[x], most);
        kernels.plain().clamp(least, greatest, values[x], 0, values[value], 0, n);
      }
    }

    /** {@code max(0, min(1, alpha * x + beta))}. */
    record HardSigmoid(float alpha, float beta, int x) implements Operation {
      @Override
      public int[] operands() {
        return new int[] {x};
      }

      @Override
      public void describe(StringBuilder to) {
        to.append("hard ").append(alpha).append(' ').append(beta).append(' ').append(x);
      }

      @Override
      public void apply(Kernels kernels, float[][] values, int[] steps, int value, int most) {
        hardSigmoid(values[x], values[value], length(steps, value, steps[x], most));
      }

      private void hardSigmoid(float[] from, float[] to, int n) {
        for (int i = 0; i < n; i++) {
          to[i] = Math.max(0, Math.min(1, alpha * from[i] + beta));
        }
      }
    }
  }

  /** A chain that has been made code of its own, for inputs of which some stand still. */
  public interface Code {

    /** Whether it is fast; where not, sees to it that it will be. */
    boolean isReady();

    /** Returns the shortest row that it computes. */
    int least();

    /** Computes a row, bit for bit as {@link Chain#run}. */
    void run(Work work, int[] begins, float[] y, int yOffset, int n);
  }

  /** What one run at a time computes in. */
  public static final class Work {

    /** Inputs, then results in the order of the operations. */
    private final float[][] arrays;

    private final int[] offsets;
    private final int[] steps;

    /** As arrays, of a tile: none of them begins elsewhere than at 0. */
    private final float[][] tiles;

    /** A tile for each operation. */
    private float @Nullable [] wide;

    private final int inputs;
    private int rows;
    private int asked = -1;
    private @Nullable Code code;

    private Work(int inputs, int[] tiles, int count) {
      this.inputs = inputs;
      this.arrays = new float[inputs + tiles.length][];
      this.offsets = new int[inputs + tiles.length];
      this.steps = new int[inputs + tiles.length];
      float[][] distinct = new float[inputs + count][TILE];
      this.tiles = Arrays.copyOf(distinct, inputs + tiles.length);
      for (int i = 0; i < tiles.length; i++) {
        this.tiles[inputs + i] = distinct[inputs + tiles[i]];
      }
    }

    /**
     * Says what an input is.
     *
     * @param step 1 where element i is {@code array[i]}, 0 where it is always the same
     */
    public void input(int input, float[] array, int step) {
      arrays[input] = array;
      steps[input] = step;
    }

    /** Returns the arrays of inputs and results. */
    public float[][] arrays() {
      return arrays;
    }

    /** Returns where each begins in its array. */
    public int[] offsets() {
      return offsets;
    }

    /**
     * Sets arrays and offsets for elements from {@code at} on.
     *
     * @param tiled whether operations before the last write to tiles, or nowhere
     */
    public void place(int[] begins, int at, float[] y, int yOffset, boolean tiled) {
      for (int i = 0; i < inputs; i++) {
        offsets[i] = begins[i] + at * steps[i];
      }
      int last = arrays.length - 1;
      if (tiled) {
        float[] room = wide == null ? new float[(last - inputs) * TILE] : wide;
        wide = room;
        for (int i = inputs; i < last; i++) {
          arrays[i] = room;
          offsets[i] = (i - inputs) * TILE;
        }
      }
      arrays[last] = y;
      offsets[last] = yOffset + at;
    }

    /** Returns the code for inputs that move as these do, where there is some by now. */
    private @Nullable Code code(Kernels kernels, Chain chain) {
      if (rows < ROWS_BEFORE_CODE) {
        rows++;
        return null;
      }
      int moving = 0;
      for (int i = 0; i < inputs; i++) {
        moving |= steps[i] << i;
      }
      if (asked != moving) {
        asked = moving;
        code = kernels.code(chain, moving);
      }
      return code;
    }

    /** Whether an input is what the result goes into. */
    private boolean reads(float[] y) {
      for (int i = 0; i < inputs; i++) {
        if (arrays[i] == y) {
          return true;
        }
      }
      return false;
    }

    /** Returns in words how the last run was computed. */
    public String how() {
      return code == null ? "loops over tiles, operation by operation" : "generated loop";
    }

    /** Lets go of the inputs. */
    public void clear() {
      Arrays.fill(arrays, null);
    }
  }

  /**
   * @param inputs how many there are, at most 31
   * @param operations in order; the last one gives the result
   */
  public Chain(int inputs, List<Operation> operations) {
    this.inputs = inputs;
    this.operations = List.copyOf(operations);
    int count = operations.size();
    int[] lastRead = new int[count];
    for (int i = 0; i < count; i++) {
      for (int operand : operations.get(i).operands()) {
        if (operand >= inputs + i) {
          throw new IllegalArgumentException("operation " + i + " reads what comes later");
        }
        if (operand >= inputs) {
          lastRead[operand - inputs] = i;
        }
      }
    }
    this.tiles = new int[count];
    int most = 0;
    for (int i = 0; i < count; i++) {
      int tile = 0;
      while (isTaken(tile, i, lastRead)) {
        tile++;
      }
      tiles[i] = tile;
      most = Math.max(most, tile + 1);
    }
    this.tileCount = most;
  }

  /** Whether a value that operation i does not read for the last time lies in a tile. */
  private boolean isTaken(int tile, int i, int[] lastRead) {
    for (int k = 0; k < i; k++) {
      if (tiles[k] == tile && lastRead[k] > i) {
        return true;
      }
    }
    return false;
  }

  /** Returns the number of inputs. */
  public int inputs() {
    return inputs;
  }

  /** Returns the operations. */
  public List<Operation> operations() {
    return operations;
  }

  /** Returns room for one run at a time. */
  public Work work() {
    return new Work(inputs, tiles, tileCount);
  }

  /**
   * Computes n elements.
   *
   * @param begins where they begin in each input
   * @param y where they go; an input that moves may be the same place
   */
  public void run(Kernels kernels, Work work, int[] begins, float[] y, int yOffset, int n) {
    Code code = work.code(kernels, this);
    int done = 0;
    if (code != null && n >= code.least() && code.isReady()) {
      // What is less than a vector is computed with elements before it, once more.
      done = work.reads(y) ? n - n % code.least() : n;
      code.run(work, begins, y, yOffset, done);
    }
    int count = operations.size();
    float[][] values = work.tiles;
    float[] last = values[inputs + count - 1];
    for (int at = done; at < n; at += TILE) {
      int length = Math.min(TILE, n - at);
      for (int i = 0; i < inputs; i++) {
        int step = work.steps[i];
        int elements = step == 0 ? 1 : length;
        System.arraycopy(work.arrays[i], begins[i] + at * step, values[i], 0, elements);
      }
      for (int i = 0; i < count; i++) {
        operations.get(i).apply(kernels, values, work.steps, inputs + i, length);
      }
      if (work.steps[inputs + count - 1] == 0) {
        Arrays.fill(last, 1, length, last[0]);
      }
      System.arraycopy(last, 0, y, yOffset + at, length);
    }
  }

  /** Notes whether a value moves, and returns how many elements of it there are. */
  private static int length(int[] steps, int value, int step, int most) {
    steps[value] = step;
    return step == 0 ? 1 : most;
  }
}
