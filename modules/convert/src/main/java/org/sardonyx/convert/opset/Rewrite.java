package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * One node on its way to the next or last version: what is known of it, and the nodes that an
 * {@link Adapter} writes for it.
 */
final class Rewrite {

  private final GraphStep step;
  private final Facts facts;
  private final Node node;
  private final Signature before;
  private final @Nullable Signature after;
  private final List<Node> nodes;

  Rewrite(
      GraphStep step,
      Facts facts,
      Node node,
      Signature before,
      @Nullable Signature after,
      List<Node> nodes) {
    this.step = step;
    this.facts = facts;
    this.node = node;
    this.before = before;
    this.after = after;
    this.nodes = nodes;
  }

  Node node() {
    return node;
  }

  /** Returns the opset version that the emitted nodes are of. */
  long target() {
    return step.to();
  }

  /** Returns the version of the operator that the node is of. */
  Signature before() {
    return before;
  }

  /** Returns the version that the node becomes; null where the operator is not yet there. */
  @Nullable Signature after() {
    return after;
  }

  Facts facts() {
    return facts;
  }

  UnsupportedModel refuse(String reason) {
    return new UnsupportedModel(
        node.opType()
            + "-"
            + before.sinceVersion()
            + " cannot become an operator of ai.onnx "
            + step.to()
            + ": "
            + reason);
  }

  // Inputs and outputs.

  boolean has(int input) {
    return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
  }

  /** Returns the name of an input; empty where it is absent. */
  String in(int input) {
    return input < node.inputs().size() ? node.inputs().get(input) : "";
  }

  String out(int output) {
    return output < node.outputs().size() ? node.outputs().get(output) : "";
  }

  /** Whether an output is named and read by somebody. */
  boolean wants(int output) {
    return !out(output).isEmpty() && step.isRead(out(output));
  }

  /** Whether no graph gives the value back. */
  boolean isNoOutput(String name) {
    return !step.isGiven(name);
  }

  @Nullable Type type(int input) {
    return has(input) ? facts.type(in(input)) : null;
  }

  /** Returns the element type of an input, or refuses where it is not known. */
  DataType element(int input) {
    if (type(input) instanceof Type.OfTensor(DataType element, Shape _)) {
      return element;
    }
    throw refuse("the element type of input " + name(input) + " is not known");
  }

  Shape shape(int input) {
    return shapeOf(in(input));
  }

  Shape shapeOf(String name) {
    return facts.type(name) instanceof Type.OfTensor(DataType _, Shape shape)
        ? shape
        : Shape.UNKNOWN;
  }

  /** Returns the rank of an input, or refuses where it is not known. */
  int rank(int input) {
    Shape shape = shape(input);
    if (!shape.hasRank()) {
      throw refuse("the rank of input " + name(input) + " is not known");
    }
    return shape.rank();
  }

  /** Returns the size of a dimension of an input, or refuses where it is not known. */
  long size(int input, int axis) {
    int rank = rank(input);
    if (shape(input).dim(Math.floorMod(axis, rank)) instanceof Dim.Known(long size)) {
      return size;
    }
    throw refuse("dimension " + axis + " of input " + name(input) + " is not known");
  }

  /** Returns the elements of an input that is constant, else null. */
  @Nullable Tensor constant(int input) {
    return has(input) ? facts.constant(in(input)) : null;
  }

  /**
   * Returns the elements of an input, which then may be dropped, or refuses where it is no
   * constant.
   */
  Tensor fixed(int input) {
    Tensor value = constant(input);
    if (value == null) {
      throw refuse(
          "input "
              + name(input)
              + " must be a constant, since it becomes an attribute or decides what is written");
    }
    release(input);
    return value;
  }

  long[] fixedLongs(int input) {
    return fixed(input).toLongs();
  }

  /** Notes that the result does not read an input any more; its constant may go. */
  void release(int input) {
    if (has(input)) {
      step.release(in(input));
    }
  }

  String name(int input) {
    Signature.Parameter formal = before.input(input);
    String what = formal == null ? "" : formal.name() + " ";
    return what + "\"" + Text.escape(in(input)) + "\"";
  }

  // Attributes, with the defaults of the version that the node is of.

