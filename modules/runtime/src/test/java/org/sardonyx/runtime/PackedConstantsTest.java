package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.runtime.Models.FLOAT;
import static org.sardonyx.runtime.Models.waves;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Weights that an operator has packed are in memory once. */
class PackedConstantsTest {

  private static final List<OpsetImport> IMPORTS =
      List.of(new OpsetImport("", Models.OPSET), new OpsetImport("com.microsoft", 1));

  /** A node whose input x varies and whose others are constants; "W" names what is to be packed. */
  private static Model model(
      String domain, String op, Type x, List<String> inputs, Map<String, Tensor> constants) {
    List<Attribute> attributes =
        switch (op) {
          case "LSTM" -> List.of(Attribute.of("hidden_size", 4L));
          case "Gemm", "FusedGemm" -> List.of(Attribute.of("transB", 1L));
          case "Attention" -> List.of(Attribute.of("num_heads", 1L));
          default -> List.of();
        };
    Node node = new Node("", domain, op, inputs, List.of("y"), attributes);
    List<TensorData> initializers =
        constants.entrySet().stream().map(e -> TensorData.of(e.getKey(), e.getValue())).toList();
    Type y = op.endsWith("Integer") ? Type.tensor(DataType.INT32) : x;
    return new Model(
        10,
        IMPORTS,
        new Graph(
            "g",
            List.of(node),
            List.of(new ValueInfo("x", x)),
            List.of(new ValueInfo("y", y)),
            initializers));
  }

  private static Tensor bytes(int... shape) {
    Tensor tensor = Tensor.zeros(DataType.UINT8, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.setLong(i, (37 * i + 5) % 251);
    }
    return tensor;
  }

  private static Tensor narrow(int... shape) {
    return Tensor.fromFloats(DataType.FLOAT16, waves(shape).floats(), shape);
  }

  static Stream<Arguments> packing() {
    Tensor scale = Tensor.scalar(0.5f);
    Tensor zero = Tensor.of(DataType.UINT8, new byte[] {3});
    Type half = Type.tensor(DataType.FLOAT16);
    Type octet = Type.tensor(DataType.UINT8);
    List<String> xw = List.of("x", "W");
    Map<String, Tensor> square = Map.of("W", waves(3, 3));
    return Stream.of(
        Arguments.of(model("", "MatMul", FLOAT, xw, square), waves(2, 3)),
        Arguments.of(model("", "MatMul", half, xw, Map.of("W", narrow(3, 3))), narrow(2, 3)),
        Arguments.of(model("", "Gemm", FLOAT, xw, square), waves(2, 3)),
        Arguments.of(model("", "Conv", half, xw, Map.of("W", narrow(2, 3, 2))), narrow(1, 3, 5)),
        Arguments.of(model("com.microsoft", "FusedMatMul", FLOAT, xw, square), waves(2, 3)),
        Arguments.of(model("com.microsoft", "FusedGemm", FLOAT, xw, square), waves(2, 3)),
        Arguments.of(
            model("com.microsoft", "Attention", FLOAT, xw, Map.of("W", waves(3, 9))),
            waves(1, 2, 3)),
        Arguments.of(
            model(
                "com.microsoft",
                "DynamicQuantizeMatMul",
                FLOAT,
                List.of("x", "W", "scale"),
                Map.of("W", bytes(3, 3), "scale", scale)),
            waves(2, 3)),
        Arguments.of(model("", "MatMulInteger", octet, xw, Map.of("W", bytes(3, 3))), bytes(2, 3)),
        Arguments.of(
            model("", "ConvInteger", octet, xw, Map.of("W", bytes(2, 3, 2))), bytes(1, 3, 5)),
        Arguments.of(
            model(
                "",
                "QLinearConv",
                octet,
                List.of("x", "scale", "zero", "W", "scale", "zero", "scale", "zero"),
                Map.of("W", bytes(2, 3, 2), "scale", scale, "zero", zero)),
            bytes(1, 3, 5)),
        Arguments.of(
            model(
                "",
                "LSTM",
                FLOAT,
                List.of("x", "W", "R"),
                Map.of("W", waves(1, 16, 3), "R", waves(1, 16, 4))),
            waves(2, 1, 3)));
  }

  @ParameterizedTest
  @MethodSource("packing")
  void thePlanForgetsThem(Model model, Tensor x) {
    Object weights = weights(model);
    Plan plan =
        new Compiler(model, Operators.standard(), SessionOptions.standard().withStrictInputs(true))
            .compile(List.of("x"), List.of("y"));

    assertEquals(1, plan.steps().size());
    assertFalse(plan.constantArrays().contains(weights));
    assertTrue(
        Arrays.stream(plan.initial())
            .noneMatch(value -> value instanceof Tensor tensor && tensor.array() == weights));
  }

  @ParameterizedTest
  @MethodSource("packing")
  void theyStillGiveWhatUnpackedOnesGive(Model model, Tensor x) {
    Value packed = Models.strict(model).run(Map.of("x", x)).get("y");
    // As inputs the weights change from run to run, and nothing can be packed.
    Graph graph = model.graph();
    List<ValueInfo> inputs =
        Stream.concat(
                graph.inputs().stream(),
                graph.initializers().stream().map(data -> new ValueInfo(data.name(), data.type())))
            .toList();
    Map<String, Value> all = new java.util.HashMap<>(Map.of("x", x));
    graph.initializers().forEach(data -> all.put(data.name(), data.load()));
    Model open = model.withGraph(graph.withInputs(inputs).withInitializers(List.of()));
    assertEquals(Models.strict(open).run(all).get("y"), packed);
  }

  @ParameterizedTest
  @MethodSource("packing")
  void inputsOfAnotherShapeAreRefusedWithoutThem(Model model, Tensor x) {
    Tensor wrong = Tensor.zeros(x.dataType(), 2, 7, 5, 3, 2, 2);
    org.sardonyx.error.ModelException e =
        assertThrows(
            org.sardonyx.error.ModelException.class,
            () -> Session.compile(model).run(Map.of("x", wrong)));
    assertTrue(e.getMessage().contains("2,7,5,3,2,2"), e.getMessage());
  }

  @Test
  void theirTypesAreStillCompared() {
    GraphBuilder g = new GraphBuilder("mixed");
    var x = g.input("x", DataType.DOUBLE, 2, 3);
    g.output("y", g.node("MatMul", x, g.constant("W", waves(3, 3))), FLOAT);
    InvalidModel e =
        assertThrows(
            InvalidModel.class,
            () ->
                Session.compile(g.model(Models.OPSET))
                    .run(Map.of("x", Tensor.of(new double[6], 2, 3))));
    assertTrue(
        e.getMessage()
            .contains(
                "input 0 (A) is tensor(double), but another input of type T is tensor(float)"),
        e.getMessage());
  }

  private static Object weights(Model model) {
    return model.graph().initializers().stream()
        .filter(data -> data.name().equals("W"))
        .findFirst()
        .orElseThrow()
        .load()
        .array();
  }
}
