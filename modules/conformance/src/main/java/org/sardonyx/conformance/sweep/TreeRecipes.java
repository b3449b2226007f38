package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Trees of ai.onnx.ml, and the optimizers of ai.onnx.preview.training. */
final class TreeRecipes {

  private static final String TRAINING = "ai.onnx.preview.training.";

  private TreeRecipes() {}

  static void addTo(Recipes recipes) {
    // One node alone: y is one of xs, and the derivative 1 or 0.
    recipes.put(
        d -> {
          DataType type = d.type("T2");
          int xs = d.pick("xs", 1, 2);
          boolean more = d.flag("zs");
          d.set("xs", xs == 1 ? new String[] {"i_x0"} : new String[] {"i_x0", "i_x1"});
          d.set("y", d.pick("y", "i_x0", "i_x" + (xs - 1)));
          if (more) {
            d.set("zs", new String[] {"i_x" + xs});
          }
          int[] shape = Numbers.shape(d);
          for (int i = 0; i < xs; i++) {
            d.in(Numbers.of(d, type, shape));
          }
          if (more) {
            d.in(Tensor.vector(1, 2));
          }
          d.give(type);
          if (xs == 2) {
            d.give(type);
          }
        },
        TRAINING + "Gradient");
    recipes.put(TreeRecipes::classifier, "ai.onnx.ml.TreeEnsembleClassifier");
    recipes.put(TreeRecipes::regressor, "ai.onnx.ml.TreeEnsembleRegressor");
    recipes.put(TreeRecipes::ensemble, "ai.onnx.ml.TreeEnsemble");
    recipes.put(
        d -> {
          d.attr("decay_factor", 0f, 0.1f);
          d.attr("epsilon", 0f, 0.01f);
          d.attr("norm_coefficient", 0f, 0.25f);
          step(d, 1, true);
        },
        TRAINING + "Adagrad");
    recipes.put(
        d -> {
          d.attr("alpha", 0.9f, 0.5f);
          d.attr("beta", 0.999f, 0.75f);
          d.attr("epsilon", 0f, 0.01f);
          d.attr("norm_coefficient", 0f, 0.25f);
          d.attr("norm_coefficient_post", 0f, 0.125f);
          step(d, 2, true);
        },
        TRAINING + "Adam");
    recipes.put(
        d -> {
          d.set("alpha", 0.9f).set("beta", 0.5f).set("norm_coefficient", 0.25f);
          d.attr("mode", "standard", "standard", "nesterov");
          step(d, 1, false);
        },
        TRAINING + "Momentum");
  }

  /** Tensors, their gradients and their states, in this order. */
  private static void step(Draw d, int states, boolean positive) {
    DataType rate = d.type("T1");
    DataType type = d.type("T3");
    int count = d.pick("tensors", 1, 2);
    d.param(Tensor.fromDoubles(rate, new double[] {0.1}));
    d.param(Tensor.scalar(d.pick("step", 0L, 1L, 5L)));
    for (int part = 0; part < 2 + states; part++) {
      for (int i = 0; i < count; i++) {
        d.in(
            part >= 2 && positive
                ? Numbers.between(d, type, 0.1, 2, 2, i + 1)
                : Numbers.of(d, type, 2, i + 1));
      }
    }
    for (int i = 0; i < (1 + states) * count; i++) {
      d.give(type);
    }
  }

  private static final String[] MODES = {
    "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"
  };

  /** Two trees: one with two splits, one with one. */
  private static void nodes(Draw d) {
    String mode = d.pick("nodes_modes", MODES);
    d.set("nodes_treeids", new long[] {0, 0, 0, 0, 0, 1, 1, 1});
    d.set("nodes_nodeids", new long[] {0, 1, 2, 3, 4, 0, 1, 2});
    d.set("nodes_featureids", new long[] {0, 1, 0, 0, 0, 2, 0, 0});
    d.set("nodes_modes", new String[] {mode, mode, "LEAF", "LEAF", "LEAF", mode, "LEAF", "LEAF"});
    d.set("nodes_truenodeids", new long[] {1, 2, 0, 0, 0, 1, 0, 0});
    d.set("nodes_falsenodeids", new long[] {4, 3, 0, 0, 0, 2, 0, 0});
    d.attr("nodes_missing_value_tracks_true", new long[0], new long[] {1, 0, 0, 0, 0, 1, 0, 0});
    float[] values = {1, 2, 0, 0, 0, 1, 0, 0};
    if (d.declares("nodes_values_as_tensor") && d.flag("as tensors")) {
      d.set("nodes_values_as_tensor", Tensor.of(new double[] {1, 2, 0, 0, 0, 1, 0, 0}, 8));
      d.require(d.label().contains("T1=double") || d.label().contains(" T=double"));
    } else {
      d.set("nodes_values", values);
    }
  }

