package org.sardonyx.conformance.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.diff.Difference.Kind;
import org.sardonyx.text.OnnxText;

class ModelDiffTest {

  private static final String MODEL =
      """
      <ir_version: 10, opset_import: ["": 21]>
      g (float[N, 2] x, bool c) => (float[N, 2] y)
      <float[2] w = {1, 2}, float[2, 2] m = {1, 2, 3, 4}>
      {
        [sum] a = Add (x, w)
        [act] b = Relu (a)
        [mul] d = MatMul (b, m)
        [soft] e = Softmax <axis = 1> (d)
        [if] y = If (c) <
          then_branch = t () => (float[N, 2] p) { p = Mul (e, w) },
          else_branch = f () => (float[N, 2] q) { q = Neg (e) }
        >
      }
      """;

  @Test
  void aModelDoesNotDifferFromItself() {
    assertEquals(List.of(), differences(MODEL));
  }

  @Test
  void otherNamesAreNoDifferenceOfMeaning() {
    String renamed =
        MODEL
            .replace("(a)", "(h1)")
            .replace("] a =", "] h1 =")
            .replace("w)", "weight)")
            .replace("float[2] w", "float[2] weight")
            .replace("[act]", "[activation]");
    assertEquals(
        List.of("names names of nodes or values, or the order of nodes"), differences(renamed));
  }

  @Test
  void weightsDifferByUnitsInTheLastPlace() {
    List<Difference> found = of(MODEL.replace("{1, 2}", "{1, 2.0000005}"));
    assertEquals(1, found.size(), found::toString);
    assertEquals(Kind.WEIGHT, found.getFirst().kind());
    assertEquals("node \"sum\" (Add) of a, input 1, w", found.getFirst().place());
    assertEquals(
        "1 of 2 elements differ, by up to 4.77e-07 (2.00 units in the last place)",
        found.getFirst().after());
  }

  @Test
  void anAttributeIsShown() {
    assertEquals(
        List.of("attribute node \"soft\" (Softmax) of e, attribute axis: 1 -> 0"),
        differences(MODEL.replace("axis = 1", "axis = 0")));
  }

  @Test
  void aNodeThatCameInIsNamedAndNothingBehindIt() {
    String more = MODEL.replace("d = MatMul (b, m)", "n = MatMul (b, m) [new] d = Tanh (n)");
    assertEquals(
        List.of(
            "input node \"soft\" (Softmax) of e, input 0: d (MatMul) -> d (Tanh)",
            "added node \"new\" (Tanh) of d",
            "names names of nodes or values, or the order of nodes"),
        differences(more));
    List<Difference> back = ModelDiff.of(OnnxText.parse(more), OnnxText.parse(MODEL));
    assertTrue(
        back.stream()
            .anyMatch(found -> found.toString().equals("removed node \"new\" (Tanh) of d")),
        back::toString);
  }

  @Test
  void graphsInsideNodesAreCompared() {
    assertEquals(
        List.of(
            "removed node \"if\" (If) of y, attribute then_branch: node (Mul) of p",
            "added node \"if\" (If) of y, attribute then_branch: node (Div) of p",
            "input node \"if\" (If) of y, attribute then_branch > output 0: p (Mul) -> p (Div)"),
        differences(MODEL.replace("Mul (e", "Div (e")));
    assertEquals(
        List.of(
            "input node \"if\" (If) of y, attribute else_branch > node (Neg) of q, input 0: e (Softmax) -> d (MatMul)"),
        differences(MODEL.replace("Neg (e", "Neg (d")));
  }

  @Test
  void theSignatureCounts() {
    assertEquals(
        List.of("signature input 0: x float[N,2] -> x float[M,2]"),
        differences(MODEL.replace("[N, 2] x", "[M, 2] x")));
  }

  @Test
  void versionsAndDescriptions() {
    List<Difference> found =
        of(MODEL.replace("10, opset_import: [\"\": 21]", "9, opset_import: [\"\": 20]"));
    assertEquals(
        List.of("description IR version: 10 -> 9", "opset ai.onnx: 21 -> 20"),
        found.stream().map(Difference::toString).toList());
    assertTrue(!found.get(0).kind().isMeaning() && found.get(1).kind().isMeaning());
  }

  private static List<Difference> of(String after) {
    return ModelDiff.of(OnnxText.parse(MODEL), OnnxText.parse(after));
  }

  private static List<String> differences(String after) {
    return of(after).stream().map(Difference::toString).toList();
  }
}
