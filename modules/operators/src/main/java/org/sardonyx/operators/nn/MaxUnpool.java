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
 * axis. I counts in the output as it is, as MaxPool makes it (ONNX Runtime and onnx/onnx#8413; an
 * older example of the specification counts in the shape that the attributes give).
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
    }
    Tensor y = in.zeros(0, x.dataType(), shape);
    long[] places = indices.longs();
    for (int i = 0; i < places.length; i++) {
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
}
