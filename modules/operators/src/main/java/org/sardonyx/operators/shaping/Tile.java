package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Tile: the input repeated along its dimensions.
 *
 * @param oneAxis whether the inputs are a count and an axis, as in version 1, instead of a count
 *     for every dimension
 */
public record Tile(boolean oneAxis) implements Operator {

  /** Shorter runs that repeat are copied with the copies before them. */
  private static final int SHORT = 16;

  /** Where so many elements become of one. */
  private static final int LONG = 64;

  public static final OperatorDef DEF =
      OperatorDef.named("Tile")
          .version(1)
          .input("input", "T")
          .input("tiles", "T")
          .input("axis", "T")
          .output("output", "T")
          .type("T", Types.FLOATS)
          .type("T1", DataType.INT64)
          .version(6)
          .noInputs()
          .input("input", "T")
          .input("repeats", "T1")
          .type("T", Types.ALL)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(Tile::of);

  static Tile of(Attributes attributes) {
    return new Tile(attributes.version() < 6);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    List<Dim> repeats = oneAxis ? null : in.dims(1);
    if (!x.hasRank()) {
      in.shape(0, repeats == null ? Shape.UNKNOWN : Shape.ofRank(repeats.size()));
      return;
    }
    if (repeats == null || repeats.size() != x.rank()) {
      in.shape(0, Sizes.fresh(x.rank(), in));
      return;
    }
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      result.add(x.dim(i).times(repeats.get(i)));
    }
    in.shape(0, Sizes.shape(result, in));
    List<Dim> contents = in.dims(0);
    if (contents != null
        && repeats.size() == 1
        && repeats.getFirst() instanceof Dim.Known(long n)
        && n * contents.size() <= Sizes.MAX_CONTENTS) {
      List<Dim> all = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        all.addAll(contents);
      }
      in.dims(0, all);
    }
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] own = x.shape();
    long[] repeats;
    if (oneAxis) {
      repeats = new long[own.length];
      Arrays.fill(repeats, 1);
      repeats[Axes.normalize((long) in.one(2).getDouble(0), own.length)] =
          (long) in.one(1).getDouble(0);
    } else {
      repeats = in.tensor(1).toLongs();
    }
    if (repeats.length != own.length) {
      throw new OperatorFailed(repeats.length + " repeats for " + x);
    }
    // Every dimension is two: which repeat, and the index within it; the source stands still on the
    // first.
    int[] strides = Axes.strides(own);
    int[] shape = new int[own.length];
    int[] grid = new int[2 * own.length];
    int[] from = new int[2 * own.length];
    for (int i = 0; i < own.length; i++) {
      grid[2 * i] = Axes.size(repeats[i]);
      grid[2 * i + 1] = own[i];
      from[2 * i + 1] = strides[i];
      shape[i] = Axes.size((long) own[i] * grid[2 * i]);
    }
    Tensor y = in.output(0, x.dataType(), shape);
    if (y.size() == 0) {
      return;
    }
    Moves moves = Moves.of(in, x, y);
    int last = own.length - 1;
    while (last > 0 && grid[2 * last] == 1) {
      last--;
    }
    int run = Axes.product(own, Math.max(0, last), own.length);
    boolean copies = run < SHORT && own.length > 0 && (long) run * grid[2 * last] >= LONG;
    if (copies && x.dataType().kind() != DataType.Kind.COMPLEX) {
      fill(moves, last, strides, grid, 0, 0, 0);
    } else {
      moves.strided(0, from, 0, Axes.strides(grid), grid);
    }
    moves.done();
  }

  /** Fills what is of one index of each dimension before {@code d}; returns where that ends. */
  private static int fill(
      Moves moves, int last, int[] strides, int[] grid, int d, int from, int to) {
    int own = grid[2 * d + 1];
    int at = to;
    if (d == last) {
      moves.copy(from, at, own * strides[d]);
      at += own * strides[d];
    } else {
      for (int i = 0; i < own; i++) {
        at = fill(moves, last, strides, grid, d + 1, from + i * strides[d], at);
      }
    }
    int end = to + (at - to) * grid[2 * d];
    for (int n; at < end; at += n) {
      n = Math.min(at - to, end - at);
      moves.again(at, n);
    }
    return end;
  }
}
