package org.sardonyx.operators.ml;

import java.util.Arrays;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * TreeEnsembleClassifier: the class that trees give the greatest score, and the scores.
 *
 * <p>Where there are two labels and all votes are for one class, its score s is that of the second
 * label. The scores are -s and s, transformed; without a transform and with votes that are all
 * positive, as of probabilities, 1 - s and s.
 *
 * @param trees the trees
 * @param labels the labels
 * @param only the one class that there are votes for; -1 where there are several
 * @param positive whether no vote is negative
 * @param base what is added to the scores; empty for 0
 * @param transform what is made of the scores
 */
public record TreeEnsembleClassifier(
    Trees trees, Labels labels, int only, boolean positive, double[] base, PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TreeEnsembleClassifier")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .output("Z", "tensor(float)")
          .optional("base_values", Kind.FLOATS)
          .optional("class_ids", Kind.INTS)
          .optional("class_nodeids", Kind.INTS)
          .optional("class_treeids", Kind.INTS)
          .optional("class_weights", Kind.FLOATS)
          .optional("classlabels_int64s", Kind.INTS)
          .optional("classlabels_strings", Kind.STRINGS)
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
          .type("T1", DataType.DOUBLE, DataType.FLOAT, DataType.INT32, DataType.INT64)
          .type("T2", DataType.INT64, DataType.STRING)
          .version(3)
          .optional("base_values_as_tensor", Kind.TENSOR)
          .optional("class_weights_as_tensor", Kind.TENSOR)
          .optional("nodes_hitrates_as_tensor", Kind.TENSOR)
          .optional("nodes_values_as_tensor", Kind.TENSOR)
          .version(5)
          .deprecated()
          .accuracy(Accuracy.ACCUMULATED)
          .create(TreeEnsembleClassifier::of);

  static TreeEnsembleClassifier of(Attributes attributes) {
    Labels labels = Labels.of(attributes, "classlabels_int64s", "classlabels_strings");
    int classes = labels.size();
    Trees trees = TreeNodes.of(attributes, "class", classes);
    double[] base = TreeNodes.numbers(attributes, "base_values");
    int[] voted = Arrays.stream(trees.targets()).distinct().toArray();
    boolean one = voted.length == 1 && classes == 2;
    if (base.length != 0 && base.length != classes && !(one && base.length == 1)) {
      throw new InvalidModel(base.length + " base_values for " + classes + " classes");
    }
    return new TreeEnsembleClassifier(
        trees,
        labels,
        one ? voted[0] : -1,
        Arrays.stream(trees.weights()).allMatch(weight -> weight >= 0),
        base,
        PostTransform.of(attributes));
  }

  @Override
  public void infer(Inference in) {
    Shape x = in.shape(0);
    in.output(0, labels.type(), Shape.of(Rows.shape(x, Dim.UNKNOWN).dim(0)));
    in.output(1, DataType.FLOAT, Rows.shape(x, Dim.of(labels.size())));
  }

  @Override
  public void run(Invocation in) {
    Rows rows = Rows.of(in.tensor(0));
    int classes = labels.size();
    double[] scores = new double[classes];
    Tensor y = in.output(0, labels.type(), rows.count());
    float[] z = in.output(1, DataType.FLOAT, rows.count(), classes).floats();
    boolean probabilities = positive && transform == PostTransform.NONE;
    for (int n = 0; n < rows.count(); n++) {
      trees.score(rows.values(), n * rows.width(), rows.width(), Trees.Aggregate.SUM, scores);
      if (only >= 0) {
        double score = scores[only] + (base.length == 0 ? 0 : base[base.length - 1]);
        scores[0] = probabilities ? 1 - score : -score;
        scores[1] = score;
      } else {
        for (int k = 0; k < base.length; k++) {
          scores[k] += base[k];
        }
      }
      transform.apply(scores);
      int best = Votes.best(scores);
      labels.set(y, n, classes == 1 && !(scores[0] > (probabilities ? 0.5 : 0)) ? -1 : best);
      for (int k = 0; k < classes; k++) {
        z[n * classes + k] = (float) scores[k];
      }
      in.checkpoint();
    }
  }
}
