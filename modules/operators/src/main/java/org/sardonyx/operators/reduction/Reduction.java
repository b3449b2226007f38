package org.sardonyx.operators.reduction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Unary;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Dims;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Which dimensions are reduced, and the walk over them.
 *
 * @param axes the axes where they are an attribute, else null: input 1, or none
 * @param keepdims whether reduced dimensions stay with size 1
 * @param noop whether no axes means none, not all
 */
record Reduction(long @Nullable [] axes, boolean keepdims, boolean noop) {

  /** Rows of no more elements are turned to columns: a call for each would take longer. */
  private static final int SHORT = 16;

  /** Columns that are reduced together: what becomes of them stays in the nearest cache. */
  static final int WIDTH = 1024;

  /** Rows that are computed before they are summed. */
  private static final int ROWS = 8;

  /** Returns what operators that add up or multiply have in common: all of their first versions. */
  static OperatorDef.Builder sum(String name) {
    return OperatorDef.named(name)
        .version(1)
        .input("data", "T")
        .output("reduced", "T")
        .optional("axes", Kind.INTS)
        .attribute("keepdims", 1)
        .type("T", Types.HIGH_PRECISION)
        .version(11)
        .version(13)
        .type("T", Types.HIGH_PRECISION_BF16)
        .version(18)
        .optionalInput("axes", "tensor(int64)")
        .without("axes")
        .attribute("noop_with_empty_axes", 0)
        .accuracy(Accuracy.ACCUMULATED);
  }

  static Reduction of(Attributes attributes) {
    return new Reduction(
        attributes.declares("axes") ? attributes.getIntsOrNull("axes") : null,
        attributes.getFlag("keepdims"),
        attributes.getFlagOrFalse("noop_with_empty_axes"));
  }

  void infer(Inference in, Reducer reducer) {
    Shape shape = in.shape(0);
    Tensor constant = in.has(1) ? in.constant(1) : null;
    if (!shape.hasRank()) {
      return;
    }
    if (in.has(1) && constant == null) {
      Shape number = in.shape(1);
      if (keepdims) {
        in.shape(0, Shape.ofRank(shape.rank()));
      } else if (number.isKnown() && number.rank() == 1 && number.sizes()[0] > 0) {
        in.shape(0, Shape.ofRank(Math.max(0, shape.rank() - (int) number.sizes()[0])));
      }
      return;
    }
    boolean[] reduced = reduced(constant == null ? axes : constant.toLongs(), shape.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (!reduced[i]) {
        dims.add(shape.dim(i));
      } else if (keepdims) {
        dims.add(Dim.of(1));
      }
    }
    in.shape(0, Shape.of(dims));
    List<Dim> elements = Dims.of(in, 0);
    if (elements != null && !elements.isEmpty() && shape.rank() == 1 && reduced[0]) {
      in.dims(0, List.of(fold(reducer, elements)));
    }
  }

  /** Follows the number of elements of a shape, and what else is computed from shapes. */
  private static Dim fold(Reducer reducer, List<Dim> elements) {
    Dim result = elements.getFirst();
    try {
      for (Dim dim : elements.subList(1, elements.size())) {
        result =
            switch (reducer) {
              case PROD -> result.times(dim);
              case SUM -> result.plus(dim);
              case MAX -> result.max(dim);
              case MIN -> result.min(dim);
              default -> Dim.UNKNOWN;
            };
      }
    } catch (ArithmeticException e) {
      return Dim.UNKNOWN;
    }
    return reducer.keepsOne() && reducer != Reducer.MEAN ? result : Dim.UNKNOWN;
  }

  private boolean[] reduced(long @Nullable [] which, int rank) {
    boolean[] reduced = new boolean[rank];
    if (which == null || which.length == 0) {
      Arrays.fill(reduced, !noop);
    } else {
      for (int axis : Axes.normalize(which, rank)) {
        reduced[axis] = true;
      }
    }
    return reduced;
  }

