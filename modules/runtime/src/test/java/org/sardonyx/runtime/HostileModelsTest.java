package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Models that mutation found, and their like: refused in words, in no time. */
@Timeout(20)
class HostileModelsTest {

  private static Model neg(String... chain) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 1);
    g.output("y", g.node("Neg", x), FLOAT);
    Model model = g.model(OPSET);
    List<Node> nodes = new ArrayList<>(model.graph().nodes());
    for (int i = 0; i + 1 < chain.length; i += 2) {
      nodes.add(new Node("", "Abs", List.of(chain[i]), List.of(chain[i + 1]), List.of()));
    }
    return model.withGraph(model.graph().withNodes(nodes));
  }

  private static void refused(Model model) {
    assertThrows(InvalidModel.class, () -> Session.compile(model));
  }

  @Test
  void nodesThatGiveOneNameTwice() {
    refused(neg("x", "a", "x", "a", "a", "b"));
    refused(neg("x", "a", "a", "a"));
    refused(neg("x", "x"));
  }

  @Test
  void nodesThatReadThemselves() {
    // Nobody wants what they give, so the model runs without them.
    Model model = neg("a", "b", "b", "a");
    assertEquals(1, Session.compile(model).run(Map.of("x", floats(1))).size());
  }

  @Test
  void initializersOfOneName() {
    Model model = neg("w", "a");
    TensorData w = TensorData.of("w", Tensor.of(new float[] {1}, 1));
    Model twice = model.withGraph(model.graph().withInitializers(List.of(w, w, w)));
    try {
      Session.compile(twice).run(Map.of("x", floats(1)));
    } catch (ModelException e) {
      assertTrue(e.getMessage().contains("w"), e.getMessage());
    }
  }

  @Test
  void attributesOfOneName() {
    GraphBuilder g = new GraphBuilder("g");
    Ref c = g.input("c", DataType.BOOL);
    GraphBuilder branch = g.body("branch");
    branch.output("v", branch.node("Not", c), Models.BOOL);
    g.output(
        "y",
        g.call("If", c)
            .with("then_branch", branch.graph())
            .with("then_branch", branch.graph())
            .with("else_branch", branch.graph())
            .output(),
        Models.BOOL);
    refused(g.model(OPSET));
  }

  /** Each trip doubles a string. */
  @Test
  void stringsThatGrowEnd() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.STRING, 1);
    for (int i = 0; i < 40; i++) {
      x = g.node("StringConcat", x, x);
    }
    g.output("y", x, null);
    Session session =
        Session.compile(
            g.model(OPSET),
            SessionOptions.standard()
                .withLimits(Limits.standard().with(Limit.STRING_LENGTH, 1000)));
    LimitExceeded e =
        assertThrows(
            LimitExceeded.class, () -> session.run(Map.of("x", Tensor.of(new String[] {"ab"}, 1))));
    assertEquals("stringLength", e.limit());
    assertEquals(1000, e.most());
    assertTrue(e.getMessage().contains("StringConcat"), e.getMessage());
  }
}
