package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Convolution along time. */
public final class Conv1d implements Layer<Series, Series> {

  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final Window window;
  private final int groups;

  private Conv1d(Tensor weight, @Nullable Tensor bias, Window window, int groups) {
    this.weight = weight;
    this.bias = bias;
    this.window = window;
    this.groups = groups;
  }

  /**
   * Makes one of stride 1, without padding.
   *
   * @param weight [output, input / groups, kernel]; for Keras [kernel, input / groups, output]
   * @param bias [output]; null for none
   * @throws InvalidInput where types or shapes do not fit
   */
  public static Conv1d of(WeightFormat format, Tensor weight, @Nullable Tensor bias) {
    boolean keras = format.equals(WeightFormat.KERAS);
    String what = "convolution (" + format.name() + "): ";
    Tensor given =
        Weights.require(
            what + "weights", weight, 3, keras ? "[kernel,input,output]" : "[output,input,kernel]");
    Tensor own = keras ? reversed(given) : given;
    Tensor fits =
        bias == null
            ? null
            : Weights.require(what + "bias", bias, "the weights are " + weight, own.dim(0));
    return new Conv1d(own, fits, Window.of(own.dim(2)), 1);
  }

  private static Tensor reversed(Tensor t) {
    int a = t.dim(0);
    int b = t.dim(1);
    int c = t.dim(2);
    float[] to = new float[t.size()];
    for (int i = 0; i < a; i++) {
      for (int j = 0; j < b; j++) {
        for (int k = 0; k < c; k++) {
          to[(k * b + j) * a + i] = t.floats()[(i * b + j) * c + k];
        }
      }
    }
    return Tensor.of(to, c, b, a);
  }

  /** Returns the same with another stride. */
  public Conv1d stride(int steps) {
    return new Conv1d(weight, bias, window.stride(steps), groups);
  }

  /** Returns the same that looks at every so many steps. */
  public Conv1d dilation(int steps) {
    return new Conv1d(weight, bias, window.dilation(steps), groups);
  }

  /** Returns the same with so many steps of zeros before and after. */
  public Conv1d padding(int before, int after) {
    return new Conv1d(weight, bias, window.padding(before, after), groups);
  }

  /** Returns the same, padded so that time stays as long (divided by the stride, rounded up). */
  public Conv1d same() {
    return new Conv1d(weight, bias, window.same(), groups);
  }

  /** Returns the same, padded in front only, so that no step sees a later one. */
  public Conv1d causal() {
    return new Conv1d(weight, bias, window.causal(), groups);
  }

  /** Returns the same for so many groups of features, each seen by its own outputs only. */
  public Conv1d groups(int count) {
    if (count < 1 || weight.dim(0) % count != 0) {
      throw new InvalidInput(
          "convolution: " + weight.dim(0) + " outputs cannot be cut into " + count + " groups");
    }
    return new Conv1d(weight, bias, window, count);
  }

  @Override
  public Series on(Series input) {
    Weights.requireInput("convolution", weight.dim(1) * groups, input.size());
    Series x = input.in(Layout.BATCH_FEATURES_TIME);
    if (x.steps() != null && !window.keepsTime()) {
      throw new UnsupportedModel(
          "convolution: lengths and masks do not follow a change of time; use whole() before it");
    }
    x.network().begin("conv");
    Formula f = x.network().formula();
    List<Ref> refs = new ArrayList<>(List.of(x.ref(), f.weight("weight", weight)));
    if (bias != null) {
      refs.add(f.weight("bias", bias));
    }
    Ref y =
        window.on(f.call("Conv", refs.toArray(Ref[]::new)), true).with("group", groups).output();
    return x.with(y, weight.dim(0));
  }
}
