package org.sardonyx.convert.gradient;

import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Losses by the logarithms of probabilities. */
final class LossRules {

  private LossRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("NegativeLogLikelihoodLoss", s -> s.give(0, byLogarithms(s)));
    rules.put("SoftmaxCrossEntropyLoss", LossRules::crossEntropy);
  }

  /** {@code d - softmax sum(d)}, d being the derivative by the logarithms of the softmax. */
  private static void crossEntropy(Step s) {
    boolean gives = s.node().outputs().size() > 1 && !s.out(1).isEmpty();
    String d = byLogarithms(s);
    if (gives && s.found().containsKey(s.out(1))) {
      d = s.op("Add", d, s.g(1));
    }
    String softmax;
    if (gives) {
      softmax = s.op("Exp", s.out(1));
    } else if (s.forms().version() >= 13 || s.tape().rank(s.in(0)) == 2) {
      softmax = s.op("Softmax", List.of(Attribute.of("axis", 1)), s.in(0));
    } else {
      throw s.refuse(
          "Softmax takes all dimensions as one before 13; convert the model to 13 or newer first"
              + " (convert --opset)");
    }
    s.give(0, s.op("Sub", d, s.op("Mul", softmax, s.forms().sum(d, true, 1))));
  }

  /** Minus the share of each sample, at the place that the target says. */
  private static String byLogarithms(Step s) {
    if (s.wants(2)) {
      throw s.refuse("the weights depend on xs");
    }
    String target = s.in(1);
    DataType index = s.tape().knownType(target);
    String weight;
    String ignored = "";
    if (s.node().attribute("ignore_index") != null) {
      long which = s.getInt("ignore_index", 0);
      ignored = s.op("Equal", target, scalar(s, index, which));
      target = s.op("Where", ignored, scalar(s, index, 0), target);
    }
    if (s.has(2)) {
      weight = s.op("Gather", List.of(Attribute.of("axis", 0)), s.in(2), target);
    } else {
      weight =
          s.op(
              "Cast",
              List.of(Attribute.of("to", s.tape().knownType(s.in(0)).code())),
              s.op("Equal", target, target));
    }
    if (!ignored.isEmpty()) {
      weight = s.op("Where", ignored, s.number(0), weight);
    }
    String share = s.op("Mul", weight, s.g());
    if (s.getString("reduction", "mean").equals("mean")) {
      share = s.op("Div", share, s.forms().total(weight));
    }
    String classes =
        s.op(
            "Gather",
            List.of(Attribute.of("axis", 0)),
            s.op("Shape", s.in(0)),
            s.tape().constant(Tensor.scalar(1L)));
    Tensor offOn = Tensor.fromDoubles(s.tape().knownType(s.in(0)), new double[] {0, 1}, 2);
    String places =
        s.op("OneHot", List.of(Attribute.of("axis", 1)), target, classes, s.tape().constant(offOn));
    return s.op("Neg", s.op("Mul", places, s.forms().unsqueezed(share, 1)));
  }

  private static String scalar(Step s, DataType type, long value) {
    return s.tape().constant(Tensor.fromLongs(type, new long[] {value}));
  }
}
