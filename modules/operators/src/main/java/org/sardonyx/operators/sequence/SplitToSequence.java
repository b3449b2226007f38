package org.sardonyx.operators.sequence;

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
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * SplitToSequence: cuts a tensor along an axis into a sequence.
 *
 * @param axis the axis, negative from the end
 * @param keepDims whether slices of size 1 keep the axis; matters where no lengths are given
 */
public record SplitToSequence(long axis, boolean keepDims) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("SplitToSequence")
          .version(11)
          .input("input", "T")
          .optionalInput("split", "I")
          .output("output_sequence", "S")
          .attribute("axis", 0)
          .attribute("keepdims", 1)
          .type("T", Types.ALL)
          .type("I", DataType.INT32, DataType.INT64)
          .type("S", Sequences.ALL)
          .version(24)
          .type("T", Types.ALL_IR4)
          .type("S", Types.sequences(Types.ALL_IR4))
          .create(SplitToSequence::of);

  static SplitToSequence of(Attributes attributes) {
    return new SplitToSequence(attributes.getInt("axis"), attributes.getFlag("keepdims"));
  }

  @Override
  public void infer(Inference in) {
    DataType element = in.elementType(0);
    if (element == null) {
      return;
    }
    Shape shape = in.shape(0);
    if (shape.hasRank()) {
      int along = Axes.normalize(axis, shape.rank());
      List<Dim> dims = new ArrayList<>(shape.dims());
      if (in.has(1)) {
        dims.set(along, Dim.UNKNOWN);
      } else if (keepDims) {
        dims.set(along, Dim.of(1));
      } else {
        dims.remove(along);
      }
      shape = Shape.of(dims);
    }
    in.output(0, new Type.OfSequence(Type.tensor(element, shape)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] shape = x.shape();
    int along = Axes.normalize(axis, shape.length);
    int size = shape[along];
    int[] lengths = lengths(in, size, along);
    int outer = Axes.product(shape, 0, along);
    int inner = Axes.product(shape, along + 1, shape.length);
    List<Value> parts = new ArrayList<>(lengths.length);
    int from = 0;
    for (int length : lengths) {
      shape[along] = length;
      Tensor part = Tensor.zeros(x.dataType(), shape);
      int block = length * inner;
      Moves moves = Moves.of(in, x, part);
      moves.strided(
          from, new int[] {size * inner, 1}, 0, new int[] {block, 1}, new int[] {outer, block});
      moves.done();
      parts.add(in.has(1) || keepDims ? part : part.reshaped(without(shape, along)));
      from += block;
    }
    in.set(0, new SequenceValue(Sequences.anyShape(x), parts));
  }

  private static int[] lengths(Invocation in, int size, int along) {
    Tensor split = in.optional(1);
    if (split == null || split.rank() == 0) {
      long each = split == null ? 1 : split.getLong(0);
      if (each <= 0) {
        throw new OperatorFailed("parts of length " + each);
      }
      int[] lengths = new int[(int) Math.ceilDiv(size, each)];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = (int) Math.min(each, size - i * each);
      }
      return lengths;
    }
    long[] given = split.toLongs();
    long sum = 0;
    for (long length : given) {
      sum = length < 0 || length > size ? -1 : sum < 0 ? sum : sum + length;
    }
    if (split.rank() != 1 || sum != size) {
      throw new OperatorFailed(
          "axis "
              + along
              + " of size "
              + size
              + " cannot be split into "
              + split
              + " with these lengths");
    }
    return Arrays.stream(given).mapToInt(length -> (int) length).toArray();
  }

  private static int[] without(int[] shape, int axis) {
    int[] rest = new int[shape.length - 1];
    System.arraycopy(shape, 0, rest, 0, axis);
    System.arraycopy(shape, axis + 1, rest, axis, rest.length - axis);
    return rest;
  }
}
