package org.sardonyx.convert.gradient;

import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;

/** Functions of one number or of several, with broadcasting. */
final class ElementwiseRules {

  private ElementwiseRules() {}

  static void addTo(Map<String, Rule> rules) {
    arithmetic(rules);
    functions(rules);
    choices(rules);
    activations(rules);
    rules.put("Identity", s -> s.give(0, s.g()));
    rules.put("Neg", s -> s.give(0, s.op("Neg", s.g())));
    rules.put("Abs", s -> s.give(0, s.op("Mul", s.g(), s.op("Sign", s.in(0)))));
    rules.put(
        "Cast",
        s ->
            s.give(
                0,
                s.op(
                    "Cast",
                    List.of(Attribute.of("to", s.tape().knownType(s.in(0)).code())),
                    s.g())));
  }

  private static void arithmetic(Map<String, Rule> rules) {
    Rule sum =
        s -> {
          for (int i = 0; i < s.inputs(); i++) {
            if (s.wants(i)) {
              s.giveBroadcast(i, s.g());
            }
          }
        };
    rules.put("Add", sum);
    rules.put("Sum", sum);
    rules.put(
        "Mean",
        s -> {
          String share = s.op("Div", s.g(), s.number(s.inputs()));
          for (int i = 0; i < s.inputs(); i++) {
            if (s.wants(i)) {
              s.giveBroadcast(i, share);
            }
          }
        });
    rules.put(
        "Sub",
        s -> {
          if (s.wants(0)) {
            s.giveBroadcast(0, s.g());
          }
          if (s.wants(1)) {
            s.giveBroadcast(1, s.op("Neg", s.g()));
          }
        });
    rules.put(
        "Mul",
        s -> {
          if (s.wants(0)) {
            s.giveBroadcast(0, s.op("Mul", s.g(), s.in(1)));
          }
          if (s.wants(1)) {
            s.giveBroadcast(1, s.op("Mul", s.g(), s.in(0)));
          }
        });
    rules.put(
        "Div",
        s -> {
          String share = s.op("Div", s.g(), s.in(1));
          if (s.wants(0)) {
            s.giveBroadcast(0, share);
          }
          if (s.wants(1)) {
            s.giveBroadcast(1, s.op("Neg", s.op("Mul", share, s.out(0))));
          }
        });
    rules.put("Pow", ElementwiseRules::pow);
  }

  /** {@code p x^(p - 1)} and {@code x^p log x}; the latter 0 where x^p is. */
  private static void pow(Step s) {
    String base = s.in(0);
    String exponent = s.in(1);
    if (s.wants(0)) {
      List<Attribute> type = List.of(Attribute.of("to", s.tape().knownType(base).code()));
      String p = s.op("Cast", type, exponent);
      String less = s.op("Sub", p, s.number(1));
      s.giveBroadcast(0, s.op("Mul", s.g(), s.op("Mul", p, s.op("Pow", base, less))));
    }
    if (s.wants(1)) {
      String zero = s.number(0);
      String log = s.op("Mul", s.out(0), s.op("Log", base));
      String safe = s.op("Where", s.forms().equal(s.out(0), zero), zero, log);
      List<Attribute> type = List.of(Attribute.of("to", s.tape().knownType(exponent).code()));
      s.giveBroadcast(1, s.op("Cast", type, s.op("Mul", s.g(), safe)));
    }
  }

