/** Engines to compare with, and the comparison of tensors. */
module org.sardonyx.oracle {
  requires com.microsoft.onnxruntime;
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.onnx;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.oracle;
}
