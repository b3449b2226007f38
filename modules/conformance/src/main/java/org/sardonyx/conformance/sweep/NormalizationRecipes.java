package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Normalizations and losses. */
final class NormalizationRecipes {

  private NormalizationRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(NormalizationRecipes::batch, "BatchNormalization");
    recipes.put(
        d -> {
          DataType type = d.type();
          ElementwiseRecipes.consumed(d);
          d.attr("epsilon", 1e-5f, 0.1f);
          int[] shape = image(d);
          d.in(Numbers.of(d, type, shape));
          d.param(Numbers.of(d, type, shape[1])).param(Numbers.of(d, type, shape[1]));
        },
        "InstanceNormalization");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("epsilon", 1e-5f, 0.1f);
          d.attr("stash_type", 1L, 1L);
          int groups = (int) (long) d.attr("num_groups", 1L, 1L, 2L, 4L);
          int channels = 4;
          int[] shape =
              d.pick("shape", new int[] {2, 4, 3}, new int[] {1, 4, 2, 3}, new int[] {2, 4});
          d.require(shape.length > 2 || groups < 4);
          int size = d.version() < 21 ? groups : channels;
          d.in(Numbers.of(d, type, shape));
          d.param(Numbers.of(d, type, size)).param(Numbers.of(d, type, size));
        },
        "GroupNormalization");
    recipes.put(
        NormalizationRecipes::layer,
        "LayerNormalization",
        "RMSNormalization",
        "SimplifiedLayerNormalization");
    recipes.put(
        d -> {
          d.attr("size", 1L, 1L, 3L, 5L, 2L);
          d.attr("alpha", 1e-4f, 0.1f, 1f);
          d.attr("beta", 0.75f, 0.5f, 1f);
          d.attr("bias", 1f, 2f);
          d.in(Numbers.of(d, d.type(), d.pick("batch", 1, 2, 0), 5, 3, 2));
        },
        "LRN");
    recipes.put(
        d -> {
          d.attr(
              "axes",
              new long[0],
              new long[] {0, 2, 3},
              new long[] {1},
              new long[] {-1},
              new long[] {0, 1, 2, 3});
          d.in(Numbers.of(d, d.type(), 2, 3, 4, 5));
        },
        "MeanVarianceNormalization");
    recipes.put(NormalizationRecipes::likelihood, "NegativeLogLikelihoodLoss");
    recipes.put(NormalizationRecipes::likelihood, "SoftmaxCrossEntropyLoss");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("epsilon", 1e-12f, 1e-5f, 0.1f);
          int[] shape = d.pick("shape", new int[] {2, 3, 8}, new int[] {5, 8}, new int[] {1, 1, 4});
          int size = shape[shape.length - 1];
          d.in(Numbers.of(d, type, shape));
          d.in(Numbers.of(d, type, shape));
          d.param(Numbers.of(d, type, size));
          d.optionalParam("beta", () -> Numbers.of(d, type, size));
          d.optionalParam("bias", () -> Numbers.of(d, type, size));
          // Mean and deviation are outputs of training only.
          d.give(type);
          if (d.flag("input_skip_bias_sum")) {
            d.giveNone().giveNone().give(type);
          }
        },
        "com.microsoft.SkipLayerNormalization",
        "com.microsoft.SkipSimplifiedLayerNormalization");
  }

  private static int[] image(Draw d) {
    return d.pick(
        "shape",
        new int[] {2, 3, 4},
        new int[] {1, 3, 2, 5},
        new int[] {1, 2, 2, 2, 3},
        new int[] {1, 1, 7});
  }

  private static void batch(Draw d) {
    DataType type = d.type();
    DataType scale = d.hasType("T1") ? d.type("T1") : type;
    DataType mean = d.hasType("T2") ? d.type("T2") : d.hasType("U") ? d.type("U") : type;
    if (d.declares("consumed_inputs")) {
      d.set("consumed_inputs", new long[] {0, 0, 0, 1, 1});
    }
    d.attr("epsilon", 1e-5f, 0.1f);
    d.attr("momentum", 0.9f, 0.5f);
    long training = d.attr("training_mode", 0L, 0L, 1L);
    if (d.declares("is_test")) {
      d.set("is_test", 1L);
    }
    long spatial = d.attr("spatial", 1L, 1L, 0L);
    int[] shape = d.flag("rank 2") ? new int[] {4, 3} : image(d);
    int[] rest = {shape[1]};
    if (spatial == 0) {
      rest = java.util.Arrays.copyOfRange(shape, 1, shape.length);
    }
    d.in(Numbers.of(d, type, shape));
    d.param(Numbers.of(d, scale, rest)).param(Numbers.of(d, scale, rest));
    d.param(Numbers.of(d, mean, rest)).param(Numbers.between(d, mean, 0.2, 2, rest));
    d.give(type);
    if (training == 1) {
      d.give(mean).give(mean);
    }
  }

  private static void layer(Draw d) {
    DataType type = d.type("T");
    DataType scale = d.hasType("V") ? d.type("V") : type;
    int[] shape =
        d.pick(
            "shape",
            new int[] {2, 8},
            new int[] {2, 3, 5},
            new int[] {2, 2, 2, 3},
            new int[] {4},
            new int[] {0, 3});
    int axis = Numbers.axis(d, "axis", shape.length, true, -1);
    d.attr("epsilon", 1e-5f, 0.1f);
    long stash = d.attr("stash_type", 1L, 1L, 16L);
    d.require(stash == 1 || (d.hasType("U") && d.allows("U", DataType.BFLOAT16)));
    d.bind("U", stash == 1 ? DataType.FLOAT : DataType.BFLOAT16);
    int from = axis < 0 ? axis + shape.length : axis;
    int[] rest = java.util.Arrays.copyOfRange(shape, from, shape.length);
    d.in(Numbers.of(d, type, shape)).param(Numbers.of(d, scale, rest));
    d.optionalParam("B", () -> Numbers.of(d, type, rest));
  }

  private static void likelihood(Draw d) {
    DataType type = d.type();
    DataType index = d.type("Tind");
    d.attr("reduction", "mean", "mean", "sum", "none");
    long ignored = d.attr("ignore_index", 99L, 1L, -100L, 7L);
    int[] shape =
        d.pick(
            "shape",
            new int[] {3, 4},
            new int[] {2, 4, 3},
            new int[] {2, 4, 2, 2},
            new int[] {1, 4});
    int[] target = new int[shape.length - 1];
    target[0] = shape[0];
    System.arraycopy(shape, 2, target, 1, target.length - 1);
    Tensor targets = Numbers.integers(d, index, 0, 4, target);
    if (ignored == 7 || ignored == -100) {
      targets.setLong(0, ignored);
      d.require(targets.size() > 1);
      targets.setLong(1, 2);
    } else {
      targets.setLong(0, 2);
    }
    d.in(Numbers.of(d, type, shape)).in(targets);
    d.optionalParam(
        d.hasInput("weights") ? "weights" : "weight", () -> Numbers.between(d, type, 0.1, 1, 4));
  }
}
