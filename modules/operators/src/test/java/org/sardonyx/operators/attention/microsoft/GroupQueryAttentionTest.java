package org.sardonyx.operators.attention.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** GroupQueryAttention: hand cases, and steps against the whole. */
final class GroupQueryAttentionTest {

  private static OperatorRunner of(int heads, int keyHeads) {
    return OperatorRunner.of("com.microsoft", "GroupQueryAttention", 1)
        .attribute("num_heads", heads)
        .attribute("kv_num_heads", keyHeads);
  }

  private static Tensor zeros(int... shape) {
    return Tensor.zeros(DataType.FLOAT, shape);
  }

  private static Tensor ints(int... values) {
    return Tensor.of(values, values.length);
  }

  private static final Tensor POWERS = Tensor.of(new float[] {1, 10, 100}, 1, 3, 1);

  @Test
  void isCausalAndLengthsAreOneLess() {
    Tensor y = of(1, 1).run(zeros(1, 3, 1), zeros(1, 3, 1), POWERS, null, null, ints(2), ints(3));
    assertArrayEquals(new float[] {1, 5.5f, 37}, y.floats(), 1e-5f);
  }

  @Test
  void causalCanBeSwitchedOff() {
    Tensor y =
        of(1, 1)
            .attribute("causal", 0)
            .run(zeros(1, 3, 1), zeros(1, 3, 1), POWERS, null, null, ints(2), ints(3));
    assertArrayEquals(new float[] {37, 37, 37}, y.floats(), 1e-5f);
  }

  /** Scores log 3 and 0 before the softmax, 3/4 and 1/4 after; what is not seen is 0. */
  @Test
  void scoresAreShown() {
    float log3 = (float) Math.log(3);
    Tensor q = Tensor.of(new float[] {1, 1}, 1, 2, 1);
    Tensor k = Tensor.of(new float[] {log3, 0}, 1, 2, 1);
    List<Value> before =
        of(1, 1).attribute("qk_output", 1).outputs(4).runAll(q, k, k, null, null, ints(1), ints(2));
    assertArrayEquals(new float[] {log3, 0, log3, 0}, ((Tensor) before.get(3)).floats(), 1e-6f);
    List<Value> after =
        of(1, 1).attribute("qk_output", 2).outputs(4).runAll(q, k, k, null, null, ints(1), ints(2));
    assertArrayEquals(new float[] {1, 0, 0.75f, 0.25f}, ((Tensor) after.get(3)).floats(), 1e-6f);
    assertTrue(((Tensor) after.get(3)).hasShape(1, 1, 2, 2));
    assertThrows(
        InvalidInput.class,
        () -> of(1, 1).outputs(4).runAll(q, k, k, null, null, ints(1), ints(2)));
    assertThrows(InvalidModel.class, () -> of(1, 1).attribute("qk_output", 3).create(7));
  }

  @Test
  void windowCountsTheQueryItself() {
    Tensor y =
        of(1, 1)
            .attribute("local_window_size", 2)
            .run(zeros(1, 3, 1), zeros(1, 3, 1), POWERS, null, null, ints(2), ints(3));
    assertArrayEquals(new float[] {1, 5.5f, 55}, y.floats(), 1e-5f);
  }

  @Test
  void smoothSoftmaxAddsAScoreOfZeroWithoutValue() {
    Tensor y =
        of(1, 1)
            .attribute("smooth_softmax", 1)
            .run(
                zeros(1, 1, 1),
                zeros(1, 1, 1),
                Tensor.of(new float[] {8}, 1, 1, 1),
                null,
                null,
                ints(0),
                ints(1));
    assertArrayEquals(new float[] {4}, y.floats(), 1e-6f);
    Tensor sink = Tensor.of(new float[] {(float) Math.log(3)}, 1);
    y =
        of(1, 1)
            .run(
                zeros(1, 1, 1),
                zeros(1, 1, 1),
                Tensor.of(new float[] {8}, 1, 1, 1),
                null,
                null,
                ints(0),
                ints(1),
                null,
                null,
                null,
                null,
                sink);
    assertArrayEquals(new float[] {2}, y.floats(), 1e-6f);
  }

  @Test
  void softcapBoundsScores() {
    Tensor q = Tensor.of(new float[] {100}, 1, 1, 1);
    Tensor pastKey = Tensor.of(new float[] {-1}, 1, 1, 1, 1);
    Tensor pastValue = Tensor.of(new float[] {0}, 1, 1, 1, 1);
    Tensor one = Tensor.of(new float[] {1}, 1, 1, 1);
    Tensor y =
        of(1, 1).attribute("softcap", 1f).run(q, one, one, pastKey, pastValue, ints(1), ints(2));
    assertArrayEquals(new float[] {(float) (1 / (1 + Math.exp(-2)))}, y.floats(), 1e-6f);
  }

