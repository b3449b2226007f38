package org.sardonyx.conformance.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.sardonyx.conformance.gradient.GradientExamples.Example;
import org.sardonyx.convert.Differentiate;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Simplify;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Derivatives against central differences, in double, of sums with weights drawn at random. */
class GradientTest {

  private static final String TRAINING = "ai.onnx.preview.training";
  private static final double STEP = 1e-5;

  @TestFactory
  Stream<DynamicTest> agreesWithDifferences() {
    return GradientExamples.examples().stream()
        .map(example -> DynamicTest.dynamicTest(example.name(), () -> check(example)));
  }

  private static Ref longs(GraphBuilder g, long... values) {
    return g.constant(Tensor.vector(values));
  }

  static Model model(Example example, double[] weights, boolean withGradient) {
    GraphBuilder g = new GraphBuilder("example");
    List<Ref> x = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < example.shapes().length; i++) {
      int[] shape = example.shapes()[i];
      x.add(g.input("x" + i, Tensor.zeros(DataType.DOUBLE, shape).type()));
      names.add("x" + i);
    }
    Ref y = example.function().apply(g, x);
    Ref flat = g.node("Reshape", y, longs(g, -1));
    Ref loss = g.node("MatMul", flat, g.constant(Tensor.of(weights, weights.length)));
    g.output("loss", loss, Type.tensor(DataType.DOUBLE, Shape.SCALAR));
    if (withGradient) {
      List<Ref> gradients =
          g.callOf(TRAINING, "Gradient", x.toArray(Ref[]::new))
              .with(new Attribute("xs", Attribute.OfStrings.of(names)))
              .with("y", loss.name())
              .outputs(x.size());
      for (int i = 0; i < x.size(); i++) {
        Shape shape = Shape.of(example.shapes()[i]);
        g.output("d" + i, gradients.get(i), Type.tensor(DataType.DOUBLE, shape));
      }
    }
    return g.model(new OpsetImport("", 21), new OpsetImport(TRAINING, 1));
  }

  static Session compiled(Model model) {
    return Session.compile(Differentiate.of(Operators.standard()).apply(model));
  }

  private static double loss(Session session, Map<String, Value> inputs) {
    return ((Tensor) session.run(inputs).get("loss")).getDouble(0);
  }

  /** Draws the inputs of an example. */
  static Map<String, Value> inputs(Example example, Random random) {
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (int i = 0; i < example.shapes().length; i++) {
      Tensor x = Tensor.zeros(DataType.DOUBLE, example.shapes()[i]);
      for (int k = 0; k < x.size(); k++) {
        x.setDouble(k, example.low() + random.nextDouble() * (2 - example.low()));
      }
      inputs.put("x" + i, x);
    }
    return inputs;
  }

  /** How many elements the result of an example has. */
  static int size(Example example, Map<String, Value> inputs) {
    GraphBuilder probe = new GraphBuilder("probe");
    List<Ref> x = new ArrayList<>();
    inputs.forEach((name, value) -> x.add(probe.input(name, value.type())));
    probe.output("y", example.function().apply(probe, x), Type.tensor(DataType.DOUBLE));
    return ((Tensor) compiled(probe.model(21)).run(inputs).get("y")).size();
  }

  private static void check(Example example) {
    Random random = new Random(Long.getLong("seed", 11) + example.name().hashCode());
    Map<String, Value> inputs = inputs(example, random);
    double[] weights = random.doubles(size(example, inputs), 0.5, 1.5).toArray();
    Session forward = compiled(model(example, weights, false));
    Model differentiated = model(example, weights, true);
    assertEquals(List.of(), Check.of(Operators.standard()).check(differentiated));
    Map<String, Value> found = compiled(differentiated).run(inputs);
    for (int i = 0; i < inputs.size(); i++) {
      Tensor derivative = (Tensor) found.get("d" + i);
      Tensor at = (Tensor) inputs.get("x" + i);
      assertArrayEquals(at.shape(), derivative.shape());
      for (int k = 0; k < at.size(); k++) {
        double value = at.getDouble(k);
        at.setDouble(k, value + STEP);
        double above = loss(forward, inputs);
        at.setDouble(k, value - STEP);
        double below = loss(forward, inputs);
        at.setDouble(k, value);
        double difference = (above - below) / (2 * STEP);
        assertEquals(
            difference,
            derivative.getDouble(k),
            1e-7 * (1 + Math.abs(difference)),
            "input " + i + ", element " + k);
      }
    }
    Model written = Differentiate.of(Operators.standard()).apply(differentiated);
    assertEquals(List.of(), Check.of(Operators.standard()).check(written));
    assertEquals(
        found,
        Session.compile(Simplify.of(Operators.standard()).apply(written).model()).run(inputs));
  }

  private static Value scalar(float value) {
    return Tensor.scalar(value);
  }

  private static Ref gradient(GraphBuilder g, Ref y, Ref... xs) {
    return g.callOf(TRAINING, "Gradient", xs)
        .with(
            new Attribute("xs", Attribute.OfStrings.of(Arrays.stream(xs).map(Ref::name).toList())))
        .with("y", y.name())
        .output();
  }

  /** c = a + b, d = a c: under opset 12 the derivatives are 2 a + b and a. */
  @Test
  void sumAndProductOfScalars() {
    GraphBuilder g = new GraphBuilder("scalars");
    Ref a = g.input("a", DataType.FLOAT);
    Ref b = g.input("b", DataType.FLOAT);
    Ref d = g.node("Mul", a, g.node("Add", a, b));
    List<Ref> both =
        g.callOf(TRAINING, "Gradient", a, b)
            .with(new Attribute("xs", Attribute.OfStrings.of(List.of("a", "b"))))
            .with("y", d.name())
            .outputs("da", "db");
    g.output("d", d, Type.tensor(DataType.FLOAT));
    both.forEach(value -> g.output(value, Type.tensor(DataType.FLOAT)));
    Session session = compiled(g.model(new OpsetImport("", 12), new OpsetImport(TRAINING, 1)));
    Map<String, Value> out = session.run(Map.of("a", scalar(3), "b", scalar(4)));
    assertEquals(List.of("d", "da", "db"), List.copyOf(out.keySet()));
    assertEquals(scalar(21), out.get("d"));
    assertEquals(scalar(10), out.get("da"));
    assertEquals(scalar(3), out.get("db"));
  }

  /** The third power, its derivative, and the derivative of that. */
  @Test
  void derivativesOfDerivatives() {
    GraphBuilder g = new GraphBuilder("second");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref y = g.node("Mul", x, g.node("Mul", x, x));
    Ref first = gradient(g, y, x);
    g.output("first", first, Type.tensor(DataType.FLOAT));
    g.output("second", gradient(g, first, x), Type.tensor(DataType.FLOAT));
    Session session = compiled(g.model(new OpsetImport("", 18), new OpsetImport(TRAINING, 1)));
    Map<String, Value> out = session.run(Map.of("x", Tensor.of(new float[] {2, -1}, 2)));
    assertEquals(Tensor.of(new float[] {12, 3}, 2), out.get("first"));
    assertEquals(Tensor.of(new float[] {12, -6}, 2), out.get("second"));
  }

  /** The inputs are other values than those that are named, and one of them is no number. */
  @Test
  void elsewhereAndByInnerValues() {
    GraphBuilder g = new GraphBuilder("elsewhere");
    Ref x = g.input("x", DataType.FLOAT, 1, 3);
    Ref at = g.input("at", DataType.FLOAT, 1, 3);
    Ref shape = g.input("shape", DataType.INT64, 1);
    Ref h = g.call("Exp", x).output("h");
    Ref y = g.node("Reshape", g.node("Mul", h, h), shape);
    Ref derivative =
        g.callOf(TRAINING, "Gradient", at, shape)
            .with(new Attribute("xs", Attribute.OfStrings.of(List.of("h"))))
            .with(new Attribute("zs", Attribute.OfStrings.of(List.of("shape"))))
            .with("y", y.name())
            .output();
    g.output("y", y, Type.tensor(DataType.FLOAT));
    g.output("dh", derivative, Type.tensor(DataType.FLOAT));
    Session session = compiled(g.model(new OpsetImport("", 21), new OpsetImport(TRAINING, 1)));
    Map<String, Value> out =
        session.run(
            Map.of(
                "x", Tensor.of(new float[3], 1, 3),
                "at", Tensor.of(new float[] {1, 2, 3}, 1, 3),
                "shape", Tensor.vector(3)));
    assertEquals(Tensor.of(new float[] {1, 1, 1}, 3), out.get("y"));
    assertEquals(Tensor.of(new float[] {2, 4, 6}, 1, 3), out.get("dh"));
  }

  @Test
  void whatHasNoEffectHasTheDerivativeZero() {
    GraphBuilder g = new GraphBuilder("zero");
    Ref x = g.input("x", DataType.FLOAT, 2);
    Ref z = g.input("z", DataType.FLOAT, "n");
    Ref y = g.node("Add", g.node("Floor", x), g.node("Exp", x));
    List<Ref> both =
        g.callOf(TRAINING, "Gradient", x, z)
            .with(new Attribute("xs", Attribute.OfStrings.of(List.of("x", "z"))))
            .with("y", y.name())
            .outputs("dx", "dz");
    both.forEach(value -> g.output(value, Type.tensor(DataType.FLOAT)));
    Session session = compiled(g.model(new OpsetImport("", 21), new OpsetImport(TRAINING, 1)));
    Map<String, Value> out =
        session.run(Map.of("x", Tensor.of(new float[2], 2), "z", Tensor.of(new float[3], 3)));
    assertEquals(Tensor.of(new float[] {1, 1}, 2), out.get("dx"));
    assertEquals(Tensor.of(new float[3], 3), out.get("dz"));
  }

  @Test
  void whatCannotBeDifferentiatedIsNamed() {
    GraphBuilder g = new GraphBuilder("refused");
    Ref x = g.input("x", DataType.FLOAT, 2, 2);
    Ref y = g.node("Det", x);
    g.output("dx", gradient(g, y, x), Type.tensor(DataType.FLOAT));
    Model model = g.model(new OpsetImport("", 21), new OpsetImport(TRAINING, 1));
    String message = assertThrows(UnsupportedModel.class, () -> compiled(model)).getMessage();
    assertTrue(message.contains("Det"), message);
    GraphBuilder lacking = new GraphBuilder("lacking");
    Ref a = lacking.input("a", DataType.FLOAT, 2);
    Ref missing = new Ref("missing");
    lacking.output("da", gradient(lacking, missing, a), Type.tensor(DataType.FLOAT));
    Model broken = lacking.model(new OpsetImport("", 21), new OpsetImport(TRAINING, 1));
    assertThrows(InvalidModel.class, () -> compiled(broken));
  }
}
