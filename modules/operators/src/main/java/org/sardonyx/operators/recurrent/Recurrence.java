package org.sardonyx.operators.recurrent;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Runs cells over sequences: directions, lengths, layouts, states and outputs. An object is the
 * room that one run at a time works in; runs of the same sizes allocate nothing beside outputs.
 *
 * <p>A row that ends early keeps the state it ended with, its Y is 0 from there on, and what X
 * holds there is not read; a row of length 0 ends with its initial state. The backward direction
 * begins at the end of each row and its Y lies at the time it belongs to.
 */
final class Recurrence {

  /** Floats of input projection that are computed at a time, so that they stay in the cache. */
  private static final int CHUNK = 1 << 18;

  /** Multiplications of a step that are worth a second thread, and of all steps together. */
  private static final long SHARED_STEP = 1 << 17;

  private static final long SHARED_STEPS = 1 << 20;

  private static final float[] NONE = {};

  private final Layer layer;
  private final int input;
  private final int hidden;

  // Of the last run, kept since the next one is likely to have the same.
  private Sizes sizes;
  private int[] yShape;
  private int[] stateShape;
  private Rows rows;

  /** H before even steps, and before odd ones. */
  private final float[][] h = {NONE, NONE};

  private float[] c = NONE;
  private float[] scratch = NONE;
  private float[] gates = NONE;
  private float[] gathered = NONE;

  /** Where rows of each step of a chunk begin among those that are projected together. */
  private int[] starts = {};

  // What a part of a step, in whatever thread, finds here.
  private final Kernels.Share part = this::step;
  private @Nullable FloatCell cell;
  private Kernels own = Kernels.scalar();
  private int direction;
  private float[] y = NONE;

  /** The chunk's first step, and whether its first rows are those of its last step. */
  private int chunk;

  private int chunkSteps;
  private boolean backwards;

  /**
   * Makes one.
   *
   * @param input I, the columns of W
   * @param hidden H
   */
  Recurrence(Layer layer, int input, int hidden) {
    this.layer = layer;
    this.input = input;
    this.hidden = hidden;
    this.sizes = new Sizes(0, 0, input, hidden, layer.directions(), layer.batchFirst());
    this.yShape = sizes.yShape();
    this.stateShape = sizes.stateShape();
    this.rows = Rows.of(null, 0, 0);
  }

  /** Checks what changes from call to call. */
  void check(Invocation in) {
    Tensor x = in.tensor(RecurrentOperator.X);
    boolean batchFirst = layer.batchFirst();
    if (x.rank() != 3 || x.dim(2) != input) {
      throw new InvalidInput(
          "X must have shape ["
              + (batchFirst ? "batch_size, seq_length, " : "seq_length, batch_size, ")
              + input
              + "] where W has "
              + input
              + " columns, got "
              + Arrays.toString(x.shape()));
    }
    int steps = x.dim(batchFirst ? 1 : 0);
    int batch = x.dim(batchFirst ? 0 : 1);
    if (sizes.steps() != steps || sizes.batch() != batch) {
      sizes = new Sizes(steps, batch, input, hidden, layer.directions(), batchFirst);
      yShape = sizes.yShape();
      stateShape = sizes.stateShape();
    }
    Tensor lens = in.optional(RecurrentOperator.SEQUENCE_LENS);
    String meaning =
        batchFirst
            ? "batch_size, num_directions, hidden_size"
            : "num_directions, batch_size, hidden_size";
    if (lens != null) {
      Sizes.expect("sequence_lens", lens, "batch_size", batch);
    }
    Sizes.expect("initial_h", in.optional(RecurrentOperator.INITIAL_H), meaning, stateShape);
    Sizes.expect("initial_c", in.optional(RecurrentOperator.INITIAL_C), meaning, stateShape);
    if (lens != null || !rows.isFull(batch, steps)) {
      rows = Rows.of(lens, batch, steps);
    }
  }

  private static boolean wants(Invocation in, int output) {
    return in.outputs() > output && in.wants(output);
  }

