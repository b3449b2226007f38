package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Normalizations. */
final class NormalizationChanges {

  private NormalizationChanges() {}

  static void add(Changes all) {
    all.change(
        "BatchNormalization",
        6,
        Adapter.KEEP,
        rewrite ->
            rewrite.keep(
                with(rewrite.node(), Attribute.of("consumed_inputs", new long[] {0, 0, 0, 1, 1}))));
    all.change(
        "BatchNormalization", 7, NormalizationChanges::testUp, NormalizationChanges::testDown);
    all.change("BatchNormalization", 9, NormalizationChanges::spatialUp, Adapter.KEEP);
    all.change(
        "BatchNormalization", 14, NormalizationChanges::modeUp, NormalizationChanges::modeDown);
    all.types("BatchNormalization", 15);
    all.same("InstanceNormalization", 6);
    all.types("InstanceNormalization", 22);
    all.types("LRN", 13);
    all.since("MeanVarianceNormalization", 9, NormalizationChanges::meanVariance);
    all.types("MeanVarianceNormalization", 13);
    all.since("LayerNormalization", 17, NormalizationChanges::layer);
    all.since("GroupNormalization", 18, rewrite -> group(rewrite, true));
    all.change(
        "GroupNormalization", 21, NormalizationChanges::channels, rewrite -> group(rewrite, false));
    all.since("RMSNormalization", 23, NormalizationChanges::rootMeanSquare);
  }

  /** is_test = 0 trained; from version 7 on a node that lists statistics does. */
  private static void testUp(Rewrite rewrite) {
    Node node = rewrite.without("is_test");
    if (rewrite.integer("is_test", 0) == 0) {
      rewrite.keep(node.withOutputs(NetworkChanges.outputs(rewrite, 5)));
      return;
    }
    for (int i = 1; i < node.outputs().size(); i++) {
      if (rewrite.wants(i)) {
        throw rewrite.refuse("is_test is 1, and outputs of training are read");
      }
    }
    rewrite.keep(node.withOutputs(List.of(rewrite.out(0))));
  }

  private static void testDown(Rewrite rewrite) {
    boolean trains = rewrite.node().outputs().size() > 1;
    rewrite.keep(with(rewrite.node(), Attribute.of("is_test", trains ? 0L : 1L)));
  }

  /** Statistics for every place: X [N, C, D1, ...] and mean [C, D1, ...]. */
  private static void spatialUp(Rewrite rewrite) {
    if (rewrite.integer("spatial", 1) != 0 || rewrite.rank(0) <= 2) {
      rewrite.keep(rewrite.without("spatial"));
      return;
    }
    if (rewrite.node().outputs().size() > 1) {
      throw rewrite.refuse("spatial is 0, and it trains");
    }
    String epsilon = rewrite.scalar(rewrite.element(0), rewrite.real("epsilon", 1e-5f));
    String variance = rewrite.op("Add", List.of(rewrite.in(4), epsilon));
    String deviation = rewrite.op("Sqrt", variance);
    String factor = rewrite.op("Div", List.of(rewrite.in(1), deviation));
    String centered = rewrite.op("Sub", List.of(rewrite.in(0), rewrite.in(3)));
    String scaled = rewrite.op("Mul", List.of(centered, factor));
    rewrite.last("Add", List.of(scaled, rewrite.in(2)));
  }

  private static void modeUp(Rewrite rewrite) {
    Node node = rewrite.node();
    if (node.outputs().size() <= 1) {
      rewrite.keep();
      return;
    }
    if (rewrite.wants(3) || rewrite.wants(4)) {
      throw rewrite.refuse("saved_mean and saved_var are read, and are given no more");
    }
    List<String> outputs = NetworkChanges.outputs(rewrite, 3).subList(0, 3);
    rewrite.keep(with(node, Attribute.of("training_mode", 1L)).withOutputs(outputs));
  }

