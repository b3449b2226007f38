package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.optimize.Served.draw;
import static org.sardonyx.optimize.Served.floats;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class OptimizeTest {

  private static final int HIDDEN = 4;
  private static final int INPUT = 3;

  /**
   * A layer as exporters write it: batch first, its zero state of the batch that it was traced
   * with.
   */
  private static GraphBuilder frozen() {
    GraphBuilder g = new GraphBuilder("frozen");
    Ref x = g.input("x", DataType.FLOAT, "batch", "time", INPUT);
    Ref lengths = g.input("lengths", DataType.INT32, "batch");
    Ref steps = g.call("Transpose", x).with(Attribute.of("perm", 1, 0, 2)).output();
    Ref zeros = g.constant("zeros", Tensor.zeros(DataType.FLOAT, 1, 2, HIDDEN));
    Ref batch = g.node("Gather", g.node("Shape", steps), g.constant(Tensor.scalar(1L)));
    Ref one = g.constant(Tensor.vector(1));
    Ref shape =
        g.call(
                "Concat",
                one,
                g.node("Unsqueeze", batch, g.constant(Tensor.vector(0))),
                g.constant(Tensor.vector(HIDDEN)))
            .with("axis", 0)
            .output();
    Ref state = g.node("Expand", zeros, shape);
    Ref y =
        g.call(
                "LSTM",
                steps,
                g.constant("W", draw(1, 1, 4 * HIDDEN, INPUT)),
                g.constant("R", draw(2, 1, 4 * HIDDEN, HIDDEN)),
                g.constant("B", draw(3, 1, 8 * HIDDEN)),
                lengths,
                state,
                state)
            .with("hidden_size", HIDDEN)
            .output();
    Ref squeezed = g.node("Squeeze", y, one);
    Ref out = g.call("Transpose", squeezed).with(Attribute.of("perm", 1, 0, 2)).output();
    g.output("y", out, floats("batch", "time", HIDDEN));
    return g;
  }

  @Test
  void zeroStatesGoAndFreeTheBatch() {
    Optimized result = Optimize.standard().apply(frozen().model(17));
    assertEquals(Map.of("LSTM", 1, "Squeeze", 1, "Transpose", 2), result.after().operators());
    assertTrue(result.newlyTaken() > 0, "it takes no further batch");
    assertEquals(List.of(), result.refused());
    assertTrue(result.steps().stream().anyMatch(step -> step.rule().equals("zero-states")));
  }

  @Test
  void versionsNamesAndMetadataStay() {
    Model before = frozen().model(14);
    Model model =
        new Model(
            8,
            before.opsetImports(),
            "pytorch",
            "1.13.0",
            "org.example",
            3,
            "text",
            before.graph(),
            List.of(),
            List.of(new Entry("k", "v")),
            List.of(),
            before.extra());
    Model after = Optimize.standard().apply(model).model();
    assertEquals(model.withGraph(after.graph()), after);
    assertEquals(model.graph().inputs(), after.graph().inputs());
    assertEquals(model.graph().outputs(), after.graph().outputs());
    assertEquals(model.graph().name(), after.graph().name());
  }

  /** A product in float32 is not the one in double, and at no tolerance it is taken back. */
  private static Model rounding() {
    GraphBuilder g = new GraphBuilder("rounding");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    Ref third =
        g.node(
            "Mul",
            g.constant(Tensor.of(new float[] {0.1f, 0.7f}, 2)),
            g.constant(Tensor.of(new float[] {0.3f, 0.9f}, 2)));
    g.output("y", g.node("Mul", x, third), floats("batch", 2));
    return g.model(17);
  }

  @Test
  void whatMovesAnOutputIsTakenBackAndNamed() {
    Optimized strict = Optimize.standard().withTolerance(Tolerance.EXACT).apply(rounding());
    assertEquals(1, strict.refused().size());
    assertEquals("constants", strict.refused().getFirst().rule());
    assertTrue(strict.refused().getFirst().why().contains("\"y\""), strict.refused().toString());
    assertEquals(2, strict.after().operators().get("Mul"));
    assertEquals(1, Optimize.standard().apply(rounding()).after().operators().get("Mul"));
  }

  @Test
  void proofRefutesAnotherWeightAnotherShapeAndWhatDoesNotRun() {
    Model model = rounding();
    Proof proof =
        new Proof(model, new ProofInputs(model, 1).sets(), Optimize.TOLERANCE, Limits.standard());
    assertNull(proof.refute(model));
    Node product = model.graph().nodes().getLast();
    Model other =
        model.withGraph(
            model
                .graph()
                .withNodes(
                    List.of(
                        model.graph().nodes().getFirst(),
                        new Node("", "Add", product.inputs(), product.outputs(), List.of()))));
    assertNotNull(proof.refute(other));
    assertNotNull(proof.refute(model.withGraph(model.graph().withNodes(List.of(product)))));
  }

  @Test
  void whatRunsOnNothingIsRefused() {
    GraphBuilder g = new GraphBuilder("fails");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    g.output("y", g.node("Reshape", x, g.constant(Tensor.vector(77))), floats(77));
    InvalidInput refused =
        assertThrows(InvalidInput.class, () -> Optimize.standard().apply(g.model(17)));
    assertTrue(refused.getMessage().contains("nothing can be proven"), refused.getMessage());
  }

  @Test
  void rulesAreChosenByName() {
    Set<String> names = Optimize.ruleTable().keySet();
    Optimize.ruleTable().forEach((name, says) -> assertFalse(says.isEmpty(), name));
    assertTrue(names.containsAll(List.of("zero-states", "constants", "slices", "tied-weights")));
    assertThrows(IllegalArgumentException.class, () -> Optimize.standard().without(Set.of("x")));
    Optimized kept =
        Optimize.standard().without(Set.of("zero-states", "no-moves")).apply(frozen().model(17));
    assertEquals(1, kept.after().operators().get("Expand"));
    Optimized one = Optimize.standard().only(Set.of("dead")).apply(frozen().model(17));
    assertEquals(one.before().nodes(), one.after().nodes());
  }

  @Test
  void slicesBecomeOneSplit() {
    for (int opset : new int[] {9, 11, 13}) {
      GraphBuilder g = new GraphBuilder("slices");
      Ref x = g.input("x", DataType.FLOAT, "batch", 6);
      Ref[] parts = new Ref[3];
      for (int i = 0; i < 3; i++) {
        parts[i] =
            opset < 10
                ? g.call("Slice", x)
                    .with(Attribute.of("starts", new long[] {2L * i}))
                    .with(
                        Attribute.of("ends", new long[] {i == 2 ? Integer.MAX_VALUE : 2L * i + 2}))
                    .with(Attribute.of("axes", new long[] {1}))
                    .output()
                : g.node(
                    "Slice",
                    x,
                    g.constant(Tensor.vector(2L * i - (i == 0 ? 0 : 6))),
                    g.constant(Tensor.vector(i == 2 ? Long.MAX_VALUE : 2L * i + 2)),
                    g.constant(Tensor.vector(-1)));
      }
      g.output("y", g.node("Sub", g.node("Mul", parts[0], parts[1]), parts[2]), floats("batch", 2));
      Optimized result = Optimize.standard().apply(g.model(opset));
      assertEquals(Map.of("Split", 1, "Mul", 1, "Sub", 1), result.after().operators());
      assertEquals(List.of(), result.refused());
    }
  }

  @Test
  void slicesThatDoNotMakeUpTheWholeStay() {
    GraphBuilder g = new GraphBuilder("slices");
    Ref x = g.input("x", DataType.FLOAT, "batch", 6);
    Ref a =
        g.node(
            "Slice",
            x,
            g.constant(Tensor.vector(0)),
            g.constant(Tensor.vector(2)),
            g.constant(Tensor.vector(1)));
    Ref b =
        g.node(
            "Slice",
            x,
            g.constant(Tensor.vector(3)),
            g.constant(Tensor.vector(5)),
            g.constant(Tensor.vector(1)));
    g.output("y", g.node("Mul", a, b), floats("batch", 2));
    assertEquals(2, Optimize.standard().apply(g.model(17)).after().operators().get("Slice"));
  }

  /** The heads of an attention, whose shape is computed from the batch and the time. */
  @Test
  void computedShapesAreStated() {
    GraphBuilder g = new GraphBuilder("heads");
    Ref x = g.input("x", DataType.FLOAT, "time", "batch", 6);
    Ref shape = g.node("Shape", x);
    Ref zero = g.constant(Tensor.vector(0));
    Ref time = g.node("Unsqueeze", g.node("Gather", shape, g.constant(Tensor.scalar(0L))), zero);
    Ref heads =
        g.node(
            "Unsqueeze",
            g.node(
                "Mul",
                g.node("Gather", shape, g.constant(Tensor.scalar(1L))),
                g.constant(Tensor.scalar(2L))),
            zero);
    Ref all = g.call("Concat", time, heads, g.constant(Tensor.vector(3))).with("axis", 0).output();
    g.output("y", g.node("Reshape", x, all), floats("time", "?", 3));
    assertEquals(Map.of("Reshape", 1), Optimize.standard().apply(g.model(13)).after().operators());
  }

  @Test
  void lastStepIsReadFromTheState() {
    GraphBuilder g = new GraphBuilder("last");
    Ref x = g.input("x", DataType.FLOAT, "batch", "time", INPUT);
    Ref steps = g.call("Transpose", x).with(Attribute.of("perm", 1, 0, 2)).output();
    Ref y =
        g.call(
                "GRU",
                steps,
                g.constant("W", draw(1, 1, 3 * HIDDEN, INPUT)),
                g.constant("R", draw(2, 1, 3 * HIDDEN, HIDDEN)),
                g.constant("B", draw(3, 1, 6 * HIDDEN)))
            .with("hidden_size", HIDDEN)
            .with("linear_before_reset", 1)
            .output();
    Ref squeezed = g.node("Squeeze", y, g.constant(Tensor.vector(1)));
    Ref rows = g.call("Transpose", squeezed).with(Attribute.of("perm", 1, 0, 2)).output();
    Ref last = g.call("Gather", rows, g.constant(Tensor.scalar(-1L))).with("axis", 1).output();
    g.output("y", last, floats("batch", HIDDEN));
    Optimized result = Optimize.standard().apply(g.model(17));
    assertEquals(Map.of("GRU", 1, "Squeeze", 1, "Transpose", 1), result.after().operators());
    assertEquals(List.of(), result.refused());
  }

  @Test
  void embeddingIsStoredOnce() {
    GraphBuilder g = new GraphBuilder("tied");
    Ref ids = g.input("ids", DataType.INT64, "batch", "time");
    Tensor table = draw(5, 40, 16);
    Tensor transposed = Tensor.zeros(DataType.FLOAT, 16, 40);
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 16; j++) {
        transposed.floats()[j * 40 + i] = table.floats()[i * 16 + j];
      }
    }
    Ref x = g.node("Gather", g.constant("table", table), ids);
    g.output(
        "y",
        g.node("MatMul", g.node("Tanh", x), g.constant("out", transposed)),
        floats("batch", "time", 40));
    Optimized result = Optimize.standard().apply(g.model(17));
    assertEquals(2 * 40 * 16 * 4, result.before().weightBytes());
    assertEquals(40 * 16 * 4, result.after().weightBytes());
  }

  @Test
  void faultsOfExportersAreNamedAndRepairedOnRequest() {
    GraphBuilder g = new GraphBuilder("reset");
    Ref x = g.input("x", DataType.FLOAT, "time", "batch", INPUT);
    g.call(
            "GRU",
            x,
            g.constant("W", draw(1, 1, 3 * HIDDEN, INPUT)),
            g.constant("R", draw(2, 1, 3 * HIDDEN, HIDDEN)),
            g.constant("B", draw(3, 1, 6 * HIDDEN)))
        .with("hidden_size", HIDDEN)
        .output("y");
    g.output(new Ref("y"), floats("time", 1, "batch", HIDDEN));
    Model plain = g.model(17);
    Model model =
        new Model(
            8,
            plain.opsetImports(),
            "pytorch",
            "2.10",
            "",
            0,
            "",
            plain.graph(),
            List.of(),
            List.of(),
            List.of(),
            plain.extra());
    Optimized kept = Optimize.standard().apply(model);
    assertTrue(
        kept.warnings().stream().anyMatch(found -> found.rule().equals("trap-gru-reset")),
        kept.warnings().toString());
    assertNull(kept.model().graph().nodes().getFirst().attribute("linear_before_reset"));
    Optimized repaired = Optimize.standard().withRepairs(true).apply(model);
    assertEquals(1, repaired.repairs().size());
    assertNotNull(repaired.model().graph().nodes().getFirst().attribute("linear_before_reset"));
  }

  @Test
  void mixedTypesAreRepairedOnRequest() {
    GraphBuilder g = new GraphBuilder("mixed");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    Ref zero = g.constant(Tensor.of(new double[] {0}));
    Ref positive = g.node("Greater", x, g.constant(Tensor.scalar(0f)));
    g.output("y", g.node("Where", positive, x, zero), floats("batch", 2));
    Model model = g.model(17);
    InvalidModel invalid = assertThrows(InvalidModel.class, () -> Optimize.standard().apply(model));
    assertTrue(invalid.getMessage().contains("--repair"), invalid.getMessage());
    assertTrue(invalid.getMessage().contains("cast from DOUBLE to FLOAT"), invalid.getMessage());
    assertTrue(invalid.diagnostics().size() > 1);
    Optimized repaired = Optimize.standard().withRepairs(true).apply(model);
    assertEquals(1, repaired.repairs().size());
    assertEquals(Map.of("Greater", 1, "Where", 1), repaired.after().operators());
  }

  @Test
  void repairsThatDoNotHelpAreNotNamed() {
    GraphBuilder g = new GraphBuilder("broken");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    Ref mixed = g.node("Add", x, g.constant(Tensor.of(new double[] {0}, 1)));
    g.output("y", g.node("Mul", mixed, g.node("Where")), floats("batch", 2));
    InvalidModel invalid =
        assertThrows(InvalidModel.class, () -> Optimize.standard().apply(g.model(17)));
    assertFalse(invalid.getMessage().contains("--repair"), invalid.getMessage());
  }
}
