package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Operators of one input and output, element by element. */
final class ElementwiseChanges {

  private ElementwiseChanges() {}

  static void add(Changes all) {
    // Version 6 dropped consumed_inputs, which told where memory could be reused.
    for (String name :
        List.of("Abs", "Ceil", "Exp", "Floor", "Log", "Neg", "Reciprocal", "Relu", "Sigmoid")) {
      all.same(name, 6);
      all.types(name, 13);
    }
    for (String name : List.of("Sqrt", "Tanh")) {
      all.same(name, 6);
      all.types(name, 13);
    }
    for (String name : List.of("Elu", "HardSigmoid", "Selu")) {
      all.same(name, 6);
      all.types(name, 22);
    }
    all.types("Relu", 14);
    all.same("LeakyRelu", 6);
    all.types("LeakyRelu", 16);
    for (String name : List.of("Acos", "Asin", "Atan", "Cos", "Sin", "Tan")) {
      all.begins(7, name);
      all.types(name, 22);
    }
    for (String name : List.of("Acosh", "Asinh", "Atanh", "Cosh", "Sinh")) {
      all.since(name, 9, HYPERBOLIC);
      all.types(name, 22);
    }
    all.types("Softplus", 22);
    all.types("Softsign", 22);
    all.begins(9, "Erf", "Sign");
    all.types("Erf", 13);
    all.types("Sign", 13);
    all.begins(11, "Round", "Det");
    all.types("Round", 22);
    all.types("Det", 22);
    all.begins(18, "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor");
    all.begins(11, "BitShift");
    all.types("BitShift", 28);
    all.begins(26, "BitCast");

    all.since("HardSwish", 14, ElementwiseChanges::hardSwish);
    all.types("HardSwish", 22);
    all.since("Mish", 18, ElementwiseChanges::mish);
    all.types("Mish", 22);
    all.since("Celu", 12, ElementwiseChanges::celu);
    all.types("Celu", 28);
    all.since("ThresholdedRelu", 10, ElementwiseChanges::thresholdedRelu);
    all.types("ThresholdedRelu", 22);
    all.since("Gelu", 20, ElementwiseChanges::gelu);
    all.since("Swish", 24, ElementwiseChanges::swish);
    all.since("SwiGLU", 28, ElementwiseChanges::swiGlu);

    all.same("Clip", 6);
    all.change("Clip", 11, ElementwiseChanges::clipUp, ElementwiseChanges::clipDown);
    all.change("Clip", 12, Adapter.KEEP, ElementwiseChanges::clipOfIntegers);
    all.types("Clip", 13);

    all.change("Cast", 6, ElementwiseChanges::castUp, ElementwiseChanges::castDown);
    all.types("Cast", 9, 13, 21, 23, 25);
    // What the attributes say is of types that the versions before do not have.
    Adapter noSaturation = rewrite -> rewrite.keep(rewrite.without("saturate"));
    Adapter noRounding = rewrite -> rewrite.keep(rewrite.without("round_mode"));
    all.change("Cast", 19, Adapter.KEEP, noSaturation);
    all.change("Cast", 24, Adapter.KEEP, noRounding);
    all.since("CastLike", 15, ElementwiseChanges::castLike);
    all.change("CastLike", 19, Adapter.KEEP, noSaturation);
    all.change("CastLike", 24, Adapter.KEEP, noRounding);
    all.types("CastLike", 21, 23, 25);
  }

  /** The functions by exponentials lose digits near 0: what stands for them is not the same. */
  private static final Adapter HYPERBOLIC =
      Adapter.refuse("older versions have nothing as precise near 0");

  private static void clipUp(Rewrite rewrite) {
    String[] bounds = {"", ""};
    String[] names = {"min", "max"};
    for (int i = 0; i < 2; i++) {
      // Without the attribute the bound is the type's, as it is without the input.
      if (rewrite.gives(names[i])) {
        DataType type = rewrite.element(0);
        float bound = rewrite.real(names[i], 0);
        boolean none = type == DataType.DOUBLE && Math.abs(bound) == Float.MAX_VALUE;
        bounds[i] = rewrite.scalar(type, none ? Math.copySign(Double.MAX_VALUE, bound) : bound);
      }
    }
    rewrite.keep(rewrite.without(names).withInputs(List.of(rewrite.in(0), bounds[0], bounds[1])));
  }

  private static void clipDown(Rewrite rewrite) {
    Tensor min = rewrite.constant(1);
    Tensor max = rewrite.constant(2);
    if (asAttribute(rewrite, 1, min) && asAttribute(rewrite, 2, max)) {
      var node = rewrite.node().withInputs(List.of(rewrite.in(0)));
      if (min != null) {
        node = with(node, Attribute.of("min", (float) min.getDouble(0)));
        rewrite.release(1);
      }
      if (max != null) {
        node = with(node, Attribute.of("max", (float) max.getDouble(0)));
        rewrite.release(2);
      }
      rewrite.keep(node);
      return;
    }
    String value = rewrite.in(0);
    if (rewrite.has(1)) {
      value =
          rewrite.has(2)
              ? rewrite.op("Max", List.of(value, rewrite.in(1)))
              : last(rewrite, "Max", value, rewrite.in(1));
    }
    if (rewrite.has(2)) {
      last(rewrite, "Min", value, rewrite.in(2));
    }
  }

