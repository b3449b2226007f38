package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.waves;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** Weights held as bfloat16. */
class WeightsTest {

  private static final SessionOptions NARROW =
      SessionOptions.standard().withWeights(DataType.BFLOAT16);

  private static final int HIDDEN = 33;

  private static boolean isLayer(String op) {
    return !op.equals("MatMul") && !op.equals("Gemm");
  }

  private static Tensor input(String op) {
    return isLayer(op) ? waves(9, 2, 5) : waves(1, 5);
  }

  /** An operator with constant weights, rounded to bfloat16 beforehand or not. */
  private static Model model(String op, boolean rounded) {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", input(op).type());
    if (isLayer(op)) {
      int rows = HIDDEN * (op.equals("LSTM") ? 4 : op.equals("GRU") ? 3 : 1);
      Ref w = g.constant("w", weights(rounded, 1, rows, 5));
      Ref r = g.constant("r", weights(rounded, 1, rows, HIDDEN));
      g.output("y", g.call(op, x, w, r).with("hidden_size", HIDDEN).output(), FLOAT);
    } else {
      g.output("y", g.node(op, x, g.constant("w", weights(rounded, 5, 70))), FLOAT);
    }
    return g.model(Models.OPSET);
  }

  private static Tensor weights(boolean rounded, int... shape) {
    Tensor floats = waves(shape);
    for (int i = 0; i < floats.size(); i++) {
      floats.floats()[i] *= 0.2f; // a contraction, so that errors do not grow from step to step
    }
    return rounded
        ? Tensor.of(Tensor.fromFloats(DataType.BFLOAT16, floats.floats(), shape).toFloats(), shape)
        : floats;
  }

  private static float[] run(Session session, String op) {
    return ((Tensor) session.run(Map.of("x", input(op))).get("y")).floats();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LSTM", "GRU", "RNN", "MatMul", "Gemm"})
  void resultsAreThoseOfRoundedWeights(String op) {
    for (Kernels kernels : new Kernels[] {Kernels.best(), Kernels.scalar()}) {
      SessionOptions plain = SessionOptions.standard().withKernels(kernels);
      SessionOptions narrow = plain.withWeights(DataType.BFLOAT16);
      float[] actual = run(Session.compile(model(op, false), narrow), op);
      assertArrayEquals(run(Session.compile(model(op, true), plain), op), actual);
      float[] exact = run(Session.compile(model(op, false), plain), op);
      assertFalse(Arrays.equals(exact, actual));
      assertArrayEquals(exact, actual, 0.05f);
      assertArrayEquals(actual, run(Session.compile(model(op, false), narrow.withThreads(2)), op));
    }
  }

  private static String refused(GraphBuilder g) {
    Model model = g.model(Models.OPSET);
    String message =
        assertThrows(UnsupportedModel.class, () -> Session.compile(model, NARROW)).getMessage();
    Session.compile(model);
    return message;
  }

  @Test
  void modelsWithoutSuchWeightsAreRefused() {
    GraphBuilder g = new GraphBuilder("none");
    Ref x = g.input("x", DataType.FLOAT, 2, 2);
    g.output("y", g.node("MatMul", x, x), FLOAT);
    assertTrue(refused(g).contains("no weights can be held as bfloat16"));
  }

  @Test
  void layersOfOtherWeightsAreRefusedByName() {
    GraphBuilder g = new GraphBuilder("given");
    Ref x = g.input("x", DataType.FLOAT, 3, 1, 5);
    Ref w = g.input("w", DataType.FLOAT, 1, 8, 5);
    Ref r = g.input("r", DataType.FLOAT, 1, 8, 2);
    g.output("y", g.call("LSTM", x, w, r).named("cell").with("hidden_size", 2).output(), FLOAT);
    String given = refused(g);
    assertTrue(given.contains("cell") && given.contains("they are no constants"), given);

    GraphBuilder d = new GraphBuilder("double");
    Ref xd = d.input("x", DataType.DOUBLE, 3, 1, 5);
    Ref wd = d.constant("w", Tensor.zeros(DataType.DOUBLE, 1, 2, 5));
    Ref rd = d.constant("r", Tensor.zeros(DataType.DOUBLE, 1, 2, 2));
    Ref y = d.call("RNN", xd, wd, rd).named("layer").with("hidden_size", 2).output();
    d.output("y", y, Type.tensor(DataType.DOUBLE));
    String wide = refused(d);
    assertTrue(wide.contains("layer") && wide.contains("or double"), wide);
  }

  @Test
  void onlyTwoTypesCanBeAskedFor() {
    assertThrows(
        IllegalArgumentException.class,
        () -> SessionOptions.standard().withWeights(DataType.FLOAT16));
  }
}
