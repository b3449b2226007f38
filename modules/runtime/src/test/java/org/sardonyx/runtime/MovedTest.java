package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Steps that move elements do so as they did before, where nothing has changed. */
class MovedTest {

  private static final int[][] SIZES = {
    {2, 3}, {2, 3}, {2, 3}, {3, 2}, {2, 3}, {2, 3}, {1, 3}, {1, 3}, {1, 3}, {6, 1}, {6, 1}, {2, 3},
    {2, 3}, {4, 4}, {4, 4}, {4, 4}
  };

  private static Ref vector(GraphBuilder g, long... values) {
    return g.constant(Tensor.vector(values));
  }

  /** Every operator that moves, of one input or of what was moved before. */
  private static Model all() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n", "m");
    Ref k = g.input("k", DataType.INT64, 1);
    Ref a = g.node("Neg", x);
    List<Ref> out = new ArrayList<>();
    Ref turned = g.node("Transpose", a);
    out.add(turned);
    out.add(g.call("Transpose", a).withInts("perm", 0, 1).output());
    out.add(g.call("Concat", a, x, a).with("axis", 0).output());
    out.add(g.call("Concat", turned, g.node("Transpose", x)).with("axis", 1).output());
    out.add(g.call("Concat", x, g.node("Identity", x)).with("axis", 0).output());
    Ref shape = g.node("Shape", a);
    Ref rows = g.call("Gather", shape, vector(g, 0)).with("axis", 0).output();
    Ref half = g.node("Div", rows, vector(g, 2));
    out.add(g.node("Slice", a, half, rows));
    out.add(g.node("Slice", a, vector(g, -1), vector(g, -9), vector(g, 1), vector(g, -2)));
    out.add(g.node("Slice", a, k, vector(g, 9), vector(g, 0)));
    Ref two = g.call("Concat", a, a).with("axis", 0).output();
    Ref parts =
        g.call("Concat", half, g.node("Sub", g.node("Add", rows, rows), half))
            .with("axis", 0)
            .output();
    out.addAll(g.call("Split", two, parts).with("axis", 0).outputs(2));
    out.addAll(g.call("Split", two).with("axis", 0).with("num_outputs", 1).outputs(1));
    out.add(g.node("Pad", a, vector(g, 1, 0, 0, 2)));
    out.add(g.node("Pad", a, vector(g, -1, 0, 1, 2), g.constant(Tensor.scalar(7f))));
    out.add(g.call("Pad", x, vector(g, 0, 1, 0, 0)).with("mode", "edge").output());
    out.add(g.node("Expand", g.node("Unsqueeze", a, vector(g, 1)), vector(g, 1, 3, 1)));
    out.add(g.node("Tile", a, vector(g, 2, 1)));
    out.add(g.node("Tile", turned, g.node("Slice", shape, vector(g, 0), vector(g, 2))));
    out.add(g.call("Gather", g.node("Tile", a, vector(g, 2, 2)), vector(g, 1, -1, 0)).output());
    out.add(g.call("Gather", turned, g.node("Sub", half, half)).with("axis", 1).output());
    for (int i = 0; i < out.size(); i++) {
      g.output("y" + i, g.node("Abs", out.get(i)), FLOAT);
      g.output("z" + i, out.get(i), FLOAT);
    }
    return g.model(OPSET);
  }

  private static Map<String, Value> inputs(int run, int[] size) {
    Tensor x = Tensor.zeros(DataType.FLOAT, size);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = (float) Math.sin(run + 0.7 * i);
    }
    return Map.of("x", x, "k", Tensor.vector(run % 3));
  }

  @Test
  void whateverTheShapes() {
    Session session = Session.compile(all());
    Session plain = Session.compile(all(), Models.strict().withSimplify(false));
    for (int run = 0; run < 3 * SIZES.length; run++) {
      int[] size = SIZES[run % SIZES.length];
      Map<String, Value> inputs = inputs(run, size);
      Map<String, Value> expected = plain.run(inputs);
      Map<String, Value> found =
          run % 2 == 0 ? session.run(inputs) : into(session, inputs, expected);
      expected.forEach((name, value) -> assertEquals(value, found.get(name), name));
    }
  }

  private static Map<String, Value> into(
      Session session, Map<String, Value> inputs, Map<String, Value> like) {
    Map<String, Tensor> into = new HashMap<>();
    like.forEach((name, value) -> {
      Tensor tensor = (Tensor) value;
      into.put(name, Tensor.zeros(tensor.dataType(), tensor.shape()));
    });
    session.runInto(inputs, into);
    return new HashMap<>(into);
  }
}
