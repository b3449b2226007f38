package org.sardonyx.operators.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.Tensor;

/** What implementations of RotaryEmbedding get wrong, with angles of 0 and 90 degrees. */
class RotaryEmbeddingTest {

  private static OperatorRunner rotary() {
    return OperatorRunner.of("RotaryEmbedding", 23);
  }

  private static float[] floats(float... values) {
    return values;
  }

  @Test
  void halvesAndPairs() {
    Tensor x = Tensor.of(floats(1, 2, 3, 4, 9), 1, 1, 1, 5);
    Tensor cos = Tensor.of(floats(1, 0), 1, 1, 2);
    Tensor sin = Tensor.of(floats(0, 1), 1, 1, 2);
    OperatorRunner halves = rotary().attribute("rotary_embedding_dim", 4);
    // Pairs (1, 3) and (2, 4), the second turned by a right angle; 9 passes.
    assertArrayEquals(floats(1, -4, 3, 2, 9), halves.run(x, cos, sin).floats());
    // Pairs (1, 2) and (3, 4).
    assertArrayEquals(
        floats(1, 2, -4, 3, 9), halves.attribute("interleaved", 1).run(x, cos, sin).floats());
  }

  @Test
  void positionsComeLast() {
    Tensor x = Tensor.of(floats(1, 2), 1, 1, 2);
    Tensor cos = Tensor.of(floats(1, 0), 2, 1);
    Tensor sin = Tensor.of(floats(0, 1), 2, 1);
    OperatorRunner runner = rotary().attribute("num_heads", 1);
    Tensor ids = Tensor.of(new long[] {1}, 1, 1);
    assertArrayEquals(floats(-2, 1), runner.run(x, cos, sin, ids).floats());
    for (long bad : new long[] {-1, 2}) {
      Tensor wrong = Tensor.of(new long[] {bad}, 1, 1);
      assertThrows(InvalidInput.class, () -> runner.run(x, cos, sin, wrong));
    }
    assertThrows(InvalidInput.class, () -> rotary().run(x, cos, sin, ids));
  }

  /** Of two heads and two rows the second row is turned, in both layouts. */
  @Test
  void theRowIsTurnedAndNotTheHead() {
    Tensor cos = Tensor.of(floats(1, 0), 1, 2, 1);
    Tensor sin = Tensor.of(floats(0, 1), 1, 2, 1);
    Tensor headsFirst = Tensor.of(floats(1, 2, 3, 4, 5, 6, 7, 8), 1, 2, 2, 2);
    assertArrayEquals(
        floats(1, 2, -4, 3, 5, 6, -8, 7), rotary().run(headsFirst, cos, sin).floats());
    Tensor rowsFirst = Tensor.of(floats(1, 2, 5, 6, 3, 4, 7, 8), 1, 2, 4);
    assertArrayEquals(
        floats(1, 2, 5, 6, -4, 3, -8, 7),
        rotary().attribute("num_heads", 2).run(rowsFirst, cos, sin).floats());
  }

  @Test
  void cachesAreOfRowsWithoutPositionsAndOfPositionsWithThem() {
    Tensor x = Tensor.of(floats(1, 2), 1, 1, 1, 2);
    Tensor table = Tensor.of(floats(1), 1, 1);
    Tensor rows = Tensor.of(floats(1), 1, 1, 1);
    Tensor ids = Tensor.of(new long[] {0}, 1, 1);
    rotary().run(x, table, table, ids);
    rotary().run(x, rows, rows);
    assertThrows(InvalidInput.class, () -> rotary().run(x, table, table));
    assertThrows(InvalidInput.class, () -> rotary().run(x, rows, rows, ids));
  }
}
