package org.sardonyx.operators.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * The negative logarithm of the probability of each sample's class, weighted by class, and what is
 * made of all samples together.
 *
 * @param reduction whether the samples stay, are summed, or are averaged by their weights
 * @param ignore the class of samples that count nothing, or null
 */
record Likelihood(Reduction reduction, @Nullable Long ignore) {

  enum Reduction {
    NONE,
    SUM,
    MEAN
  }

  static Likelihood of(Attributes attributes) {
    Reduction reduction =
        switch (attributes.getString("reduction")) {
          case "none" -> Reduction.NONE;
          case "sum" -> Reduction.SUM;
          case "mean" -> Reduction.MEAN;
          default -> throw new InvalidModel("reduction must be none, sum or mean");
        };
    return new Likelihood(
        reduction, attributes.has("ignore_index") ? attributes.getInt("ignore_index") : null);
  }

  /** States the shape of output 0 for scores [n, c, d...] and targets [n, d...]. */
  void infer(Inference in) {
    if (reduction != Reduction.NONE) {
      in.shape(0, Shape.SCALAR);
      return;
    }
    Shape scores = in.shape(0);
    if (in.shape(1).hasRank() || !scores.hasRank() || scores.rank() < 2) {
      in.shape(0, in.shape(1));
      return;
    }
    List<Dim> dims = new ArrayList<>(scores.dims());
    dims.remove(1);
    in.shape(0, Shape.of(dims));
  }

  /** Computes output 0 from logarithms [n, c, d...], the targets in input 1 and weights in 2. */
  void run(Invocation in, double[] logarithms) {
    Tensor scores = in.tensor(0);
    Tensor target = in.tensor(1);
    Tensor weight = in.optional(2);
    int[] shape = scores.shape();
    int[] samples = target.shape();
    check(scores, target, weight);
    int classes = shape[1];
    int inner = Axes.product(shape, 2, shape.length);
    double[] losses = new double[target.size()];
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < losses.length; i++) {
      in.checkpoint(4);
      long wanted = target.getLong(i);
      if (ignore != null && wanted == ignore) {
        continue;
      }
      if (wanted < 0 || wanted >= classes) {
        throw new OperatorFailed("a class is not in [0, " + classes + ")");
      }
      double w = weight == null ? 1 : weight.getDouble((int) wanted);
      int at = (i / inner * classes + (int) wanted) * inner + i % inner;
      losses[i] = -logarithms[at] * w;
      sum += losses[i];
      weights += w;
    }
    switch (reduction) {
      case NONE -> {
        Tensor y = in.output(0, scores.dataType(), samples);
        Elementwise.round(in, losses, y);
      }
      case SUM -> in.output(0, scores.dataType()).setDouble(0, sum);
      case MEAN -> in.output(0, scores.dataType()).setDouble(0, sum / weights);
    }
  }

  private static void check(Tensor scores, Tensor target, @Nullable Tensor weight) {
    int[] shape = scores.shape();
    boolean fits = scores.rank() >= 2 && target.rank() == scores.rank() - 1;
    if (fits) {
      int[] expected = new int[shape.length - 1];
      expected[0] = shape[0];
      System.arraycopy(shape, 2, expected, 1, shape.length - 2);
      fits = Arrays.equals(expected, target.shape());
    }
    if (!fits) {
      throw new OperatorFailed("targets " + target + " do not fit " + scores);
    }
    if (weight != null && !weight.hasShape(shape[1])) {
      throw new OperatorFailed("weights " + weight + " do not fit " + shape[1] + " classes");
    }
  }
}
