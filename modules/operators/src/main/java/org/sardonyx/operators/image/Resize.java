package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
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
 * Resize: resamples axes to given sizes or by given scales.
 *
 * @param sampler how
 * @param axes the axes; null for all
 * @param policy what sizes mean
 * @param hasRoi whether the inputs are X, roi, scales, sizes; before version 11 X, scales
 */
public record Resize(Sampler sampler, long @Nullable [] axes, Policy policy, boolean hasRoi)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Resize")
          .version(10)
          .input("X", "T")
          .input("scales", "tensor(float)")
          .output("Y", "T")
          .attribute("mode", "nearest")
          .type("T", Types.ALL)
          .version(11)
          .noInputs()
          .input("X", "T1")
          .input("roi", "T2")
          .input("scales", "tensor(float)")
          .optionalInput("sizes", "tensor(int64)")
          .output("Y", "T1")
          .attribute("coordinate_transformation_mode", "half_pixel")
          .attribute("cubic_coeff_a", -0.75f)
          .attribute("exclude_outside", 0)
          .attribute("extrapolation_value", 0.0f)
          .attribute("nearest_mode", "round_prefer_floor")
          .type("T1", Types.ALL)
          .type("T2", Types.FLOATS)
          .version(13)
          .optionalInput("roi", "T2")
          .optionalInput("scales", "tensor(float)")
          .type("T1", Types.ALL_IR4)
          .version(18)
          .attribute("antialias", 0)
          .optional("axes", Kind.INTS)
          .attribute("keep_aspect_ratio_policy", "stretch")
          .version(19)
          .accuracy(Accuracy.ROUNDED)
          .create(Resize::of);

  /** What the input sizes means. */
  enum Policy {
    STRETCH,
    NOT_LARGER,
    NOT_SMALLER
  }

  static Resize of(Attributes attributes) {
    Sampler.Mode mode = choice(Sampler.Mode.class, "mode", attributes.getString("mode"));
    if (attributes.version() < 11) {
      return new Resize(simple(mode), null, Policy.STRETCH, false);
    }
    boolean antialias = attributes.getFlagOrFalse("antialias");
    if (antialias && mode == Sampler.Mode.NEAREST) {
      throw new InvalidModel("antialias with mode nearest");
    }
    Sampler sampler =
        new Sampler(
            mode,
            choice(
                Sampler.Transform.class,
                "coordinate_transformation_mode",
                attributes.getString("coordinate_transformation_mode")),
            choice(Sampler.Nearest.class, "nearest_mode", attributes.getString("nearest_mode")),
            attributes.getFloat("cubic_coeff_a"),
            antialias,
            attributes.getFlag("exclude_outside"),
            attributes.getFloat("extrapolation_value"));
    return new Resize(
        sampler,
        attributes.getIntsOrNull("axes"),
        choice(
            Policy.class,
            "keep_aspect_ratio_policy",
            attributes.getString("keep_aspect_ratio_policy", "stretch")),
        true);
  }

  /** Returns the sampler of Upsample and of the first Resize. */
  static Sampler simple(Sampler.Mode mode) {
    return new Sampler(
        mode, Sampler.Transform.ASYMMETRIC, Sampler.Nearest.TOWARDS_SOURCE, 0, false, false, 0);
  }

  static <E extends Enum<E>> E choice(Class<E> choices, String attribute, String value) {
    for (E choice : choices.getEnumConstants()) {
      if (choice.name().toLowerCase(Locale.ROOT).equals(value)) {
        return choice;
      }
    }
    throw new InvalidModel("attribute \"" + attribute + "\" cannot be \"" + value + "\"");
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    if (!x.hasRank()) {
      return;
    }
    int[] which = axes(x.rank());
    Tensor scales = in.constant(hasRoi ? 2 : 1);
    List<Dim> sizes = hasRoi ? in.dims(3) : null;
    List<Dim> result = new ArrayList<>(x.dims());
    boolean crops = sampler.transform() == Sampler.Transform.TF_CROP_AND_RESIZE;
    for (int i = 0; i < which.length; i++) {
      Dim size = Dim.UNKNOWN;
      if (sizes != null && sizes.size() == which.length) {
        size = policy == Policy.STRETCH ? sizes.get(i) : Dim.UNKNOWN;
      } else if (scales != null && scales.size() == which.length && !crops) {
        size = scaled(x.dim(which[i]), (float) scales.getDouble(i));
      }
      result.set(which[i], Sizes.orFresh(size, in));
    }
    in.shape(0, Shape.of(result));
  }

  /** Returns {@code floor(size * scale)}, as far as that is a dimension. */
  static Dim scaled(Dim size, float scale) {
    if (size instanceof Dim.Known(long known)) {
      return Dim.of((long) (known * scale));
    }
    float inverse = 1 / scale;
    if (scale == (long) scale) {
      return size.times((long) scale);
    }
    // Exact for powers of two alone; other scales are not what they seem.
    return inverse == (long) inverse && Long.bitCount((long) inverse) == 1
        ? size.dividedBy((long) inverse)
        : Dim.UNKNOWN;
  }

  private int[] axes(int rank) {
    return axes == null ? Moves.identity(rank) : Axes.normalize(axes, rank);
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] which = axes(x.rank());
    Tensor roi = hasRoi ? present(in, 1) : null;
    Tensor scales = present(in, hasRoi ? 2 : 1);
    Tensor sizes = hasRoi ? present(in, 3) : null;
    Tensor target = scales != null ? scales : sizes;
    if (x.rank() == 0 && target == null) {
      in.set(0, x);
      return;
    }
    if (target == null || target.size() != which.length || (scales != null && sizes != null)) {
      throw new OperatorFailed("Resize of " + x + " by scales " + scales + " or to sizes " + sizes);
    }
    boolean crops = sampler.transform() == Sampler.Transform.TF_CROP_AND_RESIZE;
    if (crops && (roi == null || roi.size() != 2 * which.length)) {
      throw new OperatorFailed("Resize of " + x + " with regions " + roi);
    }
    List<Sampler.Axis> plan = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      plan.add(new Sampler.Axis(x.dim(i), x.dim(i), 1, 0, 1));
    }
    double common = scales == null ? common(x, which, sizes) : 1;
    for (int i = 0; i < which.length; i++) {
      int size = x.dim(which[i]);
      double start = crops && roi != null ? roi.getDouble(i) : 0;
      double end = crops && roi != null ? roi.getDouble(i + which.length) : 1;
      plan.set(which[i], axis(size, i, scales, sizes, common, start, end));
    }
    sampler.run(in, x, plan);
  }

  private Sampler.Axis axis(
      int size,
      int i,
      @Nullable Tensor scales,
      @Nullable Tensor sizes,
      double common,
      double start,
      double end) {
    if (scales != null) {
      float scale = (float) scales.getDouble(i);
      if (!(scale > 0)) {
        throw new OperatorFailed("a scale that is not positive");
      }
      // In float, as shape inference of the specification computes it.
      int out = Axes.size((long) (size * (float) (end - start) * scale));
      return new Sampler.Axis(size, out, scale, start, end);
    }
    long wanted = sizes == null ? size : sizes.getLong(i);
    if (policy == Policy.STRETCH) {
      return new Sampler.Axis(
          size, Axes.size(wanted), size == 0 ? 1 : (double) wanted / size, start, end);
    }
    return new Sampler.Axis(
        size, Axes.size((long) Math.floor(common * size + 0.5)), common, start, end);
  }

  /** Returns the scale of every axis where the aspect ratio is kept. */
  private double common(Tensor x, int[] which, @Nullable Tensor sizes) {
    double common = policy == Policy.NOT_LARGER ? Double.POSITIVE_INFINITY : 0;
    for (int i = 0; i < which.length && sizes != null; i++) {
      double scale = (double) sizes.getLong(i) / x.dim(which[i]);
      common = policy == Policy.NOT_LARGER ? Math.min(common, scale) : Math.max(common, scale);
    }
    return common;
  }

  private static @Nullable Tensor present(Invocation in, int input) {
    Tensor tensor = in.optional(input);
    return tensor == null || tensor.size() == 0 ? null : tensor;
  }
}
