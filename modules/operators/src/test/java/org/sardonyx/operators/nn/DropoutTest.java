package org.sardonyx.operators.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

class DropoutTest {

  private final Tensor data = Samples.counting(10, 100);

  @Test
  void withoutTrainingNothingHappens() {
    List<Value> y =
        OperatorRunner.of("Dropout", 13)
            .outputs(2)
            .runAll(data, Tensor.scalar(0.9f), Tensor.scalar(false));
    assertEquals(data, y.get(0));
    assertEquals(1000, kept((Tensor) y.get(1)));
    List<Value> old =
        OperatorRunner.of("Dropout", 6).attribute("is_test", 1).outputs(2).runAll(data);
    assertEquals(data, old.get(0));
    assertEquals(DataType.FLOAT, ((Tensor) old.get(1)).dataType());
  }

  @Test
  void whatIsKeptIsScaled() {
    OperatorRunner runner = OperatorRunner.of("Dropout", 22).attribute("seed", 7).outputs(2);
    List<Value> y = runner.runAll(data, Tensor.scalar(0.75f), Tensor.scalar(true));
    Tensor output = (Tensor) y.get(0);
    Tensor mask = (Tensor) y.get(1);
    for (int i = 0; i < data.size(); i++) {
      assertEquals(mask.getBoolean(i) ? 4 * data.floats()[i] : 0, output.floats()[i]);
    }
    assertTrue(Math.abs(kept(mask) - 250) < 60, "kept " + kept(mask) + " of 1000");
  }

  @Test
  void withoutASeedTheSessionsNumbersAreUsed() {
    Tensor y = OperatorRunner.of("Dropout", 12).random().run(data, null, Tensor.scalar(true));
    int zeros = 0;
    for (float value : y.floats()) {
      zeros += value == 0 ? 1 : 0;
    }
    assertTrue(Math.abs(zeros - 500) < 80, zeros + " of 1000 are zero");
  }

  @Test
  void ratioMustBeBelowOne() {
    assertThrows(
        OperatorFailed.class,
        () -> OperatorRunner.of("Dropout", 12).run(data, Tensor.scalar(1f), Tensor.scalar(true)));
  }

  private static int kept(Tensor mask) {
    int kept = 0;
    for (int i = 0; i < mask.size(); i++) {
      kept += mask.getDouble(i) != 0 ? 1 : 0;
    }
    return kept;
  }
}
