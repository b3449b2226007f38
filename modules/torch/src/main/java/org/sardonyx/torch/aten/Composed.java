package org.sardonyx.torch.aten;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;

/** Operators that are others, one after another. */
final class Composed {

  private Composed() {}

  static void register(Map<String, Op> ops) {
    Map.ofEntries(
            Map.entry("special_expit", "sigmoid"),
            Map.entry("special_erf", "erf"),
            Map.entry("special_softmax", "softmax"),
            Map.entry("special_log_softmax", "log_softmax"),
            Map.entry("special_exp2", "exp2"),
            Map.entry("special_expm1", "expm1"),
            Map.entry("special_log1p", "log1p"),
            Map.entry("special_round", "round"),
            Map.entry("special_logsumexp", "logsumexp"),
            Map.entry("moveaxis", "movedim"),
            Map.entry("fix", "trunc"),
            Map.entry("unsafe_chunk", "chunk"),
            Map.entry("unsafe_split", "split"),
            Map.entry("unsafe_split_with_sizes", "split_with_sizes"),
            Map.entry("_unsafe_index", "index"),
            Map.entry("_unsafe_index_put", "index_put"),
            Map.entry("conj", "alias"),
            Map.entry("adjoint", "mT"),
            Map.entry("ger", "outer"))
        .forEach((name, same) -> ops.put(name, (e, a) -> Aten.call(e, same, a.given(), a.named())));
    for (String view :
        List.of(
            "view",
            "permute",
            "transpose",
            "t",
            "unsqueeze",
            "squeeze",
            "expand",
            "select",
            "slice",
            "split",
            "split_with_sizes",
            "unbind",
            "unfold",
            "alias",
            "detach")) {
      ops.put(view + "_copy", (e, a) -> Aten.call(e, view, a.given(), a.named()));
    }
    statistics(ops);
    scatters(ops);
    arithmetic(ops);
    products(ops);
    shapes(ops);
    losses(ops);
  }

  static Object call(Emit e, String name, @Nullable Object... arguments) {
    return Objects.requireNonNull(Aten.call(e, name, Arrays.asList(arguments), Map.of()));
  }

  static Items ints(Emit e, long... values) {
    return e.items(Arrays.stream(values).<@Nullable Object>mapToObj(v -> v).toList());
  }

