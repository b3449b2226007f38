package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;

/** What programs ask of tensors and numbers, and what says nothing to a model. */
final class Prims {

  private Prims() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "size",
        (e, a) -> {
          Ten x = a.ten(0, "self");
          if (a.get(1, "dim") == null) {
            return e.items(new ArrayList<>(Shaping.sizes(e, x)));
          }
          long dim = a.integer(1, "dim", 0);
          int rank = e.rank(x, dim >= 2 ? (int) dim + 1 : 3);
          return e.size(x, e.axis(dim, rank));
        });
    ops.put("sym_size", ops.get("size"));
    ops.put("shape", ops.get("size"));
    ops.put(
        "dim",
        (e, a) ->
            a.get(0, "self") instanceof Packing.Packed
                ? 2L
                : (Object) (long) e.rank(a.ten(0, "self")));
    ops.put("ndimension", ops.get("dim"));
    ops.put(
        "numel",
        (e, a) -> {
          Object count = 1L;
          for (Object size : Shaping.sizes(e, a.ten(0, "self"))) {
            count = new Scalars(e).binary("mul", count, size);
          }
          return count;
        });
    ops.put("sym_numel", ops.get("numel"));
    ops.put(
        "NumToTensor",
        (e, a) -> {
          Object number = a.need(0, "a");
          return e.number(number, Creating.typeOf(number));
        });
    ops.put(
        "dtype",
        (e, a) ->
            Args.code(
                a.get(0, "a") instanceof Packing.Packed packed
                    ? e.type(packed.padded())
                    : e.type(a.ten(0, "a"))));
    ops.put("device", (_, a) -> a.get(0, "a") instanceof String text ? text : "cpu");
    ops.put("layout", (_, _) -> 0L);
    ops.put(
        "type",
        (_, a) -> a.get(0, "device") instanceof String text ? text.split(":", 2)[0] : "cpu");
    ops.put("get_device", (_, _) -> -1L);
    for (String no :
        List.of(
            "is_cuda",
            "is_sparse",
            "is_quantized",
            "is_mkldnn",
            "is_mps",
            "is_xpu",
            "is_meta",
            "is_ort",
            "is_vulkan",
            "is_autocast_enabled",
            "is_complex",
            "is_tracing",
            "is_grad_enabled",
            "is_contiguous_or_false")) {
      ops.put(no, (_, _) -> false);
    }
    for (String yes :
        List.of("requires_grad", "is_scripting", "is_contiguous", "is_leaf", "is_cpu")) {
      ops.put(yes, (_, _) -> true);
    }
    ops.put("is_floating_point", (e, a) -> e.type(a.ten(0, "self")).isFloat());
    ops.put("is_signed", (e, a) -> e.type(a.ten(0, "self")).kind() != DataType.Kind.UNSIGNED);
    for (String nothing :
        List.of(
            "warn",
            "manual_seed",
            "print",
            "_assert",
            "_assert_async",
            "_assert_tensor_metadata",
            "sym_constrain_range",
            "sym_constrain_range_for_size",
            "_set_grad_enabled",
            "_assert_scalar",
            "set_grad_enabled")) {
      ops.put(nothing, (_, _) -> null);
    }
    ops.put(
        "__is__",
        (_, a) ->
            a.get(0, "a") == a.get(1, "b")
                || (!isReference(a.get(0, "a")) && Objects.equals(a.get(0, "a"), a.get(1, "b"))));
    ops.put(
        "__isnot__", (e, a) -> !(Boolean) Objects.requireNonNull(ops.get("__is__").apply(e, a)));
    ops.put("__not__", (e, a) -> new Scalars(e).not(new Scalars(e).truth(a.get(0, "a"))));
    for (String name : List.of("Int", "IntImplicit", "Float", "FloatImplicit", "Bool")) {
      DataType to =
          name.startsWith("Int")
              ? DataType.INT64
              : name.startsWith("Float") ? DataType.DOUBLE : DataType.BOOL;
      ops.put(
          name,
          (e, a) ->
              to == DataType.BOOL
                  ? new Scalars(e).truth(a.get(0, "a"))
                  : number(e, a.get(0, "a"), to));
    }
    ops.put("wait", (_, a) -> a.get(0, "self"));
    ops.put("unchecked_unwrap_optional", ops.get("wait"));
    ops.put(
        "__range_length",
        (e, a) -> {
          // As range does: rounded up, and not below none.
          Scalars s = new Scalars(e);
          long step = a.integer(2, "step", 1);
          if (step == 0) {
            throw new Emit.Mismatch("a range with the step 0");
          }
          Object span = s.binary("sub", a.need(1, "hi"), a.need(0, "lo"));
          Object up = s.binary("add", span, step > 0 ? step - 1 : step + 1);
          return s.binary("max", s.binary("floordiv", up, step), 0L);
        });
    ops.put(
        "__derive_index",
        (e, a) -> {
          Scalars s = new Scalars(e);
          Object steps = s.binary("mul", a.need(0, "idx"), a.need(2, "step"));
          return s.binary("add", a.need(1, "start"), steps);
        });
    ops.put("item", (e, a) -> new Scalars(e).item(a.ten(0, "self")));
    ops.put("_local_scalar_dense", ops.get("item"));
    ops.put("ScalarImplicit", ops.get("item"));
    ops.put(
        "is_same_size",
        (e, a) ->
            new Scalars(e)
                .compare(
                    "eq",
                    e.items(new ArrayList<>(Shaping.sizes(e, a.ten(0, "self")))),
                    e.items(new ArrayList<>(Shaping.sizes(e, a.ten(1, "other"))))));
  }

  private static boolean isReference(@Nullable Object value) {
    return value instanceof Ten || value instanceof Items;
  }

  static Object number(Emit e, @Nullable Object value, DataType to) {
    return new Scalars(e).convert(value, to);
  }
}
