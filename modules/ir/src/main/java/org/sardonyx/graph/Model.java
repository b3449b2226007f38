package org.sardonyx.graph;

import java.util.List;

/**
 * A model: a graph with the operators' versions, functions and provenance.
 *
 * @param irVersion version of the format
 * @param opsetImports the operators that the graph uses
 * @param producerName the tool that made it
 * @param producerVersion its version
 * @param domain name space of the model
 * @param modelVersion version of the model
 * @param docString free text
 * @param graph the graph
 * @param functions operators that the model defines itself
 * @param metadata keys and values
 * @param trainingInfo how it is trained
 * @param extra what the file said beyond this, device configurations included
 */
public record Model(
    long irVersion,
    List<OpsetImport> opsetImports,
    String producerName,
    String producerVersion,
    String domain,
    long modelVersion,
    String docString,
    Graph graph,
    List<Function> functions,
    List<Entry> metadata,
    List<TrainingInfo> trainingInfo,
    Extra extra) {

  public Model {
    opsetImports = List.copyOf(opsetImports);
    functions = List.copyOf(functions);
    metadata = List.copyOf(metadata);
    trainingInfo = List.copyOf(trainingInfo);
  }

  /** Makes a model without provenance. */
  public Model(long irVersion, List<OpsetImport> opsetImports, Graph graph) {
    this(
        irVersion,
        opsetImports,
        "",
        "",
        "",
        0,
        "",
        graph,
        List.of(),
        List.of(),
        List.of(),
        Extra.NONE);
  }

  public Model withGraph(Graph newGraph) {
    return new Model(
        irVersion,
        opsetImports,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        docString,
        newGraph,
        functions,
        metadata,
        trainingInfo,
        extra);
  }

  public Model withFunctions(List<Function> newFunctions) {
    return new Model(
        irVersion,
        opsetImports,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        docString,
        graph,
        newFunctions,
        metadata,
        trainingInfo,
        extra);
  }

  public Model withIrVersion(long newIrVersion) {
    return new Model(
        newIrVersion,
        opsetImports,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        docString,
        graph,
        functions,
        metadata,
        trainingInfo,
        extra);
  }

  public Model withOpsetImports(List<OpsetImport> newImports) {
    return new Model(
        irVersion,
        newImports,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        docString,
        graph,
        functions,
        metadata,
        trainingInfo,
        extra);
  }
}
