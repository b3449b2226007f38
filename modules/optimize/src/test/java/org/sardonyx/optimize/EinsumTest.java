package org.sardonyx.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.optimize.Served.count;
import static org.sardonyx.optimize.Served.floats;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Products that models write as Einsum, and what is more than a product. */
class EinsumTest {

  private static final int SIZE = 4;

  private static Ref einsum(GraphBuilder g, String equation, Ref a, Ref b) {
    return g.call("Einsum", a, b).with("equation", equation).output();
  }

  private static Optimized of(String equation, Object[] a, Object[] b, Object... y) {
    GraphBuilder g = new GraphBuilder("einsum");
    Ref product =
        einsum(g, equation, g.input("a", DataType.FLOAT, a), g.input("b", DataType.FLOAT, b));
    g.output("y", product, floats(y));
    return Served.by(Optimize.standard(), g.model(17));
  }

  @Test
  void productsBecomeMatMul() {
    Object[] q = {"batch", 2, "time", SIZE};
    Object[] k = {"batch", 2, "keys", SIZE};
    assertEquals(
        Map.of("MatMul", 1, "Transpose", 1),
        of("bhid, bhjd -> bhij", q, k, "batch", 2, "time", "keys").after().operators());
    assertEquals(
        Map.of("MatMul", 1),
        of("bij,bjk->bik", new Object[] {"b", 3, 5}, new Object[] {"b", 5, 2}, "b", 3, 2)
            .after()
            .operators());
    Object[] late = {"batch", "time", 2, SIZE};
    Object[] other = {"batch", "keys", 2, SIZE};
    assertEquals(
        1, count(of("bqhd,bkhd->bhqk", late, other, "batch", 2, "time", "keys"), "MatMul"));
    // Rows and columns change places in the result.
    assertEquals(1, count(of("bhid,bhjd->bhji", q, k, "batch", 2, "keys", "time"), "MatMul"));
  }

  @Test
  void whatIsNoProductStays() {
    Object[] a = {"batch", 3, SIZE};
    assertEquals(1, count(of("bij,bij->bij", a, a, "batch", 3, SIZE), "Einsum"));
    assertEquals(1, count(of("bij,bij->b", a, a, "batch"), "Einsum"));
    assertEquals(
        1,
        count(of("bij,cjk->bick", a, new Object[] {"c", SIZE, 2}, "batch", 3, "c", 2), "Einsum"));
    assertEquals(
        1,
        count(
            of("...ij,...jk->...ik", a, new Object[] {"batch", SIZE, 2}, "batch", 3, 2), "Einsum"));
    assertEquals(1, count(of("bij,bkl->bkl", a, a, "batch", 3, SIZE), "Einsum"));
  }

  /** Attention in einsum, heads after time as it comes from the projections. */
  @Test
  void attentionInEinsum() {
    GraphBuilder g = new GraphBuilder("attention");
    Ref q = g.input("q", DataType.FLOAT, "batch", "time", 2, SIZE);
    Ref k = g.input("k", DataType.FLOAT, "batch", "keys", 2, SIZE);
    Ref v = g.input("v", DataType.FLOAT, "batch", "keys", 2, SIZE);
    Ref scores = einsum(g, "bqhd,bkhd->bhqk", q, k);
    Ref scaled = g.node("Mul", scores, g.constant(Tensor.scalar(0.5f)));
    Ref weights = g.call("Softmax", scaled).with("axis", -1).output();
    g.output("y", einsum(g, "bhqk,bkhd->bqhd", weights, v), floats("batch", "time", 2, SIZE));
    Optimized result = Served.by(Optimize.standard(), g.model(23));
    assertEquals(Map.of("Attention", 1, "Transpose", 4), result.after().operators());
  }
}
