package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.draw;
import static org.sardonyx.optimize.Served.floats;

import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** RMSNormalization as exporters write it out, and what only looks like it. */
class RmsNormalizationTest {

  private static final int WIDTH = 6;
  private static final int OPSET = 23;

  /** A model of one input [batch, time, 6]. */
  private static Model model(int opset, BiFunction<GraphBuilder, Ref, Ref> body) {
    GraphBuilder g = new GraphBuilder("norm");
    Ref x = g.input("x", DataType.FLOAT, "batch", "time", WIDTH);
    g.output("y", body.apply(g, x), floats("batch", "time", WIDTH));
    return g.model(opset);
  }

  private static Ref number(GraphBuilder g, float value) {
    return g.constant(Tensor.scalar(value));
  }

  private static Ref weight(GraphBuilder g) {
    return g.constant("weight", draw(1, WIDTH));
  }

  private static Ref squared(GraphBuilder g, Ref x) {
    return g.node("Pow", x, number(g, 2));
  }

  private static Ref mean(GraphBuilder g, Ref x, long axis) {
    return g.node("ReduceMean", x, g.constant(Tensor.vector(axis)));
  }

  private static Ref root(GraphBuilder g, Ref x, float epsilon) {
    return g.node("Sqrt", g.node("Add", mean(g, squared(g, x), -1), number(g, epsilon)));
  }

  private static void becomes(String what, BiFunction<GraphBuilder, Ref, Ref> body) {
    Optimized result = Served.by(Optimize.standard(), model(OPSET, body));
    assertEquals(Map.of("RMSNormalization", 1), result.after().operators(), what);
    Node node = result.model().graph().nodes().getFirst();
    assertEquals(Attribute.of("epsilon", 1e-3f), node.attribute("epsilon"), what);
  }

  private static void stays(String what, BiFunction<GraphBuilder, Ref, Ref> body) {
    Optimized result = Served.by(Optimize.standard(), model(OPSET, body));
    assertEquals(0, count(result, "RMSNormalization"), what);
    assertTrue(count(result, "ReduceMean") > 0, what);
  }

  /** How Llama and its kin are exported, and the same with other nodes. */
  @Test
  void everyFormBecomesTheOperator() {
    float epsilon = 1e-3f;
    becomes("Div", (g, x) -> g.node("Mul", g.node("Div", x, root(g, x, epsilon)), weight(g)));
    becomes(
        "Reciprocal",
        (g, x) ->
            g.node("Mul", weight(g), g.node("Mul", x, g.node("Reciprocal", root(g, x, epsilon)))));
    becomes(
        "1 through the root",
        (g, x) ->
            g.node(
                "Mul",
                weight(g),
                g.node("Mul", g.node("Div", number(g, 1), root(g, x, epsilon)), x)));
    becomes(
        "product with itself, epsilon first, a positive axis",
        (g, x) ->
            g.node(
                "Mul",
                g.node(
                    "Div",
                    x,
                    g.node(
                        "Sqrt",
                        g.node("Add", number(g, epsilon), mean(g, g.node("Mul", x, x), 2)))),
                weight(g)));
    becomes(
        "epsilon and exponent of rank 1",
        (g, x) ->
            g.node(
                "Mul",
                g.node(
                    "Div",
                    x,
                    g.node(
                        "Sqrt",
                        g.node(
                            "Add",
                            mean(
                                g, g.node("Pow", x, g.constant(Tensor.of(new float[] {2}, 1))), -1),
                            g.constant(Tensor.of(new float[] {epsilon}, 1))))),
                weight(g)));
  }

  @Test
  void everyLayerBecomesOne() {
    Optimized result =
        Served.by(
            Optimize.standard(),
            model(
                OPSET,
                (g, x) -> {
                  Ref value = x;
                  for (int i = 0; i < 3; i++) {
                    Ref scale = g.constant(draw(i, WIDTH));
                    Ref normal = g.node("Div", value, root(g, value, 1e-6f));
                    value = g.node("Add", value, g.node("Tanh", g.node("Mul", normal, scale)));
                  }
                  return value;
                }));
    assertEquals(Map.of("RMSNormalization", 3, "Tanh", 3, "Add", 3), result.after().operators());
  }

  @Test
  void otherEpsilonsAxesAndPowersStay() {
    UnaryOperator<BiFunction<GraphBuilder, Ref, Ref>> scaled =
        divisor -> (g, x) -> g.node("Mul", g.node("Div", x, divisor.apply(g, x)), weight(g));
    stays(
        "epsilon outside the root",
        scaled.apply(
            (g, x) -> g.node("Add", g.node("Sqrt", mean(g, squared(g, x), -1)), number(g, 1e-3f))));
    stays(
        "epsilon inside the mean",
        scaled.apply(
            (g, x) -> g.node("Sqrt", mean(g, g.node("Add", squared(g, x), number(g, 1e-3f)), -1))));
    stays("no epsilon", scaled.apply((g, x) -> g.node("Sqrt", mean(g, squared(g, x), -1))));
    stays(
        "time",
        scaled.apply(
            (g, x) -> g.node("Sqrt", g.node("Add", mean(g, squared(g, x), 1), number(g, 1e-3f)))));
    stays(
        "two axes",
        scaled.apply((g, x) ->
            g.node(
                "Sqrt",
                g.node(
                    "Add",
                    g.node("ReduceMean", squared(g, x), g.constant(Tensor.vector(1, 2))),
                    number(g, 1e-3f)))));
    stays(
        "fourth powers",
        scaled.apply((g, x) ->
            g.node(
                "Sqrt",
                g.node("Add", mean(g, g.node("Pow", x, number(g, 4)), -1), number(g, 1e-3f)))));
    stays(
        "no root",
        scaled.apply((g, x) -> g.node("Add", mean(g, squared(g, x), -1), number(g, 1e-3f))));
    stays(
        "an epsilon for each column",
        scaled.apply((g, x) ->
            g.node(
                "Sqrt",
                g.node(
                    "Add",
                    mean(g, squared(g, x), -1),
                    g.constant(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, WIDTH))))));
  }

  @Test
  void otherValuesAndScalesStay() {
    stays(
        "the mean of another value",
        (g, x) -> g.node("Mul", g.node("Div", x, root(g, g.node("Tanh", x), 1e-3f)), weight(g)));
    stays("upside down", (g, x) -> g.node("Mul", g.node("Div", root(g, x, 1e-3f), x), weight(g)));
    stays(
        "a scale of its own",
        (g, x) -> g.node("Mul", g.node("Div", x, root(g, x, 1e-3f)), g.node("Tanh", x)));
    stays(
        "one number for all columns",
        (g, x) -> g.node("Mul", g.node("Div", x, root(g, x, 1e-3f)), number(g, 3)));
    stays(
        "the quotient is read elsewhere",
        (g, x) -> {
          Ref normal = g.node("Div", x, root(g, x, 1e-3f));
          return g.node("Sub", g.node("Mul", normal, weight(g)), g.node("Tanh", normal));
        });
  }

  @Test
  void olderVersionsStayAndAreConverted() {
    Model older =
        model(22, (g, x) -> g.node("Mul", g.node("Div", x, root(g, x, 1e-3f)), weight(g)));
    assertEquals(0, count(Served.by(Optimize.standard(), older), "RMSNormalization"));
    Optimized newer = Served.by(Optimize.standard().to(OPSET, 0), older);
    assertEquals(1, count(newer, "RMSNormalization"));
  }
}
