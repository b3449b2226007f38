package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * What is timed in both engines.
 *
 * @param model the model
 * @param inputs every input that it must be given
 */
record Subject(Model model, Map<String, Tensor> inputs) {

  /**
   * Returns a subject of one node.
   *
   * @param node its inputs are {@code inputs} and {@code weights} by name
   */
  static Subject of(int opset, Node node, Map<String, Tensor> inputs, Map<String, Tensor> weights) {
    List<ValueInfo> declared = new ArrayList<>();
    inputs.forEach((name, value) -> declared.add(new ValueInfo(name, value.type())));
    List<TensorData> constants = new ArrayList<>();
    weights.forEach((name, value) -> constants.add(TensorData.of(name, value)));
    DataType type = inputs.values().iterator().next().dataType();
    List<ValueInfo> outputs =
        node.outputs().stream().map(name -> new ValueInfo(name, Type.tensor(type))).toList();
    Graph graph = new Graph("benchmark", List.of(node), declared, outputs, constants);
    return new Subject(new Model(8, List.of(new OpsetImport("", opset)), graph), inputs);
  }

  /** Returns normally distributed numbers, the same in every run. */
  static Tensor normal(long seed, double deviation, int... shape) {
    Random random = new Random(seed);
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (random.nextGaussian() * deviation);
    }
    return Tensor.of(data, shape);
  }

  /** Returns named weights, numbered seeds: {@code weights("W", new int[] {1, 4}, ...)}. */
  static Map<String, Tensor> weights(Object... namesAndShapes) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      weights.put((String) namesAndShapes[i], normal(2 + i, 0.1, (int[]) namesAndShapes[i + 1]));
    }
    return weights;
  }

  /** Returns the numbers of {@code "LSTM,1,64"} after its name. */
  static int[] sizes(String row) {
    return Arrays.stream(row.split(",", -1)).skip(1).mapToInt(Integer::parseInt).toArray();
  }
}
