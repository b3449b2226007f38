/** Sessions: compiled plans and their execution. */
module org.sardonyx.runtime {
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.kernels;
  requires transitive org.sardonyx.operators;
  requires org.sardonyx.passes;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.runtime;
}