  private static String last(Rewrite rewrite, String opType, String... inputs) {
    rewrite.last(opType, List.of(inputs));
    return rewrite.out(0);
  }

  /** Whether a bound is absent, or a constant that a float attribute can hold. */
  private static boolean asAttribute(
      Rewrite rewrite, int input, @org.jspecify.annotations.Nullable Tensor bound) {
    if (bound == null || bound.size() != 1) {
      return !rewrite.has(input);
    }
    double value = bound.getDouble(0);
    return (float) value == value;
  }

  private static void clipOfIntegers(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    if (type.isFloat()) {
      rewrite.keep();
      return;
    }
    String value = rewrite.in(0);
    if (rewrite.has(1)) {
      String low = rewrite.op("Less", List.of(value, rewrite.in(1)));
      List<String> chosen = List.of(low, rewrite.in(1), value);
      value =
          rewrite.has(2)
              ? rewrite.op("Where", chosen)
              : last(rewrite, "Where", chosen.toArray(String[]::new));
    }
    if (rewrite.has(2)) {
      String high = rewrite.op("Greater", List.of(value, rewrite.in(2)));
      rewrite.last("Where", List.of(high, rewrite.in(2), value));
    } else if (!rewrite.has(1)) {
      rewrite.last("Identity", List.of(value));
    }
  }

  private static void castUp(Rewrite rewrite) {
    String name = rewrite.text("to", "");
    for (DataType type : DataType.values()) {
      if (type.name().equalsIgnoreCase(name)) {
        rewrite.keep(with(rewrite.node(), Attribute.of("to", (long) type.code())));
        return;
      }
    }
    throw rewrite.refuse("attribute \"to\" names no element type");
  }

  private static void castDown(Rewrite rewrite) {
    DataType type = DataType.of(rewrite.integer("to", 0));
    rewrite.keep(with(rewrite.node(), Attribute.of("to", type.name())));
  }

  private static void castLike(Rewrite rewrite) {
    rewrite.last(
        "Cast", List.of(rewrite.in(0)), Attribute.of("to", (long) rewrite.element(1).code()));
    rewrite.release(1);
  }

  private static void hardSwish(Rewrite rewrite) {
    String x = rewrite.in(0);
    String gate =
        rewrite.op("HardSigmoid", x, Attribute.of("alpha", 1 / 6f), Attribute.of("beta", 0.5f));
    rewrite.last("Mul", List.of(x, gate));
  }

  private static void mish(Rewrite rewrite) {
    String x = rewrite.in(0);
    rewrite.last("Mul", List.of(x, rewrite.op("Tanh", rewrite.op("Softplus", x))));
  }

  private static void celu(Rewrite rewrite) {
    String alpha = rewrite.scalar(rewrite.element(0), rewrite.real("alpha", 1));
    String inner = rewrite.op("Div", List.of(rewrite.in(0), alpha));
    String elu = rewrite.op("Elu", inner, Attribute.of("alpha", 1f));
    rewrite.last("Mul", List.of(alpha, elu));
  }

  private static void thresholdedRelu(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    String alpha = rewrite.scalar(type, rewrite.real("alpha", 1));
    String above = rewrite.op("Greater", List.of(rewrite.in(0), alpha));
    rewrite.last("Where", List.of(above, rewrite.in(0), rewrite.scalar(type, 0)));
  }

  private static void gelu(Rewrite rewrite) {
    DataType type = rewrite.element(0);
    String x = rewrite.in(0);
    String inner;
    if (rewrite.text("approximate", "none").equals("tanh")) {
      String cube = rewrite.op("Pow", List.of(x, rewrite.scalar(type, 3)));
      String small = rewrite.op("Mul", List.of(rewrite.scalar(type, 0.044715), cube));
      String sum = rewrite.op("Add", List.of(x, small));
      String scaled = rewrite.op("Mul", List.of(rewrite.scalar(type, Math.sqrt(2 / Math.PI)), sum));
      inner = rewrite.op("Tanh", scaled);
    } else {
      inner =
          rewrite.op("Erf", rewrite.op("Mul", List.of(rewrite.scalar(type, Math.sqrt(0.5)), x)));
    }
    String one = rewrite.op("Add", List.of(rewrite.scalar(type, 1), inner));
    String half = rewrite.op("Mul", List.of(rewrite.scalar(type, 0.5), x));
    rewrite.last("Mul", List.of(half, one));
  }

  private static String swish(Rewrite rewrite, String x) {
    float alpha = rewrite.real("alpha", 1);
    String inner =
        alpha == 1 ? x : rewrite.op("Mul", List.of(rewrite.scalar(rewrite.element(0), alpha), x));
    return rewrite.op("Sigmoid", inner);
  }

  private static void swish(Rewrite rewrite) {
    rewrite.last("Mul", List.of(rewrite.in(0), swish(rewrite, rewrite.in(0))));
  }

  private static void swiGlu(Rewrite rewrite) {
    String gated = rewrite.op("Mul", List.of(rewrite.in(0), swish(rewrite, rewrite.in(0))));
    rewrite.last("Mul", List.of(gated, rewrite.in(1)));
  }
}
