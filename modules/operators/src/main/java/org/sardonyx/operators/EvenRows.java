package org.sardonyx.operators;

import java.lang.reflect.Array;
import java.util.Arrays;
import org.sardonyx.tensor.Tensor;

/**
 * Has a loop find all that belongs together at one place of every array: only of such loops the
 * compiler makes vectors. Where inputs broadcast, or are wanted as longs and are not, that are
 * pieces of them, copied; one that broadcasts alone is copied to where the output will be.
 */
public final class EvenRows {

  /** Elements of a piece: some of them stay in the nearest cache. */
  public static final int PIECE = 1024;

  /** Below so many elements one by one is faster. */
  private static final int SHORT = 16;

  private final Tensor[] inputs;
  private final Tensor output;
  private final boolean longs;
  private final boolean longResults;
  private final Body body;
  private final int[] steps;
  private final boolean[] copied;
  private final Object[] rows;
  private final Object results;
  private final boolean inPlace;
  private final int most;
  private int filled;
  private int done;

  /** What is done with elements {@code start} to {@code end} of the inputs and the output. */
  @FunctionalInterface
  public interface Body {
    void run(Object[] x, Object y, int start, int end);
  }

  private EvenRows(Tensor[] inputs, Tensor output, boolean longs, boolean longResults, Body body) {
    this.inputs = inputs;
    this.output = output;
    this.longs = longs;
    this.longResults = longResults;
    this.body = body;
    steps = new int[inputs.length];
    rows = new Object[inputs.length];
    copied = new boolean[inputs.length];
    boolean direct = !longResults || isLong(output);
    boolean isInput = false;
    int copies = 0;
    for (int k = 0; k < rows.length; k++) {
      rows[k] = inputs[k].array();
      boolean right = !longs || isLong(inputs[k]);
      copied[k] = !right || inputs[k].size() != output.size();
      copies += copied[k] ? 1 : 0;
      direct &= right && (!copied[k] || rows[k].getClass() == output.array().getClass());
      isInput |= rows[k] == output.array();
    }
    inPlace = direct && copies <= (isInput ? 0 : 1);
    most = inPlace && copies == 0 ? output.size() : longs ? PIECE : 4 * PIECE;
    int length = Math.min(most, output.size());
    results = inPlace ? output.array() : longResults ? wide(output, length) : like(output, length);
    for (int k = 0; k < rows.length; k++) {
      copied[k] |= !inPlace;
      if (copied[k]) {
        rows[k] = inPlace ? results : longs ? wide(inputs[k], length) : like(inputs[k], length);
      }
    }
  }

  private static boolean isLong(Tensor tensor) {
    return tensor.array() instanceof long[];
  }

  private static Object wide(Tensor tensor, int length) {
    return tensor.dataType().isFloat() ? new float[length] : new long[length];
  }

  private static Object like(Tensor tensor, int length) {
    return Array.newInstance(tensor.array().getClass().getComponentType(), length);
  }

  /**
   * Computes all of {@code output}.
   *
   * @param longs whether the body takes the inputs, integers, as longs, or narrow floats as floats
   * @param longResults whether it gives the output as these
   */
  public static void run(
      Invocation in,
      boolean longs,
      boolean longResults,
      Body body,
      Tensor output,
      Tensor... inputs) {
    EvenRows even = new EvenRows(inputs, output, longs, longResults, body);
    int[][] shapes = new int[inputs.length][];
    for (int k = 0; k < shapes.length; k++) {
      shapes[k] = inputs[k].shape();
    }
    BroadcastLoop loop = BroadcastLoop.of(output.shape(), shapes);
    for (int k = 0; k < shapes.length; k++) {
      even.steps[k] = loop.step(k);
    }
    loop.each(in, (_, at, n) -> even.add(at, n));
    even.flush();
  }

  /** What is done with n elements, each input's from a place of its own on. */
  @FunctionalInterface
  public interface Places {
    void run(Object[] x, int[] at, int output, int n);
  }

  /**
   * Computes what kernels do, whose loops need no common place: of inputs that stand still along a
   * row, as many elements are copied as are computed at once.
   */
  public static void places(Invocation in, Places body, Tensor output, Tensor... inputs) {
    int[][] shapes = new int[inputs.length][];
    for (int k = 0; k < shapes.length; k++) {
      shapes[k] = inputs[k].shape();
    }
    BroadcastLoop loop = BroadcastLoop.of(output.shape(), shapes);
    int most = Math.min(4 * PIECE, loop.length());
    Object[] x = new Object[inputs.length];
    int[] from = new int[x.length];
    int[] last = new int[x.length];
    for (int k = 0; k < x.length; k++) {
      x[k] = loop.step(k) == 0 ? like(inputs[k], most) : inputs[k].array();
      last[k] = -1;
    }
    loop.each(
        in,
        (o, at, n) -> {
          for (int i = 0, m; i < n; i += m) {
            m = Math.min(most, n - i);
            for (int k = 0; k < x.length; k++) {
              from[k] = loop.step(k) == 0 ? 0 : at[k] + i;
              if (loop.step(k) == 0 && last[k] != at[k]) {
                Grid.move(inputs[k].array(), at[k], 0, 0, x[k], 0, 0, 1, 1, most);
                last[k] = at[k];
              }
            }
            body.run(x, from, o + i, m);
          }
        });
  }

  private void add(int[] at, int n) {
    for (int i = 0, m; i < n; i += m) {
      m = Math.min(most - filled, n - i);
      for (int k = 0; k < rows.length; k++) {
        if (copied[k]) {
          load(inputs[k], at[k] + i * steps[k], steps[k], rows[k], place() + filled, m);
        }
      }
      filled += m;
      if (filled == most) {
        flush();
      }
    }
  }

  /** Returns where the piece begins. */
  private int place() {
    return inPlace ? done : 0;
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one kind
  private void load(Tensor x, int at, int step, Object row, int to, int n) {
    if (longs && row instanceof float[] floats) {
      x.getFloats(at, step == 0 ? 1 : n, floats, to);
      if (step == 0) {
        Arrays.fill(floats, to + 1, to + n, floats[to]);
      }
    } else if (n < SHORT && longs) {
      for (int i = 0; i < n; i++) {
        ((long[]) row)[to + i] = x.getLong(at + i * step);
      }
    } else if (n < SHORT || (step == 0 && !longs)) {
      Grid.move(x.array(), at, 0, step, row, to, 0, 1, 1, n);
    } else if (longs) {
      x.getLongs(at, step == 0 ? 1 : n, (long[]) row, to);
      if (step == 0) {
        Arrays.fill((long[]) row, to + 1, to + n, ((long[]) row)[to]);
      }
    } else {
      System.arraycopy(x.array(), at, row, to, n);
    }
  }

  @SuppressWarnings("SuspiciousSystemArraycopy")
  private void flush() {
    body.run(rows, results, place(), place() + filled);
    if (!inPlace && longResults && results instanceof float[] floats) {
      output.setFloats(done, filled, floats, 0);
    } else if (!inPlace && longResults) {
      output.setLongs(done, filled, (long[]) results, 0);
    } else if (!inPlace) {
      System.arraycopy(results, 0, output.array(), done, filled);
    }
    done += filled;
    filled = 0;
  }
}
