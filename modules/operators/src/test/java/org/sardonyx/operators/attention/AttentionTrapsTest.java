package org.sardonyx.operators.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What implementations of Attention get wrong, small enough to check by hand. */
final class AttentionTrapsTest {

  /** One batch, one head; all scores 0, so that a query gives the mean of the values it sees. */
  private static Tensor zeros(int rows) {
    return Tensor.zeros(DataType.FLOAT, 1, 1, rows, 1);
  }

  /** Values 1, 10, 100, ... : the mean tells which were seen. */
  private static Tensor values(int rows) {
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = (float) Math.pow(10, i);
    }
    return Tensor.of(values, 1, 1, rows, 1);
  }

  private static OperatorRunner attention(int opset) {
    return OperatorRunner.of("Attention", opset);
  }

  private static float[] mean(OperatorRunner runner, int queries, int keys, Value... more) {
    Value[] inputs = new Value[3 + more.length];
    inputs[0] = zeros(queries);
    inputs[1] = zeros(keys);
    inputs[2] = values(keys);
    System.arraycopy(more, 0, inputs, 3, more.length);
    return runner.run(inputs).floats();
  }

  private static float[] floats(float... values) {
    return values;
  }

  private static void assertClose(float[] expected, float[] actual) {
    assertArrayEquals(expected, actual, 1e-4f, Arrays.toString(actual));
  }

  @Test
  void causalWithFewerQueriesThanKeysAndNoCacheIsTopLeft() {
    assertClose(floats(1, 5.5f), mean(attention(23).attribute("is_causal", 1), 2, 4));
  }

  @Test
  void causalCountsFromTheCache() {
    Value pastKey = zeros(1);
    Value pastValue = Tensor.of(floats(3), 1, 1, 1, 1);
    float[] y = mean(attention(23).attribute("is_causal", 1), 2, 2, null, pastKey, pastValue);
    assertClose(floats((3 + 1) / 2f, (3 + 1 + 10) / 3f), y);
  }

  @Test
  void causalCountsFromTheEndOfAnExternalCache() {
    OperatorRunner runner = attention(24).attribute("is_causal", 1);
    assertClose(
        floats((1 + 10) / 2f, (1 + 10 + 100) / 3f),
        mean(runner, 2, 4, null, null, null, Tensor.vector(3)));
  }

  @Test
  void moreQueriesThanCachedKeysLeaveTheFirstWithNothing() {
    OperatorRunner runner = attention(24).attribute("is_causal", 1);
    assertClose(floats(0, 1), mean(runner, 2, 4, null, null, null, Tensor.vector(1)));
  }

  @Test
  void windowsCountFromTheOwnPosition() {
    OperatorRunner runner = attention(25).attribute("left_window_size", 1);
    assertClose(floats(1111 / 4f, 1111 / 4f, 1110 / 3f), mean(runner, 3, 4));
    runner = attention(25).attribute("left_window_size", 0).attribute("right_window_size", 1);
    assertClose(floats(11 / 2f, 110 / 2f), mean(runner, 2, 4));
    runner = runner.attribute("is_causal", 1);
    assertClose(floats(1, 10), mean(runner, 2, 4));
  }

  @Test
  void version24HasNoWindows() {
    assertThrows(
        InvalidModel.class, () -> attention(24).attribute("left_window_size", 1).create(3));
  }

  @Test
  void boolMaskIsTrueWhereKeysAreSeen() {
    Tensor mask = Tensor.of(new boolean[] {true, false, true}, 1, 3);
    assertClose(floats(101 / 2f), mean(attention(23), 1, 3, mask));
  }

  @Test
  void floatMaskIsAddedSoThatALargeOneIsNotInfinite() {
    // All scores are -1e4 and so the same.
    Tensor mask = Tensor.of(floats(-1e4f, -1e4f), 1, 2);
    assertClose(floats(5.5f), mean(attention(23), 1, 2, mask));
  }

  @Test
  void fullyMaskedRowIsZeroAlsoInTheShownSoftmax() {
    Tensor mask = Tensor.of(new boolean[] {false, false, true, true}, 2, 2);
    List<Value> out =
        attention(23)
            .attribute("qk_matmul_output_mode", 3)
            .outputs(4)
            .unwanted(1)
            .unwanted(2)
            .runAll(zeros(2), zeros(2), values(2), mask);
    assertClose(floats(0, 5.5f), ((Tensor) out.get(0)).floats());
    assertClose(floats(0, 0, 0.5f, 0.5f), ((Tensor) out.get(3)).floats());
  }

  @Test
  void shortMaskHidesTheRestEvenWhereItIsOne() {
    Tensor mask = Tensor.of(floats(0), 1, 1);
    assertClose(floats(1), mean(attention(24), 1, 3, mask));
    assertClose(floats(37), mean(attention(23), 1, 3, mask));
    Tensor two = Tensor.of(floats(0, 0), 2);
    assertClose(floats(5.5f), mean(attention(24), 1, 3, two));
    assertThrows(InvalidInput.class, () -> mean(attention(23), 1, 3, two));
  }

  @Test
  void rankThreeMaskIsOfHeads() {
    Tensor mask = Tensor.of(new boolean[] {true, false, false, true}, 2, 1, 2);
    Tensor y =
        attention(23)
            .run(
                Tensor.zeros(DataType.FLOAT, 1, 2, 1, 1),
                Tensor.zeros(DataType.FLOAT, 1, 2, 2, 1),
                Tensor.of(floats(1, 2, 3, 4), 1, 2, 2, 1),
                mask);
    assertClose(floats(1, 4), y.floats());
  }

  @Test
  void softcapComesBeforeTheMask() {
    // Capped after the mask, minus infinity would become -2 and be seen.
    Tensor mask = Tensor.of(new boolean[] {true, false}, 1, 2);
    assertClose(floats(1), mean(attention(23).attribute("softcap", 2f), 1, 2, mask));
  }

  @Test
  void modesShowProductThenCapThenMaskThenSoftmax() {
    double capped = 2 * Math.tanh(3 / 2.0);
    float[][] expected = {
      floats(3, 0),
      floats((float) capped, 0),
      floats((float) capped, Float.NEGATIVE_INFINITY),
      floats(1, 0)
    };
    for (int mode = 0; mode < 4; mode++) {
      List<Value> out =
          attention(23)
              .attribute("softcap", 2f)
              .attribute("qk_matmul_output_mode", mode)
              .outputs(4)
              .runAll(
                  Tensor.of(floats(3), 1, 1, 1, 1),
                  Tensor.of(floats(1, 0), 1, 1, 2, 1),
                  values(2),
                  Tensor.of(new boolean[] {true, false}, 2));
      float[] shown = ((Tensor) out.get(3)).floats();
      assertArrayEquals(expected[mode], shown, 1e-6f, "mode " + mode);
    }
  }

  @Test
  void groupedHeadsAreNeighbours() {
    Tensor y =
        attention(23)
            .run(
                Tensor.zeros(DataType.FLOAT, 1, 4, 1, 1),
                Tensor.zeros(DataType.FLOAT, 1, 2, 1, 1),
                Tensor.of(floats(1, 2), 1, 2, 1, 1));
    assertClose(floats(1, 1, 2, 2), y.floats());
  }

  @Test
  void headsMustDivide() {
    InvalidInput e =
        assertThrows(
            InvalidInput.class,
            () ->
                attention(23)
                    .run(
                        Tensor.zeros(DataType.FLOAT, 1, 3, 1, 1),
                        Tensor.zeros(DataType.FLOAT, 1, 2, 1, 1),
                        Tensor.zeros(DataType.FLOAT, 1, 2, 1, 1)));
    assertTrue(e.getMessage().contains("[1,3,1,1]"), e.getMessage());
  }

  @Test
  void numbersOfHeadsGoWithRankThree() {
    Tensor three = Tensor.zeros(DataType.FLOAT, 1, 2, 4);
    assertThrows(InvalidModel.class, () -> attention(23).run(three, three, three));
    Tensor four = Tensor.zeros(DataType.FLOAT, 1, 2, 2, 2);
    OperatorRunner older = attention(24).attribute("q_num_heads", 2).attribute("kv_num_heads", 2);
    older.run(four, four, four);
    OperatorRunner newer = attention(25).attribute("q_num_heads", 2).attribute("kv_num_heads", 2);
    assertThrows(InvalidModel.class, () -> newer.run(four, four, four));
  }

  @Test
  void presentIsOfRankFourAlsoWithoutPast() {
    Tensor x = Tensor.of(floats(1, 2, 3, 4), 1, 2, 2);
    List<Value> out =
        attention(23)
            .attribute("q_num_heads", 2)
            .attribute("kv_num_heads", 2)
            .outputs(3)
            .runAll(x, x, x);
    assertTrue(((Tensor) out.get(1)).hasShape(1, 2, 2, 1));
    assertArrayEquals(floats(1, 3, 2, 4), ((Tensor) out.get(1)).floats());
  }

  @Test
  void pastKeyAndValueGoTogether() {
    assertThrows(
        InvalidInput.class, () -> attention(23).run(zeros(1), zeros(1), values(1), null, zeros(1)));
    assertThrows(
        InvalidInput.class,
        () ->
            attention(24)
                .run(zeros(1), zeros(1), values(1), null, zeros(1), zeros(1), Tensor.vector(1)));
    assertThrows(
        InvalidInput.class,
        () -> attention(24).run(zeros(1), zeros(1), values(1), null, null, null, Tensor.vector(2)));
  }

  @Test
  void anExternalCacheHasNoPresent() {
    OperatorRunner runner = attention(24).outputs(3);
    Tensor x = zeros(1);
    assertThrows(
        InvalidInput.class, () -> runner.runAll(x, x, x, null, null, null, Tensor.vector(1)));
    runner.unwanted(1).unwanted(2).runAll(x, x, x, null, null, null, Tensor.vector(1));
  }

  @Test
  void theScaleIsThatOfTheHeadSizeOfQ() {
    // The product of 4 by the root of 4; V has 9 columns, and the root of that is 3.
    Tensor ones = Tensor.of(floats(1, 1, 1, 1), 1, 1, 1, 4);
    OperatorRunner runner = attention(23).outputs(4);
    Tensor v = Tensor.zeros(DataType.FLOAT, 1, 1, 1, 9);
    assertClose(floats(2), ((Tensor) runner.runAll(ones, ones, v).get(3)).floats());
    runner.attribute("scale", 0.25f);
    assertClose(floats(1), ((Tensor) runner.runAll(ones, ones, v).get(3)).floats());
  }

  @Test
  void nothingToAttendGivesZeros() {
    assertClose(floats(0, 0), mean(attention(23), 2, 0));
    assertClose(floats(), mean(attention(23), 0, 2));
  }

  @Test
  void scaleIsNotNegative() {
    assertThrows(InvalidModel.class, () -> attention(23).attribute("scale", -1f).create(3));
    assertClose(floats(5.5f), mean(attention(23).attribute("scale", 0f), 1, 2));
  }

  @Test
  void softmaxPrecisionRounds() {
    float score = 1 + 1 / 4096f; // Rounds to 1 in float16.
    Tensor q = Tensor.of(floats(score), 1, 1, 1, 1);
    Tensor k = Tensor.of(floats(1, 1 / score), 1, 1, 2, 1);
    Value shown =
        attention(23)
            .attribute("softmax_precision", 10)
            .attribute("qk_matmul_output_mode", 3)
            .outputs(4)
            .runAll(q, k, values(2))
            .get(3);
    assertArrayEquals(floats(0.5f, 0.5f), ((Tensor) shown).floats());
    for (int precision : new int[] {1, 11, 16}) {
      mean(attention(23).attribute("softmax_precision", precision), 1, 2);
    }
    assertThrows(
        InvalidModel.class, () -> attention(23).attribute("softmax_precision", 7).create(3));
  }

  @Test
  void hugeScoresDoNotOverflow() {
    Tensor q = Tensor.of(floats(1e4f), 1, 1, 1, 1);
    Tensor k = Tensor.of(floats(1e4f, -1e4f), 1, 1, 2, 1);
    assertClose(floats(1), attention(23).run(q, k, values(2)).floats());
  }

  @Test
  void aRowIsTheSameWhateverLiesBesideIt() {
    java.util.Random random = new java.util.Random(3);
    Tensor x = random(random, 4, 3, 37, 8);
    Tensor all = attention(23).attribute("is_causal", 1).run(x, x, x);
    for (int n = 0; n < 4; n++) {
      int size = 3 * 37 * 8;
      Tensor one = Tensor.of(Arrays.copyOfRange(x.floats(), n * size, (n + 1) * size), 1, 3, 37, 8);
      assertArrayEquals(
          attention(23).attribute("is_causal", 1).run(one, one, one).floats(),
          Arrays.copyOfRange(all.floats(), n * size, (n + 1) * size));
    }
  }

  private static Tensor random(java.util.Random random, int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  @Test
  void inferenceAddsThePast() {
    Shape q = Shape.of(Dim.named("n"), Dim.named("s"), Dim.of(8));
    Shape k = Shape.of(Dim.named("n"), Dim.named("t"), Dim.of(4));
    Shape past = Shape.of(Dim.named("n"), Dim.of(2), Dim.named("p"), Dim.of(2));
    var inference =
        attention(23)
            .attribute("q_num_heads", 4)
            .attribute("kv_num_heads", 2)
            .outputs(4)
            .infer(
                Type.tensor(DataType.FLOAT, q),
                Type.tensor(DataType.FLOAT, k),
                Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.named("t"), Dim.of(6))),
                null,
                Type.tensor(DataType.FLOAT, past),
                Type.tensor(DataType.FLOAT, past));
    assertEquals("[n,s,12]", inference.outputShape(0).toString());
    assertEquals("[n,2,(p+t),2]", inference.outputShape(1).toString());
    assertEquals("[n,4,s,(p+t)]", inference.outputShape(3).toString());
  }
}
