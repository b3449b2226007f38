package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Col2Im: the sum of blocks [N, C * block, L], each at its place in an image [N, C, D1...].
 *
 * @param dilations of the blocks; null for 1
 * @param pads what of the image is not kept, those at the beginnings and then those at the ends;
 *     null for 0
 * @param strides from block to block; null for 1
 */
public record Col2Im(long @Nullable [] dilations, long @Nullable [] pads, long @Nullable [] strides)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Col2Im")
          .version(18)
          .input("input", "T")
          .input("image_shape", "tensor(int64)")
          .input("block_shape", "tensor(int64)")
          .output("output", "T")
          .optional("dilations", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.ALL_IR4)
          .accuracy(Accuracy.ACCUMULATED)
          .create(Col2Im::of);

  static Col2Im of(Attributes attributes) {
    return new Col2Im(
        attributes.getIntsOrNull("dilations"),
        attributes.getIntsOrNull("pads"),
        attributes.getIntsOrNull("strides"));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    List<Dim> image = in.dims(1);
    if (image == null) {
      if (in.shape(1).hasRank()
          && in.shape(1).rank() == 1
          && in.shape(1).dim(0) instanceof Dim.Known(long axes)
          && axes <= Sizes.MAX_CONTENTS) {
        in.shape(0, Shape.ofRank((int) axes + 2));
      }
      return;
    }
    if (x.hasRank() && x.rank() != 3) {
      throw in.invalid("columns have rank 3, not " + x);
    }
    long[] block = Sizes.known(in.dims(2));
    List<Dim> result = new ArrayList<>();
    result.add(x.hasRank() ? x.dim(0) : Dim.UNKNOWN);
    long product = block == null ? 0 : Arrays.stream(block).reduce(1, (a, b) -> a * b);
    result.add(x.hasRank() && product > 0 ? x.dim(1).dividedBy(product) : Dim.UNKNOWN);
    result.addAll(image);
    in.shape(0, Sizes.shape(result, in));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    long[] image = in.tensor(1).toLongs();
    long[] block = in.tensor(2).toLongs();
    int r = image.length;
    check(dilations, "dilations", r, 1);
    check(strides, "strides", r, 1);
    check(pads, "pads", 2 * r, 0);
    if (block.length != r) {
      throw new OperatorFailed(block.length + " sizes of a block for an image of " + r + " axes");
    }
    int[] blocks = new int[r];
    int[] extent = new int[r];
    for (int i = 0; i < r; i++) {
      long padded = image[i] + at(pads, i, 0) + at(pads, i + r, 0);
      long reach = at(dilations, i, 1) * (block[i] - 1) + 1;
      blocks[i] = Axes.size(Math.floorDiv(padded - reach, at(strides, i, 1)) + 1);
      extent[i] = Axes.size(block[i]);
    }
    int places = Axes.product(extent, 0, r);
    int count = Axes.product(blocks, 0, r);
    boolean fits = x.rank() == 3 && places > 0;
    if (!fits || x.dim(1) % places != 0 || x.dim(2) != count) {
      throw new OperatorFailed(
          "columns "
              + x
              + " of blocks "
              + Arrays.toString(block)
              + " for an image of "
              + Arrays.toString(image));
    }
    int[] shape = new int[r + 2];
    shape[0] = x.dim(0);
    shape[1] = x.dim(1) / places;
    for (int i = 0; i < r; i++) {
      shape[i + 2] = Axes.size(image[i]);
    }
    if (x.size() == 0) {
      in.zeros(0, x.dataType(), shape);
      return;
    }
    int[] targets = targets(in, extent, blocks, shape);
    sum(in, x, targets, shape);
  }

  /** Returns where in an image each element of the columns goes; negative where it is not kept. */
  private int[] targets(Invocation in, int[] extent, int[] blocks, int[] shape) {
    int r = extent.length;
    int places = Axes.product(extent, 0, r);
    int count = Axes.product(blocks, 0, r);
    int[] targets = new int[places * count];
    for (int i = 0; i < targets.length; i++) {
      in.checkpoint(4L * r);
      int place = i / count;
      int column = i % count;
      int stride = 1;
      int target = 0;
      for (int d = r - 1; d >= 0; d--) {
        long at =
            column % blocks[d] * at(strides, d, 1)
                - at(pads, d, 0)
                + place % extent[d] * at(dilations, d, 1);
        column /= blocks[d];
        place /= extent[d];
        target = at < 0 || at >= shape[d + 2] || target < 0 ? -1 : target + (int) at * stride;
        stride *= shape[d + 2];
      }
      targets[i] = target;
    }
    return targets;
  }

  private static void sum(Invocation in, Tensor x, int[] targets, int[] shape) {
    DataType type = x.dataType();
    int plane = Axes.product(shape, 2, shape.length);
    int size = Tensor.checkedSize(shape);
    if (type == DataType.STRING || type.kind() == DataType.Kind.COMPLEX) {
      throw new UnsupportedModel("Col2Im of type " + type.specName());
    } else if (type == DataType.FLOAT) {
      float[] from = x.floats();
      float[] y = in.zeros(0, type, shape).floats();
      at(in, targets, plane, from.length, (i, target) -> y[target] += from[i]);
    } else if (type.isFloat()) {
      double[] from = x.toDoubles();
      Tensor result = in.output(0, type, shape);
      double[] y = new double[size];
      at(in, targets, plane, from.length, (i, target) -> y[target] += from[i]);
      Elementwise.round(in, y, result);
    } else {
      long[] from = x.toLongs();
      Tensor result = in.output(0, type, shape);
      long[] y = new long[size];
      at(in, targets, plane, from.length, (i, target) -> y[target] += from[i]);
      Elementwise.cut(in, y, result);
    }
  }

  private interface Adding {
    void add(int from, int to);
  }

  private static void at(Invocation in, int[] targets, int plane, int n, Adding adding) {
    for (int i = 0; i < n; i++) {
      in.checkpoint(2);
      int target = targets[i % targets.length];
      if (target >= 0) {
        adding.add(i, i / targets.length * plane + target);
      }
    }
  }

  private static void check(long @Nullable [] values, String name, int length, long least) {
    if (values != null
        && (values.length != length || Arrays.stream(values).anyMatch(value -> value < least))) {
      throw new OperatorFailed(
          name
              + " "
              + Arrays.toString(values)
              + " must be "
              + length
              + " numbers of at least "
              + least);
    }
  }

  private static long at(long @Nullable [] values, int i, long otherwise) {
    return values == null ? otherwise : values[i];
  }
}
