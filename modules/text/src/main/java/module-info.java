import org.jspecify.annotations.NullMarked;

/** ONNX's own textual syntax. */
@NullMarked
module org.sardonyx.text {
  requires transitive org.sardonyx.ir;
  requires static transitive org.jspecify;

  exports org.sardonyx.text;
}
