package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.OPSET;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Attention as one step gives what its nodes give one by one. */
class FusedAttentionTest {

  private static final long SEED = Long.getLong("seed", 1);

  private final Seen seen = new Seen();
  private final SplittableRandom random = new SplittableRandom(SEED);

  private final SessionOptions observed =
      SessionOptions.standard().withObserver(seen).withKernels(Kernels.best());

  private final Map<String, Value> inputs = new LinkedHashMap<>();

  private Tensor floats(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return tensor;
  }

  private Tensor bools(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.BOOL, shape);
    for (int i = 0; i < tensor.bytes().length; i++) {
      tensor.bytes()[i] = (byte) random.nextInt(2);
    }
    return tensor;
  }

  /** Vectors whose products are not far from 1. */
  private Tensor vectors(int... shape) {
    Tensor tensor = floats(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] /= (float) Math.sqrt(shape[shape.length - 1]);
    }
    return tensor;
  }

  private Ref input(GraphBuilder g, String name, Tensor value) {
    inputs.put(name, value);
    Object[] dims = new Object[value.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = name + i;
    }
    return g.input(name, value.dataType(), dims);
  }

  private static Map<String, Value> one(Model model, Map<String, Value> inputs) {
    SessionOptions plain = SessionOptions.standard().withSimplify(false);
    return Session.compile(model, plain.withKernels(Kernels.best())).run(inputs);
  }

  /** Within 2e-6 of the greatest of V, which is 2, and with the same NaN and infinities. */
  private static void assertSame(Value expected, Value actual, String message) {
    assertEquals(expected.type(), actual.type(), message);
    float[] e = ((Tensor) expected).floats();
    float[] a = ((Tensor) actual).floats();
    for (int i = 0; i < e.length; i++) {
      boolean same =
          Float.compare(e[i], a[i]) == 0
              || Math.abs(e[i] - a[i]) <= 4e-6f * Math.max(1, Math.abs(e[i]));
      assertTrue(same, message + " at " + i + ": " + e[i] + " and " + a[i]);
    }
  }

  private boolean isFused() {
    return seen.operators().stream().anyMatch(name -> name.contains("+Softmax"));
  }

  private int[] maskShape(int rank, int... scores) {
    int length = random.nextInt(rank + 1);
    int[] shape = new int[length];
    for (int i = 0; i < length; i++) {
      shape[i] = random.nextInt(3) == 0 ? 1 : scores[rank - length + i];
    }
    return shape;
  }

  private Ref factor(GraphBuilder g, Ref x) {
    Ref number = g.constant(Tensor.scalar((float) random.nextDouble(0.2, 1.5)));
    return switch (random.nextInt(4)) {
      case 0 -> g.node("Mul", x, number);
      case 1 -> g.node("Mul", number, x);
      case 2 -> g.node("Div", x, number);
      default -> x;
    };
  }

  /** Any form of it: heads before or behind time, factors anywhere, masks of any shape. */
  private Model model(int batch, int heads, int queries, int keys, int size, int valueSize) {
    GraphBuilder g = new GraphBuilder("g");
    inputs.clear();
    boolean four = random.nextBoolean();
    boolean behind = random.nextBoolean();
    boolean shared = random.nextInt(4) == 0;
    int keyHeads = shared ? 1 : heads;
    Ref q;
    Ref k;
    Ref v;
    if (!four) {
      q = input(g, "q", behind ? vectors(queries, heads, size) : vectors(heads, queries, size));
      k = input(g, "k", behind ? vectors(keys, keyHeads, size) : vectors(keyHeads, keys, size));
      v = input(g, "v", behind ? floats(keys, heads, valueSize) : floats(heads, keys, valueSize));
    } else if (behind) {
      q = input(g, "q", vectors(batch, queries, heads, size));
      k = input(g, "k", vectors(batch, keys, keyHeads, size));
      v = input(g, "v", floats(batch, keys, heads, valueSize));
    } else {
      q = input(g, "q", vectors(batch, heads, queries, size));
      k = input(g, "k", vectors(batch, keyHeads, keys, size));
      v = input(g, "v", floats(batch, heads, keys, valueSize));
    }
    long[] order = four ? new long[] {0, 2, 1, 3} : new long[] {1, 0, 2};
    if (behind) {
      q = g.call("Transpose", q).withInts("perm", order).output();
      v = g.call("Transpose", v).withInts("perm", order).output();
      k = g.call("Transpose", k).withInts("perm", order).output();
    }
    q = factor(g, q);
    k = factor(g, k);
    long[] turned = four ? new long[] {0, 1, 3, 2} : new long[] {0, 2, 1};
    k = g.call("Transpose", k).withInts("perm", turned).output();
    Ref x = factor(g, g.node("MatMul", q, k));
    int[] scores =
        four ? new int[] {batch, heads, queries, keys} : new int[] {heads, queries, keys};
    for (int i = random.nextInt(3); i > 0; i--) {
      x = changed(g, x, i, scores);
    }
    Ref weights =
        g.call("Softmax", x).with("axis", random.nextBoolean() ? -1 : scores.length - 1).output();
    if (random.nextInt(4) == 0) {
      Ref zero = g.constant(Tensor.scalar(0f));
      weights = g.node("Where", g.node("IsNaN", weights), zero, weights);
    }
    Ref y = g.node("MatMul", weights, v);
    if (random.nextBoolean()) {
      y = g.call("Transpose", y).withInts("perm", order).output();
    }
    g.output("y", y, FLOAT);
    return g.model(OPSET);
  }

  private Ref changed(GraphBuilder g, Ref x, int number, int[] scores) {
    int[] shape = maskShape(scores.length, scores);
    switch (random.nextInt(4)) {
      case 0 -> {
        Tensor mask = floats(shape);
        for (int i = 0; i < mask.size(); i++) {
          boolean hides = random.nextInt(3) == 0;
          mask.floats()[i] = hides ? Float.NEGATIVE_INFINITY : mask.floats()[i];
        }
        Ref m = random.nextBoolean() ? g.constant(mask) : input(g, "mask" + number, mask);
        return random.nextBoolean() ? g.node("Add", x, m) : g.node("Add", m, x);
      }
      case 1 -> {
        float hidden = random.nextBoolean() ? Float.NEGATIVE_INFINITY : -1e9f;
        Ref condition = input(g, "condition" + number, bools(shape));
        Ref other = g.constant(Tensor.scalar(hidden));
        return random.nextBoolean()
            ? g.node("Where", condition, x, other)
            : g.node("Where", condition, other, x);
      }
      case 2 -> {
        return g.node("Mul", x, input(g, "times" + number, floats(shape)));
      }
      default -> {
        return g.node("Sub", x, input(g, "less" + number, floats(shape)));
      }
    }
  }

  @Test
  void anyFormAgreesWithItsNodes() {
    for (int c = 0; c < 250; c++) {
      int queries = 1 + random.nextInt(random.nextInt(6) == 0 ? 150 : 20);
      int keys = 1 + random.nextInt(random.nextInt(6) == 0 ? 150 : 20);
      int heads = 1 + random.nextInt(3);
      Model model =
          model(
              1 + random.nextInt(2),
              heads,
              queries,
              keys,
              1 + random.nextInt(40),
              1 + random.nextInt(70));
      Value expected = one(model, inputs).get("y");
      String message = "-Dseed=" + SEED + " case " + c;
      for (int threads = 1; threads <= 2; threads++) {
        Session session = Session.compile(model, observed.withThreads(threads));
        Value first = session.run(inputs).get("y");
        assertSame(expected, first, message);
        assertEquals(first, session.run(inputs).get("y"), message);
      }
      assertTrue(isFused(), message + " " + seen.operators());
      seen.forget();
    }
  }

  @Test
  void severalThreadsGiveTheSameBits() {
    for (int[] heads : new int[][] {{1, 1}, {1, 3}, {2, 4}, {1, 9}}) {
      Model model = model(heads[0], heads[1], 200, 130, 48, 40);
      Value expected = Session.compile(model, observed).run(inputs).get("y");
      for (int threads = 2; threads <= 4; threads++) {
        SessionOptions options = observed.withThreads(threads);
        assertEquals(expected, Session.compile(model, options).run(inputs).get("y"));
      }
    }
  }

  private Model plain(Tensor q, Tensor k, Tensor v, Tensor mask) {
    GraphBuilder g = new GraphBuilder("g");
    inputs.clear();
    Ref turned = g.call("Transpose", input(g, "k", k)).withInts("perm", 0, 1, 3, 2).output();
    Ref product = g.node("MatMul", input(g, "q", q), turned);
    Ref scaled = g.node("Div", product, g.constant(Tensor.scalar(3f)));
    Ref masked = g.node("Add", scaled, input(g, "mask", mask));
    Ref weights = g.call("Softmax", masked).with("axis", -1).output();
    g.output("y", g.node("MatMul", weights, input(g, "v", v)), FLOAT);
    return g.model(OPSET);
  }

  @Test
  void strangeNumbersGoWhereTheyGo() {
    float[] strange = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, -Float.MIN_VALUE
    };
    for (int queries : new int[] {3, 20}) {
      for (float each : strange) {
        for (int place = 0; place < 4; place++) {
          Tensor[] all = {
            floats(1, 2, queries, 8), floats(1, 2, 17, 8), floats(1, 2, 17, 5), floats(queries, 17)
          };
          all[place].floats()[all[place].size() / 3] = each;
          Model model = plain(all[0], all[1], all[2], all[3]);
          Value y = Session.compile(model, observed).run(inputs).get("y");
          assertSame(one(model, inputs).get("y"), y, each + " in " + place);
        }
      }
    }
    assertTrue(isFused());
  }

  @Test
  void aQueryThatSeesNothingGivesNaN() {
    Tensor mask = Tensor.zeros(DataType.FLOAT, 4, 6);
    Arrays.fill(mask.floats(), 6, 12, Float.NEGATIVE_INFINITY);
    Model model = plain(floats(1, 2, 4, 8), floats(1, 2, 6, 8), floats(1, 2, 6, 8), mask);
    Tensor y = (Tensor) Session.compile(model, observed).run(inputs).get("y");
    assertSame(one(model, inputs).get("y"), y, "");
    for (int e = 0; e < 8; e++) {
      assertTrue(Float.isNaN(y.floats()[8 + e]) && !Float.isNaN(y.floats()[16 + e]));
    }
    assertTrue(isFused());
  }

  @Test
  void nothingIsNoTrouble() {
    for (int[] sizes : new int[][] {{0, 5, 4}, {5, 0, 4}, {5, 5, 0}, {0, 0, 0}, {9, 7, 0}}) {
      int s = sizes[0];
      int t = sizes[1];
      Tensor k = floats(1, 2, t, sizes[2]);
      Model model = plain(floats(1, 2, s, sizes[2]), k, floats(1, 2, t, 3), floats(s, t));
      Value y = Session.compile(model, observed).run(inputs).get("y");
      assertSame(one(model, inputs).get("y"), y, Arrays.toString(sizes));
    }
  }

  @Test
  void shapesMayChangeFromRunToRun() {
    Model model =
        plain(floats(1, 1, 2, 4), floats(1, 1, 3, 4), floats(1, 1, 3, 4), floats(1, 1, 1, 1));
    Session session = Session.compile(model, observed);
    for (int length : new int[] {3, 40, 1, 64, 3}) {
      plain(
          floats(2, 3, length, 4),
          floats(2, 3, length + 1, 4),
          floats(2, 3, length + 1, 7),
          floats(2, 1, 1, length + 1));
      assertSame(one(model, inputs).get("y"), session.run(inputs).get("y"), "" + length);
    }
    assertEquals(1, seen.operators().size(), seen.operators().toString());
  }

  @Test
  void whatDoesNotFitGoesThroughTheNodes() {
    Tensor[] all = {floats(1, 1, 4, 8), floats(1, 1, 6, 8), floats(1, 1, 6, 5)};
    // This mask makes three of one.
    Model model = plain(all[0], all[1], all[2], floats(3, 1, 4, 6));
    Session session = Session.compile(model, observed);
    assertEquals(one(model, inputs), session.run(inputs));
    assertTrue(!isFused());
    inputs.put("v", floats(1, 1, 7, 5));
    ModelException e = assertThrows(ModelException.class, () -> session.run(inputs));
    assertTrue(e.getMessage().contains("MatMul-13"), e.getMessage());
  }

  @Test
  void doublesGoThroughTheNodes() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.DOUBLE, "n", "d");
    Ref turned = g.call("Transpose", x).withInts("perm", 1, 0).output();
    Ref weights = g.node("Softmax", g.node("MatMul", x, turned));
    g.output("y", g.node("MatMul", weights, x), Type.tensor(DataType.DOUBLE));
    Map<String, Value> one = Map.of("x", Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2));
    Model model = g.model(OPSET);
    assertEquals(one(model, one), Session.compile(model, observed).run(one));
    assertTrue(!isFused());
  }

  @Test
  void weightsThatAreWantedAreComputed() {
    GraphBuilder g = new GraphBuilder("g");
    inputs.clear();
    Ref k = input(g, "k", vectors(8, 6));
    Ref weights = g.node("Softmax", g.node("MatMul", input(g, "q", floats(4, 8)), k));
    g.output("w", weights, FLOAT);
    g.output("y", g.node("MatMul", weights, input(g, "v", floats(6, 3))), FLOAT);
    Model model = g.model(OPSET);
    Session session = Session.compile(model, observed);
    assertEquals(one(model, inputs), session.run(inputs));
    assertTrue(!isFused());
    assertEquals(one(model, inputs).keySet().size(), session.run(inputs, List.of("w", "y")).size());
  }

  @Test
  void scoresOfALongSequenceAreNeverWhole() {
    int length = 4096;
    long bytes = 4L * length * length;
    Model model =
        plain(floats(1, 1, length, 8), floats(1, 1, length, 8), floats(1, 1, length, 8), floats(1));
    Limits little = Limits.standard().with(Limit.LIVE_BYTES, bytes / 8);
    SessionOptions few = observed.withLimits(little).withKernels(Kernels.scalar());
    SessionOptions plain = few.withSimplify(false);
    assertThrows(LimitExceeded.class, () -> Session.compile(model, plain).run(inputs));
    Session session = Session.compile(model, few);
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    session.run(inputs);
    long made = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(made < bytes / 8, made + " bytes");
    assertTrue(isFused());
  }
}
