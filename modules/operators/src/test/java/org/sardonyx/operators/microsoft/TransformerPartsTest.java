package org.sardonyx.operators.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The operators that ONNX Runtime fuses transformers into, attention aside. */
final class TransformerPartsTest {

  private static OperatorRunner of(String name) {
    return OperatorRunner.of("com.microsoft", name, 1);
  }

  private static Tensor row(float... values) {
    return Tensor.of(values, 1, 1, values.length);
  }

  private static Tensor vector(float... values) {
    return Tensor.of(values, values.length);
  }

  private static float[] floats(float... values) {
    return values;
  }

  @Test
  void skipLayerNormalizationAddsThenNormalizes() {
    // 1 + 0 + 1, 2 + 1 + 1 = 2, 4: mean 3, deviation 1.
    List<Value> out =
        of("SkipLayerNormalization")
            .outputs(4)
            .runAll(row(1, 2), row(0, 1), vector(2, 3), vector(10, 20), vector(1, 1));
    assertArrayEquals(floats(10 - 2, 20 + 3), ((Tensor) out.get(0)).floats(), 1e-5f);
    assertArrayEquals(floats(3), ((Tensor) out.get(1)).floats());
    assertArrayEquals(floats(1), ((Tensor) out.get(2)).floats(), 1e-6f);
    assertArrayEquals(floats(2, 4), ((Tensor) out.get(3)).floats());
  }

  @Test
  void skipMayLackTheBatch() {
    Tensor input = Tensor.of(floats(1, 2, 3, 5), 2, 1, 2);
    Tensor expected =
        of("SkipLayerNormalization")
            .run(input, Tensor.of(floats(0, 7, 0, 7), 2, 1, 2), vector(1, 1));
    for (Tensor skip : List.of(row(0, 7), Tensor.of(floats(0, 7), 1, 2))) {
      assertEquals(expected, of("SkipLayerNormalization").run(input, skip, vector(1, 1)));
    }
    assertThrows(
        InvalidInput.class,
        () -> of("SkipLayerNormalization").run(input, row(0, 7, 1), vector(1, 1)));
  }

  @Test
  void skipSimplifiedKeepsTheMean() {
    // 3, 4: root of the mean square is root of 12.5.
    List<Value> out =
        of("SkipSimplifiedLayerNormalization")
            .outputs(4)
            .unwanted(1)
            .runAll(row(1, 2), row(1, 1), vector(1, 2), vector(1, 1));
    float inverse = (float) (1 / Math.sqrt(12.5));
    assertArrayEquals(floats(3 * inverse, 8 * inverse), ((Tensor) out.get(0)).floats(), 1e-6f);
    assertArrayEquals(floats(inverse), ((Tensor) out.get(2)).floats(), 1e-6f);
  }

  @Test
  void simplifiedIsOfTheStandardDomain() {
    Tensor y =
        OperatorRunner.of("SimplifiedLayerNormalization", 1)
            .attribute("epsilon", 0f)
            .run(row(3, 4), vector(1, 2));
    float inverse = (float) (1 / Math.sqrt(12.5));
    assertArrayEquals(floats(3 * inverse, 8 * inverse), y.floats(), 1e-6f);
    Tensor inDouble =
        OperatorRunner.of("SimplifiedLayerNormalization", 1)
            .attribute("epsilon", 0f)
            .run(Tensor.of(new double[] {3, 4}, 1, 2), Tensor.of(new double[] {1, 2}, 2));
    assertEquals(8 / Math.sqrt(12.5), inDouble.doubles()[1], 1e-15);
  }

  /** The mean of nothing is 0 / 0. */
  @Test
  void simplifiedOfNothing() {
    List<Value> out =
        OperatorRunner.of("SimplifiedLayerNormalization", 1)
            .attribute("axis", -2)
            .outputs(2)
            .runAll(Tensor.zeros(DataType.FLOAT, 0, 3), Tensor.zeros(DataType.FLOAT, 0, 3));
    assertTrue(((Tensor) out.get(0)).hasShape(0, 3));
    assertTrue(((Tensor) out.get(1)).hasShape(1, 1));
    assertTrue(Float.isNaN(((Tensor) out.get(1)).floats()[0]));
  }

  /** From axis 0 on everything is one row: the root of the mean of 1, 4, 9 and 16. */
  @Test
  void simplifiedFromTheFirstAxisOn() {
    List<Value> out =
        OperatorRunner.of("SimplifiedLayerNormalization", 1)
            .attribute("axis", 0)
            .attribute("epsilon", 0f)
            .outputs(2)
            .runAll(Tensor.of(floats(1, 2, 3, 4), 2, 2), Tensor.of(floats(1, 1, 1, 2), 2, 2));
    float inverse = (float) (1 / Math.sqrt(7.5));
    assertArrayEquals(
        floats(inverse, 2 * inverse, 3 * inverse, 8 * inverse),
        ((Tensor) out.get(0)).floats(),
        1e-6f);
    assertEquals(
        List.of(1, 1), java.util.Arrays.stream(((Tensor) out.get(1)).shape()).boxed().toList());
    assertEquals(inverse, ((Tensor) out.get(1)).floats()[0], 1e-6f);
  }

