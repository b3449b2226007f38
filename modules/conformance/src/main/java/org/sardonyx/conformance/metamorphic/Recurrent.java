package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Models with a recurrent layer written in another way that means the same. */
final class Recurrent {

  private static final String SUFFIX = "__other";

  private final Model model;
  private final List<Node> before = new ArrayList<>();
  private final List<Node> after = new ArrayList<>();
  private final List<TensorData> constants = new ArrayList<>();

  private Recurrent(Model model) {
    this.model = model;
  }

  /** Hidden units of every layer with constant weights, the last first. */
  static Model permuted(Model model) throws NotApplicable {
    Recurrent change = new Recurrent(model);
    Map<String, TensorData> weights = new HashMap<>();
    model.graph().initializers().forEach(data -> weights.put(data.name(), data));
    for (Node node : model.graph().nodes()) {
      if (isRecurrent(node) && hasConstants(node, weights)) {
        return change.with(node, change.permuted(node, weights));
      }
    }
    throw new NotApplicable("no recurrent layer with constant weights");
  }

  /** The first layer with its batch first. */
  static Model batchFirst(Model model) throws NotApplicable {
    for (OpsetImport used : model.opsetImports()) {
      if ((used.domain().isEmpty() || used.domain().equals("ai.onnx")) && used.version() < 14) {
        throw new NotApplicable("layouts came with version 14 of ai.onnx");
      }
    }
    Recurrent change = new Recurrent(model);
    for (Node node : model.graph().nodes()) {
      if (isRecurrent(node) && node.attribute("layout") == null) {
        return change.with(node, change.batchFirst(node));
      }
    }
    throw new NotApplicable("no recurrent layer with its steps first");
  }

  private static boolean isRecurrent(Node node) {
    return node.isOnnx("LSTM") || node.isOnnx("GRU") || node.isOnnx("RNN");
  }

  private static boolean hasConstants(Node node, Map<String, TensorData> weights) {
    for (int i : new int[] {1, 2, 3, 7}) {
      String name = i < node.inputs().size() ? node.inputs().get(i) : "";
      if (!name.isEmpty() && !weights.containsKey(name)) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // the node itself, not one that is equal to it
  private Model with(Node old, Node changed) {
    Graph graph = model.graph();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node == old) {
        nodes.addAll(before);
        nodes.add(changed);
        nodes.addAll(after);
      } else {
        nodes.add(node);
      }
    }
    List<TensorData> initializers = new ArrayList<>(graph.initializers());
    initializers.addAll(constants);
    return model.withGraph(graph.withNodes(nodes).withInitializers(initializers));
  }

  private Node permuted(Node node, Map<String, TensorData> weights) {
    Tensor r = load(weights, node.inputs().get(2));
    int hidden = r.dim(2);
    int[] last = new int[hidden];
    for (int i = 0; i < hidden; i++) {
      last[i] = hidden - 1 - i;
    }
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 1; i < inputs.size(); i++) {
      String name = inputs.get(i);
      if (name.isEmpty() || i == 4) {
        continue;
      }
      if (i == 5 || i == 6) {
        inputs.set(i, gather(before, name, name + SUFFIX + i, last));
        continue;
      }
      Tensor changed =
          Axes.take(load(weights, name), 1, blocks(load(weights, name).dim(1), hidden));
      if (i == 2) {
        changed = Axes.take(changed, 2, last);
      }
      constants.add(TensorData.of(name + SUFFIX + i, changed));
      inputs.set(i, name + SUFFIX + i);
    }
    List<String> outputs = new ArrayList<>();
    for (String name : node.outputs()) {
      outputs.add(name.isEmpty() ? "" : name + SUFFIX);
      if (!name.isEmpty()) {
        gather(after, name + SUFFIX, name, last);
      }
    }
    return node.withInputs(inputs).withOutputs(outputs);
  }

  private static Tensor load(Map<String, TensorData> weights, String name) {
    TensorData data = weights.get(name);
    if (data == null) {
      throw new IllegalStateException(name);
    }
    return data.load();
  }

  /** The order of rows in which each gate's are turned around. */
  private static int[] blocks(int rows, int hidden) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i / hidden * hidden + hidden - 1 - i % hidden;
    }
    return order;
  }

  private String gather(List<Node> to, String from, String name, int[] order) {
    String indices = name + SUFFIX + "_order";
    constants.add(
        TensorData.of(
            indices, Tensor.vector(java.util.Arrays.stream(order).asLongStream().toArray())));
    to.add(
        new Node(
            "",
            "",
            "Gather",
            List.of(from, indices),
            List.of(name),
            List.of(Attribute.of("axis", -1L))));
    return name;
  }

  private Node batchFirst(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i : new int[] {0, 5, 6}) {
      if (i < inputs.size() && !inputs.get(i).isEmpty()) {
        inputs.set(i, transpose(before, inputs.get(i), inputs.get(i) + SUFFIX + i, 1, 0, 2));
      }
    }
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      outputs.add(name.isEmpty() ? "" : name + SUFFIX);
      if (!name.isEmpty()) {
        long[] order = i == 0 ? new long[] {1, 2, 0, 3} : new long[] {1, 0, 2};
        transpose(after, name + SUFFIX, name, order);
      }
    }
    List<Attribute> attributes = new ArrayList<>(node.attributes());
    attributes.add(Attribute.of("layout", 1L));
    return node.withInputs(inputs).withOutputs(outputs).withAttributes(attributes);
  }

  private static String transpose(List<Node> to, String from, String name, long... order) {
    to.add(
        new Node(
            "",
            "",
            "Transpose",
            List.of(from),
            List.of(name),
            List.of(Attribute.of("perm", order))));
    return name;
  }
}
