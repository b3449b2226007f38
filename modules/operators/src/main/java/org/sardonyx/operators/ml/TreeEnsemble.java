package org.sardonyx.operators.ml;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Axes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/**
 * TreeEnsemble: what trees say of every row, [N, targets].
 *
 * @param trees the trees
 * @param targets how many numbers for each row
 * @param aggregate how votes become a number
 * @param transform what is made of the numbers
 */
public record TreeEnsemble(
    Trees trees, int targets, Trees.Aggregate aggregate, PostTransform transform)
    implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("TreeEnsemble")
          .domain("ai.onnx.ml")
          .version(5)
          .input("X", "T")
          .output("Y", "T")
          .attribute("aggregate_function", 1)
          .required("leaf_targetids", Kind.INTS)
          .required("leaf_weights", Kind.TENSOR)
          .optional("membership_values", Kind.TENSOR)
          .optional("n_targets", Kind.INT)
          .required("nodes_falseleafs", Kind.INTS)
          .required("nodes_falsenodeids", Kind.INTS)
          .required("nodes_featureids", Kind.INTS)
          .optional("nodes_hitrates", Kind.TENSOR)
          .optional("nodes_missing_value_tracks_true", Kind.INTS)
          .required("nodes_modes", Kind.TENSOR)
          .required("nodes_splits", Kind.TENSOR)
          .required("nodes_trueleafs", Kind.INTS)
          .required("nodes_truenodeids", Kind.INTS)
          .attribute("post_transform", 0)
          .required("tree_roots", Kind.INTS)
          .type("T", Types.FLOATS)
          .accuracy(Accuracy.ACCUMULATED)
          .create(TreeEnsemble::of);

  static TreeEnsemble of(Attributes attributes) {
    attributes.ignore("nodes_hitrates", "a hint for speed");
    long[] features = attributes.getInts("nodes_featureids");
    long[] yes = attributes.getInts("nodes_truenodeids");
    long[] no = attributes.getInts("nodes_falsenodeids");
    long[] yesLeaf = attributes.getInts("nodes_trueleafs");
    long[] noLeaf = attributes.getInts("nodes_falseleafs");
    long[] missing = attributes.getIntsOrNull("nodes_missing_value_tracks_true");
    long[] leaves = attributes.getInts("leaf_targetids");
    Tensor modes = attributes.getTensor("nodes_modes");
    if (!modes.dataType().isInteger()) {
      throw new InvalidModel("nodes_modes is " + modes + ", must be uint8");
    }
    double[] splits = numbers(attributes, "nodes_splits");
    double[] weights = numbers(attributes, "leaf_weights");
    int targets = Axes.size(attributes.getInt("n_targets", 1));
    int n = features.length;
    if (yes.length != n
        || no.length != n
        || yesLeaf.length != n
        || noLeaf.length != n
        || modes.size() != n
        || splits.length != n
        || (missing != null && missing.length != 0 && missing.length != n)
        || leaves.length != weights.length) {
      throw new InvalidModel("nodes_* and leaf_* must be as long as one another");
    }
    Trees.Mode[] mode = new Trees.Mode[n];
    int[] feature = new int[n];
    int[] toYes = new int[n];
    int[] toNo = new int[n];
    boolean[] gone = new boolean[n];
    for (int i = 0; i < n; i++) {
      mode[i] = choice(Trees.MODES, "nodes_modes", modes.getLong(i));
      feature[i] = (int) Math.min(features[i], Integer.MAX_VALUE);
      toYes[i] = yesLeaf[i] != 0 ? ~Axes.size(yes[i]) : Axes.size(yes[i]);
      toNo[i] = noLeaf[i] != 0 ? ~Axes.size(no[i]) : Axes.size(no[i]);
      gone[i] = missing != null && missing.length > 0 && missing[i] != 0;
    }
    int[] votes = new int[leaves.length + 1];
    int[] target = new int[leaves.length];
    for (int i = 0; i < leaves.length; i++) {
      votes[i + 1] = i + 1;
      target[i] = (int) leaves[i];
      if (leaves[i] < 0 || leaves[i] >= targets) {
        throw new InvalidModel("leaf_targetids holds " + leaves[i] + " of " + targets);
      }
    }
    int[] roots = Arrays.stream(attributes.getInts("tree_roots")).mapToInt(Axes::size).toArray();
    Trees trees =
        new Trees(
            roots,
            feature,
            mode,
            splits,
            members(mode, attributes.getTensorOrNull("membership_values")),
            toYes,
            toNo,
            gone,
            votes,
            target,
            weights);
    return new TreeEnsemble(
        trees,
        targets,
        choice(Trees.AGGREGATES, "aggregate_function", attributes.getInt("aggregate_function")),
        choice(PostTransform.ALL, "post_transform", attributes.getInt("post_transform")));
  }

  private static double[] numbers(Attributes attributes, String name) {
    return TreeNodes.numbers(name, attributes.getTensor(name));
  }

  private static <T> T choice(List<T> choices, String name, long number) {
    if (number < 0 || number >= choices.size()) {
      throw new InvalidModel(name + " " + number);
    }
    return choices.get((int) number);
  }

  /** Returns the sets, sorted, of the nodes that ask for membership; NaN ends each in the list. */
  private static Map<Integer, double[]> members(Trees.Mode[] modes, @Nullable Tensor values) {
    Map<Integer, double[]> members = new HashMap<>();
    double[] all = values == null ? new double[0] : TreeNodes.numbers("membership_values", values);
    int from = 0;
    for (int i = 0; i < modes.length; i++) {
      if (modes[i] == Trees.Mode.BRANCH_MEMBER) {
        int to = from;
        while (to < all.length && !Double.isNaN(all[to])) {
          to++;
        }
        double[] set = Arrays.copyOfRange(all, Math.min(from, all.length), to);
        for (int k = 0; k < set.length; k++) {
          set[k] += 0.0;
        }
        Arrays.sort(set);
        members.put(i, set);
        from = to + 1;
      }
    }
    return members;
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Rows.shape(in.shape(0), Dim.of(targets)));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    Rows rows = Rows.of(x);
    Tensor y = in.output(0, x.dataType(), rows.count(), targets);
    double[] scores = new double[rows.count() == 0 ? 0 : targets];
    for (int n = 0; n < rows.count(); n++) {
      trees.score(rows.values(), n * rows.width(), rows.width(), aggregate, scores);
      transform.apply(scores);
      for (int k = 0; k < targets; k++) {
        y.setDouble(n * targets + k, scores[k]);
      }
      in.checkpoint();
    }
  }
}
