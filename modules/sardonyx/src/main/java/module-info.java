import org.jspecify.annotations.NullMarked;

/** The one module a user requires: read and run ONNX models. */
@NullMarked
module org.sardonyx {
  requires transitive org.sardonyx.onnx;
  requires transitive org.sardonyx.runtime;
  requires static transitive org.jspecify;

  exports org.sardonyx;
}
