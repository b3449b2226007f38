package org.sardonyx.operators.recurrent;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Runs cells over sequences: directions, lengths, layouts, states and outputs.
 *
 * <p>A row that ends early keeps the state it ended with, its Y is 0 from there on, and what X
 * holds there is not read; a row of length 0 ends with its initial state. The backward direction
 * begins at the end of each row and its Y lies at the time it belongs to.
 */
final class Recurrence {

  /** Floats of input projection that are computed at a time, so that they stay in the cache. */
  private static final int CHUNK = 1 << 18;

  private final Invocation in;
  private final Sizes sizes;
  private final Rows rows;
  private final DataType type;
  private final @Nullable Tensor initialH;
  private final @Nullable Tensor initialC;
  private final boolean wantsY;
  private final boolean wantsH;
  private final boolean wantsC;

  Recurrence(
      Invocation in,
      Sizes sizes,
      @Nullable Tensor sequenceLens,
      @Nullable Tensor initialH,
      @Nullable Tensor initialC) {
    this.in = in;
    this.sizes = sizes;
    this.rows = Rows.of(sequenceLens, sizes.batch(), sizes.steps());
    this.type = in.tensor(RecurrentOperator.X).dataType();
    this.initialH = initialH;
    this.initialC = initialC;
    this.wantsY = in.outputs() > 0 && in.wants(RecurrentOperator.Y);
    this.wantsH = in.outputs() > 1 && in.wants(RecurrentOperator.Y_H);
    this.wantsC = in.outputs() > 2 && in.wants(RecurrentOperator.Y_C);
  }

  /** Runs one cell for each direction and gives the outputs. */
  void run(List<? extends FloatCell> cells) {
    float[] x = in.tensor(RecurrentOperator.X).toFloats();
    float[] y = wantsY ? begin(RecurrentOperator.Y, sizes.yShape()) : new float[0];
    float[] yh = wantsH ? begin(RecurrentOperator.Y_H, sizes.stateShape()) : new float[0];
    float[] yc = wantsC ? begin(RecurrentOperator.Y_C, sizes.stateShape()) : new float[0];
    int width = sizes.hidden();
    for (int d = 0; d < cells.size(); d++) {
      FloatCell cell = cells.get(d);
      int n = sizes.batch();
      FloatCell.State state =
          new FloatCell.State(
              initial(initialH, d),
              initial(initialC, d),
              new float[Tensor.checkedSize(new int[] {n, cell.scratch()})]);
      run(cell, d, x, state, y);
      for (int k = 0; k < n; k++) {
        int at = sizes.state(d, rows.row(k));
        if (wantsH) {
          System.arraycopy(state.h(), k * width, yh, at, width);
        }
        if (wantsC) {
          System.arraycopy(state.c(), k * width, yc, at, width);
        }
      }
    }
    if (wantsY) {
      finish(RecurrentOperator.Y, y, sizes.yShape());
    }
    if (wantsH) {
      finish(RecurrentOperator.Y_H, yh, sizes.stateShape());
    }
    if (wantsC) {
      finish(RecurrentOperator.Y_C, yc, sizes.stateShape());
    }
  }

  /** Returns zeros to compute an output in: the output itself where it is of floats. */
  private float[] begin(int output, int[] shape) {
    return type == DataType.FLOAT
        ? in.zeros(output, type, shape).floats()
        : new float[Tensor.checkedSize(shape)];
  }

  private void finish(int output, float[] values, int[] shape) {
    if (type != DataType.FLOAT) {
      in.set(output, Tensor.fromFloats(type, values, shape));
    }
  }

