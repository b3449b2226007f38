package org.sardonyx.operators.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class PaddingTest {

  private static OperatorRunner pad(String mode) {
    return OperatorRunner.of("Pad", 19).attribute("mode", mode);
  }

  private static final Tensor X = Tensors.floats(Tensors.shape(3), 1, 2, 3);

  @Test
  void modes() {
    Tensor pads = Tensor.vector(3, 2);
    same(Tensors.floats(shape(8), 0, 0, 0, 1, 2, 3, 0, 0), pad("constant").run(X, pads));
    same(
        Tensors.floats(shape(8), 9, 9, 9, 1, 2, 3, 9, 9),
        pad("constant").run(X, pads, Tensor.scalar(9f)));
    same(Tensors.floats(shape(8), 2, 3, 2, 1, 2, 3, 2, 1), pad("reflect").run(X, pads));
    same(Tensors.floats(shape(8), 1, 1, 1, 1, 2, 3, 3, 3), pad("edge").run(X, pads));
    same(Tensors.floats(shape(8), 1, 2, 3, 1, 2, 3, 1, 2), pad("wrap").run(X, pads));
    same(X, pad("edge").run(X, Tensor.vector(0, 0)));
    assertThrows(InvalidModel.class, () -> pad("mirror").run(X, pads));
    assertThrows(
        OperatorFailed.class, () -> pad("edge").run(Tensors.count(0), Tensor.vector(1, 0)));
  }

  @Test
  void longRows() {
    int h = 3;
    int w = 21;
    for (DataType type : List.of(DataType.FLOAT, DataType.INT64, DataType.UINT8)) {
      Tensor x = Tensor.zeros(type, h, w);
      Tensor edge = Tensor.zeros(type, h + 3, w + 4);
      Tensor reflect = Tensor.zeros(type, h + 3, w + 4);
      for (int i = 0; i < x.size(); i++) {
        x.setDouble(i, i);
      }
      for (int i = 0; i < edge.size(); i++) {
        int row = i / (w + 4) - 1;
        int column = i % (w + 4) - 3;
        edge.setDouble(i, Math.clamp(row, 0, h - 1) * w + Math.clamp(column, 0, w - 1));
        row = h - 1 - Math.abs(h - 1 - Math.abs(row));
        column = w - 1 - Math.abs(w - 1 - Math.abs(column));
        reflect.setDouble(i, row * w + column);
      }
      Tensor pads = Tensor.vector(1, 3, 2, 1);
      same(edge, pad("edge").run(x, pads));
      same(reflect, pad("reflect").run(x, pads));
    }
  }

  @Test
  void negativePadsComeFirst() {
    same(Tensors.floats(shape(3), 2, 3, 0), pad("constant").run(X, Tensor.vector(-1, 1)));
    same(Tensors.floats(shape(3), 2, 3, 2), pad("reflect").run(X, Tensor.vector(-1, 1)));
    same(Tensors.floats(shape(2), 0, 0), pad("constant").run(X, Tensor.vector(-4, 3)));
    assertThrows(OperatorFailed.class, () -> pad("constant").run(X, Tensor.vector(-4, 0)));
  }

  @Test
  void axesOldVersionsAndOtherTypes() {
    Tensor x = Tensors.count(2, 2);
    same(
        Tensors.floats(shape(2, 4), 5, 0, 1, 5, 5, 2, 3, 5),
        pad("constant").run(x, Tensor.vector(1, 1), Tensor.scalar(5f), Tensor.vector(-1)));
    same(
        Tensors.floats(shape(2, 3), 0, 0, 1, 0, 2, 3),
        pad("constant").run(x, Tensor.vector(1, 0), null, Tensor.vector(1)));
    same(
        Tensors.floats(shape(2, 3), 7, 0, 1, 7, 2, 3),
        OperatorRunner.of("Pad", 2).ints("pads", 0, 1, 0, 0).attribute("value", 7f).run(x));
    same(
        Tensors.floats(shape(3, 2), 0, 1, 0, 1, 2, 3),
        OperatorRunner.of("Pad", 1).ints("paddings", 1, 0, 0, 0).attribute("mode", "edge").run(x));
    same(
        Tensors.strings(shape(2), "", "a"),
        pad("constant").run(Tensors.strings(shape(1), "a"), Tensor.vector(1, 0)));
    same(
        Tensors.floats(shape(3, 1), 0, 1, 0),
        pad("constant").run(Tensors.floats(shape(1, 1), 1), Tensor.vector(1, 0, 1, 0)));
  }

  @Test
  void trilu() {
    Tensor x = Tensors.floats(shape(2, 3), 1, 2, 3, 4, 5, 6);
    same(Tensors.floats(shape(2, 3), 1, 2, 3, 0, 5, 6), OperatorRunner.of("Trilu", 14).run(x));
    same(
        Tensors.floats(shape(2, 3), 1, 0, 0, 4, 5, 0),
        OperatorRunner.of("Trilu", 14).attribute("upper", 0).run(x));
    same(
        Tensors.floats(shape(2, 3), 0, 2, 3, 0, 0, 6),
        OperatorRunner.of("Trilu", 14).run(x, Tensor.scalar(1L)));
    same(
        Tensors.floats(shape(2, 3), 0, 0, 0, 4, 0, 0),
        OperatorRunner.of("Trilu", 14).attribute("upper", 0).run(x, Tensor.scalar(-1L)));
    same(x, OperatorRunner.of("Trilu", 14).run(x, Tensor.scalar(Long.MIN_VALUE)));
  }

  @Test
  void centerCropPad() {
    Tensor x = Tensors.floats(shape(5), 1, 2, 3, 4, 5);
    OperatorRunner runner = OperatorRunner.of("CenterCropPad", 18);
    same(Tensors.floats(shape(2), 2, 3), runner.run(x, Tensor.vector(2)));
    same(Tensors.floats(shape(8), 0, 1, 2, 3, 4, 5, 0, 0), runner.run(x, Tensor.vector(8)));
    same(Tensors.floats(shape(3, 1), 0, 3, 0), runner.run(x.reshaped(1, 5), Tensor.vector(3, 1)));
    same(
        Tensors.floats(shape(1, 1), 3),
        runner.ints("axes", -1).run(x.reshaped(1, 5), Tensor.vector(1)));
  }

  @Test
  void depthAndSpace() {
    Tensor x = Tensors.count(1, 8, 1, 1);
    OperatorRunner dcr = OperatorRunner.of("DepthToSpace", 13).attribute("blocksize", 2);
    same(Tensors.floats(shape(1, 2, 2, 2), 0, 2, 4, 6, 1, 3, 5, 7), dcr.run(x));
    same(
        Tensors.floats(shape(1, 2, 2, 2), 0, 1, 2, 3, 4, 5, 6, 7),
        dcr.attribute("mode", "CRD").run(x));
    Tensor y = Tensors.count(2, 3, 4, 6);
    Tensor deep = OperatorRunner.of("SpaceToDepth", 1).attribute("blocksize", 2).run(y);
    assertEquals(12, deep.dim(1));
    same(y, OperatorRunner.of("DepthToSpace", 1).attribute("blocksize", 2).run(deep));
    Tensor square = Tensors.count(1, 2, 2, 2);
    OperatorRunner space = OperatorRunner.of("SpaceToDepth", 28).attribute("blocksize", 2);
    same(Tensors.floats(shape(1, 8, 1, 1), 0, 4, 1, 5, 2, 6, 3, 7), space.run(square));
    same(Tensors.count(1, 8, 1, 1), space.attribute("mode", "CRD").run(square));
  }

  @Test
  void reverseSequenceAndCompress() {
    Tensor x = Tensors.floats(shape(3, 2), 1, 2, 3, 4, 5, 6);
    same(
        Tensors.floats(shape(3, 2), 5, 4, 3, 2, 1, 6),
        OperatorRunner.of("ReverseSequence", 10).run(x, Tensor.vector(3, 2)));
    same(
        Tensors.floats(shape(3, 2), 2, 1, 3, 4, 5, 6),
        OperatorRunner.of("ReverseSequence", 10)
            .attribute("batch_axis", 0)
            .attribute("time_axis", 1)
            .run(x, Tensor.vector(2, 1, 0)));
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("ReverseSequence", 10).run(x, Tensor.vector(4, 1)));
    Tensor second = Tensor.of(new boolean[] {false, true}, 2);
    same(
        Tensors.floats(shape(1, 2), 3, 4),
        OperatorRunner.of("Compress", 9).attribute("axis", 0).run(x, second));
    same(
        Tensors.floats(shape(3, 1), 2, 4, 6),
        OperatorRunner.of("Compress", 11).attribute("axis", -1).run(x, second));
    same(Tensors.floats(shape(1), 2), OperatorRunner.of("Compress", 11).run(x, second));
  }
}
