package org.sardonyx.conformance.detail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.detail.Growth.Kind;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;

class ErrorDetailTest {

  private static final Tolerance BUDGET = new Tolerance(0, 1e-3, 0, 0);

  private static ErrorDetail of(double[] truth, float[] found, Tolerance budget) {
    ErrorDetail detail =
        ErrorDetail.of(
            Tensor.of(truth, 1, truth.length), Tensor.of(found, 1, found.length), budget, null);
    assertNotNull(detail);
    return detail;
  }

  @Test
  void ulpsAreCountedWithTheirSign() {
    float up = Math.nextUp(1f);
    float down3 = 1f - 3 * Math.ulp(0.75f);
    UlpHistogram ulps =
        of(new double[] {1, 1, 1, 1e-9, 1}, new float[] {1, up, down3, 2e-9f, Float.NaN}, BUDGET)
            .ulps();
    assertEquals(1, ulps.exact());
    assertEquals(1, ulps.belowFloor());
    assertEquals(1e-9, ulps.maxAbsBelowFloor(), 1e-12);
    assertEquals(1, ulps.notFinite());
    assertEquals(
        List.of(0L, 1L, 0L), ulps.bins().stream().map(UlpHistogram.Bin::positive).toList());
    assertEquals(
        List.of(0L, 0L, 1L), ulps.bins().stream().map(UlpHistogram.Bin::negative).toList());
    assertEquals(2, ulps.bins().getLast().upTo());
    assertEquals(0, ulps.skew());
  }

  @Test
  void aBiasIsASkew() {
    double[] truth = new double[100];
    float[] found = new float[100];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = 1 + i;
      found[i] = Math.nextUp(1f + i);
    }
    assertEquals(10, of(truth, found, BUDGET).ulps().skew());
  }

  @Test
  void aFlipWithinTheBudgetIsATie() {
    Ranking tie = of(new double[] {1, 1.0005, 0}, new float[] {1.0004f, 1, 0}, BUDGET).ranking();
    assertNotNull(tie);
    assertEquals(1, tie.argmaxTied());
    assertEquals(1, tie.topEqual());
    Ranking flip = of(new double[] {1, 1.5, 0}, new float[] {1.5f, 1, 0}, BUDGET).ranking();
    assertNotNull(flip);
    assertEquals(1, flip.argmaxDiffers());
    assertEquals(1, flip.topEqual());
    Ranking top = of(new double[] {3, 2, 1, 0}, new float[] {3, 2, 0, 1}, BUDGET).ranking();
    assertNotNull(top);
    assertEquals(1, top.argmaxEqual());
    assertEquals(1, top.topDiffers());
    assertEquals(3, top.k());
  }

  private static Growth growth(IntToDoubleFunction error, int steps, String direction) {
    double[] truth = new double[steps];
    float[] found = new float[steps];
    for (int t = 0; t < steps; t++) {
      truth[t] = 1;
      int at = direction.equals("reverse") ? steps - 1 - t : t;
      found[at] = (float) (1 + error.applyAsDouble(t));
    }
    ErrorDetail detail =
        ErrorDetail.of(
            Tensor.of(truth, steps),
            Tensor.of(found, steps),
            BUDGET,
            new TimeAxis(0, -1, List.of(direction)));
    assertNotNull(detail);
    return detail.overTime().getFirst();
  }

  @Test
  void growthHasAClass() {
    assertEquals(Kind.FLAT, growth(t -> 2e-7 * (1 + t % 3), 100, "forward").kind());
    assertEquals(Kind.LINEAR, growth(t -> 1e-6 * t, 100, "forward").kind());
    Growth step = growth(t -> t < 40 ? 1e-7 : 0.5, 100, "forward");
    assertEquals(Kind.STEP, step.kind());
    assertEquals(40, step.rate());
    Growth exponential = growth(t -> Math.min(1, 1e-7 * Math.exp(0.3 * t)), 100, "reverse");
    assertEquals(Kind.EXPONENTIAL, exponential.kind());
    assertEquals(0.3, exponential.rate(), 0.03);
    assertEquals(Kind.FLAT, growth(t -> 0, 3, "forward").kind());
  }

  @Test
  void longSequencesAreSummedUp() {
    Growth growth = growth(t -> t == 99_999 ? 0.25 : 0, 100_000, "forward");
    assertTrue(growth.maxAbs().size() <= 256);
    assertEquals(0.25, growth.maxAbs().getLast());
    assertEquals(100_000, growth.steps());
  }

  @Test
  void otherKindsHaveNone() {
    assertNull(
        ErrorDetail.of(
            Tensor.of(new String[] {"a"}, 1), Tensor.of(new String[] {"a"}, 1), BUDGET, null));
    assertNull(ErrorDetail.of(Tensor.scalar(1f), null, BUDGET, null));
    assertNull(
        ErrorDetail.of(
            Tensor.zeros(DataType.FLOAT, 2), Tensor.zeros(DataType.FLOAT, 3), BUDGET, null));
  }

  @Test
  void timeIsFound() {
    Map<String, TimeAxis> axes =
        TimeAxis.of(
            OnnxText.parse(
                """
                <ir_version: 8, opset_import: ["": 17]>
                g (float[B, T, 3] x, float[2, 8, 3] W, float[2, 8, 2] R)
                  => (float[T, 2, B, 2] y, float[2, B, 2] h, float[B, T, 6] z)
                {
                  x0 = Transpose <perm = [1, 0, 2]> (x)
                  y, h = LSTM <hidden_size = 2, direction = "bidirectional"> (x0, W, R)
                  z = Concat <axis = 2> (x, x)
                }
                """));
    assertEquals(new TimeAxis(0, 1, List.of("forward", "reverse")), axes.get("y"));
    assertEquals(new TimeAxis(1, -1, List.of("forward")), axes.get("z"));
    assertNull(axes.get("h"));
    TimeAxis y = axes.get("y");
    assertNotNull(y);
    int[] shape = {3, 2, 1, 1};
    assertEquals(0, y.step(0, shape));
    assertEquals(2, y.step(1, shape));
  }
}
