package org.sardonyx.layers;

import java.util.Map;
import java.util.Random;
import org.sardonyx.graph.Model;
import org.sardonyx.runtime.Session;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Weights and inputs from a seed, and runs of models. */
final class Draws {

  private final Random random;

  Draws(long seed) {
    this.random = new Random(Long.getLong("seed", seed));
  }

  Tensor floats(int... shape) {
    Tensor tensor = Tensor.zeros(org.sardonyx.tensor.DataType.FLOAT, shape);
    float[] x = tensor.floats();
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat(-0.8f, 0.8f);
    }
    return tensor;
  }

  static Map<String, Value> run(Model model, Map<String, Value> inputs) {
    return Session.compile(model).run(inputs);
  }

  static Tensor run(Network net, String output, Map<String, Value> inputs) {
    return (Tensor) java.util.Objects.requireNonNull(run(net.model(), inputs).get(output));
  }
}
