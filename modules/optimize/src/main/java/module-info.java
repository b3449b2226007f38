import org.jspecify.annotations.NullMarked;

/** Models made smaller and faster in ONNX itself; each step is proven equal before it is kept. */
@NullMarked
module org.sardonyx.optimize {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.oracle;
  requires transitive org.sardonyx.operators;
  requires transitive org.sardonyx.passes;
  requires org.sardonyx.onnx;
  requires org.sardonyx.convert;
  requires transitive org.sardonyx.conformance;
  requires static transitive org.jspecify;

  exports org.sardonyx.optimize;
}
