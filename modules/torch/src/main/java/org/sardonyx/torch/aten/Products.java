package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** Products of matrices, and attention, which is two of them. */
final class Products {

  private Products() {}

  static void register(Map<String, Op> ops) {
    ops.put(
        "linear",
        (e, a) -> linear(e, a.ten(0, "input"), a.ten(1, "weight"), a.optional(2, "bias")));
    ops.put("matmul", (e, a) -> matmul(e, a.ten(0, "self"), a.ten(1, "other")));
    for (String same : List.of("mm", "bmm", "mv", "dot", "inner")) {
      int left = same.equals("bmm") ? 3 : same.equals("dot") ? 1 : 2;
      int right = same.equals("bmm") ? 3 : same.equals("mm") ? 2 : 1;
      ops.put(
          same,
          (e, a) -> {
            Ten x = a.ten(0, "self");
            Ten y = a.ten(1, "mat2");
            if (!same.equals("inner") && (e.rank(x, left) != left || e.rank(y, right) != right)) {
              throw new Emit.Mismatch(
                  same + " of tensors of ranks " + e.rank(x) + " and " + e.rank(y));
            }
            return matmul(
                e, x, same.equals("inner") && e.rank(y) > 1 ? Shaping.swap(e, y, -2, -1) : y);
          });
    }
    ops.put("addmm", (e, a) -> added(e, a, 2));
    ops.put("addmv", (e, a) -> added(e, a, 2));
    ops.put("baddbmm", (e, a) -> added(e, a, 3));
    ops.put(
        "einsum",
        (e, a) -> {
          String equation = String.valueOf(a.get(0, "equation")).replace(" ", "");
          List<Ten> all = a.tens(1, "operands");
          DataType type = Pairs.type(e, false, all.toArray());
          Ref[] refs = all.stream().map(x -> e.cast(x, type)).toArray(Ref[]::new);
          return e.ten(
              e.call("Einsum", refs).with("equation", equation).output(),
              type,
              einsum(e, equation, all));
        });
    ops.put(
        "cosine_similarity",
        (e, a) -> {
          Ten x = a.ten(0, "x1");
          Ten y = a.ten(1, "x2");
          long[] axis = {a.integer(2, "dim", 1)};
          double eps = a.number(3, "eps", 1e-8);
          DataType type = Pairs.type(e, false, x, y);
          Ten dot =
              Reducing.reduce(
                  e, "ReduceSum", Pairs.binary(e, "Mul", type, x, y), null, axis, false);
          Ten nx = Reducing.reduce(e, "ReduceL2", x, null, axis, false);
          Ten ny = Reducing.reduce(e, "ReduceL2", y, null, axis, false);
          Ref floor = e.scalar(eps, type);
          Ref norms =
              e.node("Mul", e.node("Max", e.ref(nx), floor), e.node("Max", e.ref(ny), floor));
          return e.like(dot, e.node("Div", e.ref(dot), norms), type);
        });
    ops.put(
        "bilinear",
        (e, a) -> {
          Ten x = a.ten(0, "input1");
          Ten y = a.ten(1, "input2");
          DataType type = e.type(x);
          List<Dim> dims = new ArrayList<>(e.dims(x, 2));
          dims.set(dims.size() - 1, e.dims(a.ten(2, "weight")).getFirst());
          // Letters and no ellipsis, which ONNX Runtime wants in each operand or in none.
          String rows = "abcdefgh".substring(0, Math.min(8, dims.size() - 1));
          Ref ref =
              e.call("Einsum", e.ref(x), e.ref(a.ten(2, "weight")), e.ref(y))
                  .with("equation", rows + "i,oij," + rows + "j->" + rows + "o")
                  .output();
          Ten product = e.ten(ref, type, dims);
          Ten bias = a.optional(3, "bias");
          return bias == null ? product : Pairs.binary(e, "Add", type, product, bias);
        });
  }

