package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.INT64;
import static org.sardonyx.runtime.Models.OPSET;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What a run need not compute again, and what it must. */
class RepeatsTest {

  /** {@code y = reshape(|x|, [n, 1, m]) + range(n * m)...}, with all that comes of shapes. */
  private static Model shapes() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "?", "?");
    Ref abs = g.node("Abs", x);
    Ref shape = g.node("Shape", abs);
    Ref zero = g.constant(Tensor.of(new long[] {0}, 1));
    Ref one = g.constant(Tensor.of(new long[] {1}, 1));
    Ref sizes =
        g.call("Concat", g.node("Gather", shape, zero), one, g.node("Gather", shape, one))
            .with("axis", 0)
            .output();
    Ref reshaped = g.node("Reshape", abs, sizes);
    g.output("sizes", sizes, INT64);
    g.output("view", reshaped, FLOAT);
    Ref squeezed = g.node("Squeeze", g.node("Neg", reshaped), one);
    g.output("y", g.node("Mul", squeezed, g.node("Cos", squeezed)), FLOAT);
    g.output("count", g.node("ReduceProd", g.node("Shape", squeezed)), INT64);
    return g.model(OPSET);
  }

  private static Tensor drawn(int run, int rows, int columns) {
    Tensor x = Tensor.zeros(DataType.FLOAT, rows, columns);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = (float) Math.sin(run + 0.7 * i);
    }
    return x;
  }

  @Test
  void shapesComeAndGo() {
    Session session = Session.compile(shapes());
    Session plain = Session.compile(shapes(), Models.strict());
    int[][] sizes = {
      {2, 3}, {2, 3}, {2, 3}, {3, 2}, {2, 3}, {0, 4}, {0, 4}, {6, 1}, {2, 3}, {2, 3}
    };
    for (int run = 0; run < 4 * sizes.length; run++) {
      int[] size = sizes[run % sizes.length];
      Map<String, Value> inputs = Map.of("x", drawn(run, size[0], size[1]));
      Map<String, Value> results = session.run(inputs);
      assertEquals(plain.run(inputs), results);
      // What the caller does with a result is his affair.
      results.values().forEach(value -> spoil((Tensor) value));
    }
  }

  private static void spoil(Tensor tensor) {
    switch (tensor.array()) {
      case float[] a -> Arrays.fill(a, Float.NaN);
      case long[] a -> Arrays.fill(a, -7);
      default -> throw new AssertionError(tensor);
    }
  }

  @Test
  void shapesAreComputedOnce() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "?", "?");
    Ref abs = g.node("Abs", x);
    Ref all = g.call("ReduceProd", g.node("Shape", abs)).output();
    g.output("y", g.node("Cos", g.node("Reshape", abs, all)), FLOAT);
    Seen seen = new Seen();
    Session session = Session.compile(g.model(OPSET), SessionOptions.standard().withObserver(seen));
    session.run(Map.of("x", drawn(0, 2, 3)));
    session.run(Map.of("x", drawn(1, 2, 3)));
    seen.forget();
    Value y = session.run(Map.of("x", drawn(2, 2, 3))).get("y");
    assertArrayEquals(new int[] {6}, ((Tensor) y).shape());
    assertEquals(Set.of("Abs", "Cos"), operators(seen), "a view is computed once, too");
    session.run(Map.of("x", drawn(2, 3, 3)));
    assertEquals(Set.of("Abs", "Cos", "Reshape", "Shape", "ReduceProd"), operators(seen));
  }

  private static Set<String> operators(Seen seen) {
    return seen.operators().stream().map(name -> name.split("-", 2)[0]).collect(Collectors.toSet());
  }
}
