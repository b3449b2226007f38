import org.jspecify.annotations.NullMarked;

/** What an operator is, and the operators by family. */
@NullMarked
module org.sardonyx.operators {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.kernels;
  requires static transitive org.jspecify;

  exports org.sardonyx.operators;
}
