package org.sardonyx.operators.image;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Upsample: resamples axes by scales.
 *
 * @param sampler how
 * @param fixed the scales of the last axes where they are attributes; null where they are input 1
 */
public record Upsample(Sampler sampler, float @Nullable [] fixed) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Upsample")
          .version(1)
          .input("X", "T")
          .output("Y", "T")
          .required("height_scale", Kind.FLOAT)
          .attribute("mode", "nearest")
          .required("width_scale", Kind.FLOAT)
          .type(
              "T",
              Types.union(
                  Types.FLOATS, Types.tensors(DataType.BOOL, DataType.INT32, DataType.INT64)))
          .version(7)
          .without("height_scale")
          .without("width_scale")
          .required("scales", Kind.FLOATS)
          .type("T", Types.ALL)
          .version(9)
          .input("scales", "tensor(float)")
          .without("scales")
          .version(10)
          .deprecated()
          .accuracy(Accuracy.ROUNDED)
          .create(Upsample::of);

  static Upsample of(Attributes attributes) {
    String mode = attributes.getString("mode");
    boolean first = attributes.version() < 7;
    Sampler.Mode known =
        first && mode.equals("bilinear")
            ? Sampler.Mode.LINEAR
            : Resize.choice(Sampler.Mode.class, "mode", mode);
    if (known == Sampler.Mode.CUBIC) {
      throw new InvalidModel("attribute \"mode\" cannot be \"cubic\"");
    }
    float[] fixed =
        first
            ? new float[] {
              1, 1, attributes.getFloat("height_scale"), attributes.getFloat("width_scale")
            }
            : attributes.getFloatsOrNull("scales");
    return new Upsample(Resize.simple(known), fixed);
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    Tensor given = in.constant(1);
    float[] scales = fixed != null ? fixed : given != null ? given.toFloats() : null;
    if (!x.hasRank()) {
      return;
    }
    if (scales == null || scales.length != x.rank()) {
      in.shape(0, Sizes.fresh(x.rank(), in));
      return;
    }
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < scales.length; i++) {
      result.add(Sizes.orFresh(Resize.scaled(x.dim(i), scales[i]), in));
    }
    in.shape(0, Shape.of(result));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    float[] scales = fixed != null ? fixed : in.tensor(1).toFloats();
    if (scales.length != x.rank()) {
      throw new OperatorFailed(scales.length + " scales for " + x);
    }
    List<Sampler.Axis> plan = new ArrayList<>();
    for (int i = 0; i < scales.length; i++) {
      if (!(scales[i] > 0)) {
        throw new OperatorFailed("a scale that is not positive");
      }
      int out = Axes.size((long) (x.dim(i) * scales[i]));
      plan.add(new Sampler.Axis(x.dim(i), out, scales[i], 0, 1));
    }
    sampler.run(in, x, plan);
  }
}
