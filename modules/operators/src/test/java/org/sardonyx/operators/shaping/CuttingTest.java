package org.sardonyx.operators.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class CuttingTest {

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void concat() {
    Tensor a = Tensors.floats(shape(2, 1), 1, 2);
    Tensor b = Tensors.floats(shape(2, 2), 3, 4, 5, 6);
    same(
        Tensors.floats(shape(2, 3), 1, 3, 4, 2, 5, 6),
        of("Concat", 13).attribute("axis", -1).run(a, b));
    same(Tensors.floats(shape(2, 3), 1, 3, 4, 2, 5, 6), of("Concat", 1).run(a, b));
    Tensor none = Tensors.count(2, 0);
    same(a, of("Concat", 13).attribute("axis", 1).mayIgnore(0).run(none, a));
    same(
        Tensors.strings(shape(2), "a", "b"),
        of("Concat", 4)
            .attribute("axis", 0)
            .run(Tensors.strings(shape(1), "a"), Tensors.strings(shape(1), "b")));
    assertThrows(OperatorFailed.class, () -> of("Concat", 13).attribute("axis", 0).run(a, b));
  }

  @Test
  void split() {
    Tensor x = Tensors.floats(shape(5), 1, 2, 3, 4, 5);
    List<Value> parts = of("Split", 13).outputs(2).runAll(x, Tensor.vector(2, 3));
    same(Tensors.floats(shape(2), 1, 2), (Tensor) parts.get(0));
    same(Tensors.floats(shape(3), 3, 4, 5), (Tensor) parts.get(1));
    parts = of("Split", 18).outputs(3).attribute("num_outputs", 3).runAll(x);
    same(Tensors.floats(shape(1), 5), (Tensor) parts.get(2));
    parts = of("Split", 2).outputs(2).attribute("axis", 1).runAll(Tensors.count(1, 4));
    same(Tensors.floats(shape(1, 2), 2, 3), (Tensor) parts.get(1));
    parts = of("Split", 2).outputs(2).ints("split", 1, 4).unwanted(0).runAll(x);
    same(Tensors.floats(shape(4), 2, 3, 4, 5), (Tensor) parts.get(1));
    assertThrows(OperatorFailed.class, () -> of("Split", 13).outputs(2).runAll(x));
    assertThrows(
        OperatorFailed.class, () -> of("Split", 13).outputs(2).runAll(x, Tensor.vector(2, 2)));
    OperatorRunner counted = of("Split", 18).outputs(2);
    assertThrows(InvalidModel.class, () -> counted.attribute("num_outputs", 3).runAll(x));
    assertThrows(
        InvalidModel.class,
        () -> counted.attribute("num_outputs", 2).runAll(x, Tensor.vector(2, 3)));
  }

  @Test
  void slice() {
    Tensor x = Tensors.count(2, 4);
    same(
        Tensors.floats(shape(1, 2), 4, 6),
        of("Slice", 13)
            .run(
                x,
                Tensor.vector(1, 0),
                Tensor.vector(2, 3),
                Tensor.vector(0, 1),
                Tensor.vector(1, 2)));
    same(
        Tensors.floats(shape(1, 3), 1, 2, 3),
        of("Slice", 10).run(x, Tensor.vector(0, 1), Tensor.vector(-1, 1000)));
    same(
        Tensors.floats(shape(1, 1), 4),
        of("Slice", 1).ints("starts", 1, 0).ints("ends", 5, 1).run(x));
    same(
        Tensors.floats(shape(2, 2), 1, 2, 5, 6),
        of("Slice", 1).ints("starts", 1).ints("ends", 3).ints("axes", 1).run(x));
  }

  @Test
  void sliceBackwards() {
    Tensor x = Tensors.floats(shape(5), 0, 1, 2, 3, 4);
    same(Tensors.floats(shape(5), 4, 3, 2, 1, 0), slice(x, -1, Long.MIN_VALUE, -1));
    same(Tensors.floats(shape(3), 4, 2, 0), slice(x, Long.MAX_VALUE, Long.MIN_VALUE, -2));
    same(Tensors.floats(shape(2), 3, 2), slice(x, 3, 1, -1));
    same(Tensors.floats(shape(3), 3, 2, 1), slice(x, -2, 0, -1));
    same(Tensors.floats(shape(0)), slice(x, 1, 3, -1));
    same(Tensors.floats(shape(0)), slice(x, 3, 3, 1));
    same(Tensors.floats(shape(1), 4), slice(x, 4, 0, Long.MIN_VALUE));
    same(Tensors.floats(shape(1), 0), slice(x, 0, Long.MAX_VALUE, Long.MAX_VALUE));
    same(Tensors.floats(shape(2), 0, 4), slice(x, Long.MIN_VALUE, Long.MAX_VALUE, 4));
    assertThrows(OperatorFailed.class, () -> slice(x, 0, 1, 0));
  }

  private static Tensor slice(Tensor x, long start, long end, long step) {
    return of("Slice", 13)
        .run(
            x,
            Tensor.vector(start),
            Tensor.vector(end),
            Tensors.longs(shape(1), 0),
            Tensor.vector(step));
  }

  @Test
  void sliceOfUnknownSizes() {
    Dim n = Dim.named("N");
    Type x = Type.tensor(DataType.FLOAT, Shape.of(n, Dim.of(7)));
    Type one = Type.tensor(DataType.INT64, Shape.of(1L));
    Function<long[], Shape> cut =
        bounds ->
            of("Slice", 13)
                .infer(
                    List.of(x, one, one, one, one),
                    Arrays.asList(
                        null,
                        Tensor.vector(bounds[0]),
                        Tensor.vector(bounds[1]),
                        Tensor.vector(0),
                        Tensor.vector(bounds[2])))
                .outputShape(0);
    Dim seven = Dim.of(7);
    assertEquals(Shape.of(n, seven), cut.apply(new long[] {0, Long.MAX_VALUE, 1}));
    assertEquals(Shape.of(n, seven), cut.apply(new long[] {-1, Long.MIN_VALUE, -1}));
    assertEquals(Shape.of(n.plus(-2).max(Dim.of(0)), seven), cut.apply(new long[] {0, -2, 1}));
    assertEquals(
        Shape.of(n.plus(1).dividedBy(2), seven), cut.apply(new long[] {0, Long.MAX_VALUE, 2}));
  }

  @Test
  void expandAndTile() {
    Tensor x = Tensors.floats(shape(2, 1), 1, 2);
    same(Tensors.floats(shape(2, 3), 1, 1, 1, 2, 2, 2), of("Expand", 13).run(x, Tensor.vector(3)));
    same(x, of("Expand", 13).run(x, Tensor.vector(1, 1)));
    same(
        Tensors.floats(shape(2, 2, 1), 1, 2, 1, 2), of("Expand", 8).run(x, Tensor.vector(2, 1, 1)));
    same(Tensors.count(2, 0), of("Expand", 8).run(x, Tensor.vector(2, 0)));
    Tensor pairs = Tensor.of(DataType.COMPLEX64, new float[] {1, 2}, 1);
    same(
        Tensor.of(DataType.COMPLEX64, new float[] {1, 2, 1, 2}, 2),
        of("Expand", 13).run(pairs, Tensor.vector(2)));
    assertThrows(OperatorFailed.class, () -> of("Expand", 8).run(x, Tensor.vector(3, 1)));
    same(Tensors.floats(shape(2, 2), 1, 1, 2, 2), of("Tile", 13).run(x, Tensor.vector(1, 2)));
    same(Tensors.floats(shape(4, 1), 1, 2, 1, 2), of("Tile", 6).run(x, Tensor.vector(2, 1)));
    same(
        Tensors.floats(shape(4, 1), 1, 2, 1, 2),
        of("Tile", 1).run(x, Tensor.of(new float[] {2}, 1), Tensor.of(new float[] {0}, 1)));
    same(Tensors.count(2, 0), of("Tile", 6).run(x, Tensor.vector(1, 0)));
  }
}
