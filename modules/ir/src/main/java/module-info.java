import org.jspecify.annotations.NullMarked;

/** Tensors, types, the immutable graph, errors, and archives, which three readers share. */
@NullMarked
@SuppressWarnings("module") // the modules it names are built after it
module org.sardonyx.ir {
  requires static transitive org.jspecify;

  exports org.sardonyx.archive to
      org.sardonyx.export,
      org.sardonyx.frameworks,
      org.sardonyx.onnx,
      org.sardonyx.torch;
  exports org.sardonyx.error;
  exports org.sardonyx.graph;
  exports org.sardonyx.tensor;
  exports org.sardonyx.type;
}
