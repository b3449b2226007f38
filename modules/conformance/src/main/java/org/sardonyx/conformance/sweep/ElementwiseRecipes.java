package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Functions of one tensor, element by element. */
final class ElementwiseRecipes {

  private ElementwiseRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> input(consumed(d)),
        "Abs",
        "Acos",
        "Acosh",
        "Asin",
        "Asinh",
        "Atan",
        "Atanh",
        "BitwiseNot",
        "Ceil",
        "Cos",
        "Cosh",
        "Erf",
        "Exp",
        "Floor",
        "HardSwish",
        "IsNaN",
        "Log",
        "Mish",
        "Neg",
        "Not",
        "Reciprocal",
        "Relu",
        "Round",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Tan",
        "Tanh",
        "com.microsoft.Gelu");
    recipes.put(
        d -> {
          d.attr("detect_negative", 1L, 0L, 1L);
          d.attr("detect_positive", 1L, 0L, 1L);
          input(d);
        },
        "IsInf");
    recipes.put(
        d -> {
          d.attr("alpha", 0f, 0.5f, 1.25f, 2f);
          d.attr("beta", 0f, 0.5f, 0.25f);
          d.attr("gamma", 0f, 0.5f, 1.5f);
          d.attr("lambd", 0f, 0.25f, 1.5f);
          d.attr("bias", 0f, 0.25f, 1f);
          input(consumed(d));
        },
        "Celu",
        "Elu",
        "HardSigmoid",
        "LeakyRelu",
        "Selu",
        "Shrink",
        "Swish",
        "ThresholdedRelu",
        "com.microsoft.QuickGelu");
    recipes.put(
        d -> {
          d.attr("approximate", "none", "none", "tanh");
          input(d);
        },
        "Gelu");
    recipes.put(ElementwiseRecipes::clip, "Clip");
    recipes.put(ElementwiseRecipes::dropout, "Dropout");
  }

  /** The attribute of version 1 that says which inputs may be overwritten. */
  static Draw consumed(Draw d) {
    d.attr("consumed_inputs", new long[0], new long[] {0});
    return d;
  }

  private static void input(Draw d) {
    d.in(Numbers.any(d, d.type(), Numbers.shape(d)));
  }

  private static void clip(Draw d) {
    consumed(d);
    DataType type = d.type();
    if (!d.hasInput("min")) {
      d.attr("min", -1f, -1f, 0f, 0.5f);
      d.attr("max", 1f, 1f, 2f);
      input(d);
      return;
    }
    input(d);
    d.optionalParam("min", () -> bound(type, 1));
    d.optionalParam("max", () -> bound(type, 3));
  }

  private static Tensor bound(DataType type, double value) {
    return Tensor.fromDoubles(type, new double[] {value});
  }

  private static void dropout(Draw d) {
    consumed(d);
    if (!d.hasInput("ratio")) {
      // Versions 1 and 6 have a training mode, where what is dropped is random.
      d.set("is_test", 1L);
      d.attr("ratio", 0.5f, 0.25f, 0.75f);
      input(d);
      return;
    }
    boolean training = d.flag("training");
    d.attr("seed", 0L, 7L);
    input(d);
    d.optional(
        "ratio",
        () -> Tensor.fromDoubles(d.type("T1"), new double[] {d.flag("ratio 0") ? 0 : 0.5}));
    if (training) {
      d.in(Tensor.scalar(true));
      d.undetermined();
    } else {
      d.optional("training_mode", () -> Tensor.scalar(false));
    }
  }
}
