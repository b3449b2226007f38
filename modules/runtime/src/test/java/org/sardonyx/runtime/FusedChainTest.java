package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;
import static org.sardonyx.runtime.Models.floats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Elementwise nodes computed together give the bits that they give one by one. */
class FusedChainTest {

  private static final long SEED = Long.getLong("seed", 1);
  private static final List<String> ONE =
      List.of("Relu", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "Erf", "HardSigmoid", "Reciprocal");
  private static final List<String> TWO = List.of("Add", "Sub", "Mul", "Div");
  private static final int[][] SHAPES = {
    {2, 3, 20}, {20}, {1}, {}, {3, 1}, {2, 1, 1}, {1, 3, 20}, {2, 3, 1}
  };

  private final Seen seen = new Seen();

  private final SessionOptions observed =
      SessionOptions.standard().withObserver(seen).withKernels(Kernels.best());

  /** The operators that have run, joined. */
  private String ran() {
    return String.join(" ", seen.operators());
  }

  /** Which NaN an operation makes depends on the compiler, which may turn operands about. */
  private static Map<String, Value> oneNaN(Map<String, Value> outputs) {
    for (Value output : outputs.values()) {
      float[] values = ((Tensor) output).floats();
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.isNaN(values[i]) ? Float.NaN : values[i];
      }
    }
    return outputs;
  }

  private static Tensor random(SplittableRandom random, int[] shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (6 * random.nextDouble() - 3);
    }
    return tensor;
  }

  private static Tensor number(DataType type, int value) {
    return type == DataType.FLOAT ? floats(value) : Tensor.of(new int[] {value}, 1);
  }

  private static Model hardSwish(DataType type) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", type, "n");
    Ref three = g.constant(number(type, 3));
    Ref six = g.constant(number(type, 6));
    Ref gate = g.node("Add", x, three);
    g.output("y", g.node("Div", g.node("Mul", x, gate), six), Type.tensor(type));
    return g.model(OPSET);
  }

  @Test
  void randomGraphsAgreeWithTheirNodes() {
    SplittableRandom random = new SplittableRandom(SEED);
    int fused = 0;
    for (int c = 0; c < 150; c++) {
      GraphBuilder g = new GraphBuilder("g");
      Map<String, Value> inputs = new LinkedHashMap<>();
      List<Ref> values = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int[] shape = SHAPES[i == 0 ? 0 : random.nextInt(SHAPES.length)];
        Object[] dims = new Object[shape.length];
        for (int d = 0; d < dims.length; d++) {
          dims[d] = shape[d];
        }
        values.add(g.input("x" + i, DataType.FLOAT, dims));
        inputs.put("x" + i, random(random, shape));
      }
      int size = 2 + random.nextInt(12);
      for (int i = 0; i < size; i++) {
        Ref last = i == 0 ? values.get(0) : values.getLast();
        Ref other = values.get(random.nextInt(values.size()));
        values.add(
            random.nextBoolean()
                ? g.node(ONE.get(random.nextInt(ONE.size())), last)
                : g.node(TWO.get(random.nextInt(TWO.size())), last, other));
      }
      g.output("y", values.getLast(), FLOAT);
      if (random.nextInt(3) == 0) {
        g.output("z", values.get(values.size() - 2), FLOAT);
      }
      Model model = g.model(OPSET);
      Session session = Session.compile(model, observed);
      Map<String, Value> expected =
          Session.compile(model, SessionOptions.standard().withSimplify(false)).run(inputs);
      for (int run = 0; run < 6; run++) {
        assertEquals(oneNaN(expected), oneNaN(session.run(inputs)), "seed " + SEED + " graph " + c);
      }
      fused += ran().contains("+") ? 1 : 0;
      seen.forget();
    }
    assertTrue(fused > 75, fused + " graphs were fused");
  }

  @Test
  void integersGoThroughTheNodes() {
    Session session = Session.compile(hardSwish(DataType.INT32), observed);
    Map<String, Value> y = session.run(Map.of("x", Tensor.of(new int[] {4, -3, 1}, 3)));
    assertEquals(Tensor.of(new int[] {4, 0, 0}, 3), y.get("y"));
    assertEquals("Add-14 Div-14 Mul-14", ran());
  }

  @Test
  void floatsOfAnyLengthAreFused() {
    Session session = Session.compile(hardSwish(DataType.FLOAT), observed);
    for (int n : new int[] {3, 1, 40, 3, 5000, 3}) {
      float[] x = new float[n];
      float[] expected = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = i % 13 - 6;
        expected[i] = x[i] * (x[i] + 3) / 6;
      }
      assertEquals(Tensor.of(expected, n), session.run(Map.of("x", Tensor.of(x, n))).get("y"));
    }
    assertEquals("Add+Mul+Div-1", ran());
    Tensor none = Tensor.zeros(DataType.FLOAT, 0);
    assertEquals(none, session.run(Map.of("x", none)).get("y"));
  }

  @Test
  void whatDoesNotBroadcastIsTheFaultOfItsNode() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "n");
    Ref z = g.input("z", DataType.FLOAT, "m");
    g.output("y", g.node("Mul", g.node("Relu", x), z), FLOAT);
    Session session = Session.compile(g.model(OPSET));
    Map<String, Value> inputs =
        Map.of("x", Tensor.zeros(DataType.FLOAT, 3), "z", Tensor.zeros(DataType.FLOAT, 4));
    ModelException e = assertThrows(ModelException.class, () -> session.run(inputs));
    assertTrue(e.getMessage().contains("Mul-14"), e.getMessage());
  }

  @Test
  void aRowIsNotComputedForEveryRowOfAnother() {
    GraphBuilder g = new GraphBuilder("g");
    Ref row = g.input("row", DataType.FLOAT, 20);
    Ref x = g.input("x", DataType.FLOAT, 50, 20);
    g.output("y", g.node("Add", g.node("Tanh", row), x), FLOAT);
    Session session = Session.compile(g.model(OPSET), observed);
    session.run(
        Map.of("row", Tensor.zeros(DataType.FLOAT, 20), "x", Tensor.zeros(DataType.FLOAT, 50, 20)));
    assertEquals("Add-14 Tanh-13", ran());
  }
}
