package org.sardonyx.conformance.arbiter;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.sardonyx.operators.Attributes;
import org.sardonyx.tensor.Tensor;

/** Functions of each element. */
final class Elementwise {

  static final List<String> NAMES =
      List.of(
          "Celu",
          "Elu",
          "Erf",
          "Exp",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Mish",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Tanh",
          "ThresholdedRelu");

  private Elementwise() {}

  static Plain.Equations of(String name, Attributes attributes) {
    attributes.ignore("consumed_inputs", "it was advice to reuse memory");
    DoubleUnaryOperator f = function(name, attributes);
    return in -> {
      Tensor x = in.tensor(0);
      if (!x.dataType().isFloat()) {
        long[] longs = x.toLongs().clone();
        for (int i = 0; i < longs.length; i++) {
          longs[i] = (long) f.applyAsDouble((double) longs[i]);
        }
        in.set(0, Tensor.fromLongs(x.dataType(), longs, x.shape()));
        return;
      }
      double[] y = x.toDoubles().clone();
      for (int i = 0; i < y.length; i++) {
        y[i] = Double.isNaN(y[i]) ? y[i] : f.applyAsDouble(y[i]);
      }
      in.set(0, Tensor.fromDoubles(x.dataType(), y, x.shape()));
    };
  }

  private static DoubleUnaryOperator function(String name, Attributes attributes) {
    double alpha = attributes.declares("alpha") ? attributes.getFloat("alpha") : 0;
    double beta = attributes.declares("beta") ? attributes.getFloat("beta") : 0;
    double gamma = attributes.declares("gamma") ? attributes.getFloat("gamma") : 0;
    return switch (name) {
      case "Celu" -> x -> x >= 0 ? x : alpha * StrictMath.expm1(x / alpha);
      case "Elu" -> x -> x >= 0 ? x : alpha * StrictMath.expm1(x);
      case "Erf" -> Functions::erf;
      case "Exp" -> StrictMath::exp;
      case "Gelu" ->
          attributes.getString("approximate").equals("tanh")
              ? Functions::geluTanh
              : Functions::gelu;
      case "HardSigmoid" -> x -> Math.max(0, Math.min(1, alpha * x + beta));
      case "HardSwish" ->
          x -> x == Double.NEGATIVE_INFINITY ? 0 : x * Math.max(0, Math.min(1, x / 6 + 0.5));
      case "LeakyRelu" -> x -> x >= 0 ? x : alpha * x;
      case "Log" -> StrictMath::log;
      case "Mish" ->
          x -> x == Double.NEGATIVE_INFINITY ? 0 : x * StrictMath.tanh(Functions.softplus(x));
      case "Relu" -> x -> Math.max(0, x);
      case "Selu" -> x -> gamma * (x > 0 ? x : alpha * StrictMath.expm1(x));
      case "Sigmoid" -> Functions::sigmoid;
      case "Softplus" -> Functions::softplus;
      case "Softsign" -> x -> x / (1 + Math.abs(x));
      case "Sqrt" -> Math::sqrt;
      case "Tanh" -> StrictMath::tanh;
      case "ThresholdedRelu" -> x -> x > alpha ? x : 0;
      default -> throw new IllegalStateException(name);
    };
  }
}
