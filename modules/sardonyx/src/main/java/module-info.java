/** The one module a user requires: read and run ONNX models. */
module org.sardonyx {
  requires transitive org.sardonyx.onnx;
  requires transitive org.sardonyx.runtime;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx;
}
