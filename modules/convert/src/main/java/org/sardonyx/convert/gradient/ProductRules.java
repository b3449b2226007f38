package org.sardonyx.convert.gradient;

import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;

/** Products of matrices. */
final class ProductRules {

  private ProductRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("MatMul", ProductRules::matMul);
    rules.put("Gemm", ProductRules::gemm);
  }

  /** {@code g B^T} and {@code A^T g}; a vector is a matrix of one row or one column. */
  private static void matMul(Step s) {
    int rankA = s.tape().rank(s.in(0));
    int rankB = s.tape().rank(s.in(1));
    if (rankA < 1 || rankB < 1) {
      throw s.refuse("an input is a scalar");
    }
    String a = rankA == 1 ? s.forms().unsqueezed(s.in(0), 0) : s.in(0);
    String b = rankB == 1 ? s.forms().unsqueezed(s.in(1), 1) : s.in(1);
    int rank = Math.max(2, Math.max(rankA, rankB));
    String g = s.g();
    if (rankB == 1) {
      g = s.forms().unsqueezed(g, rankA == 1 ? 0 : rank - 1);
    }
    if (rankA == 1) {
      g = s.forms().unsqueezed(g, rank - 2);
    }
    if (s.wants(0)) {
      String whole = s.op("MatMul", g, transposed(s, b, Math.max(2, rankB)));
      s.give(
          0, s.forms().shaped(s.forms().unbroadcast(whole, rank, a, Math.max(2, rankA)), s.in(0)));
    }
    if (s.wants(1)) {
      String whole = s.op("MatMul", transposed(s, a, Math.max(2, rankA)), g);
      s.give(
          1, s.forms().shaped(s.forms().unbroadcast(whole, rank, b, Math.max(2, rankB)), s.in(1)));
    }
  }

  private static String transposed(Step s, String value, int rank) {
    long[] perm = new long[rank];
    for (int i = 0; i < rank; i++) {
      perm[i] = i < rank - 2 ? i : 2L * rank - 3 - i;
    }
    return s.op("Transpose", List.of(Attribute.of("perm", perm)), value);
  }

  private static void gemm(Step s) {
    long left = s.getInt("transA", 0) == 0 ? 0 : 1;
    long right = s.getInt("transB", 0) == 0 ? 0 : 1;
    float alpha = (float) s.getFloat("alpha", 1);
    String g = s.g();
    if (s.wants(0)) {
      s.give(
          0,
          left == 0
              ? product(s, g, s.in(1), 0, 1 - right, alpha)
              : product(s, s.in(1), g, right, 1, alpha));
    }
    if (s.wants(1)) {
      s.give(
          1,
          right == 0
              ? product(s, s.in(0), g, 1 - left, 0, alpha)
              : product(s, g, s.in(0), 1, left, alpha));
    }
    if (s.wants(2)) {
      String scaled = s.op("Mul", g, s.number(s.getFloat("beta", 1)));
      s.giveBroadcast(2, scaled);
    }
  }

  private static String product(Step s, String a, String b, long left, long right, float alpha) {
    return s.forms().gemm(a, b, left, right, alpha, s.out(0));
  }
}