  void run(Invocation in, Reducer reducer) {
    Tensor x = in.tensor(0);
    Tensor axesInput = in.optional(1);
    boolean[] reduced = reduced(axesInput == null ? axes : axesInput.toLongs(), x.rank());
    int[] kept = new int[x.rank()];
    int rank = 0;
    boolean none = true;
    for (int i = 0; i < x.rank(); i++) {
      if (!reduced[i] || keepdims) {
        kept[rank++] = reduced[i] ? 1 : x.dim(i);
      }
      none &= !reduced[i];
    }
    int[] shape = Arrays.copyOf(kept, rank);
    if (none && reducer.keepsOne()) {
      in.set(0, x);
      return;
    }
    Groups groups = Groups.of(x.shape(), reduced);
    Tensor y = in.output(0, x.dataType(), shape);
    switch (x.dataType()) {
      case FLOAT -> floats(in, reducer, groups, x.floats(), y.floats());
      case FLOAT16, BFLOAT16 -> {
        float[] values = new float[y.size()];
        if (groups.isOneRow() && groups.length() > SHORT) {
          float[] row = new float[groups.length()];
          groups.each(
              in,
              (output, start) -> {
                x.getFloats(start, row.length, row, 0);
                values[output] = reducer.floats(in.kernels(), row, 0, row.length);
              });
        } else if (groups.inner() > 0 && groups.length() > 0 && reducer.columns() != null) {
          groups.columns(in, reducer, reducer.columns(), x, values);
        } else {
          floats(in, reducer, groups, x.toFloats(), values);
        }
        Elementwise.round(in, values, y);
      }
      case DOUBLE -> {
        double[] from = x.doubles();
        double[] to = y.doubles();
        if (groups.isOneRow()) {
          groups.each(
              in, (output, start) -> to[output] = reducer.doubles(from, start, groups.length()));
          return;
        }
        if (groups.inner() > 0 && groups.length() > 0 && reducer.columns() != null) {
          groups.columns(in, reducer, from, to);
          return;
        }
        double[] row = new double[groups.length()];
        groups.each(
            in,
            (output, start) -> {
              for (int k = 0; k < row.length; k++) {
                row[k] = from[start + groups.within(k)];
              }
              to[output] = reducer.doubles(row, 0, row.length);
            });
      }
      default -> integers(in, reducer, groups, x, y);
    }
  }

  private static void floats(Invocation in, Reducer reducer, Groups groups, float[] x, float[] y) {
    int length = groups.length();
    Kernels kernels = in.kernels();
    Binary columns = reducer.columns();
    Binary f = columns == null ? Binary.ADD : columns;
    boolean sums = columns != null || reducer == Reducer.LOG_SUM;
    if (groups.isOneRow() && columns != null && length > 1 && length <= SHORT) {
      Groups.turned(in, f, length, x, y);
    } else if (groups.isOneRow()) {
      groups.each(in, (output, start) -> y[output] = reducer.floats(kernels, x, start, length));
      return;
    } else if (groups.inner() > 0 && length > 0) {
      int inner = groups.inner();
      int width = Math.min(inner, WIDTH);
      float[] room = sums ? y : in.scratch((ROWS + 2) * width);
      for (int output = 0; output < y.length; output += inner) {
        int start = groups.start(output);
        for (int c = 0, n; c < inner; c += n) {
          n = Math.min(width, inner - c);
          in.checkpoint((long) length * n);
          if (sums) {
            kernels.fold(f, x, start + c, groups.within(), y, output + c, n);
          } else {
            columns(kernels, reducer, groups, x, start + c, room, width, y, output + c, n);
          }
        }
      }
    } else {
      int run = groups.run();
      boolean folds = columns != null && run >= SHORT && length > 0;
      int[] starts = new int[folds ? length / run : 0];
      for (int k = 0; k < starts.length; k++) {
        starts[k] = groups.within(k * run);
      }
      float[] row = new float[folds ? run : length];
      groups.each(
          in,
          (output, start) -> {
            if (folds) {
              kernels.fold(f, x, start, starts, row, 0, run);
            }
            for (int k = 0; k < length && !folds; k += run) {
              System.arraycopy(x, start + groups.within(k), row, k, run);
            }
            Reducer last = folds && reducer == Reducer.MEAN ? Reducer.SUM : reducer;
            y[output] = last.floats(kernels, row, 0, row.length);
          });
      if (!folds) {
        return;
      }
    }
    if (reducer == Reducer.MEAN) {
      kernels.binaryRight(Binary.DIV, y, 0, length, y, 0, y.length);
    } else if (reducer == Reducer.LOG_SUM) {
      kernels.unary(Unary.LOG, y, 0, y, 0, y.length);
    }
  }

