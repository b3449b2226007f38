package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** LSTM, GRU and RNN in every version; their numbers are drawn more widely by RecurrentCase. */
final class RecurrentRecipes {

  private static final int HIDDEN = 3;
  private static final int INPUT = 2;

  private RecurrentRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(RecurrentRecipes::layer, "GRU", "LSTM", "RNN");
    recipes.put(RecurrentRecipes::quantized, "com.microsoft.DynamicQuantizeLSTM");
  }

  private static int gates(Draw d) {
    return d.operator().endsWith("LSTM") ? 4 : d.operator().equals("GRU") ? 3 : 1;
  }

  private static int attributes(Draw d) {
    String direction = d.attr("direction", "forward", "forward", "reverse", "bidirectional");
    int directions = direction.equals("bidirectional") ? 2 : 1;
    d.set("hidden_size", (long) HIDDEN);
    d.attr("output_sequence", 0L, 1L);
    if (d.version() < 7) {
      // Where it is 0, Y is not computed.
      d.require(!d.label().contains("output_sequence=absent"));
    }
    d.attr("clip", 0f, 0.3f);
    d.attr("input_forget", 0L, 0L, 1L);
    d.attr("linear_before_reset", 0L, 0L, 1L);
    int functions = d.operator().endsWith("LSTM") ? 3 : d.operator().equals("GRU") ? 2 : 1;
    String function =
        d.pick(
            "activations",
            "absent",
            "Tanh",
            "Sigmoid",
            "Relu",
            "HardSigmoid",
            "LeakyRelu",
            "Elu",
            "ScaledTanh",
            "Affine",
            "ThresholdedRelu",
            "Softsign",
            "Softplus");
    if (!function.equals("absent")) {
      String[] all = new String[functions * directions];
      java.util.Arrays.fill(all, function);
      d.set("activations", all);
      switch (function) {
        case "LeakyRelu", "Elu", "ThresholdedRelu" ->
            d.set("activation_alpha", alphas(all.length, 0.25f));
        case "HardSigmoid", "ScaledTanh", "Affine" ->
            d.set("activation_alpha", alphas(all.length, 0.25f))
                .set("activation_beta", alphas(all.length, 0.5f));
        default -> {}
      }
    }
    return directions;
  }

  private static float[] alphas(int count, float value) {
    float[] all = new float[count];
    java.util.Arrays.fill(all, value);
    return all;
  }

  private static void layer(Draw d) {
    DataType type = d.type("T");
    int directions = attributes(d);
    boolean batchFirst = d.attr("layout", 0L, 0L, 1L) == 1;
    int gates = gates(d);
    int steps = d.pick("steps", 2, 1, 4);
    int batch = d.pick("batch", 1, 2);
    d.in(batchFirst ? x(d, type, batch, steps, INPUT) : x(d, type, steps, batch, INPUT));
    d.param(w(d, type, directions, gates * HIDDEN, INPUT));
    d.param(w(d, type, directions, gates * HIDDEN, HIDDEN));
    d.optionalParam("B", () -> w(d, type, directions, 2 * gates * HIDDEN));
    boolean shorter = d.flag("shorter rows");
    d.optionalParam(
        "sequence_lens",
        () ->
            shorter && steps > 1
                ? Tensor.of(batch == 1 ? new int[] {1} : new int[] {1, steps}, batch)
                : Tensor.of(batch == 1 ? new int[] {steps} : new int[] {steps, steps}, batch));
    int[] state =
        batchFirst ? new int[] {batch, directions, HIDDEN} : new int[] {directions, batch, HIDDEN};
    d.optional("initial_h", () -> x(d, type, state));
    if (d.operator().equals("LSTM")) {
      d.optional("initial_c", () -> x(d, type, state));
      d.optionalParam("P", () -> w(d, type, directions, 3 * HIDDEN));
    }
    outputs(d, type);
  }

  private static void outputs(Draw d, DataType type) {
    switch (d.pick("outputs", "all", "Y", "Y_h")) {
      case "Y" -> {
        d.give(type);
        if (d.operator().equals("GRU") && d.version() == 1) {
          d.give(type);
        }
      }
      case "Y_h" -> d.giveNone().give(type);
      default -> {
        d.give(type).give(type);
        if (d.operator().endsWith("LSTM")) {
          d.give(type);
        }
      }
    }
  }

  private static Tensor x(Draw d, DataType type, int... shape) {
    return Tensors.normal(d.random, type, 0.7, shape);
  }

  private static Tensor w(Draw d, DataType type, int... shape) {
    return Tensors.normal(d.random, type, 0.4, shape);
  }

  private static void quantized(Draw d) {
    DataType weights = d.type("T2");
    int directions = attributes(d);
    int steps = d.pick("steps", 2, 1, 4);
    int batch = d.pick("batch", 1, 2);
    DataType type = DataType.FLOAT;
    d.in(x(d, type, steps, batch, INPUT));
    d.fixed(Numbers.of(d, weights, directions, INPUT, 4 * HIDDEN));
    d.fixed(Numbers.of(d, weights, directions, HIDDEN, 4 * HIDDEN));
    d.optionalParam("B", () -> w(d, type, directions, 8 * HIDDEN));
    d.optionalParam(
        "sequence_lens",
        () -> Tensor.of(batch == 1 ? new int[] {steps} : new int[] {1, steps}, batch));
    int[] state = {directions, batch, HIDDEN};
    d.optional("initial_h", () -> x(d, type, state));
    d.optional("initial_c", () -> x(d, type, state));
    d.optionalParam("P", () -> w(d, type, directions, 3 * HIDDEN));
    boolean columns = d.flag("scale for each column");
    int[] each = columns ? new int[] {directions, 4 * HIDDEN} : new int[] {directions};
    d.fixed(Numbers.between(d, type, 0.02, 0.1, each));
    d.fixed(QuantizationRecipes.zero(d, weights, each));
    d.fixed(Numbers.between(d, type, 0.02, 0.1, each));
    d.fixed(QuantizationRecipes.zero(d, weights, each));
    outputs(d, type);
  }
}
