package org.sardonyx.operators.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Pooling;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Spatial;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** What the pooling operators share: x [N, C, D1, ..., Dn] gives [N, C, O1, ..., On]. */
final class Pools {

  private Pools() {}

  static Shape infer(Spatial spatial, Shape x) {
    if (!x.hasRank()) {
      long[] kernel = spatial.kernelShape();
      return kernel == null ? Shape.UNKNOWN : Shape.ofRank(kernel.length + 2);
    }
    if (x.rank() < 3) {
      throw new InvalidModel("input " + x + " has no spatial axis");
    }
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    dims.addAll(spatial.output(x, spatial.kernel(x.rank() - 2, (Shape) null)));
    return Shape.of(dims);
  }

  /** Places the windows over an input. */
  static Pooling at(Invocation in, Spatial spatial, Tensor x) {
    if (x.rank() < 3) {
      throw new OperatorFailed("input " + x + " has no spatial axis");
    }
    return new Pooling(spatial.pool(x.shape()), in::checkpoint);
  }

  static int[] shape(Tensor x, Pooling pooling) {
    int[] shape = x.shape();
    System.arraycopy(pooling.window().out(), 0, shape, 2, shape.length - 2);
    return shape;
  }

  static int planes(Tensor x) {
    return Axes.product(x.shape(), 0, 2);
  }

  /** Returns [N, C, 1, ..., 1]. */
  static Shape inferGlobal(Shape x) {
    if (!x.hasRank()) {
      return x;
    }
    if (x.rank() < 2) {
      throw new InvalidModel("input " + x + " has no channels");
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int a = 2; a < dims.size(); a++) {
      dims.set(a, Dim.of(1));
    }
    return Shape.of(dims);
  }

  /** Returns [N, C, 1, ..., 1]. */
  static int[] globalShape(Tensor x) {
    if (x.rank() < 2) {
      throw new OperatorFailed("input " + x + " has no channels");
    }
    int[] shape = x.shape();
    Arrays.fill(shape, 2, shape.length, 1);
    return shape;
  }
}
