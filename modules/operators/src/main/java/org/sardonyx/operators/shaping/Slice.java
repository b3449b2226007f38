package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
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
 * Slice: every {@code step}-th index from a start to before an end, along some axes. Negative
 * bounds count from the end, and all are clamped to the dimension.
 *
 * @param fixed starts, ends and axes where they are attributes; null where they are inputs
 */
public record Slice(@Nullable Bounds fixed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Slice")
          .version(1)
          .input("data", "T")
          .output("output", "T")
          .optional("axes", Kind.INTS)
          .required("ends", Kind.INTS)
          .required("starts", Kind.INTS)
          .type("T", Types.ALL)
          .version(10)
          .input("starts", "Tind")
          .input("ends", "Tind")
          .optionalInput("axes", "Tind")
          .optionalInput("steps", "Tind")
          .without("axes")
          .without("ends")
          .without("starts")
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(11)
          .version(13)
          .type("T", Types.ALL_IR4)
          .create(Slice::of);

  static Slice of(Attributes attributes) {
    if (attributes.version() >= 10) {
      return new Slice(null);
    }
    long[] starts = attributes.getInts("starts");
    return new Slice(
        new Bounds(starts, attributes.getInts("ends"), attributes.getIntsOrNull("axes"), null));
  }

  /**
   * What to take.
   *
   * @param starts the first index of each axis
   * @param ends the index after the last
   * @param axes the axes; null for the first ones
   * @param steps the steps; null for 1
   */
  record Bounds(long[] starts, long[] ends, long @Nullable [] axes, long @Nullable [] steps) {}

  @Override
  public void infer(Inference in) {
    List<Dim> contents = in.dims(0);
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    List<Dim> starts = fixed != null ? known(fixed.starts()) : in.dims(1);
    long[] axes = axes(in, starts);
    if (axes == null || starts == null || axes.length != starts.size() || axes.length > x.rank()) {
      in.shape(
          0,
          starts != null && starts.size() == 1 && x.rank() == 1
              ? Shape.of(in.fresh())
              : Sizes.fresh(x.rank(), in));
      return;
    }
    List<Dim> ends =
        fitting(in, fixed != null ? known(fixed.ends()) : in.dims(2), starts.size(), "ends");
    List<Dim> steps =
        fixed == null && in.has(4) ? fitting(in, in.dims(4), starts.size(), "steps") : null;
    List<Dim> result = new ArrayList<>(x.dims());
    int[] normal = Axes.normalize(axes, x.rank());
    for (int i = 0; i < normal.length; i++) {
      Dim step =
          fixed != null || !in.has(4) ? Dim.of(1) : steps == null ? Dim.UNKNOWN : steps.get(i);
      Dim end = ends == null ? Dim.UNKNOWN : ends.get(i);
      Dim length = length(x.dim(normal[i]), starts.get(i), end, step);
      result.set(normal[i], Sizes.orFresh(length, in));
      if (contents != null
          && contents.size() <= Sizes.MAX_CONTENTS
          && starts.get(i) instanceof Dim.Known(long s)
          && end instanceof Dim.Known(long e)
          && step instanceof Dim.Known(long k)
          && k != 0) {
        List<Dim> taken = new ArrayList<>();
        Span span = Span.of(s, e, k, contents.size());
        for (int j = 0; j < span.count(); j++) {
          taken.add(contents.get(span.start() + j * span.step()));
        }
        in.shape(0, Shape.of(taken.size()));
        in.dims(0, taken);
        return;
      }
    }
    in.shape(0, Shape.of(result));
  }

  private static @Nullable List<Dim> fitting(
      Inference in, @Nullable List<Dim> dims, int length, String name) {
    if (dims != null && dims.size() != length) {
      throw in.invalid(dims.size() + " " + name + " for " + length + " starts");
    }
    return dims;
  }

  private static List<Dim> known(long[] values) {
    return Arrays.stream(values).mapToObj(Dim::of).toList();
  }

  private long @Nullable [] axes(Inference in, @Nullable List<Dim> starts) {
    if (fixed != null ? fixed.axes() != null : in.has(3)) {
      return fixed != null ? fixed.axes() : Sizes.known(in.dims(3));
    }
    if (starts == null) {
      return null;
    }
    return java.util.stream.LongStream.range(0, starts.size()).toArray();
  }

  /** Returns the length as far as the bounds tell. */
  private static Dim length(Dim size, Dim start, Dim end, Dim step) {
    if (!(step instanceof Dim.Known(long k)) || k == 0) {
      return Dim.UNKNOWN;
    }
    if (size instanceof Dim.Known(long n)
        && start instanceof Dim.Known(long s)
        && end instanceof Dim.Known(long e)) {
      return Dim.of(Span.of(s, e, k, (int) Math.min(n, Integer.MAX_VALUE)).count());
    }
    if (k > 0) {
      Dim from = bound(size, start);
      Dim to = bound(size, end);
      return Sizes.ceilDivide(Sizes.atLeastZero(to.minus(from)), k);
    }
    boolean fromLast =
        start.is(-1) || (start instanceof Dim.Known(long s) && s >= Integer.MAX_VALUE);
    boolean toFirst = end instanceof Dim.Known(long e) && e <= Integer.MIN_VALUE;
    return fromLast && toFirst && k > Integer.MIN_VALUE ? Sizes.ceilDivide(size, -k) : Dim.UNKNOWN;
  }

  /** Returns a bound clamped to [0, size], for positive steps. */
  private static Dim bound(Dim size, Dim bound) {
    if (bound.is(0) || bound.sameAs(size)) {
      return bound;
    }
    if (bound instanceof Dim.Known(long value)) {
      if (value >= Integer.MAX_VALUE) {
        return size;
      }
      return value < 0
          ? value <= Integer.MIN_VALUE ? Dim.of(0) : Sizes.atLeastZero(size.plus(value))
          : size.min(Dim.of(value));
    }
    return Sizes.isNonNegative(bound) ? size.min(bound) : Dim.UNKNOWN;
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Bounds bounds = fixed != null ? fixed : given(in);
    long[] starts = bounds.starts();
    long[] ends = bounds.ends();
    long[] axes = bounds.axes();
    long[] steps = bounds.steps();
    if (starts.length != ends.length
        || (axes == null ? starts.length > x.rank() : axes.length != starts.length)
        || (steps != null && steps.length != starts.length)) {
      throw new OperatorFailed("starts, ends, axes and steps do not fit one another or " + x);
    }
    int[] normal = axes == null ? Moves.identity(starts.length) : Axes.normalize(axes, x.rank());
    int[] shape = x.shape();
    int[] strides = Axes.strides(shape);
    int offset = 0;
    boolean whole = true;
    for (int i = 0; i < normal.length; i++) {
      int axis = normal[i];
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw new OperatorFailed("a step of 0");
      }
      Span span = Span.of(starts[i], ends[i], step, shape[axis]);
      whole &= span.count() == shape[axis] && span.step() == 1;
      offset += span.count() == 0 ? 0 : span.start() * strides[axis];
      shape[axis] = span.count();
      strides[axis] *= span.step();
    }
    if (whole) {
      in.set(0, x);
      return;
    }
    Tensor y = in.output(0, x.dataType(), shape);
    if (y.size() > 0) {
      Moves moves = Moves.of(in, x, y);
      moves.strided(offset, strides, 0, Axes.strides(shape), shape);
      moves.done();
    }
  }

  private static Bounds given(Invocation in) {
    Tensor axes = in.optional(3);
    Tensor steps = in.optional(4);
    return new Bounds(
        in.tensor(1).toLongs(),
        in.tensor(2).toLongs(),
        axes == null ? null : axes.toLongs(),
        steps == null ? null : steps.toLongs());
  }
}
