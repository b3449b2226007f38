package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.ThreeWay.Failure;
import org.sardonyx.conformance.ThreeWay.Side;
import org.sardonyx.conformance.detail.ErrorDetail;
import org.sardonyx.conformance.detail.Growth;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;
import org.sardonyx.type.Type;

class ThreeWayTest {

  private static Side floats(float... values) {
    return new Side("a", null, Map.of("y", Tensor.of(values, values.length)));
  }

  private static Side truth(double... values) {
    return new Side("t", null, Map.of("y", Tensor.of(values, values.length)));
  }

  private static final Side FAILED =
      new Side("b", new Failure(EngineFailed.Kind.FAILED, "no"), Map.of());

  private static Verdict verdict(Side ours, @Nullable Side reference, @Nullable Side truth) {
    return ThreeWay.of(ours, reference, truth, Budget.STANDARD).verdict();
  }

  @Test
  void saysWhoIsRight() {
    Side right = floats(1, 2);
    Side wrong = floats(1, 2.001f);
    Side truth = truth(1, 2);
    assertEquals(Verdict.AGREE, verdict(right, right, truth));
    assertEquals(Verdict.REFERENCE_WORSE, verdict(right, wrong, truth));
    assertEquals(Verdict.OURS_WORSE, verdict(wrong, right, truth));
    assertEquals(Verdict.BOTH_OFF, verdict(wrong, wrong, truth));
  }

  @Test
  void doesWithoutOneOfThem() {
    Side right = floats(1, 2);
    Side wrong = floats(1, 2.001f);
    assertEquals(Verdict.AGREE, verdict(right, null, truth(1, 2)));
    assertEquals(Verdict.OURS_WORSE, verdict(wrong, FAILED, truth(1, 2)));
    assertEquals(Verdict.AGREE, verdict(right, right, null));
    assertEquals(Verdict.DISAGREE, verdict(wrong, right, null));
    assertEquals(Verdict.NOT_COMPARED, verdict(right, null, null));
    assertEquals(Verdict.OURS_FAILED, verdict(FAILED, right, truth(1, 2)));
  }

  @Test
  void figuresAreInTheTypeOfTheEngine() {
    float next = Math.nextUp(1f);
    ThreeWay report = ThreeWay.of(floats(next), null, truth(1), Budget.STANDARD);
    ThreeWay.Output output = report.outputs().getFirst();
    assertEquals(Verdict.AGREE, output.verdict());
    assertTrue(output.ours() != null && output.ours().maxUlp() == 1, output::toString);
    assertNull(output.reference());
  }

  @Test
  void truthBeyondTheRangeOfTheTypeIsInfinite() {
    assertEquals(Verdict.AGREE, verdict(floats(Float.POSITIVE_INFINITY), null, truth(1e39)));
    assertEquals(Verdict.OURS_WORSE, verdict(floats(Float.MAX_VALUE), null, truth(1e39)));
    assertEquals(Verdict.OURS_WORSE, verdict(floats(Float.NaN), null, truth(1)));
    assertEquals(Verdict.AGREE, verdict(floats(Float.NaN), null, truth(Double.NaN)));
  }

  @Test
  void worstOutputDecides() {
    Tensor one = Tensor.of(new float[] {1}, 1);
    Tensor two = Tensor.of(new float[] {2}, 1);
    Side ours = new Side("a", null, Map.of("x", one, "y", one));
    Side other = new Side("b", null, Map.of("x", one, "y", two));
    assertEquals(Verdict.DISAGREE, verdict(ours, other, null));
    Side less = new Side("b", null, Map.of("x", one));
    assertEquals(Verdict.OURS_FAILED, verdict(less, ours, null));
  }

  /** {@code tan(x)} right before a pole: a last-place change of x changes everything. */
  @Test
  void modelsThatMagnifyRoundingAreToldApart() {
    Graph graph =
        new Graph(
            "g",
            List.of(new Node("", "Tan", List.of("x"), List.of("y"), List.of())),
            List.of(new ValueInfo("x", Type.tensor(DataType.FLOAT))),
            List.of(new ValueInfo("y", Type.tensor(DataType.FLOAT))),
            List.of());
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    float x = (float) (Math.PI / 2);
    double y = StrictMath.tan(x);
    Map<String, Value> inputs = Map.of("x", Tensor.of(new float[] {x}, 1));
    ThreeWay off = ThreeWay.of(floats((float) y * 1.2f), null, truth(y), Budget.STANDARD);
    assertEquals(Verdict.OURS_WORSE, off.verdict());
    assertEquals(
        Verdict.ILL_CONDITIONED, off.conditionedBy(model, inputs, Budget.STANDARD, 1).verdict());
    Map<String, Value> harmless = Map.of("x", Tensor.of(new float[] {1}, 1));
    ThreeWay wrong = ThreeWay.of(floats(1.56f), null, truth(StrictMath.tan(1)), Budget.STANDARD);
    assertEquals(
        Verdict.OURS_WORSE, wrong.conditionedBy(model, harmless, Budget.STANDARD, 1).verdict());
  }

