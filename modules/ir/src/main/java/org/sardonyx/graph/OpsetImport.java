package org.sardonyx.graph;

/**
 * The version of a domain's operators that a model or function uses.
 *
 * @param domain the domain; empty for ai.onnx
 * @param version the opset version
 */
public record OpsetImport(String domain, long version) {}
