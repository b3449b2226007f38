package org.sardonyx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Location;

/**
 * A call of an operator or function.
 *
 * @param name for people; may be empty, need not be unique
 * @param domain the domain of the operator; empty for ai.onnx
 * @param opType the operator
 * @param overload which of several functions of one name; empty as a rule
 * @param inputs names of values; empty where an optional input is left out
 * @param outputs names of values; empty where an optional output is not wanted
 * @param attributes constants
 * @param docString free text
 * @param metadata keys and values
 * @param extra what the file said beyond this, device configurations included
 */
public record Node(
    String name,
    String domain,
    String opType,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<Attribute> attributes,
    String docString,
    List<Entry> metadata,
    Extra extra) {

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    metadata = List.copyOf(metadata);
  }

  /** Makes a node of ai.onnx. */
  public Node(
      String name,
      String opType,
      List<String> inputs,
      List<String> outputs,
      List<Attribute> attributes) {
    this(name, "", opType, inputs, outputs, attributes);
  }

  public Node(
      String name,
      String domain,
      String opType,
      List<String> inputs,
      List<String> outputs,
      List<Attribute> attributes) {
    this(name, domain, opType, "", inputs, outputs, attributes, "", List.of(), Extra.NONE);
  }

  /** Whether the node is of ai.onnx, under either spelling of that domain. */
  public boolean isOnnx() {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  public boolean isOnnx(String type) {
    return isOnnx() && opType.equals(type);
  }

  public @Nullable Attribute attribute(String attributeName) {
    for (Attribute attribute : attributes) {
      if (attribute.name().equals(attributeName)) {
        return attribute;
      }
    }
    return null;
  }

  /** Returns the value of an attribute; null where there is none. */
  public Attribute.@Nullable Value value(String attributeName) {
    Attribute attribute = attribute(attributeName);
    return attribute == null ? null : attribute.value();
  }

  /** Returns how a node is named in a {@link Location}. */
  public String label() {
    return Location.node(name, domain.isEmpty() ? opType : domain + "." + opType);
  }

  public Node withInputs(List<String> newInputs) {
    return new Node(
        name, domain, opType, overload, newInputs, outputs, attributes, docString, metadata, extra);
  }

  public Node withOutputs(List<String> newOutputs) {
    return new Node(
        name, domain, opType, overload, inputs, newOutputs, attributes, docString, metadata, extra);
  }

  public Node withAttributes(List<Attribute> newAttributes) {
    return new Node(
        name, domain, opType, overload, inputs, outputs, newAttributes, docString, metadata, extra);
  }

  public Node withName(String newName) {
    return new Node(
        newName, domain, opType, overload, inputs, outputs, attributes, docString, metadata, extra);
  }
}
