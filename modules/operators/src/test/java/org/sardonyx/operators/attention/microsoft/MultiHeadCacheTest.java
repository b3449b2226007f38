package org.sardonyx.operators.attention.microsoft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * MultiHeadAttention with a past that has room for more than it holds, as ONNX Runtime's decoders
 * give it (onnxruntime/contrib_ops/cpu/bert/multihead_attention.cc). One head of size 1 with scale
 * 1: scores log 3 and 0 give 3/4 and 1/4.
 */
class MultiHeadCacheTest {

  private static final float LOG3 = (float) Math.log(3);

  private static OperatorRunner multi() {
    return OperatorRunner.of("com.microsoft", "MultiHeadAttention", 1)
        .attribute("num_heads", 1)
        .attribute("scale", 1f)
        .outputs(4);
  }

  private static Tensor of(int batch, int rows, float... values) {
    return Tensor.of(values, batch, rows, 1);
  }

  private static Tensor cache(int batch, int rows, float... values) {
    return Tensor.of(values, batch, 1, rows, 1);
  }

  private static Tensor ints(int... values) {
    return Tensor.of(values, values.length);
  }

  private static float[] floats(Value value) {
    return ((Tensor) value).floats();
  }

  @Test
  void thePresentIsThePastWithTheNewRowsPutIn() {
    List<Value> out =
        multi()
            .runAll(
                of(1, 1, 1),
                of(1, 1, 0),
                of(1, 1, 4),
                null,
                null,
                null,
                cache(1, 3, LOG3, 99, 98),
                cache(1, 3, 8, 97, 96),
                ints(1));
    assertArrayEquals(new float[] {7}, floats(out.get(0)), 1e-6f);
    assertArrayEquals(new float[] {LOG3, 0, 98}, floats(out.get(1)));
    assertArrayEquals(new float[] {8, 4, 96}, floats(out.get(2)));
    assertArrayEquals(new float[] {LOG3, 0}, floats(out.get(3)));
    assertTrue(((Tensor) out.get(3)).hasShape(1, 1, 1, 2));
  }

  @Test
  void beamsTakeTheirPastFromTheirNeighbours() {
    // Row 0 takes its past from row 1 and row 1 from row 0: key 0 with value 4, key log 3 with 8.
    Tensor beams = Tensor.of(new int[] {1, 0, 0, 0}, 1, 2, 2);
    List<Value> out =
        multi()
            .runAll(
                of(2, 1, 1, 1),
                of(2, 1, LOG3, 0),
                of(2, 1, 8, 4),
                null,
                null,
                null,
                cache(2, 2, LOG3, 0, 0, 0),
                cache(2, 2, 8, 0, 4, 0),
                ints(1),
                beams);
    assertArrayEquals(new float[] {7, 7}, floats(out.get(0)), 1e-6f);
    assertArrayEquals(new float[] {0, LOG3, LOG3, 0}, floats(out.get(3)));
    assertArrayEquals(new float[] {LOG3, LOG3, 0, 0}, floats(out.get(1)));
  }

  @Test
  void scoresAreShownWithTheirMask() {
    List<Value> out =
        multi()
            .attribute("mask_filter_value", -2f)
            .runAll(
                of(1, 1, 1),
                of(1, 2, LOG3, 2),
                of(1, 2, 8, 4),
                null,
                Tensor.of(new int[] {1, 0}, 1, 2),
                Tensor.of(new float[] {0.5f, 0.5f}, 1, 1, 1, 2));
    assertArrayEquals(new float[] {LOG3 + 0.5f, 0.5f}, floats(out.get(3)), 1e-6f);
    assertArrayEquals(new float[] {7}, floats(out.get(0)), 1e-6f);
  }

  /** Query i sees the past and keys up to i, however many there are. */
  @Test
  void unidirectionalGoesByPosition() {
    OperatorRunner runner = multi().attribute("unidirectional", 1);
    List<Value> out = runner.runAll(of(1, 2, 1, 1), of(1, 3, LOG3, 0, 50), of(1, 3, 8, 4, 1000));
    assertArrayEquals(new float[] {8, 7}, floats(out.get(0)), 1e-6f);
    // One query sees them all.
    List<Value> one = runner.runAll(of(1, 1, 1), of(1, 2, LOG3, 0), of(1, 2, 8, 4));
    assertArrayEquals(new float[] {7}, floats(one.get(0)), 1e-6f);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor one = of(1, 1, 1);
    Tensor two = of(1, 2, 1, 2);
    Tensor past = cache(1, 3, 1, 2, 3);
    for (int length : new int[] {-1, 4, 3}) {
      assertThrows(
          InvalidInput.class,
          () -> multi().runAll(one, one, one, null, null, null, past, past, ints(length)));
    }
    Tensor beams = Tensor.of(new int[3], 1, 1, 3);
    assertThrows(
        InvalidInput.class,
        () -> multi().runAll(two, two, two, null, null, null, past, past, ints(1), beams));
    assertThrows(
        InvalidInput.class,
        () -> multi().runAll(one, one, one, null, null, null, past, past, null, beams));
    Tensor far = Tensor.of(new int[] {1, 0, 0}, 1, 1, 3);
    assertThrows(
        InvalidInput.class,
        () -> multi().runAll(one, one, one, null, null, null, past, past, ints(1), far));
  }
}