  boolean gives(String attribute) {
    return node.attribute(attribute) != null;
  }

  Attribute.@Nullable Value attribute(String name) {
    Attribute given = node.attribute(name);
    if (given == null) {
      Signature.FormalAttribute formal = before.attributes().get(name);
      return formal == null ? null : formal.defaultValue();
    }
    if (given.value() instanceof Attribute.Reference) {
      throw refuse("attribute \"" + name + "\" has the value that a call of the function gives");
    }
    return given.value();
  }

  long integer(String name, long otherwise) {
    return attribute(name) instanceof Attribute.OfInt(long value) ? value : otherwise;
  }

  float real(String name, float otherwise) {
    return attribute(name) instanceof Attribute.OfFloat(float value) ? value : otherwise;
  }

  String text(String name, String otherwise) {
    return attribute(name) instanceof Attribute.OfString string ? string.text() : otherwise;
  }

  long @Nullable [] integers(String name) {
    return attribute(name) instanceof Attribute.OfInts(List<Long> values)
        ? values.stream().mapToLong(Long::longValue).toArray()
        : null;
  }

  // What is written.

  /** Returns the node with all attributes but some. */
  Node without(String... names) {
    List<String> gone = List.of(names);
    return node.withAttributes(
        node.attributes().stream().filter(a -> !gone.contains(a.name())).toList());
  }

  static Node with(Node node, Attribute... attributes) {
    List<Attribute> all = new ArrayList<>(node.attributes());
    for (Attribute attribute : attributes) {
      all.removeIf(before -> before.name().equals(attribute.name()));
      all.add(attribute);
    }
    return node.withAttributes(all);
  }

  /** Writes the node as it is, if the other version takes it so. */
  void keep() {
    keep(node);
  }

  /** Writes a changed node of the same operator, if the other version takes it so. */
  void keep(Node changed) {
    nodes.add(Compatibility.fit(this, changed));
  }

  /** Writes a node as it is. */
  void put(Node other) {
    nodes.add(other);
  }

  /** Writes a node of ai.onnx with one new output and returns that. */
  String op(String opType, List<String> inputs, Attribute... attributes) {
    String output = fresh(opType.toLowerCase(java.util.Locale.ROOT));
    op(opType, inputs, List.of(output), attributes);
    return output;
  }

  String op(String opType, String input, Attribute... attributes) {
    return op(opType, List.of(input), attributes);
  }

  /** Writes a node of ai.onnx. */
  void op(String opType, List<String> inputs, List<String> outputs, Attribute... attributes) {
    String name = node.name().isEmpty() ? "" : step.fresh(node.name() + "_" + opType);
    nodes.add(new Node(name, opType, inputs, outputs, Arrays.asList(attributes)));
  }

  /** Writes the node that gives output 0. */
  void last(String opType, List<String> inputs, Attribute... attributes) {
    Node made =
        new Node(
            node.name(),
            "",
            opType,
            "",
            inputs,
            List.of(out(0)),
            Arrays.asList(attributes),
            node.docString(),
            node.metadata(),
            node.extra());
    nodes.add(made);
  }

  /** Returns a name that nobody has. */
  String fresh(String suffix) {
    String stem = node.outputs().stream().filter(o -> !o.isEmpty()).findFirst().orElse("value");
    return step.fresh(stem + "_" + suffix);
  }

  /** Returns the name of a new constant. */
  String constant(Tensor value) {
    String name = fresh("constant");
    if (step.to() >= 9 || Compatibility.isEarlyConstant(value.dataType())) {
      nodes.add(
          new Node(
              "",
              "Constant",
              List.of(),
              List.of(name),
              List.of(Attribute.of("value", TensorData.of("", value)))));
    } else {
      initializer(name, value);
    }
    return name;
  }

  /** Adds a constant to the main graph. */
  void initializer(String name, Tensor value) {
    if (facts.inFunction()) {
      throw refuse("a function has no place for constants of type " + value.dataType().specName());
    }
    step.initializer(TensorData.of(name, value));
  }

  String longs(long... values) {
    return constant(Tensor.vector(values));
  }

  /** Returns a scalar of an element type. */
  String scalar(DataType type, double value) {
    return constant(Tensor.fromDoubles(type, new double[] {value}));
  }
}
