package org.sardonyx.conformance.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.sardonyx.conformance.gradient.GradientExamples.Example;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Windows, normalizations, losses and scatters to differentiate. */
final class NetworkExamples {

  private NetworkExamples() {}

  private static int[] s(int... shape) {
    return shape;
  }

  private static Example of(
      String name, BiFunction<GraphBuilder, List<Ref>, Ref> function, int[]... shapes) {
    return new Example(name, shapes, -1.5, function);
  }

  private static Ref longs(GraphBuilder g, long... values) {
    return g.constant(Tensor.vector(values));
  }

  static List<Example> examples() {
    List<Example> all = new ArrayList<>();
    windows(all);
    pools(all);
    normalizations(all);
    losses(all);
    activations(all);
    scatters(all);
    return all;
  }

  private static void windows(List<Example> all) {
    all.add(
        of(
            "Conv with groups",
            (g, x) ->
                g.call("Conv", x.get(0), x.get(1), x.get(2))
                    .with("group", 2)
                    .withInts("strides", 2, 1)
                    .withInts("pads", 1, 0, 1, 1)
                    .output(),
            s(2, 4, 5, 4),
            s(6, 2, 3, 2),
            s(6)));
    all.add(
        of(
            "Conv, depthwise, dilated",
            (g, x) ->
                g.call("Conv", x.get(0), x.get(1))
                    .with("group", 3)
                    .withInts("dilations", 2)
                    .output(),
            s(2, 3, 7),
            s(3, 1, 3)));
    for (String auto : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
      all.add(
          of(
              "Conv " + auto,
              (g, x) ->
                  g.call("Conv", x.get(0), x.get(1))
                      .with("auto_pad", auto)
                      .withInts("strides", 2, 2)
                      .output(),
              s(1, 2, 5, 6),
              s(3, 2, 3, 2)));
    }
    all.add(
        of(
            "ConvTranspose",
            (g, x) ->
                g.call("ConvTranspose", x.get(0), x.get(1), x.get(2))
                    .withInts("strides", 2, 3)
                    .withInts("dilations", 1, 2)
                    .withInts("pads", 1, 0, 0, 1)
                    .withInts("output_padding", 1, 2)
                    .output(),
            s(2, 2, 3, 4),
            s(2, 3, 3, 2),
            s(3)));
    all.add(
        of(
            "ConvTranspose with groups",
            (g, x) -> g.call("ConvTranspose", x.get(0), x.get(1)).with("group", 2).output(),
            s(2, 4, 3),
            s(4, 3, 2)));
  }

