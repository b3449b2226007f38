package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.StepCell.Parameters;
import org.sardonyx.tensor.Tensor;

/**
 * Attention over a series: c_i = sum_j alpha_ij v_j with alpha_ij = softmax over j of a score e_ij
 * of query q_i and key k_j. Keys that do not count get no weight; a query without any gives zeros.
 * As a layer, queries, keys and values are the same series.
 */
public final class Attention implements Layer<Series, Series> {

  private final Score score;
  private final Map<String, Tensor> weights;

  private Attention(Score score, Map<String, Tensor> weights) {
    this.score = score;
    this.weights = weights;
  }

  /** How a query and a key are compared. */
  enum Score {
    ADDITIVE,
    DOT,
    GENERAL,
    PAIRWISE
  }

  /**
   * Bahdanau's: e_ij = v^T tanh(W q_i + U k_j + b).
   *
   * @param query W, [units, query features] or transposed, as the format has dense layers
   * @param key U, [units, key features] or transposed
   * @param bias b, [units]
   * @param v [units]
   * @throws org.sardonyx.error.InvalidInput where types or shapes do not fit
   */
  public static Attention additive(
      WeightFormat format, Tensor query, Tensor key, Tensor bias, Tensor v) {
    String what = "additive attention (" + format.name() + "): ";
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("W", matrix(what + "W", format, query));
    all.put("U", matrix(what + "U", format, key));
    int units = all.get("W").dim(1);
    String because = "W is " + query;
    Weights.require(what + "U", all.get("U"), because, all.get("U").dim(0), units);
    all.put("b", Weights.require(what + "b", bias, because, units));
    all.put("v", Weights.require(what + "v", v, because, units).reshaped(units, 1));
    return new Attention(Score.ADDITIVE, all);
  }

  private static Tensor matrix(String what, WeightFormat format, Tensor given) {
    Tensor matrix = Weights.require(what, given, 2, "[units,features] or transposed");
    return format.dense() == WeightFormat.Side.ROWS ? Weights.transposed(matrix) : matrix;
  }

  /** Luong's without weights: e_ij = q_i^T k_j. */
  public static Attention dot() {
    return new Attention(Score.DOT, Map.of());
  }

  /**
   * Luong's with weights: e_ij = q_i^T W k_j.
   *
   * @param w [query features, key features]
   * @throws org.sardonyx.error.InvalidInput where type or shape do not fit
   */
  public static Attention general(Tensor w) {
    Tensor fits = Weights.require("general attention: W", w, 2, "[query features,key features]");
    return new Attention(Score.GENERAL, Map.of("W", Weights.transposed(fits)));
  }

  /**
   * The pairwise form over states: e_ij = a^T [h_i; h_j] + b. The part of i is the same for all j
   * and falls out of the softmax, so that every step sees the same; {@link #additive} does not have
   * that.
   *
   * @param a [2 * features]
   * @param b one number
   * @throws org.sardonyx.error.InvalidInput where type or shape do not fit
   */
  public static Attention pairwise(Tensor a, float b) {
    Tensor fits = Weights.require("pairwise attention: a", a, 1, "[2*features]");
    int features = fits.size() / 2;
    Weights.require("pairwise attention: a", a, "it is for pairs", 2 * features);
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("a_i", Weights.rows(fits, 0, features).reshaped(features, 1));
    all.put("a_j", Weights.rows(fits, features, features).reshaped(features, 1));
    all.put("b", Tensor.of(new float[] {b}, 1));
    return new Attention(Score.PAIRWISE, all);
  }

  /**
   * The pooled form: s_t = w^T h_t + b; alpha = softmax of s over time; sum_t alpha_t h_t.
   *
   * @param w [features]
   * @param b one number
   * @throws org.sardonyx.error.InvalidInput where type or shape do not fit
   */
  public static Layer<Series, Features> pooled(Tensor w, float b) {
    Tensor fits = Weights.require("pooled attention: w", w, 1, "[features]");
    return input -> pool(input, fits, b);
  }

  private static Features pool(Series input, Tensor w, float b) {
    Weights.requireInput("pooled attention", w.size(), input.size());
    Series x = input.in(Layout.BATCH_TIME_FEATURES);
    Network network = x.network();
    Ref mask = x.steps() == null ? null : x.steps().mask();
    network.begin("pooled_attention");
    Formula f = network.formula();
    List<Ref> refs = new ArrayList<>(List.of(x.ref()));
    refs.add(f.weight("w", w.reshaped(w.size(), 1)));
    refs.add(f.weight("b", Tensor.of(new float[] {b}, 1)));
    List<String> names = masked(refs, List.of("X", "w", "b"), mask);
    FunctionBodies.Draft draft =
        new FunctionBodies.Draft(
            mask == null ? "PooledAttention" : "PooledAttentionMasked",
            "X is [batch, time, features], Y is [batch, features].",
            names,
            1,
            List.of(),
            (inner, in) -> {
              Ref s = inner.add(inner.product(in.get(0), in.get(1)), in.get(2));
              Ref row = inner.transpose(s, 0, 2, 1);
              Ref y = weighed(inner, row, in.get(0), mask == null ? null : in.get(3));
              return List.of(inner.squeeze(y, 1));
            });
    return new Features(network, network.call(draft, refs).getFirst(), x.size());
  }

