package org.sardonyx.operators.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;

/**
 * Decision trees. Node i asks something of a feature and goes on at one of two places; a negative
 * place {@code ~leaf} is a leaf, whose votes lie from {@code votes[leaf]} up to {@code votes[leaf +
 * 1]}.
 *
 * @param roots the place where each tree begins
 * @param features the feature each node asks of
 * @param modes what it asks
 * @param splits what the feature is compared with
 * @param members the sets of nodes that ask for membership, by node
 * @param yes where to go on if it holds
 * @param no where to go on if not
 * @param missing whether a feature that is NaN goes on where it holds
 * @param votes where the votes of each leaf begin
 * @param targets what each vote is for
 * @param weights what each vote adds
 */
record Trees(
    int[] roots,
    int[] features,
    Mode[] modes,
    double[] splits,
    Map<Integer, double[]> members,
    int[] yes,
    int[] no,
    boolean[] missing,
    int[] votes,
    int[] targets,
    double[] weights) {

  /** What a node asks. */
  enum Mode {
    BRANCH_LEQ,
    BRANCH_LT,
    BRANCH_GTE,
    BRANCH_GT,
    BRANCH_EQ,
    BRANCH_NEQ,
    BRANCH_MEMBER
  }

  /** The modes by their numbers. */
  static final List<Mode> MODES = List.of(Mode.values());

  /** The aggregates by their numbers. */
  static final List<Aggregate> AGGREGATES = List.of(Aggregate.values());

  /** How the votes for a target become one number. */
  enum Aggregate {
    AVERAGE,
    SUM,
    MIN,
    MAX
  }

  Trees {
    for (int i = 0; i < features.length; i++) {
      check(yes[i], features.length, votes.length - 1);
      check(no[i], features.length, votes.length - 1);
      if (features[i] < 0) {
        throw new InvalidModel("node " + i + " asks of feature " + features[i]);
      }
    }
    for (int root : roots) {
      check(root, features.length, votes.length - 1);
    }
  }

  private static void check(int place, int nodes, int leaves) {
    if (place >= 0 ? place >= nodes : ~place >= leaves) {
      throw new InvalidModel("a tree goes on at a node or leaf that is not there");
    }
  }

  /** Returns the leaf that a tree leads to for the row that begins at {@code offset}. */
  int leaf(int tree, double[] x, int offset, int width) {
    int at = roots[tree];
    int steps = 0;
    while (at >= 0) {
      if (features[at] >= width) {
        throw new OperatorFailed(
            "a tree asks of feature " + features[at] + " of " + width + " features");
      }
      if (++steps > features.length) {
        throw new InvalidModel("a tree leads in a circle");
      }
      double value = x[offset + features[at]];
      at = (Double.isNaN(value) ? missing[at] : holds(at, value)) ? yes[at] : no[at];
    }
    return ~at;
  }

  private boolean holds(int node, double value) {
    double split = splits[node];
    return switch (modes[node]) {
      case BRANCH_LEQ -> value <= split;
      case BRANCH_LT -> value < split;
      case BRANCH_GTE -> value >= split;
      case BRANCH_GT -> value > split;
      case BRANCH_EQ -> value == split;
      case BRANCH_NEQ -> value != split;
      case BRANCH_MEMBER ->
          Arrays.binarySearch(members.getOrDefault(node, new double[0]), value + 0.0) >= 0;
    };
  }

  /** Sets {@code scores} to what the trees make of a row; targets without a vote are 0. */
  void score(double[] x, int offset, int width, Aggregate aggregate, double[] scores) {
    Arrays.fill(scores, 0);
    boolean[] voted = new boolean[scores.length];
    for (int tree = 0; tree < roots.length; tree++) {
      int leaf = leaf(tree, x, offset, width);
      for (int vote = votes[leaf]; vote < votes[leaf + 1]; vote++) {
        int target = targets[vote];
        double weight = weights[vote];
        scores[target] =
            !voted[target]
                ? weight
                : switch (aggregate) {
                  case AVERAGE, SUM -> scores[target] + weight;
                  case MIN -> Math.min(scores[target], weight);
                  case MAX -> Math.max(scores[target], weight);
                };
        voted[target] = true;
      }
    }
    if (aggregate == Aggregate.AVERAGE) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] /= roots.length;
      }
    }
  }
}
