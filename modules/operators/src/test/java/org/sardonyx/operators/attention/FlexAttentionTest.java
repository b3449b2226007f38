package org.sardonyx.operators.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Body;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** FlexAttention: its graphs, types and heads. */
final class FlexAttentionTest {

  private static OperatorRunner flex() {
    return OperatorRunner.of("ai.onnx.preview", "FlexAttention", 1);
  }

  private static OperatorRunner with(String name, Body body) {
    ValueInfo x = new ValueInfo("x", null);
    Graph graph = new Graph(name, List.of(), List.of(x), List.of(x), List.of());
    return flex().body(name, body).attribute(Attribute.of(name, graph));
  }

  private record Each(DoubleUnaryOperator f, DataType expected) implements Body {

    @Override
    public int inputs() {
      return 1;
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public @Nullable Type inputType(int input) {
      return null;
    }

    @Override
    public Type outputType(int output) {
      return Type.tensor(expected);
    }

    @Override
    public List<Value> run(List<Value> inputs) {
      Tensor x = (Tensor) inputs.getFirst();
      assertEquals(expected, x.dataType());
      Tensor y = x.copy();
      for (int i = 0; i < y.size(); i++) {
        y.setDouble(i, f.applyAsDouble(x.getDouble(i)));
      }
      return List.of(y);
    }
  }

  private record Constant(Tensor value) implements Body {

    @Override
    public int inputs() {
      return 1;
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public @Nullable Type inputType(int input) {
      return null;
    }

    @Override
    public Type outputType(int output) {
      return value.type();
    }

    @Override
    public List<Value> run(List<Value> inputs) {
      return List.of(value);
    }
  }

  private static Tensor t(int heads, float... values) {
    return Tensor.of(values, 1, heads, values.length / heads, 1);
  }

  @Test
  void isPlainAttentionWithoutGraphs() {
    Tensor y = flex().run(t(1, 0), t(1, 1, 2), t(1, 10, 20));
    assertArrayEquals(new float[] {15}, y.floats());
  }

  @Test
  void scoreModComesBeforeTheSoftmaxAndProbModAfter() {
    // Scores 1 and 2; one becomes minus infinity.
    Each mask = new Each(s -> s > 1.5 ? Double.NEGATIVE_INFINITY : s, DataType.FLOAT);
    assertArrayEquals(
        new float[] {10}, with("score_mod", mask).run(t(1, 1), t(1, 1, 2), t(1, 10, 20)).floats());
    Each twice = new Each(p -> 2 * p, DataType.FLOAT);
    assertArrayEquals(
        new float[] {30}, with("prob_mod", twice).run(t(1, 0), t(1, 1, 2), t(1, 10, 20)).floats());
  }

  @Test
  void scoresAreOfTheSoftmaxPrecision() {
    Tensor half = Tensor.fromFloats(DataType.FLOAT16, new float[] {1}, 1, 1, 1, 1);
    Each same = new Each(s -> s, DataType.FLOAT);
    assertEquals(DataType.FLOAT16, with("score_mod", same).run(half, half, half).dataType());
    with("score_mod", new Each(s -> s, DataType.DOUBLE))
        .attribute("softmax_precision", 11)
        .run(half, half, half);
    Tensor whole = Tensor.of(new double[] {1}, 1, 1, 1, 1);
    with("score_mod", new Each(s -> s, DataType.DOUBLE)).run(whole, whole, whole);
  }

  @Test
  void headsOfKeysServeNeighbours() {
    Tensor y = flex().run(t(4, 0, 0, 0, 0), t(2, 1, 1), t(2, 5, 6));
    assertArrayEquals(new float[] {5, 5, 6, 6}, y.floats());
  }

  @Test
  void graphsMustKeepTheShape() {
    Body wrong = new Constant(Tensor.scalar(1f));
    assertThrows(
        OperatorFailed.class, () -> with("prob_mod", wrong).run(t(1, 0), t(1, 1), t(1, 1)));
  }
}
