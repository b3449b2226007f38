package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.floats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Attention as exporters write it out, and what only looks like it. */
class AttentionTest {

  private static final int OPSET = 23;
  private static final int HEADS = 2;
  private static final int SIZE = 4;
  private static final int STEPS = 5;
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;

  /** Values [batch, 2, 5, 4], which go into an attention. */
  private static final class Heads {

    private final GraphBuilder g = new GraphBuilder("attention");
    private final Ref q = g.input("q", DataType.FLOAT, "batch", HEADS, STEPS, SIZE);
    private final Ref k;
    private final Ref v;

    Heads() {
      this(HEADS);
    }

    Heads(int keys) {
      this.k = g.input("k", DataType.FLOAT, "batch", keys, STEPS, SIZE);
      this.v = g.input("v", DataType.FLOAT, "batch", keys, STEPS, SIZE);
    }

    Ref number(float value) {
      return g.constant(Tensor.scalar(value));
    }

    Ref turned(Ref x) {
      return g.call("Transpose", x).with(Attribute.of("perm", 0, 1, 3, 2)).output();
    }

    Ref scores() {
      return g.node("MatMul", q, turned(k));
    }

    Ref softmax(Ref scores) {
      return g.call("Softmax", scores).with("axis", -1).output();
    }

    Optimized ends(Ref result) {
      return Served.by(Optimize.standard(), model(result));
    }

    Model model(Ref result) {
      g.output("y", result, floats("batch", HEADS, STEPS, SIZE));
      return g.model(OPSET);
    }

    Optimized of(Ref scores) {
      return ends(g.node("MatMul", softmax(scores), v));
    }
  }

  private static Tensor causal(float hidden) {
    Tensor mask = Tensor.zeros(DataType.FLOAT, STEPS, STEPS);
    for (int i = 0; i < STEPS; i++) {
      for (int j = i + 1; j < STEPS; j++) {
        mask.floats()[i * STEPS + j] = hidden;
      }
    }
    return mask;
  }

  private static void becomes(float scale, int inputs, Optimized result) {
    assertEquals(Map.of("Attention", 1), result.after().operators());
    Node node = result.model().graph().nodes().getFirst();
    assertEquals(inputs, node.inputs().size());
    Attribute found = node.attribute("scale");
    assertNotNull(found);
    assertTrue(
        found.value() instanceof Attribute.OfFloat(float value)
            && Math.abs(value - scale) < 1e-6 * scale,
        found.toString());
  }

  private static void stays(Optimized result) {
    assertEquals(0, count(result, "Attention"), result.after().operators().toString());
    assertEquals(1, count(result, "Softmax"), result.after().operators().toString());
  }

  @Test
  void scaleMayStandAnywhere() {
    Heads plain = new Heads();
    becomes(1, 3, plain.of(plain.scores()));
    Heads after = new Heads();
    becomes(0.5f, 3, after.of(after.g.node("Div", after.scores(), after.number(2))));
    Heads product = new Heads();
    becomes(0.5f, 3, product.of(product.g.node("Mul", product.number(0.5f), product.scores())));
    Heads before = new Heads();
    Ref half = before.g.node("Mul", before.q, before.number(0.5f));
    becomes(0.5f, 3, before.of(before.g.node("MatMul", half, before.turned(before.k))));
    // What torch.onnx writes: the root of the scale on both sides.
    Heads both = new Heads();
    Ref root = both.number((float) Math.sqrt(0.5));
    Ref q = both.g.node("Mul", both.q, root);
    Ref k = both.g.node("Mul", both.turned(both.k), root);
    becomes(0.5f, 3, both.of(both.g.node("MatMul", q, k)));
  }

  @Test
  void masksAreTakenOver() {
    for (float hidden : new float[] {HIDDEN, -10000, -Float.MAX_VALUE}) {
      Heads heads = new Heads();
      Ref mask = heads.g.constant("causal", causal(hidden));
      Ref scaled = heads.g.node("Mul", heads.scores(), heads.number(0.5f));
      becomes(0.5f, 3, heads.of(heads.g.node("Add", scaled, mask)));
    }
    Heads given = new Heads();
    Ref mask = given.g.input("mask", DataType.FLOAT, "batch", 1, STEPS, STEPS);
    Ref scaled = given.g.node("Mul", given.scores(), given.number(0.5f));
    becomes(0.5f, 4, given.of(given.g.node("Add", mask, scaled)));
  }

