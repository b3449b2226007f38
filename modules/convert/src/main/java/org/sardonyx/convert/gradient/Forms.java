package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * What derivatives are made of, in the operators of the model's own version of ai.onnx: what is an
 * attribute in one version is an input in another.
 */
final class Forms {

  private final Tape tape;
  private final long version;

  Forms(Tape tape, long version) {
    this.tape = tape;
    this.version = version;
  }

  /** The version of ai.onnx. */
  long version() {
    return version;
  }

  /** Returns a tensor of the type and shape of a value, all elements alike. */
  String filled(String like, double value) {
    String one = tape.number(like, value);
    if (version >= 8) {
      return tape.op("Expand", one, tape.op("Shape", like));
    }
    int rank = tape.rank(like);
    if (rank == 0) {
      return one;
    }
    long[] ones = new long[rank];
    Arrays.fill(ones, 1);
    return tape.op("Tile", tape.op("Reshape", one, tape.ints(ones)), tape.op("Shape", like));
  }

  /** Returns a value that broadcasts to {@code like}, in its shape. */
  String expanded(String value, String like) {
    return version >= 8
        ? tape.op("Expand", value, tape.op("Shape", like))
        : tape.op("Add", value, filled(like, 0));
  }

  /** Returns a value in the shape of another with as many elements. */
  String shaped(String value, String like) {
    return reshaped(value, tape.op("Shape", like));
  }

  /** Returns a value in a shape whose zeros mean zero, as they cannot before 14. */
  String reshaped(String value, String shape) {
    return version >= 14
        ? tape.op("Reshape", List.of(Attribute.of("allowzero", 1)), value, shape)
        : tape.op("Reshape", value, shape);
  }

  /** Returns a value in one dimension. */
  String flat(String value) {
    return tape.op("Reshape", value, tape.ints(-1));
  }

  /** Sums over axes. */
  String sum(String value, boolean keep, long... axes) {
    Attribute keepdims = Attribute.of("keepdims", keep ? 1 : 0);
    return version >= 13
        ? tape.op("ReduceSum", List.of(keepdims), value, tape.ints(axes))
        : tape.op("ReduceSum", List.of(keepdims, Attribute.of("axes", axes)), value);
  }

  /** Sums over everything. */
  String total(String value) {
    return tape.op("ReduceSum", List.of(Attribute.of("keepdims", 0)), value);
  }

  /** Averages over axes, which stay. */
  String mean(String value, long... axes) {
    Attribute keepdims = Attribute.of("keepdims", 1);
    return version >= 18
        ? tape.op("ReduceMean", List.of(keepdims), value, tape.ints(axes))
        : tape.op("ReduceMean", List.of(keepdims, Attribute.of("axes", axes)), value);
  }

  /** Puts a dimension of one element before {@code axis} of the result. */
  String unsqueezed(String value, long axis) {
    return version >= 13
        ? tape.op("Unsqueeze", value, tape.ints(axis))
        : tape.op("Unsqueeze", List.of(Attribute.of("axes", new long[] {axis})), value);
  }

  /** Cuts a value, from {@code starts} to {@code ends} of {@code axes}. */
  String sliced(String value, long[] starts, long[] ends, long[] axes) {
    return version >= 10
        ? tape.op("Slice", value, tape.ints(starts), tape.ints(ends), tape.ints(axes))
        : tape.op(
            "Slice",
            List.of(
                Attribute.of("starts", starts),
                Attribute.of("ends", ends),
                Attribute.of("axes", axes)),
            value);
  }

