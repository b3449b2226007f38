import org.jspecify.annotations.NullMarked;

/** Bytes of the ONNX format to models and back; the generated messages stay inside. */
@NullMarked
@SuppressWarnings("requires-automatic") // the library has a fixed automatic module name
module org.sardonyx.onnx {
  requires com.google.protobuf;
  requires transitive org.sardonyx.ir;
  requires static transitive org.jspecify;

  exports org.sardonyx.onnx;
}
