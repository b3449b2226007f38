package org.sardonyx.graph;

import java.util.List;

/**
 * An operator that a model defines itself ({@code FunctionProto}). Sees nothing of its caller but
 * its inputs and attributes.
 *
 * @param domain the domain
 * @param name the operator it defines
 * @param overload which of several of one name
 * @param inputs names
 * @param outputs names
 * @param attributes names of attributes without a default
 * @param attributeDefaults attributes with their defaults
 * @param nodes the body, in topological order
 * @param opsetImports the operators that the body uses
 * @param valueInfo types declared for values of the body
 * @param docString free text
 * @param metadata keys and values
 * @param extra what the file said beyond this
 */
public record Function(
    String domain,
    String name,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
    List<Attribute> attributeDefaults,
    List<Node> nodes,
    List<OpsetImport> opsetImports,
    List<ValueInfo> valueInfo,
    String docString,
    List<Entry> metadata,
    Extra extra) {

  public Function {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    attributeDefaults = List.copyOf(attributeDefaults);
    nodes = List.copyOf(nodes);
    opsetImports = List.copyOf(opsetImports);
    valueInfo = List.copyOf(valueInfo);
    metadata = List.copyOf(metadata);
  }

  public Function withNodes(List<Node> newNodes) {
    return new Function(
        domain,
        name,
        overload,
        inputs,
        outputs,
        attributes,
        attributeDefaults,
        newNodes,
        opsetImports,
        valueInfo,
        docString,
        metadata,
        extra);
  }
}
