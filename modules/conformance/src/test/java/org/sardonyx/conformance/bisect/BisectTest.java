package org.sardonyx.conformance.bisect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.bisect.Bisection.Culprit;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.ProcessEngine;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

class BisectTest {

  private static final String HEAD = "<ir_version: 8, opset_import: [\"\": 17]>\n";

  private static Bisection bisect(Engine engine, Model model, Map<String, Value> inputs)
      throws EngineFailed {
    return new Bisect(new Suspect(engine, Engine.Options.DEFAULT, new ArbiterEngine()))
        .of(model, inputs);
  }

  private static Bisection bisect(Engine engine, String text) throws EngineFailed {
    Model model = OnnxText.parse(HEAD + text);
    return bisect(engine, model, RandomInputs.of(model, Map.of(), Map.of(), 3));
  }

  private static Culprit culprit(Bisection found) {
    Culprit culprit = found.culprit();
    assertNotNull(culprit, found::toString);
    return culprit;
  }

  /** A wrong Tanh. */
  private static NativeEngine wrongTanh() {
    return Planted.in("Tanh", (x, y) -> y.setDouble(0, y.getDouble(0) + 1e-3));
  }

  /** Two hundred nodes: the one that is wrong is named, in time and with few bytes at a time. */
  @Test
  void namesTheNodeAmongTwoHundred() throws EngineFailed {
    Random random = new Random(20261128);
    List<String> weights = new ArrayList<>();
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String in = "x" + i;
      String out = "x" + (i + 1);
      switch (i == 137 ? 9 : i % 4) {
        case 9 -> nodes.append("  " + out + " = Tanh (" + in + ")\n");
        case 0 -> {
          StringBuilder w = new StringBuilder("float[32, 32] w" + i + " = {");
          for (int k = 0; k < 1024; k++) {
            w.append(k == 0 ? "" : ", ").append((float) random.nextGaussian() / 5);
          }
          weights.add(w + "}");
          nodes.append("  " + out + " = MatMul (" + in + ", w" + i + ")\n");
        }
        case 1 -> nodes.append("  " + out + " = Sigmoid (" + in + ")\n");
        case 2 -> nodes.append("  " + out + " = Softmax (" + in + ")\n");
        default -> nodes.append("  " + out + " = Add (" + in + ", x0)\n");
      }
    }
    Model model =
        OnnxText.parse(
            HEAD
                + "g (float[4, 32] x0) => (float[4, 32] x200)\n<"
                + String.join(",\n", weights)
                + ">\n{\n"
                + nodes
                + "}\n");
    Map<String, Value> inputs = RandomInputs.of(model, Map.of(), Map.of(), 1);
    Bisection found =
        new Bisect(new Suspect(wrongTanh(), Engine.Options.DEFAULT, new ArbiterEngine()))
            .withByteCap(40_000)
            .of(model, inputs);
    assertEquals("x138", culprit(found).output());
    assertEquals(200, found.rows().size());
    assertTrue(found.rows().stream().allMatch(row -> row.accumulated() != null));
    assertEquals(1, found.rows().stream().filter(Bisection.Row::off).count());
    Bisection.Row before = found.rows().get(136);
    Bisection.Row at = found.rows().get(137);
    assertTrue(before.accumulated() != null && before.accumulated().maxAbs() < 1e-5);
    assertTrue(at.accumulated() != null && at.accumulated().maxAbs() > 9e-4);
    // Values of 1 KiB in double, 40 at a time.
    Bisection first =
        new Bisect(new Suspect(wrongTanh(), Engine.Options.DEFAULT, new ArbiterEngine()))
            .stoppingAtFirst()
            .of(model, inputs);
    assertEquals("x138", culprit(first).output());
    assertEquals(138, first.rows().size());
  }

  @Test
  void nothingIsOffInTheRightEngine() throws EngineFailed {
    Bisection found =
        bisect(
            new NativeEngine(),
            "g (float[2, 3] x) => (float[2, 3] y) { a = Tanh (x) b = Exp (a) y = Mul (a, b) }");
    assertTrue(found.clear(), found::toString);
    assertEquals(3, found.rows().size());
  }

  @Test
  void goesIntoTheBranchThatRuns() throws EngineFailed {
    Bisection found =
        bisect(
            wrongTanh(),
            """
            g (float[2, 3] x, float[2, 3] z) => (float[2, 3] y) <bool c = {0}, float w = {0.5}> {
              a = Relu (x)
              y = If (c) <
                then_branch = one () => (float[2, 3] r) { r = Exp (a) },
                else_branch = two () => (float[2, 3] r) { s = Mul (a, w)  t = Add (s, z)  r = Tanh (t) }
              >
            }
            """);
    Culprit culprit = culprit(found);
    assertEquals(List.of("node (If) else_branch"), culprit.place());
    assertEquals("r", culprit.output());
  }

  /** The counter reaches 3 in the third trip, where Tanh is wrong: of numbers from 3 on only. */
  @Test
  void goesIntoTheTripThatIsOff() throws EngineFailed {
    NativeEngine late =
        Planted.in(
            "Tanh", (x, y) -> y.setDouble(0, y.getDouble(0) + (x.getDouble(0) > 2.5 ? 0.1 : 0)));
    Bisection found =
        bisect(
            late,
            OnnxText.parse(
                HEAD
                    + """
                    g (float[1] x) => (float[1] y, float[N, 1] all) <int64 m = {5}, bool c = {1}> {
                      y, all = Loop (m, c, x) <body = b (int64 i, bool go, float[1] v)
                        => (bool on, float[1] next, float[1] out) {
                          on = Identity (go)
                          one = Constant <value = float {1}> ()
                          next = Add (v, one)
                          out = Tanh (next)
                        }>
                    }
                    """),
            Map.of("x", Tensor.of(new float[] {0}, 1)));
    Culprit culprit = culprit(found);
    assertEquals(List.of("node (Loop) trip 2"), culprit.place());
    assertEquals("out", culprit.output());
  }

  /** Scan 8 has a batch: the second row has two of three steps, and begins at the last. */
  @Test
  void goesIntoTheRowAndStepOfAnOldScan() throws EngineFailed {
    NativeEngine late =
        Planted.in(
            "Tanh", (x, y) -> y.setDouble(0, y.getDouble(0) + (x.getDouble(0) > 40 ? 0.1 : 0)));
    Model model =
        OnnxText.parse(
            """
            <ir_version: 3, opset_import: ["": 8]>
            g (int64[2] lens, float[2, 1] h, float[2, 3, 1] xs) => (float[2, 1] last, float[2, 3, 1] y) {
              last, y = Scan <num_scan_inputs = 1, directions = [1],
                body = b (float[1] v, float[1] x) => (float[1] next, float[1] out) {
                  next = Add (v, x)
                  out = Tanh (next)
                }> (lens, h, xs)
            }
            """);
    Culprit culprit =
        culprit(
            bisect(
                late,
                model,
                Map.of(
                    "lens", Tensor.vector(3L, 2L),
                    "h", Tensor.of(new float[2], 2, 1),
                    "xs", Tensor.of(new float[] {1, 2, 3, 30, 20, 900}, 2, 3, 1))));
    assertEquals(List.of("node (Scan) row 1, step 1"), culprit.place());
    assertEquals("out", culprit.output());
    assertEquals(50, ((Tensor) culprit.inputs().values().iterator().next()).floats()[0]);
  }

  @Test
  void goesIntoTheElementOfASequence() throws EngineFailed {
    NativeEngine late =
        Planted.in(
            "Tanh", (x, y) -> y.setDouble(0, y.getDouble(0) + (x.getDouble(0) > 2.5 ? 0.1 : 0)));
    Model model =
        OnnxText.parse(
            HEAD
                + """
                g (float[1] p, float[1] q, float[1] bias) => (seq(float[1]) y) {
                  s = SequenceConstruct (p, q)
                  y = SequenceMap <body = b (float[1] e, float[1] c) => (float[1] out) {
                      t = Add (e, c)
                      out = Tanh (t)
                    }> (s, bias)
                }
                """);
    Culprit culprit =
        culprit(
            bisect(
                late,
                model,
                Map.of(
                    "p", Tensor.of(new float[] {1}, 1),
                    "q", Tensor.of(new float[] {2}, 1),
                    "bias", Tensor.of(new float[] {1}, 1))));
    assertEquals(List.of("node (SequenceMap) element 1"), culprit.place());
    assertEquals("out", culprit.output());
  }

  @Test
  void goesIntoTheStepOfAScanAndIntoFunctions() throws EngineFailed {
    Bisection found =
        bisect(
            wrongTanh(),
            OnnxText.parse(
                """
                <ir_version: 8, opset_import: ["": 17, "own": 1]>
                g (float[2] h, float[4, 2] xs) => (float[2] last, float[4, 2] y) {
                  last, y = Scan <num_scan_inputs = 1, scan_input_directions = [1],
                    body = b (float[2] v, float[2] x) => (float[2] next, float[2] out) {
                      next = own.cell (v, x)
                      out = Identity (next)
                    }> (h, xs)
                }
                <opset_import: ["": 17], domain: "own">
                cell (v, x) => (r) { s = Add (v, x)  r = Tanh (s) }
                """),
            Map.of(
                "h", Tensor.of(new float[2], 2),
                "xs", Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2)));
    Culprit culprit = culprit(found);
    assertEquals(List.of("node (Scan) step 0"), culprit.place());
    assertTrue(culprit.node().contains("Tanh"), culprit.node());
    assertEquals(7, ((Tensor) culprit.inputs().values().iterator().next()).floats()[0]);
  }

  /** Row 2 is wrong from step 1 on; what tells is Y, which the model does not ask for. */
  @Test
  void saysWhichStepsAndRowsOfARecurrentNode() throws EngineFailed {
    Model model =
        OnnxText.parse(
            HEAD
                + """
                g (float[5, 3, 2] X, int32[3] lens) => (float[1, 3, 2] Yh)
                <float[1, 2, 2] W = {1, 0, 0, 1}, float[1, 2, 2] R = {0.5, 0, 0, 0.5},
                 float[1, 3, 2] h0 = {1, 1, 1, 1, 1, 1}, float[1, 4] B = {0, 0, 0, 0}>
                { "", Yh = RNN <hidden_size = 2> (X, W, R, B, lens, h0) }
                """);
    NativeEngine wrong = new WrongRow().engine();
    Culprit culprit =
        culprit(
            bisect(
                wrong,
                model,
                Map.of(
                    "X", Tensor.of(new float[30], 5, 3, 2),
                    "lens", Tensor.of(new int[] {5, 2, 5}, 3))));
    assertEquals("Yh", culprit.output());
    assertEquals(List.of(2), culprit.batchRows());
    assertEquals(3, culprit.batch());
    assertEquals(1, culprit.step());
    assertEquals("forward", culprit.direction());
  }

  @Test
  void namesTheNodeThatOnnxRuntimeDoesNotRun() throws EngineFailed {
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(60))) {
      Model model =
          OnnxText.parse(
              HEAD
                  + "g (int32[2] x) => (int32[2] y) <int32[2] one = {-1, -1}, int32[2] zero = {0, 0}>"
                  + " { a = Add (x, zero)  b = Div (a, one)  y = Add (b, zero) }");
      Bisection found =
          bisect(reference, model, Map.of("x", Tensor.of(new int[] {Integer.MIN_VALUE, 7}, 2)));
      assertEquals("b", culprit(found).output());
      assertTrue(found.failure().startsWith("CRASHED"), found.failure());
      Bisection right =
          bisect(reference, "g (float[2, 3] x) => (float[2, 3] y) { a = Tanh (x) y = Exp (a) }");
      assertTrue(right.clear(), right::toString);
      assertNull(right.culprit());
    }
  }

  /** An engine that is wrong only where it may rewrite two nodes into one. */
  @Test
  void namesWhatIsFusedWrongly() throws EngineFailed {
    Bisection found =
        bisect(
            new WrongFusion(),
            "g (float[2, 3] x) => (float[2, 3] y)"
                + " { a = Relu (x) b = Exp (a) c = Neg (b) y = Tanh (c) }");
    assertNull(found.culprit());
    assertEquals(List.of("y"), found.off());
    assertEquals(List.of("b"), found.healing());
  }

  @Test
  void findsWhereNotFiniteNumbersBegin() throws EngineFailed {
    Model model =
        OnnxText.parse(
            HEAD
                + """
                g (float[3] x, float[3] v) => (float[3] y) <int64 m = {4}, bool c = {1}> {
                  a = Relu (x)
                  b = Loop (m, c, v) <body = b (int64 i, bool go, float[3] s)
                    => (bool on, float[3] next) {
                      on = Identity (go)
                      one = Constant <value = float {1}> ()
                      less = Sub (s, one)
                      root = Sqrt (less)
                      next = Mul (root, root)
                    }>
                  y = Add (a, b)
                }
                """);
    List<NonFinite.Origin> origins =
        NonFinite.of(
            model,
            Map.of(
                "x", Tensor.of(new float[] {1, Float.POSITIVE_INFINITY, 2}, 3),
                "v", Tensor.of(new float[] {9, 2, 9}, 3)),
            new NativeEngine(),
            Engine.Options.DEFAULT,
            1);
    assertEquals(2, origins.size(), origins::toString);
    assertEquals("input", origins.getFirst().node());
    assertEquals(List.of(1), origins.getFirst().first());
    NonFinite.Origin root = origins.getLast();
    assertEquals(List.of("node (Loop) trip 2"), root.place());
    assertEquals("root", root.output());
    assertEquals(1, root.nan());
    assertTrue(root.given().getFirst().startsWith("less in [-1.0, "), root::toString);
  }
}
