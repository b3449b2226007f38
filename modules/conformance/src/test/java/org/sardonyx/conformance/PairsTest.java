package org.sardonyx.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.text.OnnxText;

/** Products of 8 bits as processors without VNNI compute them, on any processor. */
class PairsTest {

  private static Value run(String text, Map<String, Value> inputs, String output)
      throws EngineFailed {
    try (Engine.Loaded loaded =
        new ArbiterEngine().asOnnxRuntimeReads(true).load(OnnxText.parse(text))) {
      Value found = loaded.run(inputs).get(output);
      assertNotNull(found);
      return found;
    }
  }

  /** 200 * 100 + 200 * 100 does not fit into 16 bits, 200 * 100 - 200 * 100 and a single one do. */
  @Test
  void neighboursSaturate() throws EngineFailed {
    String model =
        """
        <ir_version: 8, opset_import: ["": 13]>
        g (uint8[1, 3] a, int8[3, 3] b, uint8 z) => (int32[1, 3] y) { y = MatMulInteger (a, b, z) }
        """;
    long[] b = {100, 100, 0, 100, -100, 100, 100, 100, 100};
    Map<String, Value> inputs =
        Map.of(
            "a", Tensor.fromLongs(DataType.UINT8, new long[] {200, 200, 200}, 1, 3),
            "b", Tensor.fromLongs(DataType.INT8, b, 3, 3),
            "z", Tensor.fromLongs(DataType.UINT8, new long[] {0}));
    Tensor y = (Tensor) run(model, inputs, "y");
    assertArrayEquals(new int[] {32767 + 20000, 20000, 40000}, y.ints());
    // What the zero point takes off is not in the pairs.
    Map<String, Value> shifted = new HashMap<>(inputs);
    shifted.put("z", Tensor.fromLongs(DataType.UINT8, new long[] {10}));
    Tensor z = (Tensor) run(model, shifted, "y");
    assertEquals(32767 + 20000 - 10 * 300, z.ints()[0]);
  }

  @Test
  void productsOfTwoSignsAloneSaturate() throws EngineFailed {
    String model =
        """
        <ir_version: 8, opset_import: ["": 13]>
        g (uint8[1, 2] a, uint8[2, 1] b) => (int32[1, 1] y) { y = MatMulInteger (a, b) }
        """;
    Tensor a = Tensor.fromLongs(DataType.UINT8, new long[] {255, 255}, 1, 2);
    Tensor y = (Tensor) run(model, Map.of("a", a, "b", a.reshaped(2, 1)), "y");
    assertArrayEquals(new int[] {2 * 255 * 255}, y.ints());
  }

  @Test
  void whatIsDequantizedIsMultipliedAsIntegers() {
    String head = "<ir_version: 8, opset_import: [\"\": 13]>\n";
    String constants =
        " <int8[2, 1] w = {127, 127}, float s = {1}, float t = {300}, uint8 z = {0}, int8 n = {0}> ";
    Model quantized =
        OnnxText.parse(
            head
                + "g (uint8[1, 2] x) => (uint8[1, 1] y)"
                + constants
                + "{ a = DequantizeLinear (x, s, z)  b = DequantizeLinear (w, s, n)"
                + " m = MatMul (a, b)  y = QuantizeLinear (m, t, z) }");
    assertEquals("QLinearMatMul", last(FusedQuantization.of(quantized)).opType());
    assertEquals(
        List.of("x", "s", "z", "w", "s", "n", "t", "z"),
        last(FusedQuantization.of(quantized)).inputs());
    Model open =
        OnnxText.parse(
            head
                + "g (uint8[1, 2] x) => (float[1, 1] m)"
                + constants
                + "{ a = DequantizeLinear (x, s, z)  b = DequantizeLinear (w, s)"
                + " m = MatMul (a, b) }");
    Node product = last(FusedQuantization.of(open));
    assertEquals("MatMulIntegerToFloat", product.opType());
    assertEquals(6, product.inputs().size());
    Model plain =
        OnnxText.parse(
            head + "g (float[1, 2] x, float[2, 1] w) => (float[1, 1] m) { m = MatMul (x, w) }");
    assertSame(plain, FusedQuantization.of(plain));
  }

  private static Node last(Model model) {
    return model.graph().nodes().getLast();
  }
}
