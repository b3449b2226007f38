package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Matrix products. */
final class ProductRecipes {

  private ProductRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(
        d -> {
          DataType type = d.type();
          int[][] shapes = shapes(d);
          d.in(Numbers.of(d, type, shapes[0])).in(Numbers.of(d, type, shapes[1]));
        },
        "MatMul");
    recipes.put(
        d -> {
          DataType a = d.type("T1");
          DataType b = d.type("T2");
          int[][] shapes = shapes(d);
          d.in(Numbers.any(d, a, shapes[0])).param(Numbers.any(d, b, shapes[1]));
          boolean rows = shapes[0].length == 2 && d.flag("zero for each row");
          boolean columns = shapes[1].length == 2 && d.flag("zero for each column");
          d.optionalParam(
              "a_zero_point", () -> rows ? Numbers.of(d, a, shapes[0][0]) : Numbers.of(d, a));
          d.optionalParam(
              "b_zero_point", () -> columns ? Numbers.of(d, b, shapes[1][1]) : Numbers.of(d, b));
        },
        "MatMulInteger");
    recipes.put(ProductRecipes::gemm, "Gemm", "com.microsoft.FusedGemm");
    recipes.put(
        d -> {
          DataType type = d.type();
          boolean a = d.attr("transA", 0L, 0L, 1L) == 1;
          boolean b = d.attr("transB", 0L, 0L, 1L) == 1;
          d.attr("alpha", 1f, 0.5f);
          boolean batchA = d.attr("transBatchA", 0L, 0L, 1L) == 1;
          boolean batchB = d.attr("transBatchB", 0L, 0L, 1L) == 1;
          boolean batch = d.flag("batch") || batchA || batchB;
          int[] left = batched(batch, batchA, a, 4, 2, 3);
          int[] right = batched(batch, batchB, b, 4, 3, 5);
          d.in(Numbers.of(d, type, left)).in(Numbers.of(d, type, right));
        },
        "com.microsoft.FusedMatMul");
    recipes.put(ProductRecipes::einsum, "Einsum");
    recipes.put(
        d -> {
          int[] shape =
              d.pick(
                  "shape",
                  new int[] {1, 1},
                  new int[] {3, 3},
                  new int[] {2, 2},
                  new int[] {2, 2, 4, 4});
          d.in(Numbers.of(d, d.type(), shape));
        },
        "Det",
        "com.microsoft.Inverse");
    recipes.put(
        d -> {
          d.attr("metric", "sqeuclidean", "sqeuclidean", "euclidean");
          DataType type = d.type();
          d.in(Numbers.of(d, type, 3, 4)).in(Numbers.of(d, type, d.pick("rows", 1, 2, 5), 4));
        },
        "com.microsoft.CDist");
  }

  private static int[] batched(
      boolean batch, boolean batchInside, boolean transposed, int n, int rows, int columns) {
    int r = transposed ? columns : rows;
    int c = transposed ? rows : columns;
    if (!batch) {
      return new int[] {r, c};
    }
    // transBatch: the batch lies between rows and columns.
    return batchInside ? new int[] {r, n, c} : new int[] {n, r, c};
  }

  static int[][] shapes(Draw d) {
    return switch (d.pick(
        "shapes",
        "matrices",
        "dot",
        "row",
        "column",
        "batches",
        "broadcast",
        "batch and matrix",
        "rank 6",
        "empty inside",
        "no rows",
        "wide")) {
      case "dot" -> new int[][] {{3}, {3}};
      case "row" -> new int[][] {{3}, {3, 2}};
      case "column" -> new int[][] {{2, 3}, {3}};
      case "batches" -> new int[][] {{2, 2, 3}, {2, 3, 4}};
      case "broadcast" -> new int[][] {{2, 1, 2, 3}, {4, 3, 2}};
      case "batch and matrix" -> new int[][] {{2, 2, 3}, {3, 2}};
      case "rank 6" -> new int[][] {{1, 2, 1, 1, 2, 3}, {2, 1, 2, 3, 2}};
      case "empty inside" -> new int[][] {{2, 0}, {0, 3}};
      case "no rows" -> new int[][] {{0, 3}, {3, 2}};
      case "wide" -> new int[][] {{5, 19}, {19, 33}};
      default -> new int[][] {{2, 3}, {3, 4}};
    };
  }

  private static void parameters(Draw d, String first, String second) {
    if (d.flag("parameters")) {
      d.set(first, 0.25f).set(second, 0.75f);
    }
  }

  private static void gemm(Draw d) {
    DataType type = d.type();
    boolean a = d.attr("transA", 0L, 0L, 1L) == 1;
    boolean b = d.attr("transB", 0L, 0L, 1L) == 1;
    boolean floats = type.isFloat();
    d.attr("alpha", 1f, floats ? 0.5f : 2f, 0f);
    d.attr("beta", 1f, floats ? 0.25f : 3f, 0f);
    String activation =
        !floats
            ? ""
            : d.attr(
                "activation",
                "",
                "Relu",
                "LeakyRelu",
                "Tanh",
                "Sigmoid",
                "HardSigmoid",
                "Celu",
                "Elu",
                "Selu",
                "Softplus",
                "Softsign",
                "ThresholdedRelu");
    switch (activation) {
      case "LeakyRelu", "Celu", "Elu", "ThresholdedRelu" -> d.attr("activation_alpha", 0f, 0.25f);
      case "HardSigmoid" -> parameters(d, "activation_alpha", "activation_beta");
      case "Selu" -> parameters(d, "activation_alpha", "activation_gamma");
      default -> {}
    }
    boolean empty = d.flag("empty");
    int k = empty ? 0 : 3;
    d.in(a ? Numbers.of(d, type, k, 2) : Numbers.of(d, type, 2, k));
    d.in(b ? Numbers.of(d, type, 4, k) : Numbers.of(d, type, k, 4));
    boolean optional = d.version() >= 11 || d.operator().equals("FusedGemm");
    if (optional && !d.flag("C")) {
      return;
    }
    if (d.declares("broadcast")) {
      boolean broadcast = d.flag("broadcast");
      d.set("broadcast", broadcast);
      d.in(broadcast ? Numbers.of(d, type, 4) : Numbers.of(d, type, 2, 4));
      return;
    }
    d.in(
        Numbers.of(
            d,
            type,
            d.pick(
                "shape of C",
                new int[] {2, 4},
                new int[] {4},
                new int[] {2, 1},
                new int[] {1},
                new int[] {},
                new int[] {1, 4})));
  }

  private static void einsum(Draw d) {
    DataType type = d.type();
    String equation =
        d.pick(
            "equation",
            "ij,jk->ik",
            "ij->ji",
            "ii->i",
            "ii",
            "ij->",
            "i,i->",
            "i,j->ij",
            "...ij,...jk->...ik",
            "bij,bjk->bik",
            "ij,jk,kl->il",
            "b...i->b...",
            "ij , jk",
            "Ij,jK->KI");
    d.set("equation", equation);
    int[][] shapes =
        switch (equation) {
          case "ii->i", "ii" -> new int[][] {{3, 3}};
          case "ij->ji", "ij->" -> new int[][] {{2, 3}};
          case "i,i->" -> new int[][] {{3}, {3}};
          case "i,j->ij" -> new int[][] {{3}, {2}};
          case "...ij,...jk->...ik" -> new int[][] {{2, 1, 2, 3}, {1, 2, 3, 2}};
          case "bij,bjk->bik" -> new int[][] {{2, 2, 3}, {2, 3, 4}};
          case "ij,jk,kl->il" -> new int[][] {{2, 3}, {3, 4}, {4, 2}};
          case "b...i->b..." -> new int[][] {{2, 3, 2, 3}};
          default -> new int[][] {{2, 3}, {3, 4}};
        };
    for (int[] shape : shapes) {
      d.in(Numbers.of(d, type, shape));
    }
  }

  /** Scales that powers of two divide, so that engines that round at different places agree. */
  static Tensor scale(DataType type, double... values) {
    return values.length == 1
        ? Tensor.fromDoubles(type, values)
        : Tensor.fromDoubles(type, values, values.length);
  }
}