  private void run(FloatCell cell, int d, float[] x, FloatCell.State state, float[] y) {
    boolean reverse = cell.layer.isReverse(d);
    int n = sizes.batch();
    // Where every row is as long as X and rows of one time lie together, X is projected as it is.
    boolean inPlace = rows.full() && (!sizes.batchFirst() || n == 1);
    int limit = Math.max(n, CHUNK / Math.max(1, cell.width()));
    int steps = rows.steps();
    int most = (int) Math.min(limit, (long) n * steps);
    float[] gates = new float[Tensor.checkedSize(new int[] {most, cell.width()})];
    float[] gathered = new float[inPlace ? 0 : Tensor.checkedSize(new int[] {most, sizes.input()})];
    int active = n;
    for (int first = 0; first < steps; ) {
      int last = first;
      int total = 0;
      int running = active;
      while (last < steps) {
        running = rows.running(last, running);
        if (total + running > limit) {
          break;
        }
        if (!inPlace) {
          gather(reverse, last, running, x, gathered, total);
        }
        total += running;
        last++;
      }
      if (inPlace) {
        int time = reverse ? steps - last : first;
        cell.project(in.kernels(), total, x, time * n * sizes.input(), gates);
      } else {
        cell.project(in.kernels(), total, gathered, 0, gates);
      }
      int row = 0;
      for (int s = first; s < last; s++) {
        active = rows.running(s, active);
        int at = inPlace && reverse ? (last - 1 - s) * n : row;
        cell.step(in.kernels(), active, gates, at * cell.width(), state);
        if (wantsY) {
          scatter(reverse, d, s, active, state.h(), y);
        }
        row += active;
      }
      in.checkpoint();
      first = last;
    }
  }

  private void gather(boolean reverse, int s, int running, float[] x, float[] to, int row) {
    int width = sizes.input();
    for (int k = 0; k < running; k++) {
      int from = sizes.x(rows.time(reverse, s, k), rows.row(k));
      System.arraycopy(x, from, to, (row + k) * width, width);
    }
  }

  private void scatter(boolean reverse, int d, int s, int running, float[] h, float[] y) {
    int width = sizes.hidden();
    for (int k = 0; k < running; k++) {
      int to = sizes.y(rows.time(reverse, s, k), d, rows.row(k));
      System.arraycopy(h, k * width, y, to, width);
    }
  }

  private float[] initial(@Nullable Tensor tensor, int d) {
    int width = sizes.hidden();
    float[] state = new float[sizes.batch() * width];
    if (tensor != null) {
      float[] values = tensor.toFloats();
      for (int k = 0; k < sizes.batch(); k++) {
        System.arraycopy(values, sizes.state(d, rows.row(k)), state, k * width, width);
      }
    }
    return state;
  }

  /** As {@link #run(List)}, in double, row by row. */
  void runDouble(List<? extends DoubleCell> cells) {
    double[] x = in.tensor(RecurrentOperator.X).doubles();
    double[] y =
        wantsY
            ? in.zeros(RecurrentOperator.Y, DataType.DOUBLE, sizes.yShape()).doubles()
            : new double[0];
    int states = Tensor.checkedSize(sizes.stateShape());
    double[] yh = initialDouble(initialH, states);
    double[] yc = initialDouble(initialC, states);
    int width = sizes.hidden();
    double[] h = new double[width];
    double[] c = new double[width];
    for (int d = 0; d < cells.size(); d++) {
      DoubleCell cell = cells.get(d);
      boolean reverse = cell.layer.isReverse(d);
      for (int k = 0; k < sizes.batch(); k++) {
        int b = rows.row(k);
        int at = sizes.state(d, b);
        System.arraycopy(yh, at, h, 0, width);
        System.arraycopy(yc, at, c, 0, width);
        for (int s = 0; rows.running(s, k + 1) == k + 1; s++) {
          int time = rows.time(reverse, s, k);
          cell.step(x, sizes.x(time, b), h, c);
          if (wantsY) {
            System.arraycopy(h, 0, y, sizes.y(time, d, b), width);
          }
        }
        System.arraycopy(h, 0, yh, at, width);
        System.arraycopy(c, 0, yc, at, width);
        in.checkpoint();
      }
    }
    if (wantsH) {
      in.set(RecurrentOperator.Y_H, Tensor.of(yh, sizes.stateShape()));
    }
    if (wantsC) {
      in.set(RecurrentOperator.Y_C, Tensor.of(yc, sizes.stateShape()));
    }
  }

  private static double[] initialDouble(@Nullable Tensor tensor, int size) {
    return tensor == null ? new double[size] : tensor.doubles().clone();
  }
}
