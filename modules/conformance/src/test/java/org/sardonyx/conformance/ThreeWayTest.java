package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.ThreeWay.Failure;
import org.sardonyx.conformance.ThreeWay.Side;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
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
    assertEquals(Verdict.ILL_CONDITIONED, off.conditionedBy(model, inputs, 1).verdict());
    Map<String, Value> harmless = Map.of("x", Tensor.of(new float[] {1}, 1));
    ThreeWay wrong = ThreeWay.of(floats(1.56f), null, truth(StrictMath.tan(1)), Budget.STANDARD);
    assertEquals(Verdict.OURS_WORSE, wrong.conditionedBy(model, harmless, 1).verdict());
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
