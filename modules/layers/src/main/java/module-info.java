import org.jspecify.annotations.NullMarked;

/** Builds models in Java, layer by layer. */
@NullMarked
module org.sardonyx.layers {
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.operators;
  requires org.sardonyx.convert;
  requires org.sardonyx.passes;
  requires static transitive org.jspecify;

  exports org.sardonyx.layers;
}
