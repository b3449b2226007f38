/** Tensors, types, the immutable graph, and errors. */
module org.sardonyx.ir {
  requires static org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.error;
  // exports org.sardonyx.graph;
  // exports org.sardonyx.tensor;
  // exports org.sardonyx.type;
}
