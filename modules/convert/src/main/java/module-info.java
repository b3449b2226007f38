import org.jspecify.annotations.NullMarked;

/** Models in other versions of the operators, of the format, and of wider numbers. */
@NullMarked
module org.sardonyx.convert {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.operators;
  requires org.sardonyx.passes;
  requires static transitive org.jspecify;

  exports org.sardonyx.convert;
}
