package org.sardonyx.torch.aten;

import static org.sardonyx.torch.aten.Composed.call;
import static org.sardonyx.torch.aten.Composed.ints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Functions of elements and shapes that others make up, and other names of those. */
final class Derived {

  private Derived() {}

  static void register(Map<String, Op> ops) {
    Map.ofEntries(
            Map.entry("arctan", "atan"),
            Map.entry("arcsin", "asin"),
            Map.entry("arccos", "acos"),
            Map.entry("arctanh", "atanh"),
            Map.entry("arcsinh", "asinh"),
            Map.entry("arccosh", "acosh"),
            Map.entry("greater", "gt"),
            Map.entry("greater_equal", "ge"),
            Map.entry("less", "lt"),
            Map.entry("less_equal", "le"),
            Map.entry("not_equal", "ne"),
            Map.entry("fmax", "maximum"),
            Map.entry("fmin", "minimum"),
            Map.entry("row_stack", "vstack"),
            Map.entry("special_logit", "logit"),
            Map.entry("special_erfc", "erfc"),
            Map.entry("special_xlogy", "xlogy"),
            Map.entry("linalg_matmul", "matmul"))
        .forEach((alias, name) -> {
          Op op = ops.get(name);
          if (op != null) {
            ops.put(alias, op);
          }
        });
    elements(ops);
    shapes(ops);
    windows(ops);
    products(ops);
  }

