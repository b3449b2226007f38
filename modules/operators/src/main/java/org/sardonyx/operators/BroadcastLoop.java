package org.sardonyx.operators;

/**
 * Walks over a broadcast in rows: neighbouring dimensions that every input either has or repeats
 * are taken as one, so that along a row each input lies contiguously (step 1) or stands still (step
 * 0).
 */
public final class BroadcastLoop {

  /** Most elements between two looks at whether the run is to go on. */
  private static final int PIECE = 1 << 18;

  private final int[] dims;
  private final int[][] strides;
  private final int length;
  private final boolean empty;

  private BroadcastLoop(int[] dims, int[][] strides, int length, boolean empty) {
    this.dims = dims;
    this.strides = strides;
    this.length = length;
    this.empty = empty;
  }

  /** What is done with a row, or a piece of one. */
  @FunctionalInterface
  public interface Row {
    /**
     * Computes {@code n} elements.
     *
     * @param output where they begin in the output
     * @param inputs where they begin in each input; not to be kept
     */
    void run(int output, int[] inputs, int n);
  }

  /** Makes the loop for inputs of shapes that broadcast to {@code output}. */
  public static BroadcastLoop of(int[] output, int[]... inputs) {
    int rank = output.length;
    int[][] full = new int[inputs.length][];
    for (int k = 0; k < inputs.length; k++) {
      full[k] = Broadcast.strides(inputs[k], output);
    }
    int[] dims = new int[rank];
    int[][] strides = new int[inputs.length][rank];
    int kept = 0;
    boolean empty = false;
    // From the innermost dimension outwards; dims and strides are built in that order.
    for (int d = rank - 1; d >= 0; d--) {
      empty |= output[d] == 0;
      if (output[d] == 1) {
        continue;
      }
      boolean joins = kept > 0;
      for (int k = 0; joins && k < inputs.length; k++) {
        joins = full[k][d] == strides[k][kept - 1] * dims[kept - 1];
      }
      if (joins) {
        dims[kept - 1] *= output[d];
      } else {
        for (int k = 0; k < inputs.length; k++) {
          strides[k][kept] = full[k][d];
        }
        dims[kept] = output[d];
        kept++;
      }
    }
    if (kept == 0) {
      return new BroadcastLoop(new int[0], new int[inputs.length][1], 1, empty);
    }
    int[] outer = new int[kept - 1];
    System.arraycopy(dims, 1, outer, 0, kept - 1);
    return new BroadcastLoop(outer, strides, dims[0], empty);
  }

  /** Returns the length of a row. */
  public int length() {
    return length;
  }

  /** Returns 1 where the input moves along a row, 0 where it stands still. */
  public int step(int input) {
    return strides[input][0];
  }

  /** Returns how far an input goes from a row to the next of the same {@link Rows}. */
  public int rowStep(int input) {
    return strides[input].length == 1 ? 0 : strides[input][1];
  }

  /** What is done with rows. */
  @FunctionalInterface
  public interface Rows {
    /**
     * Computes {@code rows} times {@code n} elements, which follow each other in the output.
     *
     * @param output where they begin in the output
     * @param inputs where they begin in each input; not to be kept
     */
    void run(int output, int[] inputs, int rows, int n);
  }

  /**
   * Runs {@code row} for every row, in the order of the output, long ones in pieces.
   *
   * @param in looks now and then whether the run is to go on
   */
  public void each(Invocation in, Row row) {
    int[] now = new int[strides.length];
    rows(
        in,
        (output, inputs, rows, n) -> {
          System.arraycopy(inputs, 0, now, 0, now.length);
          for (int r = 0; r < rows; r++) {
            row.run(output + r * n, now, n);
            for (int k = 0; k < now.length; k++) {
              now[k] += rowStep(k);
            }
          }
        });
  }

  /** As {@link #each}, for as many rows at once as are at even distances in every input. */
  public void rows(Invocation in, Rows f) {
    if (empty) {
      return;
    }
    int rows = dims.length == 0 ? 1 : dims[0];
    int most = Math.max(1, PIECE / length);
    int[] offsets = new int[strides.length];
    int[] at = new int[strides.length];
    int[] index = new int[dims.length];
    int output = 0;
    long worked = 0;
    while (true) {
      for (int r = 0, now; r < rows; r += now) {
        now = Math.min(most, rows - r);
        for (int i = 0, n; i < length; i += n) {
          n = Math.min(PIECE, length - i);
          for (int k = 0; k < at.length; k++) {
            at[k] = offsets[k] + r * rowStep(k) + i * step(k);
          }
          f.run(output, at, now, n);
          output += now * n;
          worked += (long) now * n;
          if (worked >= PIECE) {
            in.checkpoint(worked);
            worked = 0;
          }
        }
      }
      int d = 1;
      while (d < dims.length) {
        for (int k = 0; k < offsets.length; k++) {
          offsets[k] += strides[k][d + 1];
        }
        if (++index[d] < dims[d]) {
          break;
        }
        for (int k = 0; k < offsets.length; k++) {
          offsets[k] -= strides[k][d + 1] * dims[d];
        }
        index[d] = 0;
        d++;
      }
      if (d >= dims.length) {
        return;
      }
    }
  }
}