  private static Tensor input(Draw d, DataType type) {
    Tensor x = Numbers.coarse(d, type, d.pick("rows", 4, 1, 0), 3);
    if (type.isFloat() && x.size() > 0 && d.flag("NaN")) {
      x.setDouble(0, Double.NaN);
    }
    return x;
  }

  private static boolean asTensors(Draw d) {
    return d.label().contains("as tensors=yes");
  }

  private static void classifier(Draw d) {
    DataType type = d.type("T1");
    nodes(d);
    int count = d.pick("classes", 3, 2);
    d.set("class_treeids", new long[] {0, 0, 0, 1, 1});
    d.set("class_nodeids", new long[] {2, 3, 4, 1, 2});
    // Of two classes exporters write weights for one, or for both.
    String voted = count == 3 ? "all" : d.pick("voted", "the second", "the first", "both");
    d.set(
        "class_ids",
        switch (voted) {
          case "all" -> new long[] {0, 1, 2, 1, 0};
          case "the second" -> new long[] {1, 1, 1, 1, 1};
          case "the first" -> new long[5];
          default -> new long[] {0, 1, 0, 1, 0};
        });
    float third = d.flag("positive") ? 0.25f : -0.25f;
    if (asTensors(d)) {
      d.set("class_weights_as_tensor", Tensor.of(new double[] {0.5, 1, third, 0.75, 0.125}, 5));
    } else {
      d.set("class_weights", new float[] {0.5f, 1, third, 0.75f, 0.125f});
      float[] base =
          count == 3
              ? new float[] {0.1f, 0.2f, 0.3f}
              : voted.equals("both") ? new float[] {0.1f, 0.2f} : new float[] {0.1f};
      d.attr("base_values", new float[0], base);
    }
    DataType labels = MlRecipes.classes(d, "classlabels_int64s", count);
    MlRecipes.post(d, true);
    d.in(input(d, type)).out(labels, DataType.FLOAT);
  }

  private static void regressor(Draw d) {
    DataType type = d.type();
    nodes(d);
    d.attr("aggregate_function", "SUM", "SUM", "AVERAGE", "MIN", "MAX");
    int targets = d.pick("targets", 1, 2);
    d.set("n_targets", (long) targets);
    d.set("target_treeids", new long[] {0, 0, 0, 1, 1});
    d.set("target_nodeids", new long[] {2, 3, 4, 1, 2});
    d.set("target_ids", targets == 1 ? new long[] {0, 0, 0, 0, 0} : new long[] {0, 1, 0, 1, 0});
    if (asTensors(d)) {
      d.set("target_weights_as_tensor", Tensor.of(new double[] {0.5, 1, -0.25, 0.75, 0.125}, 5));
    } else {
      d.set("target_weights", new float[] {0.5f, 1, -0.25f, 0.75f, 0.125f});
      d.attr(
          "base_values", new float[0], targets == 1 ? new float[] {0.5f} : new float[] {0.5f, -1});
    }
    MlRecipes.post(d, true);
    d.in(input(d, type));
  }

  private static void ensemble(Draw d) {
    DataType type = d.type();
    byte mode =
        d.pick("nodes_modes", (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5, (byte) 6);
    d.set("nodes_modes", Tensor.of(DataType.UINT8, new byte[] {mode, mode, mode}, 3));
    d.set("nodes_featureids", new long[] {0, 1, 2});
    d.set("nodes_splits", Tensor.fromDoubles(type, new double[] {1, 2, 1}, 3));
    d.set("nodes_truenodeids", new long[] {1, 0, 3});
    d.set("nodes_trueleafs", new long[] {0, 1, 1});
    d.set("nodes_falsenodeids", new long[] {2, 1, 4});
    d.set("nodes_falseleafs", new long[] {1, 1, 1});
    d.set("tree_roots", new long[] {0, 2});
    d.attr("nodes_missing_value_tracks_true", new long[0], new long[] {1, 0, 1});
    if (mode == 6) {
      // The members of each set end with NaN.
      double[] members = {1, 3, Double.NaN, 2, Double.NaN, 0, 4, Double.NaN};
      d.set("membership_values", Tensor.fromDoubles(type, members, members.length));
    }
    int targets = d.pick("targets", 1, 2);
    d.set("n_targets", (long) targets);
    d.set("leaf_targetids", targets == 1 ? new long[5] : new long[] {0, 1, 0, 1, 0});
    d.set("leaf_weights", Tensor.fromDoubles(type, new double[] {0.5, 1, -0.25, 0.75, 0.125}, 5));
    d.attr("aggregate_function", 1L, 0L, 1L, 2L, 3L);
    d.attr("post_transform", 0L, 0L, 1L, 2L, 3L, 4L);
    d.in(input(d, type));
  }
}
