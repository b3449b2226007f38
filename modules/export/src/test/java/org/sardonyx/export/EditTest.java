package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

class EditTest {

  /** y = relu(x w) + 1 in a branch, else relu(x w) - 1. */
  private static Model model() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    Ref go = g.input("go", DataType.BOOL);
    Ref w = g.constant("w", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    Ref h = g.call("Relu", g.call("MatMul", x, w).output("product")).output("h");
    Ref one = g.constant("one", Tensor.scalar(1f));
    GraphBuilder yes = g.body("yes");
    yes.output(yes.call("Mul", yes.call("Add", h, one).output("sum"), one).output("up"), null);
    GraphBuilder no = g.body("no");
    no.output(no.call("Sub", h, one).output("down"), null);
    Ref y =
        g.call("If", go)
            .with("then_branch", yes.graph())
            .with("else_branch", no.graph())
            .output("y");
    g.output(y, Type.tensor(DataType.FLOAT, GraphBuilder.shape("batch", 2)));
    return g.model(21);
  }

  private static float[] run(Model model, String output, Map<String, Value> inputs)
      throws EngineFailed {
    return ((Tensor) Objects.requireNonNull(new NativeEngine().load(model).run(inputs).get(output)))
        .floats();
  }

  private static final Tensor X = Tensor.of(new float[] {1, -1}, 1, 2);

  private static List<String> names(List<ValueInfo> values) {
    return values.stream().map(ValueInfo::name).toList();
  }

  @Test
  void extractsFromTheMainGraph() throws EngineFailed {
    Model part = Extract.of(model(), List.of("product"), List.of("h"));
    assertEquals(List.of("product"), names(part.graph().inputs()));
    assertEquals(1, part.graph().nodes().size());
    assertEquals(0f, run(part, "h", Map.of("product", X))[1]);
    Model begin = Extract.of(model(), List.of(), List.of("h"));
    assertEquals(List.of("x"), names(begin.graph().inputs()));
    refused("the part needs \"x\"", () -> Extract.of(model(), List.of("go"), List.of("h")));
    refused("do not depend on \"go\"", () -> Extract.of(model(), List.of("x", "go"), List.of("h")));
    refused("no graph has", () -> Extract.of(model(), List.of(), List.of("none")));
  }

  @Test
  void extractsFromANestedGraphWithWhatItReads() throws EngineFailed {
    Model part = Extract.of(model(), List.of(), List.of("up"));
    assertEquals(List.of("h"), names(part.graph().inputs()));
    assertEquals(List.of("one"), part.graph().initializers().stream().map(t -> t.name()).toList());
    assertEquals(2f, run(part, "up", Map.of("h", X))[0]);
    refused("not in the graph", () -> Extract.of(model(), List.of(), List.of("up", "h")));
  }

  @Test
  void joinsAndLifts() throws EngineFailed {
    GraphBuilder g = new GraphBuilder("first");
    Ref x = g.input("x", DataType.FLOAT, "batch", 2);
    g.output(
        "h",
        g.call("Neg", x).output("product"),
        Type.tensor(DataType.FLOAT, GraphBuilder.shape("batch", 2)));
    Model first = g.model(17);
    Model joined = Join.of(first, model(), Map.of("h", "x"));
    assertEquals(21, joined.opsetImports().getFirst().version());
    assertEquals(List.of("x", "go"), names(joined.graph().inputs()));
    float[] direct =
        run(
            model(),
            "y",
            Map.of("x", Tensor.of(new float[] {-1, 1}, 1, 2), "go", Tensor.scalar(true)));
    float[] whole =
        run(
            joined,
            joined.graph().outputs().getFirst().name(),
            Map.of("x", X, "go", Tensor.scalar(true)));
    assertEquals(direct[0], whole[0]);
    assertEquals(direct[1], whole[1]);
    refused("no output \"q\"", () -> Join.of(first, model(), Map.of("q", "x")));
    refused("no input \"q\"", () -> Join.of(first, model(), Map.of("h", "q")));
  }

  @Test
  void namesFollowIntoNestedGraphs() throws EngineFailed {
    Model renamed = Edit.rename(model(), Map.of("h", "hidden", "x", "input", "y", "answer"));
    Map<String, Value> inputs = Map.of("input", X, "go", Tensor.scalar(false));
    assertEquals(-1f, run(renamed, "answer", inputs)[0]);
    Model prefixed = Edit.prefix(model(), "a/");
    assertEquals(List.of("x", "go"), names(prefixed.graph().inputs()));
    assertEquals(-1f, run(prefixed, "y", Map.of("x", X, "go", Tensor.scalar(false)))[0]);
    refused("no value \"q\"", () -> Edit.rename(model(), Map.of("q", "z")));
    refused("no new name", () -> Edit.rename(model(), Map.of("h", "x")));
    Model swapped = Edit.rename(model(), Map.of("h", "product", "product", "h"));
    assertEquals(-1f, run(swapped, "y", Map.of("x", X, "go", Tensor.scalar(false)))[0]);
  }

  @Test
  void tapsValues() throws EngineFailed {
    Model tapped = Edit.tap(model(), List.of("product"));
    assertEquals(List.of("y", "product"), names(tapped.graph().outputs()));
    assertEquals(-2f, run(tapped, "product", Map.of("x", X, "go", Tensor.scalar(false)))[0]);
    assertEquals(
        List.of("y", "product", "h"), names(Edit.tap(model(), List.of()).graph().outputs()));
    refused("gives \"x\"", () -> Edit.tap(model(), List.of("x")));
  }

  @Test
  void dimsBecomeFixedAndDynamic() {
    Model fixed = Edit.dims(model(), Map.of("batch", Dim.of(3)));
    assertEquals("float[3,2]", String.valueOf(fixed.graph().inputs().getFirst().type()));
    Model again = Edit.dims(fixed, Map.of("x.0", Dim.named("rows")));
    assertEquals("float[rows,2]", String.valueOf(again.graph().inputs().getFirst().type()));
    refused("no input has", () -> Edit.dims(model(), Map.of("time", Dim.of(3))));
    assertThrows(InvalidModel.class, () -> Edit.dims(model(), Map.of("x.1", Dim.of(3))));
  }

  @Test
  void frozenShapesAreNamed() {
    GraphBuilder g = new GraphBuilder("g");
    Ref x = g.input("x", DataType.FLOAT, 5, 2);
    Ref flat =
        g.call("Reshape", x, g.constant("shape", Tensor.vector(5, 2, 1))).named("flat").output();
    g.output("y", flat, Type.tensor(DataType.FLOAT));
    assertEquals(
        List.of("node \"flat\" (Reshape)"),
        Edit.frozen(g.model(21), Map.of("x.0", Dim.named("batch"))));
  }

  @Test
  void stripsAndReplacesWeights() throws EngineFailed {
    Model bare = Edit.strip(model(), 4);
    assertEquals(List.of("x", "go", "w"), names(bare.graph().inputs()));
    Model other = Edit.weights(model(), Map.of("w", Tensor.of(new float[] {0, 0, 0, 0}, 2, 2)));
    assertEquals(1f, run(other, "y", Map.of("x", X, "go", Tensor.scalar(true)))[0]);
    refused(
        "\"w\" is float[2,2], the weights given are float[4]",
        () -> Edit.weights(model(), Map.of("w", Tensor.of(new float[4], 4))));
    refused("no initializers [q]", () -> Edit.weights(model(), Map.of("q", Tensor.scalar(1f))));
  }

  private static void refused(String why, org.junit.jupiter.api.function.Executable edit) {
    ModelException e = assertThrows(InvalidInput.class, edit);
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }
}