  private static void pools(List<Example> all) {
    for (long counts = 0; counts < 2; counts++) {
      for (long ceil = 0; ceil < 2; ceil++) {
        long padding = counts;
        long mode = ceil;
        all.add(
            of(
                "AveragePool count_include_pad=" + counts + " ceil_mode=" + ceil,
                (g, x) ->
                    g.call("AveragePool", x.get(0))
                        .withInts("kernel_shape", 3, 2)
                        .withInts("strides", 2, 2)
                        .withInts("pads", 1, 0, 1, 1)
                        .with("count_include_pad", padding)
                        .with("ceil_mode", mode)
                        .output(),
                s(2, 2, 6, 5)));
      }
    }
    all.add(
        of(
            "AveragePool dilated",
            (g, x) ->
                g.call("AveragePool", x.get(0))
                    .withInts("kernel_shape", 2)
                    .withInts("dilations", 2)
                    .output(),
            s(1, 2, 7)));
    all.add(
        of(
            "AveragePool SAME_LOWER",
            (g, x) ->
                g.call("AveragePool", x.get(0))
                    .withInts("kernel_shape", 2, 3)
                    .with("auto_pad", "SAME_LOWER")
                    .output(),
            s(1, 1, 4, 4)));
    all.add(
        of(
            "MaxPool apart",
            (g, x) ->
                g.call("MaxPool", x.get(0))
                    .withInts("kernel_shape", 2, 2)
                    .withInts("strides", 2, 2)
                    .output(),
            s(2, 2, 5, 4)));
    all.add(of("GlobalMaxPool", (g, x) -> g.node("GlobalMaxPool", x.get(0)), s(2, 3, 2, 3)));
    for (String op : List.of("ReduceMax", "ReduceMin", "ReduceL1")) {
      for (long keep = 0; keep < 2; keep++) {
        long kept = keep;
        all.add(
            of(
                op + " keepdims=" + keep,
                (g, x) -> g.call(op, x.get(0), longs(g, 1)).with("keepdims", kept).output(),
                s(2, 3, 2)));
      }
    }
    all.add(
        new Example(
            "ReduceLogSum",
            new int[][] {s(2, 3)},
            0.5,
            (g, x) -> g.call("ReduceLogSum", x.get(0), longs(g, -1)).with("keepdims", 0).output()));
    for (long way = 0; way < 4; way++) {
      long reverse = way & 1;
      long exclusive = way >> 1;
      all.add(
          of(
              "CumSum reverse=" + reverse + " exclusive=" + exclusive,
              (g, x) ->
                  g.call("CumSum", x.get(0), g.constant(Tensor.scalar(1L)))
                      .with("reverse", reverse)
                      .with("exclusive", exclusive)
                      .output(),
              s(2, 4)));
    }
  }

  private static void normalizations(List<Example> all) {
    for (long training = 0; training < 2; training++) {
      long mode = training;
      all.add(
          new Example(
              "BatchNormalization training_mode=" + training,
              new int[][] {s(3, 2, 4), s(2), s(2), s(2), s(2)},
              0.5,
              (g, x) ->
                  g.call("BatchNormalization", x.get(0), x.get(1), x.get(2), x.get(3), x.get(4))
                      .with("training_mode", mode)
                      .with("epsilon", 0.01f)
                      .output()));
    }
    for (long axis : new long[] {-1, 1}) {
      all.add(
          of(
              "LayerNormalization " + axis,
              (g, x) ->
                  g.call("LayerNormalization", x.get(0), x.get(1), x.get(2))
                      .with("axis", axis)
                      .with("epsilon", 0.01f)
                      .with("stash_type", 11)
                      .output(),
              s(2, 3, 4),
              s(3, 4),
              s(4)));
    }
    all.add(
        of(
            "InstanceNormalization",
            (g, x) -> g.node("InstanceNormalization", x.get(0), x.get(1), x.get(2)),
            s(2, 3, 2, 2),
            s(3),
            s(3)));
    all.add(
        of(
            "GroupNormalization",
            (g, x) ->
                g.call("GroupNormalization", x.get(0), x.get(1), x.get(2))
                    .with("num_groups", 2)
                    .with("stash_type", 11)
                    .output(),
            s(2, 4, 3),
            s(4),
            s(4)));
  }

  private static void losses(List<Example> all) {
    Tensor labels = Tensor.of(new long[] {0, 2, 1, 1, 0, -3}, 2, 3);
    for (String reduction : List.of("none", "sum", "mean")) {
      for (int way = 0; way < 4; way++) {
        boolean ignores = (way & 1) != 0;
        boolean weighs = way > 1;
        String name = " " + reduction + (ignores ? " ignoring" : "") + (weighs ? " weighed" : "");
        for (String op : List.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")) {
          all.add(
              of(
                  op + name,
                  (g, x) -> {
                    long[] own = labels.toLongs();
                    own[5] = ignores ? -3 : 2;
                    Ref target = g.constant(Tensor.of(own, 2, 3));
                    Ref weights =
                        weighs ? g.constant(Tensor.of(new double[] {0.5, 2, 1.5}, 3)) : Ref.ABSENT;
                    GraphBuilder.Call call =
                        weighs
                            ? g.call(op, x.get(0), target, weights)
                            : g.call(op, x.get(0), target);
                    call.with("reduction", reduction);
                    if (ignores) {
                      call.with("ignore_index", -3);
                    }
                    return call.output();
                  },
                  s(2, 3, 3)));
        }
      }
    }
    all.add(
        of(
            "SoftmaxCrossEntropyLoss and its logarithms",
            (g, x) -> {
              List<Ref> both =
                  g.call("SoftmaxCrossEntropyLoss", x.get(0), longs(g, 1, 0)).outputs(2);
              return g.node("Mul", both.get(0), both.get(1));
            },
            s(2, 3)));
  }

