package org.sardonyx.graph;

import java.util.List;
import org.sardonyx.tensor.TensorData;

/**
 * A graph: nodes in an order in which each comes after what it reads. Values are known by name;
 * within a graph and those nested in it, a name is given once.
 *
 * @param name for people; the specification wants one
 * @param nodes in topological order
 * @param inputs what the caller gives; may include names of initializers, which then are defaults
 * @param outputs what the graph gives back
 * @param valueInfo types declared or inferred for other values
 * @param initializers dense constants
 * @param sparseInitializers sparse constants
 * @param docString free text
 * @param metadata keys and values
 * @param extra what the file said beyond this, quantization annotations included
 */
public record Graph(
    String name,
    List<Node> nodes,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    List<ValueInfo> valueInfo,
    List<TensorData> initializers,
    List<SparseTensorData> sparseInitializers,
    String docString,
    List<Entry> metadata,
    Extra extra) {

  public Graph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    valueInfo = List.copyOf(valueInfo);
    initializers = List.copyOf(initializers);
    sparseInitializers = List.copyOf(sparseInitializers);
    metadata = List.copyOf(metadata);
  }

  public Graph(
      String name,
      List<Node> nodes,
      List<ValueInfo> inputs,
      List<ValueInfo> outputs,
      List<TensorData> initializers) {
    this(
        name,
        nodes,
        inputs,
        outputs,
        List.of(),
        initializers,
        List.of(),
        "",
        List.of(),
        Extra.NONE);
  }

  public Graph withNodes(List<Node> newNodes) {
    return new Graph(
        name,
        newNodes,
        inputs,
        outputs,
        valueInfo,
        initializers,
        sparseInitializers,
        docString,
        metadata,
        extra);
  }

  public Graph withInputs(List<ValueInfo> newInputs) {
    return new Graph(
        name,
        nodes,
        newInputs,
        outputs,
        valueInfo,
        initializers,
        sparseInitializers,
        docString,
        metadata,
        extra);
  }

  public Graph withOutputs(List<ValueInfo> newOutputs) {
    return new Graph(
        name,
        nodes,
        inputs,
        newOutputs,
        valueInfo,
        initializers,
        sparseInitializers,
        docString,
        metadata,
        extra);
  }

  public Graph withValueInfo(List<ValueInfo> newValueInfo) {
    return new Graph(
        name,
        nodes,
        inputs,
        outputs,
        newValueInfo,
        initializers,
        sparseInitializers,
        docString,
        metadata,
        extra);
  }

  public Graph withInitializers(List<TensorData> newInitializers) {
    return new Graph(
        name,
        nodes,
        inputs,
        outputs,
        valueInfo,
        newInitializers,
        sparseInitializers,
        docString,
        metadata,
        extra);
  }
}
