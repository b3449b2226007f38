package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Normalisations, softmax and reductions. */
final class Normalize {

  private Normalize() {}

  static Live any(Draft d) {
    return any(d, d.pick(1, 4));
  }

  static Live any(Draft d, Live x) {
    if (x.rank() == 0) {
      return Elementwise.unary(d, x);
    }
    if (x.rank() >= 3 && d.flip()) {
      return byChannel(d, x);
    }
    int axis = d.axis(x);
    long spelled = d.spelled(axis, x.rank());
    Ref r = x.ref();
    String op =
        d.any("Softmax", "LogSoftmax", "LpNormalization", "LayerNormalization", "RMSNormalization");
    if (op.equals("RMSNormalization") && d.opset < 23) {
      op = "LayerNormalization";
    }
    if (op.equals("LayerNormalization") && Shaping.product(x.shape().subList(axis, x.rank())) < 3) {
      op = "Softmax";
    }
    return switch (op) {
      case "Softmax" -> d.add(d.call(op, r).with("axis", spelled).output(), x.shape(), 1);
      case "LogSoftmax" ->
          d.add(d.call(op, r).with("axis", spelled).output(), x.shape(), 2 * x.bound() + 6);
      case "LpNormalization" ->
          d.add(
              d.call(op, Elementwise.above(d, r, 0.2f))
                  .with("axis", spelled)
                  .with("p", d.between(1, 2))
                  .output(),
              x.shape(),
              1);
      default -> {
        int[] rest = Draft.ints(x.shape().subList(axis, x.rank()));
        List<Ref> refs = new ArrayList<>(List.of(varied(d, x), d.weights(d.positive(rest))));
        if (op.equals("LayerNormalization") && d.flip()) {
          refs.add(d.weights(d.numbers(0.3, rest)));
        }
        Call call = d.call(op, refs.toArray(Ref[]::new)).with("axis", spelled);
        if (d.flip()) {
          call.with("epsilon", d.real(1e-4, 1e-2));
        }
        yield d.add(call.output(), x.shape(), 5);
      }
    };
  }

  /** Whether planes have enough elements for a variance. */
  private static boolean spread(Live x) {
    return Shaping.product(x.shape().subList(2, x.rank())) >= 4;
  }

  /** Adds what is not the same everywhere: rounding is magnified where the variance is small. */
  private static Ref varied(Draft d, Live x) {
    return d.node("Add", x.ref(), d.graph.constant(d.numbers(1, Draft.ints(x.shape()))));
  }

  private static Live byChannel(Draft d, Live x) {
    int channels = x.dim(1);
    Ref scale = d.weights(d.positive(channels));
    Ref bias = d.weights(d.numbers(0.3, channels));
    return switch (d.between(0, spread(x) ? 2 : 1)) {
      case 0 ->
          d.add(
              d.node(
                  "BatchNormalization",
                  x.ref(),
                  scale,
                  bias,
                  d.weights(d.numbers(0.3, channels)),
                  d.weights(d.positive(channels))),
              x.shape(),
              2 * x.bound() + 2);
      case 1 -> d.add(d.node("InstanceNormalization", varied(d, x), scale, bias), x.shape(), 5);
      default -> {
        if (d.opset < 21) {
          Call call = d.call("MeanVarianceNormalization", varied(d, x));
          yield d.add((x.rank() == 4 ? call : call.withInts("axes", 0, 2)).output(), x.shape(), 5);
        }
        int groups = channels % 2 == 0 && d.flip() ? 2 : d.any(1, channels);
        yield d.add(
            d.call("GroupNormalization", varied(d, x), scale, bias)
                .with("num_groups", groups)
                .output(),
            x.shape(),
            5);
      }
    };
  }

  static Live reduce(Draft d) {
    Live x = d.pick(1, 4);
    String op =
        d.any(
            "ReduceSum",
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSumExp",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceProd");
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (d.oneIn(2)) {
        axes.add(axis);
      }
    }
    boolean all = axes.isEmpty();
    boolean kept = d.flip();
    int count = 1;
    List<Integer> shape = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (all || axes.contains(axis)) {
        count *= x.dim(axis);
        if (kept) {
          shape.add(1);
        }
      } else {
        shape.add(x.dim(axis));
      }
    }
    if (count > 8 && op.equals("ReduceProd")) {
      op = "ReduceMean";
    }
    boolean positive = List.of("ReduceLogSum", "ReduceProd", "ReduceL2").contains(op);
    Ref from = positive ? Elementwise.above(d, d.node("Tanh", x.ref()), 0.5f) : x.ref();
    long[] spelled = axes.stream().mapToLong(axis -> d.spelled(axis, x.rank())).toArray();
    Call call = all ? d.call(op, from) : d.call(op, from, d.ints(spelled));
    if (!kept || d.flip()) {
      call.with("keepdims", kept ? 1 : 0);
    }
    Ref out = call.output();
    double b = x.bound();
    return switch (op) {
      case "ReduceMax", "ReduceMin" -> d.moved(out, shape, x);
      case "ReduceMean" -> d.add(out, shape, b);
      case "ReduceProd" -> d.add(out, shape, Math.pow(1.5, count));
      case "ReduceLogSum" -> d.add(out, shape, 1 + Math.log(count));
      case "ReduceLogSumExp" -> d.add(out, shape, b + Math.log(count));
      case "ReduceL2" -> d.add(out, shape, 1.5 * Math.sqrt(count));
      case "ReduceSumSquare" -> d.add(out, shape, b * b * count);
      default -> d.add(out, shape, b * count);
    };
  }

  /** Sums along an axis, and the largest elements of what no engine rounds. */
  static Live along(Draft d) {
    if (d.flip()) {
      Live x = d.pick(1, 4);
      int axis = d.axis(x);
      Ref at = d.graph.constant(Tensor.scalar(d.spelled(axis, x.rank())));
      Call call = d.call("CumSum", x.ref(), at);
      if (d.flip()) {
        call.with("exclusive", 1);
      }
      if (d.flip()) {
        call.with("reverse", 1);
      }
      return d.add(call.output(), x.shape(), x.bound() * x.dim(axis));
    }
    Live x = d.exact(1);
    int axis = d.axis(x);
    if (d.flip()) {
      int k = d.between(1, x.dim(axis));
      Call call = d.call("TopK", x.ref(), d.ints(k)).with("axis", d.spelled(axis, x.rank()));
      if (d.flip()) {
        call.with("largest", 0);
      }
      List<Integer> shape = new ArrayList<>(x.shape());
      shape.set(axis, k);
      return d.moved(call.outputs(2).getFirst(), shape, x);
    }
    String op = d.any("ArgMax", "ArgMin");
    Ref index = d.call(op, x.ref()).with("axis", d.spelled(axis, x.rank())).output();
    Ref taken =
        d.call("GatherElements", x.ref(), index).with("axis", d.spelled(axis, x.rank())).output();
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, 1);
    return d.moved(taken, shape, x);
  }
}
