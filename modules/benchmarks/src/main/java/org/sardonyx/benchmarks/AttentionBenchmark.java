package org.sardonyx.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.text.OnnxText;

/**
 * The attention of a transformer block as exporters write it: {@code Block,steps,features,heads}.
 */
public class AttentionBenchmark extends EngineBenchmark {

  @Param({"Block,128,384,12"})
  String row = "";

  @Override
  List<Floor.Part> work(String of) {
    int[] s = Subject.sizes(of);
    double projected = 4 * 2 * Floor.product(s[0], s[1], s[1]);
    double attended = 2 * 2 * Floor.product(s[0], s[0], s[1]);
    return List.of(new Floor.Part(projected + attended, 0, 1, false));
  }

  @Override
  Subject subject() {
    int[] sizes = Subject.sizes(row);
    int steps = sizes[0];
    int features = sizes[1];
    int heads = sizes[2];
    int each = features / heads;
    StringBuilder nodes = new StringBuilder();
    for (String part : new String[] {"q", "k", "v"}) {
      nodes.append(
          """
          %1$sm = MatMul(x, %1$sw)
          %1$sb = Add(%1$sm, %1$sc)
          %1$ss = Reshape(%1$sb, split)
          %1$s = Transpose<perm = %2$s>(%1$ss)
          """
              .formatted(part, part.equals("k") ? "[0, 2, 3, 1]" : "[0, 2, 1, 3]"));
    }
    String text =
        """
        <ir_version: 8, opset_import: ["" : 17]>
        block (float[1, %1$d, %2$d] x, float[%2$d, %2$d] qw, float[%2$d] qc, float[%2$d, %2$d] kw,
            float[%2$d] kc, float[%2$d, %2$d] vw, float[%2$d] vc, float[%2$d, %2$d] ow, float[%2$d] oc)
            => (float[1, %1$d, %2$d] y)
            <int64[4] split = {1, %1$d, %3$d, %4$d}, int64[3] join = {1, %1$d, %2$d},
             float root = {%5$s}> {
        %6$s
        scores = MatMul(q, k)
        scaled = Mul(scores, root)
        weights = Softmax<axis = -1>(scaled)
        mixed = MatMul(weights, v)
        back = Transpose<perm = [0, 2, 1, 3]>(mixed)
        joined = Reshape(back, join)
        om = MatMul(joined, ow)
        y = Add(om, oc)
        }
        """
            .formatted(steps, features, heads, each, (float) (1 / Math.sqrt(each)), nodes);
    int[] square = {features, features};
    int[] bias = {features};
    return withWeights(
        OnnxText.parse(text),
        Map.of("x", Subject.normal(1, 1, 1, steps, features)),
        Subject.weights(
            "qw", square, "qc", bias, "kw", square, "kc", bias, "vw", square, "vc", bias, "ow",
            square, "oc", bias));
  }

  /** Makes constants of inputs that the text declares. */
  static Subject withWeights(Model model, Map<String, Tensor> inputs, Map<String, Tensor> weights) {
    Graph graph = model.graph();
    Map<String, TensorData> constants = new LinkedHashMap<>();
    graph.initializers().forEach(constant -> constants.put(constant.name(), constant));
    weights.forEach((name, value) -> constants.put(name, TensorData.of(name, value)));
    Graph whole =
        new Graph(
            graph.name(),
            graph.nodes(),
            graph.inputs().stream().filter(input -> !weights.containsKey(input.name())).toList(),
            graph.outputs(),
            List.copyOf(constants.values()));
    return new Subject(new Model(model.irVersion(), model.opsetImports(), whole), inputs);
  }
}
