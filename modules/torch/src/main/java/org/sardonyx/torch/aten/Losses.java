package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** What classes and probabilities lack to those that were wanted. */
final class Losses {

  private static final String[] REDUCTIONS = {"none", "mean", "sum"};

  private Losses() {}

  static void register(Map<String, Op> ops) {
    ops.put("cross_entropy_loss", Losses::crossEntropy);
    for (String name : List.of("nll_loss", "nll_loss_nd", "nll_loss2d")) {
      ops.put(
          name,
          (e, a) ->
              classes(
                  e,
                  "NegativeLogLikelihoodLoss",
                  a,
                  a.integer(3, "reduction", 1),
                  a.integer(4, "ignore_index", -100)));
    }
    ops.put(
        "binary_cross_entropy",
        (e, a) -> {
          // Logarithms are held at -100, as PyTorch holds them.
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "target");
          Object log = call(e, "clamp", call(e, "log", x), -100.0);
          Object rest = call(e, "clamp", call(e, "log", call(e, "rsub", x, 1L)), -100.0);
          Object each =
              call(
                  e,
                  "neg",
                  call(
                      e,
                      "add",
                      call(e, "mul", y, log),
                      call(e, "mul", call(e, "rsub", y, 1L), rest)));
          Ten weight = a.optional(2, "weight");
          return Composed.reduced(
              e,
              weight == null ? each : call(e, "mul", each, weight),
              a.integer(3, "reduction", 1));
        });
    ops.put(
        "kl_div",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "target");
          boolean log = a.flag(3, "log_target", false);
          Object each =
              log
                  ? call(e, "mul", call(e, "exp", y), call(e, "sub", y, x))
                  : call(e, "sub", call(e, "xlogy", y, y), call(e, "mul", y, x));
          return Composed.reduced(e, each, a.integer(2, "reduction", 1));
        });
  }

  private static Object call(Emit e, String name, @Nullable Object... arguments) {
    return Composed.call(e, name, arguments);
  }

  /** (self, target, weight, reduction, ignore_index, label_smoothing). */
  private static Object crossEntropy(Emit e, Args a) {
    if (a.number(5, "label_smoothing", 0) != 0) {
      throw new UnsupportedModel(a.op() + " with label_smoothing");
    }
    DataType target = e.type(a.ten(1, "target"), DataType.INT64);
    if (target.isFloat()) {
      throw new UnsupportedModel(a.op() + " of probabilities: it is known for classes alone");
    }
    return classes(
        e,
        "SoftmaxCrossEntropyLoss",
        a,
        a.integer(3, "reduction", 1),
        a.integer(4, "ignore_index", -100));
  }

  private static Object classes(Emit e, String op, Args a, long reduction, long ignored) {
    Ten x = a.ten(0, "self");
    Ten target = a.ten(1, "target");
    Ten weight = a.optional(2, "weight");
    DataType type = e.type(x);
    e.type(target, DataType.INT64);
    if (e.rank(x, 2) < 2) {
      throw new Emit.Mismatch(a.op() + " of a tensor of rank " + e.rank(x));
    }
    if (e.rank(target, e.rank(x) - 1) != e.rank(x) - 1) {
      throw new Emit.Mismatch(a.op() + " with classes of rank " + e.rank(target));
    }
    List<Ref> inputs = new ArrayList<>(List.of(e.ref(x), e.ref(target)));
    if (weight != null) {
      inputs.add(e.ref(weight));
    }
    Ref ref =
        e.call(op, inputs.toArray(Ref[]::new))
            .with("reduction", REDUCTIONS[Math.clamp(reduction, 0, 2)])
            .with("ignore_index", ignored)
            .output();
    List<Dim> dims = reduction == 0 ? e.dims(target) : List.of();
    return e.ten(ref, type, dims);
  }
}
