package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;

/** Operators that work element by element. */
final class Elementwise {

  private static final String[] UNARY = {
    "Tanh", "Sigmoid", "Softsign", "Erf", "Sin", "Cos", "HardSigmoid", "Atan", "Asinh", "Relu",
    "Elu", "Selu", "LeakyRelu", "Abs", "Neg", "Gelu", "HardSwish", "Mish", "Celu", "Softplus",
    "Identity", "Clip", "PRelu", "Exp", "Sqrt", "Log", "Reciprocal", "Square", "Cosh", "Sinh",
    "Asin", "Acos", "Atanh", "Acosh", "GeluTanh", "Swish"
  };

  private Elementwise() {}

  static Live unary(Draft d) {
    return unary(d, d.pick());
  }

  static Live unary(Draft d, Live x) {
    Ref r = x.ref();
    String op = d.any(UNARY);
    double b = x.bound();
    return switch (op) {
      case "Tanh", "Sigmoid", "Softsign", "Erf", "Sin", "Cos" -> d.add(d.node(op, r), x.shape(), 1);
      case "HardSigmoid" ->
          d.add(
              d.call(op, r).with("alpha", d.real(0.1, 0.5)).with("beta", d.real(0.3, 0.7)).output(),
              x.shape(),
              1);
      case "Atan", "Asinh" -> d.add(d.node(op, r), x.shape(), Math.min(b, 3));
      case "Elu", "Celu", "LeakyRelu" -> {
        // Celu is for float alone.
        String function = op.equals("Celu") && d.type != DataType.FLOAT ? "Elu" : op;
        yield d.add(
            d.flip()
                ? d.node(function, r)
                : d.call(function, r).with("alpha", d.real(0.1, 1)).output(),
            x.shape(),
            b);
      }
      case "Selu" -> d.add(d.node(op, r), x.shape(), 1.8 * b);
      case "GeluTanh" ->
          d.add(d.call("Gelu", r).with("approximate", "tanh").output(), x.shape(), b);
      case "Softplus" -> d.add(d.node(op, r), x.shape(), b + 0.7);
      case "Clip" -> {
        Ref low = d.oneIn(3) ? Ref.ABSENT : d.scalar(d.real(-2, -0.1));
        Ref high = d.oneIn(3) ? Ref.ABSENT : d.scalar(d.real(0.1, 2));
        yield d.add(d.node(op, r, low, high), x.shape(), Math.max(b, 2));
      }
      case "PRelu" -> {
        int[] slope = x.rank() == 0 ? new int[0] : new int[] {x.dim(-1)};
        yield d.add(d.node(op, r, d.weights(d.numbers(0.4, slope))), x.shape(), b);
      }
      case "Exp", "Cosh", "Sinh" ->
          d.add(d.node(op, clipped(d, r, -2.5f, 2.5f)), x.shape(), Math.exp(2.5));
      case "Asin", "Acos", "Atanh" ->
          d.add(d.node(op, clipped(d, r, -0.9f, 0.9f)), x.shape(), Math.PI);
      case "Acosh" -> d.add(d.node(op, above(d, r, 1.5f)), x.shape(), 4);
      case "Sqrt", "Log" -> d.add(d.node(op, above(d, r, 0.5f)), x.shape(), Math.max(1, b));
      case "Reciprocal" -> d.add(d.node(op, above(d, r, 0.5f)), x.shape(), 2);
      case "Square" ->
          d.add(d.flip() ? d.node("Mul", r, r) : d.node("Pow", r, d.scalar(2)), x.shape(), b * b);
      case "Swish" ->
          // As exporters write it, which engines fuse.
          d.add(d.node("Mul", r, d.node("Sigmoid", r)), x.shape(), b);
      default -> d.add(d.node(op, r), x.shape(), b);
    };
  }

  private static Ref clipped(Draft d, Ref x, float low, float high) {
    return d.node("Clip", x, d.scalar(low), d.scalar(high));
  }

  /** Returns |x| + least. */
  static Ref above(Draft d, Ref x, float least) {
    return d.node("Add", d.node("Abs", x), d.scalar(least));
  }

  static Live binary(Draft d) {
    return binary(d, d.pick());
  }

