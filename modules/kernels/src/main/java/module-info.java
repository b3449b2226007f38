/** Hot loops over primitive arrays; knows no tensor and no graph. */
module org.sardonyx.kernels {
  requires jdk.incubator.vector;
  requires static transitive org.jspecify;

  // Exported with its first class, not before: javac refuses to export an empty package.
  // exports org.sardonyx.kernels;
}
