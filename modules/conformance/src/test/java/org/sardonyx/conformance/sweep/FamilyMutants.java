package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.Tensor;

/** Mistakes in normalization, control flow and quantization, on the cases that the sweep draws. */
final class FamilyMutants {

  private static final int MOST_CASES = 200;

  /** The operators that have mutants here. */
  static final Set<String> OPERATORS =
      all().stream().map(Mutant::operator).collect(Collectors.toUnmodifiableSet());

  private FamilyMutants() {}

  /** Returns what the sweep draws for an operator, the newest versions first. */
  static List<Case> cases(String operator) {
    OperatorSweep sweep = new OperatorSweep(Operators.standard(), Recipes.standard(), 20261128L);
    List<Case> cases = new ArrayList<>();
    sweep.items().stream()
        .filter(item -> item.def().domain().isEmpty() && item.def().name().equals(operator))
        .sorted(Comparator.comparing(item -> -item.signature().sinceVersion()))
        .forEach(item -> {
          if (cases.size() < MOST_CASES) {
            sweep.draws(item).forEach(drawn -> cases.add(drawn.what()));
          }
        });
    return cases;
  }

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    normalization(all);
    controlFlow(all);
    quantization(all);
    return all;
  }

  private static void normalization(List<Mutant> all) {
    for (String operator :
        List.of(
            "LayerNormalization",
            "RMSNormalization",
            "InstanceNormalization",
            "GroupNormalization",
            "BatchNormalization")) {
      all.add(
          Mutant.of(operator, "epsilon taken for 1")
              .attribute(a -> a.name().equals("epsilon") ? Attribute.of("epsilon", 1f) : a));
      all.add(
          Mutant.of(operator, "scale of the other channels").input(1, (s, call, a) -> reversed(s)));
    }
    all.add(Mutant.of("LayerNormalization", "no bias").drop(2));
    all.add(Mutant.of("LayerNormalization", "of the squares").input(0, FamilyMutants::squared));
    all.add(Mutant.of("InstanceNormalization", "no bias").input(2, FamilyMutants::zeros));
    all.add(Mutant.of("GroupNormalization", "no bias").input(2, FamilyMutants::zeros));
    all.add(Mutant.of("BatchNormalization", "no bias").input(2, FamilyMutants::zeros));
    all.add(Mutant.of("BatchNormalization", "mean ignored").input(3, FamilyMutants::zeros));
    all.add(
        Mutant.of("BatchNormalization", "variance of the other channels")
            .input(4, (v, call, a) -> reversed(v)));
    all.add(Mutant.of("LpNormalization", "p ignored").forget("p"));
    all.add(Mutant.of("LpNormalization", "axis ignored").forget("axis"));
    all.add(Mutant.of("Softmax", "axis ignored").forget("axis"));
    all.add(Mutant.of("LogSoftmax", "axis ignored").forget("axis"));
    all.add(Mutant.of("LRN", "bias ignored").forget("bias"));
    all.add(Mutant.of("LRN", "alpha ignored").forget("alpha"));
    all.add(Mutant.of("LRN", "beta ignored").forget("beta"));
  }

  private static void controlFlow(List<Mutant> all) {
    all.add(Mutant.of("If", "the other branch").input(0, (c, call, a) -> negated(c)));
    all.add(Mutant.of("Loop", "one trip short").input(0, (m, call, a) -> plus(m, -1)));
    all.add(Mutant.of("Loop", "one trip more").input(0, (m, call, a) -> plus(m, 1)));
    all.add(Mutant.of("Loop", "first condition negated").input(1, (c, call, a) -> negated(c)));
    all.add(Mutant.of("Scan", "direction of inputs ignored").forget("scan_input_directions"));
    all.add(Mutant.of("Scan", "direction of outputs ignored").forget("scan_output_directions"));
    all.add(Mutant.of("Scan", "states change places").output(0, (s, call, a) -> reversed(s)));
  }

  private static void quantization(List<Mutant> all) {
    all.add(Mutant.of("QuantizeLinear", "zero point off by one").input(2, FamilyMutants::next));
    all.add(Mutant.of("QuantizeLinear", "scale doubled").input(1, FamilyMutants::doubled));
    all.add(Mutant.of("QuantizeLinear", "cut, not rounded").input(0, FamilyMutants::half));
    all.add(Mutant.of("DequantizeLinear", "no zero point").drop(2));
    all.add(Mutant.of("DequantizeLinear", "scale doubled").input(1, FamilyMutants::doubled));
    all.add(Mutant.of("DynamicQuantizeLinear", "scale doubled").output(1, FamilyMutants::doubled));
    all.add(
        Mutant.of("DynamicQuantizeLinear", "zero point off by one").output(2, FamilyMutants::next));
    all.add(Mutant.of("MatMulInteger", "no zero point of A").drop(2));
    all.add(Mutant.of("MatMulInteger", "no zero point of B").drop(3));
    all.add(Mutant.of("ConvInteger", "no zero point of x").drop(2));
    all.add(Mutant.of("ConvInteger", "no zero point of w").drop(3));
    all.add(Mutant.of("QLinearMatMul", "zero point of a ignored").input(2, FamilyMutants::zeros));
    all.add(Mutant.of("QLinearMatMul", "zero point of b ignored").input(5, FamilyMutants::zeros));
    all.add(Mutant.of("QLinearMatMul", "zero point of y ignored").input(7, FamilyMutants::zeros));
    all.add(Mutant.of("QLinearMatMul", "scale of a doubled").input(1, FamilyMutants::doubled));
    all.add(Mutant.of("QLinearConv", "no bias").drop(8));
    all.add(Mutant.of("QLinearConv", "zero point of y ignored").input(7, FamilyMutants::zeros));
  }

  private static Tensor reversed(Tensor tensor) {
    return Mutant.reordered(tensor, i -> tensor.size() - 1 - i);
  }

  private static Tensor negated(Tensor tensor) {
    Tensor result = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      result.setLong(i, 1 - tensor.getLong(i));
    }
    return result;
  }

  /** Not so far that the loop does not end. */
  private static Tensor plus(Tensor tensor, long more) {
    Tensor result = tensor.copy();
    long value = tensor.getLong(0);
    result.setLong(0, value > 1000 ? value : Math.max(0, value + more));
    return result;
  }

  private static Tensor zeros(Tensor tensor, Invocation call, Attributes attributes) {
    return Tensor.zeros(tensor.dataType(), tensor.shape());
  }

  private static Tensor squared(Tensor tensor, Invocation call, Attributes attributes) {
    Tensor result = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      result.setDouble(i, tensor.getDouble(i) * tensor.getDouble(i));
    }
    return result;
  }

  private static Tensor doubled(Tensor tensor, Invocation call, Attributes attributes) {
    Tensor result = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      if (tensor.dataType().isFloat()) {
        result.setDouble(i, 2 * tensor.getDouble(i));
      } else {
        result.setLong(i, 2 * tensor.getLong(i));
      }
    }
    return result;
  }

  private static Tensor next(Tensor tensor, Invocation call, Attributes attributes) {
    Tensor result = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      if (!tensor.dataType().isFloat()) {
        result.setLong(i, tensor.getLong(i) + 1);
      }
    }
    return result;
  }

  /** Takes half a step off. */
  private static Tensor half(Tensor tensor, Invocation call, Attributes attributes) {
    Tensor scale = call.tensor(1);
    Tensor result = tensor.copy();
    if (scale.size() == 1 && tensor.dataType().isFloat() && scale.dataType().isFloat()) {
      for (int i = 0; i < tensor.size(); i++) {
        result.setDouble(i, tensor.getDouble(i) - 0.499 * scale.getDouble(0));
      }
    }
    return result;
  }
}
