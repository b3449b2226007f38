import org.jspecify.annotations.NullMarked;

/** Graph to graph; the result is always valid ONNX. */
@NullMarked
module org.sardonyx.passes {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.operators;
  requires static transitive org.jspecify;

// Exported with its first class: javac refuses to export an empty package.
// exports org.sardonyx.passes;
}
