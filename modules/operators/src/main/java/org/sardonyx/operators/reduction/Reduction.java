package org.sardonyx.operators.reduction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Kernels;
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
        floats(in, reducer, groups, x.toFloats(), values);
        Elementwise.round(in, values, y);
      }
      case DOUBLE -> {
        double[] from = x.doubles();
        double[] to = y.doubles();
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
    if (groups.isOneRow()) {
      groups.each(in, (output, start) -> y[output] = reducer.floats(kernels, x, start, length));
    } else if (columns != null && groups.inner() > 0 && length > 0) {
      int inner = groups.inner();
      for (int output = 0; output < y.length; output += inner) {
        int start = groups.start(output);
        System.arraycopy(x, start, y, output, inner);
        for (int k = 1; k < length; k++) {
          kernels.binary(columns, y, output, x, start + groups.within(k), y, output, inner);
          in.checkpoint(inner);
        }
      }
      if (reducer == Reducer.MEAN) {
        kernels.binaryRight(Binary.DIV, y, 0, length, y, 0, y.length);
      }
    } else {
      float[] row = new float[length];
      groups.each(
          in,
          (output, start) -> {
            for (int k = 0; k < length; k++) {
              row[k] = x[start + groups.within(k)];
            }
            y[output] = reducer.floats(kernels, row, 0, length);
          });
    }
  }

  private static void integers(Invocation in, Reducer reducer, Groups groups, Tensor x, Tensor y) {
    boolean unsigned = x.dataType() == DataType.UINT64;
    long[] row = new long[groups.length()];
    boolean extreme = reducer == Reducer.MAX || reducer == Reducer.MIN;
    if (extreme && row.length == 0) {
      long none = reducer == Reducer.MAX ? least(x.dataType()) : greatest(x.dataType());
      for (int i = 0; i < y.size(); i++) {
        y.setLong(i, none);
      }
      return;
    }
    groups.each(
        in,
        (output, start) -> {
          for (int k = 0; k < row.length; k++) {
            row[k] = x.getLong(start + groups.within(k));
          }
          y.setLong(output, reducer.longs(row, row.length, unsigned));
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
