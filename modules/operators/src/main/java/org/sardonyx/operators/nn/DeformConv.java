package org.sardonyx.operators.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Convolution;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.SpatialConvolution;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * DeformConv: a convolution each of whose taps reads X [N, C, D1, ..., Dn] where offset [N,
 * offset_group * taps * n, O1, ..., On] moves it, by multilinear interpolation with zeros outside,
 * times mask [N, offset_group * taps, O1, ..., On].
 *
 * @param convolution the attributes of Conv
 * @param offsetGroup the groups of channels with offsets of their own
 */
public record DeformConv(SpatialConvolution convolution, long offsetGroup) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DeformConv")
          .version(19)
          .input("X", "T")
          .input("W", "T")
          .input("offset", "T")
          .optionalInput("B", "T")
          .optionalInput("mask", "T")
          .output("Y", "T")
          .optional("dilations", Kind.INTS)
          .attribute("group", 1)
          .optional("kernel_shape", Kind.INTS)
          .attribute("offset_group", 1)
          .optional("pads", Kind.INTS)
          .optional("strides", Kind.INTS)
          .type("T", Types.FLOATS)
          .version(22)
          .type("T", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(DeformConv::of);

  static DeformConv of(Attributes attributes) {
    long groups = attributes.getInt("offset_group");
    if (groups < 1) {
      throw new InvalidModel("offset_group " + groups + " must be positive");
    }
    return new DeformConv(SpatialConvolution.of(attributes), groups);
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, convolution.infer(in.shape(0), in.shape(1)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Tensor w = in.tensor(1);
    Convolution shape = convolution.at(x.shape(), w.shape());
    SpatialConvolution.checkBias(in.optional(3), shape.features());
    int rank = shape.window().rank();
    int out = shape.window().outSize();
    int taps = shape.window().taps();
    check(in.tensor(2), "offset", x.dim(0), offsetGroup * taps * rank, shape);
    Tensor mask = in.optional(4);
    if (mask != null) {
      check(mask, "mask", x.dim(0), offsetGroup * taps, shape);
    }
    if (shape.channels() % offsetGroup != 0) {
      throw new OperatorFailed(
          "channels of " + x + " do not split into " + offsetGroup + " offset groups");
    }
    int groupIn = shape.channels() / shape.group();
    int groupOut = shape.features() / shape.group();
    int depth = groupIn * taps;
    double[] weights = w.toDoubles();
    double[] y = new double[x.dim(0) * shape.features() * out];
    Tensor bias = in.optional(3);
    for (int i = 0; bias != null && i < y.length; i++) {
      y[i] = bias.getDouble(i / out % shape.features());
    }
    double[] columns = new double[shape.channels() * taps * out];
    Sampler sampler = new Sampler(shape.window().in());
    double[] values = x.toDoubles();
    double[] offsets = in.tensor(2).toDoubles();
    double[] masks = mask == null ? null : mask.toDoubles();
    for (int n = 0; n < x.dim(0); n++) {
      sample(in, shape, sampler, values, offsets, masks, n, columns);
      for (int g = 0; g < shape.group(); g++) {
        in.kernels()
            .gemm(
                groupOut,
                out,
                depth,
                1.0,
                weights,
                g * groupOut * depth,
                depth,
                1,
                columns,
                g * depth * out,
                out,
                1,
                y,
                (n * shape.features() + g * groupOut) * out,
                out);
      }
    }
    int[] outShape = SpatialConvolution.shape(x.dim(0), shape);
    DataType type = x.dataType();
    in.set(0, Tensor.fromDoubles(type, y, outShape));
  }

  /** Fills the columns [channels, taps, out] of one image. */
  private void sample(
      Invocation in,
      Convolution shape,
      Sampler sampler,
      double[] x,
      double[] offsets,
      double @Nullable [] mask,
      int n,
      double[] columns) {
    int rank = shape.window().rank();
    int out = shape.window().outSize();
    int taps = shape.window().taps();
    int groups = (int) offsetGroup;
    int perGroup = shape.channels() / groups;
    int[] tap = new int[rank];
    double[] at = new double[rank];
    for (int t = 0; t < taps; t++) {
      unravel(t, shape.window().kernel(), tap);
      int[] place = new int[rank];
      for (int p = 0; p < out; p++) {
        unravel(p, shape.window().out(), place);
        for (int g = 0; g < groups; g++) {
          in.checkpoint(16L * perGroup);
          int o = ((n * groups + g) * taps + t) * rank;
          for (int a = 0; a < rank; a++) {
            at[a] =
                place[a] * shape.window().stride()[a]
                    + tap[a] * shape.window().dilation()[a]
                    - shape.window().begin()[a]
                    + offsets[(o + a) * out + p];
          }
          double factor = mask == null ? 1 : mask[((n * groups + g) * taps + t) * out + p];
          sampler.place(at);
          for (int c = g * perGroup; c < (g + 1) * perGroup; c++) {
            columns[(c * taps + t) * out + p] =
                factor * sampler.read(x, (n * shape.channels() + c) * shape.window().inSize());
          }
        }
      }
    }
  }

  private static void unravel(int i, int[] sizes, int[] place) {
    int rest = i;
    for (int a = sizes.length - 1; a >= 0; a--) {
      place[a] = rest % sizes[a];
      rest /= sizes[a];
    }
  }

  private static void check(Tensor tensor, String name, int n, long channels, Convolution shape) {
    int[] expected = SpatialConvolution.shape(n, shape);
    expected[1] = Math.toIntExact(channels);
    if (!tensor.hasShape(expected)) {
      throw new OperatorFailed(
          name + " " + tensor + " must have the shape " + Arrays.toString(expected));
    }
  }

  /** Multilinear interpolation in a plane, zero outside. */
  private static final class Sampler {

    private final int[] sizes;
    private final double[] weights;
    private final int[] places;
    private int corners;

    Sampler(int[] sizes) {
      this.sizes = sizes;
      this.weights = new double[1 << sizes.length];
      this.places = new int[1 << sizes.length];
    }

    /** Goes to a point; NaN reads 0. */
    void place(double[] at) {
      corners = 0;
      for (int corner = 0; corner < places.length; corner++) {
        double weight = 1;
        int place = 0;
        for (int a = 0; a < sizes.length && weight != 0; a++) {
          double floor = Math.floor(at[a]);
          double fraction = at[a] - floor;
          boolean upper = (corner >> a & 1) != 0;
          double i = upper ? floor + 1 : floor;
          boolean inside = i >= 0 && i < sizes[a];
          weight = inside ? weight * (upper ? fraction : 1 - fraction) : 0;
          place = place * sizes[a] + (inside ? (int) i : 0);
        }
        if (weight != 0) {
          weights[corners] = weight;
          places[corners++] = place;
        }
      }
    }

    double read(double[] x, int plane) {
      double sum = 0;
      for (int i = 0; i < corners; i++) {
        sum += weights[i] * x[plane + places[i]];
      }
      return sum;
    }
  }
}
