package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A case as ONNX Runtime's Java API can carry it: inputs of types that it does not take come in as
 * others and are cast, sequences are put together in the graph, and outputs of such types are cast
 * to others. The node in the middle is the same.
 */
final class Carried {

  private final Case original;
  private final long opset;
  private final List<Node> before = new ArrayList<>();
  private final List<Node> after = new ArrayList<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();
  private final List<TensorData> initializers;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, DataType> back = new LinkedHashMap<>();
  private boolean changed;

  private Carried(Case original) {
    this.original = original;
    Graph graph = original.model().graph();
    long version = 0;
    for (OpsetImport one : original.model().opsetImports()) {
      version = one.domain().isEmpty() ? one.version() : version;
    }
    opset = version;
    initializers = new ArrayList<>(graph.initializers());
    for (ValueInfo input : graph.inputs()) {
      Value value = original.inputs().get(input.name());
      if (value != null) {
        input(input, value);
      }
    }
    for (ValueInfo output : graph.outputs()) {
      output(output);
    }
  }

  static Carried of(Case original) {
    return new Carried(original);
  }

  /** Returns the type that elements travel as; null where they travel as they are. */
  private @Nullable DataType vehicle(DataType type) {
    if (opset < 6) {
      return null;
    }
    return switch (type) {
      case UINT16, UINT4, INT4, INT2, UINT2 -> DataType.INT32;
      case UINT32, UINT64 -> DataType.INT64;
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 ->
          DataType.FLOAT;
      default -> null;
    };
  }

  private void input(ValueInfo input, Value value) {
    switch (value) {
      case Tensor tensor when vehicle(tensor.dataType()) != null -> {
        changed = true;
        carry(input.name(), tensor);
      }
      case SequenceValue(Type element, List<Value> elements)
          when element instanceof Type.OfTensor(DataType type, Shape shape) -> {
        changed = true;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
          String name = input.name() + "_" + i;
          names.add(name);
          Tensor tensor = (Tensor) elements.get(i);
          if (vehicle(type) != null) {
            carry(name, tensor);
          } else {
            inputs.add(new ValueInfo(name, Type.tensor(type, Shape.ofRank(tensor.rank()))));
            values.put(name, tensor);
          }
        }
        before.add(
            elements.isEmpty()
                ? node("SequenceEmpty", List.of(), input.name(), Attribute.of("dtype", type.code()))
                : node("SequenceConstruct", names, input.name()));
      }
      case OptionalValue(Type element, Value held) when held != null -> {
        changed = true;
        String name = input.name() + "_held";
        input(new ValueInfo(name, element), held);
        before.add(node("Optional", List.of(name), input.name()));
      }
      default -> {
        inputs.add(input);
        values.put(input.name(), value);
      }
    }
  }

  private void carry(String name, Tensor tensor) {
    DataType vehicle = vehicle(tensor.dataType());
    if (vehicle == null) {
      throw new IllegalStateException(name);
    }
    Tensor as =
        vehicle == DataType.FLOAT
            ? Tensor.of(tensor.toFloats(), tensor.shape())
            : Tensor.fromLongs(vehicle, tensor.toLongs(), tensor.shape());
    inputs.add(new ValueInfo("as_" + name, as.type()));
    values.put("as_" + name, as);
    before.add(
        node(
            "Cast",
            List.of("as_" + name),
            name,
            Attribute.of("to", (long) tensor.dataType().code())));
  }

  private static Node node(String operator, List<String> in, String out, Attribute... attributes) {
    return new Node("", "", operator, in, List.of(out), List.of(attributes));
  }

  private void output(ValueInfo output) {
    if (output.type() instanceof Type.OfTensor(DataType type, Shape shape)) {
      DataType vehicle = vehicle(type);
      if (vehicle != null) {
        changed = true;
        String name = "as_" + output.name();
        after.add(
            node("Cast", List.of(output.name()), name, Attribute.of("to", (long) vehicle.code())));
        outputs.add(new ValueInfo(name, Type.tensor(vehicle, shape)));
        back.put(name, type);
        return;
      }
    }
    outputs.add(output);
  }

  /** Returns the case to run. */
  Case toRun() {
    if (!changed) {
      return original;
    }
    Model model = original.model();
    List<Node> nodes = new ArrayList<>(before);
    nodes.addAll(model.graph().nodes());
    nodes.addAll(after);
    Graph graph = new Graph("sweep", nodes, inputs, outputs, initializers);
    return new Case(
        original.label(), new Model(model.irVersion(), model.opsetImports(), graph), values);
  }

  /** Returns outputs of {@link #toRun} as those of the original. */
  Map<String, Value> restored(Map<String, Value> found) {
    if (back.isEmpty()) {
      return found;
    }
    Map<String, Value> restored = new LinkedHashMap<>();
    found.forEach((name, value) -> {
      DataType type = back.get(name);
      if (type != null && value instanceof Tensor tensor) {
        restored.put(
            name.substring("as_".length()),
            type.isFloat()
                ? Tensor.fromDoubles(type, tensor.toDoubles(), tensor.shape())
                : Tensor.fromLongs(type, tensor.toLongs(), tensor.shape()));
      } else {
        restored.put(name, value);
      }
    });
    return restored;
  }
}