  static Live binary(Draft d, Live x) {
    Live y = other(d, x);
    String op = d.any("Add", "Add", "Sub", "Mul", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Pow");
    double both = x.bound() + y.bound();
    boolean turned = d.flip() && !op.equals("Div") && !op.equals("Pow");
    Ref a = turned ? y.ref() : x.ref();
    Ref b = turned ? x.ref() : y.ref();
    return switch (op) {
      case "Mul" -> d.add(d.node(op, a, b), x.shape(), x.bound() * y.bound());
      case "Div" -> d.add(d.node(op, a, above(d, b, 0.5f)), x.shape(), 2 * x.bound());
      case "Pow" -> {
        Ref base = above(d, a, 0.5f);
        Ref exponent = d.node("Tanh", b);
        yield d.add(d.node(op, base, exponent), x.shape(), x.bound() + 2);
      }
      case "Min", "Max" -> d.add(d.node(op, a, b), x.shape(), Math.max(x.bound(), y.bound()));
      case "Sum", "Mean" -> {
        Live z = other(d, x);
        yield d.add(d.node(op, a, b, z.ref()), x.shape(), both + z.bound());
      }
      default -> d.add(d.node(op, a, b), x.shape(), both);
    };
  }

  /** Returns what broadcasts to a value. */
  private static Live other(Draft d, Live x) {
    Live same = d.like(x.shape());
    if (same != null && d.flip()) {
      return same;
    }
    List<Integer> shape = new ArrayList<>();
    int from = x.rank() == 0 ? 0 : d.random.nextInt(x.rank() + 1);
    for (int axis = from; axis < x.rank(); axis++) {
      shape.add(d.oneIn(3) ? 1 : x.dim(axis));
    }
    return new Live(d.weights(d.numbers(0.8, Draft.ints(shape))), shape, 2, false);
  }

  /** What jumps is asked of values only that no engine rounds. */
  static Live jump(Draft d) {
    Live x = d.exact(1);
    String op = d.any("Floor", "Ceil", "Round", "Sign", "Cast", "Shrink", "ThresholdedRelu", "Mod");
    Ref r = x.ref();
    return switch (op) {
      case "Cast" -> {
        DataType type = d.any(DataType.INT32, DataType.INT64, DataType.INT8);
        Ref whole = d.call(op, r).with("to", type.code()).output();
        yield d.moved(d.call(op, whole).with("to", d.type.code()).output(), x.shape(), x);
      }
      case "Shrink" ->
          d.add(
              d.call(op, r).with("lambd", d.real(0.1, 1)).with("bias", d.real(0, 0.5)).output(),
              x.shape(),
              x.bound());
      case "ThresholdedRelu" ->
          d.moved(d.call(op, r).with("alpha", d.real(0.1, 1)).output(), x.shape(), x);
      case "Mod" ->
          d.add(d.call(op, r, d.scalar(d.real(0.5, 1.5))).with("fmod", 1).output(), x.shape(), 1.5);
      default -> d.moved(d.node(op, r), x.shape(), new Live(r, x.shape(), x.bound() + 1, true));
    };
  }

  /** Chooses between two values by the order of two others. */
  static Live choice(Draft d) {
    Live x = d.exact(1);
    Ref limit = d.graph.constant(d.numbers(0.5, x.dim(-1)));
    Ref yes = d.node(d.any("Greater", "Less", "GreaterOrEqual", "LessOrEqual"), x.ref(), limit);
    if (d.flip()) {
      Ref more = d.node("Less", x.ref(), d.scalar(d.real(-1, 1)));
      yes = d.node(d.any("And", "Or", "Xor"), yes, more);
    }
    if (d.flip()) {
      yes = d.node("Not", yes);
    }
    if (d.oneIn(3)) {
      return d.moved(
          d.call("Cast", yes).with("to", d.type.code()).output(),
          x.shape(),
          new Live(x.ref(), x.shape(), 1, true));
    }
    Live same = d.like(x.shape());
    Live other = same == null ? x : same;
    Ref fill = d.flip() ? d.scalar(d.real(-1, 1)) : d.node("Neg", x.ref());
    return d.add(
        d.node("Where", yes, other.ref(), fill), x.shape(), Math.max(x.bound(), other.bound()));
  }
}
