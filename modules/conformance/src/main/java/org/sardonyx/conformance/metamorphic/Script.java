package org.sardonyx.conformance.metamorphic;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;

/** Nodes written one after the other, under names of their own. */
final class Script {

  private final List<Node> nodes = new ArrayList<>();
  private final List<TensorData> constants = new ArrayList<>();
  private final long version;
  private final String stem;
  private int count;

  Script(Model model) {
    version = Opsets.of(model).version("");
    Set<String> taken = Graphs.defined(model.graph());
    String free = "unrolled_";
    while (startsOne(taken, free)) {
      free += "_";
    }
    stem = free;
  }

  private static boolean startsOne(Set<String> names, String start) {
    return names.stream().anyMatch(name -> name.startsWith(start));
  }

  long version() {
    return version;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<TensorData> constants() {
    return constants;
  }

  String fresh() {
    return stem + count++;
  }

  void add(Node node) {
    nodes.add(node);
  }

  String add(String operator, List<String> inputs, Attribute... attributes) {
    String name = fresh();
    nodes.add(new Node("", "", operator, inputs, List.of(name), List.of(attributes)));
    return name;
  }

  /** Gives a value a name that others read. */
  void give(String value, String name) {
    nodes.add(new Node("", "", "Identity", List.of(value), List.of(name), List.of()));
  }

  String constant(Tensor value) {
    return constant(TensorData.of("", value));
  }

  String constant(TensorData value) {
    String name = fresh();
    constants.add(value.named(name));
    return name;
  }

  /** One place of an axis, which goes. */
  String at(String from, long axis, long place) {
    return add("Gather", List.of(from, constant(Tensor.scalar(place))), Attribute.of("axis", axis));
  }

  /** Places of an axis, one after the other. */
  String range(String from, long axis, int start, int length) {
    long[] places = new long[length];
    for (int i = 0; i < length; i++) {
      places[i] = (long) start + i;
    }
    return add(
        "Gather", List.of(from, constant(Tensor.vector(places))), Attribute.of("axis", axis));
  }

  String unsqueeze(String from, long axis) {
    return version >= 13
        ? add("Unsqueeze", List.of(from, constant(Tensor.vector(axis))))
        : add("Unsqueeze", List.of(from), Attribute.of("axes", new long[] {axis}));
  }

  /** Values side by side along a new axis. */
  String stacked(List<String> parts, long axis) {
    List<String> thick = parts.stream().map(part -> unsqueeze(part, axis)).toList();
    return add("Concat", thick, Attribute.of("axis", axis));
  }
}