  private static void functions(Map<String, Rule> rules) {
    rules.put("Exp", s -> s.give(0, s.op("Mul", s.g(), s.out(0))));
    rules.put("Log", s -> s.give(0, s.op("Div", s.g(), s.in(0))));
    rules.put("Sqrt", s -> s.give(0, s.op("Div", s.g(), s.op("Mul", s.number(2), s.out(0)))));
    rules.put(
        "Reciprocal",
        s -> s.give(0, s.op("Neg", s.op("Mul", s.g(), s.op("Mul", s.out(0), s.out(0))))));
    rules.put(
        "Sigmoid",
        s ->
            s.give(
                0, s.op("Mul", s.g(), s.op("Mul", s.out(0), s.op("Sub", s.number(1), s.out(0))))));
    rules.put(
        "Tanh",
        s ->
            s.give(
                0, s.op("Mul", s.g(), s.op("Sub", s.number(1), s.op("Mul", s.out(0), s.out(0))))));
    rules.put("Sin", s -> s.give(0, s.op("Mul", s.g(), s.op("Cos", s.in(0)))));
    rules.put("Cos", s -> s.give(0, s.op("Neg", s.op("Mul", s.g(), s.op("Sin", s.in(0))))));
    rules.put("Sinh", s -> s.give(0, s.op("Mul", s.g(), s.op("Cosh", s.in(0)))));
    rules.put("Cosh", s -> s.give(0, s.op("Mul", s.g(), s.op("Sinh", s.in(0)))));
    rules.put(
        "Tan",
        s ->
            s.give(
                0, s.op("Mul", s.g(), s.op("Add", s.number(1), s.op("Mul", s.out(0), s.out(0))))));
    rules.put(
        "Atan",
        s ->
            s.give(0, s.op("Div", s.g(), s.op("Add", s.number(1), s.op("Mul", s.in(0), s.in(0))))));
    rules.put("Softplus", s -> s.give(0, s.op("Mul", s.g(), s.op("Sigmoid", s.in(0)))));
    rules.put(
        "Softsign",
        s -> {
          String root = s.op("Add", s.number(1), s.op("Abs", s.in(0)));
          s.give(0, s.op("Div", s.g(), s.op("Mul", root, root)));
        });
    // 2 / sqrt(pi) exp(-x^2)
    rules.put(
        "Erf",
        s -> {
          String bell = s.op("Exp", s.op("Neg", s.op("Mul", s.in(0), s.in(0))));
          s.give(0, s.op("Mul", s.g(), s.op("Mul", s.number(2 / Math.sqrt(Math.PI)), bell)));
        });
  }

  private static void choices(Map<String, Rule> rules) {
    rules.put("Relu", s -> s.give(0, s.op("Where", positive(s), s.g(), s.number(0))));
    rules.put(
        "LeakyRelu",
        s -> {
          String less = s.op("Mul", s.g(), s.number(s.getFloat("alpha", 0.01f)));
          s.give(0, s.op("Where", positive(s), s.g(), less));
        });
    // Below 0 the function is alpha (exp x - 1), whose derivative is itself and alpha.
    rules.put(
        "Elu",
        s -> {
          String slope = s.op("Add", s.out(0), s.number(s.getFloat("alpha", 1)));
          s.give(0, s.op("Where", positive(s), s.g(), s.op("Mul", s.g(), slope)));
        });
    // What is cut off does not count, nor do the bounds.
    rules.put(
        "Clip",
        s -> {
          if (s.wants(1) || s.wants(2)) {
            throw s.refuse("its bounds depend on xs");
          }
          String inside = s.forms().equal(s.in(0), s.out(0));
          s.give(0, s.op("Where", inside, s.g(), s.number(0)));
        });
    rules.put(
        "Where",
        s -> {
          if (s.wants(1)) {
            s.giveBroadcast(1, s.op("Where", s.in(0), s.g(), s.number(0)));
          }
          if (s.wants(2)) {
            s.giveBroadcast(2, s.op("Where", s.in(0), s.number(0), s.g()));
          }
        });
    rules.put("Max", ElementwiseRules::extreme);
    rules.put("Min", ElementwiseRules::extreme);
  }

