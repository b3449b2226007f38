package org.sardonyx.operators.shaping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
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
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Pad: elements put before and after each axis, or taken away where a number is negative, which
 * happens first.
 *
 * @param mode what the new elements are
 * @param fixed the numbers, those before each axis and then those after, where they are an
 *     attribute
 * @param value the new element where it is an attribute
 */
public record Pad(Mode mode, long @Nullable [] fixed, float value) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Pad")
          .version(1)
          .input("data", "T")
          .output("output", "T")
          .attribute("mode", "constant")
          .required("paddings", Kind.INTS)
          .attribute("value", 0.0f)
          .type("T", Types.FLOATS)
          .version(2)
          .without("paddings")
          .required("pads", Kind.INTS)
          .version(11)
          .input("pads", "tensor(int64)")
          .optionalInput("constant_value", "T")
          .without("pads")
          .without("value")
          .type("T", Types.NUMERIC)
          .version(13)
          .type("T", Types.ALL_IR4)
          .version(18)
          .optionalInput("axes", "Tind")
          .type("Tind", DataType.INT32, DataType.INT64)
          .version(19)
          .version(21)
          .type("T", Types.ALL_IR10)
          .version(23)
          .type("T", Types.ALL_IR11)
          .version(24)
          .type("T", Types.ALL_IR12)
          .version(25)
          .type("T", Types.ALL_IR13)
          .create(Pad::of);

  /** What the new elements are. */
  public enum Mode {
    CONSTANT,
    REFLECT,
    EDGE,
    WRAP
  }

  static Pad of(Attributes attributes) {
    Mode mode =
        switch (attributes.getString("mode")) {
          case "constant" -> Mode.CONSTANT;
          case "reflect" -> Mode.REFLECT;
          case "edge" -> Mode.EDGE;
          case "wrap" -> Mode.WRAP;
          default -> throw new InvalidModel("mode \"" + attributes.getString("mode") + "\"");
        };
    long[] fixed =
        attributes.version() == 1
            ? attributes.getInts("paddings")
            : attributes.getIntsOrNull("pads");
    return new Pad(mode, fixed, attributes.getFloat("value", 0));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    List<Dim> pads = fixed != null ? Arrays.stream(fixed).mapToObj(Dim::of).toList() : in.dims(1);
    long[] axes = in.has(3) ? Sizes.known(in.dims(3)) : LongStream.range(0, x.rank()).toArray();
    if (pads == null || axes == null || pads.size() != 2 * axes.length) {
      in.shape(0, Sizes.fresh(x.rank(), in));
      return;
    }
    List<Dim> result = new ArrayList<>(x.dims());
    int[] normal = Axes.normalize(axes, x.rank());
    for (int i = 0; i < normal.length; i++) {
      Dim size = x.dim(normal[i]).plus(pads.get(i)).plus(pads.get(i + normal.length));
      result.set(normal[i], size);
    }
    in.shape(0, Sizes.shape(result, in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int rank = x.rank();
    int[] before = new int[rank];
    int[] after = new int[rank];
    read(in, x, before, after);
    Tensor given = in.optional(2); // without effect where nothing is padded with it
    int[] shape = new int[rank];
    boolean same = true;
    boolean empty = false;
    for (int i = 0; i < rank; i++) {
      long size = (long) x.dim(i) + before[i] + after[i];
      if (size < 0) {
        throw new OperatorFailed("padding takes more than there is of axis " + i + " of " + x);
      }
      shape[i] = Axes.size(size);
      same &= before[i] == 0 && after[i] == 0;
      empty |= size == 0;
    }
    if (same) {
      in.set(0, x);
    } else if (mode == Mode.CONSTANT) {
      constant(in, x, given, before, after, shape);
    } else {
      Tensor y = in.output(0, x.dataType(), shape);
      if (empty) {
        return;
      }
      int[][] maps = new int[rank][];
      for (int i = 0; i < rank; i++) {
        maps[i] = map(x, i, before[i], after[i], shape[i]);
      }
      Moves moves = Moves.of(in, x, y);
      moves.select(x.shape(), maps);
      moves.done();
    }
  }

  private void read(Invocation in, Tensor x, int[] before, int[] after) {
    long[] pads = fixed != null ? fixed : in.tensor(1).toLongs();
    Tensor given = in.optional(3);
    int[] axes =
        given == null ? Moves.identity(x.rank()) : Axes.normalize(given.toLongs(), x.rank());
    if (pads.length != 2 * axes.length) {
      throw new OperatorFailed(pads.length + " pads for " + axes.length + " axes of " + x);
    }
    for (int i = 0; i < axes.length; i++) {
      before[axes[i]] = pad(pads[i]);
      after[axes[i]] = pad(pads[i + axes.length]);
    }
  }

  private static int pad(long pad) {
    if (pad != (int) pad) {
      throw new OperatorFailed("a pad of " + pad);
    }
    return (int) pad;
  }

  private void constant(
      Invocation in, Tensor x, @Nullable Tensor given, int[] before, int[] after, int[] shape) {
    Tensor y;
    if (given != null && given.size() > 0) {
      y = in.output(0, x.dataType(), shape);
      Moves.fill(in, given, y);
    } else {
      y = in.zeros(0, x.dataType(), shape);
      if (value != 0) {
        Moves.fill(in, Tensor.fromFloats(x.dataType(), new float[] {value}), y);
      }
    }
    int[] own = x.shape();
    int[] from = Axes.strides(own);
    int[] to = Axes.strides(shape);
    int fromOffset = 0;
    int toOffset = 0;
    for (int i = 0; i < shape.length; i++) {
      fromOffset += Math.max(0, -before[i]) * from[i];
      toOffset += Math.max(0, before[i]) * to[i];
      own[i] += Math.min(0, before[i]) + Math.min(0, after[i]);
      if (own[i] <= 0) {
        return;
      }
    }
    Moves moves = Moves.of(in, x, y);
    moves.strided(fromOffset, from, toOffset, to, own);
    moves.done();
  }

  /** Returns the index in the input of each of {@code size} indices of the output. */
  private int[] map(Tensor x, int axis, int before, int after, int size) {
    int first = Math.max(0, -before);
    int n = x.dim(axis) - first - Math.max(0, -after);
    if (n <= 0) {
      throw new OperatorFailed("nothing is left of axis " + axis + " of " + x + " to pad from");
    }
    int[] map = new int[size];
    for (int i = 0; i < size; i++) {
      int index = i - Math.max(0, before);
      int folded =
          switch (mode) {
            case EDGE -> Math.clamp(index, 0, n - 1);
            case WRAP -> Math.floorMod(index, n);
            default -> {
              int period = Math.max(1, 2 * (n - 1));
              int within = Math.floorMod(index, period);
              yield within < n ? within : period - within;
            }
          };
      map[i] = first + folded;
    }
    return map;
  }
}