  private static void modeDown(Rewrite rewrite) {
    Node node = rewrite.without("training_mode");
    boolean trains = rewrite.integer("training_mode", 0) != 0;
    rewrite.keep(
        // One output tests, five train; nothing lies between.
        node.withOutputs(trains ? NetworkChanges.outputs(rewrite, 5) : List.of(rewrite.out(0))));
  }

  private static void meanVariance(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    long[] given = rewrite.integers("axes");
    long[] axes = Axes.normal(rewrite, given == null ? new long[] {0, 2, 3} : given);
    Attribute along = Attribute.of("axes", axes);
    Attribute keep = Attribute.of("keepdims", 1L);
    String x = rewrite.in(0);
    String mean = rewrite.op("ReduceMean", x, along, keep);
    String squareOfMean = rewrite.op("Mul", List.of(mean, mean));
    String square = rewrite.op("Mul", List.of(x, x));
    String meanOfSquare = rewrite.op("ReduceMean", square, along, keep);
    String variance = rewrite.op("Sub", List.of(meanOfSquare, squareOfMean));
    String deviation =
        rewrite.op("Add", List.of(rewrite.op("Sqrt", variance), rewrite.scalar(type, 1e-9)));
    rewrite.last("Div", List.of(rewrite.op("Sub", List.of(x, mean)), deviation));
  }

  private static void layer(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    DataType stash = DataType.of(rewrite.integer("stash_type", DataType.FLOAT.code()));
    // As the specification has it: double is computed in double all the same.
    DataType inner = type == DataType.DOUBLE ? type : stash;
    long[] axes = from(rewrite, rewrite.integer("axis", -1));
    Attribute along = Attribute.of("axes", axes);
    String x = cast(rewrite, rewrite.in(0), type, inner);
    String mean = rewrite.op("ReduceMean", x, along, Attribute.of("keepdims", 1L));
    String centered = rewrite.op("Sub", List.of(x, mean));
    String square = rewrite.op("Mul", List.of(centered, centered));
    String variance = rewrite.op("ReduceMean", square, along, Attribute.of("keepdims", 1L));
    String epsilon = rewrite.scalar(inner, rewrite.real("epsilon", 1e-5f));
    String deviation = rewrite.op("Sqrt", rewrite.op("Add", List.of(variance, epsilon)));
    String inverse = rewrite.op("Reciprocal", deviation);
    String normal = rewrite.op("Mul", List.of(centered, inverse));
    affine(rewrite, cast(rewrite, normal, inner, type), rewrite.in(1), rewrite.in(2));
    statistic(rewrite, 1, mean, inner, stash);
    statistic(rewrite, 2, inverse, inner, stash);
  }

  private static void statistic(
      Rewrite rewrite, int output, String value, DataType from, DataType to) {
    if (!rewrite.wants(output)) {
      return;
    }
    if (from == to) {
      rewrite.op("Identity", List.of(value), List.of(rewrite.out(output)));
    } else {
      rewrite.op(
          "Cast",
          List.of(value),
          List.of(rewrite.out(output)),
          Attribute.of("to", (long) to.code()));
    }
  }

  /** Returns the axes from one on to the last. */
  private static long[] from(Rewrite rewrite, long axis) {
    if (axis < 0) {
      return LongStream.range(axis, 0).toArray();
    }
    return LongStream.range(axis, rewrite.rank(0)).toArray();
  }

  private static String cast(Rewrite rewrite, String value, DataType from, DataType to) {
    return from == to ? value : rewrite.op("Cast", value, Attribute.of("to", (long) to.code()));
  }

  private static void affine(Rewrite rewrite, String normal, String scale, String bias) {
    if (bias.isEmpty()) {
      rewrite.last("Mul", List.of(normal, scale));
    } else {
      rewrite.last("Add", List.of(rewrite.op("Mul", List.of(normal, scale)), bias));
    }
  }

