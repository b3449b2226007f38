package org.sardonyx.conformance.arbiter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;

/** The operators that the arbiter computes itself. */
public final class Arbiter {

  private Arbiter() {}

  /**
   * Returns the operators, to be given to a session in place of the standard ones; where the
   * specification knows one for float and not for double, it is there for double too.
   *
   * @param jitter how the states of recurrent operators are rounded between steps
   */
  public static List<OperatorDef> operators(Readings readings, Jitter jitter) {
    Map<String, BiFunction<Attributes, Readings, Plain.Equations>> all = new HashMap<>();
    all.put("LSTM", (a, r) -> Lstm.of(a, r).rounding(jitter));
    all.put("GRU", (a, r) -> Gru.of(a, r).rounding(jitter));
    all.put("RNN", (a, r) -> Rnn.of(a, r).rounding(jitter));
    all.put("Attention", (a, r) -> Attention.of(a));
    all.put("RotaryEmbedding", (a, r) -> RotaryEmbedding.of(a));
    all.put("MatMul", (a, r) -> Products::matMul);
    all.put("Gemm", (a, r) -> Products.gemm(a));
    all.put("Conv", (a, r) -> Convolution.of(a));
    all.put("Softmax", (a, r) -> Normalizations.softmax(a, false));
    all.put("LogSoftmax", (a, r) -> Normalizations.softmax(a, true));
    all.put("LayerNormalization", (a, r) -> Normalizations.layerNormalization(a));
    for (String name : Elementwise.NAMES) {
      all.put(name, (a, r) -> Elementwise.of(name, a));
    }
    List<OperatorDef> defs = new ArrayList<>();
    all.forEach((name, equations) -> {
      OperatorDef standard = Operators.standard().find("", name);
      if (standard != null) {
        defs.add(
            standard.implementedBy(
                name.equals("LayerNormalization") ? UnaryOperator.identity() : Arbiter::widened,
                attributes ->
                    new Plain(standard, attributes, equations.apply(attributes, readings))));
      }
    });
    if (readings.addsPairs()) {
      defs.addAll(Pairs.operators());
    }
    return defs;
  }

  /** Allows double wherever float is allowed. */
  private static Signature widened(Signature signature) {
    Map<String, Set<String>> constraints = new HashMap<>();
    signature
        .constraints()
        .forEach((variable, types) -> {
          Set<String> wider = new HashSet<>(types);
          if (types.contains("tensor(float)")) {
            wider.add("tensor(double)");
          }
          constraints.put(variable, wider);
        });
    return new Signature(
        signature.sinceVersion(),
        signature.deprecated(),
        signature.inputs(),
        signature.outputs(),
        constraints,
        signature.attributes());
  }
}
