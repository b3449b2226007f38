package org.sardonyx.conformance.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Functions of tensors to differentiate. */
final class GradientExamples {

  private GradientExamples() {}

  /**
   * A function of tensors.
   *
   * @param name what it is
   * @param shapes the shapes of its inputs
   * @param low the least element drawn
   * @param function writes it
   */
  record Example(
      String name, int[][] shapes, double low, BiFunction<GraphBuilder, List<Ref>, Ref> function) {}

  private static int[] s(int... shape) {
    return shape;
  }

  private static Example of(
      String name, BiFunction<GraphBuilder, List<Ref>, Ref> function, int[]... shapes) {
    return new Example(name, shapes, -1.5, function);
  }

  private static Example positive(
      String name, BiFunction<GraphBuilder, List<Ref>, Ref> function, int[]... shapes) {
    return new Example(name, shapes, 0.5, function);
  }

  private static Ref longs(GraphBuilder g, long... values) {
    return g.constant(Tensor.vector(values));
  }

  private static Ref number(GraphBuilder g, double value) {
    return g.constant(Tensor.of(new double[] {value}));
  }

  static List<Example> examples() {
    List<Example> all = new ArrayList<>();
    for (String op : List.of("Add", "Sub", "Mul", "Div")) {
      all.add(positive(op, (g, x) -> g.node(op, x.get(0), x.get(1)), s(2, 3), s(2, 3)));
      all.add(
          positive(
              op + " broadcast", (g, x) -> g.node(op, x.get(0), x.get(1)), s(2, 1, 4), s(3, 1)));
      all.add(positive(op + " scalar", (g, x) -> g.node(op, x.get(0), x.get(1)), s(), s(2, 2)));
    }
    all.add(positive("Pow", (g, x) -> g.node("Pow", x.get(0), x.get(1)), s(2, 3), s(3)));
    all.add(of("x squared", (g, x) -> g.node("Pow", x.get(0), longs(g, 2)), s(2, 3)));
    for (String op :
        List.of(
            "Neg",
            "Abs",
            "Exp",
            "Sigmoid",
            "Tanh",
            "Sin",
            "Cos",
            "Sinh",
            "Cosh",
            "Atan",
            "Relu",
            "LeakyRelu",
            "Elu",
            "Softplus",
            "Softsign",
            "Erf",
            "Identity")) {
      all.add(of(op, (g, x) -> g.node(op, x.get(0)), s(2, 3)));
    }
    for (String op : List.of("Log", "Sqrt", "Reciprocal")) {
      all.add(positive(op, (g, x) -> g.node(op, x.get(0)), s(5)));
    }
    all.add(of("Tan", (g, x) -> g.node("Tan", g.node("Mul", x.get(0), number(g, 0.5))), s(4)));
    for (String op : List.of("Sum", "Mean", "Max", "Min")) {
      all.add(of(op, (g, x) -> g.node(op, x.get(0), x.get(1), x.get(2)), s(2, 3), s(3), s(2, 1)));
    }
    all.add(
        of("Clip", (g, x) -> g.node("Clip", x.get(0), number(g, -0.7), number(g, 0.8)), s(3, 4)));
    all.add(
        of(
            "Where",
            (g, x) -> g.node("Where", g.node("Greater", x.get(0), x.get(1)), x.get(0), x.get(1)),
            s(2, 3),
            s(3)));
    for (long axis : new long[] {-1, 0, 1}) {
      all.add(
          of(
              "Softmax " + axis,
              (g, x) -> g.call("Softmax", x.get(0)).with("axis", axis).output(),
              s(2, 3, 2)));
      all.add(
          of(
              "LogSoftmax " + axis,
              (g, x) -> g.call("LogSoftmax", x.get(0)).with("axis", axis).output(),
              s(2, 3)));
    }
    for (String op :
        List.of("ReduceSum", "ReduceMean", "ReduceSumSquare", "ReduceL2", "ReduceLogSumExp")) {
      for (long keep = 0; keep < 2; keep++) {
        long kept = keep;
        all.add(
            of(
                op + " keepdims=" + keep,
                (g, x) -> g.call(op, x.get(0), longs(g, 0, -1)).with("keepdims", kept).output(),
                s(2, 3, 4)));
        all.add(
            of(
                op + " of all keepdims=" + keep,
                (g, x) -> g.call(op, x.get(0)).with("keepdims", kept).output(),
                s(2, 3)));
      }
    }
    shaping(all);
    products(all);
    networks(all);
    all.addAll(NetworkExamples.examples());
    return all;
  }