  static Ten linear(Emit e, Ten x, Ten weight, @Nullable Ten bias) {
    List<Dim> w = e.dims(weight, 2);
    if (w.size() != 2) {
      throw new Emit.Mismatch("linear by a weight of rank " + w.size());
    }
    DataType type = e.typeBy(x, weight, "linear");
    if (!type.isFloat()) {
      throw new Emit.Mismatch("linear of " + type.specName());
    }
    if (e.hasRank(x)) {
      List<Dim> dims = e.dims(x);
      if (dims.isEmpty()) {
        throw new Emit.Mismatch("linear of a tensor of rank 0");
      }
      e.same(dims.getLast(), w.get(1), "linear");
      if (dims.size() == 2) {
        Ref ref =
            bias == null
                ? e.call("Gemm", e.ref(x), e.ref(weight)).with("transB", 1).output()
                : e.call("Gemm", e.ref(x), e.ref(weight), e.ref(bias)).with("transB", 1).output();
        return e.ten(ref, type, List.of(dims.getFirst(), w.getFirst()));
      }
    }
    Ref transposed = e.call("Transpose", e.ref(weight)).withInts("perm", 1, 0).output();
    Ref product = e.node("MatMul", e.ref(x), transposed);
    Ref ref = bias == null ? product : e.node("Add", product, e.ref(bias));
    if (!e.hasRank(x)) {
      e.ofRows(x);
      return e.like(x, ref, type);
    }
    List<Dim> dims = new ArrayList<>(e.dims(x));
    dims.set(dims.size() - 1, w.getFirst());
    return e.ten(ref, type, dims);
  }

  static Ten matmul(Emit e, Ten x, Ten y) {
    DataType type = Pairs.type(e, false, x, y);
    List<Dim> a = new ArrayList<>(e.dims(x, 3));
    List<Dim> b = new ArrayList<>(e.dims(y, 3));
    if (a.isEmpty() || b.isEmpty()) {
      throw new Emit.Mismatch("matmul of a tensor of rank 0");
    }
    e.same(a.getLast(), b.get(Math.max(0, b.size() - 2)), "matmul");
    List<Dim> dims =
        new ArrayList<>(
            Pairs.broadcast(
                e,
                a.subList(0, Math.max(0, a.size() - 2)),
                b.subList(0, Math.max(0, b.size() - 2))));
    if (a.size() > 1) {
      dims.add(a.get(a.size() - 2));
    }
    if (b.size() > 1) {
      dims.add(b.getLast());
    }
    return e.ten(e.node("MatMul", e.cast(x, type), e.cast(y, type)), type, dims);
  }

  /** beta self + alpha (a b). */
  private static Object added(Emit e, Args a, int rank) {
    Ten x = a.ten(1, "mat1");
    Ten y = a.ten(2, "mat2");
    if (e.rank(x, rank) != rank) {
      throw new Emit.Mismatch(a.op() + " of a tensor of rank " + e.rank(x));
    }
    Ten product = matmul(e, x, y);
    DataType type = e.type(product);
    Ten self = a.ten(0, "self");
    double beta = a.number(3, "beta", 1);
    double alpha = a.number(4, "alpha", 1);
    Ten scaled = alpha == 1 ? product : Elementwise.scaled(e, product, alpha);
    if (beta == 0) {
      return scaled;
    }
    Ten added = beta == 1 ? self : Elementwise.scaled(e, self, beta);
    return Pairs.binary(e, "Add", type, added, scaled);
  }

  private static @Nullable List<Dim> einsum(Emit e, String equation, List<Ten> all) {
    int arrow = equation.indexOf("->");
    if (equation.contains("...")) {
      return null;
    }
    Map<Character, Dim> sizes = new java.util.TreeMap<>();
    Map<Character, Integer> counts = new java.util.TreeMap<>();
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    for (int i = 0; i < terms.length && i < all.size(); i++) {
      List<Dim> dims = e.dims(all.get(i), terms[i].length());
      if (dims.size() != terms[i].length()) {
        throw new Emit.Mismatch("einsum " + equation + " of a tensor of rank " + dims.size());
      }
      for (int d = 0; d < dims.size(); d++) {
        char letter = terms[i].charAt(d);
        counts.merge(letter, 1, Integer::sum);
        Dim before = sizes.put(letter, dims.get(d));
        if (before != null && !before.is(1) && !dims.get(d).is(1)) {
          e.same(before, dims.get(d), "einsum");
        }
      }
    }
    StringBuilder out = new StringBuilder();
    if (arrow < 0) {
      counts.forEach((letter, count) -> out.append(count == 1 ? String.valueOf(letter) : ""));
    } else {
      out.append(equation.substring(arrow + 2));
    }
    return out.chars().mapToObj(c -> sizes.getOrDefault((char) c, Dim.UNKNOWN)).toList();
  }
}
