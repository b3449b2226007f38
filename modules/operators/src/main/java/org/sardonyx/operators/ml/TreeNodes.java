package org.sardonyx.operators.ml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.tensor.Tensor;

/** Reads the trees of TreeEnsembleClassifier and TreeEnsembleRegressor from their attributes. */
final class TreeNodes {

  private TreeNodes() {}

  /**
   * @param prefix of the attributes of the votes: class or target
   * @param targets how many targets there are
   */
  static Trees of(Attributes attributes, String prefix, int targets) {
    attributes.ignore("nodes_hitrates", "a hint for speed");
    attributes.ignore("nodes_hitrates_as_tensor", "a hint for speed");
    long[] trees = attributes.getInts("nodes_treeids");
    long[] ids = attributes.getInts("nodes_nodeids");
    long[] features = attributes.getInts("nodes_featureids");
    long[] yes = attributes.getInts("nodes_truenodeids");
    long[] no = attributes.getInts("nodes_falsenodeids");
    List<String> modes = attributes.getStrings("nodes_modes");
    long[] missing = attributes.getIntsOrNull("nodes_missing_value_tracks_true");
    double[] splits = numbers(attributes, "nodes_values");
    int n = trees.length;
    if (ids.length != n
        || features.length != n
        || yes.length != n
        || no.length != n
        || modes.size() != n
        || splits.length != n
        || (missing != null && missing.length != 0 && missing.length != n)) {
      throw new InvalidModel("the attributes nodes_* must be as long as one another");
    }
    Map<Id, Integer> places = new HashMap<>();
    List<Integer> inner = new ArrayList<>();
    int leaves = 0;
    for (int i = 0; i < n; i++) {
      boolean leaf = modes.get(i).equals("LEAF");
      if (places.put(new Id(trees[i], ids[i]), leaf ? ~leaves++ : inner.size()) != null) {
        throw new InvalidModel("node " + ids[i] + " of tree " + trees[i] + " is given twice");
      }
      if (!leaf) {
        inner.add(i);
      }
    }
    int count = inner.size();
    int[] feature = new int[count];
    int[] toYes = new int[count];
    int[] toNo = new int[count];
    double[] split = new double[count];
    boolean[] gone = new boolean[count];
    Trees.Mode[] mode = new Trees.Mode[count];
    for (int k = 0; k < count; k++) {
      int i = inner.get(k);
      feature[k] = (int) Math.min(features[i], Integer.MAX_VALUE);
      split[k] = splits[i];
      mode[k] = mode(modes.get(i));
      gone[k] = missing != null && missing.length > 0 && missing[i] != 0;
      toYes[k] = place(places, trees[i], yes[i]);
      toNo[k] = place(places, trees[i], no[i]);
    }
    Set<Long> seen = new HashSet<>();
    List<Integer> roots = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (seen.add(trees[i])) {
        roots.add(place(places, trees[i], ids[i]));
      }
    }
    int[][] votes = votes(attributes, prefix, targets, places, leaves);
    double[] weights = numbers(attributes, prefix + "_weights");
    double[] ordered = new double[weights.length];
    for (int v = 0; v < ordered.length; v++) {
      ordered[v] = weights[votes[2][v]];
    }
    return new Trees(
        roots.stream().mapToInt(Integer::intValue).toArray(),
        feature,
        mode,
        split,
        Map.of(),
        toYes,
        toNo,
        gone,
        votes[0],
        votes[1],
        ordered);
  }

  private record Id(long tree, long node) {}

  /** Returns where the votes of each leaf begin, their targets, and where their weights are. */
  private static int[][] votes(
      Attributes attributes, String prefix, int targets, Map<Id, Integer> places, int leaves) {
    long[] trees = attributes.getInts(prefix + "_treeids");
    long[] nodes = attributes.getInts(prefix + "_nodeids");
    long[] ids = attributes.getInts(prefix + "_ids");
    int n = trees.length;
    if (nodes.length != n
        || ids.length != n
        || numbers(attributes, prefix + "_weights").length != n) {
      throw new InvalidModel("the attributes " + prefix + "_* must be as long as one another");
    }
    int[] starts = new int[leaves + 1];
    int[] leafOf = new int[n];
    for (int v = 0; v < n; v++) {
      int place = place(places, trees[v], nodes[v]);
      if (ids[v] < 0 || ids[v] >= targets) {
        throw new InvalidModel(prefix + "_ids holds " + ids[v] + " of " + targets);
      }
      // Votes of inner nodes are never cast.
      leafOf[v] = place < 0 ? ~place : -1;
      if (place < 0) {
        starts[~place + 1]++;
      }
    }
    for (int leaf = 0; leaf < leaves; leaf++) {
      starts[leaf + 1] += starts[leaf];
    }
    int[] next = starts.clone();
    int[] target = new int[n];
    int[] weight = new int[n];
    for (int v = 0; v < n; v++) {
      if (leafOf[v] >= 0) {
        int at = next[leafOf[v]]++;
        target[at] = (int) ids[v];
        weight[at] = v;
      }
    }
    return new int[][] {starts, target, weight};
  }

  private static int place(Map<Id, Integer> places, long tree, long node) {
    Integer place = places.get(new Id(tree, node));
    if (place == null) {
      throw new InvalidModel("tree " + tree + " has no node " + node);
    }
    return place;
  }

  private static Trees.Mode mode(String name) {
    for (Trees.Mode mode : Trees.Mode.values()) {
      if (mode.name().equals(name) && mode != Trees.Mode.BRANCH_MEMBER) {
        return mode;
      }
    }
    throw new InvalidModel("nodes_modes holds \"" + name + "\"");
  }

  /** Returns the elements of an attribute that must be a tensor of floats. */
  static double[] numbers(String name, Tensor tensor) {
    if (!tensor.dataType().isFloat()) {
      throw new InvalidModel(name + " is " + tensor + ", must be of floats");
    }
    return tensor.toDoubles();
  }

  /** Returns numbers that are an attribute of floats, or from version 3 on a tensor. */
  static double[] numbers(Attributes attributes, String name) {
    Tensor tensor = attributes.getTensorOrNull(name + "_as_tensor");
    float[] floats = attributes.getFloatsOrNull(name);
    if (tensor != null) {
      return numbers(name + "_as_tensor", tensor);
    }
    double[] numbers = new double[floats == null ? 0 : floats.length];
    for (int i = 0; i < numbers.length && floats != null; i++) {
      numbers[i] = floats[i];
    }
    return numbers;
  }
}
