package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Sizes;
import org.sardonyx.operators.Spatial;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * MaxUnpool: zeros with each X at the place that I says, of equal places the last. The output has
 * the shape output_shape, else {@code (in - 1) * stride - begin - end + kernel} along each spatial
 * axis. I counts in the output, as MaxPool makes it of an input of that shape. The specification's
 * example of output_shape counts in the smaller shape that the attributes give, and puts that at
 * the front of the output: so it is done where only there each index lies in the window it comes
 * from.
 *
 * @param spatial kernel_shape, strides and pads
 */
public record MaxUnpool(Spatial spatial) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("MaxUnpool")
          .version(9)
          .input("X", "T1")
          .input("I", "T2")
          .optionalInput("output_shape", "T2")
          .output("output", "T1")
          .required("kernel_shape", Kind.INTS)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T1", Types.FLOATS)
          .type("T2", DataType.INT64)
          .version(11)
          .version(22)
          .type("T1", Types.FLOATS_BF16)
          .accuracy(Accuracy.EXACT)
          .create(MaxUnpool::of);

  static MaxUnpool of(Attributes attributes) {
    return new MaxUnpool(Spatial.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (x.hasRank() && x.rank() < 3) {
      throw in.invalid("input " + x + " has no spatial axis");
    }
    if (in.has(2)) {
      List<Dim> given = in.dims(2);
      in.shape(
          0,
          given != null
              ? Sizes.shape(given, in)
              : x.hasRank() ? Sizes.fresh(x.rank(), in) : Shape.UNKNOWN);
      return;
    }
    if (!x.hasRank()) {
      in.shape(0, x);
      return;
    }
    int rank = x.rank() - 2;
    int[] kernel = spatial.kernel(rank, (int[]) null);
    int[] strides = Spatial.perAxis("strides", spatial.strides(), rank);
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    for (int a = 0; a < rank; a++) {
      dims.add(x.dim(a + 2).times(strides[a]).plus(kernel[a] - strides[a] - padding(a, rank)));
    }
    in.shape(0, Shape.of(dims));
  }

  private long padding(int a, int rank) {
    long[] pads = spatial.pads();
    if (pads == null) {
      return 0;
    }
    if (pads.length != 2 * rank) {
      throw new InvalidModel("pads do not fit " + rank + " spatial axes");
    }
    return pads[a] + pads[a + rank];
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor indices = in.tensor(1);
    if (x.rank() < 3 || !indices.sameShape(x)) {
      throw new OperatorFailed("X " + x + " and I " + indices + " do not fit");
    }
    Tensor given = in.optional(2);
    int[] shape = x.shape();
    if (given != null) {
      if (given.size() != shape.length) {
        throw new OperatorFailed("output_shape " + given + " does not fit X " + x);
      }
      for (int a = 0; a < shape.length; a++) {
        shape[a] = Axes.size(given.longs()[a]);
      }
    } else {
      shape = natural(x);
    }
    Tensor y = in.zeros(0, x.dataType(), shape);
    long[] places = given == null ? indices.longs() : places(x, indices.longs(), shape);
    for (int i = 0; i < places.length; i++) {
      in.checkpoint(2);
      if (places[i] < 0 || places[i] >= y.size()) {
        throw new OperatorFailed("an index of I is outside of the output " + y);
      }
      int place = (int) places[i];
      switch (y.array()) {
        case float[] a -> a[place] = x.floats()[i];
        case double[] a -> a[place] = x.doubles()[i];
        case short[] a -> a[place] = x.shorts()[i];
        default -> throw new IllegalStateException();
      }
    }
  }

  /** Returns the shape that the attributes give. */
  private int[] natural(Tensor x) {
    int[] shape = x.shape();
    int rank = shape.length - 2;
    int[] kernel = spatial.kernel(rank, (int[]) null);
    int[] strides = Spatial.perAxis("strides", spatial.strides(), rank);
    for (int a = 0; a < rank; a++) {
      long size = (shape[a + 2] - 1L) * strides[a] - padding(a, rank) + kernel[a];
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new OperatorFailed("axis " + (a + 2) + " of " + x + " gives no output");
      }
      shape[a + 2] = (int) size;
    }
    return shape;
  }

  /** Returns {@code indices} as places in an output of shape {@code shape}. */
  private long[] places(Tensor x, long[] indices, int[] shape) {
    if (inWindows(x.shape(), indices, shape)) {
      return indices;
    }
    int[] natural = natural(x);
    boolean fits = true;
    for (int a = 0; a < shape.length; a++) {
      fits &= natural[a] <= shape[a];
    }
    if (!fits || !inWindows(x.shape(), indices, natural)) {
      return indices;
    }
    long[] moved = new long[indices.length];
    for (int i = 0; i < moved.length; i++) {
      long rest = indices[i];
      long stride = 1;
      for (int a = shape.length - 1; a >= 0; a--) {
        moved[i] += rest % natural[a] * stride;
        rest /= natural[a];
        stride *= shape[a];
      }
    }
    return moved;
  }

  /** Whether each index, counted in {@code shape}, lies in the window that it comes from. */
  private boolean inWindows(int[] pooled, long[] indices, int[] shape) {
    int rank = shape.length - 2;
    int[] kernel = spatial.kernel(rank, (int[]) null);
    int[] strides = Spatial.perAxis("strides", spatial.strides(), rank);
    long[] pads = spatial.pads();
    for (int i = 0; i < indices.length; i++) {
      long rest = indices[i];
      int window = i;
      for (int a = shape.length - 1; a >= 0; a--) {
        if (rest < 0 || shape[a] == 0) {
          return false;
        }
        long at = rest % shape[a] - (long) (window % pooled[a]) * (a < 2 ? 1 : strides[a - 2]);
        long begin = a < 2 || pads == null ? 0 : pads[a - 2];
        if (at < -begin || at >= (a < 2 ? 1 : kernel[a - 2] - begin)) {
          return false;
        }
        rest /= shape[a];
        window /= pooled[a];
      }
      if (rest != 0) {
        return false;
      }
    }
    return true;
  }
}
