package org.sardonyx.operators.ml;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * TreeEnsembleRegressor: what trees say of every row, [N, targets].
 *
 * @param trees the trees
 * @param targets how many numbers for each row
 * @param aggregate how votes become a number
 * @param base what is added to it; empty for 0
 * @param transform what is made of the numbers
 */
public record TreeEnsembleRegressor(
    Trees trees, int targets, Trees.Aggregate aggregate, double[] base, PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TreeEnsembleRegressor")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T")
          .output("Y", "tensor(float)")
          .attribute("aggregate_function", "SUM")
          .optional("base_values", Kind.FLOATS)
          .optional("n_targets", Kind.INT)
          .optional("nodes_falsenodeids", Kind.INTS)
          .optional("nodes_featureids", Kind.INTS)
          .optional("nodes_hitrates", Kind.FLOATS)
          .optional("nodes_missing_value_tracks_true", Kind.INTS)
          .optional("nodes_modes", Kind.STRINGS)
          .optional("nodes_nodeids", Kind.INTS)
          .optional("nodes_treeids", Kind.INTS)
          .optional("nodes_truenodeids", Kind.INTS)
          .optional("nodes_values", Kind.FLOATS)
          .attribute("post_transform", "NONE")
          .optional("target_ids", Kind.INTS)
          .optional("target_nodeids", Kind.INTS)
          .optional("target_treeids", Kind.INTS)
          .optional("target_weights", Kind.FLOATS)
          .type("T", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .version(3)
          .optional("base_values_as_tensor", Kind.TENSOR)
          .optional("nodes_hitrates_as_tensor", Kind.TENSOR)
          .optional("nodes_values_as_tensor", Kind.TENSOR)
          .optional("target_weights_as_tensor", Kind.TENSOR)
          .version(5)
          .deprecated()
          .accuracy(Accuracy.ACCUMULATED)
          .create(TreeEnsembleRegressor::of);

  static TreeEnsembleRegressor of(Attributes attributes) {
    String name = attributes.getString("aggregate_function");
    Trees.Aggregate aggregate =
        switch (name) {
          case "SUM" -> Trees.Aggregate.SUM;
          case "AVERAGE" -> Trees.Aggregate.AVERAGE;
          case "MIN" -> Trees.Aggregate.MIN;
          case "MAX" -> Trees.Aggregate.MAX;
          default -> throw new InvalidModel("aggregate_function \"" + name + "\"");
        };
    int targets = Axes.size(attributes.getInt("n_targets", 1));
    double[] base = TreeNodes.numbers(attributes, "base_values");
    if (base.length != 0 && base.length != targets) {
      throw new InvalidModel(base.length + " base_values for " + targets + " targets");
    }
    return new TreeEnsembleRegressor(
        TreeNodes.of(attributes, "target", targets),
        targets,
        aggregate,
        base,
        PostTransform.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.FLOAT, Rows.shape(in.shape(0), Dim.of(targets)));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    float[] y = in.output(0, DataType.FLOAT, rows.count(), targets).floats();
    double[] scores = new double[rows.count() == 0 ? 0 : targets];
    for (int n = 0; n < rows.count(); n++) {
      trees.score(rows.values(), n * rows.width(), rows.width(), aggregate, scores);
      for (int k = 0; k < base.length; k++) {
        scores[k] += base[k];
      }
      transform.apply(scores);
      for (int k = 0; k < targets; k++) {
        y[n * targets + k] = (float) scores[k];
      }
      in.checkpoint();
    }
  }
}