  /**
   * Reduces n columns by a function that is a sum of something else than the elements: each some
   * rows summed, and the sums again, whatever is beside.
   *
   * @param room for {@code ROWS} + 2 rows of {@code width}
   */
  private static void columns(
      Kernels kernels,
      Reducer reducer,
      Groups groups,
      float[] x,
      int start,
      float[] room,
      int width,
      float[] y,
      int yOffset,
      int n) {
    int[] within = groups.within();
    int some = ROWS * width;
    int most = some + width;
    boolean powers = reducer == Reducer.LOG_SUM_EXP;
    if (powers) {
      kernels.fold(Binary.MAX, x, start, within, room, most, n);
    }
    for (int k = 0, m; k < within.length; k += m) {
      m = Math.min(ROWS, within.length - k);
      int[] rows = new int[m];
      for (int r = 0; r < m; r++) {
        int at = start + within[k + r];
        int to = r * width;
        rows[r] = to;
        if (powers) {
          kernels.binary(Binary.SUB, x, at, room, most, room, to, n);
          kernels.unary(Unary.EXP, room, to, room, to, n);
        } else if (reducer == Reducer.L1) {
          kernels.unary(Unary.ABS, x, at, room, to, n);
        } else {
          kernels.binary(Binary.MUL, x, at, x, at, room, to, n);
        }
      }
      kernels.fold(Binary.ADD, room, 0, rows, k == 0 ? y : room, k == 0 ? yOffset : some, n);
      if (k > 0) {
        kernels.binary(Binary.ADD, y, yOffset, room, some, y, yOffset, n);
      }
    }
    if (powers) {
      kernels.unary(Unary.LOG, y, yOffset, y, yOffset, n);
      kernels.binary(Binary.ADD, y, yOffset, room, most, y, yOffset, n);
    }
    for (int i = 0; i < n; i++) {
      int at = yOffset + i;
      if (reducer == Reducer.L2) {
        y[at] = Reducer.isRoot(y[at]) ? (float) Math.sqrt(y[at]) : root(x, start + i, within);
      } else if (powers && Math.abs(room[most + i]) == Float.POSITIVE_INFINITY) {
        y[at] = room[most + i];
      }
    }
  }

  private static float root(float[] x, int start, int[] within) {
    double sum = 0;
    for (int k : within) {
      sum += (double) x[start + k] * x[start + k];
    }
    return (float) Math.sqrt(sum);
  }

  private static void integers(Invocation in, Reducer reducer, Groups groups, Tensor x, Tensor y) {
    boolean unsigned = x.dataType() == DataType.UINT64;
    int length = groups.length();
    boolean extreme = reducer == Reducer.MAX || reducer == Reducer.MIN;
    if (extreme && length == 0) {
      long none = reducer == Reducer.MAX ? least(x.dataType()) : greatest(x.dataType());
      for (int i = 0; i < y.size(); i++) {
        y.setLong(i, none);
      }
      return;
    }
    if (groups.inner() > 0 && length > 0 && reducer.columns() != null && !unsigned) {
      groups.columns(in, reducer, x, y);
      return;
    }
    boolean folds = reducer.columns() != null && !unsigned && groups.run() > WIDTH / 4;
    int most = folds ? WIDTH / 4 : length;
    long[] row = new long[most];
    long[] more = new long[most];
    groups.each(
        in,
        (output, start) -> {
          for (int k = 0; k < length; k += groups.run()) {
            int at = start + groups.within(k);
            if (!folds) {
              x.getLongs(at, groups.run(), row, k);
              continue;
            }
            for (int i = 0, n; i < groups.run(); i += n) {
              n = Math.min(most, groups.run() - i);
              // What counts twice changes no extreme; what changes no sum or product fills others.
              int before = extreme ? most - n : 0;
              if (n < most && !extreme) {
                Arrays.fill(more, n, most, reducer == Reducer.PROD ? 1 : 0);
              }
              x.getLongs(at + i - before, n + before, i + k == 0 ? row : more, 0);
              if (i + k > 0) {
                reducer.fold(row, more);
              }
            }
          }
          boolean mean = folds && reducer == Reducer.MEAN;
          long result = (mean ? Reducer.SUM : reducer).longs(row, row.length, unsigned);
          y.setLong(output, mean ? result / length : result);
        });
  }

  private static long least(DataType type) {
    return type.kind() == DataType.Kind.SIGNED ? -1L << (type.bits() - 1) : 0;
  }

  private static long greatest(DataType type) {
    return switch (type.kind()) {
      case BOOL -> 1;
      case SIGNED -> ~least(type);
      case UNSIGNED -> type.bits() == 64 ? -1L : (1L << type.bits()) - 1;
      default -> throw new OperatorFailed("no integers: " + type.specName());
    };
  }
}
