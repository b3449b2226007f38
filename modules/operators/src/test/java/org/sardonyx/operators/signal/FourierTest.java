package org.sardonyx.operators.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.close;
import static org.sardonyx.operators.Tensors.shape;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class FourierTest {

  @Test
  void everyLengthAgainstTheSum() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 5));
    int[] lengths = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 25, 30, 64, 67, 97, 128, 134, 135, 400, 509};
    for (int n : lengths) {
      double[] x = new double[2 * n];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextDouble() - 0.5;
      }
      double[] sums = new double[2 * n];
      for (int k = 0; k < n; k++) {
        for (int j = 0; j < n; j++) {
          double angle = -2 * Math.PI * ((long) j * k % n) / n;
          sums[2 * k] += x[2 * j] * Math.cos(angle) - x[2 * j + 1] * Math.sin(angle);
          sums[2 * k + 1] += x[2 * j] * Math.sin(angle) + x[2 * j + 1] * Math.cos(angle);
        }
      }
      Tensor signal = Tensor.of(x, 1, n, 2);
      Tensor spectrum = OperatorRunner.of("DFT", 20).run(signal);
      close(Tensor.of(sums, 1, n, 2), spectrum, 1e-12 * n);
      close(signal, OperatorRunner.of("DFT", 17).attribute("inverse", 1).run(spectrum), 1e-13 * n);
    }
  }

  /** Floats have an error that grows with the logarithm of the length only. */
  @Test
  void floatsAgainstDoubles() {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 6));
    int[] lengths = {
      1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 20, 25, 27, 30, 32, 49, 60, 64, 67, 72, 97, 100,
      128, 135, 210, 243, 256, 400, 509, 512, 625, 1000, 1024, 3072, 4096
    };
    for (int n : lengths) {
      for (long inverse = 0; inverse < 2; inverse++) {
        double[] x = new double[2 * n];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) (random.nextDouble() - 0.5);
        }
        Tensor exact =
            OperatorRunner.of("DFT", 17).attribute("inverse", inverse).run(Tensor.of(x, 1, n, 2));
        Tensor floats = Tensor.fromDoubles(DataType.FLOAT, x, 1, n, 2);
        Tensor y = OperatorRunner.of("DFT", 17).attribute("inverse", inverse).run(floats);
        double scale = Math.sqrt(n) / (inverse == 1 ? n : 1);
        close(
            Tensor.fromDoubles(DataType.FLOAT, exact.toDoubles(), 1, n, 2),
            y,
            2e-7 * scale * (2 + Math.log(n)));
      }
    }
  }

  @Test
  void oneSided() {
    Tensor x = Tensors.floats(shape(1, 4, 1), 1, 2, 3, 4);
    Tensor y = Tensors.floats(shape(1, 3, 2), 10, 0, -2, 2, -2, 0);
    close(y, OperatorRunner.of("DFT", 17).attribute("onesided", 1).run(x), 1e-6);
    close(
        x,
        OperatorRunner.of("DFT", 20).attribute("onesided", 1).attribute("inverse", 1).run(y),
        1e-6);
    close(
        Tensors.floats(shape(1, 2, 2), 3, 0, -1, 0),
        OperatorRunner.of("DFT", 17).run(x, Tensor.scalar(2L)),
        1e-6);
    close(
        Tensors.floats(shape(4, 1, 2), 1, 0, 2, 0, 3, 0, 4, 0),
        OperatorRunner.of("DFT", 20).run(x.reshaped(4, 1, 1), null, Tensor.scalar(1L)),
        1e-6);
    assertThrows(
        OperatorFailed.class, () -> OperatorRunner.of("DFT", 20).attribute("onesided", 1).run(y));
  }

  @Test
  void stft() {
    Tensor x = Tensors.floats(shape(1, 5, 1), 1, 2, 3, 4, 5);
    close(
        Tensors.floats(shape(1, 2, 2, 2), 3, 0, -1, 0, 7, 0, -1, 0),
        OperatorRunner.of("STFT", 17).run(x, Tensor.scalar(2L), null, Tensor.scalar(2L)),
        1e-6);
    close(
        Tensors.floats(shape(1, 4, 2, 2), 5, 0, -3, 0, 8, 0, -4, 0, 11, 0, -5, 0, 14, 0, -6, 0),
        OperatorRunner.of("STFT", 17)
            .attribute("onesided", 0)
            .run(x, Tensor.scalar(1L), Tensors.floats(shape(2), 1, 2)),
        1e-6);
  }

  @Test
  void infersAllButTheAxisThatIsNotKnown() {
    Type x = Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.of(8), Dim.of(1)));
    Type scalar = Type.tensor(DataType.INT64, Shape.SCALAR);
    assertEquals(
        Type.tensor(DataType.FLOAT, Shape.of(Dim.named("n"), Dim.of(8), Dim.of(2))),
        OperatorRunner.of("DFT", 20).infer(x, null, scalar).outputType(0));
    Shape half =
        OperatorRunner.of("DFT", 20).attribute("onesided", 1).infer(x, null, scalar).outputShape(0);
    assertEquals(3, half.rank());
    assertEquals(Dim.of(2), half.dim(2));
  }
}
