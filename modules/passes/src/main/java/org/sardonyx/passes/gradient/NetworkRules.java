package org.sardonyx.passes.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Products of matrices, convolutions and pools. */
final class NetworkRules {

  private NetworkRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("MatMul", NetworkRules::matMul);
    rules.put("Gemm", NetworkRules::gemm);
    rules.put("Conv", NetworkRules::conv);
    rules.put("MaxPool", NetworkRules::maxPool);
    rules.put(
        "GlobalAveragePool",
        s -> {
          String share = s.op("Div", s.g(), SumRules.ratio(s, s.in(0), s.out(0)));
          s.give(0, s.forms().expanded(share, s.in(0)));
        });
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

  /** The output says where in x each greatest element is. */
  private static void maxPool(Step s) {
    List<Attribute> attributes = new ArrayList<>(s.node().attributes());
    attributes.removeIf(attribute -> attribute.name().equals("storage_order"));
    String places = s.tape().ops("MaxPool", attributes, 2, s.in(0)).get(1);
    s.give(0, s.forms().scattered(s.g(), s.in(0), apart(s), places));
  }

  /** Whether no element lies in two windows. */
  private static boolean apart(Step s) {
    List<Long> kernel = s.getInts("kernel_shape");
    List<Long> strides = s.getInts("strides");
    List<Long> dilations = s.getInts("dilations");
    for (int i = 0; kernel != null && i < kernel.size(); i++) {
      long gap = dilations == null ? 1 : dilations.get(i);
      if ((strides == null ? 1 : strides.get(i)) < (kernel.get(i) - 1) * gap + 1) {
        return false;
      }
    }
    return true;
  }

  /**
   * By x: a ConvTranspose of g. By the weights: a Conv of x with g as its kernel, both with batch
   * and channels swapped, whose strides and dilations change places; what is beyond the kernel is
   * cut off.
   */
  private static void conv(Step s) {
    long[] x = sizes(s, s.in(0));
    long[] w = sizes(s, s.in(1));
    long[] y = sizes(s, s.out(0));
    int rank = x.length - 2;
    String auto = s.getString("auto_pad", "NOTSET");
    boolean explicit = auto.equals("NOTSET") || auto.isEmpty();
    if (s.getInt("group", 1) != 1 || (!explicit && !auto.equals("VALID"))) {
      throw s.refuse("it has groups or auto_pad");
    }
    List<Long> pads = s.getInts("pads");
    List<Long> strides = s.getInts("strides");
    List<Long> dilations = s.getInts("dilations");
    long[] step = new long[rank];
    long[] gap = new long[rank];
    long[] pad = new long[2 * rank];
    long[] more = new long[rank];
    for (int i = 0; i < rank; i++) {
      step[i] = strides == null ? 1 : strides.get(i);
      gap[i] = dilations == null ? 1 : dilations.get(i);
      for (int side = 0; side < 2; side++) {
        pad[side * rank + i] = pads == null || !explicit ? 0 : pads.get(side * rank + i);
      }
      long seen = (y[i + 2] - 1) * step[i] + (w[i + 2] - 1) * gap[i] + 1;
      more[i] = x[i + 2] + pad[i] + pad[rank + i] - seen;
    }
    if (s.wants(0)) {
      s.give(
          0,
          s.op(
              "ConvTranspose",
              List.of(
                  Attribute.of("strides", step),
                  Attribute.of("dilations", gap),
                  Attribute.of("pads", pad),
                  Attribute.of("output_padding", more)),
              s.g(),
              s.in(1)));
    }
    if (s.wants(1)) {
      String whole =
          s.op(
              "Conv",
              List.of(
                  Attribute.of("strides", gap),
                  Attribute.of("dilations", step),
                  Attribute.of("pads", pad)),
              swapped(s, s.in(0), rank),
              swapped(s, s.g(), rank));
      long[] axes = new long[rank];
      long[] ends = new long[rank];
      for (int i = 0; i < rank; i++) {
        axes[i] = i + 2L;
        ends[i] = w[i + 2];
      }
      String cut = s.forms().sliced(whole, new long[rank], ends, axes);
      s.give(1, swapped(s, cut, rank));
    }
    if (s.wants(2)) {
      long[] axes = new long[rank + 1];
      for (int i = 1; i <= rank; i++) {
        axes[i] = i + 1L;
      }
      s.give(2, s.forms().sum(s.g(), false, axes));
    }
  }

  private static String swapped(Step s, String value, int rank) {
    long[] perm = new long[rank + 2];
    for (int i = 0; i < perm.length; i++) {
      perm[i] = i < 2 ? 1 - i : i;
    }
    return s.op("Transpose", List.of(Attribute.of("perm", perm)), value);
  }

  /** Returns the sizes of a value, -1 where they are not known. */
  private static long[] sizes(Step s, String value) {
    if (s.tape().type(value) instanceof Type.OfTensor tensor && tensor.shape().hasRank()) {
      Shape shape = tensor.shape();
      long[] sizes = new long[shape.rank()];
      for (int i = 0; i < sizes.length; i++) {
        boolean known = shape.dim(i) instanceof Dim.Known;
        sizes[i] = shape.dim(i) instanceof Dim.Known(long size) ? size : -1;
        if (i > 1 && !known) {
          throw s.refuse("its sizes are not known");
        }
      }
      return sizes;
    }
    throw s.refuse("its sizes are not known");
  }
}
