package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * What convolutions of any element type share: x [N, C, D1, ..., Dn] with weights [M, C / group,
 * k1, ..., kn] gives [N, M, O1, ..., On].
 *
 * @param spatial where the windows lie
 * @param group the number of groups
 */
public record SpatialConvolution(Spatial spatial, long group) {

  public SpatialConvolution {
    if (group < 1 || group > Integer.MAX_VALUE) {
      throw new InvalidModel("group " + group + " must be from 1 to 2147483647");
    }
  }

  /** Reads the attributes of Conv. */
  public static SpatialConvolution of(Attributes attributes) {
    return new SpatialConvolution(Spatial.of(attributes), attributes.getInt("group"));
  }

  /** Returns the shape of the output. */
  public Shape infer(Shape x, Shape w) {
    if (!x.hasRank()) {
      return !w.hasRank() ? Shape.UNKNOWN : unknown(Dim.UNKNOWN, w);
    }
    if (x.rank() < 3 || (w.hasRank() && w.rank() != x.rank())) {
      throw new InvalidModel("input " + x + " does not fit weights " + w);
    }
    if (w.hasRank()
        && x.dim(1) instanceof Dim.Known(long channels)
        && w.dim(1) instanceof Dim.Known(long depth)
        && channels != depth * group) {
      throw new InvalidModel(
          "input " + x + " does not fit weights " + w + " in " + group + " groups");
    }
    if (w.hasRank() && w.dim(0) instanceof Dim.Known(long features) && features % group != 0) {
      throw new InvalidModel("weights " + w + " do not split into " + group + " groups");
    }
    List<Dim> dims = new ArrayList<>();
    dims.add(x.dim(0));
    dims.add(w.hasRank() ? w.dim(0) : Dim.UNKNOWN);
    dims.addAll(spatial.output(x, spatial.kernel(x.rank() - 2, w)));
    return Shape.of(dims);
  }

  private static Shape unknown(Dim batch, Shape w) {
    List<Dim> dims = new ArrayList<>();
    dims.add(batch);
    dims.add(w.dim(0));
    for (int a = 2; a < w.rank(); a++) {
      dims.add(Dim.UNKNOWN);
    }
    return Shape.of(dims);
  }

  /** Places the convolution over an input. */
  public Convolution at(int[] x, int[] w) {
    if (x.length < 3 || w.length != x.length || w[1] * group != x[1] || w[0] % group != 0) {
      throw new OperatorFailed(
          "input "
              + Arrays.toString(x)
              + " does not fit weights "
              + Arrays.toString(w)
              + " in "
              + group
              + " groups");
    }
    return new Convolution(
        spatial.window(x, spatial.kernel(x.length - 2, w)), (int) group, x[1], w[0]);
  }

  /** Returns the shape of the output. */
  public static int[] shape(int batch, Convolution convolution) {
    int[] out = convolution.window().out();
    int[] shape = new int[out.length + 2];
    shape[0] = batch;
    shape[1] = convolution.features();
    System.arraycopy(out, 0, shape, 2, out.length);
    return shape;
  }

  /** Convolves tensors of a floating-point type to output 0. */
  public void run(Invocation in, Tensor x, Tensor w, @Nullable Tensor bias) {
    round(in, widely(in, x, w, bias), x.dataType());
  }

  /** Convolves, and returns the result as it is before it is rounded: double or float. */
  public Tensor widely(Invocation in, Tensor x, Tensor w, @Nullable Tensor bias) {
    Convolution convolution = at(x.shape(), w.shape());
    checkBias(bias, convolution.features());
    int[] shape = shape(x.dim(0), convolution);
    DataType type = x.dataType();
    if (type == DataType.DOUBLE) {
      Tensor y = in.output(0, type, shape);
      convolution.run(
          x.dim(0), x.doubles(), w.doubles(), bias == null ? null : bias.doubles(), y.doubles());
      return y;
    }
    Tensor y =
        type == DataType.FLOAT ? in.output(0, type, shape) : Tensor.zeros(DataType.FLOAT, shape);
    convolution.run(
        in.kernels(),
        x.dim(0),
        x.toFloats(),
        w.toFloats(),
        bias == null ? null : bias.toFloats(),
        y.floats());
    return y;
  }

  /** Gives output 0 what {@link #widely} returned, rounded to {@code type}. */
  public static void round(Invocation in, Tensor wide, DataType type) {
    if (wide.dataType() != type) {
      in.set(0, Tensor.fromFloats(type, wide.floats(), wide.shape()));
    }
  }

  /** Refuses a bias that is not [features]. */
  public static void checkBias(@Nullable Tensor bias, int features) {
    if (bias != null && bias.size() != features) {
      throw new OperatorFailed("bias " + bias + " does not fit " + features + " output channels");
    }
  }
}
