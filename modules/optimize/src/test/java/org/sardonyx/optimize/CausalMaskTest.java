package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.floats;

import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Masks that hide what comes later, for any time, as models write them. */
class CausalMaskTest {

  private static final int SIZE = 4;
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;

  private final GraphBuilder g = new GraphBuilder("causal");
  private final Ref q = g.input("q", DataType.FLOAT, "batch", 2, "time", SIZE);
  private final Ref k = g.input("k", DataType.FLOAT, "batch", 2, SIZE, "time");
  private final Ref time =
      g.node("Squeeze", g.call("Shape", q).with("start", 2).with("end", 3).output(), list(0));
  private final Ref square = g.call("Concat", sizes(), sizes()).with("axis", 0).output();

  private Ref list(long... values) {
    return g.constant(Tensor.vector(values));
  }

  private Ref sizes() {
    return g.node("Unsqueeze", time, list(0));
  }

  private Ref number(float value) {
    return g.constant(Tensor.scalar(value));
  }

  private Ref whole(long value) {
    return g.constant(Tensor.scalar(value));
  }

  private Ref filled(Tensor value) {
    return g.call("ConstantOfShape", square).with("value", value).output();
  }

  private static Tensor one(float value) {
    return Tensor.of(new float[] {value}, 1);
  }

  private Ref scores() {
    return g.node("Mul", g.node("MatMul", q, k), number(0.5f));
  }

  private Optimized of(Ref scores) {
    Ref v = g.input("v", DataType.FLOAT, "batch", 2, "time", SIZE);
    g.output("y", g.node("MatMul", g.node("Softmax", scores), v), floats("batch", 2, "time", SIZE));
    return Served.by(Optimize.standard(), g.model(23));
  }

  private Optimized added(Ref mask) {
    return of(g.node("Add", scores(), mask));
  }

  private static void causal(Optimized result) {
    assertEquals(1, count(result, "Attention"), result.after().operators().toString());
    assertEquals(2, result.after().nodes(), result.after().operators().toString());
  }

  private static void masked(Optimized result) {
    assertEquals(1, count(result, "Attention"), result.after().operators().toString());
    long masks =
        result.model().graph().nodes().stream()
            .filter(node -> node.opType().equals("Attention") && node.inputs().size() == 4)
            .count();
    assertEquals(1, masks);
  }

  private Ref triangle(Ref x, long diagonal, boolean upper) {
    return g.call("Trilu", x, whole(diagonal)).with("upper", upper ? 1 : 0).output();
  }

  /** torch.triu(torch.full((t, t), -inf), 1). */
  @Test
  void upperTriangleOfInfinity() {
    causal(added(triangle(filled(one(HIDDEN)), 1, true)));
    CausalMaskTest shifted = new CausalMaskTest();
    masked(shifted.added(shifted.triangle(shifted.filled(one(HIDDEN)), 2, true)));
  }

  /** masked_fill(tril(ones) == 0, -inf). */
  @Test
  void lowerTriangleOfOnes() {
    Ref zero = g.node("Equal", triangle(filled(one(1)), 0, false), number(0));
    causal(of(g.node("Where", zero, number(HIDDEN), scores())));
    CausalMaskTest truth = new CausalMaskTest();
    Ref seen = truth.triangle(truth.filled(Tensor.of(new boolean[] {true}, 1)), 0, false);
    Ref hidden = truth.g.node("Not", seen);
    causal(truth.of(truth.g.node("Where", hidden, truth.number(HIDDEN), truth.scores())));
  }

  /** arange(t)[None, :] > arange(t)[:, None], -inf where it holds and 0 elsewhere. */
  @Test
  void comparedPositions() {
    for (boolean shifted : new boolean[] {false, true}) {
      CausalMaskTest test = new CausalMaskTest();
      Ref range = test.g.node("Range", test.whole(0), test.time, test.whole(1));
      Ref keys = test.g.node("Unsqueeze", range, test.list(0));
      Ref queries = test.g.node("Unsqueeze", range, test.list(1));
      if (shifted) {
        queries = test.g.node("Add", queries, test.whole(1));
      }
      Ref later = test.g.node("Greater", keys, queries);
      Ref mask = test.g.node("Where", later, test.number(HIDDEN), test.filled(one(0)));
      Optimized result = test.added(mask);
      if (shifted) {
        masked(result);
      } else {
        causal(result);
      }
    }
  }

  /**
   * What transformers writes: the least number times what is later, an axis for batch and heads.
   */
  @Test
  void leastNumberTimesLater() {
    Ref range = g.node("Range", whole(0), time, whole(1));
    Ref later =
        g.call("Cast", g.node("Greater", range, g.node("Reshape", range, list(-1, 1))))
            .with("to", DataType.FLOAT.code())
            .output();
    Ref mask = g.node("Mul", triangle(filled(one(-Float.MAX_VALUE)), 1, true), later);
    causal(added(g.node("Unsqueeze", mask, list(0, 1))));
  }

  /** A buffer for the longest text, of which the first rows and columns are taken. */
  @Test
  void partOfABuffer() {
    for (boolean wrong : new boolean[] {false, true}) {
      CausalMaskTest test = new CausalMaskTest();
      int most = 16;
      Tensor bias = Tensor.zeros(DataType.FLOAT, most, most);
      for (int i = 0; i < most; i++) {
        for (int j = i + 1; j < most; j++) {
          bias.floats()[i * most + j] = HIDDEN;
        }
      }
      if (wrong) {
        bias.floats()[most] = -1;
      }
      Ref end = test.sizes();
      Ref rows =
          test.g.node("Slice", test.g.constant("bias", bias), test.list(0), end, test.list(0));
      Ref mask = test.g.node("Slice", rows, test.list(0), end, test.list(1));
      Optimized result = test.added(mask);
      if (wrong) {
        masked(result);
      } else {
        causal(result);
      }
    }
  }

  /** What adds something else to what may be seen is no mask alone. */
  @Test
  void biasStays() {
    Ref mask = triangle(filled(one(HIDDEN)), 1, true);
    masked(added(g.node("Add", mask, number(0.25f))));
    CausalMaskTest soft = new CausalMaskTest();
    masked(soft.added(soft.triangle(soft.filled(one(-100)), 1, true)));
  }
}