  /** Cuts a value along an axis into parts as long as {@code parts} are. */
  List<String> split(String value, long axis, List<String> parts) {
    List<Attribute> attributes = new ArrayList<>(List.of(Attribute.of("axis", axis)));
    long[] sizes = new long[parts.size()];
    boolean known = true;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size(parts.get(i), axis);
      known &= sizes[i] >= 0;
    }
    if (version < 13) {
      if (!known) {
        throw tape.refuse("its sizes are not known, and Split takes none as an input before 13");
      }
      attributes.add(Attribute.of("split", sizes));
      return tape.ops("Split", attributes, sizes.length, value);
    }
    String input =
        known
            ? tape.ints(sizes)
            : tape.op(
                "Concat",
                List.of(Attribute.of("axis", 0)),
                parts.stream().map(part -> sizeOf(part, axis)).toArray(String[]::new));
    return tape.ops("Split", attributes, sizes.length, value, input);
  }

  /** Returns the size of a value along an axis, -1 where it is not known. */
  private long size(String value, long axis) {
    return tape.type(value) instanceof Type.OfTensor tensor
            && tensor.shape().hasRank()
            && tensor.shape().dim((int) (axis < 0 ? axis + tensor.shape().rank() : axis))
                instanceof Dim.Known(long size)
            && !tape.isCopy(value)
        ? size
        : -1;
  }

  /** Returns the size of a value along an axis, in one dimension. */
  private String sizeOf(String value, long axis) {
    long end = axis == -1 ? Long.MAX_VALUE : axis + 1;
    return sliced(tape.op("Shape", value), new long[] {axis}, new long[] {end}, new long[] {0});
  }

  /** Whether elements are equal; Equal takes floats from 11 on. */
  String equal(String a, String b) {
    return version >= 11
        ? tape.op("Equal", a, b)
        : tape.op("Not", tape.op("Or", tape.op("Less", a, b), tape.op("Greater", a, b)));
  }

  /** A product of matrices, either transposed where its flag is 1. */
  String gemm(String a, String b, long transA, long transB, float alpha, String like) {
    List<Attribute> attributes =
        List.of(
            Attribute.of("transA", transA),
            Attribute.of("transB", transB),
            Attribute.of("alpha", alpha));
    return version >= 11
        ? tape.op("Gemm", attributes, a, b)
        : tape.op("Gemm", attributes, a, b, tape.number(like, 0));
  }

  /**
   * Sums over what was broadcast, so that the result has the shape of {@code like}.
   *
   * <p>Before 13 the axes of a sum cannot be computed. There every axis of size v, to become t, is
   * taken apart into t and v / t, and the latter are summed over.
   *
   * @param rank the rank of {@code value}, -1 where it is not known
   * @param likeRank the rank of {@code like}, likewise
   */
  String unbroadcast(String value, int rank, String like, int likeRank) {
    String from = tape.op("Shape", value);
    String to = tape.op("Shape", like);
    List<Attribute> first = List.of(Attribute.of("axis", 0));
    if (version >= 13) {
      String missing = flat(tape.op("Sub", tape.op("Size", from), tape.op("Size", to)));
      String padded = tape.op("Concat", first, repeated(1, missing), to);
      String axes = flat(tape.op("NonZero", tape.op("Not", tape.op("Equal", from, padded))));
      List<Attribute> kept =
          List.of(Attribute.of("keepdims", 1), Attribute.of("noop_with_empty_axes", 1));
      return reshaped(tape.op("ReduceSum", kept, value, axes), to);
    }
    if (rank < 0 || likeRank < 0) {
      throw tape.refuse("a rank is not known, and ReduceSum has no input of axes before 13");
    }
    int missing = rank - likeRank;
    String padded = to;
    if (missing > 0) {
      long[] ones = new long[missing];
      Arrays.fill(ones, 1);
      padded = tape.op("Concat", first, tape.ints(ones), to);
    }
    if (rank == 0) {
      return value;
    }
    String apart = paired(padded, tape.op("Div", from, padded));
    return tape.op("Reshape", sum(tape.op("Reshape", value, apart), false, odd(rank, 1)), to);
  }

  /** Sums over copies: the axes, of size r d, are taken apart into r and d. */
  String untiled(String value, String like, String repeats) {
    int rank = tape.rank(like);
    if (rank == 0) {
      return value;
    }
    String apart = paired(repeats, tape.op("Shape", like));
    return reshaped(sum(reshaped(value, apart), false, odd(rank, 0)), tape.op("Shape", like));
  }

  /** Every second axis of twice {@code rank} axes. */
  private static long[] odd(int rank, int first) {
    long[] axes = new long[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = 2L * i + first;
    }
    return axes;
  }

  /** Returns a0 b0 a1 b1 and so on. */
  private String paired(String a, String b) {
    return flat(
        tape.op("Concat", List.of(Attribute.of("axis", 1)), unsqueezed(a, 1), unsqueezed(b, 1)));
  }

  /** Returns integers in one dimension, {@code count} of them, all alike. */
  private String repeated(long value, String count) {
    TensorData one = TensorData.of("", Tensor.vector(value));
    return tape.op("ConstantOfShape", List.of(Attribute.of("value", one)), count);
  }

  /**
   * Adds elements where they were picked from: {@code pick} does to the numbers of the elements of
   * {@code source} what was done to the elements.
   *
   * @param once whether it surely picks no element twice
   */
  String unpicked(String gradient, String source, boolean once, UnaryOperator<String> pick) {
    String size = tape.op("Size", source);
    String numbers;
    if (version >= 11) {
      String zero = tape.constant(Tensor.scalar(0L));
      String one = tape.constant(Tensor.scalar(1L));
      numbers = tape.op("Range", zero, size, one);
    } else {
      numbers = tape.op("NonZero", repeated(1, flat(size)));
    }
    return scattered(gradient, source, once, pick.apply(shaped(numbers, source)));
  }

  /**
   * Adds elements at the places that {@code places} says, and zero elsewhere.
   *
   * @param once whether no place is said twice
   */
  String scattered(String gradient, String source, boolean once, String places) {
    Tensor zeros = Tensor.fromDoubles(tape.knownType(source), new double[1], 1);
    String nothing =
        tape.op(
            "ConstantOfShape",
            List.of(Attribute.of("value", TensorData.of("", zeros))),
            flat(tape.op("Size", source)));
    List<Attribute> attributes = new ArrayList<>(List.of(Attribute.of("axis", 0)));
    if (!once) {
      attributes.add(Attribute.of("reduction", "add"));
    }
    String operator = once && version < 11 ? "Scatter" : "ScatterElements";
    return shaped(tape.op(operator, attributes, nothing, flat(places), flat(gradient)), source);
  }

  /**
   * Adds slices along an axis, counted from the front, where Gather picked them from: a product
   * with a matrix of zeros and ones, where nothing that scatters can add.
   */
  String ungathered(String gradient, String source, String indices, long axis) {
    String depth = tape.op("Gather", tape.op("Shape", source), tape.constant(Tensor.scalar(axis)));
    Tensor offOn = Tensor.fromDoubles(tape.knownType(source), new double[] {0, 1}, 2);
    String matrix =
        tape.op("Transpose", tape.op("OneHot", flat(indices), depth, tape.constant(offOn)));
    String shape =
        tape.op(
            "Concat",
            List.of(Attribute.of("axis", 0)),
            tape.ints(0),
            flat(tape.op("Size", indices)),
            tape.ints(-1));
    String slices =
        tape.op(
            "Reshape", tape.op("Flatten", List.of(Attribute.of("axis", axis)), gradient), shape);
    return shaped(tape.op("MatMul", matrix, slices), source);
  }
}
