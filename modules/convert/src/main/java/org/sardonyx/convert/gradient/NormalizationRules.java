package org.sardonyx.convert.gradient;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/** Normalizations: {@code (x - mean) / deviation}, scaled and shifted. */
final class NormalizationRules {

  private NormalizationRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("BatchNormalization", NormalizationRules::batch);
    rules.put("LayerNormalization", s -> layer(s, true));
    rules.put("RMSNormalization", s -> layer(s, false));
    rules.put("InstanceNormalization", NormalizationRules::instance);
    rules.put("GroupNormalization", NormalizationRules::group);
  }

  /**
   * What was normalized.
   *
   * @param value x, normalized
   * @param factor 1 / sqrt(variance + epsilon)
   */
  private record Normal(String value, String factor) {}

  private static Normal normal(Step s, String x, boolean centers, long[] axes) {
    String centered = centers ? s.op("Sub", x, s.forms().mean(x, axes)) : x;
    String square = s.forms().mean(s.op("Mul", centered, centered), axes);
    String factor = factor(s, square);
    return new Normal(s.op("Mul", centered, factor), factor);
  }

  private static String factor(Step s, String variance) {
    double epsilon = s.getFloat("epsilon", 1e-5f);
    return s.op("Reciprocal", s.op("Sqrt", s.op("Add", variance, s.number(epsilon))));
  }

  /** {@code factor (h - mean(h) - value mean(h value))}; without centering no mean(h). */
  private static String back(Step s, Normal normal, String h, boolean centers, long[] axes) {
    String along = s.forms().mean(s.op("Mul", h, normal.value()), axes);
    String rest = s.op("Sub", h, s.op("Mul", normal.value(), along));
    if (centers) {
      rest = s.op("Sub", rest, s.forms().mean(h, axes));
    }
    return s.op("Mul", normal.factor(), rest);
  }

  private static void layer(Step s, boolean centers) {
    alone(s);
    int rank = s.tape().rank(s.in(0));
    long axis = s.getInt("axis", -1);
    long[] axes = LongStream.range(axis < 0 ? axis + rank : axis, rank).toArray();
    Normal normal = normal(s, s.in(0), centers, axes);
    if (s.wants(0)) {
      s.give(0, back(s, normal, s.op("Mul", s.g(), s.in(1)), centers, axes));
    }
    if (s.wants(1)) {
      s.giveBroadcast(1, s.op("Mul", s.g(), normal.value()));
    }
    if (centers && s.wants(2)) {
      s.giveBroadcast(2, s.g());
    }
  }

  private static void instance(Step s) {
    int rank = s.tape().rank(s.in(0));
    long[] axes = LongStream.range(2, rank).toArray();
    Normal normal = normal(s, s.in(0), true, axes);
    if (s.wants(0)) {
      String h = s.op("Mul", s.g(), channels(s, s.in(1), rank));
      s.give(0, back(s, normal, h, true, axes));
    }
    scaleAndBias(s, normal.value(), rank);
  }

  /** By the scale and the bias of each channel. */
  private static void scaleAndBias(Step s, String normal, int rank) {
    if (s.wants(1)) {
      s.give(1, overChannels(s, s.op("Mul", s.g(), normal), rank));
    }
    if (s.wants(2)) {
      s.give(2, overChannels(s, s.g(), rank));
    }
  }

  private static void group(Step s) {
    int rank = s.tape().rank(s.in(0));
    long[] grouped = {0, s.getInt("num_groups", 1), -1};
    long[] axes = {2};
    boolean each = s.forms().version() >= 21;
    String x = s.op("Reshape", s.in(0), s.tape().ints(grouped));
    Normal normal = normal(s, x, true, axes);
    String g = s.op("Reshape", s.g(), s.tape().ints(grouped));
    if (s.wants(0)) {
      String h =
          each
              ? s.op(
                  "Reshape", s.op("Mul", s.g(), channels(s, s.in(1), rank)), s.tape().ints(grouped))
              : s.op("Mul", g, channels(s, s.in(1), 3));
      s.give(0, s.forms().shaped(back(s, normal, h, true, axes), s.in(0)));
    }
    if (each) {
      scaleAndBias(s, s.forms().shaped(normal.value(), s.in(0)), rank);
      return;
    }
    // Before 21 a scale and a bias for each group.
    if (s.wants(1)) {
      s.give(1, overChannels(s, s.op("Mul", g, normal.value()), 3));
    }
    if (s.wants(2)) {
      s.give(2, overChannels(s, g, 3));
    }
  }

  private static void batch(Step s) {
    alone(s);
    if (s.getInt("spatial", 1) == 0) {
      throw s.refuse("spatial is 0");
    }
    int rank = s.tape().rank(s.in(0));
    boolean trains =
        s.forms().version() >= 14
            ? s.getInt("training_mode", 0) != 0
            : s.node().outputs().size() > 1;
    if (trains) {
      long[] axes = others(rank);
      Normal normal = normal(s, s.in(0), true, axes);
      if (s.wants(0)) {
        String h = s.op("Mul", s.g(), channels(s, s.in(1), rank));
        s.give(0, back(s, normal, h, true, axes));
      }
      scaleAndBias(s, normal.value(), rank);
      return;
    }
    String factor = factor(s, s.in(4));
    String centered = s.op("Sub", s.in(0), channels(s, s.in(3), rank));
    scaleAndBias(s, s.op("Mul", centered, channels(s, factor, rank)), rank);
    String slope = s.op("Mul", s.in(1), factor);
    if (s.wants(0)) {
      s.give(0, s.op("Mul", s.g(), channels(s, slope, rank)));
    }
    if (s.wants(3)) {
      s.give(3, s.op("Neg", s.op("Mul", overChannels(s, s.g(), rank), slope)));
    }
    // The derivative of factor is -1/2 factor^3.
    if (s.wants(4)) {
      String sum = overChannels(s, s.op("Mul", s.g(), centered), rank);
      String cube = s.op("Mul", s.op("Mul", slope, factor), factor);
      s.give(4, s.op("Mul", s.number(-0.5), s.op("Mul", sum, cube)));
    }
  }

  /** Refuses where more than the first output counts. */
  private static void alone(Step s) {
    for (int i = 1; i < s.node().outputs().size(); i++) {
      if (s.found().containsKey(s.out(i))) {
        throw s.refuse("y depends on an output other than the first");
      }
    }
  }

  /** Returns one number a channel as [1, C, 1, ...]. */
  private static String channels(Step s, String value, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[1] = -1;
    return s.op("Reshape", value, s.tape().ints(shape));
  }

  private static String overChannels(Step s, String value, int rank) {
    return s.forms().sum(value, false, others(rank));
  }

  /** Every axis but that of the channels. */
  private static long[] others(int rank) {
    return LongStream.range(0, rank).filter(axis -> axis != 1).toArray();
  }
}
