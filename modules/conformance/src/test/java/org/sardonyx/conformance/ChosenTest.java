package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

/** Places and truths that differ where what is compared is nearly equal, and where it is not. */
class ChosenTest {

  /** Negated, so that it is computed: 5 and 5 + 1e-6 are tied, 3 and 1 are not. */
  private static final Tensor X =
      Tensor.of(new float[] {-1, -5, -5.000001f, -3, -7, -2, -2, -0.5f}, 2, 4);

  private static Model model(String nodes, String output) {
    return OnnxText.parse(
        "<ir_version: 8, opset_import: [\"\": 17]>\n"
            + "g (float[2, 4] x) => ("
            + output
            + " y) <float[4] four = {4.9999999, 5, 5, 5}, int64[1] two = {2}> {\n"
            + nodes
            + "\n}\n");
  }

  private static ThreeWay.Output judge(Model model, Tensor ours, Tensor reference)
      throws EngineFailed {
    Map<String, Value> inputs = Map.of("x", X);
    Map<String, Value> exact;
    try (var arbiter = new ArbiterEngine().load(model)) {
      exact = arbiter.run(inputs);
    }
    return ThreeWay.of(
            new ThreeWay.Side("ours", null, Map.of("y", ours)),
            new ThreeWay.Side("reference", null, Map.of("y", reference)),
            new ThreeWay.Side("arbiter", null, exact),
            Budget.STANDARD)
        .chosenBy(model, inputs, Budget.STANDARD)
        .outputs()
        .getFirst();
  }

  private static Tensor places(long... places) {
    return Tensor.of(places, 2, places.length / 2);
  }

  @Test
  void argMax() throws EngineFailed {
    Model model = model("n = Neg (x) y = ArgMax <axis = 1> (n)", "int64[2, 1]");
    assertEquals(Verdict.AGREE, judge(model, places(2, 0), places(2, 0)).verdict());
    ThreeWay.Output tied = judge(model, places(1, 0), places(2, 0));
    assertEquals(Verdict.TIED, tied.verdict(), tied::reason);
    assertTrue(tied.verdict().agrees() && tied.reason().contains("ArgMax"), tied::reason);
    assertEquals(Verdict.TIED, judge(model, places(2, 0), places(1, 0)).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, places(3, 0), places(1, 0)).verdict());
    assertEquals(Verdict.REFERENCE_WORSE, judge(model, places(1, 0), places(2, 1)).verdict());
    assertEquals(Verdict.BOTH_OFF, judge(model, places(0, 0), places(2, 1)).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, places(4, 0), places(2, 0)).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, places(-1, 0), places(2, 0)).verdict());
  }

  /** Across the first axis, without the axis, and as other numbers. */
  @Test
  void argMinBehindACast() throws EngineFailed {
    Model model =
        model(
            "n = Mul (x, four) m = ArgMin <axis = 0, keepdims = 0> (n) y = Cast <to = 6> (m)",
            "int32[4]");
    Tensor right = Tensor.of(new int[] {1, 0, 0, 0}, 4);
    assertEquals(Verdict.AGREE, judge(model, right, right).verdict());
    Tensor wrong = Tensor.of(new int[] {1, 0, 1, 0}, 4);
    assertEquals(Verdict.OURS_WORSE, judge(model, wrong, right).verdict());
  }

  /** Inputs as they are leave no choice: of equal ones the first. */
  @Test
  void inputsAreRankedExactly() throws EngineFailed {
    Model model = model("y = ArgMin <axis = 1> (x)", "int64[2, 1]");
    assertEquals(Verdict.OURS_WORSE, judge(model, places(1, 0), places(2, 0)).verdict());
  }

  @Test
  void topK() throws EngineFailed {
    Model model = model("n = Neg (x) v, y = TopK <axis = 1> (n, two)", "int64[2, 2]");
    Tensor right = places(2, 1, 0, 1);
    assertEquals(Verdict.AGREE, judge(model, right, right).verdict());
    assertEquals(Verdict.TIED, judge(model, places(1, 2, 0, 2), right).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, places(1, 1, 0, 2), right).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, places(1, 2, 2, 0), right).verdict());
    Model unsorted =
        model("n = Neg (x) v, y = TopK <axis = 1, sorted = 0> (n, two)", "int64[2, 2]");
    Tensor other = judged(unsorted);
    assertEquals(Verdict.TIED, judge(unsorted, places(1, 2, 2, 0), other).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(unsorted, places(1, 2, 3, 0), other).verdict());
  }

  private static Tensor judged(Model model) throws EngineFailed {
    try (var arbiter = new ArbiterEngine().load(model)) {
      return (Tensor) arbiter.run(Map.of("x", X)).get("y");
    }
  }

  @Test
  void comparisons() throws EngineFailed {
    Model model = model("n = Neg (x) y = Less (n, four)", "bool[2, 4]");
    Tensor right = judged(model);
    assertEquals(DataType.BOOL, right.dataType());
    assertEquals(Verdict.AGREE, judge(model, right, right).verdict());
    // 5 and 5, 5 + 1e-6 and 5
    assertEquals(Verdict.TIED, judge(model, flipped(right, 1, 2), right).verdict());
    assertEquals(Verdict.OURS_WORSE, judge(model, flipped(right, 0), right).verdict());
    assertEquals(
        Verdict.REFERENCE_WORSE, judge(model, flipped(right, 1), flipped(right, 7)).verdict());
  }

  private static Tensor flipped(Tensor tensor, int... places) {
    Tensor flipped = tensor.copy();
    for (int place : places) {
      flipped.setLong(place, 1 - tensor.getLong(place));
    }
    return flipped;
  }
}
