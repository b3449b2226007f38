package org.sardonyx.operators.attention.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * One head of size 1 with scale 1, so that scores are products of two numbers, and logarithms make
 * the probabilities simple.
 */
class DecoderMaskedTest {

  private static final float LOG3 = (float) Math.log(3);

  private static OperatorRunner masked() {
    return OperatorRunner.of("com.microsoft", "DecoderMaskedMultiHeadAttention", 1)
        .attribute("num_heads", 1)
        .attribute("scale", 1f);
  }

  private static Tensor of(int batch, int rows, float... values) {
    return Tensor.of(values, batch, rows, 1);
  }

  private static Tensor cache(int batch, int rows, float... values) {
    return Tensor.of(values, batch, 1, rows, 1);
  }

  private static float[] floats(Value value) {
    return ((Tensor) value).floats();
  }

  @Test
  void theCacheKeepsItsSize() {
    // Scores log 3 and 0 give 3/4 of 8 and 1/4 of 4; the third row of the cache does not count.
    List<Value> out =
        masked()
            .attribute("past_present_share_buffer", 1)
            .outputs(4)
            .runAll(
                of(1, 1, 1),
                of(1, 1, 0),
                of(1, 1, 4),
                null,
                null,
                cache(1, 3, LOG3, 99, 98),
                cache(1, 3, 8, 97, 96),
                Tensor.of(new int[] {1}, 1));
    assertArrayEquals(new float[] {7}, floats(out.get(0)), 1e-6f);
    assertArrayEquals(new float[] {LOG3, 0, 98}, floats(out.get(1)));
    assertArrayEquals(new float[] {8, 4, 96}, floats(out.get(2)));
    assertArrayEquals(new float[] {LOG3, 0}, floats(out.get(3)));
    assertEquals("[1, 1, 1, 2]", Arrays.toString(((Tensor) out.get(3)).shape()));
  }

  @Test
  void withoutSharingTheCacheGrows() {
    // Packed Q, K and V with a bias: 1 + 0, 0 + log 3, 4 + 4.
    List<Value> out =
        masked()
            .outputs(3)
            .runAll(
                Tensor.of(new float[] {1, 0, 4}, 1, 1, 3),
                null,
                null,
                null,
                null,
                cache(1, 1, 0),
                cache(1, 1, 4),
                null,
                null,
                null,
                Tensor.of(new float[] {0, LOG3, 4}, 3));
    assertArrayEquals(new float[] {7}, floats(out.get(0)), 1e-6f);
    assertArrayEquals(new float[] {0, LOG3}, floats(out.get(1)));
    assertArrayEquals(new float[] {4, 8}, floats(out.get(2)));
  }

  @Test
  void crossAttentionHasAMask() {
    Tensor y =
        masked()
            .run(
                of(1, 1, 1),
                cache(1, 3, LOG3, 0, 50),
                cache(1, 3, 8, 4, 1000),
                Tensor.of(new int[] {1, 1, 0}, 1, 3));
    assertArrayEquals(new float[] {7}, y.floats(), 1e-6f);
    // A bias turns the two round.
    Tensor turned =
        masked()
            .run(
                of(1, 1, 1),
                cache(1, 2, LOG3, 0),
                cache(1, 2, 8, 4),
                null,
                Tensor.of(new float[] {0, 2 * LOG3}, 1, 1, 1, 2));
    assertArrayEquals(new float[] {5}, turned.floats(), 1e-6f);
  }

  @Test
  void beamsTakeTheirPastFromTheirNeighbours() {
    // Both beams have the past of beam 1: key 0 and value 4.
    Tensor past = cache(2, 2, 50, 0, 0, 0);
    Tensor values = cache(2, 2, 1000, 0, 4, 0);
    OperatorRunner runner = masked().attribute("past_present_share_buffer", 1).outputs(3);
    Tensor length = Tensor.of(new int[] {1}, 1);
    Tensor width = Tensor.of(new int[] {2}, 1);
    List<Value> out =
        runner.runAll(
            of(2, 1, 1, 1),
            of(2, 1, LOG3, 0),
            of(2, 1, 8, 8),
            null,
            null,
            past,
            values,
            length,
            width,
            Tensor.of(new int[] {1, 0, 1, 0}, 1, 2, 2));
    assertArrayEquals(new float[] {7, 6}, floats(out.get(0)), 1e-6f);
    assertArrayEquals(new float[] {50, LOG3, 0, 0}, floats(out.get(1)));
    for (int bad : new int[] {-1, 2}) {
      Tensor beams = Tensor.of(new int[] {bad, 0, 1, 0}, 1, 2, 2);
      assertThrows(
          InvalidInput.class,
          () ->
              runner.runAll(
                  of(2, 1, 1, 1),
                  of(2, 1, 0, 0),
                  of(2, 1, 8, 8),
                  null,
                  null,
                  past,
                  values,
                  length,
                  width,
                  beams));
    }
    assertThrows(
        InvalidInput.class,
        () ->
            runner.runAll(
                of(2, 1, 1, 1),
                of(2, 1, 0, 0),
                of(2, 1, 8, 8),
                null,
                null,
                past,
                values,
                length,
                width));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    OperatorRunner shared = masked().attribute("past_present_share_buffer", 1).outputs(2);
    Tensor one = of(1, 1, 1);
    Tensor full = Tensor.of(new int[] {2}, 1);
    Tensor past = cache(1, 2, 1, 2);
    assertThrows(
        InvalidInput.class, () -> shared.runAll(one, one, one, null, null, past, past, full));
    assertThrows(InvalidInput.class, () -> shared.runAll(one, one, one, null, null, past, past));
    assertThrows(InvalidInput.class, () -> masked().run(of(1, 2, 1, 2), past, past));
    assertThrows(InvalidInput.class, () -> masked().run(one, past));
  }
}