  @Test
  void masksOfWhatMayBeSeenAreTakenOver() {
    boolean[] below = new boolean[STEPS * STEPS];
    for (int i = 0; i < below.length; i++) {
      below[i] = i % STEPS <= i / STEPS;
    }
    Heads seen = new Heads();
    Ref mask = seen.g.constant("seen", Tensor.of(below, STEPS, STEPS));
    becomes(1, 3, seen.of(seen.g.node("Where", mask, seen.scores(), seen.number(HIDDEN))));
    boolean[] above = new boolean[STEPS * STEPS];
    for (int i = 0; i < above.length; i++) {
      above[i] = !below[i];
    }
    Heads hidden = new Heads();
    mask = hidden.g.constant("hidden", Tensor.of(above, STEPS, STEPS));
    becomes(1, 3, hidden.of(hidden.g.node("Where", mask, hidden.number(HIDDEN), hidden.scores())));
  }

  /** Padding is the same for every query, and ONNX Runtime wants it for each. */
  @Test
  void paddingIsSaidForEachQuery() {
    Heads added = new Heads();
    Ref mask = added.g.input("mask", DataType.FLOAT, "batch", 1, 1, STEPS);
    Optimized result = added.of(added.g.node("Add", added.scores(), mask));
    assertEquals(Map.of("Attention", 1, "Expand", 1), result.after().operators());
    Heads hidden = new Heads();
    boolean[] last = {false, false, false, true, true};
    Ref padding = hidden.g.constant("padding", Tensor.of(last, 1, STEPS));
    result = hidden.of(hidden.g.node("Where", padding, hidden.number(HIDDEN), hidden.scores()));
    assertEquals(Map.of("Attention", 1), result.after().operators());

    GraphBuilder g = new GraphBuilder("batched");
    Ref q = g.input("q", DataType.FLOAT, "batch", "queries", SIZE);
    Ref k = g.input("k", DataType.FLOAT, "batch", SIZE, "time");
    Ref v = g.input("v", DataType.FLOAT, "batch", "time", 3);
    Ref free = g.input("mask", DataType.FLOAT, "batch", 1, "time");
    Ref weights = g.node("Softmax", g.node("Add", g.node("MatMul", q, k), free));
    g.output("y", g.node("MatMul", weights, v), floats("batch", "queries", 3));
    result = Served.by(Optimize.standard(), g.model(OPSET));
    assertEquals(1, count(result, "Attention"), result.after().operators().toString());
    assertEquals(1, count(result, "Expand"), result.after().operators().toString());
  }

  /** What torch.nn.MultiheadAttention becomes: heads are part of the batch. */
  @Test
  void headsInTheBatchAreAnAttentionOfOne() {
    for (boolean masked : new boolean[] {false, true}) {
      GraphBuilder g = new GraphBuilder("batched");
      Ref q = g.input("q", DataType.FLOAT, "batch", STEPS, SIZE);
      Ref k = g.input("k", DataType.FLOAT, "batch", "time", SIZE);
      Ref v = g.input("v", DataType.FLOAT, "batch", "time", 3);
      Ref turned = g.call("Transpose", k).with(Attribute.of("perm", 0, 2, 1)).output();
      Ref scores = g.node("MatMul", q, turned);
      if (masked) {
        Ref mask = g.input("mask", DataType.FLOAT, "batch", STEPS, "time");
        scores = g.node("Add", scores, mask);
      }
      Ref weights = g.call("Softmax", scores).with("axis", 2).output();
      g.output("y", g.node("MatMul", weights, v), floats("batch", STEPS, 3));
      Optimized result = Served.by(Optimize.standard(), g.model(OPSET));
      assertEquals(1, count(result, "Attention"), result.after().operators().toString());
      assertEquals(0, count(result, "Softmax"), result.after().operators().toString());
    }
  }

  /** Keys that one head is repeated to by itself, or two of them by an axis that goes again. */
  @Test
  void sharedKeysAreNotRepeated() {
    Heads heads = new Heads(1);
    Ref shape = heads.g.constant(Tensor.vector(1, HEADS, 1, 1));
    Ref k = heads.g.node("Expand", heads.k, shape);
    Ref v = heads.g.node("Expand", heads.v, shape);
    Ref weights = heads.softmax(heads.g.node("MatMul", heads.q, heads.turned(k)));
    Optimized result = heads.ends(heads.g.node("MatMul", weights, v));
    assertEquals(Map.of("Attention", 1), result.after().operators());
  }

