package org.sardonyx.passes.infer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Inference;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What one operator sees and states while a graph is inferred. */
final class NodeInference implements Inference {

  /** Infers a graph of the node given the types of its inputs. */
  interface Bodies {
    GraphResult infer(String attribute, Graph graph, List<@Nullable Type> inputs);
  }

  private record Call(List<@Nullable Type> inputs, GraphResult result) {}

  private final Node node;
  private final List<Facts> inputs;
  private final TypeBinding binding;
  private final DimNames names;
  private final Bodies bodies;
  private final @Nullable Type[] types;
  private final @Nullable Shape[] shapes;
  private final @Nullable List<Dim>[] elements;
  private final Map<String, Call> calls = new HashMap<>();

  @SuppressWarnings({"unchecked", "rawtypes"})
  NodeInference(Node node, List<Facts> inputs, TypeBinding binding, DimNames names, Bodies bodies) {
    this.node = node;
    this.inputs = inputs;
    this.binding = binding;
    this.names = names;
    this.bodies = bodies;
    this.types = new Type[node.outputs().size()];
    this.shapes = new Shape[types.length];
    this.elements = (List<Dim>[]) new List[types.length];
  }

  @Override
  public int inputs() {
    return inputs.size();
  }

  @Override
  public boolean has(int input) {
    return input < inputs.size() && !node.inputs().get(input).isEmpty();
  }

  private Facts facts(int input) {
    return has(input) ? inputs.get(input) : Facts.NONE;
  }

  @Override
  public @Nullable Type type(int input) {
    return facts(input).type();
  }

  @Override
  public @Nullable Tensor constant(int input) {
    return facts(input).constant();
  }

  @Override
  public @Nullable List<Dim> dims(int input) {
    Facts facts = facts(input);
    if (!(facts.type() instanceof Type.OfTensor(DataType element, Shape shape))
        || !element.isInteger()
        || !shape.hasRank()
        || shape.rank() > 1) {
      return null;
    }
    return facts.elementsOrUnknown();
  }

  @Override
  public int outputs() {
    return types.length;
  }

  @Override
  public void output(int output, Type type) {
    if (output < types.length) {
      types[output] = type;
    }
  }

  @Override
  public void shape(int output, Shape shape) {
    if (output < types.length) {
      shapes[output] = shape;
    }
  }

  @Override
  public void dims(int output, List<Dim> stated) {
    if (output < types.length) {
      elements[output] = List.copyOf(stated);
    }
  }

  @Override
  public Dim fresh() {
    return names.fresh();
  }

  @Override
  public List<@Nullable Type> body(String attribute, List<@Nullable Type> bodyInputs) {
    Call before = calls.get(attribute);
    if (before != null && before.inputs.equals(bodyInputs)) {
      return before.result.outputTypes();
    }
    Attribute found = node.attribute(attribute);
    if (found == null || !(found.value() instanceof Attribute.OfGraph(Graph graph))) {
      throw new InvalidModel("attribute \"" + attribute + "\" is no graph");
    }
    GraphResult result = bodies.infer(attribute, graph, bodyInputs);
    calls.put(
        attribute, new Call(Collections.unmodifiableList(new ArrayList<>(bodyInputs)), result));
    return result.outputTypes();
  }

  /** Returns the last result for a graph of the node, or null where it was not asked for. */
  @Nullable GraphResult lastBody(String attribute) {
    Call call = calls.get(attribute);
    return call == null ? null : call.result;
  }

  /** Returns what was stated of an output, filled up with what follows from the type variables. */
  Facts outcome(int output) {
    Type type = types[output];
    Type byVariable = binding.output(output);
    if (type == null) {
      type = byVariable;
    }
    Shape shape = shapes[output];
    if (shape != null && type instanceof Type.OfTensor(DataType element, Shape _)) {
      type = Type.tensor(element, shape);
    }
    List<Dim> stated = elements[output];
    if (stated != null
        && type instanceof Type.OfTensor(DataType element, Shape known)
        && (!known.isKnown() || !Objects.equals(known.elements(), Dim.of(stated.size())))) {
      // Elements that were stated give the length, where the shape was left open.
      type = Type.tensor(element, known.hasRank() && known.rank() == 0 ? known : vector(stated));
    }
    return new Facts(type, null, stated);
  }

  private static Shape vector(List<Dim> elements) {
    return Shape.of(elements.size());
  }

  @Override
  public String toString() {
    return node.label() + " " + Arrays.toString(types);
  }
}
