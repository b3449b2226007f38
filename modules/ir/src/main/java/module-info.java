import org.jspecify.annotations.NullMarked;

/** Tensors, types, the immutable graph, and errors. */
@NullMarked
module org.sardonyx.ir {
  requires static transitive org.jspecify;

  exports org.sardonyx.error;
  exports org.sardonyx.graph;
  exports org.sardonyx.tensor;
  exports org.sardonyx.type;
}
