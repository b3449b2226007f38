package org.sardonyx.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Extra;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.operators.Operators;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Small models for tests, written in a line or two. */
final class Models {

  static final Operators OPERATORS = Operators.standard();

  private final String name;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private final List<TensorData> initializers = new ArrayList<>();
  private final List<Function> functions = new ArrayList<>();

  private Models(String name) {
    this.name = name;
  }

  static Models named(String name) {
    return new Models(name);
  }

  /** {@code x: float[n,3]} as {@code input("x", FLOAT, "n", 3)}; "?" is not known. */
  Models input(String value, DataType type, Object... dims) {
    inputs.add(new ValueInfo(value, tensor(type, dims)));
    return this;
  }

  Models output(String value, DataType type, Object... dims) {
    outputs.add(new ValueInfo(value, tensor(type, dims)));
    return this;
  }

  /** An output whose type is not declared, as in nested graphs. */
  Models output(String value) {
    outputs.add(new ValueInfo(value, null));
    return this;
  }

  Models constant(String value, Tensor tensor) {
    initializers.add(TensorData.of(value, tensor));
    return this;
  }

  /** Adds a node: {@code "a b -> c d"} are its inputs and outputs, {@code _} is left out. */
  Models node(String operator, String edges, Attribute... attributes) {
    nodes.add(of(operator, edges, attributes));
    return this;
  }

  Models function(Function function) {
    functions.add(function);
    return this;
  }

  static Node of(String operator, String edges, Attribute... attributes) {
    int colon = operator.indexOf(':');
    String[] sides = (" " + edges + " ").split("->", -1);
    return new Node(
        "",
        colon < 0 ? "" : operator.substring(0, colon),
        operator.substring(colon + 1),
        names(sides[0]),
        names(sides[1]),
        Arrays.asList(attributes));
  }

  private static List<String> names(String side) {
    return Arrays.stream(side.trim().split(" +"))
        .filter(part -> !part.isEmpty())
        .map(part -> part.equals("_") ? "" : part)
        .toList();
  }

  static Function function(
      String domain,
      String name,
      String inputs,
      String outputs,
      List<String> attributes,
      Node... body) {
    return new Function(
        domain,
        name,
        "",
        names(inputs),
        names(outputs),
        attributes,
        List.of(),
        List.of(body),
        List.of(new OpsetImport("", 18), new OpsetImport(domain, 1)),
        List.of(),
        "",
        List.of(),
        Extra.NONE);
  }

  Graph graph() {
    return new Graph(name, nodes, inputs, outputs, initializers);
  }

  /** Returns the model under operator set 18 and IR version 8. */
  Model model() {
    return model(8, 18);
  }

  Model model(long irVersion, long opset) {
    List<OpsetImport> imports = new ArrayList<>(List.of(new OpsetImport("", opset)));
    for (Function function : functions) {
      if (imports.stream().noneMatch(i -> i.domain().equals(function.domain()))) {
        imports.add(new OpsetImport(function.domain(), 1));
      }
    }
    return new Model(irVersion, imports, graph()).withFunctions(functions);
  }

  static Type.OfTensor tensor(DataType type, Object... dims) {
    return Type.tensor(type, shape(dims));
  }

  static Shape shape(Object... dims) {
    return Shape.of(
        Arrays.stream(dims)
            .map(dim ->
                dim instanceof Integer size
                    ? Dim.of(size)
                    : dim.equals("?") ? Dim.UNKNOWN : Dim.named((String) dim))
            .toList());
  }
}
