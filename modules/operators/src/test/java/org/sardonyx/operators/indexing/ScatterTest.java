package org.sardonyx.operators.indexing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class ScatterTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void scatterElements() {
    Tensor x = Tensors.floats(shape(1, 5), 1, 2, 3, 4, 5);
    Tensor indices = Tensors.longs(shape(1, 2), 1, -2);
    Tensor updates = Tensors.floats(shape(1, 2), 9, 8);
    Tensor y = Tensors.floats(shape(1, 5), 1, 9, 3, 8, 5);
    same(y, of("ScatterElements", 18).attribute("axis", 1).run(x, indices, updates));
    same(y, of("Scatter", 9).attribute("axis", -1).run(x, indices, updates));
    Tensor twice = Tensors.longs(shape(1, 2), 1, 1);
    for (Object[] row :
        new Object[][] {{"add", 19f}, {"mul", 144f}, {"max", 9f}, {"min", 2f}, {"none", 8f}}) {
      same(
          Tensors.floats(shape(1, 5), 1, (float) row[1], 3, 4, 5),
          of("ScatterElements", 18)
              .attribute("axis", 1)
              .attribute("reduction", (String) row[0])
              .run(x, twice, updates));
    }
    assertThrows(
        OperatorFailed.class,
        () ->
            of("ScatterElements", 11)
                .attribute("axis", 1)
                .run(x, Tensors.longs(shape(1, 2), 1, 5), updates));
  }

  @Test
  void reductionsOfOtherTypes() {
    Tensor bytes = Tensor.of(DataType.UINT8, new byte[] {(byte) 250, 3}, 2);
    same(
        Tensor.of(DataType.UINT8, new byte[] {4, 3}, 2),
        of("ScatterElements", 16)
            .attribute("reduction", "add")
            .run(bytes, Tensor.vector(0), Tensor.of(DataType.UINT8, new byte[] {10}, 1)));
    Tensor longs = Tensor.of(DataType.UINT64, new long[] {-1, 5}, 2);
    same(
        Tensor.of(DataType.UINT64, new long[] {-1, 7}, 2),
        of("ScatterElements", 18)
            .attribute("reduction", "max")
            .run(longs, Tensor.vector(0, 1), Tensor.of(DataType.UINT64, new long[] {6, 7}, 2)));
    // Half precision is rounded once: 2048 + 1 + 1.
    Tensor half = Tensor.fromFloats(DataType.FLOAT16, new float[] {2048}, 1);
    Tensor ones = Tensor.fromFloats(DataType.FLOAT16, new float[] {1, 1}, 2);
    same(
        Tensor.fromFloats(DataType.FLOAT16, new float[] {2050}, 1),
        of("ScatterND", 18)
            .attribute("reduction", "add")
            .run(half, Tensors.longs(shape(2, 1), 0, 0), ones));
    assertThrows(
        UnsupportedModel.class,
        () ->
            of("ScatterND", 18)
                .attribute("reduction", "add")
                .run(
                    Tensors.strings(shape(1), "a"),
                    Tensors.longs(shape(1, 1), 0),
                    Tensors.strings(shape(1), "b")));
  }

  @Test
  void scatterND() {
    Tensor x = Tensors.count(3, 2);
    same(
        Tensors.floats(shape(3, 2), 8, 9, 2, 3, 6, 7),
        of("ScatterND", 13)
            .run(x, Tensors.longs(shape(2, 1), 2, 0), Tensors.floats(shape(2, 2), 6, 7, 8, 9)));
    same(
        Tensors.floats(shape(3, 2), 0, 1, 2, 5, 4, 5),
        of("ScatterND", 11).run(x, Tensors.longs(shape(1, 2), 1, -1), Tensors.floats(shape(1), 5)));
  }

  @Test
  void tensorScatter() {
    Tensor cache = Tensors.count(2, 3, 1);
    Tensor update = Tensors.floats(shape(2, 2, 1), 10, 11, 12, 13);
    same(
        Tensors.floats(shape(2, 3, 1), 10, 11, 2, 3, 12, 13),
        of("TensorScatter", 24).run(cache, update, Tensor.vector(0, 1)));
    same(
        Tensors.floats(shape(2, 3, 1), 11, 1, 10, 13, 4, 12),
        of("TensorScatter", 24)
            .attribute("mode", "circular")
            .run(cache, update, Tensor.vector(2, 2)));
    assertThrows(
        OperatorFailed.class,
        () -> of("TensorScatter", 24).run(cache, update, Tensor.vector(0, 2)));
  }

  /** Indices that follow one another are moved together once they are known to be constant. */
  @Test
  void constantIndicesInRowsAndOutOfOrder() {
    Tensor x = Tensors.floats(shape(2, 3, 2), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    OperatorRunner scatter = of("ScatterND", 18);
    same(
        Tensors.floats(shape(2, 3, 2), 1, 2, 21, 22, 23, 24, 25, 26, 9, 10, 27, 28),
        scatter.run(
            x,
            Tensors.longs(shape(2, 2, 2), 0, 1, 0, 2, 1, 0, 1, -1),
            Tensors.floats(shape(2, 2, 2), 21, 22, 23, 24, 25, 26, 27, 28)));
    // The second of two that go to one place stays.
    same(
        Tensors.floats(shape(2, 3, 2), 1, 2, 3, 4, 23, 24, 7, 8, 9, 10, 27, 28),
        scatter.run(
            x,
            Tensors.longs(shape(4, 2), 1, 2, 0, 2, 0, 2, 1, 2),
            Tensors.floats(shape(4, 2), 1, 2, 21, 22, 23, 24, 27, 28)));
    same(
        Tensors.floats(shape(2, 3, 2), 1, 2, 3, 4, 5, 9, 7, 8, 9, 10, 11, 12),
        scatter.run(x, Tensors.longs(shape(1, 3), 0, 2, 1), Tensors.floats(shape(1), 9)));
    same(x, scatter.run(x, Tensors.longs(shape(0, 2)), Tensors.floats(shape(0, 2))));
  }
}