  /** Functions with a bend or with numbers of their own. */
  private static void activations(Map<String, Rule> rules) {
    rules.put(
        "Dropout",
        s -> {
          if (s.has(2)) {
            throw s.refuse("it may train");
          }
          s.give(0, s.g());
        });
    rules.put(
        "ThresholdedRelu",
        s -> {
          String above = s.op("Greater", s.in(0), s.number(s.getFloat("alpha", 1)));
          s.give(0, s.op("Where", above, s.g(), s.number(0)));
        });
    // gamma, and below 0 the function and gamma alpha.
    rules.put(
        "Selu",
        s -> {
          double gamma = s.getFloat("gamma", 1.050701f);
          double alpha = s.getFloat("alpha", 1.6732632f);
          String low = s.op("Add", s.out(0), s.number(gamma * alpha));
          String slope = s.op("Where", positive(s), s.number(gamma), low);
          s.give(0, s.op("Mul", s.g(), slope));
        });
    rules.put(
        "Celu",
        s -> {
          String exponent = s.op("Div", s.in(0), s.number(s.getFloat("alpha", 1)));
          String slope = s.op("Where", positive(s), s.number(1), s.op("Exp", exponent));
          s.give(0, s.op("Mul", s.g(), slope));
        });
    rules.put(
        "PRelu",
        s -> {
          if (s.wants(0)) {
            s.give(0, s.op("Where", positive(s), s.g(), s.op("Mul", s.g(), s.in(1))));
          }
          if (s.wants(1)) {
            String below = s.op("Mul", s.g(), s.in(0));
            s.giveBroadcast(1, s.op("Where", positive(s), s.number(0), below));
          }
        });
    rules.put(
        "HardSigmoid",
        s -> {
          String inside =
              s.op(
                  "And",
                  s.op("Greater", s.out(0), s.number(0)),
                  s.op("Less", s.out(0), s.number(1)));
          String steep = s.op("Mul", s.g(), s.number(s.getFloat("alpha", 0.2f)));
          s.give(0, s.op("Where", inside, steep, s.number(0)));
        });
    // Phi(x) + x phi(x), or that of the approximation by tanh.
    rules.put("Gelu", ElementwiseRules::gelu);
    rules.put("Asin", s -> s.give(0, s.op("Div", s.g(), s.op("Sqrt", oneLessSquare(s)))));
    rules.put(
        "Acos", s -> s.give(0, s.op("Neg", s.op("Div", s.g(), s.op("Sqrt", oneLessSquare(s))))));
    rules.put("Atanh", s -> s.give(0, s.op("Div", s.g(), oneLessSquare(s))));
    rules.put("Asinh", s -> s.give(0, s.op("Div", s.g(), s.op("Sqrt", square(s, 1)))));
    rules.put("Acosh", s -> s.give(0, s.op("Div", s.g(), s.op("Sqrt", square(s, -1)))));
  }

  private static String oneLessSquare(Step s) {
    return s.op("Sub", s.number(1), s.op("Mul", s.in(0), s.in(0)));
  }

  private static String square(Step s, double more) {
    return s.op("Add", s.op("Mul", s.in(0), s.in(0)), s.number(more));
  }

  private static void gelu(Step s) {
    String x = s.in(0);
    String half = s.number(0.5);
    String one = s.number(1);
    String slope;
    if (s.getString("approximate", "none").equals("tanh")) {
      double root = Math.sqrt(2 / Math.PI);
      String cube = s.op("Mul", x, s.op("Mul", x, x));
      String inner = s.op("Add", x, s.op("Mul", s.number(0.044715), cube));
      String tanh = s.op("Tanh", s.op("Mul", s.number(root), inner));
      String steep =
          s.op(
              "Add", s.number(root), s.op("Mul", s.number(3 * 0.044715 * root), s.op("Mul", x, x)));
      String bend = s.op("Mul", s.op("Sub", one, s.op("Mul", tanh, tanh)), steep);
      slope = s.op("Mul", half, s.op("Add", s.op("Add", one, tanh), s.op("Mul", x, bend)));
    } else {
      String erf = s.op("Erf", s.op("Mul", x, s.number(Math.sqrt(0.5))));
      String below = s.op("Mul", half, s.op("Add", one, erf));
      String bell = s.op("Exp", s.op("Neg", s.op("Mul", half, s.op("Mul", x, x))));
      String density = s.op("Mul", s.number(1 / Math.sqrt(2 * Math.PI)), bell);
      slope = s.op("Add", below, s.op("Mul", x, density));
    }
    s.give(0, s.op("Mul", s.g(), slope));
  }

  private static String positive(Step s) {
    return s.op("Greater", s.in(0), s.number(0));
  }

  /** Equal inputs share. */
  private static void extreme(Step s) {
    List<Attribute> type = List.of(Attribute.of("to", s.tape().knownType(s.out(0)).code()));
    String[] chosen = new String[s.inputs()];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = s.op("Cast", type, s.forms().equal(s.in(i), s.out(0)));
    }
    String share = s.op("Div", s.g(), s.op("Sum", chosen));
    for (int i = 0; i < chosen.length; i++) {
      if (s.wants(i)) {
        s.giveBroadcast(i, s.op("Mul", share, chosen[i]));
      }
    }
  }
}
