package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sardonyx.tensor.DataType.FLOAT;
import static org.sardonyx.tensor.DataType.INT64;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Tensor;

class SummaryTest {

  @Test
  void saysWhatGoesInAndOutAndWhereNamesComeFrom() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, "n", "t")
            .input("m", FLOAT, "n", 1)
            .constant("w", Tensor.of(new float[] {1, 2}, 2, 1))
            .constant("k", Tensor.vector(3))
            .node("Softmax", "x -> a")
            .node("Add", "a m -> b")
            .node("Add", "b b -> c")
            .node("NonZero", "c -> y")
            .output("y", INT64, 2, "?")
            .model();
    Summary summary = Summary.of(Infer.of(Models.OPERATORS).infer(model), Models.OPERATORS);
    assertEquals(List.of("x", "m"), summary.inputs().stream().map(Summary.Port::name).toList());
    assertEquals(List.of("x[0]", "m[0]"), summary.symbols().get(0).places());
    assertEquals("t", summary.symbols().get(1).name());
    assertEquals(List.of(), summary.symbols().get(2).places());
    assertEquals(
        List.of("Add-14 x2", "NonZero-13 x1", "Softmax-13 x1"),
        summary.operators().stream()
            .map(u -> u.operator() + "-" + u.version() + " x" + u.count())
            .toList());
    assertEquals(14, summary.minimumOpset());
    assertEquals(Map.of("float", 2L, "int64", 1L), summary.parameters());
    assertEquals(16, summary.parameterBytes());
    assertEquals(4, summary.nodes());
  }
}
