/** What an operator is, and the operators by family. */
module org.sardonyx.operators {
  requires transitive org.sardonyx.ir;
  requires transitive org.sardonyx.kernels;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.operators;
}
