package org.sardonyx.conformance.reduce;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sardonyx.conformance.detail.Slices;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/** Smaller specimens, without a promise that they fail or are valid. */
final class Shrinks {

  private Shrinks() {}

  /** Each output alone. */
  static List<Specimen> outputs(Specimen from) {
    Graph graph = from.model().graph();
    if (graph.outputs().size() < 2) {
      return List.of();
    }
    return graph.outputs().stream()
        .map(output -> from.with(graph.withOutputs(List.of(output))).tidy())
        .toList();
  }

  /**
   * Returns the specimen with only some nodes: what they read of the others are inputs, and what
   * nobody among them reads are outputs.
   *
   * @param values what is true of the values between
   */
  static Specimen nodes(
      Specimen from, List<Node> kept, Map<String, Value> values, Map<String, ValueInfo> infos) {
    Graph graph = from.model().graph();
    Set<String> made = new HashSet<>();
    Set<String> reads = new LinkedHashSet<>();
    for (Node node : kept) {
      made.addAll(node.outputs());
      reads.addAll(Graphs.reads(node));
    }
    made.remove("");
    Set<String> constants = new HashSet<>();
    graph.initializers().forEach(data -> constants.add(data.name()));
    Map<String, Value> given = new LinkedHashMap<>();
    List<ValueInfo> inputs = new ArrayList<>();
    for (String name : reads) {
      Value value = values.get(name);
      if (!made.contains(name) && !constants.contains(name) && value != null) {
        given.put(name, value);
        inputs.add(new ValueInfo(name, value.type()));
      }
    }
    List<ValueInfo> outputs = new ArrayList<>();
    graph.outputs().stream().filter(o -> made.contains(o.name())).forEach(outputs::add);
    if (outputs.isEmpty()) {
      for (String name : made) {
        ValueInfo info = infos.get(name);
        if (!reads.contains(name) && info != null) {
          outputs.add(info);
        }
      }
    }
    Graph part = graph.withNodes(kept).withInputs(inputs).withOutputs(outputs);
    return new Specimen(from.model().withGraph(part), given).tidy();
  }

  /** Each size of an axis of an input, smaller: one, half, one less; with weights and without. */
  static List<Specimen> sizes(Specimen from) {
    Set<Integer> sizes = new TreeSet<>();
    for (Value value : from.inputs().values()) {
      if (value instanceof Tensor tensor) {
        for (int size : tensor.shape()) {
          sizes.add(size);
        }
      }
    }
    List<Specimen> smaller = new ArrayList<>();
    for (int size : new TreeSet<>(sizes).descendingSet()) {
      Set<Integer> less = new TreeSet<>(List.of(1, Math.max(1, size / 2), Math.max(1, size - 1)));
      for (int to : less) {
        if (to < size) {
          smaller.add(sized(from, size, to, true, false));
          smaller.add(sized(from, size, to, false, false));
          smaller.add(sized(from, size, to, false, true));
          from.inputs().keySet().stream()
              .sorted()
              .forEach(name -> smaller.add(sizedOne(from, name, size, to)));
        }
      }
    }
    return smaller;
  }

  private static Specimen sized(Specimen from, int size, int to, boolean weights, boolean clamp) {
    Map<String, Value> given = new LinkedHashMap<>();
    from.inputs()
        .forEach((name, value) -> {
          Value cut = value instanceof Tensor tensor ? cut(tensor, size, to) : value;
          given.put(name, clamp && cut instanceof Tensor tensor ? clamped(tensor, to) : cut);
        });
    Graph graph = from.model().graph();
    List<TensorData> all =
        graph.initializers().stream()
            .map(data -> weights ? TensorData.of(data.name(), cut(data.load(), size, to)) : data)
            .toList();
    return new Specimen(from.model().withGraph(graph.withInitializers(all)), given).tidy();
  }

  private static Specimen sizedOne(Specimen from, String name, int size, int to) {
    Map<String, Value> given = new LinkedHashMap<>(from.inputs());
    given.computeIfPresent(
        name, (_, value) -> value instanceof Tensor tensor ? cut(tensor, size, to) : value);
    return new Specimen(from.model(), given).tidy();
  }

  private static Tensor cut(Tensor tensor, int size, int to) {
    Tensor cut = tensor;
    if (tensor.dataType().kind() != DataType.Kind.COMPLEX) {
      for (int axis = 0; axis < tensor.rank(); axis++) {
        if (tensor.dim(axis) == size) {
          cut = Slices.range(cut, axis, 0, to);
        }
      }
    }
    return cut;
  }

  private static Tensor clamped(Tensor tensor, int most) {
    if (!tensor.dataType().isInteger()) {
      return tensor;
    }
    Tensor clamped = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      clamped.setLong(i, Math.min(most, tensor.getLong(i)));
    }
    return clamped;
  }

  /** Each weight and input as zeros, then with one and two digits. */
  static List<Specimen> values(Specimen from) {
    List<Specimen> simpler = new ArrayList<>();
    for (int digits : new int[] {0, 1, 2}) {
      Graph graph = from.model().graph();
      for (int i = 0; i < graph.initializers().size(); i++) {
        TensorData data = graph.initializers().get(i);
        Tensor tensor = data.load();
        Tensor rounded = rounded(tensor, digits);
        if (!rounded.equals(tensor)) {
          List<TensorData> all = new ArrayList<>(graph.initializers());
          all.set(i, TensorData.of(data.name(), rounded));
          simpler.add(from.with(graph.withInitializers(all)));
        }
      }
      int places = digits;
      from.inputs().keySet().stream()
          .sorted()
          .forEach(name -> {
            if (from.inputs().get(name) instanceof Tensor tensor
                && !rounded(tensor, places).equals(tensor)) {
              Map<String, Value> given = new LinkedHashMap<>(from.inputs());
              given.put(name, rounded(tensor, places));
              simpler.add(new Specimen(from.model(), given));
            }
          });
    }
    return simpler;
  }

  private static Tensor rounded(Tensor tensor, int digits) {
    DataType type = tensor.dataType();
    if (!type.isFloat() && !(type.isInteger() && digits == 0)) {
      return tensor;
    }
    Tensor rounded = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      if (!type.isFloat()) {
        rounded.setLong(i, 0);
        continue;
      }
      double x = tensor.getDouble(i);
      if (x != 0 && Double.isFinite(x)) {
        double unit = Math.pow(10, Math.floor(Math.log10(Math.abs(x))) - digits + 1);
        rounded.setDouble(i, digits == 0 ? 0 : Math.rint(x / unit) * unit);
      }
    }
    return rounded;
  }

  /** Each attribute left out, but graphs. */
  static List<Specimen> attributes(Specimen from) {
    List<Specimen> simpler = new ArrayList<>();
    Graph graph = from.model().graph();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      for (Attribute attribute : node.attributes()) {
        if (!(attribute.value() instanceof Attribute.OfGraph)) {
          List<Attribute> rest = new ArrayList<>(node.attributes());
          rest.remove(attribute);
          List<Node> nodes = new ArrayList<>(graph.nodes());
          nodes.set(i, node.withAttributes(rest));
          simpler.add(from.with(graph.withNodes(nodes)));
        }
      }
    }
    return simpler;
  }
}