  /** The logistic map in its chaotic range: an error doubles each step. */
  private static final String CHAOS =
      """
      <ir_version: 8, opset_import: ["": 17]>
      g (float[1] start, float[T, 1] steps) => (float[1] last, float[T, 1] y) {
        last, y = Scan <num_scan_inputs = 1, body = step (float[1] x, float[1] unused)
          => (float[1] next, float[1] out) {
            four = Constant <value = float {3.99}> ()
            one = Constant <value = float {1}> ()
            rest = Sub (one, x)
            product = Mul (x, rest)
            zero = Sub (unused, unused)
            grown = Mul (four, product)
            next = Add (grown, zero)
            out = Identity (next)
          }> (start, steps)
      }
      """;

  private static ThreeWay chaos(int wrongFrom) throws EngineFailed {
    Model model = OnnxText.parse(CHAOS);
    int steps = 200;
    Map<String, Value> inputs = new LinkedHashMap<>();
    inputs.put("start", Tensor.of(new float[] {0.3f}, 1));
    inputs.put("steps", Tensor.zeros(DataType.FLOAT, steps, 1));
    Map<String, Value> found = new NativeEngine().load(model).run(inputs);
    Tensor y = ((Tensor) found.get("y")).copy();
    for (int t = wrongFrom; t < steps; t++) {
      y.floats()[t] += 0.01f;
    }
    Side ours = new Side("a", null, Map.of("y", y));
    Map<String, Value> exact = new ArbiterEngine().load(model).run(inputs);
    Side truth = new Side("t", null, Map.of("y", exact.get("y")));
    return ThreeWay.of(ours, null, truth, Budget.STANDARD)
        .withDetails(TimeAxis.of(model))
        .conditionedBy(model, inputs, Budget.STANDARD, 1);
  }

  @Test
  void ofChaosTheFirstStepsAreCompared() throws EngineFailed {
    ThreeWay.Output right = chaos(200).outputs().getFirst();
    assertEquals(Verdict.DIVERGENT, right.verdict(), right::reason);
    int comparable = right.details().comparable();
    assertTrue(comparable >= 5 && comparable < 30, right::reason);
    ErrorDetail detail = right.details().ours();
    assertTrue(
        detail != null
            && detail.overTime().getFirst().kind() == Growth.Kind.EXPONENTIAL
            && Math.abs(detail.overTime().getFirst().rate() - Math.log(2)) < 0.2,
        () -> String.valueOf(detail));
    assertEquals(Verdict.OURS_WORSE, chaos(3).verdict());
  }

  /** A budget that is measured finds what one for every model lets through. */
  @Test
  void measuredBudgetsAreNarrow() {
    Model model =
        OnnxText.parse(
            "<ir_version: 8, opset_import: [\"\": 17]> g (float[2] x) => (float[2] y)"
                + " { y = Tanh (x) }");
    Map<String, Value> inputs = Map.of("x", Tensor.of(new float[] {0.5f, 1}, 2));
    Side exact = truth(StrictMath.tanh(0.5), StrictMath.tanh(1));
    Side close = floats((float) StrictMath.tanh(0.5), Math.nextUp((float) StrictMath.tanh(1)));
    Side off = floats((float) StrictMath.tanh(0.5) + 5e-6f, (float) StrictMath.tanh(1));
    Budget measured = Budget.measured(1);
    assertEquals(Verdict.AGREE, ThreeWay.of(off, null, exact, Budget.STANDARD).verdict());
    assertEquals(
        Verdict.OURS_WORSE,
        ThreeWay.of(off, null, exact, measured)
            .conditionedBy(model, inputs, measured, 1)
            .verdict());
    assertEquals(
        Verdict.AGREE,
        ThreeWay.of(close, null, exact, measured)
            .conditionedBy(model, inputs, measured, 1)
            .verdict());
  }

  @Test
  void onlySomeVerdictsReproachUs() {
    for (Verdict verdict : Verdict.values()) {
      boolean reproach =
          switch (verdict) {
            case DISAGREE, BOTH_OFF, OURS_WORSE, OURS_FAILED -> true;
            default -> false;
          };
      assertEquals(!reproach, verdict.passes(), verdict::word);
    }
    assertFalse(Verdict.OURS_WORSE.word().contains("_"));
  }
}