  private static Ref repeated(GraphBuilder g, Ref x, String how, int axis, int times) {
    Ref wide = g.node("Unsqueeze", x, g.constant(Tensor.vector(axis)));
    long[] repeats = {1, 1, 1, 1, 1};
    repeats[axis] = times;
    Ref all = g.node(how, wide, g.constant(Tensor.vector(repeats)));
    return g.node("Reshape", all, g.constant(Tensor.vector(0, 2L * times, -1, SIZE)));
  }

  @Test
  void groupsShareTheirKeys() {
    for (String how : List.of("Expand", "Tile")) {
      for (int axis : new int[] {1, 2}) {
        GraphBuilder g = new GraphBuilder("groups");
        Ref q = g.input("q", DataType.FLOAT, "batch", 6, "time", SIZE);
        Ref k = g.input("k", DataType.FLOAT, "batch", 2, "total", SIZE);
        Ref v = g.input("v", DataType.FLOAT, "batch", 2, "total", SIZE);
        Ref turned =
            g.call("Transpose", repeated(g, k, how, axis, 3))
                .with(Attribute.of("perm", 0, 1, 3, 2))
                .output();
        Ref weights = g.node("Softmax", g.node("MatMul", q, turned));
        Ref y = g.node("MatMul", weights, repeated(g, v, how, axis, 3));
        g.output("y", y, floats("batch", 6, "time", SIZE));
        Optimized result = Served.by(Optimize.standard(), g.model(OPSET));
        // Heads that are repeated as a whole, 0 1 0 1 0 1, are no groups.
        assertEquals(
            axis == 2
                ? Map.of("Attention", 1)
                : Map.of("Attention", 1, how, 2, "Reshape", 2, "Unsqueeze", 2),
            result.after().operators());
      }
    }
  }

  @Test
  void sharedKeysThatAreNotRepeatedStay() {
    Heads heads = new Heads(1);
    stays(heads.of(heads.scores()));
  }

  @Test
  void softmaxOverAnotherAxisStays() {
    for (int axis : new int[] {0, 1, 2, -2}) {
      Heads heads = new Heads();
      Ref weights = heads.g.call("Softmax", heads.scores()).with("axis", axis).output();
      stays(heads.ends(heads.g.node("MatMul", weights, heads.v)));
    }
  }

  @Test
  void weightsThatAreReadElsewhereStay() {
    Heads heads = new Heads();
    Ref weights = heads.softmax(heads.scores());
    heads.g.output("weights", weights, floats("batch", HEADS, STEPS, STEPS));
    stays(heads.ends(heads.g.node("MatMul", weights, heads.v)));
  }

  @Test
  void masksThatSayMoreStay() {
    Heads wider = new Heads();
    Ref mask = wider.g.input("mask", DataType.FLOAT, "batch", HEADS, STEPS, 1);
    stays(wider.of(wider.g.node("Add", wider.scores(), mask)));
    Heads low = new Heads();
    Ref below = low.g.constant("below", causal(1));
    Ref hidden = low.g.call("Cast", below).with("to", DataType.BOOL.code()).output();
    stays(low.of(low.g.node("Where", hidden, low.number(-1e9f), low.scores())));
    Heads negative = new Heads();
    stays(negative.of(negative.g.node("Mul", negative.scores(), negative.number(-0.5f))));
    Heads late = new Heads();
    Ref masked = late.g.node("Add", late.scores(), late.g.constant(causal(-100)));
    stays(late.of(late.g.node("Mul", masked, late.number(0.5f))));
  }

  /** A mask of a batch that the values do not have makes more of them. */
  @Test
  void masksThatRepeatTheValuesStay() {
    GraphBuilder g = new GraphBuilder("repeated");
    Ref q = g.input("q", DataType.FLOAT, 1, HEADS, STEPS, SIZE);
    Ref k = g.input("k", DataType.FLOAT, 1, HEADS, SIZE, STEPS);
    Ref v = g.input("v", DataType.FLOAT, 1, HEADS, STEPS, SIZE);
    Ref mask = g.input("mask", DataType.FLOAT, "batch", HEADS, STEPS, STEPS);
    Ref weights = g.node("Softmax", g.node("Add", g.node("MatMul", q, k), mask));
    g.output("y", g.node("MatMul", weights, v), floats("batch", HEADS, STEPS, SIZE));
    stays(Served.by(Optimize.standard(), g.model(OPSET)));
  }

