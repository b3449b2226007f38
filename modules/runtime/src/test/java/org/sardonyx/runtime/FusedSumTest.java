package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.waves;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** An Add and the LayerNormalization behind it give the bits that they give one by one. */
class FusedSumTest {

  private final Seen seen = new Seen();

  private final SessionOptions observed =
      SessionOptions.standard().withObserver(seen).withKernels(Kernels.best());

  private void agrees(Model model, Map<String, Value> inputs, String operators) {
    SessionOptions plain = SessionOptions.standard().withSimplify(false);
    Map<String, Value> expected =
        Session.compile(model, plain.withKernels(Kernels.best())).run(inputs);
    Session session = Session.compile(model, observed);
    for (int run = 0; run < 3; run++) {
      assertEquals(expected, session.run(inputs));
    }
    assertEquals(operators, seen.operators().toString());
    seen.forget();
  }

  /** Two residual blocks: the first sum is read again. */
  private static Model blocks(DataType type, boolean biased) {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", type, "n", "t", "d");
    Ref b = g.input("b", type, "m", "t", "e");
    Ref scale = g.constant(Tensor.fromDoubles(type, waves(24).toDoubles(), 24));
    Ref first = g.node("Add", a, b);
    Ref normal =
        biased
            ? g.node("LayerNormalization", first, scale, scale)
            : g.call("LayerNormalization", first, scale).with("epsilon", 1e-3f).output();
    Ref second = g.node("LayerNormalization", g.node("Add", first, g.node("Sin", normal)), scale);
    g.output("y", second, Type.tensor(type));
    return g.model(OPSET);
  }

  @Test
  void sumsAreNormalizedAsTheyAreMade() {
    Map<String, Value> inputs =
        Map.of("a", waves(2, 5, 24), "b", waves(5, 2, 24).reshaped(2, 5, 24));
    agrees(blocks(DataType.FLOAT, false), inputs, "[Add+LayerNormalization-1, Sin-7]");
  }

  @Test
  void aScaleThatIsTheBiasTooIsLeftAlone() {
    Map<String, Value> inputs = Map.of("a", waves(2, 5, 24), "b", waves(2, 5, 24));
    agrees(
        blocks(DataType.FLOAT, true),
        inputs,
        "[Add+LayerNormalization-1, Add-14, LayerNormalization-17, Sin-7]");
  }

  @Test
  void whatIsBroadcastGoesThroughTheNodes() {
    Map<String, Value> inputs = Map.of("a", waves(2, 5, 24), "b", waves(1, 5, 24));
    agrees(
        blocks(DataType.FLOAT, false),
        inputs,
        "[Add+LayerNormalization-1, Add-14, LayerNormalization-17, Sin-7]");
  }

  @Test
  void doublesGoThroughTheNodes() {
    Tensor x = Tensor.fromDoubles(DataType.DOUBLE, waves(2, 5, 24).toDoubles(), 2, 5, 24);
    agrees(
        blocks(DataType.DOUBLE, false),
        Map.of("a", x, "b", x.copy()),
        "[Add-14, LayerNormalization-17, Sin-7]");
  }

  @Test
  void nothingIsNoTrouble() {
    Tensor none = Tensor.zeros(DataType.FLOAT, 0, 5, 24);
    agrees(
        blocks(DataType.FLOAT, false),
        Map.of("a", none, "b", none.copy()),
        "[Add+LayerNormalization-1, Sin-7]");
  }

  @Test
  void aSumThatIsAnOutputIsGiven() {
    GraphBuilder h = new GraphBuilder("h");
    Ref other =
        h.node("Add", h.input("a", DataType.FLOAT, 3, 24), h.input("b", DataType.FLOAT, 3, 24));
    h.output("s", other, FLOAT);
    h.output("y", h.node("LayerNormalization", other, h.constant(waves(24))), FLOAT);
    h.output(
        "w",
        h.call("LayerNormalization", other, h.constant(waves(24))).with("epsilon", 1f).output(),
        FLOAT);
    Map<String, Value> inputs = Map.of("a", waves(3, 24), "b", waves(24, 3).reshaped(3, 24));
    agrees(h.model(OPSET), inputs, "[Add+LayerNormalization-1, LayerNormalization-17]");
  }
}