  private static List<String> masked(List<Ref> refs, List<String> names, @Nullable Ref mask) {
    List<String> all = new ArrayList<>(names);
    if (mask != null) {
      refs.add(mask);
      all.add("mask");
    }
    return all;
  }

  /**
   * Returns softmax(scores) values: scores [.., q, k], values [.., k, features], mask [batch, k].
   */
  static Ref weighed(Formula f, Ref scores, Ref values, @Nullable Ref mask) {
    Ref counts = mask == null ? null : f.unsqueeze(mask, 1);
    return weighedWhere(f, scores, values, counts);
  }

  /** As {@link #weighed}, the mask of whatever shape goes with that of the scores. */
  static Ref weighedWhere(Formula f, Ref scores, Ref values, @Nullable Ref counts) {
    if (counts == null) {
      return f.product(f.softmax(scores, -1), values);
    }
    Ref low = f.node("Where", counts, scores, f.scalar(-Float.MAX_VALUE));
    Ref alpha = f.node("Where", counts, f.softmax(low, -1), f.scalar(0f));
    return f.product(alpha, values);
  }

  @Override
  public Series on(Series x) {
    return between(x, x);
  }

  /**
   * Lets one series look at another.
   *
   * @param queries one result for each of its steps
   * @param keys what is looked at, and what is summed up; its lengths or mask are obeyed
   */
  public Series between(Series queries, Series keys) {
    requireSizes(queries.size(), keys.size());
    Series q = queries.in(Layout.BATCH_TIME_FEATURES);
    Series k = keys.in(Layout.BATCH_TIME_FEATURES);
    Network network = q.network();
    Ref mask = k.steps() == null ? null : k.steps().mask();
    network.begin(kind().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT));
    Formula f = network.formula();
    List<Ref> refs = new ArrayList<>(List.of(q.ref(), k.ref()));
    List<String> names = new ArrayList<>(List.of("Q", "K"));
    weights.forEach((name, tensor) -> {
      names.add(name);
      refs.add(f.weight(name, tensor));
    });
    List<String> all = masked(refs, names, mask);
    FunctionBodies.Draft draft =
        new FunctionBodies.Draft(
            mask == null ? kind() : kind() + "Masked",
            "Q, K and Y are [batch, time, features]; K is what is summed up, too.",
            all,
            1,
            List.of(),
            (inner, in) -> {
              Map<String, Ref> byName = new LinkedHashMap<>();
              for (int i = 0; i < in.size(); i++) {
                byName.put(all.get(i), in.get(i));
              }
              Parameters parameters = new Parameters(byName);
              Ref prepared = keys(inner, in.get(1), parameters);
              Ref scores = scores(inner, in.get(0), prepared, parameters);
              return List.of(weighed(inner, scores, in.get(1), mask == null ? null : in.getLast()));
            });
    return q.with(network.call(draft, refs).getFirst(), k.size());
  }

  void requireSizes(int query, int key) {
    switch (score) {
      case ADDITIVE -> {
        Weights.requireInput("additive attention, W", weight("W").dim(0), query);
        Weights.requireInput("additive attention, U", weight("U").dim(0), key);
      }
      case GENERAL -> {
        Weights.requireInput("general attention, W", weight("W").dim(1), query);
        Weights.requireInput("general attention, W", weight("W").dim(0), key);
      }
      case DOT -> Weights.requireSame("dot attention, queries and keys", query, key);
      case PAIRWISE -> {
        Weights.requireInput("pairwise attention", weight("a_i").dim(0), query);
        Weights.requireInput("pairwise attention", weight("a_j").dim(0), key);
      }
    }
  }

  private Tensor weight(String name) {
    return java.util.Objects.requireNonNull(weights.get(name));
  }

  Map<String, Tensor> weights() {
    return weights;
  }

  String kind() {
    return switch (score) {
      case ADDITIVE -> "AdditiveAttention";
      case DOT -> "DotAttention";
      case GENERAL -> "GeneralAttention";
      case PAIRWISE -> "PairwiseAttention";
    };
  }

  /** Writes what of the keys is the same for every query: [batch, k, ...]. */
  Ref keys(Formula f, Ref k, Parameters all) {
    return switch (score) {
      case ADDITIVE -> f.add(f.product(k, all.get("U")), all.get("b"));
      case DOT -> f.transpose(k, 0, 2, 1);
      case GENERAL -> f.transpose(f.product(k, all.get("W")), 0, 2, 1);
      case PAIRWISE -> f.transpose(f.product(k, all.get("a_j")), 0, 2, 1);
    };
  }

  /** Writes the scores [batch, q, k] of queries [batch, q, features]. */
  Ref scores(Formula f, Ref q, Ref keys, Parameters all) {
    return switch (score) {
      case ADDITIVE -> {
        Ref each = f.unsqueeze(f.product(q, all.get("W")), 2);
        Ref sum = f.tanh(f.add(each, f.unsqueeze(keys, 1)));
        yield f.squeeze(f.product(sum, all.get("v")), 3);
      }
      case DOT, GENERAL -> f.product(q, keys);
      case PAIRWISE -> f.add(f.add(f.product(q, all.get("a_i")), all.get("b")), keys);
    };
  }
}
