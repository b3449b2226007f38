package org.sardonyx.operators.recurrent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.recurrent.QuantizedMatrix.Quantization;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** DynamicQuantizeLSTM: its rounding by hand, and its results near those of LSTM. */
final class DynamicQuantizeLSTMTest {

  private static OperatorRunner of() {
    return OperatorRunner.of("com.microsoft", "DynamicQuantizeLSTM", 1);
  }

  @Test
  void rangeIsWidenedToZeroAndRoundingIsToEven() {
    assertEquals(new Quantization(1 / 255f * 5, 0), Quantization.of(new float[] {2, 5}, 0, 2));
    assertEquals(new Quantization(1, 0), Quantization.of(new float[] {0, 0}, 0, 2));
    Quantization q = Quantization.of(new float[] {-2, 253}, 0, 2);
    assertEquals(new Quantization(1, 2), q);
    float[] to = new float[5];
    q.quantize(new float[] {0.5f, 1.5f, -300, 300, Float.NaN}, 0, to, 5);
    assertArrayEquals(new float[] {0, 2, -2, 253, Float.NaN}, to);
  }

  @Test
  void followsLstmWithTheWeightsTheIntegersStandFor() {
    for (boolean perChannel : new boolean[] {false, true}) {
      for (DataType type : List.of(DataType.INT8, DataType.UINT8)) {
        run(perChannel, type);
      }
    }
  }

  private static void run(boolean perChannel, DataType type) {
    Random random = new Random(17);
    int d = 2;
    int input = 6;
    int hidden = 5;
    int columns = 4 * hidden;
    byte[] w = new byte[d * input * columns];
    byte[] r = new byte[d * hidden * columns];
    random.nextBytes(w);
    random.nextBytes(r);
    int[] scaleShape = perChannel ? new int[] {d, columns} : new int[] {d};
    Tensor scale = Tensor.zeros(DataType.FLOAT, scaleShape);
    Tensor zero = Tensor.zeros(type, scaleShape);
    for (int i = 0; i < scale.size(); i++) {
      scale.floats()[i] = 0.004f + 0.0001f * i;
      zero.setLong(i, type == DataType.UINT8 ? 120 : 3);
    }
    Tensor wq = Tensor.of(type, w, d, input, columns);
    Tensor rq = Tensor.of(type, r, d, hidden, columns);
    float[] xs = new float[4 * 3 * input];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = (float) random.nextGaussian();
    }
    Tensor x = Tensor.of(xs, 4, 3, input);
    Tensor b = Tensor.zeros(DataType.FLOAT, d, 2 * columns);
    for (int i = 0; i < b.size(); i++) {
      b.floats()[i] = 0.1f * (float) random.nextGaussian();
    }
    Tensor lens = Tensor.of(new int[] {4, 1, 3}, 3);
    List<Value> actual =
        of().attribute("direction", "bidirectional")
            .attribute("hidden_size", hidden)
            .outputs(3)
            .runAll(x, wq, rq, b, lens, null, null, null, scale, zero, scale, zero);
    List<Value> expected =
        OperatorRunner.of("LSTM", 14)
            .attribute("direction", "bidirectional")
            .outputs(3)
            .runAll(x, transposed(wq, scale, zero), transposed(rq, scale, zero), b, lens);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(
          ((Tensor) expected.get(i)).floats(), ((Tensor) actual.get(i)).floats(), 0.03f);
    }
  }

  private static Tensor transposed(Tensor matrix, Tensor scale, Tensor zero) {
    int rows = matrix.dim(1);
    int columns = matrix.dim(2);
    float[] y = new float[matrix.size()];
    for (int d = 0; d < matrix.dim(0); d++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int s = scale.rank() == 1 ? d : d * columns + j;
          long q = matrix.getLong((d * rows + i) * columns + j) - zero.getLong(s);
          y[(d * columns + j) * rows + i] = q * scale.floats()[s];
        }
      }
    }
    return Tensor.of(y, matrix.dim(0), columns, rows);
  }

  @Test
  void shapesAreChecked() {
    Tensor x = Tensor.zeros(DataType.FLOAT, 1, 1, 2);
    Tensor w = Tensor.zeros(DataType.INT8, 1, 2, 4);
    Tensor r = Tensor.zeros(DataType.INT8, 1, 1, 4);
    Tensor one = Tensor.of(new float[] {1}, 1);
    Tensor zero = Tensor.zeros(DataType.INT8, 1);
    of().run(x, w, r, null, null, null, null, null, one, zero, one, zero);
    Tensor two = Tensor.of(new float[] {1, 1}, 2);
    assertThrows(
        InvalidInput.class,
        () -> of().run(x, w, r, null, null, null, null, null, two, zero, one, zero));
    assertThrows(
        InvalidInput.class,
        () -> of().run(x, r, r, null, null, null, null, null, one, zero, one, zero));
  }
}
