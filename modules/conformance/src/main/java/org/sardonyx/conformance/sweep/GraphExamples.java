package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Examples of deviations that take more than one node. */
final class GraphExamples {

  private GraphExamples() {}

  /** What is dequantized, transposed. */
  static Case moved() {
    Tensor x = Tensor.fromLongs(DataType.INT8, new long[] {-7, 3}, 1, 2);
    Graph graph =
        new Graph(
            "moved",
            List.of(
                new Node(
                    "", "DequantizeLinear", List.of("x", "scale", "zero"), List.of("d"), List.of()),
                new Node("", "Transpose", List.of("d"), List.of("y"), List.of())),
            List.of(new ValueInfo("x", x.type())),
            List.of(new ValueInfo("y", Type.tensor(DataType.FLOAT))),
            List.of(
                TensorData.of("scale", Tensor.scalar(0.5f)),
                TensorData.of("zero", Tensor.fromLongs(DataType.INT8, new long[] {0}))));
    Model model = new Model(10, List.of(new OpsetImport("", 21)), graph);
    return new Case("DequantizeLinear", model, Map.of("x", x));
  }

  /** x * Sigmoid(x) in double. */
  static Case swish() {
    Tensor x = Tensor.of(new double[] {0.5, -2}, 2);
    Graph graph =
        new Graph(
            "swish",
            List.of(
                new Node("", "Sigmoid", List.of("x"), List.of("s"), List.of()),
                new Node("", "Mul", List.of("x", "s"), List.of("y"), List.of())),
            List.of(new ValueInfo("x", x.type())),
            List.of(new ValueInfo("y", x.type())),
            List.of());
    Model model = new Model(8, List.of(new OpsetImport("", 17)), graph);
    return new Case("Sigmoid", model, Map.of("x", x));
  }

  /** Attention of flat inputs whose sizes are open, with a bias of a known size behind it. */
  static Case flatAttention() {
    Random random = new Random(11);
    Case alone =
        Case.of("Attention", 23)
            .attribute("q_num_heads", 1)
            .attribute("kv_num_heads", 1)
            .input("Q", Tensors.normal(random, DataType.FLOAT, 1, 1, 2, 4))
            .input("K", Tensors.normal(random, DataType.FLOAT, 1, 1, 3, 4))
            .input("V", Tensors.normal(random, DataType.FLOAT, 1, 1, 3, 4))
            .output("Y", DataType.FLOAT)
            .build("Attention");
    Graph graph = alone.model().graph();
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.add(new Node("", "Add", List.of("Y", "bias"), List.of("sum"), List.of()));
    Tensor bias = Tensors.normal(random, DataType.FLOAT, 1, 4);
    Graph whole =
        graph
            .withNodes(nodes)
            .withInitializers(List.of(TensorData.of("bias", bias)))
            .withOutputs(List.of(new ValueInfo("sum", Type.tensor(DataType.FLOAT))));
    return new Case("Attention", alone.model().withGraph(whole), alone.inputs());
  }

  /** Adds up the rows of a tensor that has none. */
  static Case scan() {
    ValueInfo sum = new ValueInfo("sum_in", Type.tensor(DataType.FLOAT, Shape.of(2)));
    ValueInfo row = new ValueInfo("row", Type.tensor(DataType.FLOAT, Shape.of(2)));
    Graph body =
        new Graph(
            "body",
            List.of(
                new Node("", "Add", List.of("sum_in", "row"), List.of("sum_out"), List.of()),
                new Node("", "Identity", List.of("sum_out"), List.of("all"), List.of())),
            List.of(sum, row),
            List.of(sum.withName("sum_out"), sum.withName("all")),
            List.of());
    return Case.of("Scan", 21)
        .attribute(Attribute.of("body", body))
        .attribute("num_scan_inputs", 1)
        .input("initial", Tensor.of(new float[] {1, 2}, 2))
        .input("rows", Tensor.zeros(DataType.FLOAT, 0, 2))
        .output("final", DataType.FLOAT)
        .output("sums", DataType.FLOAT)
        .build("Scan");
  }

  /** y = -|x|, and the outer function comes first. */
  static Case unsorted() {
    ValueInfo x = new ValueInfo("x", Type.tensor(DataType.FLOAT, Shape.of(1)));
    Graph graph =
        new Graph(
            "unsorted",
            List.of(
                new Node("", "Neg", List.of("t"), List.of("y"), List.of()),
                new Node("", "Abs", List.of("x"), List.of("t"), List.of())),
            List.of(x),
            List.of(x.withName("y")),
            List.of());
    Model model = new Model(10, List.of(new OpsetImport("", 21)), graph);
    return new Case("unsorted", model, Map.of("x", Tensor.of(new float[] {3}, 1)));
  }

  /** A loop of three trips without a condition, whose body says false at once. */
  static Case loop() {
    ValueInfo trip = new ValueInfo("trip", Type.tensor(DataType.INT64, Shape.SCALAR));
    ValueInfo condition = new ValueInfo("go_in", Type.tensor(DataType.BOOL, Shape.SCALAR));
    ValueInfo value = new ValueInfo("v_in", Type.tensor(DataType.FLOAT, Shape.of(1)));
    Graph body =
        new Graph(
            "body",
            List.of(
                new Node("", "Add", List.of("v_in", "v_in"), List.of("v_out"), List.of()),
                new Node("", "Identity", List.of("no"), List.of("go_out"), List.of())),
            List.of(trip, condition, value),
            List.of(condition.withName("go_out"), value.withName("v_out")),
            List.of(TensorData.of("no", Tensor.scalar(false))));
    Node loop =
        new Node(
            "",
            "Loop",
            List.of("M", "", "v"),
            List.of("result"),
            List.of(Attribute.of("body", body)));
    Graph graph =
        new Graph(
            "loop",
            List.of(loop),
            List.of(
                new ValueInfo("M", Type.tensor(DataType.INT64, Shape.SCALAR)), value.withName("v")),
            List.of(value.withName("result")),
            List.of());
    Map<String, Value> inputs = new LinkedHashMap<>();
    inputs.put("M", Tensor.scalar(3L));
    inputs.put("v", Tensor.of(new float[] {1}, 1));
    return new Case("Loop", new Model(10, List.of(new OpsetImport("", 21)), graph), inputs);
  }
}