  @Test
  void olderVersionsStayAndAreConverted() {
    Heads heads = new Heads();
    Ref result = heads.g.node("MatMul", heads.softmax(heads.scores()), heads.v);
    Model newer = heads.model(result);
    Model older = new Model(newer.irVersion(), List.of(new OpsetImport("", 22)), newer.graph());
    stays(Served.by(Optimize.standard(), older));
    assertEquals(1, count(Served.by(Optimize.standard().to(OPSET, 0), older), "Attention"));
  }

  private static Tensor run(Model model, Map<String, Value> inputs) throws EngineFailed {
    try (NativeEngine ours = new NativeEngine();
        Engine.Loaded loaded = ours.load(model)) {
      return (Tensor) loaded.run(inputs).get("y");
    }
  }

  /** Written out, a query that may see nothing gives NaN; the operator gives 0. */
  @Test
  void queryThatMaySeeNothingGivesZero() throws EngineFailed {
    Heads heads = new Heads();
    Ref mask = heads.g.input("mask", DataType.FLOAT, 1, 1, STEPS, STEPS);
    Ref scores = heads.g.node("Add", heads.scores(), mask);
    Model model = heads.model(heads.g.node("MatMul", heads.softmax(scores), heads.v));
    Optimized result = Served.by(Optimize.standard(), model);
    becomes(1, 4, result);
    Map<String, Value> inputs = new LinkedHashMap<>(result.proofs().getFirst().inputs());
    Tensor hides = causal(HIDDEN);
    hides.floats()[0] = HIDDEN;
    inputs.put("mask", Tensor.of(hides.floats(), 1, 1, STEPS, STEPS));
    Tensor before = run(model, inputs);
    Tensor after = run(result.model(), inputs);
    int rows = 0;
    for (int i = 0; i < before.size(); i++) {
      boolean blind = i / SIZE % STEPS == 0;
      rows += blind ? 1 : 0;
      assertEquals(blind, Float.isNaN(before.floats()[i]));
      assertEquals(blind ? 0 : before.floats()[i], after.floats()[i], 1e-5f);
    }
    assertTrue(rows > 0);
  }

  /** Newer exporters write the 0 themselves, which the proof then may meet. */
  @Test
  void zerosInThePlaceOfNanAreTheOperators() {
    for (boolean elsewhere : new boolean[] {false, true}) {
      Heads heads = new Heads();
      Tensor hides = causal(HIDDEN);
      hides.floats()[0] = HIDDEN;
      Ref scores = heads.g.node("Add", heads.scores(), heads.g.constant(hides));
      Ref weights = heads.softmax(scores);
      Ref zeros = heads.g.node("Where", heads.g.node("IsNaN", weights), heads.number(0), weights);
      if (elsewhere) {
        heads.g.output("weights", weights, floats("batch", HEADS, STEPS, STEPS));
      }
      Optimized result = heads.ends(heads.g.node("MatMul", zeros, heads.v));
      assertEquals(elsewhere ? 0 : 1, count(result, "Attention"));
    }
    for (int wrong = 0; wrong < 2; wrong++) {
      Heads heads = new Heads();
      Ref weights = heads.softmax(heads.scores());
      Ref seen = heads.g.node("IsNaN", wrong == 0 ? heads.scores() : weights);
      Ref zeros = heads.g.node("Where", seen, heads.number(wrong), weights);
      stays(heads.ends(heads.g.node("MatMul", zeros, heads.v)));
    }
  }

  /** Where the proof itself meets such a query, it is no proof, and says so. */
  @Test
  void maskThatHidesEverythingFromOneIsTakenBack() {
    Heads heads = new Heads();
    Tensor hides = causal(HIDDEN);
    hides.floats()[0] = HIDDEN;
    Ref scores = heads.g.node("Add", heads.scores(), heads.g.constant(hides));
    Model model = heads.model(heads.g.node("MatMul", heads.softmax(scores), heads.v));
    Optimized result = Optimize.standard().apply(model);
    assertEquals("attention", result.refused().getFirst().rule());
    stays(result);
    Served.agrees(model, result);
  }
}
