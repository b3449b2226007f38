package org.sardonyx.operators.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Samples.assertClose;
import static org.sardonyx.operators.Samples.assertExact;
import static org.sardonyx.operators.Samples.random;
import static org.sardonyx.operators.Samples.shape;
import static org.sardonyx.operators.Samples.tensor;
import static org.sardonyx.operators.Samples.vector;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class LossTest {

  private static final Tensor X =
      tensor(DataType.FLOAT, shape(2, 3, 2), 1, 2, 2, 2, 3, 2, 0, 1, 2, 2, 1, 2);
  private static final Tensor TARGET = Tensor.of(new long[] {2, 1, 0, 2}, 2, 2);
  private static final Tensor WEIGHT = vector(DataType.FLOAT, 0.2, 0.3, 0.1);

  private static OperatorRunner loss(String reduction) {
    return OperatorRunner.of("NegativeLogLikelihoodLoss", 22).attribute("reduction", reduction);
  }

  @Test
  void reductions() {
    Tensor none = loss("none").run(X, TARGET);
    assertExact(none, -3, -2, -0.0, -2);
    assertArrayEquals(shape(2, 2), none.shape());
    assertExact(loss("sum").run(X, TARGET), -7);
    assertExact(loss("mean").run(X, TARGET), -1.75);
    assertClose(loss("sum").run(X, TARGET, WEIGHT), 1e-6, -1.1);
    assertClose(loss("mean").run(X, TARGET, WEIGHT), 1e-6, -1.1 / 0.7);
  }

  @Test
  void ignoredSamplesCountNothing() {
    assertExact(loss("none").attribute("ignore_index", 2).run(X, TARGET), 0, -2, -0.0, 0);
    assertExact(loss("mean").attribute("ignore_index", 2).run(X, TARGET), -1);
    Tensor outside = Tensor.of(new int[] {2, -1, -1, 2}, 2, 2);
    assertExact(loss("sum").attribute("ignore_index", -1).run(X, outside), -5);
    assertThrows(OperatorFailed.class, () -> loss("sum").run(X, outside));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThrows(OperatorFailed.class, () -> loss("sum").run(X, Tensor.of(new int[] {1, 1}, 2)));
    assertThrows(OperatorFailed.class, () -> loss("sum").run(X, TARGET, vector(DataType.FLOAT, 1)));
  }

  @Test
  void crossEntropyIsTheLikelihoodOfTheLogarithms() {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
      Tensor scores = random(type, 5, 2, 3, 2);
      List<Value> outputs =
          OperatorRunner.of("SoftmaxCrossEntropyLoss", 13).outputs(2).runAll(scores, TARGET);
      Tensor logarithms = (Tensor) outputs.get(1);
      double tolerance = type == DataType.FLOAT16 ? 2e-3 : 1e-6;
      assertClose(
          OperatorRunner.of("LogSoftmax", 13).attribute("axis", 1).run(scores),
          tolerance,
          logarithms.toDoubles());
      assertClose(
          (Tensor) outputs.get(0), tolerance, loss("mean").run(logarithms, TARGET).getDouble(0));
    }
    Tensor alone =
        OperatorRunner.of("SoftmaxCrossEntropyLoss", 12)
            .attribute("reduction", "none")
            .run(tensor(DataType.FLOAT, shape(1, 2), 0, 0), Tensor.of(new int[] {1}, 1));
    assertClose(alone, 1e-6, Math.log(2));
  }
}