  private static void elements(Map<String, Op> ops) {
    ops.put(
        "atan2",
        (e, a) -> {
          Ten y = a.ten(0, "self");
          Ten x = a.ten(1, "other");
          Object near = call(e, "atan", call(e, "div", y, x));
          Object turned =
              call(e, "add", near, call(e, "where", call(e, "ge", y, 0L), Math.PI, -Math.PI));
          Object upright = call(e, "mul", call(e, "sign", y), Math.PI / 2);
          Object left = call(e, "where", call(e, "lt", x, 0L), turned, upright);
          return call(e, "where", call(e, "gt", x, 0L), near, left);
        });
    ops.put("arctan2", ops.get("atan2"));
    ops.put(
        "bernoulli",
        (e, a) -> {
          Ten p = a.ten(0, "self");
          if (a.count() > 1 && a.get(1, "p") instanceof Double) {
            p = (Ten) call(e, "full_like", p, a.need(1, "p"));
          }
          e.note("the model draws random numbers: its outputs differ from run to run");
          Ref drawn = e.call("RandomUniformLike", e.ref(p)).output();
          Ref less = e.node("Less", drawn, e.ref(p));
          return e.like(p, e.cast(less, DataType.BOOL, e.type(p)), e.type(p));
        });
    ops.put(
        "copysign",
        (e, a) -> {
          Object size = call(e, "abs", a.ten(0, "self"));
          Object negative = call(e, "lt", a.need(1, "other"), 0L);
          return call(e, "where", negative, call(e, "neg", size), size);
        });
    ops.put(
        "ldexp",
        (e, a) -> {
          Ten power = a.ten(1, "other");
          Object factor = call(e, "pow", 2.0, Elementwise.asFloat(e, power));
          return call(e, "mul", a.ten(0, "self"), factor);
        });
    ops.put(
        "sinc",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Object angle = call(e, "mul", x, Math.PI);
          Object wave = call(e, "div", call(e, "sin", angle), angle);
          return call(e, "where", call(e, "eq", x, 0L), 1.0, wave);
        });
    ops.put("isneginf", (e, a) -> infinite(e, a.ten(0, "self"), 0, 1));
    ops.put("isposinf", (e, a) -> infinite(e, a.ten(0, "self"), 1, 0));
    ops.put("isreal", (e, a) -> call(e, "ones_like", a.ten(0, "self"), 11L));
    ops.put("allclose", (e, a) -> call(e, "all", Aten.call(e, "isclose", a.given(), a.named())));
    ops.put(
        "equal",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "other");
          Object same =
              new Scalars(e)
                  .compare(
                      "eq",
                      e.items(new ArrayList<>(Shaping.sizes(e, x))),
                      e.items(new ArrayList<>(Shaping.sizes(e, y))));
          if (!(same instanceof Boolean known)) {
            throw new UnsupportedModel("equal of tensors whose sizes may differ");
          }
          return known ? new Scalars(e).truth(call(e, "all", call(e, "eq", x, y))) : (Object) false;
        });
    ops.put(
        "float_power",
        (e, a) -> {
          Object x = a.need(0, "self");
          Object wide = x instanceof Ten ten ? Creating.cast(e, ten, DataType.DOUBLE) : x;
          return call(e, "pow", wide, a.need(1, "exponent"));
        });
    for (String loss : List.of("smooth_l1_loss", "huber_loss")) {
      ops.put(
          loss,
          (e, a) -> {
            // beta or delta: where the parabola becomes a line.
            double edge = a.number(3, loss.equals("huber_loss") ? "delta" : "beta", 1);
            Object off = call(e, "abs", call(e, "sub", a.ten(0, "self"), a.ten(1, "target")));
            double slope = loss.equals("huber_loss") ? edge : 1;
            Object near = call(e, "mul", call(e, "square", off), 0.5 * slope / edge);
            Object far = call(e, "mul", call(e, "sub", off, 0.5 * edge), slope);
            Object each = call(e, "where", call(e, "lt", off, edge), near, far);
            return Composed.reduced(e, each, a.integer(2, "reduction", 1));
          });
    }
    ops.put(
        "binary_cross_entropy_with_logits",
        (e, a) -> {
          if (a.get(2, "weight") != null || a.get(3, "pos_weight") != null) {
            throw new UnsupportedModel(a.op() + " with weights");
          }
          // max(x, 0) - x y + log(1 + exp(-|x|))
          Ten x = a.ten(0, "self");
          Object each =
              call(
                  e,
                  "add",
                  call(e, "sub", call(e, "relu", x), call(e, "mul", x, a.ten(1, "target"))),
                  call(e, "log1p", call(e, "exp", call(e, "neg", call(e, "abs", x)))));
          return Composed.reduced(e, each, a.integer(4, "reduction", 1));
        });
  }

  private static Ten infinite(Emit e, Ten x, long positive, long negative) {
    if (!e.type(x).isFloat()) {
      return (Ten) call(e, "zeros_like", x, 11L);
    }
    Ref ref =
        e.call("IsInf", e.ref(x))
            .with("detect_positive", positive)
            .with("detect_negative", negative)
            .output();
    return e.like(x, ref, DataType.BOOL);
  }

  private static void shapes(Map<String, Op> ops) {
    for (long rank = 1; rank <= 3; rank++) {
      long wanted = rank;
      ops.put(
          "atleast_" + rank + "d",
          (e, a) -> {
            Ten x = a.ten(0, "self");
            while (e.rank(x) < wanted) {
              // A matrix gets its third axis behind, a vector of three axes stands in the middle.
              x = Shaping.unsqueeze(e, x, e.rank(x) == 2 ? 2 : 0);
            }
            return x;
          });
    }
    ops.put(
        "dstack",
        (e, a) -> {
          List<Ten> deep = new ArrayList<>();
          for (Ten x : a.tens(0, "tensors")) {
            deep.add((Ten) call(e, "atleast_3d", x));
          }
          return Parts.join(e, deep, 2);
        });
    ops.put(
        "column_stack",
        (e, a) -> {
          List<Ten> columns = new ArrayList<>();
          for (Ten x : a.tens(0, "tensors")) {
            columns.add(e.rank(x) < 2 ? Shaping.reshape(e, x, List.of(-1L, 1L)) : x);
          }
          return Parts.join(e, columns, 1);
        });
    ops.put(
        "hsplit",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          return call(e, "tensor_split", x, a.need(1, "sections"), e.rank(x) == 1 ? 0L : 1L);
        });
    ops.put(
        "vsplit", (e, a) -> call(e, "tensor_split", a.ten(0, "self"), a.need(1, "sections"), 0L));
    ops.put(
        "dsplit", (e, a) -> call(e, "tensor_split", a.ten(0, "self"), a.need(1, "sections"), 2L));
    ops.put(
        "rot90",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long[] axes = a.axes(2, "dims");
          long[] plane = axes == null ? new long[] {0, 1} : axes;
          if (plane.length != 2) {
            throw new Emit.Mismatch("rot90 by " + plane.length + " axes");
          }
          long times = Math.floorMod(a.integer(1, "k", 1), 4L);
          Object result = x;
          for (long i = 0; i < times; i++) {
            result =
                call(
                    e, "transpose", call(e, "flip", result, ints(e, plane[1])), plane[0], plane[1]);
          }
          return result;
        });
  }

  private static void windows(Map<String, Op> ops) {
    ops.put("hann_window", (e, a) -> window(e, a, 0.5, 0.5));
    ops.put("hamming_window", (e, a) -> window(e, a, a.number(2, "alpha", 0.54), 0.46));
    ops.put(
        "logspace",
        (e, a) -> {
          Object powers =
              call(e, "linspace", a.need(0, "start"), a.need(1, "end"), a.need(2, "steps"));
          return call(e, "pow", a.number(3, "base", 10), powers);
        });
  }

  /** alpha - beta cos(2 pi i / n), n being one less where the window is no period. */
  private static Ten window(Emit e, Args a, double alpha, double beta) {
    long size = a.integer(0, "window_length", 0);
    if (size < 0 || size > 1 << 20) {
      throw new UnsupportedModel("a window of " + size);
    }
    boolean periodic = !(a.get(1, "periodic") instanceof Boolean flag) || flag;
    DataType given = a.named().get("dtype") instanceof Long ? a.type(-1, "dtype") : null;
    Tensor values = Tensor.zeros(given == null ? DataType.FLOAT : given, (int) size);
    for (int i = 0; i < size; i++) {
      double angle = size == 1 ? Math.PI : 2 * Math.PI * i / (periodic ? size : size - 1);
      values.setDouble(i, alpha - beta * Math.cos(angle));
    }
    return e.constant(values);
  }

  private static void products(Map<String, Op> ops) {
    ops.put(
        "addr",
        (e, a) -> {
          Object product = call(e, "outer", a.ten(1, "vec1"), a.ten(2, "vec2"));
          return call(
              e,
              "add",
              call(e, "mul", a.ten(0, "self"), a.number(-1, "beta", 1)),
              call(e, "mul", product, a.number(-1, "alpha", 1)));
        });
    ops.put(
        "chain_matmul",
        (e, a) -> {
          List<Ten> all = a.tens(0, "matrices");
          Ten product = all.getFirst();
          for (Ten next : all.subList(1, all.size())) {
            product = Products.matmul(e, product, next);
          }
          return product;
        });
    ops.put("linalg_multi_dot", ops.get("chain_matmul"));
    ops.put(
        "tensordot",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "other");
          return e.ten(
              e.call("Einsum", e.ref(x), e.ref(y))
                  .with("equation", contraction(e, x, y, a))
                  .output(),
              e.type(x),
              free(e, x, y, a));
        });
    ops.put(
        "cross",
        (e, a) -> {
          // x rolled by one is (z, x, y): a x b = a[1,2,0] b[2,0,1] - a[2,0,1] b[1,2,0].
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "other");
          long dim = a.get(2, "dim") == null ? -1 : a.integer(2, "dim", -1);
          Object[] rolled = new Object[4];
          for (int i = 0; i < 4; i++) {
            long shift = i % 2 == 0 ? -1 : 1;
            rolled[i] = call(e, "roll", i < 2 ? x : y, ints(e, shift), ints(e, dim));
          }
          return call(
              e, "sub", call(e, "mul", rolled[0], rolled[3]), call(e, "mul", rolled[1], rolled[2]));
        });
    ops.put("linalg_cross", ops.get("cross"));
    ops.put(
        "linalg_det",
        (e, a) -> {
          Ten x = a.ten(0, "A");
          int rank = e.rank(x, 2);
          return e.ten(e.node("Det", e.ref(x)), e.type(x), e.dims(x).subList(0, rank - 2));
        });
    ops.put("det", ops.get("linalg_det"));
    ops.put(
        "linalg_norm",
        (e, a) -> {
          long @Nullable [] axes = a.axes(2, "dim");
          if (a.get(1, "ord") instanceof String || (axes != null && axes.length > 1)) {
            throw new UnsupportedModel("linalg_norm of matrices: only of vectors");
          }
          Object order = a.get(1, "ord");
          return call(
              e,
              "linalg_vector_norm",
              a.ten(0, "self"),
              order == null ? 2.0 : order,
              a.get(2, "dim"),
              a.flag(3, "keepdim", false));
        });
    ops.put(
        "linalg_matrix_norm",
        (e, a) -> {
          Object order = a.get(1, "ord");
          if (order != null && !order.equals("fro")) {
            throw new UnsupportedModel("linalg_matrix_norm but that of Frobenius");
          }
          return call(e, "frobenius_norm", a.ten(0, "self"), ints(e, -2, -1), false);
        });
  }

  private static String contraction(Emit e, Ten x, Ten y, Args a) {
    long[] left = a.integers(2, "dims_self", 1, 0);
    long[] right = a.integers(3, "dims_other", 1, 0);
    char[] first = new char[e.rank(x)];
    char[] second = new char[e.rank(y)];
    if (left.length != right.length || first.length + second.length > 26) {
      throw new Emit.Mismatch("tensordot by " + left.length + " and " + right.length + " axes");
    }
    char letter = 'a';
    for (int i = 0; i < left.length; i++) {
      first[e.axis(left[i], first.length)] = letter;
      second[e.axis(right[i], second.length)] = letter++;
    }
    StringBuilder out = new StringBuilder();
    for (char[] term : Arrays.asList(first, second)) {
      for (int i = 0; i < term.length; i++) {
        if (term[i] == 0) {
          term[i] = letter;
          out.append(letter++);
        }
      }
    }
    return new String(first) + "," + new String(second) + "->" + out;
  }

  private static List<Dim> free(Emit e, Ten x, Ten y, Args a) {
    List<Dim> dims =
        new ArrayList<>(
            Reducing.without(e.dims(x), positive(e, a.integers(2, "dims_self", 1, 0), x), false));
    dims.addAll(
        Reducing.without(e.dims(y), positive(e, a.integers(3, "dims_other", 1, 0), y), false));
    return dims;
  }

  private static long[] positive(Emit e, long[] axes, Ten x) {
    return Arrays.stream(axes).map(axis -> e.axis(axis, e.rank(x))).toArray();
  }
}
