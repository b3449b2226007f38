package org.sardonyx.conformance.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** A graph in the making; weights are drawn from a seed, so that a model is the same every time. */
final class Sketch {

  private final String name;
  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private final List<TensorData> initializers = new ArrayList<>();

  Sketch(String name, long seed) {
    this.name = name;
    this.random = new Random(seed);
  }

  /** Adds a graph input; {@code dims} are numbers, names, or {@code ?}. */
  String input(String value, DataType type, Object... dims) {
    inputs.add(new ValueInfo(value, Type.tensor(type, shape(dims))));
    return value;
  }

  void output(String value, DataType type, Object... dims) {
    output(value, Type.tensor(type, shape(dims)));
  }

  void output(String value, Type type) {
    outputs.add(new ValueInfo(value, type));
  }

  /** Adds normal numbers with this standard deviation, rounded to 12 bits of mantissa. */
  String weights(String value, double deviation, int... shape) {
    float[] data = new float[Tensor.checkedSize(shape)];
    for (int i = 0; i < data.length; i++) {
      float x = (float) (random.nextGaussian() * deviation);
      data[i] = Float.intBitsToFloat(Float.floatToIntBits(x) & 0xfffff800);
    }
    return constant(value, Tensor.of(data, shape));
  }

  String constant(String value, Tensor tensor) {
    initializers.add(TensorData.of(value, tensor));
    return value;
  }

  /** Adds a node with one output, which has the node's name. */
  String node(String output, String opType, List<String> from, Attribute... attributes) {
    return node(List.of(output), opType, from, attributes);
  }

  String node(List<String> to, String opType, List<String> from, Attribute... attributes) {
    String label = to.stream().filter(n -> !n.isEmpty()).findFirst().orElseThrow();
    nodes.add(new Node(label, opType, from, to, Arrays.asList(attributes)));
    return label;
  }

  void add(Node node) {
    nodes.add(node);
  }

  List<Node> nodes() {
    return nodes;
  }

  Graph graph() {
    return new Graph(name, nodes, inputs, outputs, initializers);
  }

  Model model(long opset, String about, Function... functions) {
    List<OpsetImport> imports = new ArrayList<>(List.of(new OpsetImport("", opset)));
    for (Function function : functions) {
      imports.add(new OpsetImport(function.domain(), 1));
    }
    return new Model(
        functions.length == 0 ? 8 : 9,
        imports,
        "sardonyx",
        "",
        "org.sardonyx.models",
        1,
        about,
        graph(),
        List.of(functions),
        List.of(new Entry("provenance", "made by this project; weights are seeded random numbers")),
        List.of(),
        Extra.NONE);
  }

  private static Shape shape(Object... dims) {
    return Shape.of(
        Arrays.stream(dims)
            .map(dim ->
                dim instanceof Integer size
                    ? Dim.of(size)
                    : dim.equals("?") ? Dim.UNKNOWN : Dim.named((String) dim))
            .toList());
  }
}
