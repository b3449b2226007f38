package org.sardonyx.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class OnnxTextTest {

  private static final String WHOLE =
      """
      # comments may stand anywhere
      <
        ir_version: 10, opset_import: ["": 21, "my.ops": 1],
        producer_name: "by \\"hand\\"", producer_version: "1", domain: "d", model_version: 3,
        doc_string: "text", metadata_props: ["k": "v", "k2": ""]
      >
      agraph (float[N, 128] X, int64[2] I = {1, -2}, seq(float[]) S, "odd name")
          => (optional(map(string, float)) C)
      <
        float[2] w = {1, -2.5e-3}, float s = {inf}, float[N] T
      >
      {
        [first] T = MatMul(X, w)   # a name and one output
        ["second node"] a, , c = my.ops.Split:two <axis = -1, sizes: ints = [3, 4], empty: floats = []>(T,,"odd name")
        C = If (c) <
          then_branch = then () => (float y) { y = Constant <value = float {1}> () },
          else_branch: graph = other () => (float y) { y = Constant <value_float: float = 2> () }
        >
        = Sink ("")
      }
      <domain: "my.ops", overload: "two", opset_import: ["": 21]>
      Split <sizes, axis: int = 0, mode = "a\\\\b">(x, float[K] y) => (a, b, c)
      <float[K] t>
      {
        t = Neg(y)
        a = Relu <alpha: float = @axis> (t)
      }
      """;

  @Test
  void everyPartIsRead() {
    Model model = OnnxText.parse(WHOLE);
    assertEquals(10, model.irVersion());
    assertEquals(
        List.of(new OpsetImport("", 21), new OpsetImport("my.ops", 1)), model.opsetImports());
    assertEquals("by \"hand\"", model.producerName());
    assertEquals("1", model.producerVersion());
    assertEquals("d", model.domain());
    assertEquals(3, model.modelVersion());
    assertEquals("text", model.docString());
    assertEquals(List.of(new Entry("k", "v"), new Entry("k2", "")), model.metadata());

    Graph graph = model.graph();
    assertEquals("agraph", graph.name());
    assertEquals(
        List.of(
            new ValueInfo("X", Type.tensor(DataType.FLOAT, Shape.of(Dim.named("N"), Dim.of(128)))),
            new ValueInfo("I", Type.tensor(DataType.INT64, Shape.of(2))),
            new ValueInfo("S", new Type.OfSequence(Type.tensor(DataType.FLOAT))),
            new ValueInfo("odd name", null)),
        graph.inputs());
    assertEquals(
        new Type.OfOptional(
            new Type.OfMap(DataType.STRING, Type.tensor(DataType.FLOAT, Shape.SCALAR))),
        graph.outputs().getFirst().type());
    assertEquals(
        List.of(
            TensorData.of("I", Tensor.vector(1, -2)),
            TensorData.of("w", Tensor.of(new float[] {1, -2.5e-3f}, 2)),
            TensorData.of("s", Tensor.scalar(Float.POSITIVE_INFINITY))),
        graph.initializers());
    assertEquals(
        List.of(new ValueInfo("T", Type.tensor(DataType.FLOAT, Shape.of(Dim.named("N"))))),
        graph.valueInfo());

    assertEquals(
        new Node("first", "MatMul", List.of("X", "w"), List.of("T"), List.of()),
        graph.nodes().get(0));
    Node second = graph.nodes().get(1);
    assertEquals("second node", second.name());
    assertEquals("my.ops", second.domain());
    assertEquals("Split", second.opType());
    assertEquals("two", second.overload());
    assertEquals(List.of("T", "", "odd name"), second.inputs());
    assertEquals(List.of("a", "", "c"), second.outputs());
    assertEquals(
        List.of(
            Attribute.of("axis", -1),
            Attribute.of("sizes", 3, 4),
            new Attribute("empty", new Attribute.OfFloats(List.of()))),
        second.attributes());
    Attribute.OfGraph then =
        (Attribute.OfGraph) graph.nodes().get(2).attributes().getFirst().value();
    assertEquals(
        Attribute.of("value", TensorData.of("", Tensor.scalar(1f))),
        then.value().nodes().getFirst().attributes().getFirst());
    assertEquals(List.of(""), graph.nodes().get(3).inputs());
    assertEquals(List.of(), graph.nodes().get(3).outputs());

    Function function = model.functions().getFirst();
    assertEquals(List.of("x", "y"), function.inputs());
    assertEquals(List.of("a", "b", "c"), function.outputs());
    assertEquals(List.of("sizes"), function.attributes());
    assertEquals(
        List.of(Attribute.of("axis", 0), Attribute.of("mode", "a\\b")),
        function.attributeDefaults());
    assertEquals("two", function.overload());
    assertEquals(2, function.valueInfo().size());
    assertEquals(
        new Attribute("alpha", new Attribute.Reference("axis", Attribute.Kind.FLOAT)),
        function.nodes().get(1).attributes().getFirst());
  }

  @Test
  void aConstantInAnInputNeedsItsSize() {
    assertEquals(
        "line 1, column 4: a constant is a tensor whose dimensions are all numbers, not int64[?]",
        assertThrows(MalformedModel.class, () -> OnnxText.parse("g (int64[?] I = {1}) => () {}"))
            .getMessage());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Model model = OnnxText.parse(WHOLE);
    String text = OnnxText.print(model);
    assertEquals(model, OnnxText.parse(text));
    assertEquals(text, OnnxText.print(OnnxText.parse(text)));
  }

  @Test
  void aSmallModelLooksLikeThis() {
    String text =
        """
        <ir_version: 8, opset_import: ["": 17]>
        g (float[N, 2] x) => (float[N] y)
        <float[2] w = {0.5, -1.0E-10}>
        {
           [a] t = Mul (x, w)
           y = ReduceSum <keepdims: int = 0> (t, "")
        }
        """;
    assertEquals(text, OnnxText.print(OnnxText.parse(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "g () => () | line 1, column 11: expected '{' and found the end of the text",
        "g () = () {} | line 1, column 6: expected '=>' and found '='",
        "<ir_version 8> g () => () {} | line 1, column 13: expected ':' and found '8'",
        "<ir: 8> g () => () {} | line 1, column 2: expected a property of a model and found 'i'",
        "g (float[N x) => () {} | line 1, column 12: expected ']' and found 'x'",
        "g (flaot[N] x) => () {} | line 1, column 9: expected ')' and found '['",
        "g () => () <float[2] w = {1}> {} | line 1, column 26: float[2] needs 2 elements, not 1",
        "g () => () <float[1] w = {1, 2}> {} | line 1, column 26: float[1] needs 1 elements, and there are more",
        "g () => () <int8 w = {128}> {} | line 1, column 23: elements of int8 are written as -128 to 127",
        "g () => () <bool w = {2}> {} | line 1, column 23: elements of bool are written as 0 to 1",
        "g () => () <uint4[3] w = {1, 256}> {} | line 1, column 30: elements of uint4 are written as 0 to 255",
        "g () => () <float w = {1e39}> {} | line 1, column 24: the number does not fit into a float",
        "g () => () <float w = {'}> {} | line 1, column 24: expected a number or a string in quotes and found '''",
        "g () => () <int64 w = {9223372036854775808}> {} | line 1, column 24: the integer does not fit into 64 bits",
        "g () => () <float[-1] w = {}> {} | line 1, column 13: no tensor can have the shape [-1]",
        "g () => () {y = A <a = []> ()} | line 1, column 24: an empty list needs its kind before it, such as \": ints\"",
        "g () => () {y = A <a = [1, 2.5]> ()} | line 1, column 24: the values of a list are of one kind",
        "g () => () {y = A <a: ints = 1> ()} | line 1, column 30: expected ints and found int",
        "g () => () {y = A <a: number = 1> ()} | line 1, column 23: expected the kind of an attribute and found 'n'",
        "g () => () {y = A <a = 1.5e> ()} | line 1, column 28: expected the digits of an exponent and found '>'",
        "g () => () {y = (x)} | line 1, column 17: expected an operator and found '('",
        "g () => () {} 5 | line 1, column 15: expected the name of a function and found '5'",
      })
  void mistakesAreNamedWithLineAndColumn(String text, String message) {
    assertEquals(
        message, assertThrows(MalformedModel.class, () -> OnnxText.parse(text)).getMessage());
  }

  @Test
  void linesAreCounted() {
    String text = "g () => ()\n{\n  # a comment\n  y = \"open\n}";
    assertEquals(
        "line 4, column 7: the string has no closing quote",
        assertThrows(MalformedModel.class, () -> OnnxText.parse(text)).getMessage());
  }

  @Test
  void aClaimedSizeIsNotAllocated() {
    assertThrows(
        MalformedModel.class,
        () -> OnnxText.parse("g () => () <float[1000000, 1000000] w = {1, 2}> {}"));
  }

  @Test
  void nestingEnds() {
    String deep = "seq(".repeat(100_000);
    assertThrows(LimitExceeded.class, () -> OnnxText.parse("g (" + deep));
    String graphs = "{y = A <a = g () => () ".repeat(100_000);
    assertThrows(LimitExceeded.class, () -> OnnxText.parse("g () => () " + graphs));
  }

  @Test
  void elementsElsewhereAreRefused() {
    UnsupportedModel refusal =
        assertThrows(
            UnsupportedModel.class,
            () -> OnnxText.parse("g () => () <float[2] w = [\"location\": \"w.bin\"]> {}"));
    assertTrue(refusal.getMessage().startsWith("line 1, column 26: elements in another file"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float16[2] w = {15360, 65535}",
        "uint64[1] w = {18446744073709551615}",
        "uint32[1] w = {4294967295}",
        "int4[3] w = {33, 15}",
        "uint2[5] w = {228, 1}",
        "float8e4m3fn[1] w = {255}",
        "complex64[1] w = {1.0, -2.0}",
        "double[2] w = {1.0E300, nan}",
        "string[2] w = {\"a\\\"b\\\\\", \"\n\"}",
        "float[0, 3] w = {}",
        "int8[2] w = {-128, 127}",
        "bool[2] w = {1, 0}",
      })
  void elementsComeBack(String constant) {
    String text =
        "<ir_version: 10, opset_import: [\"\": 21]>\ng () => ()\n<" + constant + ">\n{\n}\n";
    assertEquals(text, OnnxText.print(OnnxText.parse(text)));
  }

  @Test
  void namesThatAreNoWordsAreQuoted() {
    Node node =
        new Node(
            "1/a",
            "pkg.torch.2.3.0",
            "aten::lstm",
            List.of("float", "x y"),
            List.of("out\"put"),
            List.of(Attribute.of("my attribute", 1f)));
    Model model =
        new Model(
            10,
            List.of(),
            new Graph(
                "main graph",
                List.of(node),
                List.of(new ValueInfo("float", null), new ValueInfo("seq", null)),
                List.of(new ValueInfo("o", new Type.Opaque("a.b", "c.d"))),
                List.of()));
    assertEquals(model, OnnxText.parse(OnnxText.print(model)));
  }

  @Test
  void whatHasNoWordsIsCountedOrRefused() {
    Model model = OnnxText.parse("g () => () {y = A <a = \"b\"> ()}");
    Node node = model.graph().nodes().getFirst();
    Node documented =
        new Node(
            "",
            "",
            "A",
            "",
            List.of(),
            List.of("y"),
            node.attributes(),
            "what it does",
            List.of(new Entry("k", "v")),
            node.extra());
    String text = OnnxText.print(model.withGraph(model.graph().withNodes(List.of(documented))));
    assertTrue(
        text.startsWith("# left out: free text, 1 times\n# left out: metadata, 1 times\n<"), text);
    assertEquals(Bare.of(model), OnnxText.parse(text));

    Attribute.OfString bytes = new Attribute.OfString(Bytes.of(new byte[] {(byte) 0xFF}));
    Node binary = node.withAttributes(List.of(new Attribute("a", bytes)));
    assertThrows(
        UnsupportedModel.class,
        () -> OnnxText.print(model.withGraph(model.graph().withNodes(List.of(binary)))));
  }
}
