package org.sardonyx.operators.attention.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * The attentions of com.microsoft against Attention of ai.onnx, given the same Q, K, V and a mask
 * written out; that one has been judged against its definition.
 */
final class MicrosoftAttentionTest {

  private static final int N = 2;
  private static final int S = 3;
  private static final int HEADS = 2;
  private static final int SIZE = 4;
  private static final int D = HEADS * SIZE;
  private static final float HIDDEN = -10000;

  private final Random random = new Random(5);

  private static OperatorRunner of(String name) {
    return OperatorRunner.of("com.microsoft", name, 1);
  }

  private Tensor random(int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  private static Tensor ints(int[] shape, int... values) {
    return Tensor.of(values, shape);
  }

  private static int[] s(int... shape) {
    return shape;
  }

  private static Tensor plain(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    OperatorRunner runner =
        OperatorRunner.of("Attention", 23)
            .attribute("q_num_heads", HEADS)
            .attribute("kv_num_heads", HEADS);
    if (causal) {
      runner.attribute("is_causal", 1);
    }
    return runner.run(q, k, v, mask);
  }

  /** Columns [from, to) of {@code x W + b}. */
  private static Tensor projected(Tensor x, Tensor w, Tensor b, int from, int to) {
    int rows = x.size() / x.dim(-1);
    float[] y = new float[rows * (to - from)];
    for (int i = 0; i < rows; i++) {
      for (int j = from; j < to; j++) {
        double sum = b == null ? 0 : b.floats()[j];
        for (int k = 0; k < w.dim(0); k++) {
          sum += (double) x.floats()[i * w.dim(0) + k] * w.floats()[k * w.dim(1) + j];
        }
        y[i * (to - from) + j - from] = (float) sum;
      }
    }
    return Tensor.of(y, x.dim(0), x.dim(1), to - from);
  }

  private static void assertClose(Tensor expected, Value actual) {
    assertEquals(Arrays.toString(expected.shape()), Arrays.toString(((Tensor) actual).shape()));
    assertArrayEquals(expected.floats(), ((Tensor) actual).floats(), 2e-5f);
  }

  @Test
  void attentionProjectsToQueryThenKeyThenValue() {
    Tensor x = random(N, S, 5);
    Tensor w = random(5, 3 * D);
    Tensor b = random(3 * D);
    Tensor expected =
        plain(
            projected(x, w, b, 0, D),
            projected(x, w, b, D, 2 * D),
            projected(x, w, b, 2 * D, 3 * D),
            null,
            false);
    assertClose(expected, of("Attention").attribute("num_heads", HEADS).run(x, w, b));
  }

  @Test
  void attentionTakesAnotherSizeOfV() {
    Tensor x = random(N, S, 5);
    Tensor w = random(5, 2 * D + 6);
    Tensor q = projected(x, w, null, 0, D);
    Tensor k = projected(x, w, null, D, 2 * D);
    Tensor v = projected(x, w, null, 2 * D, 2 * D + 6);
    assertClose(
        plain(q, k, v, null, true),
        of("Attention")
            .attribute("num_heads", HEADS)
            .attribute("unidirectional", 1)
            .ints("qkv_hidden_sizes", D, D, 6)
            .run(x, w));
  }

  @Test
  void maskIndexHasFiveShapes() {
    Tensor x = random(N, S, 5);
    Tensor w = random(5, 3 * D);
    Tensor q = projected(x, w, null, 0, D);
    Tensor k = projected(x, w, null, D, 2 * D);
    Tensor v = projected(x, w, null, 2 * D, 3 * D);
    float o = 0;
    float h = HIDDEN;
    Tensor ends = Tensor.of(new float[] {o, o, h, o, h, h}, N, 1, 1, S);
    for (Tensor mask :
        List.of(
            ints(s(N), 2, 1),
            ints(s(3 * N + 2), 2, 1, 0, 3, 6, 0, 2, 3),
            ints(s(N, S), 1, 1, 0, 1, 0, 0))) {
      Tensor y = of("Attention").attribute("num_heads", HEADS).run(x, w, null, mask);
      assertClose(plain(q, k, v, ends, false), y);
    }
    Tensor starts = Tensor.of(new float[] {o, o, h, h, o, o}, N, 1, 1, S);
    assertClose(
        plain(q, k, v, starts, false),
        of("Attention").attribute("num_heads", HEADS).run(x, w, null, ints(s(2 * N), 2, 3, 0, 1)));
    int[] each = {1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1};
    float[] added = new float[each.length];
    for (int i = 0; i < each.length; i++) {
      added[i] = each[i] == 1 ? 0 : HIDDEN;
    }
    Tensor three = Tensor.of(added, N, 1, S, S);
    Tensor expected = plain(q, k, v, three, false);
    assertClose(
        expected,
        of("Attention").attribute("num_heads", HEADS).run(x, w, null, ints(s(N, S, S), each)));
    assertClose(
        expected,
        of("Attention").attribute("num_heads", HEADS).run(x, w, null, ints(s(N, 1, S, S), each)));
    assertThrows(
        InvalidInput.class,
        () -> of("Attention").attribute("num_heads", HEADS).run(x, w, null, ints(s(N, 1), 1, 1)));
  }

  @Test
  void rowWithAllKeysHiddenSeesThemAll() {
    Tensor x = random(1, S, 5);
    Tensor w = random(5, 3 * D);
    OperatorRunner runner = of("Attention").attribute("num_heads", HEADS);
    Tensor y = runner.run(x, w, null, ints(s(1, S), 0, 0, 0));
    // Adding -10000 to all costs digits, no more.
    assertArrayEquals(runner.run(x, w).floats(), y.floats(), 5e-3f);
    Tensor q = random(1, S, D);
    OperatorRunner multi = of("MultiHeadAttention").attribute("num_heads", HEADS);
    assertArrayEquals(
        multi.run(q, q, q).floats(),
        multi.run(q, q, q, null, ints(s(1, S), 0, 0, 0)).floats(),
        5e-3f);
  }

  @Test
  void maskFilterValueIsWhatIsAdded() {
    Tensor x = random(1, 2, 5);
    Tensor w = random(5, 3 * D);
    OperatorRunner runner =
        of("Attention").attribute("num_heads", HEADS).attribute("mask_filter_value", 0f);
    assertClose(
        of("Attention").attribute("num_heads", HEADS).run(x, w),
        runner.run(x, w, null, ints(s(1, 2), 0, 1)));
  }

  @Test
  void stepByStepWithPastIsTheSameAsAtOnce() {
    Tensor x = random(1, S, 5);
    Tensor w = random(5, 3 * D);
    OperatorRunner runner =
        of("Attention").attribute("num_heads", HEADS).attribute("unidirectional", 1).outputs(2);
    List<Value> all = runner.runAll(x, w);
    Tensor past = Tensor.zeros(DataType.FLOAT, 2, 1, HEADS, 0, SIZE);
    for (int t = 0; t < S; t++) {
      Tensor step = Tensor.of(Arrays.copyOfRange(x.floats(), t * 5, t * 5 + 5), 1, 1, 5);
      List<Value> out = runner.runAll(step, w, null, null, past);
      past = (Tensor) out.get(1);
      float[] expected = Arrays.copyOfRange(((Tensor) all.get(0)).floats(), t * D, (t + 1) * D);
      assertArrayEquals(expected, ((Tensor) out.get(0)).floats(), 1e-6f);
    }
    assertClose((Tensor) all.get(1), past);
  }

  @Test
  void attentionBiasIsAddedBesideTheMask() {
    Tensor x = random(N, S, 5);
    Tensor w = random(5, 3 * D);
    Tensor bias = random(1, HEADS, S, S);
    Tensor q = projected(x, w, null, 0, D);
    Tensor k = projected(x, w, null, D, 2 * D);
    Tensor v = projected(x, w, null, 2 * D, 3 * D);
    float[] both = new float[N * HEADS * S * S];
    for (int i = 0; i < both.length; i++) {
      int n = i / (HEADS * S * S);
      int j = i % S;
      both[i] = bias.floats()[i % bias.size()] + (n == 1 && j == 2 ? HIDDEN : 0);
    }
    assertClose(
        plain(q, k, v, Tensor.of(both, N, HEADS, S, S), false),
        of("Attention")
            .attribute("num_heads", HEADS)
            .run(x, w, null, ints(s(N), 3, 2), null, bias));
  }

  @Test
  void whatIsNotImplementedIsRefusedByName() {
    for (String name : List.of("do_rotary", "past_present_share_buffer")) {
      UnsupportedModel e =
          assertThrows(
              UnsupportedModel.class,
              () -> of("Attention").attribute("num_heads", 1).attribute(name, 1).create(2));
      assertEquals(name + " = 1 is not implemented", e.getMessage());
    }
    assertThrows(InvalidModel.class, () -> of("Attention").create(2));
  }

  @Test
  void multiHeadAttentionTakesEveryPacking() {
    int length = S;
    Tensor q = random(N, S, D);
    Tensor k = random(N, length, D);
    Tensor v = random(N, length, D);
    Tensor expected = plain(q, k, v, null, false);
    OperatorRunner runner = of("MultiHeadAttention").attribute("num_heads", HEADS);
    assertClose(expected, runner.run(q, k, v));
    Tensor kv = interleaved(k, v);
    assertClose(expected, runner.run(q, kv));
    Tensor qkv = interleaved(q, k, v);
    assertClose(expected, runner.run(qkv));
    assertClose(expected, runner.run(q, headsFirst(k), headsFirst(v)));
    Tensor bias = random(3 * D);
    Tensor biased = plain(plus(q, bias, 0), plus(k, bias, D), plus(v, bias, 2 * D), null, false);
    assertClose(biased, runner.run(q, k, v, bias));
    assertClose(biased, runner.run(qkv, null, null, bias));
    assertThrows(InvalidInput.class, () -> runner.run(q, headsFirst(k), headsFirst(v), bias));
    assertThrows(InvalidInput.class, () -> runner.run(q));
  }

  private static Tensor interleaved(Tensor... parts) {
    int rows = parts[0].dim(1);
    float[] all = new float[parts.length * parts[0].size()];
    for (int r = 0; r < N * rows; r++) {
      for (int h = 0; h < HEADS; h++) {
        for (int p = 0; p < parts.length; p++) {
          System.arraycopy(
              parts[p].floats(),
              r * D + h * SIZE,
              all,
              ((r * HEADS + h) * parts.length + p) * SIZE,
              SIZE);
        }
      }
    }
    return Tensor.of(all, N, rows, HEADS, parts.length, SIZE);
  }

  private static Tensor headsFirst(Tensor x) {
    int rows = x.dim(1);
    float[] all = new float[x.size()];
    for (int n = 0; n < x.dim(0); n++) {
      for (int i = 0; i < rows; i++) {
        for (int h = 0; h < HEADS; h++) {
          System.arraycopy(
              x.floats(),
              (n * rows + i) * D + h * SIZE,
              all,
              ((n * HEADS + h) * rows + i) * SIZE,
              SIZE);
        }
      }
    }
    return Tensor.of(all, x.dim(0), HEADS, rows, SIZE);
  }

  private static Tensor plus(Tensor x, Tensor bias, int from) {
    float[] y = x.floats().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] += bias.floats()[from + i % D];
    }
    return Tensor.of(y, x.shape());
  }

  @Test
  void multiHeadAttentionMasksAndRemembers() {
    Tensor q = random(N, S, D);
    Tensor k = random(N, S, D);
    Tensor v = random(N, S, D);
    OperatorRunner runner =
        of("MultiHeadAttention").attribute("num_heads", HEADS).attribute("unidirectional", 1);
    Tensor mask = Tensor.of(new float[] {0, 0, HIDDEN, 0, HIDDEN, HIDDEN}, N, 1, 1, S);
    assertClose(
        plain(q, k, v, mask, true), runner.run(q, k, v, null, ints(s(N, S), 1, 1, 0, 1, 0, 0)));
    Tensor bias = random(1, 1, S, S);
    assertClose(plain(q, k, v, bias, true), runner.run(q, k, v, null, null, bias));
    Tensor past = random(N, HEADS, 2, SIZE);
    List<Value> out = runner.outputs(3).runAll(q, k, v, null, null, null, past, past);
    List<Value> expected =
        OperatorRunner.of("Attention", 23)
            .attribute("q_num_heads", HEADS)
            .attribute("kv_num_heads", HEADS)
            .attribute("is_causal", 1)
            .outputs(3)
            .runAll(q, k, v, null, past, past);
    for (int i = 0; i < 3; i++) {
      assertClose((Tensor) expected.get(i), out.get(i));
    }
  }

  @Test
  void quantizedAttentionIsAttentionOfWhatTheIntegersStandFor() {
    byte[] input = new byte[N * S * 5];
    byte[] weights = new byte[5 * 3 * D];
    random.nextBytes(input);
    random.nextBytes(weights);
    float[] scales = new float[3 * D];
    byte[] zeros = new byte[3 * D];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.003f + i * 1e-4f;
      zeros[i] = (byte) (i % 5 - 2);
    }
    float[] x = new float[input.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = ((input[i] & 0xff) - 100) * 0.01f;
    }
    float[] w = new float[weights.length];
    for (int i = 0; i < w.length; i++) {
      w[i] = (weights[i] - zeros[i % (3 * D)]) * scales[i % (3 * D)];
    }
    Tensor bias = random(3 * D);
    Tensor mask = ints(s(N), 3, 2);
    Tensor expected =
        of("Attention")
            .attribute("num_heads", HEADS)
            .run(Tensor.of(x, N, S, 5), Tensor.of(w, 5, 3 * D), bias, mask);
    Tensor actual =
        of("QAttention")
            .attribute("num_heads", HEADS)
            .run(
                Tensor.of(DataType.UINT8, input, N, S, 5),
                Tensor.of(DataType.INT8, weights, 5, 3 * D),
                bias,
                Tensor.scalar(0.01f),
                Tensor.of(scales, 3 * D),
                mask,
                Tensor.of(DataType.UINT8, new byte[] {100}),
                Tensor.of(DataType.INT8, zeros, 3 * D));
    assertClose(expected, actual);
  }

  @Test
  void rotaryTakesPositionsSecondAndOneAsAnOffset() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
    Tensor cos = Tensor.of(new float[] {1, 0, -1}, 3, 1);
    Tensor sin = Tensor.of(new float[] {0, 1, 0}, 3, 1);
    OperatorRunner runner = of("RotaryEmbedding");
    Tensor ids = Tensor.of(new long[] {1, 2}, 1, 2);
    assertArrayEquals(new float[] {-2, 1, -3, -4}, runner.run(x, ids, cos, sin).floats());
    assertArrayEquals(
        new float[] {-2, 1, -3, -4}, runner.run(x, Tensor.vector(1), cos, sin).floats());
    assertThrows(InvalidInput.class, () -> runner.run(x, Tensor.vector(2), cos, sin));
    assertThrows(
        UnsupportedModel.class, () -> of("RotaryEmbedding").attribute("scale", 2f).create(4));
  }
}
