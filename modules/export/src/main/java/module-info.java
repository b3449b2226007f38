import org.jspecify.annotations.NullMarked;

/** Models checked before they are written, and models from specifications and weights. */
@NullMarked
module org.sardonyx.export {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.onnx;
  requires transitive org.sardonyx.oracle;
  requires org.sardonyx.operators;
  requires org.sardonyx.convert;
  requires org.sardonyx.passes;
  requires org.sardonyx.torch;
  requires transitive org.sardonyx.layers;
  requires transitive org.sardonyx.conformance;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports org.sardonyx.export;
}
