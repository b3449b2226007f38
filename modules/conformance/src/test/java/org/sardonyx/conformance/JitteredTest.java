package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

class JitteredTest {

  private static Spread spread(Model model, Map<String, Value> inputs, String output)
      throws EngineFailed {
    Map<String, Value> truth;
    try (Engine.Loaded loaded = new ArbiterEngine().load(model)) {
      truth = loaded.run(inputs);
    }
    Spread found =
        new Conditioning(model, inputs, truth).spread(3, 1, TimeAxis.of(model)).get(output);
    assertTrue(found != null);
    return found;
  }

  /** Moving x alone says nothing about a sum that cancels what came between. */
  @Test
  void roundingBetweenNodesIsSeen() throws EngineFailed {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["": 17]>
            g (float[1] x) => (float[1] y) <float[1] one = {1}, float[1] big = {4096}> {
              a = Add (x, big)
              y = Sub (a, big)
            }
            """);
    // 4096 is moved too, once for both: what is left is the rounding of a, some 4096 * 2^-24.
    double whole = spread(model, Map.of("x", Tensor.of(new float[] {0.3f}, 1)), "y").whole();
    assertTrue(whole > 1e-4 && whole < 1e-3, () -> "" + whole);
  }

  /** X and the weights are powers of two or 0 where nothing moves them far; the states are not. */
  @Test
  void statesOfRecurrentOperatorsAreMoved() throws EngineFailed {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["": 17]>
            g (float[40, 1, 1] X) => (float[40, 1, 1, 1] Y)
            <float[1, 1, 1] W = {0}, float[1, 1, 1] R = {2}, float[1, 1, 1] h = {0.001}> {
              Y, Yh = RNN <hidden_size = 1, activations = ["Affine"], activation_alpha = [1.0],
                activation_beta = [0.0]> (X, W, R, "", "", h)
            }
            """);
    double whole = spread(model, Map.of("X", Tensor.of(new float[40], 40, 1, 1)), "Y").whole();
    double last = 0.001 * Math.pow(2, 40);
    assertTrue(whole > last * 1e-8, () -> "" + whole);
  }

  @Test
  void whatMovesElementsIsLeftAlone() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["": 17]>
            g (float[2, 3] x) => (float[3, 2] y) { a = Transpose (x)  b = Exp (a)  y = Identity (b) }
            """);
    List<String> operators =
        Jittered.of(model, 1).model().graph().nodes().stream().map(Node::opType).toList();
    assertEquals(List.of("Transpose", "Exp", "Jitter", "Identity"), operators);
  }
}