  private static void statistics(Map<String, Op> ops) {
    for (String which : List.of("var", "std")) {
      ops.put(
          which + "_mean",
          (e, a) -> {
            Object spread = Aten.call(e, which, a.given(), a.named());
            boolean all = a.get(1, "dim") == null || a.get(1, "dim") instanceof Boolean;
            Object mean =
                all
                    ? call(e, "mean", a.ten(0, "self"))
                    : call(
                        e, "mean", a.ten(0, "self"), a.get(1, "dim"), a.flag(3, "keepdim", false));
            return Several.of(spread, mean);
          });
    }
    ops.put(
        "native_group_norm",
        (e, a) ->
            Several.of(
                call(
                    e,
                    "group_norm",
                    a.ten(0, "input"),
                    a.integer(6, "group", 1),
                    a.optional(1, "weight"),
                    a.optional(2, "bias"),
                    a.number(7, "eps", 1e-5)),
                null,
                null));
    for (String name :
        List.of("native_batch_norm", "_native_batch_norm_legit", "cudnn_batch_norm")) {
      ops.put(
          name,
          (e, a) -> {
            if (a.flag(5, "training", false)) {
              throw new UnsupportedModel(name + " that trains: export the module in eval mode");
            }
            return Several.of(
                call(
                    e,
                    "batch_norm",
                    a.ten(0, "input"),
                    a.optional(1, "weight"),
                    a.optional(2, "bias"),
                    a.optional(3, "running_mean"),
                    a.optional(4, "running_var"),
                    false,
                    0.1,
                    a.number(7, "eps", 1e-5),
                    false),
                null,
                null);
          });
    }
    ops.put(
        "aminmax",
        (e, a) -> {
          Object dim = a.get(1, "dim");
          boolean keep = a.flag(2, "keepdim", false);
          List<@Nullable Object> given =
              dim == null
                  ? Collections.singletonList(a.ten(0, "self"))
                  : Arrays.asList(a.ten(0, "self"), dim, keep);
          return new Several(
              Arrays.asList(
                  Aten.call(e, "amin", given, Map.of()), Aten.call(e, "amax", given, Map.of())),
              List.of("min", "max"));
        });
    ops.put(
        "count_nonzero",
        (e, a) -> {
          Object not = call(e, "ne", a.ten(0, "self"), 0L);
          return a.get(1, "dim") == null
              ? call(e, "sum", not)
              : call(e, "sum", not, a.get(1, "dim"));
        });
    ops.put(
        "nansum",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Object clean = call(e, "where", call(e, "isnan", x), 0.0, x);
          return a.get(1, "dim") == null
              ? call(e, "sum", clean)
              : call(e, "sum", clean, a.get(1, "dim"), a.flag(2, "keepdim", false));
        });
    ops.put(
        "_weight_norm",
        (e, a) -> {
          Ten v = a.ten(0, "v");
          Ten g = a.ten(1, "g");
          long dim = a.integer(2, "dim", 0);
          int rank = e.rank(v);
          long[] others =
              java.util.stream.LongStream.range(0, rank)
                  .filter(axis -> dim == -1 || axis != dim)
                  .toArray();
          Object norm = call(e, "linalg_vector_norm", v, 2.0, ints(e, others), true);
          return call(e, "mul", v, call(e, "div", g, norm));
        });
    ops.put(
        "_weight_norm_interface",
        (e, a) -> Several.of(Aten.call(e, "_weight_norm", a.given(), a.named()), null));
  }

  private static void scatters(Map<String, Op> ops) {
    ops.put(
        "slice_scatter",
        (e, a) -> {
          Ten x = (Ten) call(e, "clone", a.ten(0, "self"));
          Object part =
              call(
                  e,
                  "slice",
                  x,
                  a.integer(2, "dim", 0),
                  a.get(3, "start"),
                  a.get(4, "end"),
                  a.integer(5, "step", 1));
          call(e, "copy_", part, a.ten(1, "src"));
          return x;
        });
    ops.put(
        "select_scatter",
        (e, a) -> {
          Ten x = (Ten) call(e, "clone", a.ten(0, "self"));
          Object part = call(e, "select", x, a.integer(2, "dim", 0), a.need(3, "index"));
          call(e, "copy_", part, a.ten(1, "src"));
          return x;
        });
  }

  private static void arithmetic(Map<String, Op> ops) {
    ops.put(
        "hypot",
        (e, a) ->
            call(
                e,
                "sqrt",
                call(
                    e,
                    "add",
                    call(e, "square", a.ten(0, "self")),
                    call(e, "square", a.ten(1, "other")))));
    ops.put(
        "logaddexp",
        (e, a) -> {
          // max + log1p(exp(-|a - b|)): exp of the difference cannot overflow.
          Ten x = a.ten(0, "self");
          Ten y = a.ten(1, "other");
          Object off = call(e, "neg", call(e, "abs", call(e, "sub", x, y)));
          return call(e, "add", call(e, "maximum", x, y), call(e, "log1p", call(e, "exp", off)));
        });
    ops.put("erfc", (e, a) -> call(e, "rsub", call(e, "erf", a.ten(0, "self")), 1L));
    ops.put(
        "xlogy",
        (e, a) -> {
          Object x = a.need(0, "self");
          Ten y = a.ten(1, "other");
          Object product = call(e, "mul", call(e, "log", y), x);
          return x instanceof Ten ten
              ? call(e, "where", call(e, "eq", ten, 0L), 0.0, product)
              : product;
        });
    ops.put(
        "logit",
        (e, a) -> {
          Object x = a.ten(0, "self");
          if (a.get(1, "eps") != null) {
            double eps = a.number(1, "eps", 0);
            x = call(e, "clamp", x, eps, 1 - eps);
          }
          return call(e, "log", call(e, "div", x, call(e, "rsub", x, 1L)));
        });
    ops.put("deg2rad", (e, a) -> call(e, "mul", a.ten(0, "self"), Math.PI / 180));
    ops.put("rad2deg", (e, a) -> call(e, "mul", a.ten(0, "self"), 180 / Math.PI));
    ops.put("sgn", (e, a) -> call(e, "sign", a.ten(0, "self")));
    ops.put("signbit", (e, a) -> call(e, "lt", a.ten(0, "self"), 0L));
    ops.put(
        "isclose",
        (e, a) -> {
          Ten y = a.ten(1, "other");
          Object off = call(e, "abs", call(e, "sub", a.ten(0, "self"), y));
          Object allowed =
              call(
                  e,
                  "add",
                  call(e, "mul", call(e, "abs", y), a.number(2, "rtol", 1e-5)),
                  a.number(3, "atol", 1e-8));
          return call(e, "le", off, allowed);
        });
    ops.put(
        "log_sigmoid_forward",
        (e, a) -> Several.of(call(e, "log_sigmoid", a.ten(0, "self")), null));
  }

  private static void products(Map<String, Op> ops) {
    ops.put(
        "outer",
        (e, a) ->
            call(
                e,
                "mul",
                call(e, "unsqueeze", a.ten(0, "self"), 1L),
                call(e, "unsqueeze", a.ten(1, "vec2"), 0L)));
    ops.put(
        "addbmm",
        (e, a) -> {
          Object product =
              call(e, "sum", call(e, "bmm", a.ten(1, "batch1"), a.ten(2, "batch2")), ints(e, 0));
          Object scaled = call(e, "mul", product, a.number(-1, "alpha", 1));
          return call(e, "add", call(e, "mul", a.ten(0, "self"), a.number(-1, "beta", 1)), scaled);
        });
    ops.put(
        "cdist",
        (e, a) -> {
          double p = a.number(2, "p", 2);
          Object off =
              call(
                  e,
                  "sub",
                  call(e, "unsqueeze", a.ten(0, "x1"), -2L),
                  call(e, "unsqueeze", a.ten(1, "x2"), -3L));
          return call(e, "linalg_vector_norm", off, p, ints(e, -1), false);
        });
    ops.put("_cdist_forward", (e, a) -> Aten.call(e, "cdist", a.given(), a.named()));
    ops.put("_euclidean_dist", (e, a) -> Aten.call(e, "cdist", a.given(), a.named()));
    ops.put(
        "pairwise_distance",
        (e, a) -> {
          Object off =
              call(
                  e,
                  "add",
                  call(e, "sub", a.ten(0, "x1"), a.ten(1, "x2")),
                  a.number(3, "eps", 1e-6));
          return call(
              e,
              "linalg_vector_norm",
              off,
              a.number(2, "p", 2),
              ints(e, -1),
              a.flag(4, "keepdim", false));
        });
  }

  private static void shapes(Map<String, Op> ops) {
    ops.put("ravel", (e, a) -> call(e, "reshape", a.ten(0, "self"), ints(e, -1)));
    ops.put("fliplr", (e, a) -> call(e, "flip", a.ten(0, "self"), ints(e, 1)));
    ops.put("flipud", (e, a) -> call(e, "flip", a.ten(0, "self"), ints(e, 0)));
    ops.put(
        "diff",
        (e, a) -> {
          Object x = a.ten(0, "self");
          long dim = a.integer(2, "dim", -1);
          if (a.get(3, "prepend") != null || a.get(4, "append") != null) {
            throw new UnsupportedModel("diff with what comes before or after");
          }
          for (long i = a.integer(1, "n", 1); i > 0; i--) {
            x =
                call(
                    e,
                    "sub",
                    call(e, "slice", x, dim, 1L, Long.MAX_VALUE, 1L),
                    call(e, "slice", x, dim, 0L, -1L, 1L));
          }
          return x;
        });
    ops.put(
        "channel_shuffle",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long groups = a.integer(1, "groups", 1);
          int rank = e.rank(x, 4);
          Object channels = e.size(x, 1);
          Object each = new Scalars(e).binary("floordiv", channels, groups);
          Object apart = call(e, "unflatten", x, 1L, e.items(Arrays.asList(groups, each)));
          long[] order = java.util.stream.LongStream.rangeClosed(0, rank).toArray();
          order[1] = 2;
          order[2] = 1;
          Object turned = call(e, "permute", apart, ints(e, order));
          return call(e, "flatten", turned, 1L, 2L);
        });
    ops.put(
        "pixel_unshuffle",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          long r = a.integer(1, "downscale_factor", 1);
          Scalars s = new Scalars(e);
          e.dims(x, 4);
          Object h = s.binary("floordiv", e.size(x, 2), r);
          Object w = s.binary("floordiv", e.size(x, 3), r);
          Object apart =
              call(e, "reshape", x, e.items(Arrays.asList(e.size(x, 0), e.size(x, 1), h, r, w, r)));
          Object turned = call(e, "permute", apart, ints(e, 0, 1, 3, 5, 2, 4));
          return call(e, "flatten", turned, 1L, 3L);
        });
  }

  static Object reduced(Emit e, Object each, long how) {
    return how == 0 ? each : call(e, how == 1 ? "mean" : "sum", each);
  }

  private static void losses(Map<String, Op> ops) {
    ops.put(
        "mse_loss",
        (e, a) ->
            reduced(
                e,
                call(e, "square", call(e, "sub", a.ten(0, "self"), a.ten(1, "target"))),
                a.integer(2, "reduction", 1)));
    ops.put(
        "l1_loss",
        (e, a) ->
            reduced(
                e,
                call(e, "abs", call(e, "sub", a.ten(0, "self"), a.ten(1, "target"))),
                a.integer(2, "reduction", 1)));
    ops.put(
        "heaviside",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          Object above = Creating.cast(e, (Ten) call(e, "gt", x, 0L), e.type(x, DataType.FLOAT));
          return call(e, "where", call(e, "eq", x, 0L), a.ten(1, "values"), above);
        });
  }
}
