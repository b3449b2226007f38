import org.jspecify.annotations.NullMarked;

/** Graph to graph; the result is always valid ONNX. */
@NullMarked
@SuppressWarnings("module") // the modules it names are built after it
module org.sardonyx.passes {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.operators;
  requires static transitive org.jspecify;

  exports org.sardonyx.passes;
  exports org.sardonyx.passes.infer to
      org.sardonyx.convert;
  exports org.sardonyx.passes.simplify to
      org.sardonyx.optimize;
  exports org.sardonyx.passes.walk to
      org.sardonyx.conformance,
      org.sardonyx.convert,
      org.sardonyx.export,
      org.sardonyx.layers,
      org.sardonyx.optimize,
      org.sardonyx.runtime;
}
