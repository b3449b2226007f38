package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.floats;
import static org.sardonyx.runtime.Models.strict;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Scan of version 9 and later, and of version 8. */
class ScanTest {

  /** state = state + slice; scans the new state and the slice. */
  private static GraphBuilder sums(GraphBuilder g) {
    GraphBuilder body = g.body("body");
    Ref state = body.input("state", FLOAT);
    Ref slice = body.input("slice", FLOAT);
    Ref next = body.node("Add", state, slice);
    body.output(next, FLOAT);
    body.output("sum", body.node("Identity", next), FLOAT);
    body.output("same", body.node("Identity", slice), FLOAT);
    return body;
  }

  private static Map<String, Value> run(
      long opset, Tensor start, Tensor x, long inAxis, long inDir, long outAxis, long outDir) {
    GraphBuilder g = new GraphBuilder("g");
    Ref s = g.input("s", FLOAT);
    Ref in = g.input("x", FLOAT);
    List<Ref> results =
        g.call("Scan", s, in)
            .with("body", sums(g).graph())
            .with("num_scan_inputs", 1)
            .withInts("scan_input_axes", inAxis)
            .withInts("scan_input_directions", inDir)
            .withInts("scan_output_axes", outAxis, outAxis)
            .withInts("scan_output_directions", outDir, 0)
            .outputs("end", "sums", "slices");
    for (Ref result : results) {
      g.output(result, FLOAT);
    }
    return strict(g.model(opset)).run(Map.of("s", start, "x", x));
  }

