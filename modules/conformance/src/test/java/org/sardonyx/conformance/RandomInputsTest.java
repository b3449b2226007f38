package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Inputs that a graph says little about, and graphs that say too much. */
@Timeout(120)
class RandomInputsTest {

  private static Map<String, Value> inputs(Model model) {
    return RandomInputs.of(model, Map.of(), Map.of(), 1);
  }

  /** Indices keep to their table, through nodes that move them and into a branch. */
  @Test
  void indicesAreTraced() {
    GraphBuilder g = new GraphBuilder("g");
    Ref table = g.constant(Tensor.zeros(DataType.FLOAT, 3, 1));
    Ref ids = g.input("ids", DataType.INT64, 500);
    Ref moved = ids;
    for (int i = 0; i < 1000; i++) {
      moved = g.node("Identity", moved);
    }
    Ref c = g.input("c", DataType.BOOL);
    GraphBuilder branch = g.body("branch");
    branch.output("v", branch.node("Gather", table, moved), null);
    g.output(
        "y",
        g.call("If", c)
            .with("then_branch", branch.graph())
            .with("else_branch", branch.graph())
            .output(),
        null);
    Tensor drawn = (Tensor) inputs(g.model(18)).get("ids");
    for (long id : drawn.longs()) {
      assertTrue(id >= 0 && id < 3, "index " + id);
    }
  }

  @Test
  void longChainsAndManyInputs() {
    GraphBuilder g = new GraphBuilder("g");
    int n = 20_000;
    Ref y = g.input("x", DataType.FLOAT, 1);
    for (int i = 0; i < n; i++) {
      y = g.node("Identity", y);
      g.input("x" + i, DataType.FLOAT, 1);
    }
    g.output("y", y, null);
    assertEquals(n + 1, inputs(g.model(18)).size());
  }

  @Test
  void nodesThatLackInputs() {
    for (String operator : new String[] {"Equal", "OneHot", "Gather", "LSTM", "Range", "Where"}) {
      GraphBuilder g = new GraphBuilder("g");
      g.output("y", g.node(operator, g.input("x", DataType.INT64, 1)), null);
      assertEquals(1, inputs(g.model(18)).size());
    }
  }
}
