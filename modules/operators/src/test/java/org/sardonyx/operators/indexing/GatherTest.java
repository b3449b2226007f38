package org.sardonyx.operators.indexing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class GatherTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void gather() {
    Tensor x = Tensors.count(3, 2);
    same(
        Tensors.floats(shape(1, 2, 2), 4, 5, 0, 1),
        of("Gather", 13).run(x, Tensors.longs(shape(1, 2), -1, 0)));
    same(
        Tensors.floats(shape(3), 1, 3, 5),
        of("Gather", 1).attribute("axis", -1).run(x, Tensor.of(new int[] {1})));
    same(
        Tensors.floats(shape(3, 2), 1, 0, 3, 2, 5, 4),
        of("Gather", 13).attribute("axis", 1).run(x, Tensor.vector(1, 0)));
    same(Tensors.count(0, 2), of("Gather", 13).run(x, Tensor.vector()));
    assertThrows(OperatorFailed.class, () -> of("Gather", 13).run(x, Tensor.vector(3)));
    assertThrows(OperatorFailed.class, () -> of("Gather", 13).run(x, Tensor.vector(-4)));
  }

  @Test
  void gatherElements() {
    Tensor x = Tensors.floats(shape(2, 2), 1, 2, 3, 4);
    Tensor indices = Tensors.longs(shape(2, 2), 0, 0, 1, 0);
    same(
        Tensors.floats(shape(2, 2), 1, 1, 4, 3),
        of("GatherElements", 13).attribute("axis", 1).run(x, indices));
    same(Tensors.floats(shape(2, 2), 1, 2, 3, 2), of("GatherElements", 11).run(x, indices));
    same(
        Tensors.floats(shape(1, 2), 3, 4),
        of("GatherElements", 11).run(x, Tensors.longs(shape(1, 2), -1, 1)));
    Tensor cube = Tensors.count(2, 3, 2);
    same(
        Tensors.floats(shape(2, 1, 2), 4, 1, 6, 11),
        of("GatherElements", 11)
            .attribute("axis", 1)
            .run(cube, Tensors.longs(shape(2, 1, 2), 2, 0, 0, 2)));
    assertThrows(
        OperatorFailed.class,
        () -> of("GatherElements", 11).run(x, Tensors.longs(shape(2, 3), 0, 0, 0, 0, 0, 0)));
  }

  @Test
  void gatherND() {
    Tensor x = Tensors.count(2, 2, 2);
    same(
        Tensors.floats(shape(2, 1, 2), 2, 3, 4, 5),
        of("GatherND", 13).run(x, Tensors.longs(shape(2, 1, 2), 0, 1, 1, 0)));
    same(
        Tensors.floats(shape(2, 2), 2, 3, 4, 5),
        of("GatherND", 13).attribute("batch_dims", 1).run(x, Tensors.longs(shape(2, 1), 1, 0)));
    same(
        Tensors.floats(shape(1), 7),
        of("GatherND", 11).run(x, Tensors.longs(shape(1, 3), -1, -1, -1)));
    assertThrows(
        OperatorFailed.class, () -> of("GatherND", 11).run(x, Tensors.longs(shape(1, 1), 2)));
  }

  @Test
  void nonZero() {
    Tensor x = Tensors.floats(shape(2, 2), 1, 0, Float.NaN, -0.0f);
    same(Tensors.longs(shape(2, 2), 0, 1, 0, 0), of("NonZero", 13).run(x));
    same(Tensors.longs(shape(0, 1)), of("NonZero", 13).run(Tensor.scalar(3f)));
    same(Tensors.longs(shape(1, 0)), of("NonZero", 9).run(Tensors.count(0)));
    same(
        Tensors.longs(shape(1, 1), 1),
        of("NonZero", 9).run(Tensor.of(new boolean[] {false, true}, 2)));
  }

  @Test
  void oneHot() {
    Tensor values = Tensors.ints(shape(2), 5, 9);
    same(
        Tensors.ints(shape(3, 2), 9, 5, 5, 9, 5, 5),
        of("OneHot", 11).run(Tensor.vector(0, -1, 2), Tensor.scalar(2L), values));
    same(
        Tensors.ints(shape(2, 3), 9, 5, 5, 5, 5, 5),
        of("OneHot", 9)
            .attribute("axis", 0)
            .run(Tensor.vector(0, -1, 2), Tensor.scalar(2L), values));
    same(
        Tensors.strings(shape(1, 2), "no", "yes"),
        of("OneHot", 11)
            .run(
                Tensors.floats(shape(1), 1.9f),
                Tensors.floats(shape(1), 2),
                Tensors.strings(shape(2), "no", "yes")));
  }

  @Test
  void unique() {
    Tensor x = Tensors.floats(shape(6), 2, 1, 1, 3, 4, 3);
    List<Value> sorted = of("Unique", 11).outputs(4).runAll(x);
    same(Tensors.floats(shape(4), 1, 2, 3, 4), (Tensor) sorted.get(0));
    same(Tensor.vector(1, 0, 3, 4), (Tensor) sorted.get(1));
    same(Tensor.vector(1, 0, 0, 2, 3, 2), (Tensor) sorted.get(2));
    same(Tensor.vector(2, 1, 2, 1), (Tensor) sorted.get(3));
    List<Value> found = of("Unique", 11).attribute("sorted", 0).outputs(4).runAll(x);
    same(Tensors.floats(shape(4), 2, 1, 3, 4), (Tensor) found.get(0));
    same(Tensor.vector(0, 1, 3, 4), (Tensor) found.get(1));
    same(Tensor.vector(0, 1, 1, 2, 3, 2), (Tensor) found.get(2));
    same(Tensor.vector(1, 2, 2, 1), (Tensor) found.get(3));
    same(
        Tensors.strings(shape(2), "a", "b"),
        of("Unique", 11).run(Tensors.strings(shape(3), "b", "a", "b")));
    Tensor rows = Tensors.floats(shape(3, 2), 2, 0, 1, 5, 2, 0);
    same(Tensors.floats(shape(2, 2), 1, 5, 2, 0), of("Unique", 11).attribute("axis", 0).run(rows));
    same(
        Tensors.floats(shape(3, 2), 0, 2, 5, 1, 0, 2),
        of("Unique", 11).attribute("axis", 1).run(rows));
    same(
        Tensors.floats(shape(2), 0, Float.NaN),
        of("Unique", 11)
            .attribute("sorted", 0)
            .run(Tensors.floats(shape(4), 0, Float.NaN, -0.0f, Float.NaN)));
    same(Tensors.count(0), of("Unique", 11).run(Tensors.count(0)));
  }

  @Test
  void manyElementsAlongAnyAxis() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 4));
    int[] shape = {9, 40, 30};
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.INT64, DataType.INT8}) {
      Tensor x = Tensors.random(random, type, shape);
      for (int axis = 0; axis < 3; axis++) {
        int[] of = {8, 39, 29};
        of[axis] = 25;
        Tensor indices = Tensor.zeros(DataType.INT32, of);
        for (int i = 0; i < indices.size(); i++) {
          indices.setLong(i, random.nextInt(-shape[axis], shape[axis]));
        }
        Tensor y = OperatorRunner.of("GatherElements", 13).attribute("axis", axis).run(x, indices);
        int[] at = new int[3];
        for (int i = 0; i < y.size(); i++) {
          at[0] = i / (of[1] * of[2]);
          at[1] = i / of[2] % of[1];
          at[2] = i % of[2];
          at[axis] = Math.floorMod((int) indices.getLong(i), shape[axis]);
          int place = (at[0] * shape[1] + at[1]) * shape[2] + at[2];
          assertEquals(x.getDouble(place), y.getDouble(i));
        }
        indices.setLong(indices.size() - 1, shape[axis]);
        OperatorRunner wrong = OperatorRunner.of("GatherElements", 13).attribute("axis", axis);
        assertThrows(OperatorFailed.class, () -> wrong.run(x, indices));
      }
    }
  }
}
