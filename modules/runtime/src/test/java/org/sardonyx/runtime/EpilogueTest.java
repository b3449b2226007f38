package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Products give what they give with the nodes behind them run one by one. */
class EpilogueTest {

  private static final long SEED = Long.getLong("seed", 1);
  private static final List<String> FUNCTIONS =
      List.of("Relu", "Sigmoid", "Tanh", "Erf", "Gelu", "Softplus", "Exp", "Sqrt");

  private final Seen seen = new Seen();

  private final SessionOptions observed =
      SessionOptions.standard().withObserver(seen).withKernels(Kernels.best());

  private final SplittableRandom random = new SplittableRandom(SEED);

  private Tensor floats(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return tensor;
  }

  private static Map<String, Value> one(Model model, Map<String, Value> inputs) {
    SessionOptions plain = SessionOptions.standard().withSimplify(false);
    return Session.compile(model, plain.withKernels(Kernels.best())).run(inputs);
  }

  @Test
  void rowsAndFunctionsGiveTheSameBits() {
    for (int c = 0; c < 120; c++) {
      int m = 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 20);
      int k = 1 + random.nextInt(60);
      int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 40);
      boolean general = random.nextInt(3) == 0;
      GraphBuilder g = new GraphBuilder("g");
      Ref x = general ? g.input("x", DataType.FLOAT, m, k) : g.input("x", DataType.FLOAT, 1, m, k);
      Ref w = g.constant(floats(k, n));
      Ref row = g.constant(floats(n));
      Ref y;
      if (general) {
        y = g.node("Gemm", x, w, row);
      } else {
        y = g.node("MatMul", x, w);
        y = random.nextBoolean() ? g.node("Add", y, row) : g.node("Add", row, y);
      }
      String f = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
      g.output("y", g.node(f, y), FLOAT);
      Model model = g.model(OPSET);
      Map<String, Value> inputs = Map.of("x", general ? floats(m, k) : floats(1, m, k));
      Session session = Session.compile(model, observed);
      String message = "-Dseed=" + SEED + " case " + c + " " + f;
      assertEquals(one(model, inputs), session.run(inputs), message);
      assertEquals(one(model, inputs), session.run(inputs), message);
      assertEquals(1, seen.operators().size(), message + seen.operators());
      seen.forget();
    }
  }

  @Test
  void longSumsStartFromTheRow() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 7, 1500);
    Ref sum =
        g.node("Add", g.node("MatMul", x, g.constant(floats(1500, 33))), g.constant(floats(33)));
    g.output("y", g.node("Tanh", sum), FLOAT);
    Model model = g.model(OPSET);
    Map<String, Value> inputs = Map.of("x", floats(7, 1500));
    Tensor actual = (Tensor) Session.compile(model, observed).run(inputs).get("y");
    assertArrayEquals(((Tensor) one(model, inputs).get("y")).floats(), actual.floats(), 2e-5f);
    assertEquals("[MatMul-13]", seen.operators().toString());
  }

  @Test
  void whatOthersReadStays() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "m", 5);
    Ref product = g.node("MatMul", x, g.constant(floats(5, 4)));
    Ref sum = g.node("Add", product, g.constant(floats(4)));
    g.output("sum", sum, FLOAT);
    g.output("y", g.node("Relu", sum), FLOAT);
    Model model = g.model(OPSET);
    Map<String, Value> inputs = Map.of("x", floats(3, 5));
    assertEquals(one(model, inputs), Session.compile(model, observed).run(inputs));
    assertEquals("[MatMul-13, Relu-14]", seen.operators().stream().sorted().toList().toString());
  }

  @Test
  void whatIsNoRowStays() {
    for (int[] shape : new int[][] {{1}, {3, 1}, {3, 4}, {1, 4}, {2, 1, 4}}) {
      GraphBuilder g = new GraphBuilder("g");
      Ref x = g.input("x", DataType.FLOAT, 3, 5);
      Ref product = g.node("MatMul", x, g.constant(floats(5, 4)));
      g.output("y", g.node("Add", product, g.constant(floats(shape))), FLOAT);
      Model model = g.model(OPSET);
      Map<String, Value> inputs = Map.of("x", floats(3, 5));
      assertEquals(one(model, inputs), Session.compile(model, observed).run(inputs));
      assertEquals(2, seen.operators().size());
      seen.forget();
    }
  }

  @Test
  void narrowFloatsAreRoundedBetween() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT16, 3, 5);
    Ref w = g.constant(half(5, 4));
    Ref sum = g.node("Add", g.node("MatMul", x, w), g.constant(half(4)));
    g.output("y", g.node("Sigmoid", sum), Type.tensor(DataType.FLOAT16));
    Model model = g.model(OPSET);
    Map<String, Value> inputs = Map.of("x", half(3, 5));
    assertEquals(one(model, inputs), Session.compile(model, observed).run(inputs));
  }

  private Tensor half(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT16, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.setDouble(i, random.nextDouble(-1, 1));
    }
    return tensor;
  }

  @Test
  void vectorsToo() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 5);
    Ref product = g.node("MatMul", x, g.constant(floats(5, 4)));
    g.output("y", g.node("Relu", g.node("Add", product, g.constant(floats(4)))), FLOAT);
    Ref v = g.input("v", DataType.FLOAT, 3, 5);
    Ref column = g.node("MatMul", v, g.constant(floats(5)));
    g.output("z", g.node("Tanh", g.node("Add", column, g.constant(floats(3)))), FLOAT);
    Model model = g.model(OPSET);
    Map<String, Value> inputs = Map.of("x", floats(5), "v", floats(3, 5));
    assertEquals(one(model, inputs), Session.compile(model, observed).run(inputs));
  }
}