  private static void activations(List<Example> all) {
    for (String op : List.of("Selu", "HardSigmoid", "Gelu", "Asinh", "ThresholdedRelu")) {
      all.add(of(op, (g, x) -> g.node(op, x.get(0)), s(2, 4)));
    }
    all.add(
        of(
            "Gelu tanh",
            (g, x) -> g.call("Gelu", x.get(0)).with("approximate", "tanh").output(),
            s(2, 4)));
    for (String op : List.of("Asin", "Acos", "Atanh")) {
      all.add(of(op, (g, x) -> g.node(op, g.node("Sin", x.get(0))), s(3)));
    }
    all.add(of("Acosh", (g, x) -> g.node("Acosh", g.node("Exp", g.node("Exp", x.get(0)))), s(3)));
    all.add(of("PRelu", (g, x) -> g.node("PRelu", x.get(0), x.get(1)), s(2, 3, 2), s(3, 1)));
    all.add(of("Dropout", (g, x) -> g.node("Dropout", x.get(0)), s(3)));
  }

  private static void scatters(List<Example> all) {
    Tensor places = Tensor.of(new long[] {1, 0, -1, 1}, 2, 2);
    for (String reduction : List.of("none", "add")) {
      all.add(
          of(
              "ScatterElements " + reduction,
              (g, x) ->
                  g.call("ScatterElements", x.get(0), g.constant(places), x.get(1))
                      .with("axis", 1)
                      .with("reduction", reduction)
                      .output(),
              s(2, 3),
              s(2, 2)));
      all.add(
          of(
              "ScatterND " + reduction,
              (g, x) ->
                  g.call(
                          "ScatterND",
                          x.get(0),
                          g.constant(Tensor.of(new long[] {2, 0}, 2, 1)),
                          x.get(1))
                      .with("reduction", reduction)
                      .output(),
              s(3, 2),
              s(2, 2)));
    }
    all.add(
        of(
            "GatherND",
            (g, x) ->
                g.node("GatherND", x.get(0), g.constant(Tensor.of(new long[] {1, 0, 1, 0}, 2, 2))),
            s(2, 3, 2)));
    all.add(
        of(
            "TopK",
            (g, x) -> g.call("TopK", x.get(0), longs(g, 2)).with("axis", 1).outputs(2).get(0),
            s(2, 4)));
    all.add(of("Trilu", (g, x) -> g.call("Trilu", x.get(0)).with("upper", 0).output(), s(3, 3)));
    all.add(
        of(
            "DepthToSpace",
            (g, x) -> g.call("DepthToSpace", x.get(0)).with("blocksize", 2).output(),
            s(1, 4, 2, 1)));
    all.add(
        of(
            "SpaceToDepth",
            (g, x) -> g.call("SpaceToDepth", x.get(0)).with("blocksize", 2).output(),
            s(1, 1, 2, 4)));
    all.add(
        of(
            "ReverseSequence",
            (g, x) -> g.node("ReverseSequence", x.get(0), longs(g, 2, 3)),
            s(3, 2)));
    all.add(
        of(
            "Compress",
            (g, x) ->
                g.call(
                        "Compress",
                        x.get(0),
                        g.constant(Tensor.of(new boolean[] {true, false, true}, 3)))
                    .with("axis", 1)
                    .output(),
            s(2, 3)));
  }
}
