package org.sardonyx.operators.recurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** LSTM, GRU and RNN where numbers are great, and where others put more into the operator. */
class RecurrentEdgesTest {

  private static final int STEPS = 4;
  private static final int HIDDEN = 17;

  private static Tensor all(float value, int... shape) {
    float[] values = new float[Tensor.checkedSize(shape)];
    Arrays.fill(values, value);
    return Tensor.of(values, shape);
  }

  /** However great X is, tanh is 1 and no more, and nothing is infinity times 0. */
  @ParameterizedTest
  @CsvSource({"LSTM,4", "GRU,3", "RNN,1"})
  void whatSaturatesEndsAtOne(String operator, int gates) {
    for (float x : new float[] {9, 40, 1e4f, 1e30f, Float.MAX_VALUE}) {
      for (int reset = 0; reset < (gates == 3 ? 2 : 1); reset++) {
        OperatorRunner runner = OperatorRunner.of(operator, 22);
        if (reset == 1) {
          runner.attribute("linear_before_reset", 1);
        }
        // The update gate of GRU is 0, so that its state is the candidate.
        Tensor w = all(1, 1, gates * HIDDEN, 1);
        if (gates == 3) {
          Arrays.fill(w.floats(), 0, HIDDEN, -1);
        }
        Tensor r = Tensor.zeros(DataType.FLOAT, 1, gates * HIDDEN, HIDDEN);
        float[] up = runner.run(all(x, STEPS, 1, 1), w, r).floats();
        float[] down = runner.run(all(-x, STEPS, 1, 1), w, r).floats();
        for (int i = 0; i < up.length; i++) {
          assertTrue(Math.abs(up[i]) <= 1 && Math.abs(down[i]) <= 1, operator + " of " + x);
          double expected = gates == 4 ? Math.tanh(1 + i / HIDDEN) : 1;
          assertEquals(expected, up[i], 2e-4, operator + " of " + x + " at " + i);
        }
      }
    }
  }

  /** There is one layer, without dropout and projection; the attributes of others are refused. */
  @ParameterizedTest
  @ValueSource(strings = {"num_layers", "proj_size", "dropout", "forget_bias", "batch_first"})
  void whatOtherFrameworksAddIsRefused(String attribute) {
    InvalidModel e =
        assertThrows(
            InvalidModel.class,
            () -> OperatorRunner.of("LSTM", 22).attribute(attribute, 1).create(3));
    assertTrue(e.getMessage().contains(attribute), e.getMessage());
  }

  /** R of a projection has fewer columns than the cell has units. */
  @Test
  void aProjectedStateDoesNotFit() {
    Tensor x = Tensor.zeros(DataType.FLOAT, 2, 1, 3);
    Tensor w = Tensor.zeros(DataType.FLOAT, 1, 16, 3);
    Tensor r = Tensor.zeros(DataType.FLOAT, 1, 16, 2);
    assertThrows(InvalidInput.class, () -> OperatorRunner.of("LSTM", 22).run(x, w, r));
    assertThrows(
        InvalidInput.class,
        () -> OperatorRunner.of("LSTM", 22).attribute("hidden_size", 4).run(x, w, r));
  }

  /** The weights of DynamicQuantizeLSTM are transposed, and it has no layout. */
  @Test
  void quantizedWeightsInTheOrderOfLstmAreRefused() {
    Tensor x = Tensor.zeros(DataType.FLOAT, 1, 1, 2);
    Tensor one = Tensor.of(new float[] {1}, 1);
    Tensor zero = Tensor.zeros(DataType.INT8, 1);
    Tensor r = Tensor.zeros(DataType.INT8, 1, 1, 4);
    OperatorRunner runner = OperatorRunner.of("com.microsoft", "DynamicQuantizeLSTM", 1);
    Tensor right = Tensor.zeros(DataType.INT8, 1, 2, 4);
    runner.run(x, right, r, null, null, null, null, null, one, zero, one, zero);
    Tensor wrong = Tensor.zeros(DataType.INT8, 1, 4, 2);
    assertThrows(
        InvalidInput.class,
        () -> runner.run(x, wrong, r, null, null, null, null, null, one, zero, one, zero));
    assertThrows(InvalidModel.class, () -> runner.attribute("layout", 1).create(12));
  }
}
