package org.sardonyx.operators.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OneInference;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class ReshapingTest {

  private static final DataType LONG = DataType.INT64;

  private static OperatorRunner of(String name, long opset) {
    return OperatorRunner.of(name, opset);
  }

  @Test
  void shapeAndSize() {
    Tensor x = Tensors.count(2, 3, 4);
    same(Tensor.vector(2, 3, 4), of("Shape", 1).mayIgnore(0).run(x));
    same(Tensor.vector(3), of("Shape", 15).attribute("start", -2).attribute("end", -1).run(x));
    same(Tensor.vector(), of("Shape", 15).attribute("start", 5).run(x));
    same(Tensor.vector(2), of("Shape", 15).attribute("start", -9).attribute("end", 1).run(x));
    same(Tensor.vector(), of("Shape", 13).run(Tensor.scalar(1f)));
    same(Tensor.scalar(24L), of("Size", 13).run(x));
  }

  @Test
  void reshape() {
    Tensor x = Tensors.count(2, 3, 4);
    same(x.reshaped(2, 12), of("Reshape", 13).run(x, Tensor.vector(0, -1)));
    same(x.reshaped(24), of("Reshape", 14).run(x, Tensor.vector(-1)));
    same(x.reshaped(4, 6), of("Reshape", 1).ints("shape", 4, 6).run(x));
    Tensor one = Tensor.of(new String[] {"a"}, 1, 1);
    same(one.reshaped(), of("Reshape", 13).run(one, Tensor.vector()));
    Tensor none = Tensors.count(0, 3);
    same(
        Tensors.count(3, 0),
        of("Reshape", 14).attribute("allowzero", 1).run(none, Tensor.vector(3, 0)));
    same(Tensors.count(0, 3), of("Reshape", 14).run(none, Tensor.vector(0, 3)));
    for (long[] bad : new long[][] {{5, 5}, {-1, -1}, {7, -1}, {2, 3, 4, 0}}) {
      assertThrows(OperatorFailed.class, () -> of("Reshape", 14).run(x, Tensor.vector(bad)));
    }
  }

  @Test
  void reshapeOfUnknownSizes() {
    Dim n = Dim.named("N");
    Dim t = Dim.named("T");
    Type x = Type.tensor(DataType.FLOAT, Shape.of(n, t, Dim.of(8), Dim.of(16)));
    OneInference y =
        of("Reshape", 14)
            .inferDims(
                Arrays.asList(x, Type.tensor(LONG, Shape.of(3L))),
                Arrays.asList(null, List.of(n, Dim.of(-1), Dim.of(128))));
    assertEquals(Shape.of(n, t, Dim.of(128)), y.outputShape(0));
    y =
        of("Reshape", 14)
            .inferDims(
                Arrays.asList(x, Type.tensor(LONG, Shape.of(2L))),
                Arrays.asList(null, List.of(Dim.of(0), Dim.of(-1))));
    assertEquals(Shape.of(n, t.times(128)), y.outputShape(0));
    y =
        of("Reshape", 14)
            .inferDims(
                Arrays.asList(x, Type.tensor(LONG, Shape.of(2L))),
                Arrays.asList(null, List.of(Dim.of(-1), Dim.of(16))));
    assertEquals(Shape.of(n.times(t).times(8), Dim.of(16)), y.outputShape(0));
  }

  @Test
  void flatten() {
    Tensor x = Tensors.count(2, 3, 4);
    same(x.reshaped(2, 12), of("Flatten", 13).run(x));
    same(x.reshaped(1, 24), of("Flatten", 1).attribute("axis", 0).run(x));
    same(x.reshaped(24, 1), of("Flatten", 13).attribute("axis", 3).run(x));
    same(x.reshaped(6, 4), of("Flatten", 13).attribute("axis", -1).run(x));
    Tensor scalar = Tensor.scalar(1f);
    same(scalar.reshaped(1, 1), of("Flatten", 13).attribute("axis", 0).run(scalar));
  }

  @Test
  void squeezeAndUnsqueeze() {
    Tensor x = Tensors.count(1, 3, 1, 5);
    same(x.reshaped(3, 5), of("Squeeze", 13).run(x));
    same(x.reshaped(3, 1, 5), of("Squeeze", 13).run(x, Tensor.vector(0)));
    same(x.reshaped(1, 3, 5), of("Squeeze", 11).ints("axes", -2).run(x));
    same(x, of("Squeeze", 11).ints("axes").run(x));
    assertThrows(OperatorFailed.class, () -> of("Squeeze", 13).run(x, Tensor.vector(1)));
    same(x.reshaped(1, 1, 3, 1, 5, 1), of("Unsqueeze", 13).run(x, Tensor.vector(-1, 0)));
    same(x.reshaped(1, 3, 1, 1, 5), of("Unsqueeze", 1).ints("axes", 2).run(x));
    assertThrows(OperatorFailed.class, () -> of("Unsqueeze", 13).run(x, Tensor.vector(1, 1)));
  }

  @Test
  void transpose() {
    Tensor x = Tensors.count(2, 3);
    same(Tensors.floats(shape(3, 2), 0, 3, 1, 4, 2, 5), of("Transpose", 13).run(x));
    same(x, of("Transpose", 13).ints("perm", 0, 1).run(x));
    Tensor y = Tensors.count(1, 3, 1, 2);
    same(y.reshaped(3, 1, 1, 2), of("Transpose", 13).ints("perm", 1, 0, 2, 3).run(y));
    Tensor packed = Tensor.zeros(DataType.INT4, 2, 3);
    for (int i = 0; i < 6; i++) {
      packed.setLong(i, i - 3);
    }
    Tensor turned = of("Transpose", 21).run(packed);
    assertEquals(-3, turned.getLong(0));
    assertEquals(0, turned.getLong(1));
    assertEquals(-2, turned.getLong(2));
    assertThrows(
        InvalidModel.class, () -> of("Transpose", 13).ints("perm", 1, 0).run(Tensors.count(4)));
  }

  @Test
  void coloursOfImages() {
    for (int[] shape : new int[][] {{2, 100, 3}, {2, 3, 100}, {1, 70, 4}, {1, 4, 70}, {3, 65, 7}}) {
      Tensor x = Tensors.count(shape);
      Tensor y = OperatorRunner.of("Transpose", 13).ints("perm", 0, 2, 1).run(x);
      for (int i = 0; i < y.size(); i++) {
        int plane = shape[1] * shape[2];
        int row = i % plane / shape[1];
        int column = i % shape[1];
        assertEquals(i / plane * plane + column * shape[2] + row, y.floats()[i]);
      }
    }
  }
}
