package org.sardonyx.conformance.sweep;

import java.util.function.BiFunction;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Functions of two or more tensors, element by element, with broadcasting. */
final class BinaryRecipes {

  private BinaryRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        BinaryRecipes::pair,
        "Add",
        "And",
        "BitwiseAnd",
        "BitwiseOr",
        "BitwiseXor",
        "Equal",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Mul",
        "Or",
        "StringConcat",
        "Sub",
        "Xor");
    recipes.put(d -> pair(d, (t, shape) -> nonZero(d, t, shape)), "Div");
    recipes.put(
        d -> {
          // A float needs fmod = 1.
          long fmod = d.attr("fmod", 0L, 0L, 1L);
          DataType type = d.type();
          d.require(!type.isFloat() || fmod == 1);
          pair(d, (t, shape) -> nonZero(d, t, shape));
        },
        "Mod");
    recipes.put(
        d -> {
          d.attr("direction", "", "LEFT", "RIGHT");
          pair(d, (t, shape) -> Numbers.integers(d, t, 0, t.bits(), shape));
        },
        "BitShift");
    recipes.put(BinaryRecipes::pow, "Pow");
    recipes.put(BinaryRecipes::prelu, "PRelu");
    recipes.put(
        d -> {
          d.attr("alpha", 1f, 0.5f, 1.5f);
          int[] shape = Numbers.shape(d);
          d.in(Numbers.any(d, d.type(), shape)).in(Numbers.of(d, d.type(), shape));
        },
        "SwiGLU");
    recipes.put(BinaryRecipes::variadic, "Max", "Mean", "Min", "Sum");
    recipes.put(
        d -> {
          DataType type = d.type("T");
          int[][] shapes = shapes(d);
          int[] condition = d.pick("condition", new int[] {}, new int[] {1}, shapes[0], shapes[1]);
          d.in(Numbers.of(d, DataType.BOOL, condition));
          d.in(Numbers.any(d, type, shapes[0])).in(Numbers.of(d, type, shapes[1]));
        },
        "Where");
    recipes.put(
        d -> {
          DataType type = d.type();
          int[] shape = d.pick("shape of A", new int[] {2, 3}, new int[] {3}, new int[] {2, 1, 3});
          d.in(Numbers.any(d, type, shape)).in(Numbers.of(d, type, 3));
        },
        "com.microsoft.BiasGelu");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.in(Numbers.any(d, type, 2, 2, 3));
          d.optional("bias", () -> Numbers.of(d, type, 3));
        },
        "com.microsoft.FastGelu");
  }

  private static void pair(Draw d) {
    pair(d, (type, shape) -> Numbers.of(d, type, shape));
  }

  /** Two inputs whose shapes go together; the second is made by a function. */
  private static void pair(Draw d, BiFunction<DataType, int[], Tensor> second) {
    DataType type = d.type();
    ElementwiseRecipes.consumed(d);
    int[][] shapes = shapes(d);
    d.in(Numbers.any(d, type, shapes[0])).in(second.apply(type, shapes[1]));
  }

  /** Shapes that are broadcast to each other, as the version has it. */
  static int[][] shapes(Draw d) {
    if (d.declares("broadcast")) {
      return switch (d.pick("broadcast", "none", "suffix", "scalar", "axis", "axis 0", "empty")) {
        case "suffix" -> limited(d, new int[] {2, 3, 4}, 3, 4);
        case "scalar" -> limited(d, new int[] {2, 3});
        case "axis" -> {
          d.set("axis", 1L);
          yield limited(d, new int[] {2, 3, 4}, 3);
        }
        case "axis 0" -> {
          d.set("axis", 0L);
          yield limited(d, new int[] {2, 3, 4}, 2, 3);
        }
        case "empty" -> new int[][] {{0, 3}, {0, 3}};
        default -> new int[][] {{2, 3}, {2, 3}};
      };
    }
    return switch (d.pick(
        "shapes",
        "equal",
        "right scalar",
        "left scalar",
        "both scalar",
        "suffix",
        "both ways",
        "rank 6",
        "empty",
        "empty and one",
        "ones",
        "long")) {
      case "right scalar" -> new int[][] {{2, 3}, {}};
      case "left scalar" -> new int[][] {{}, {2, 3}};
      case "both scalar" -> new int[][] {{}, {}};
      case "suffix" -> new int[][] {{2, 3, 4}, {4}};
      case "both ways" -> new int[][] {{3, 1}, {2, 1, 4}};
      case "rank 6" -> new int[][] {{2, 1, 2, 1, 3, 1}, {2, 1, 2, 1, 2}};
      case "empty" -> new int[][] {{0, 3}, {3}};
      case "empty and one" -> new int[][] {{1, 3}, {0, 1}};
      case "ones" -> new int[][] {{1}, {1, 1, 1}};
      case "long" -> new int[][] {{37}, {37}};
      default -> new int[][] {{2, 3}, {2, 3}};
    };
  }

  private static int[][] limited(Draw d, int[] first, int... second) {
    d.set("broadcast", 1L);
    return new int[][] {first, second};
  }

  private static Tensor nonZero(Draw d, DataType type, int... shape) {
    if (type.isFloat()) {
      return Numbers.of(d, type, shape);
    }
    Tensor divisors = Numbers.integers(d, type, 1, 7, shape);
    for (int i = 0; i < divisors.size(); i++) {
      if (type.kind() == DataType.Kind.SIGNED && d.random.nextBoolean()) {
        divisors.setLong(i, -divisors.getLong(i));
      }
    }
    return divisors;
  }

  private static void pow(Draw d) {
    DataType type = d.type();
    DataType exponent = d.hasType("T1") ? d.type("T1") : type;
    int[][] shapes = shapes(d);
    Tensor base =
        type.isFloat()
            ? Numbers.between(d, type, 0.1, 3, shapes[0])
            : Numbers.integers(d, type, -3, 4, shapes[0]);
    Tensor power =
        exponent.isFloat() && type.isFloat()
            ? Numbers.of(d, exponent, shapes[1])
            : Numbers.integers(d, exponent.isFloat() ? DataType.INT64 : exponent, 0, 5, shapes[1]);
    if (power.dataType() != exponent) {
      power = Tensor.fromDoubles(exponent, power.toDoubles(), shapes[1]);
    }
    d.in(base).in(power);
  }

  private static void prelu(Draw d) {
    DataType type = d.type();
    ElementwiseRecipes.consumed(d);
    int[] slope =
        d.version() < 7
            ? d.pick("slope", new int[] {1}, new int[] {3})
            : d.pick(
                "slope",
                new int[] {},
                new int[] {1},
                new int[] {3, 1},
                new int[] {4},
                new int[] {2, 3, 4});
    int[] x = d.flag("empty") ? new int[] {0, 3, 4} : new int[] {2, 3, 4};
    d.require(x[0] != 0 || slope.length < 3);
    d.in(Numbers.any(d, type, x)).in(Numbers.of(d, type, slope));
  }

  private static void variadic(Draw d) {
    DataType type = d.type();
    ElementwiseRecipes.consumed(d);
    int count = d.pick("inputs", 1, 2, 3, 5);
    int[] first = Numbers.shape(d);
    d.in(Numbers.any(d, type, first));
    for (int i = 1; i < count; i++) {
      boolean narrow = d.version() >= 8 && d.flag("broadcast");
      d.in(Numbers.of(d, type, narrow ? new int[] {1} : first));
    }
  }
}