  @Test
  void embedAddsWordPositionAndSegment() {
    Tensor ids = Tensor.of(new int[] {1, 0}, 1, 2);
    Tensor words = Tensor.of(floats(1, 2, 10, 20), 2, 2);
    Tensor positions = Tensor.of(floats(100, 100, 200, 300), 2, 2);
    Tensor segments = Tensor.of(floats(0, 0, 1000, 1000), 2, 2);
    List<Value> out =
        of("EmbedLayerNormalization")
            .outputs(3)
            .runAll(
                ids,
                Tensor.of(new int[] {0, 1}, 1, 2),
                words,
                positions,
                segments,
                vector(1, 1),
                vector(0, 0),
                Tensor.of(new int[] {1, 0}, 1, 2));
    assertArrayEquals(floats(110, 120, 1201, 1302), ((Tensor) out.get(2)).floats());
    assertArrayEquals(new int[] {1}, ((Tensor) out.get(1)).ints());
    assertArrayEquals(floats(-1, 1, -1, 1), ((Tensor) out.get(0)).floats(), 1e-5f);
    Tensor reversed = Tensor.of(new int[] {1, 0}, 1, 2);
    Tensor y =
        (Tensor)
            of("EmbedLayerNormalization")
                .outputs(3)
                .runAll(
                    ids, null, words, positions, null, vector(1, 1), vector(0, 0), null, reversed)
                .get(2);
    assertArrayEquals(floats(210, 320, 101, 102), y.floats());
    Tensor bad = Tensor.of(new int[] {1, 2}, 1, 2);
    assertThrows(
        InvalidInput.class,
        () ->
            of("EmbedLayerNormalization")
                .run(bad, null, words, positions, null, vector(1, 1), vector(0, 0)));
  }

  /** Numbers of the quantized embeddings: q - 1, times 1, 10 and 100. */
  @Test
  void quantizedEmbeddingsAreDequantized() {
    Tensor ids = Tensor.of(new int[] {1, 0}, 1, 2);
    Tensor words = bytes(2, 2, 2, 3, 4, 7);
    Tensor positions = bytes(2, 2, 1, 1, 3, 2);
    Tensor segments = bytes(2, 2, 1, 1, 2, 3);
    Tensor zero = Tensor.fromLongs(DataType.UINT8, new long[] {1});
    List<Value> out =
        of("QEmbedLayerNormalization")
            .attribute("epsilon", 0f)
            .outputs(2)
            .runAll(
                ids,
                Tensor.of(new int[] {0, 1}, 1, 2),
                words,
                positions,
                segments,
                Tensor.fromLongs(DataType.UINT8, new long[] {3, 5}, 2),
                Tensor.fromLongs(DataType.UINT8, new long[] {0, 2}, 2),
                Tensor.of(new int[] {1, 1}, 1, 2),
                Tensor.scalar(1f),
                Tensor.scalar(10f),
                Tensor.scalar(100f),
                Tensor.scalar(0.5f),
                Tensor.scalar(2f),
                zero,
                zero,
                zero,
                zero,
                zero);
    // Rows 3, 6 and 1 + 20 + 100, 2 + 10 + 200: each has -1, 1 once normalized; gamma is 1, 2 and
    // beta -2, 2.
    assertArrayEquals(floats(-3, 4, -3, 4), ((Tensor) out.get(0)).floats(), 1e-5f);
    assertArrayEquals(new int[] {2}, ((Tensor) out.get(1)).ints());
    Tensor scale = Tensor.scalar(1f);
    Tensor signed = Tensor.fromLongs(DataType.INT8, new long[] {-4, 4, 2, 1}, 2, 2);
    Tensor none = Tensor.fromLongs(DataType.INT8, new long[] {0});
    Tensor gamma = Tensor.fromLongs(DataType.INT8, new long[] {1, 1}, 2);
    Tensor y =
        (Tensor)
            of("QEmbedLayerNormalization")
                .outputs(2)
                .runAll(
                    ids, null, signed, signed, null, gamma, gamma, null, scale, scale, null, scale,
                    scale, none, none, null, none, none)
                .get(0);
    // Rows 2 - 4, 1 + 4 and -4 + 2, 4 + 1.
    assertArrayEquals(floats(0, 2, 0, 2), y.floats(), 1e-5f);
  }

  private static Tensor bytes(int rows, int columns, long... values) {
    return Tensor.fromLongs(DataType.UINT8, values, rows, columns);
  }

  @Test
  void gelus() {
    Tensor x = row(-1, 0, 2);
    double exact = 2 * 0.97724986805182;
    double fast = 1 + Math.tanh(0.7978845608 * (2 + 0.044715 * 8));
    assertArrayEquals(floats(-0.15865526f, 0, (float) exact), of("Gelu").run(x).floats(), 1e-6f);
    assertArrayEquals(
        floats(-0.15865526f, 0, (float) exact),
        of("BiasGelu").run(row(-2, -1, 1), vector(1, 1, 1)).floats(),
        1e-6f);
    assertEquals((float) fast, of("FastGelu").run(x).floats()[2], 1e-6f);
    assertEquals(
        (float) fast, of("FastGelu").run(row(0, 0, 1), vector(0, 0, 1)).floats()[2], 1e-6f);
    assertEquals(2 / (1 + Math.exp(-2 * 1.702f)), of("QuickGelu").run(x).floats()[2], 1e-6f);
    assertEquals(-0f, of("QuickGelu").run(row(Float.NEGATIVE_INFINITY)).floats()[0]);
    assertEquals(exact, of("Gelu").run(Tensor.of(new double[] {2}, 1)).doubles()[0], 1e-13);
    assertThrows(InvalidInput.class, () -> of("BiasGelu").run(x, vector(1)));
    assertEquals(
        DataType.FLOAT16,
        of("FastGelu").run(Tensor.fromFloats(DataType.FLOAT16, floats(2), 1)).dataType());
  }
}
