package org.sardonyx.passes.simplify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operator;
import org.sardonyx.passes.infer.Evaluator;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Type;

/**
 * Computes what depends on constants alone, and what inference knows to be constant, once. Results
 * become initializers; outputs of the graph, and everything before IR version 4, Constant nodes.
 *
 * <p>A result may be larger than what it is made of only up to a small size, so that a model does
 * not swell; quantized weights stay quantized.
 */
public final class FoldConstants implements Rule {

  private static final Set<String> KEPT =
      Set.of("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear");

  private final long growth;

  /**
   * @param growth bytes that a result may have in any case
   */
  public FoldConstants(long growth) {
    this.growth = growth;
  }

  @Override
  public String name() {
    return "constants";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    Folding folding = new Folding(graph, site);
    return folding.run();
  }

  private final class Folding {

    private final Graph graph;
    private final Site site;
    private final Map<String, TensorData> constants = new HashMap<>();
    private final Set<String> outputs = new HashSet<>();
    private final List<TensorData> initializers;
    private final List<Node> nodes = new ArrayList<>();
    private boolean changed;

    Folding(Graph graph, Site site) {
      this.graph = graph;
      this.site = site;
      this.initializers = new ArrayList<>(graph.initializers());
      for (ValueInfo output : graph.outputs()) {
        outputs.add(output.name());
      }
      for (TensorData initializer : graph.initializers()) {
        if (!site.isOverridable(initializer.name())) {
          constants.put(initializer.name(), initializer);
        }
      }
    }

    Graph run() {
      for (Node node : graph.nodes()) {
        TensorData given = given(node);
        if (given != null && stays(node)) {
          constants.put(given.name(), given);
          nodes.add(node);
          continue;
        }
        if (given != null) {
          // As it is, not read.
          changed = true;
          site.changed();
          constants.put(given.name(), given);
          initializers.add(given);
          continue;
        }
        List<@Nullable Tensor> results = results(node);
        if (results == null) {
          nodes.add(node);
        } else {
          replace(node, results);
        }
      }
      return changed ? graph.withNodes(nodes).withInitializers(initializers) : graph;
    }

    /** Whether a Constant node is the best place for its value. */
    private boolean stays(Node node) {
      return !site.hasFreeInitializers() || outputs.contains(node.outputs().getFirst());
    }

    /** Returns the value of a Constant node under the name of its output; null of others. */
    private static @Nullable TensorData given(Node node) {
      Attribute value = node.isOnnx("Constant") ? node.attribute("value") : null;
      return value != null
              && value.value() instanceof Attribute.OfTensor(TensorData data)
              && node.outputs().size() == 1
              && !node.outputs().getFirst().isEmpty()
          ? data.named(node.outputs().getFirst())
          : null;
    }

    private void replace(Node node, List<@Nullable Tensor> results) {
      changed = true;
      site.changed();
      for (int i = 0; i < node.outputs().size(); i++) {
        String name = node.outputs().get(i);
        Tensor tensor = results.get(i);
        if (name.isEmpty() || tensor == null) {
          continue;
        }
        TensorData data = TensorData.of(name, tensor);
        constants.put(name, data);
        if (site.hasFreeInitializers() && !outputs.contains(name)) {
          initializers.add(data);
        } else {
          nodes.add(Constants.node(name, data));
        }
      }
    }

    /** Returns the outputs of a node, each there where it has a name; null where not constant. */
    private @Nullable List<@Nullable Tensor> results(Node node) {
      if (node.outputs().isEmpty() || (node.isOnnx() && KEPT.contains(node.opType()))) {
        return null;
      }
      List<@Nullable Tensor> known = new ArrayList<>();
      boolean all = true;
      for (String output : node.outputs()) {
        Tensor constant = output.isEmpty() ? null : site.constant(output);
        known.add(constant);
        all &= output.isEmpty() || constant != null;
      }
      if (all) {
        return known;
      }
      return site.isDeterministic(node) ? evaluated(node) : null;
    }

    private @Nullable List<@Nullable Tensor> evaluated(Node node) {
      List<@Nullable Value> inputs = new ArrayList<>();
      long bytes = 0;
      List<TensorData> data = new ArrayList<>();
      List<@Nullable Type> types = new ArrayList<>();
      for (String input : node.inputs()) {
        TensorData constant = input.isEmpty() ? null : constant(input);
        if (constant == null && !input.isEmpty()) {
          return null;
        }
        types.add(constant == null ? null : constant.type());
        if (constant != null) {
          data.add(constant);
          bytes += bytes(constant);
        }
      }
      Operator operator = bytes > site.budget().each() ? null : site.operator(node, types);
      if (operator == null) {
        return null;
      }
      try {
        int next = 0;
        for (String input : node.inputs()) {
          inputs.add(input.isEmpty() ? null : data.get(next++).load());
        }
      } catch (ModelException _) {
        return null; // data that is not there
      }
      long most = Math.max(growth, node.inputs().isEmpty() ? site.budget().each() : bytes);
      List<@Nullable Value> values =
          new Evaluator(site.budget().time(), most).run(operator, inputs, node.outputs().size());
      return values == null ? null : tensors(node, values, most);
    }

    private @Nullable List<@Nullable Tensor> tensors(
        Node node, List<@Nullable Value> values, long most) {
      List<@Nullable Tensor> tensors = new ArrayList<>();
      long bytes = 0;
      for (int i = 0; i < values.size(); i++) {
        Value value = values.get(i);
        boolean wanted = !node.outputs().get(i).isEmpty();
        if (!(value instanceof Tensor tensor)) {
          if (wanted) {
            return null;
          }
          tensors.add(null);
          continue;
        }
        bytes += tensor.dataType().byteSize(tensor.size());
        tensors.add(tensor);
      }
      return bytes <= most && site.budget().take(bytes) ? tensors : null;
    }

    private @Nullable TensorData constant(String name) {
      TensorData own = constants.get(name);
      if (own != null) {
        return own;
      }
      Tensor known = site.constant(name);
      return known != null ? TensorData.of(name, known) : site.initializer(name);
    }

    private static long bytes(TensorData data) {
      return data.shape().elements() instanceof Dim.Known(long size)
          ? data.dataType().byteSize(size)
          : Long.MAX_VALUE / 4;
    }
  }
}
