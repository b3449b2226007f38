import org.jspecify.annotations.NullMarked;

/** Engines to compare with, and the comparison of tensors. */
@NullMarked
@SuppressWarnings("requires-automatic") // the library has a fixed automatic module name
module org.sardonyx.oracle {
  requires com.microsoft.onnxruntime;
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.onnx;
  requires static transitive org.jspecify;

  exports org.sardonyx.oracle;
}
