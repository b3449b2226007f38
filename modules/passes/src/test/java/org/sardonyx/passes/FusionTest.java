package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.tensor.DataType.FLOAT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.tensor.Tensor;

/** Rules that write several nodes as one, and what they must leave alone. */
class FusionTest {

  private static List<String> operators(Model model) {
    Model result = Simplify.of(Models.OPERATORS).apply(model).model();
    var found = Check.of(Models.OPERATORS).check(result);
    assertTrue(found.stream().noneMatch(d -> d.severity() == Severity.ERROR), found::toString);
    var again = Simplify.of(Models.OPERATORS).apply(result);
    assertFalse(again.changed(), () -> again.counts().toString());
    return result.graph().nodes().stream().map(Node::opType).toList();
  }

  private static Tensor ones(int... shape) {
    Tensor tensor = Tensor.zeros(FLOAT, shape);
    Arrays.fill(tensor.floats(), 1);
    return tensor;
  }

  private static Models layerNorm(String square, int parameters, long axis) {
    return Models.named("g")
        .input("x", FLOAT, "n", 6)
        .constant("two", Tensor.scalar(2f))
        .constant("epsilon", Tensor.scalar(1e-6f))
        .constant("scale", ones(parameters))
        .constant("bias", Tensor.zeros(FLOAT, parameters))
        .node("ReduceMean", "x -> mean", Attribute.of("axes", new long[] {axis}))
        .node("Sub", "x mean -> d")
        .node(square.split(":", 2)[0], "d " + square.split(":", 2)[1] + " -> s")
        .node("ReduceMean", "s -> v", Attribute.of("axes", new long[] {axis}))
        .node("Add", "v epsilon -> ve")
        .node("Sqrt", "ve -> r")
        .node("Div", "d r -> z")
        .node("Mul", "z scale -> zs")
        .node("Add", "zs bias -> y")
        .output("y", FLOAT, "n", 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Pow:two", "Mul:d"})
  void layerNormalization(String square) {
    assertEquals(List.of("LayerNormalization"), operators(layerNorm(square, 6, -1).model(8, 17)));
    assertEquals(List.of("LayerNormalization"), operators(layerNorm(square, 6, 1).model(8, 17)));
  }

  private static Models rmsNorm(String inverse, int parameters) {
    return Models.named("g")
        .input("x", FLOAT, "n", 6)
        .constant("one", Tensor.scalar(1f))
        .constant("two", Tensor.scalar(2f))
        .constant("epsilon", Tensor.scalar(1e-6f))
        .constant("scale", Tensor.of(new float[parameters], parameters))
        .node("Pow", "x two -> s")
        .node("ReduceMean", "s -> v", Attribute.of("axes", new long[] {-1}))
        .node("Add", "v epsilon -> ve")
        .node("Sqrt", "ve -> r")
        .node(inverse.split(":", 2)[0], inverse.split(":", 2)[1])
        .node(
            inverse.startsWith("Div:x") ? "Identity" : "Mul",
            inverse.startsWith("Div:x") ? "i -> z" : "x i -> z")
        .node("Mul", "scale z -> y")
        .output("y", FLOAT, "n", 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Div:one r -> i", "Reciprocal:r -> i", "Div:x r -> i"})
  void rmsNormalization(String inverse) {
    Model older = rmsNorm(inverse, 6).model(8, 17);
    assertFalse(operators(older).contains("SimplifiedLayerNormalization"));
    List<OpsetImport> imports = new ArrayList<>(older.opsetImports());
    imports.add(new OpsetImport("com.microsoft", 1));
    Model beside = older.withOpsetImports(imports);
    assertEquals(List.of("SimplifiedLayerNormalization"), operators(beside));
    List<OpsetImport> newer = List.of(new OpsetImport("", 17), new OpsetImport("com.microsoft", 1));
    Model wide = rmsNorm(inverse, 1).model(8, 17).withOpsetImports(newer);
    assertFalse(operators(wide).contains("SimplifiedLayerNormalization"));
  }

  @Test
  void layerNormalizationKeepsEpsilon() {
    Model model = layerNorm("Pow:two", 6, -1).model(8, 17);
    Node node = Simplify.of(Models.OPERATORS).apply(model).model().graph().nodes().getFirst();
    assertEquals(Attribute.of("epsilon", 1e-6f), node.attribute("epsilon"));
    assertEquals(List.of("x", "scale", "bias"), node.inputs());
  }

  @ParameterizedTest
  @CsvSource({
    "Pow:two, 6, 0, 17",
    "Pow:epsilon, 6, -1, 17",
    "Mul:x, 6, -1, 17",
    "Pow:two, 6, -1, 16"
  })
  void whatIsNoLayerNormalizationStays(String square, int parameters, long axis, int opset) {
    assertEquals(9, operators(layerNorm(square, parameters, axis).model(8, opset)).size());
  }

  @Test
  void aLayerNormalizationWhoseInsideIsSeenStays() {
    Models models = layerNorm("Pow:two", 6, -1).output("z", FLOAT, "n", 6);
    assertEquals(9, operators(models.model(8, 17)).size());
  }

  private static Models gelu(String half, float number) {
    Models models =
        Models.named("g")
            .input("x", FLOAT, "n", 6)
            .constant("root", Tensor.scalar(number))
            .constant("one", Tensor.scalar(1f))
            .constant("half", Tensor.scalar(0.5f))
            .node("Div", "x root -> u")
            .node("Erf", "u -> e")
            .node("Add", "e one -> a");
    return switch (half) {
      case "before" -> models.node("Mul", "x half -> h").node("Mul", "h a -> y");
      case "after" -> models.node("Mul", "x a -> p").node("Mul", "p half -> y");
      default -> models.node("Mul", "half a -> p").node("Mul", "p x -> y");
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after", "inside"})
  void geluByErf(String half) {
    Models models = gelu(half, (float) Math.sqrt(2)).output("y", FLOAT, "n", 6);
    assertEquals(List.of("Gelu"), operators(models.model(9, 20)));
    assertEquals(5, operators(models.model(8, 19)).size());
  }

  @Test
  void whatIsNoGeluStays() {
    assertEquals(5, operators(gelu("after", 1.5f).output("y", FLOAT, "n", 6).model(9, 20)).size());
    Models seen =
        gelu("after", (float) Math.sqrt(2)).output("y", FLOAT, "n", 6).output("a", FLOAT, "n", 6);
    assertEquals(5, operators(seen.model(9, 20)).size());
  }

  @ParameterizedTest
  @CsvSource({"0.7978846, 0.044715, true", "0.8, 0.044715, false", "0.7978846, 0.05, false"})
  void geluByTanh(float outer, float inner, boolean fused) {
    Models models =
        Models.named("g")
            .input("x", FLOAT, "n", 6)
            .constant("three", Tensor.scalar(3f))
            .constant("inner", Tensor.scalar(inner))
            .constant("outer", Tensor.scalar(outer))
            .constant("one", Tensor.scalar(1f))
            .constant("half", Tensor.scalar(0.5f))
            .node("Pow", "x three -> c")
            .node("Mul", "inner c -> i")
            .node("Add", "x i -> s")
            .node("Mul", "s outer -> u")
            .node("Tanh", "u -> t")
            .node("Add", "one t -> a")
            .node("Mul", "x half -> h")
            .node("Mul", "h a -> y")
            .output("y", FLOAT, "n", 6);
    assertEquals(fused ? 1 : 8, operators(models.model(9, 20)).size());
  }

  private static Models convolution(String operator, Tensor weights, int channels) {
    return Models.named("g")
        .input("x", FLOAT, 1, 4, 5)
        .constant("w", weights)
        .constant("scale", ones(channels))
        .constant("shift", ones(channels))
        .constant("mean", ones(channels))
        .constant("var", ones(channels))
        .node(operator, "x w -> c", Attribute.of("group", 2L))
        .node("BatchNormalization", "c scale shift mean var -> y")
        .output("y", FLOAT, 1, channels, "l");
  }

  @Test
  void batchNormalizationGoesIntoWeights() {
    assertEquals(List.of("Conv"), operators(convolution("Conv", ones(6, 2, 3), 6).model(8, 15)));
    assertEquals(
        List.of("ConvTranspose"),
        operators(convolution("ConvTranspose", ones(4, 3, 3), 6).model(8, 15)));
  }

  @Test
  void batchNormalizationOfWhatIsSeenStays() {
    Models models = convolution("Conv", ones(6, 2, 3), 6).output("c", FLOAT, 1, 6, "l");
    assertEquals(List.of("Conv", "BatchNormalization"), operators(models.model(8, 15)));
  }

  private static Models reshaped(String from, String... dims) {
    Models models =
        Models.named("g")
            .input("x", FLOAT, "batch", "time", 12)
            .constant("i0", Tensor.vector(0))
            .constant("i1", Tensor.vector(1))
            .constant("four", Tensor.vector(4))
            .constant("rest", Tensor.vector(-1))
            .node("Shape", "x -> s")
            .node("Gather", "s i0 -> b", Attribute.of("axis", 0L))
            .node("Gather", "s i1 -> t", Attribute.of("axis", 0L));
    return models
        .node("Concat", String.join(" ", dims) + " -> to", Attribute.of("axis", 0L))
        .node("Reshape", from + " to -> y")
        .output("y", FLOAT, Collections.nCopies(dims.length, "?").toArray());
  }

  @Test
  void shapesThatSayNoMoreThanTheInputAreStated() {
    assertEquals(List.of("Reshape"), operators(reshaped("x", "b", "t", "four", "rest").model()));
    assertEquals(List.of("Reshape"), operators(reshaped("x", "b", "rest").model()));
    // With no number of the batch beside it, -1 is what is left of an empty batch too.
    assertEquals(List.of("Reshape"), operators(reshaped("x", "four", "rest").model()));
  }

  @Test
  void shapesOfWhichAnEmptyBatchCouldNotBeReshapedStay() {
    assertTrue(operators(reshaped("x", "b", "four", "t").model()).size() > 1);
    assertTrue(operators(reshaped("x", "t", "b", "rest").model()).size() > 1);
  }
}
