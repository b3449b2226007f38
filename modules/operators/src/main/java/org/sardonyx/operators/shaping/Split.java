package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
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
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Split: cuts a tensor along an axis.
 *
 * @param axis the axis, negative from the end
 * @param fixed the lengths where they are an attribute; null for input 1, or where that is absent
 *     for equal lengths
 * @param uneven whether equal lengths may leave less for the last output
 * @param counted whether the number of outputs is an attribute
 */
public record Split(long axis, long @Nullable [] fixed, boolean uneven, boolean counted)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Split")
          .version(1)
          .input("input", "T")
          .optionalInput("split", "T")
          .variadicOutput("outputs...", "T", 1)
          .optional("axis", Kind.INT)
          .optional("split", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(2)
          .noInputs()
          .input("input", "T")
          .noOutputs()
          .variadicOutput("outputs", "T", 1)
          .attribute("axis", 0)
          .type("T", Types.ALL)
          .version(11)
          .version(13)
          .optionalInput("split", "tensor(int64)")
          .without("split")
          .type("T", Types.ALL_IR4)
          .version(18)
          .optional("num_outputs", Kind.INT)
          .create(Split::of);

  static Split of(Attributes attributes) {
    long count = attributes.getInt("num_outputs", attributes.outputs());
    if (count != attributes.outputs()) {
      throw new InvalidModel(
          "num_outputs is " + count + " for " + attributes.outputs() + " outputs");
    }
    return new Split(
        attributes.getInt("axis", 0),
        attributes.getIntsOrNull("split"),
        attributes.version() >= 18,
        attributes.declares("num_outputs") && attributes.has("num_outputs"));
  }

  @Override
  public void infer(Inference in) {
    List<Dim> contents = in.dims(0);
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    refuseTwice(in.has(1));
    int along = Axes.normalize(axis, x.rank());
    List<Dim> lengths = lengths(in, x.dim(along));
    long[] known = Sizes.known(lengths);
    int from = 0;
    for (int i = 0; i < in.outputs() && i < lengths.size(); i++) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.set(along, Sizes.orFresh(lengths.get(i), in));
      in.shape(i, Shape.of(dims));
      if (contents != null && x.rank() == 1 && known != null) {
        int to = Math.clamp(from + known[i], 0, contents.size());
        in.dims(i, contents.subList(Math.min(from, to), to));
        from = to;
      }
    }
  }

  private void refuseTwice(boolean hasInput) {
    if (hasInput && (fixed != null || counted)) {
      throw new InvalidModel("the lengths are given twice, as an input and by an attribute");
    }
  }

  private List<Dim> lengths(Inference in, Dim size) {
    int n = in.outputs();
    if (fixed != null) {
      return Arrays.stream(fixed).mapToObj(Dim::of).toList();
    }
    if (in.has(1)) {
      List<Dim> given = in.dims(1);
      return given != null ? given : Collections.nCopies(n, Dim.UNKNOWN);
    }
    Dim part = Sizes.ceilDivide(size, n);
    List<Dim> lengths = new ArrayList<>(Collections.nCopies(n, part));
    if (uneven) {
      if (size instanceof Dim.Known(long all)) {
        long each = (all + n - 1) / n;
        for (int i = 0; i < n; i++) {
          lengths.set(i, Dim.of(Math.clamp(all - i * each, 0, each)));
        }
      } else {
        lengths.set(n - 1, n == 1 ? size : Dim.UNKNOWN);
      }
    } else if (!size.isKnown()) {
      lengths = Collections.nCopies(n, size.dividedBy(n));
    }
    return lengths;
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int along = Axes.normalize(axis, shape.length);
    int size = shape[along];
    refuseTwice(in.has(1));
    long[] lengths = fixed != null ? fixed : in.has(1) ? given(in) : equal(size, in.outputs());
    if (lengths.length != in.outputs() || Arrays.stream(lengths).sum() != size) {
      throw new OperatorFailed(
          "axis " + along + " of " + x + " cannot be split into " + Arrays.toString(lengths));
    }
    if (lengths.length == 1) {
      in.set(0, x);
      return;
    }
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    int from = 0;
    for (int i = 0; i < lengths.length; i++) {
      shape[along] = Axes.size(lengths[i]);
      int block = shape[along] * inner;
      if (in.wants(i)) {
        Tensor y = in.output(i, x.dataType(), shape);
        Moves moves = Moves.of(in, x, y);
        moves.strided(
            from, new int[] {size * inner, 1}, 0, new int[] {block, 1}, new int[] {outer, block});
        moves.done();
      }
      from += block;
    }
  }

  private static long[] given(Invocation in) {
    // Version 1 has this input in the type of the data.
    Tensor split = in.tensor(1);
    return split.dataType().isFloat()
        ? Arrays.stream(split.toDoubles()).mapToLong(length -> (long) length).toArray()
        : split.toLongs();
  }

  private long[] equal(int size, int n) {
    long[] lengths = new long[n];
    if (!uneven && size % n != 0) {
      throw new OperatorFailed("a dimension of " + size + " has no " + n + " equal parts");
    }
    int each = (size + n - 1) / n;
    for (int i = 0; i < n; i++) {
      lengths[i] = Math.clamp((long) size - (long) i * each, 0, each);
    }
    return lengths;
  }
}