  @Test
  void everyAxisAndDirection() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    for (int opset : new int[] {9, 11, 16, 19, 21, 23, 24, 25}) {
      Map<String, Value> y = run(opset, floats(0, 0, 0), x, 0, 0, 0, 0);
      assertEquals(floats(5, 7, 9), y.get("end"));
      assertEquals(Tensor.of(new float[] {1, 2, 3, 5, 7, 9}, 2, 3), y.get("sums"));
      assertEquals(x, y.get("slices"));

      y = run(opset, floats(0, 0, 0), x, 0, 1, 0, 0);
      assertEquals(Tensor.of(new float[] {4, 5, 6, 5, 7, 9}, 2, 3), y.get("sums"));
      assertEquals(Tensor.of(new float[] {4, 5, 6, 1, 2, 3}, 2, 3), y.get("slices"));

      y = run(opset, floats(0, 0, 0), x, -2, 0, -1, 1);
      assertEquals(Tensor.of(new float[] {5, 1, 7, 2, 9, 3}, 3, 2), y.get("sums"));
      assertEquals(Tensor.of(new float[] {1, 4, 2, 5, 3, 6}, 3, 2), y.get("slices"));

      y = run(opset, floats(0, 0), x, 1, 0, 1, 0);
      assertEquals(floats(6, 15), y.get("end"));
      assertEquals(Tensor.of(new float[] {1, 3, 6, 4, 9, 15}, 2, 3), y.get("sums"));
      assertEquals(x, y.get("slices"));

      y = run(opset, floats(0, 0), x, -1, 1, 0, 1);
      assertEquals(Tensor.of(new float[] {6, 15, 5, 11, 3, 6}, 3, 2), y.get("sums"));
      assertEquals(Tensor.of(new float[] {3, 6, 2, 5, 1, 4}, 3, 2), y.get("slices"));
    }
  }

  @Test
  void severalInputsGoTogether() {
    GraphBuilder g = new GraphBuilder("g");
    Ref a = g.input("a", DataType.FLOAT, "?", 2);
    Ref b = g.input("b", DataType.FLOAT, 2, "?");
    GraphBuilder body = g.body("body");
    body.output("p", body.node("Sub", body.input("ai", FLOAT), body.input("bi", FLOAT)), FLOAT);
    g.output(
        g.call("Scan", a, b)
            .with("body", body.graph())
            .with("num_scan_inputs", 2)
            .withInts("scan_input_axes", 0, 1)
            .withInts("scan_input_directions", 0, 1)
            .output("y"),
        FLOAT);
    Session session = strict(g.model(21));
    assertEquals(
        Map.of("y", Tensor.of(new float[] {1 - 7, 2 - 8, 3 - 5, 4 - 6}, 2, 2)),
        session.run(
            Map.of(
                "a", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2),
                "b", Tensor.of(new float[] {5, 7, 6, 8}, 2, 2))));
    OperatorFailed e =
        assertThrows(
            OperatorFailed.class,
            () ->
                session.run(
                    Map.of(
                        "a", Tensor.zeros(DataType.FLOAT, 3, 2),
                        "b", Tensor.zeros(DataType.FLOAT, 2, 2))));
    assertTrue(e.getMessage().contains("3 and 2 slices"), e.getMessage());
  }

  @Test
  void aScanOfLengthZeroGivesItsStatesAndEmptyOutputs() {
    Map<String, Value> y = run(21, floats(1, 2, 3), Tensor.zeros(DataType.FLOAT, 0, 3), 0, 0, 1, 0);
    assertEquals(floats(1, 2, 3), y.get("end"));
    assertEquals(0, ((Tensor) y.get("sums")).size());
    GraphBuilder g = new GraphBuilder("g");
    Ref s = g.input("s", DataType.FLOAT, 3);
    Ref x = g.input("x", DataType.FLOAT, "n", 3);
    List<Ref> results =
        g.call("Scan", s, x)
            .with("body", sums(g).graph())
            .with("num_scan_inputs", 1)
            .withInts("scan_output_axes", 1, 0)
            .outputs("end", "a", "b");
    results.forEach(result -> g.output(result, FLOAT));
    y =
        strict(g.model(21))
            .run(Map.of("s", floats(1, 2, 3), "x", Tensor.zeros(DataType.FLOAT, 0, 3)));
    assertTrue(((Tensor) y.get("a")).hasShape(3, 0), y.get("a").toString());
    assertTrue(((Tensor) y.get("b")).hasShape(0, 3), y.get("b").toString());
  }

  @Test
  void statesMayNotChange() {
    GraphBuilder g = new GraphBuilder("g");
    Ref s = g.input("s", FLOAT);
    Ref x = g.input("x", FLOAT);
    g.output(
        g.call("Scan", s, x)
            .with("body", sums(g).graph())
            .with("num_scan_inputs", 1)
            .outputs("end", "a", "b")
            .getFirst(),
        FLOAT);
    OperatorFailed e =
        assertThrows(
            OperatorFailed.class,
            () ->
                strict(g.model(21))
                    .run(Map.of("s", floats(1), "x", Tensor.zeros(DataType.FLOAT, 2, 3))));
    assertTrue(
        e.getMessage().contains("state 0 was float[1] and becomes float[3]"), e.getMessage());
  }

  @Test
  void attributesMustFit() {
    GraphBuilder g = new GraphBuilder("g");
    Ref s = g.input("s", FLOAT);
    Ref x = g.input("x", FLOAT);
    for (String bad : List.of("scan_input_axes", "scan_output_axes", "scan_input_directions")) {
      GraphBuilder h = new GraphBuilder("h");
      Ref hs = h.input("s", FLOAT);
      Ref hx = h.input("x", FLOAT);
      h.output(
          h.call("Scan", hs, hx)
              .with("body", sums(h).graph())
              .with("num_scan_inputs", 1)
              .withInts(bad, 0, 0, 0)
              .output("y"),
          FLOAT);
      assertThrows(InvalidModel.class, () -> Session.compile(h.model(21)));
    }
    g.output(
        g.call("Scan", s, x).with("body", sums(g).graph()).with("num_scan_inputs", 3).output("y"),
        FLOAT);
    assertThrows(InvalidModel.class, () -> Session.compile(g.model(21)));
  }

  @Test
  void aRecurrenceWrittenAsScanGivesWhatTheOperatorGives() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "time", "batch", 3);
    Ref h0 = g.input("h0", DataType.FLOAT, 1, "batch", 4);
    Tensor w = Models.waves(1, 4, 3);
    Tensor r = Models.waves(1, 4, 4);
    g.output(
        g.call("RNN", x, g.constant(w), g.constant(r), Ref.ABSENT, Ref.ABSENT, h0)
            .with("hidden_size", 4)
            .output("rnn"),
        FLOAT);
    GraphBuilder body = g.body("body");
    Ref h = body.input("h", FLOAT);
    Ref xt = body.input("xt", FLOAT);
    Ref wt = g.call("Transpose", g.constant(w.reshaped(4, 3))).output();
    Ref rt = g.call("Transpose", g.constant(r.reshaped(4, 4))).output();
    Ref next =
        body.node(
            "Tanh", body.node("Add", body.node("MatMul", xt, wt), body.node("MatMul", h, rt)));
    body.output(next, FLOAT);
    body.output("y", body.node("Identity", next), FLOAT);
    Ref start = g.node("Squeeze", h0, g.constant(Tensor.vector(0)));
    List<Ref> results =
        g.call("Scan", start, x)
            .with("body", body.graph())
            .with("num_scan_inputs", 1)
            .outputs("end", "scan");
    g.output(results.get(1), FLOAT);
    Map<String, Value> y =
        strict(g.model(21)).run(Map.of("x", Models.waves(6, 2, 3), "h0", Models.waves(1, 2, 4)));
    Tensor rnn = (Tensor) y.get("rnn");
    Tensor scan = (Tensor) y.get("scan");
    assertTrue(scan.hasShape(6, 2, 4));
    for (int i = 0; i < scan.size(); i++) {
      assertEquals(rnn.floats()[i], scan.floats()[i], 2e-6f);
    }
  }

  private static Model scan8(boolean lens, long direction) {
    GraphBuilder g = new GraphBuilder("g");
    Ref l = lens ? g.input("lens", DataType.INT64, "b") : Ref.ABSENT;
    Ref s = g.input("s", DataType.FLOAT, "b", 2);
    Ref x = g.input("x", DataType.FLOAT, "b", "t", 2);
    List<Ref> results =
        g.call("Scan", l, s, x)
            .with("body", sums(g).graph())
            .with("num_scan_inputs", 1)
            .withInts("directions", direction)
            .outputs("end", "sums", "slices");
    results.forEach(result -> g.output(result, FLOAT));
    return g.model(8);
  }

  @Test
  void version8HasABatch() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}, 2, 3, 2);
    Tensor s = Tensor.of(new float[] {0, 0, 100, 100}, 2, 2);
    Map<String, Value> y = strict(scan8(false, 0)).run(Map.of("s", s, "x", x));
    assertEquals(Tensor.of(new float[] {9, 12, 190, 220}, 2, 2), y.get("end"));
    assertEquals(
        Tensor.of(new float[] {1, 2, 4, 6, 9, 12, 110, 120, 140, 160, 190, 220}, 2, 3, 2),
        y.get("sums"));
    assertEquals(x, y.get("slices"));
    y = strict(scan8(false, 1)).run(Map.of("s", s, "x", x));
    assertEquals(
        Tensor.of(new float[] {5, 6, 3, 4, 1, 2, 50, 60, 30, 40, 10, 20}, 2, 3, 2),
        y.get("slices"));
  }

  @Test
  void version8HasLengths() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}, 2, 3, 2);
    Tensor s = Tensor.zeros(DataType.FLOAT, 2, 2);
    Map<String, Value> y =
        strict(scan8(true, 0)).run(Map.of("s", s, "x", x, "lens", Tensor.vector(2, 0)));
    assertEquals(Tensor.of(new float[] {4, 6, 0, 0}, 2, 2), y.get("end"));
    assertEquals(
        Tensor.of(new float[] {1, 2, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0}, 2, 3, 2), y.get("sums"));
    y = strict(scan8(true, 1)).run(Map.of("s", s, "x", x, "lens", Tensor.vector(2, 3)));
    assertEquals(
        Tensor.of(new float[] {3, 4, 1, 2, 0, 0, 50, 60, 30, 40, 10, 20}, 2, 3, 2),
        y.get("slices"));
    assertThrows(
        OperatorFailed.class,
        () -> strict(scan8(true, 0)).run(Map.of("s", s, "x", x, "lens", Tensor.vector(4, 0))));
    y = strict(scan8(true, 0)).run(Map.of("s", s, "x", x, "lens", Tensor.vector(0, 0)));
    assertTrue(((Tensor) y.get("sums")).hasShape(2, 3, 2), y.get("sums").toString());
  }

  @Test
  void slicesOfEveryType() {
    Random random = new Random(1);
    for (DataType type : DataType.values()) {
      GraphBuilder g = new GraphBuilder("g");
      Ref x = g.input("x", Type.tensor(type));
      GraphBuilder body = g.body("body");
      body.output("o", body.node("Identity", body.input("i", Type.tensor(type))), null);
      g.output(
          g.call("Scan", x)
              .with("body", body.graph())
              .with("num_scan_inputs", 1)
              .withInts("scan_input_axes", 1)
              .withInts("scan_output_axes", 1)
              .output("y"),
          null);
      Tensor tensor = Tensor.zeros(type, 4, 5, 2);
      switch (tensor.array()) {
        case byte[] a -> random.nextBytes(a);
        case String[] a -> java.util.Arrays.setAll(a, i -> "s" + i);
        case float[] a -> java.util.Arrays.setAll(new double[a.length], i -> a[i] = i);
        default -> {
          for (int i = 0; i < java.lang.reflect.Array.getLength(tensor.array()); i++) {
            java.lang.reflect.Array.set(
                tensor.array(), i, java.lang.reflect.Array.get(tensor.array(), i));
          }
        }
      }
      assertEquals(tensor, strict(g.model(25)).run(Map.of("x", tensor)).get("y"), type.name());
    }
  }
}
