package org.sardonyx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Type;

class SessionTest {

  @Test
  void loopSeesOuterValues() {
    Type f = Type.tensor(DataType.FLOAT);
    Graph body =
        new Graph(
            "body",
            List.of(
                new Node("", "Identity", List.of("c"), List.of("c2"), List.of()),
                new Node("", "Softmax", List.of("x"), List.of("s"), List.of()),
                new Node("", "Identity", List.of("s"), List.of("s2"), List.of())),
            List.of(
                new ValueInfo("i", Type.tensor(DataType.INT64)),
                new ValueInfo("c", Type.tensor(DataType.BOOL)),
                new ValueInfo("v", f)),
            List.of(new ValueInfo("c2", null), new ValueInfo("s", f), new ValueInfo("s2", f)),
            List.of());
    Graph graph =
        new Graph(
            "g",
            List.of(
                new Node(
                    "n",
                    "Constant",
                    List.of(),
                    List.of("m"),
                    List.of(Attribute.of("value_int", 3))),
                new Node(
                    "loop",
                    "Loop",
                    List.of("m", "", "x"),
                    List.of("y", "z"),
                    List.of(Attribute.of("body", body)))),
            List.of(new ValueInfo("x", f)),
            List.of(new ValueInfo("y", f), new ValueInfo("z", f)),
            List.of());
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    var results =
        Session.compile(model, SessionOptions.standard().withStrictInputs(true).withPoison(true))
            .run(Map.of("x", Tensor.of(new float[] {1, 1}, 1, 2)));
    assertEquals(Tensor.of(new float[] {.5f, .5f}, 1, 2), results.get("y"));
    assertEquals(
        Tensor.of(new float[] {.5f, .5f, .5f, .5f, .5f, .5f}, 3, 1, 2), results.get("z"));
  }
}