  /** Scale and bias were one a group; each is repeated for the channels of its group. */
  private static void channels(Rewrite rewrite) {
    long groups = rewrite.integer("num_groups", 1);
    String shape =
        rewrite.op("Shape", rewrite.in(0), Attribute.of("start", 1L), Attribute.of("end", 2L));
    String each = rewrite.op("Div", List.of(shape, rewrite.longs(groups)));
    String grid =
        rewrite.op("Concat", List.of(rewrite.longs(groups), each), Attribute.of("axis", 0L));
    String[] inputs = {rewrite.in(0), rewrite.in(1), rewrite.in(2)};
    for (int i = 1; i < 3; i++) {
      String column = rewrite.op("Unsqueeze", List.of(inputs[i], rewrite.longs(1)));
      String spread = rewrite.op("Expand", List.of(column, grid));
      inputs[i] = rewrite.op("Reshape", List.of(spread, rewrite.longs(-1)));
    }
    rewrite.keep(rewrite.node().withInputs(Arrays.asList(inputs)));
  }

  /** A group is an instance's channel of [N, groups, everything else]. */
  private static void group(Rewrite rewrite, boolean perGroup) {
    long groups = rewrite.integer("num_groups", 1);
    int rank = rewrite.rank(0);
    DataType type = rewrite.element(0);
    DataType stash = DataType.of(rewrite.integer("stash_type", DataType.FLOAT.code()));
    DataType inner = type == DataType.DOUBLE || type == DataType.FLOAT ? type : stash;
    String x = cast(rewrite, rewrite.in(0), type, inner);
    String flat = rewrite.op("Reshape", List.of(x, rewrite.longs(0, groups, -1)));
    double[] ones = new double[(int) groups];
    Arrays.fill(ones, 1);
    String scale = rewrite.constant(Tensor.fromDoubles(inner, ones, ones.length));
    String bias = rewrite.constant(Tensor.zeros(inner, ones.length));
    Attribute epsilon = Attribute.of("epsilon", rewrite.real("epsilon", 1e-5f));
    if (perGroup) {
      scale = cast(rewrite, rewrite.in(1), type, inner);
      bias = cast(rewrite, rewrite.in(2), type, inner);
    }
    String normal = rewrite.op("InstanceNormalization", List.of(flat, scale, bias), epsilon);
    String shape = rewrite.op("Shape", rewrite.in(0));
    if (perGroup) {
      if (inner == type) {
        rewrite.last("Reshape", List.of(normal, shape));
      } else {
        String back = rewrite.op("Reshape", List.of(normal, shape));
        rewrite.last("Cast", List.of(back), Attribute.of("to", (long) type.code()));
      }
      return;
    }
    String back = rewrite.op("Reshape", List.of(normal, shape));
    long[] behind = LongStream.range(1, rank - 1).toArray();
    String[] parameters = {rewrite.in(1), rewrite.in(2)};
    for (int i = 0; i < 2 && behind.length > 0; i++) {
      parameters[i] = rewrite.op("Unsqueeze", List.of(parameters[i], rewrite.longs(behind)));
    }
    affine(rewrite, cast(rewrite, back, inner, type), parameters[0], parameters[1]);
  }

  private static void rootMeanSquare(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    DataType scale = rewrite.element(1);
    DataType stash = DataType.of(rewrite.integer("stash_type", DataType.FLOAT.code()));
    DataType inner = type == DataType.DOUBLE ? type : stash;
    String x = cast(rewrite, rewrite.in(0), type, inner);
    String axes = rewrite.longs(from(rewrite, rewrite.integer("axis", -1)));
    String square = rewrite.op("Mul", List.of(x, x));
    String mean = rewrite.op("ReduceMean", List.of(square, axes), Attribute.of("keepdims", 1L));
    String epsilon = rewrite.scalar(inner, rewrite.real("epsilon", 1e-5f));
    String root = rewrite.op("Sqrt", rewrite.op("Add", List.of(mean, epsilon)));
    String normal = rewrite.op("Mul", List.of(x, rewrite.op("Reciprocal", root)));
    rewrite.last("Mul", List.of(cast(rewrite, normal, inner, scale), rewrite.in(1)));
  }
}