  private static void shaping(List<Example> all) {
    all.add(of("Reshape", (g, x) -> g.node("Reshape", x.get(0), longs(g, 3, -1)), s(2, 3, 2)));
    all.add(of("Flatten", (g, x) -> g.node("Flatten", x.get(0)), s(2, 3, 2)));
    all.add(of("Squeeze", (g, x) -> g.node("Squeeze", x.get(0), longs(g, 1)), s(2, 1, 2)));
    all.add(of("Unsqueeze", (g, x) -> g.node("Unsqueeze", x.get(0), longs(g, 0)), s(2, 2)));
    all.add(of("Expand", (g, x) -> g.node("Expand", x.get(0), longs(g, 4, 2, 3)), s(2, 1)));
    all.add(of("Tile", (g, x) -> g.node("Tile", x.get(0), longs(g, 2, 3)), s(2, 2)));
    all.add(of("Transpose", (g, x) -> g.node("Transpose", x.get(0)), s(2, 3)));
    all.add(
        of(
            "Transpose with perm",
            (g, x) -> g.call("Transpose", x.get(0)).withInts("perm", 1, 2, 0).output(),
            s(2, 3, 4)));
    for (long axis : new long[] {1, -1}) {
      all.add(
          of(
              "Concat " + axis,
              (g, x) -> g.call("Concat", x.get(0), x.get(1), x.get(0)).with("axis", axis).output(),
              s(2, 3),
              s(2, 1)));
    }
    all.add(
        of(
            "Split",
            (g, x) -> {
              List<Ref> parts =
                  g.call("Split", x.get(0), longs(g, 1, 2, 1)).with("axis", 1).outputs(3);
              return g.node("Mul", parts.get(0), parts.get(1));
            },
            s(2, 4)));
    all.add(
        of(
            "Slice",
            (g, x) ->
                g.node(
                    "Slice",
                    x.get(0),
                    longs(g, 4, 0),
                    longs(g, -9, 2),
                    longs(g, 1, 0),
                    longs(g, -2, 1)),
            s(3, 5)));
    all.add(
        of(
            "Gather",
            (g, x) -> g.call("Gather", x.get(0), longs(g, 2, 0, 2, -1)).with("axis", 1).output(),
            s(2, 3)));
    all.add(
        of(
            "GatherElements",
            (g, x) ->
                g.node(
                    "GatherElements",
                    x.get(0),
                    g.constant(Tensor.of(new long[] {1, 1, 0, 0, 0, 1}, 2, 3))),
            s(2, 3)));
  }

  private static void products(List<Example> all) {
    int[][][] shapes = {
      {s(2, 3), s(3, 4)},
      {s(3), s(3, 4)},
      {s(2, 3), s(3)},
      {s(3), s(3)},
      {s(5, 2, 3), s(3, 2)},
      {s(1, 2, 3), s(4, 3, 2)},
      {s(3), s(4, 3, 2)},
      {s(4, 2, 3), s(3)},
    };
    for (int[][] pair : shapes) {
      all.add(
          of(
              "MatMul " + Arrays.deepToString(pair),
              (g, x) -> g.node("MatMul", x.get(0), x.get(1)),
              pair[0],
              pair[1]));
    }
    for (int way = 0; way < 4; way++) {
      long left = way & 1;
      long right = way >> 1;
      all.add(
          of(
              "Gemm " + left + right,
              (g, x) ->
                  g.call("Gemm", x.get(0), x.get(1), x.get(2))
                      .with("transA", left)
                      .with("transB", right)
                      .with("alpha", 0.5f)
                      .with("beta", 2f)
                      .output(),
              left == 0 ? s(2, 3) : s(3, 2),
              right == 0 ? s(3, 4) : s(4, 3),
              s(2, 1)));
    }
  }

  private static void networks(List<Example> all) {
    all.add(
        of(
            "Conv",
            (g, x) -> g.node("Conv", x.get(0), x.get(1), x.get(2)),
            s(2, 3, 5),
            s(4, 3, 2),
            s(4)));
    all.add(
        of(
            "Conv with strides",
            (g, x) ->
                g.call("Conv", x.get(0), x.get(1))
                    .withInts("strides", 2, 3)
                    .withInts("dilations", 1, 2)
                    .withInts("pads", 1, 0, 0, 2)
                    .output(),
            s(2, 2, 6, 7),
            s(3, 2, 3, 2)));
    all.add(
        of(
            "MaxPool",
            (g, x) ->
                g.call("MaxPool", x.get(0))
                    .withInts("kernel_shape", 2, 2)
                    .withInts("pads", 1, 0, 0, 1)
                    .output(),
            s(2, 2, 3, 3)));
    all.add(
        of("GlobalAveragePool", (g, x) -> g.node("GlobalAveragePool", x.get(0)), s(2, 3, 2, 2)));
    all.add(
        of(
            "a network",
            (g, x) -> {
              Ref h = g.node("Tanh", g.node("Gemm", x.get(0), x.get(1), x.get(2)));
              Ref y = g.node("MatMul", h, x.get(3));
              Ref target = g.constant(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2));
              Ref loss = g.node("Mul", target, g.call("LogSoftmax", y).output());
              return g.node("Neg", g.node("ReduceSum", loss));
            },
            s(2, 3),
            s(3, 4),
            s(4),
            s(4, 2)));
  }
}
