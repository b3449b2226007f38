/** Graph to graph; the result is always valid ONNX. */
module org.sardonyx.passes {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.operators;
  requires static transitive org.jspecify;

  exports org.sardonyx.passes;
}