  @Test
  void eachRowHasALengthOfItsOwnAndTheRestOfTheCacheIsNotRead() {
    float nan = Float.NaN;
    // Rows hold 2 and 1 keys of a buffer of 4; the new one goes behind.
    Tensor past = Tensor.of(new float[] {1, 10, nan, nan, 5, nan, nan, nan}, 2, 1, 4, 1);
    Tensor pastKey = Tensor.of(new float[] {0, 0, nan, nan, 0, nan, nan, nan}, 2, 1, 4, 1);
    Tensor now = Tensor.of(new float[] {100, 7}, 2, 1, 1);
    List<Value> out =
        of(1, 1)
            .outputs(3)
            .runAll(zeros(2, 1, 1), zeros(2, 1, 1), now, pastKey, past, ints(2, 1), ints(3));
    assertArrayEquals(new float[] {37, 6}, ((Tensor) out.get(0)).floats(), 1e-5f);
    assertTrue(((Tensor) out.get(2)).hasShape(2, 1, 4, 1));
    assertArrayEquals(new float[] {1, 10, 100, 0, 5, 7, 0, 0}, ((Tensor) out.get(2)).floats());
  }

  /** What follows the end of a row is of no account, and no later row sees it. */
  @Test
  void promptsMayBeOfDifferentLengths() {
    Tensor now = Tensor.of(new float[] {1, 10, 100, 5, 6, 7}, 2, 3, 1);
    List<Value> prompt =
        of(1, 1)
            .outputs(3)
            .runAll(zeros(2, 3, 1), zeros(2, 3, 1), now, null, null, ints(2, 0), ints(3));
    float[] y = ((Tensor) prompt.getFirst()).floats();
    assertArrayEquals(new float[] {1, 5.5f, 37, 5}, Arrays.copyOf(y, 4), 1e-5f);
    Tensor next = Tensor.of(new float[] {1000, 9}, 2, 1, 1);
    Value keys = prompt.get(1);
    Value values = prompt.get(2);
    Tensor z = zeros(2, 1, 1);
    float[] step = of(1, 1).outputs(3).run(z, z, next, keys, values, ints(3, 1), ints(4)).floats();
    assertArrayEquals(new float[] {1111 / 4f, (5 + 9) / 2f}, step, 1e-4f);
  }

  @Test
  void stepsWithRotaryArePromptAtOnce() {
    Random random = new Random(9);
    int size = 16;
    int steps = 4;
    Tensor packed = random(random, 1, steps, (4 + 2 * 2) * size);
    Tensor cos = zeros(steps, size / 2);
    Tensor sin = zeros(steps, size / 2);
    for (int i = 0; i < cos.size(); i++) {
      int position = i / (size / 2);
      double angle = position / Math.pow(100, 2.0 * (i % (size / 2)) / size);
      cos.floats()[i] = (float) Math.cos(angle);
      sin.floats()[i] = (float) Math.sin(angle);
    }
    for (int interleaved = 0; interleaved < 2; interleaved++) {
      OperatorRunner runner =
          of(4, 2)
              .attribute("do_rotary", 1)
              .attribute("rotary_interleaved", interleaved)
              .outputs(3);
      List<Value> all =
          runner.runAll(packed, null, null, null, null, ints(steps - 1), ints(steps), cos, sin);
      Tensor key = zeros(1, 2, 0, size);
      Tensor value = key;
      for (int t = 0; t < steps; t++) {
        int width = packed.dim(2);
        Tensor step =
            Tensor.of(Arrays.copyOfRange(packed.floats(), t * width, (t + 1) * width), 1, 1, width);
        List<Value> out =
            runner.runAll(step, null, null, key, value, ints(t), ints(t + 1), cos, sin);
        key = (Tensor) out.get(1);
        value = (Tensor) out.get(2);
        assertArrayEquals(
            Arrays.copyOfRange(((Tensor) all.get(0)).floats(), t * 4 * size, (t + 1) * 4 * size),
            ((Tensor) out.get(0)).floats(),
            1e-5f);
      }
      assertArrayEquals(((Tensor) all.get(1)).floats(), key.floats(), 1e-6f);
      assertArrayEquals(((Tensor) all.get(2)).floats(), value.floats());
    }
  }

  private static Tensor random(Random random, int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  @Test
  void lengthsMustFit() {
    for (int length : new int[] {-2, 3}) {
      assertThrows(
          InvalidInput.class,
          () ->
              of(1, 1)
                  .run(zeros(1, 3, 1), zeros(1, 3, 1), POWERS, null, null, ints(length), ints(3)));
    }
    assertThrows(
        InvalidInput.class,
        () -> of(1, 1).run(zeros(1, 3, 1), zeros(1, 3, 1), POWERS, null, null, ints(2), ints(2)));
  }

  @Test
  void whatIsNotImplementedIsRefusedByName() {
    assertThrows(
        UnsupportedModel.class, () -> of(1, 1).attribute("sliding_window_cache", 1).create(7));
    UnsupportedModel e =
        assertThrows(
            UnsupportedModel.class,
            () -> of(1, 1).attribute("k_quant_type", "PER_TENSOR").create(7));
    assertEquals("k_quant_type = PER_TENSOR is not implemented", e.getMessage());
  }
}