  /** Runs one cell for each direction and gives the outputs. */
  void run(Invocation in, List<? extends FloatCell> cells) {
    check(in);
    float[] x = in.tensor(RecurrentOperator.X).toFloats();
    // Beyond the end of a row, Y is 0.
    y = begin(in, RecurrentOperator.Y, yShape, !rows.full());
    float[] yh = begin(in, RecurrentOperator.Y_H, stateShape, false);
    float[] yc = begin(in, RecurrentOperator.Y_C, stateShape, false);
    Tensor initialH = in.optional(RecurrentOperator.INITIAL_H);
    Tensor initialC = in.optional(RecurrentOperator.INITIAL_C);
    for (int d = 0; d < cells.size(); d++) {
      FloatCell cell = cells.get(d);
      h[0] = initial(h[0], initialH, d);
      h[1] = room(h[1], sizes.batch(), hidden);
      c = initial(c, initialC, d);
      scratch = room(scratch, sizes.batch(), cell.scratch());
      run(in, cell, d, x);
      for (int k = 0; k < sizes.batch(); k++) {
        int at = sizes.state(d, rows.row(k));
        if (yh.length > 0) {
          System.arraycopy(h[rows.steps(k) & 1], k * hidden, yh, at, hidden);
        }
        if (yc.length > 0) {
          System.arraycopy(c, k * hidden, yc, at, hidden);
        }
      }
    }
    finish(in, RecurrentOperator.Y, y, yShape);
    y = NONE;
    finish(in, RecurrentOperator.Y_H, yh, stateShape);
    finish(in, RecurrentOperator.Y_C, yc, stateShape);
  }

  /** Returns room to compute an output in, the output itself where it is of floats. */
  private static float[] begin(Invocation in, int output, int[] shape, boolean zeros) {
    if (!wants(in, output)) {
      return NONE;
    }
    if (in.tensor(RecurrentOperator.X).dataType() != DataType.FLOAT) {
      return new float[Tensor.checkedSize(shape)];
    }
    Tensor tensor =
        zeros ? in.zeros(output, DataType.FLOAT, shape) : in.output(output, DataType.FLOAT, shape);
    return tensor.floats();
  }

  private static void finish(Invocation in, int output, float[] values, int[] shape) {
    DataType type = in.tensor(RecurrentOperator.X).dataType();
    if (wants(in, output) && type != DataType.FLOAT) {
      in.set(output, Tensor.fromFloats(type, values, shape));
    }
  }

  /** Returns an array of at least {@code rows * width} floats, the one given if it can be. */
  private static float[] room(float[] array, int rows, int width) {
    return array.length < (long) rows * width
        ? new float[Tensor.checkedSize(new int[] {rows, width})]
        : array;
  }

  private void run(Invocation in, FloatCell taken, int d, float[] x) {
    boolean reverse = layer.isReverse(d);
    int n = sizes.batch();
    int width = taken.width();
    // Where every row is as long as X and rows of one time lie together, X is projected as it is.
    boolean inPlace = rows.full() && (!sizes.batchFirst() || n == 1);
    int limit = Math.max(n, CHUNK / Math.max(1, width));
    int steps = rows.steps();
    int most = (int) Math.min(limit, (long) n * steps);
    gates = room(gates, most, width);
    if (!inPlace) {
      gathered = room(gathered, most, input);
    }
    Kernels kernels = in.kernels();
    long work = (long) n * taken.width() * hidden;
    boolean shared = work >= SHARED_STEP && work * steps >= SHARED_STEPS;
    Kernels stepping = shared || kernels.threads() == 1 ? kernels : kernels.single();
    cell = taken;
    own = taken.parts() > 1 ? stepping.single() : stepping;
    direction = d;
    backwards = inPlace && reverse;
    int running = n;
    for (int first = 0; first < steps; ) {
      int last = first;
      int total = 0;
      while (last < steps) {
        running = rows.running(last, running);
        if (total + running > limit) {
          break;
        }
        if (!inPlace) {
          gather(reverse, last, running, x, total);
        }
        begins(last - first, total);
        total += running;
        last++;
      }
      begins(last - first, total);
      if (inPlace) {
        int time = reverse ? steps - last : first;
        taken.project(kernels, total, x, time * n * input, gates);
      } else {
        taken.project(kernels, total, gathered, 0, gates);
      }
      chunk = first;
      chunkSteps = last - first;
      stepping.steps(chunkSteps * taken.phases(), taken.parts(), part);
      in.checkpoint();
      first = last;
    }
    cell = null;
  }

