package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

/** Results that the runtime gives the same for as before, and as near to what is right. */
final class Served {

  private Served() {}

  /**
   * Optimizes a model with every rule, of which none may be taken back, and runs it before and
   * after in float, on every input on which it was proven in double.
   */
  static Optimized by(Optimize optimize, Model model) {
    Optimized result = optimize.apply(model);
    assertEquals(List.of(), result.refused());
    agrees(model, result);
    return result;
  }

  static void agrees(Model model, Optimized result) {
    try (NativeEngine ours = new NativeEngine()) {
      Trial trial = Trial.of(ours, model, result.model(), result.proofs(), Duration.ZERO);
      assertNull(trial.before().failure());
      assertEquals("", trial.before().problem());
      assertNull(trial.after().failure());
      assertEquals("", trial.after().problem());
    }
  }

  static int count(Optimized result, String operator) {
    return result.after().operators().getOrDefault(operator, 0);
  }

  static Tensor draw(long seed, int... shape) {
    Random random = new Random(seed);
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) random.nextGaussian() / 2;
    }
    return tensor;
  }

  static Type floats(Object... dims) {
    return Type.tensor(DataType.FLOAT, GraphBuilder.shape(dims));
  }
}
