import org.jspecify.annotations.NullMarked;

/** Graph to graph; the result is always valid ONNX. */
@NullMarked
@SuppressWarnings("module") // the runtime is built after this module
module org.sardonyx.passes {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.operators;
  requires static transitive org.jspecify;

  exports org.sardonyx.passes;
  exports org.sardonyx.passes.walk to
      org.sardonyx.conformance,
      org.sardonyx.export,
      org.sardonyx.layers,
      org.sardonyx.runtime;
}