  private void begins(int step, int row) {
    if (step == starts.length) {
      starts = Arrays.copyOf(starts, 2 * step + 2);
    }
    starts[step] = row;
  }

  /** Takes a part of a chunk's rows one step on, or one phase of it. */
  private void step(int i, int part) {
    FloatCell now = Objects.requireNonNull(cell);
    int phases = now.phases();
    int step = i / phases;
    int phase = i % phases;
    int active = starts[step + 1] - starts[step];
    int row = starts[backwards ? chunkSteps - 1 - step : step];
    int s = chunk + step;
    float[] next = h[s + 1 & 1];
    now.step(own, phase, part, active, gates, row * now.width(), h[s & 1], next, c, scratch);
    if (y.length > 0 && phase == phases - 1) {
      int unit = now.first(part);
      scatter(s, active, next, unit, now.first(part + 1) - unit);
    }
  }

  private void gather(boolean reverse, int s, int running, float[] x, int row) {
    for (int k = 0; k < running; k++) {
      int from = sizes.x(rows.time(reverse, s, k), rows.row(k));
      System.arraycopy(x, from, gathered, (row + k) * input, input);
    }
  }

  private void scatter(int s, int running, float[] next, int unit, int n) {
    boolean reverse = layer.isReverse(direction);
    for (int k = 0; k < running; k++) {
      int to = sizes.y(rows.time(reverse, s, k), direction, rows.row(k));
      System.arraycopy(next, k * hidden + unit, y, to + unit, n);
    }
  }

  private float[] initial(float[] room, @Nullable Tensor tensor, int d) {
    float[] state = room(room, sizes.batch(), hidden);
    if (tensor == null) {
      Arrays.fill(state, 0, sizes.batch() * hidden, 0);
    } else {
      float[] values = tensor.toFloats();
      for (int k = 0; k < sizes.batch(); k++) {
        System.arraycopy(values, sizes.state(d, rows.row(k)), state, k * hidden, hidden);
      }
    }
    return state;
  }

  /** As {@link #run}, in double, row by row. */
  void runDouble(Invocation in, List<? extends DoubleCell> cells) {
    check(in);
    double[] x = in.tensor(RecurrentOperator.X).doubles();
    boolean wantsY = wants(in, RecurrentOperator.Y);
    double[] y =
        wantsY
            ? in.zeros(RecurrentOperator.Y, DataType.DOUBLE, sizes.yShape()).doubles()
            : new double[0];
    int states = Tensor.checkedSize(sizes.stateShape());
    double[] yh = initialDouble(in.optional(RecurrentOperator.INITIAL_H), states);
    double[] yc = initialDouble(in.optional(RecurrentOperator.INITIAL_C), states);
    double[] hd = new double[hidden];
    double[] cd = new double[hidden];
    for (int d = 0; d < cells.size(); d++) {
      DoubleCell cell = cells.get(d);
      boolean reverse = layer.isReverse(d);
      for (int k = 0; k < sizes.batch(); k++) {
        int b = rows.row(k);
        int at = sizes.state(d, b);
        System.arraycopy(yh, at, hd, 0, hidden);
        System.arraycopy(yc, at, cd, 0, hidden);
        for (int s = 0; rows.running(s, k + 1) == k + 1; s++) {
          int time = rows.time(reverse, s, k);
          cell.step(x, sizes.x(time, b), hd, cd);
          if (wantsY) {
            System.arraycopy(hd, 0, y, sizes.y(time, d, b), hidden);
          }
        }
        System.arraycopy(hd, 0, yh, at, hidden);
        System.arraycopy(cd, 0, yc, at, hidden);
        in.checkpoint();
      }
    }
    if (wants(in, RecurrentOperator.Y_H)) {
      in.set(RecurrentOperator.Y_H, Tensor.of(yh, sizes.stateShape()));
    }
    if (wants(in, RecurrentOperator.Y_C)) {
      in.set(RecurrentOperator.Y_C, Tensor.of(yc, sizes.stateShape()));
    }
  }

  private static double[] initialDouble(@Nullable Tensor tensor, int size) {
    return tensor == null ? new double[size] : tensor.doubles().clone();
  }
}
