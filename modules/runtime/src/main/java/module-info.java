import org.jspecify.annotations.NullMarked;

/** Sessions: compiled plans and their execution. */
@NullMarked
module org.sardonyx.runtime {
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.kernels;
  requires transitive org.sardonyx.operators;
  requires org.sardonyx.passes;
  requires static transitive org.jspecify;

  exports org.sardonyx.runtime;
}
