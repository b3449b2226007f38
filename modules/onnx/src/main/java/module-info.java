/** Bytes of the ONNX format to models and back; the generated messages stay inside. */
module org.sardonyx.onnx {
  requires com.google.protobuf;
  requires transitive org.sardonyx.ir;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.onnx;
}
